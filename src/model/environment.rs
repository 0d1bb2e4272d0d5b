//! What the operator sets, and what one target is told.

use crate::schema::{
    Constant, Decode, Decoder, Integer, Kind, Leaf, List, Map, Raw, Scalar, block, choice, without_constants,
};
use crate::source::Span;
use crate::syntax::{Entry, Name, Text, Value, ValueKind};

block! {
    /// A value that the operator sets in the environment. Without a default it must be set.
    "variable" => Variable / VariableField {
        label name = "The name of the environment variable.";
        maybe default: Constant = "The value where the operator sets none.";
        /// What it is for; stands in `.env.example`.
        optional description: Constant,
        /// The values it may have.
        optional one_of: List<Constant>,
        /// Whether it may stay empty.
        optional optional: bool,
    }
}

/// A secret's value that stands in the source: text, or a word or number without quotes. A rule reports each.
#[derive(Debug, Clone)]
pub struct WrittenDown {
    /// What stands there; nothing of a list.
    pub text: Text,
    /// The place.
    pub span: Span,
}

impl Scalar for WrittenDown {
    fn shape() -> Kind {
        Constant::shape()
    }

    fn read(value: &Value, _: &mut Decoder<'_>) -> Option<Self> {
        let text = match &value.kind {
            ValueKind::Text(text) => text.clone(),
            ValueKind::Number(word) => Text::literal(word.clone()),
            ValueKind::Boolean(word) => Text::literal(word.to_string()),
            ValueKind::Reference(path) => Text::literal(path.text()),
            ValueKind::List(_) | ValueKind::Body(_) => Text::default(),
        };
        Some(Self { text, span: value.span })
    }
}

without_constants! { WrittenDown }

block! {
    /// A value that the operator sets and nobody may see. The compiler never reads it, and no
    /// artifact holds it.
    "secret" => Secret / SecretField {
        label name = "The name of the environment variable.";
        maybe value: WrittenDown = "Not allowed: a secret's value never stands in the source.";
        /// What it is for; stands in `.env.example`.
        optional description: Constant,
        /// Whether it may stay empty.
        optional optional: bool,
        /// How many characters it has at least; told to the operator.
        optional min_length: Integer,
        /// Where its value comes from: `here`, by default, where the operator makes one up.
        optional issued: Issued,
    }
}

choice! {
    /// Where the value of a secret comes from.
    Issued {
        /// The platform: nothing outside knows it, so any random text will do.
        Here = "here",
        /// A provider outside the platform, such as the webhook of a chat or the key of a paid service.
        Elsewhere = "elsewhere",
    }
}

block! {
    /// A rule code that is meant as it is: in the block that it is found in, of whatever kind, or at the top for the whole
    /// platform.
    "allow" => Allow / AllowField {
        label code = "The code.";
        /// Why.
        required reason: Constant,
    }
}

/// What one target is told beside the language, at the thing it extends.
#[derive(Debug, Clone)]
pub struct Override {
    /// The place of its key and label.
    pub span: Span,
    /// The target.
    pub target: Name,
    /// What is merged into the target's output.
    pub body: Raw,
}

impl Decode for Override {
    type Fields = Leaf;

    fn kind() -> Kind {
        Kind::Map(Raw::kind)
    }

    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self> {
        if let Some(value) = &entry.value {
            decoder.unexpected(value.span, "`override` takes no value");
        }
        Some(Self { span: entry.head(), target: decoder.label(entry)?, body: Raw::decode(entry, decoder)? })
    }
}

/// The value of a map whose meaning only its reader knows.
pub(super) type Texts = Map<Constant>;

without_constants! { Override }

//! Variables, secrets, allowed findings and overrides.

use crate::schema::{
    Constant, Decode, Decoder, Integer, Kind, Leaf, List, Map, Raw, Scalar, block, choice, without_constants,
};
use crate::source::Span;
use crate::syntax::{Entry, Name, Text, Value, ValueKind};

block! {
    /// A value that the operator sets in `.env`. Without a default it must be set.
    "variable" => Variable / VariableField {
        label name = "The name of the environment variable.";
        maybe default: Constant = "The value where the operator sets none.";
        /// The purpose of the variable; `.env.example` shows it.
        optional description: Constant,
        /// The values that the variable may have.
        optional one_of: List<Constant>,
        /// Whether the variable may stay empty.
        optional optional: bool,
    }
}

/// A secret's value in the source: text, or a word or number without quotes. A rule reports each.
#[derive(Debug, Clone)]
pub struct WrittenDown {
    /// The value; empty for a list.
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
    /// A value that the operator sets and no artifact shows. The compiler never reads it.
    "secret" => Secret / SecretField {
        label name = "The name of the environment variable.";
        maybe value: WrittenDown = "Not allowed: a secret's value never stands in the source.";
        /// The purpose of the secret; `.env.example` shows it.
        optional description: Constant,
        /// Whether the secret may stay empty.
        optional optional: bool,
        /// The least number of characters. `.env.example` shows it, and the scripts check it.
        optional min_length: Integer,
        /// The origin of the value; `here` by default.
        optional issued: Issued,
    }
}

choice! {
    /// The origin of a secret's value.
    Issued {
        /// The operator makes a value up: nothing outside knows it, so any random text will do.
        Here = "here",
        /// A provider issues the value, such as the webhook of a chat or the key of a paid service.
        Elsewhere = "elsewhere",
    }
}

block! {
    /// A finding that is meant: in the block that it concerns, of any kind, or at the top for the whole platform.
    "allow" => Allow / AllowField {
        label code = "The name or the code of the finding, such as `floating-tag` or `IMG002`.";
        /// The reason.
        required reason: Constant,
    }
}

/// Keys of one target that the language lacks, at the thing they extend.
#[derive(Debug, Clone)]
pub struct Override {
    /// The place of the key and the label.
    pub span: Span,
    /// The target.
    pub target: Name,
    /// The entries that are merged into the target's output.
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

/// A map whose meaning only its reader knows.
pub(super) type Texts = Map<Constant>;

without_constants! { Override }

//! The syntax tree: entries of one shape, with spans, and what parsing and merging make of them.
//!
//! Nothing here knows what a service is. What is absent: comments are kept beside the tree
//! ([`File::comments`]), not in it, and quantities are still the words that were written.

mod direct;
mod grammar;
mod meant;
mod merge;
mod parse;
mod place;
mod print;
mod read;
mod scan;
mod text;
mod unit;

use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

use crate::source::{FileId, Span};

pub use merge::{Merged, duplicates, merge_body, merge_entry};
pub use parse::{parse, parse_all};
pub use place::place;
pub use print::{MAX_WIDTH, print};
pub use read::plain_text;
pub use text::{interpolate, literal_text};
pub use unit::{Foreign, foreign};

/// The deepest nesting of `{` and `[` that is parsed.
pub const MAX_DEPTH: usize = 64;

/// A parsed file.
#[derive(Debug, Clone)]
pub struct File {
    /// The source.
    pub id: FileId,
    /// What the file says.
    pub entries: Vec<Entry>,
    /// Every comment, from its `#` to the end of its line.
    pub comments: Vec<Span>,
    /// Words of what did not parse: names that may be missing for that reason alone.
    pub lost: Vec<SmolStr>,
    /// Whether brackets do not balance, so that the structure itself is in doubt.
    pub unbalanced: bool,
    /// How many places did not parse and are not reported, behind those that are.
    pub unread: usize,
}

/// A word with its place: a key or a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The word, without quotes and escapes.
    pub text: SmolStr,
    /// The place, with quotes.
    pub span: Span,
    /// Whether it was written as text.
    pub quoted: bool,
}

/// `key label = value { body }`, of which only the key is always there.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Name,
    /// The label.
    pub label: Option<Name>,
    /// The value.
    pub value: Option<Value>,
    /// The body.
    pub body: Option<Body>,
    /// Where an environment wrote it: it must find an entry to change.
    pub patch: bool,
}

impl Entry {
    /// From the key to the label: the place that names the entry.
    #[must_use]
    pub fn head(&self) -> Span {
        match &self.label {
            Some(label) => self.key.span.to(label.span),
            None => self.key.span,
        }
    }

    /// The entries of the body; none where there is no body.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        self.body.as_ref().map_or(&[], |body| body.entries.as_slice())
    }

    /// The entry of the body with a key and no label.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key.text == key && entry.label.is_none())
    }

    /// The label's text, or the key's where there is none.
    #[must_use]
    pub fn label_or_key(&self) -> &Name {
        self.label.as_ref().unwrap_or(&self.key)
    }
}

/// `{ … }`.
#[derive(Debug, Clone)]
pub struct Body {
    /// What stands in it.
    pub entries: Vec<Entry>,
    /// From brace to brace.
    pub span: Span,
}

/// A value with its place.
#[derive(Debug, Clone)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// The place.
    pub span: Span,
}

/// What a value can be.
#[derive(Debug, Clone)]
pub enum ValueKind {
    /// `"…"` or `"""…"""`.
    Text(Text),
    /// Anything that starts as a number does, as it was written.
    Number(SmolStr),
    /// `true` or `false`.
    Boolean(bool),
    /// `[ … ]`.
    List(Vec<Value>),
    /// A bare word or a dotted path.
    Reference(Path),
    /// `{ … }`, as an item of a list only.
    Body(Body),
}

impl Value {
    /// What a text or a number says, where it holds no reference.
    #[must_use]
    pub fn written(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Text(text) => text.as_literal(),
            ValueKind::Number(word) => Some(word),
            _ => None,
        }
    }
}

impl ValueKind {
    /// What the value is, in words.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) => "a number or quantity",
            Self::Boolean(_) => "`true` or `false`",
            Self::List(_) => "a list",
            Self::Reference(_) => "a bare word",
            Self::Body(_) => "a block",
        }
    }
}

/// Text with the references it interpolates. Nearly every text is one part, which takes no list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Literal and interpolated parts, in order; two literals never stand side by side.
    pub parts: SmallVec<[Part; 1]>,
}

impl Clone for Text {
    /// As would be derived, with a short way for a single part.
    fn clone(&self) -> Self {
        let parts = match self.parts.as_slice() {
            [part] => smallvec![part.clone()],
            _ => self.parts.clone(),
        };
        Self { parts }
    }
}

impl Text {
    /// Text of one literal.
    #[must_use]
    pub fn literal(text: impl Into<SmolStr>) -> Self {
        let text = text.into();
        Self { parts: if text.is_empty() { SmallVec::new() } else { smallvec![Part::Literal(text)] } }
    }

    /// Text of one reference.
    #[must_use]
    pub fn reference(path: Path) -> Self {
        Self { parts: smallvec![Part::Reference(path)] }
    }

    /// The text where nothing is interpolated.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

/// Makes a text of what is appended.
#[derive(Debug, Default)]
pub struct TextBuilder {
    parts: SmallVec<[Part; 1]>,
    /// The literal that is still open.
    literal: String,
    length: usize,
}

impl TextBuilder {
    /// Appends a literal.
    pub fn push_literal(&mut self, text: &str) {
        self.length += text.len();
        self.literal.push_str(text);
    }

    /// Appends a reference.
    pub fn push_reference(&mut self, path: Path) {
        self.close();
        self.length += 1;
        self.parts.push(Part::Reference(path));
    }

    /// Appends all parts of a text.
    pub fn push_text(&mut self, text: Text) {
        for part in text.parts {
            match part {
                Part::Literal(text) => self.push_literal(&text),
                Part::Reference(path) => self.push_reference(path),
            }
        }
    }

    /// How long the text is, in bytes; a reference counts as one.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// The text.
    #[must_use]
    pub fn finish(mut self) -> Text {
        self.close();
        Text { parts: self.parts }
    }

    fn close(&mut self) {
        if !self.literal.is_empty() {
            self.parts.push(Part::Literal(SmolStr::new(&self.literal)));
            self.literal.clear();
        }
    }
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// As it is.
    Literal(SmolStr),
    /// `${…}`.
    Reference(Path),
}

/// A bare word or a dotted path of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The words; at least one.
    pub segments: Vec<SmolStr>,
    /// The place.
    pub span: Span,
    /// Where the words are looked up.
    pub scope: Scope,
}

impl Path {
    /// The word where it is a single one.
    #[must_use]
    pub fn word(&self) -> Option<&str> {
        match self.segments.as_slice() {
            [word] => Some(word),
            _ => None,
        }
    }

    /// The path as it is written.
    #[must_use]
    pub fn text(&self) -> String {
        self.segments.join(".")
    }
}

/// Where a path's words are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Among the names of the platform.
    Platform,
    /// It was written inside a component and names neither a parameter nor a part of the instance,
    /// so it may be the word of an enumeration, but no name of the platform.
    Component,
}

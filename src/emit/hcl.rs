//! HCL, the language of Terraform and OpenTofu: a tree, printed as `terraform fmt` leaves it.
//!
//! Text is always escaped, so that no text of a source is read as a template (hashicorp/hcl:hclsyntax/spec.md, "Template
//! Expressions"). What is an expression is a constant of the compiler.

mod print;

pub use print::hcl;

/// The content of a file or of a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    items: Vec<Item>,
}

/// A part of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    /// Lines above the next part.
    Comment(Vec<String>),
    /// `name = value`.
    Attribute(&'static str, Value),
    /// `kind "label" { … }`.
    Block(&'static str, Vec<String>, Body),
}

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Number(u64),
    /// Text.
    Text(String),
    /// An expression that the compiler itself writes.
    Expression(&'static str),
    /// A text of several parts, of which expressions are put in.
    Joined(Vec<Value>),
    /// A list on one line.
    List(Vec<Value>),
    /// An object, a line an entry.
    Map(Vec<(String, Value)>),
    /// An object on one line.
    Row(Vec<(&'static str, Value)>),
}

impl Value {
    /// Text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Text that may be missing.
    #[must_use]
    pub fn maybe(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// A list of texts.
    #[must_use]
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// Whether it takes more than one line.
    fn is_long(&self) -> bool {
        matches!(self, Self::Map(entries) if !entries.is_empty())
    }
}

impl Body {
    /// Adds lines of comment above what follows.
    #[must_use]
    pub fn comment(mut self, lines: &[&str]) -> Self {
        self.items.push(Item::Comment(lines.iter().map(|line| (*line).to_owned()).collect()));
        self
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: Value) -> Self {
        self.items.push(Item::Attribute(name, value));
        self
    }

    /// Adds a block.
    #[must_use]
    pub fn nested(mut self, kind: &'static str, labels: &[&str], body: Self) -> Self {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        self.items.push(Item::Block(kind, labels, body));
        self
    }
}

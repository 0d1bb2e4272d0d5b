//! A text as the source writes it.

use std::ops::Range;

use crate::schema::{Constant, Template, part_of};
use crate::source::Span;
use crate::syntax::{Part, Text};

/// A text as the source writes it, with its references still in it. What it comes to is in the platform.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    text: &'a Text,
    /// The place.
    pub span: Span,
}

impl<'a> Written<'a> {
    pub(super) fn new(text: &'a Text, span: Span) -> Self {
        Self { text, span }
    }

    /// The text, where no reference is in it.
    #[must_use]
    pub fn as_literal(self) -> Option<&'a str> {
        self.text.as_literal()
    }

    /// What stands between its references.
    pub fn literals(self) -> impl Iterator<Item = &'a str> {
        self.text.parts.iter().filter_map(|part| match part {
            Part::Literal(literal) => Some(literal.as_str()),
            Part::Reference(_) => None,
        })
    }

    /// Whether it is a text as it stands.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        self.as_literal() == Some(text)
    }

    /// The place of a part of what it comes to; `None` where the source writes that otherwise.
    #[must_use]
    pub fn part(self, text: &str, part: Range<usize>) -> Option<Span> {
        if self.is(text) { part_of(text, self.span, part) } else { None }
    }
}

impl<'a> From<&'a Constant> for Written<'a> {
    fn from(constant: &'a Constant) -> Self {
        Self::new(&constant.text, constant.span)
    }
}

impl<'a> From<&'a Template> for Written<'a> {
    fn from(template: &'a Template) -> Self {
        Self::new(&template.text, template.span)
    }
}

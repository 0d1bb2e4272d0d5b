//! A template while it is read: its words, the next of them, and what can be named there.

use std::ops::Range;

use super::lex::{Kind, Token};
use super::{Problem, Shown};

/// What an alert's template is given (prometheus/prometheus:rules/alerting.go).
pub(super) const VARIABLES: [&str; 5] = ["$", "$labels", "$externalLabels", "$externalURL", "$value"];

/// What can be named at a place.
pub(super) struct Scope {
    pub(super) variables: Vec<String>,
    /// Whether `$` is what the alert gives.
    pub(super) root: bool,
    /// Whether `.` is.
    pub(super) dot: bool,
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    /// How deep it is in actions and parentheses.
    pub(super) depth: usize,
    /// How many `range` it is in.
    pub(super) ranges: usize,
    pub(super) scope: Scope,
    /// What `template` can call.
    pub(super) templates: Vec<&'a str>,
    pub(super) shown: Shown,
}

/// What is read, or why it cannot be.
pub(super) type Read<T> = Result<T, Problem>;

/// What stands between quotes.
pub(super) fn inside(quoted: &str) -> &str {
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default()
}

impl<'a> Parser<'a> {
    pub(super) fn text_of(&self, place: &Range<usize>) -> &'a str {
        &self.text[place.clone()]
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        self.peek().map(|token| token.kind)
    }

    pub(super) fn skip_space(&mut self) {
        while self.kind() == Some(Kind::Space) {
            self.at += 1;
        }
    }

    pub(super) fn place(&self) -> Range<usize> {
        self.peek().map_or(self.text.len()..self.text.len(), |token| token.place.clone())
    }
}

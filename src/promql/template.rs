//! Go templates in annotations and labels of alerts: whether they can be read and run, and the labels they show.
//!
//! What Prometheus says only when an alert fires is said here, too: a function with too few arguments, a field
//! that there is not. It puts the failure in the place of the text, and nobody learns what is wrong.
//! The grammar is that of Go (golang/go:src/text/template/parse/parse.go).

mod functions;
mod lex;
mod operand;
mod parse;
mod parser;

use std::ops::Range;

/// The labels that a template reads by `$labels.NAME`, `.Labels.NAME` or `index $labels "NAME"`, with their
/// places.
pub type Shown = Vec<(String, Range<usize>)>;

/// Why a text is no template that can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The reason: lower case, no full stop.
    pub message: String,
    /// Where.
    pub place: Range<usize>,
    /// The words that are known where an unknown one stands.
    pub known: Option<(String, Vec<String>)>,
}

impl Problem {
    fn new(message: impl Into<String>, place: Range<usize>) -> Self {
        Self { message: message.into(), place, known: None }
    }

    fn unknown<'a>(self, word: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self { known: Some((word.to_owned(), known.map(str::to_owned).collect())), ..self }
    }
}

/// The longest template, in bytes.
pub const MAX_BYTES: usize = 32 * 1024;

/// Reads a template.
pub fn read(text: &str) -> Result<Shown, Problem> {
    if text.len() > MAX_BYTES {
        return Err(Problem::new("it is longer than 32 KiB", 0..text.len()));
    }
    // A text without an action shows no label.
    if !text.contains("{{") {
        return Ok(Shown::new());
    }
    parse::template(text, &lex::tokens(text)?)
}

/// Where a template first shows a value: that of the alert, or of a series that it asks for. One that only chooses
/// between texts by it, `if`, shows none, and neither does one that keeps it in a variable.
#[must_use]
pub fn value_shown(text: &str) -> Option<Range<usize>> {
    use lex::Kind;

    let tokens = if text.contains("{{") { lex::tokens(text).ok()? } else { return None };
    let word = |token: &lex::Token| &text[token.place.clone()];
    let is_value = |token: &lex::Token| {
        matches!(
            (token.kind, word(token)),
            (Kind::Variable, "$value") | (Kind::Field, ".Value") | (Kind::Word, "value")
        )
    };
    // What `with` or `range` makes of it is shown where the dot is.
    let mut behind_dot: Option<Range<usize>> = None;
    tokens.split(|token| token.kind == Kind::Close).find_map(|action| {
        let action: Vec<&lex::Token> =
            action.get(1..)?.iter().filter(|token| token.kind != Kind::Space).collect();
        let keeps = |token: &&lex::Token| matches!(token.kind, Kind::Declare | Kind::Assign);
        let first = word(action.first()?);
        if matches!(first, "if" | "else") || action.iter().any(keeps) {
            return None;
        }
        let told = shown(
            &action,
            |token| is_value(token) || (behind_dot.is_some() && token.kind == Kind::Dot),
            word,
        );
        match first {
            "with" | "range" => {
                behind_dot = told.or(behind_dot.take());
                None
            }
            "end" => {
                behind_dot = None;
                None
            }
            _ => told.map(|place| {
                if text.get(place.clone()) == Some(".") { behind_dot.clone().unwrap_or(place) } else { place }
            }),
        }
    })
}

/// The first of some words of an action that is not only compared.
fn shown<'t>(
    action: &[&lex::Token],
    asked: impl Fn(&lex::Token) -> bool,
    word: impl Fn(&lex::Token) -> &'t str,
) -> Option<Range<usize>> {
    use lex::Kind;

    // The first word of each open bracket.
    let mut calls: Vec<Option<&str>> = vec![None];
    for token in action {
        match token.kind {
            Kind::ParenOpen => calls.push(None),
            Kind::ParenClose => {
                calls.pop();
            }
            Kind::Pipe => {
                if let Some(call) = calls.last_mut() {
                    *call = None;
                }
            }
            _ => {
                let compares = calls
                    .iter()
                    .flatten()
                    .any(|call| matches!(*call, "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "not"));
                if asked(token) && !compares {
                    return Some(token.place.clone());
                }
                if let Some(call @ None) = calls.last_mut() {
                    *call = Some(word(token));
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;

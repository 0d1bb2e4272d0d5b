//! Simple values: text, numbers, booleans, lists, references.

mod others;

pub(super) use others::port_in_words;

use super::{Decoder, Kind};
use crate::diagnostic::{Diagnostic, Help, codes};
use crate::source::Span;
use crate::syntax::{Part, Path, Text, Value, ValueKind};

/// A value without label and body.
pub trait Scalar: Sized + Send + Sync {
    /// The expected form.
    fn shape() -> Kind;

    /// Reads a value. Problems are reported.
    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self>;
}

/// Text that may hold variables and secrets: `env`, `command`, `config`.
#[derive(Debug, Clone)]
pub struct Template {
    /// The text.
    pub text: Text,
    /// The place.
    pub span: Span,
}

impl Scalar for Template {
    fn shape() -> Kind {
        Kind::Scalar("text or a reference")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        let text = match &value.kind {
            ValueKind::Text(text) => text.clone(),
            ValueKind::Number(number) => Text::literal(number.as_str()),
            ValueKind::Boolean(boolean) => Text::literal(boolean.to_string()),
            ValueKind::Reference(path) => Text::reference(path.clone()),
            ValueKind::List(_) | ValueKind::Body(_) => return decoder.mismatch(value, "text or a reference"),
        };
        Some(Self { text, span: value.span })
    }
}

/// Text that is known when the compiler runs.
#[derive(Debug, Clone)]
pub struct Constant {
    /// The text; its references lead to constants.
    pub text: Text,
    /// The place.
    pub span: Span,
}

impl Constant {
    /// The place of a part of the text, where the source holds it literally: in quotes on one line, without escapes and
    /// references.
    #[must_use]
    pub fn part(&self, part: std::ops::Range<usize>) -> Option<Span> {
        part_of(self.text.as_literal()?, self.span, part)
    }
}

/// The place of a part of a text, where the source holds it literally: in quotes on one line, without escapes and references.
#[must_use]
pub fn part_of(text: &str, span: Span, part: std::ops::Range<usize>) -> Option<Span> {
    let quoted = text.len() + 2 == (span.end - span.start) as usize;
    if !quoted || !text.is_ascii() || text.contains(['\\', '\n', '"', '\t']) {
        return None;
    }
    let start = span.start as usize + 1;
    Some(Span::new(span.file, start + part.start, start + part.end))
}

impl Scalar for Constant {
    fn shape() -> Kind {
        Kind::Scalar("text")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        let text = match &value.kind {
            ValueKind::Text(text) => text.clone(),
            // A word in capitals is meant as a variable; whether it can stand here is judged when it is bound.
            ValueKind::Reference(path) if path.segments.len() > 1 || is_env_name(&path.text()) => {
                Text::reference(path.clone())
            }
            ValueKind::Reference(path) => {
                decoder.report(
                    Diagnostic::new(codes::TYP001, "expected text, found a bare word")
                        .at(value.span, "text is always quoted")
                        .help(Help::write(format!("\"{}\"", path.text()))),
                );
                return None;
            }
            ValueKind::Number(number) => {
                decoder.report(
                    Diagnostic::new(codes::TYP001, "expected text, found a number")
                        .at(value.span, "text is always quoted")
                        .help(Help::write(format!("\"{number}\""))),
                );
                return None;
            }
            _ => return decoder.mismatch(value, "text"),
        };
        Some(Self { text, span: value.span })
    }
}

pub(super) fn is_env_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

impl Scalar for bool {
    fn shape() -> Kind {
        Kind::Scalar("`true` or `false`")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        let word = match &value.kind {
            ValueKind::Boolean(boolean) => return Some(*boolean),
            ValueKind::Reference(path) => path.text(),
            ValueKind::Text(text) => text.as_literal().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        let meant = match word.to_lowercase().as_str() {
            "yes" | "on" | "true" => "true",
            "no" | "off" | "false" => "false",
            _ => return decoder.mismatch(value, "`true` or `false`"),
        };
        decoder.report(
            Diagnostic::new(
                codes::TYP001,
                match value.kind {
                    ValueKind::Text(_) => "expected `true` or `false`, found text".to_owned(),
                    _ => format!("expected `true` or `false`, found `{word}`"),
                },
            )
            .at(value.span, "neither of the two")
            .help(Help::write(meant)),
        );
        None
    }
}

fn number<T: std::str::FromStr>(value: &Value, decoder: &mut Decoder<'_>, what: &str) -> Option<T> {
    let ValueKind::Number(word) = &value.kind else {
        let quoted = match &value.kind {
            ValueKind::Text(text) => text.as_literal().filter(|text| {
                let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
                let leads = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
                plain && !leads && text.parse::<T>().is_ok()
            }),
            _ => None,
        };
        let Some(quoted) = quoted else {
            let said = value.written().and_then(|text| Some((text, others::of_one(text)?)));
            let Some((text, part)) = said.filter(|(_, part)| part.parse::<T>().is_ok()) else {
                return decoder.mismatch(value, what);
            };
            decoder.report(
                Diagnostic::new(codes::TYP001, format!("expected {what}, found text"))
                    .at(value.span, "this is text")
                    .help(format!("a number has no unit: `{text}` of one is `{part}`, if that is meant")),
            );
            return None;
        };
        decoder.report(
            Diagnostic::new(codes::TYP001, format!("expected {what}, found text"))
                .at(value.span, "numbers stand without quotes")
                .help(Help::write(quoted)),
        );
        return None;
    };
    if let Ok(number) = word.parse() {
        return Some(number);
    }
    let digits = word.trim_start_matches(['-', '+']).chars().all(|c| c.is_ascii_digit());
    let diagnostic = if digits {
        Diagnostic::new(codes::TYP003, format!("`{word}` is out of range"))
            .at(value.span, format!("expected {what}"))
    } else {
        let part = others::of_one(word).filter(|part| part.parse::<T>().is_ok()).map(|part| {
            format!("a number has no unit: `{word}` of one is `{part}`, if that is meant").into()
        });
        Diagnostic::new(codes::TYP002, format!("`{word}` is not {what}"))
            .at(value.span, format!("expected {what}"))
            .help_maybe(part.or_else(|| decoder.meant(value)))
    };
    decoder.report(diagnostic);
    None
}

/// A whole number from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Integer(pub u64);

impl Scalar for Integer {
    fn shape() -> Kind {
        Kind::Scalar("a whole number")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        leading_zero(value, decoder)?;
        number(value, decoder, "a whole number").map(Self)
    }
}

/// A number with decimals, from zero.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Number(pub f64);

impl Scalar for Number {
    fn shape() -> Kind {
        Kind::Scalar("a number")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        let read: f64 = number(value, decoder, "a number")?;
        if read.is_finite() && read >= 0.0 {
            return Some(Self(read));
        }
        decoder.report(
            Diagnostic::new(codes::TYP003, format!("`{read}` is out of range"))
                .at(value.span, "expected zero or more"),
        );
        None
    }
}

/// The number of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortNumber(pub u16);

impl Scalar for PortNumber {
    fn shape() -> Kind {
        Kind::Scalar("a port from 1 to 65535")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        leading_zero(value, decoder)?;
        if let Some(help) = others::port(value) {
            decoder.report(
                Diagnostic::new(codes::TYP001, "expected a port from 1 to 65535, found text")
                    .at(value.span, "numbers stand without quotes")
                    .help(help),
            );
            return None;
        }
        match number::<u16>(value, decoder, "a port from 1 to 65535")? {
            0 => {
                decoder.report(
                    Diagnostic::new(codes::TYP003, "`0` is out of range")
                        .at(value.span, "expected a port from 1 to 65535"),
                );
                None
            }
            port => Some(Self(port)),
        }
    }
}

/// A number without the zeros that it starts with.
fn decimal(word: &str) -> &str {
    match word.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    }
}

/// `022` reads as octal to some, as decimal to others.
fn leading_zero(value: &Value, decoder: &mut Decoder<'_>) -> Option<()> {
    let ValueKind::Number(word) = &value.kind else { return Some(()) };
    if word.len() < 2 || !word.starts_with('0') || !word.chars().all(|c| c.is_ascii_digit()) {
        return Some(());
    }
    decoder.report(
        Diagnostic::new(codes::TYP001, format!("`{word}` starts with a zero"))
            .at(value.span, "octal to some readers, decimal to others")
            .help(Help::write(decimal(word)).and(", or quote it where it is a mode")),
    );
    None
}

/// A list with its place.
#[derive(Debug, Clone)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether all of them could be read. One that could not is reported.
    pub whole: bool,
    /// The place.
    pub span: Span,
}

impl<T: Scalar> Scalar for List<T> {
    fn shape() -> Kind {
        Kind::List(T::shape)
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        let ValueKind::List(items) = &value.kind else {
            let told =
                Diagnostic::new(codes::TYP001, format!("expected a list, found {}", value.kind.describe()))
                    .at(value.span, "a single item")
                    .help(others::as_list(value));
            let word = match (&value.kind, T::shape()) {
                (ValueKind::Text(text), Kind::Reference(_)) => text.as_literal(),
                _ => None,
            };
            decoder.report(match &value.kind {
                // A name stands without quotes in a list, too.
                _ if word.is_some_and(|word| !word.contains(|c: char| c.is_whitespace() || c == '"')) => {
                    let word = word.unwrap_or_default();
                    told.help(Help::write(format!("[{word}]")))
                        .where_declared(word, "write the names between `[` and `]`, without quotes")
                }
                ValueKind::Reference(path) => {
                    told.where_declared(&path.text(), "write its items between `[` and `]`")
                }
                _ => told,
            });
            return None;
        };
        let read: Vec<T> = items.iter().filter_map(|item| T::read(item, decoder)).collect();
        Some(Self { whole: read.len() == items.len(), items: read, span: value.span })
    }
}

/// A word, or a list of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The words.
    pub items: Vec<Word>,
}

impl Scalar for Words {
    fn shape() -> Kind {
        Kind::Scalar("a word or a list of words")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        match &value.kind {
            ValueKind::List(_) => List::read(value, decoder).map(|list| Self { items: list.items }),
            _ => Word::read(value, decoder).map(|word| Self { items: vec![word] }),
        }
    }
}

/// The name of a declared thing, or a path to it; its kind is judged when names are bound.
#[derive(Debug, Clone)]
pub struct Reference(pub Path);

impl Scalar for Reference {
    fn shape() -> Kind {
        Kind::Reference("a declared thing")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        match &value.kind {
            ValueKind::Reference(path) => Some(Self(path.clone())),
            ValueKind::Text(text) => {
                // What cannot be a name may be the very secret that a name is to stand for.
                let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
                let quoted = text.as_literal().filter(|text| text.len() <= 20 && text.chars().all(name));
                let told =
                    Diagnostic::new(codes::TYP001, "expected the name of a declared thing, found text")
                        .at(value.span, "names stand without quotes");
                decoder.report(match quoted {
                    Some(quoted) => told
                        .help(Help::write(quoted).and(", or the name it is declared under"))
                        .where_declared(quoted, "write the name it is declared under"),
                    None if text.as_literal().is_some_and(others::is_endpoint) => told.help(
                        "what is not of the platform is declared, `outside NAME = \"host:port\"`, and `NAME` stands here",
                    ),
                    None => told.help(
                        text.as_literal().and_then(others::of_an_address).unwrap_or("write the name it is declared under"),
                    ),
                });
                None
            }
            _ => {
                decoder.mean(value, others::for_a_name(value));
                decoder.mismatch(value, "the name of a declared thing")
            }
        }
    }
}

/// The name of a declared thing, or a list of names.
#[derive(Debug, Clone)]
pub struct References {
    /// The names.
    pub items: Vec<Reference>,
    /// The place.
    pub span: Span,
}

impl Scalar for References {
    fn shape() -> Kind {
        Kind::Scalar("a declared thing or a list of such")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        let items = match &value.kind {
            ValueKind::List(_) => List::read(value, decoder)?.items,
            _ => vec![Reference::read(value, decoder)?],
        };
        Some(Self { items, span: value.span })
    }
}

/// A value with its place.
#[derive(Debug, Clone, Copy)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// The place.
    pub span: Span,
}

impl<T: Scalar> Scalar for Placed<T> {
    fn shape() -> Kind {
        T::shape()
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        T::read(value, decoder).map(|read| Self { value: read, span: value.span })
    }
}

/// The name of a secret. Text in its place may be the secret itself.
#[derive(Debug, Clone)]
pub struct SecretName(pub Path);

impl Scalar for SecretName {
    fn shape() -> Kind {
        Kind::Reference("a secret")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        let parts = match &value.kind {
            ValueKind::Reference(path) => return Some(Self(path.clone())),
            ValueKind::Text(text) => text.parts.as_slice(),
            ValueKind::Number(_) => &[],
            _ => return decoder.mismatch(value, "the name of a secret"),
        };
        if let [Part::Reference(path)] = parts {
            decoder.report(
                Diagnostic::new(codes::TYP001, "expected the name of a secret, found text")
                    .at(value.span, "names stand without quotes")
                    .help(Help::write(path.text())),
            );
            return None;
        }
        decoder.report(
            Diagnostic::new(codes::SEC001, "a secret has its value in the source")
                .at(value.span, "whoever reads the source knows it")
                .hide_all(value.written())
                .help("declare it with `secret NAME`, which the operator sets, and write `NAME` here"),
        );
        None
    }
}

/// A word that only its readers judge: bare, or quoted where it is no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// The place.
    pub span: Span,
}

impl Scalar for Word {
    fn shape() -> Kind {
        Kind::Scalar("a word or text")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        let text = match &value.kind {
            ValueKind::Text(text) => match text.as_literal() {
                Some(literal) => literal.to_owned(),
                None => return decoder.mismatch(value, "a word or text without `${…}`"),
            },
            ValueKind::Reference(path) => path.text(),
            ValueKind::Number(number) => number.to_string(),
            ValueKind::Boolean(boolean) => boolean.to_string(),
            _ => return decoder.mismatch(value, "a word or text"),
        };
        Some(Self { text, span: value.span })
    }
}

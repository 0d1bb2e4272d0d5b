//! Amounts: numbers and quantities, as they bound what a parameter may be.

use std::cmp::Ordering;

use super::{Bytes, Decoder, Duration, Kind, Quantity, Ratio, Scalar};
use crate::source::Span;
use crate::syntax::{Value, ValueKind};

/// A number, or a quantity of any unit.
#[derive(Debug, Clone)]
pub struct Amount {
    /// The number as the source writes it.
    pub word: String,
    /// The place.
    pub span: Span,
}

impl Amount {
    /// Compares two amounts; `None` where they are not of one kind.
    #[must_use]
    pub fn compare(&self, word: &str) -> Option<Ordering> {
        match (Quantity::parse(word), Quantity::parse(&self.word)) {
            (Some(Quantity::Duration(Duration(one))), Some(Quantity::Duration(Duration(other))))
            | (Some(Quantity::Bytes(Bytes(one))), Some(Quantity::Bytes(Bytes(other)))) => {
                Some(one.cmp(&other))
            }
            (Some(Quantity::Ratio(Ratio(one))), Some(Quantity::Ratio(Ratio(other)))) => Some(one.cmp(&other)),
            (None, None) => {
                let number = |word: &str| word.parse::<f64>().ok();
                number(word)?.partial_cmp(&number(&self.word)?)
            }
            _ => None,
        }
    }
}

impl Scalar for Amount {
    fn shape() -> Kind {
        Kind::Scalar("a number, a duration, a size or a ratio")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        match &value.kind {
            ValueKind::Number(word) => Some(Self { word: word.to_string(), span: value.span }),
            _ => decoder.mismatch(value, "a number, a duration, a size or a ratio"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::Amount;
    use crate::source::{Sources, Span};

    fn compare(word: &str, with: &str) -> Option<Ordering> {
        let mut sources = Sources::default();
        let span = Span::new(sources.add(String::new(), ""), 0, 0);
        Amount { word: with.to_owned(), span }.compare(word)
    }

    #[test]
    fn amounts_of_one_kind_compare_whatever_their_units() {
        assert_eq!(compare("90s", "1m"), Some(Ordering::Greater));
        assert_eq!(compare("60m", "1h"), Some(Ordering::Equal));
        assert_eq!(compare("512MiB", "1GiB"), Some(Ordering::Less));
        assert_eq!(compare("12.5%", "12.4%"), Some(Ordering::Greater));
        assert_eq!(compare("10", "9.5"), Some(Ordering::Greater));
        assert_eq!(compare("10", "10%"), None);
        assert_eq!(compare("10s", "10MiB"), None);
    }
}

//! Quantities: one number and one unit.

use std::fmt;

use super::{Decoder, Kind, Scalar};
use crate::diagnostic::{Diagnostic, Help, codes, list_of};
use crate::syntax::{self, Foreign, Value, ValueKind};

/// Units of one dimension, smallest first, each as a multiple of the first.
type Units = &'static [(&'static str, u64)];

const TIME: Units =
    &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];

const SIZE: Units = &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];

/// A duration, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub u64);

/// A size, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// A ratio, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ratio(pub u32);

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Weeks and days are spelt in hours by several readers, so the largest unit written is `d`.
        write_in(f, self.0, &TIME[..5])
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_in(f, self.0, SIZE)
    }
}

fn write_in(f: &mut fmt::Formatter<'_>, amount: u64, units: Units) -> fmt::Result {
    let largest = units.iter().rev().find(|(_, size)| amount >= *size && amount.is_multiple_of(*size));
    let (unit, size) = largest.copied().unwrap_or((units[0].0, 1));
    write!(f, "{}{unit}", amount / size)
}

/// A number with its unit, as the source writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// A duration.
    Duration(Duration),
    /// A size.
    Bytes(Bytes),
    /// A ratio.
    Ratio(Ratio),
}

impl Quantity {
    /// Reads a number with a unit; `None` where it has no unit of ours or does not fit.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let (number, unit) = split(word);
        if unit == "%" {
            return scaled(number, 100).and_then(|n| u32::try_from(n).ok()).map(|n| Self::Ratio(Ratio(n)));
        }
        let factor = |units: Units| units.iter().find(|(known, _)| *known == unit).map(|(_, size)| *size);
        if let Some(size) = factor(TIME) {
            return scaled(number, size).map(|n| Self::Duration(Duration(n)));
        }
        factor(SIZE).and_then(|size| scaled(number, size)).map(|n| Self::Bytes(Bytes(n)))
    }
}

/// The member of a quantity: the amount in a unit, such as `cache.MiB`.
#[must_use]
pub fn quantity_member(word: &str, member: &str) -> Option<String> {
    let (amount, unit) = match (Quantity::parse(word)?, member) {
        (Quantity::Duration(time), "ms") => (time.0, 1),
        (Quantity::Duration(time), "seconds") => (time.0, 1_000),
        (Quantity::Duration(time), "minutes") => (time.0, 60_000),
        (Quantity::Duration(time), "hours") => (time.0, 3_600_000),
        (Quantity::Duration(time), "days") => (time.0, 86_400_000),
        (Quantity::Bytes(size), "bytes") => (size.0, 1),
        (Quantity::Bytes(size), "KiB") => (size.0, 1 << 10),
        (Quantity::Bytes(size), "MiB") => (size.0, 1 << 20),
        (Quantity::Bytes(size), "GiB") => (size.0, 1 << 30),
        (Quantity::Ratio(ratio), "percent") => (u64::from(ratio.0), 100),
        // What is missing to the whole, in percent.
        (Quantity::Ratio(ratio), "rest") => (10_000_u64.checked_sub(u64::from(ratio.0))?, 100),
        (Quantity::Ratio(ratio), "fraction") => (u64::from(ratio.0), 10_000),
        _ => return None,
    };
    if amount.is_multiple_of(unit) {
        return Some((amount / unit).to_string());
    }
    if unit == 10_000 {
        let digits = format!("{}.{:04}", amount / unit, amount % unit);
        return Some(digits.trim_end_matches('0').to_owned());
    }
    // Three decimals, cut off: a limit that is told in larger units must not grow.
    let thousandths = u128::from(amount) * 1_000 / u128::from(unit);
    let decimals = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    Some(decimals.trim_end_matches('0').trim_end_matches('.').to_owned())
}

fn split(word: &str) -> (&str, &str) {
    let end = word.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(word.len());
    word.split_at(end)
}

/// `number × size` as a whole number; `None` where it is none, or does not fit.
fn scaled(number: &str, size: u64) -> Option<u64> {
    let Some((whole, fraction)) = number.split_once('.') else {
        return number.parse::<u64>().ok()?.checked_mul(size);
    };
    if whole.is_empty() || number.ends_with('.') || fraction.len() > 9 {
        return None;
    }
    let power = 10u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let digits: u64 = format!("{whole}{fraction}").parse().ok()?;
    let product = u128::from(digits) * u128::from(size);
    let power = u128::from(power);
    product.is_multiple_of(power).then(|| u64::try_from(product / power).ok()).flatten()
}

/// A quoted text as a quantity: in its own unit, or in ours where it has that of another language.
fn unquoted(text: &str, units: Units) -> Option<Help> {
    let (number, unit) = split(text);
    let unit = unit.trim();
    if let Some(size) = size_of(unit, units) {
        return scaled(number, size).map(|_| Help::write(format!("{number}{unit}")));
    }
    in_ours(number, unit, units)
}

/// The size of a unit in the least unit of its dimension.
fn size_of(unit: &str, units: Units) -> Option<u64> {
    units.iter().find(|(known, _)| *known == unit).map(|(_, size)| *size)
}

/// A number with a unit of another language in ours: an edit where the unit has one meaning, and words where it has two.
fn in_ours(number: &str, unit: &str, units: Units) -> Option<Help> {
    match syntax::foreign(unit)? {
        Foreign::Sure(ours) => {
            scaled(number, size_of(ours, units)?).map(|_| Help::perhaps(format!("{number}{ours}")))
        }
        Foreign::Either(ours, bytes) => {
            scaled(number, size_of(ours, units)?)?;
            let other = scaled(number, bytes)
                .map(|bytes| format!(", or `{bytes}B` where it counts in steps of 1,000"));
            Some(
                format!(
                    "`{number}{ours}` as Docker reads it, in steps of 1,024{}",
                    other.unwrap_or_default()
                )
                .into(),
            )
        }
    }
}

fn read(value: &Value, decoder: &mut Decoder<'_>, what: &str, example: &str, units: Units) -> Option<u64> {
    let ValueKind::Number(word) = &value.kind else {
        let quoted = match &value.kind {
            ValueKind::Text(text) => text.as_literal().and_then(|text| unquoted(text.trim(), units)),
            _ => None,
        };
        let Some(help) = quoted else {
            return decoder.mismatch(value, &format!("{what} such as `{example}`"));
        };
        decoder.report(
            Diagnostic::new(codes::TYP001, format!("expected {what}, found text"))
                .at(value.span, "quantities stand without quotes")
                .help(help),
        );
        return None;
    };
    let (number, unit) = split(word);
    if let Some(size) = size_of(unit, units) {
        let amount = scaled(number, size);
        if amount.is_none() {
            decoder.report(
                Diagnostic::new(codes::TYP003, format!("`{word}` is out of range"))
                    .at(value.span, format!("no whole number of `{}`, or too large", units[0].0)),
            );
        }
        return amount;
    }
    let all = || match units {
        [(unit, _)] => format!("the unit of {what} is `{unit}`"),
        units => format!("the units of {what} are {}", list_of(units.iter().map(|(unit, _)| *unit))),
    };
    let help = match in_ours(number, unit, units) {
        Some(help) => help,
        None if unit.is_empty() && !number.is_empty() => {
            let usual = example.trim_start_matches(|c: char| c.is_ascii_digit());
            // A part of one, or the whole, may be that many hundredths.
            let hundredths = scaled(number, 10_000).filter(|n| *n <= 10_000 && units == [("%", 100)]);
            // Which of several is meant, the number does not say.
            match (hundredths, units) {
                (Some(hundredths), _) => {
                    format!("`{}%` or `{number}%`? {}", percent(hundredths), all()).into()
                }
                (None, TIME) => {
                    format!("`{number}s`, `{number}m`, `{number}h` or `{number}d`? {}", all()).into()
                }
                (None, [(least, _), _, ..]) => {
                    format!("`{number}{least}` or `{number}{usual}`? {}", all()).into()
                }
                (None, _) => Help::perhaps(format!("{number}{usual}")).and(&format!(" {}", all())),
            }
        }
        None if unit.chars().any(|c| c.is_ascii_digit()) => match single(word, units) {
            Some(single) => Help::write(single).led_by("a quantity is one number and one unit: "),
            None => "a quantity is one number and one unit".into(),
        },
        None => all().into(),
    };
    let message =
        if unit.is_empty() { format!("`{word}` has no unit") } else { format!("`{word}` is not {what}") };
    decoder.report(
        Diagnostic::new(codes::TYP002, message).at(value.span, format!("expected {what}")).help(help),
    );
    None
}

/// Hundredths of a percent as a number of percents.
fn percent(hundredths: u64) -> String {
    let number = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    number.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `1h30m` as one number and one unit: `90m`.
fn single(word: &str, units: Units) -> Option<String> {
    let mut rest = word;
    let mut sum: u64 = 0;
    let mut smallest = u64::MAX;
    while !rest.is_empty() {
        let (number, tail) = split(rest);
        let length = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, next) = tail.split_at(length);
        let size = units.iter().find(|(known, _)| *known == unit)?.1;
        sum = sum.checked_add(scaled(number, size)?)?;
        smallest = smallest.min(size);
        rest = next;
    }
    let unit = units.iter().find(|(_, size)| *size == smallest)?.0;
    Some(format!("{}{unit}", sum / smallest))
}

impl Scalar for Duration {
    fn shape() -> Kind {
        Kind::Scalar("a duration such as `30s`")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        read(value, decoder, "a duration", "30s", TIME).map(Self)
    }
}

impl Scalar for Bytes {
    fn shape() -> Kind {
        Kind::Scalar("a size such as `512MiB`")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        read(value, decoder, "a size", "512MiB", SIZE).map(Self)
    }
}

impl Scalar for Ratio {
    fn shape() -> Kind {
        Kind::Scalar("a ratio such as `70%`")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        read(value, decoder, "a ratio", "70%", &[("%", 100)]).and_then(|n| u32::try_from(n).ok()).map(Self)
    }
}

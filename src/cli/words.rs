//! Words of the command line that mean something: labels, headers, sizes, environments, targets, names of pages.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::diagnostic::CODES;
use crate::expand;
use crate::manual::Subject;
use crate::schema::{Bytes, Quantity};
use crate::target::{self, TARGETS, Target};

/// `label=value`.
pub(super) fn label(word: &str) -> Result<(String, String), &'static str> {
    match word.split_once('=') {
        Some((label, value)) if !label.is_empty() => Ok((label.to_owned(), value.to_owned())),
        _ => Err("a label has the form `label=value`"),
    }
}

/// `Name: value`.
pub(super) fn header(word: &str) -> Result<(String, String), &'static str> {
    match word.split_once(':') {
        Some((name, value)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
            Ok((name.to_owned(), value.trim().to_owned()))
        }
        _ => Err("a header has the form `Name: value`"),
    }
}

/// A number of bytes, with or without a unit.
pub(super) fn size(word: &str) -> Result<Bytes, &'static str> {
    let plain = || word.parse().ok().map(Bytes);
    let of_unit = match Quantity::parse(word) {
        Some(Quantity::Bytes(size)) => Some(size),
        _ => None,
    };
    of_unit.or_else(plain).ok_or("a size is a number of bytes, or has a unit such as `20MiB`")
}

/// A name that can be one of a folder, too.
pub(super) fn environment(name: &str) -> Result<String, &'static str> {
    if expand::is_environment(name) {
        Ok(name.to_owned())
    } else {
        Err("a name has letters from a to z, digits, `-` and `_`, a letter or a digit first")
    }
}

/// The names of pages, which shells complete by; what is none of them is answered by the command itself.
#[derive(Debug, Clone)]
pub(super) struct Pages;

impl TypedValueParser for Pages {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        clap::builder::StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let codes = CODES.iter().map(|code| code.id);
        let mut names: Vec<&str> = codes.chain(Subject::all().into_iter().map(Subject::name)).collect();
        names.sort_unstable();
        names.dedup();
        Some(Box::new(names.into_iter().map(PossibleValue::new)))
    }
}

/// The targets as clap checks, suggests and lists them.
pub(super) fn targets() -> impl TypedValueParser<Value = &'static Target> {
    let known =
        TARGETS.iter().map(|target| PossibleValue::new(target.format.name).help(target.format.purpose));
    PossibleValuesParser::new(known).try_map(|name| target::find(&name).ok_or("no such target"))
}

//! `infrac targets` and `infrac schema`: what the compiler itself knows.

use std::fmt::Write as _;

use super::report::hand_out;
use super::{Failure, Outcome};
use crate::coverage::lists;
use crate::model::Document;
use crate::schema;
use crate::target::{TARGETS, Target};

/// What a target, or each of them, writes and cannot express.
pub(super) fn targets(target: Option<&'static Target>, markdown: bool) -> Result<Outcome, Failure> {
    let mut out = String::new();
    for target in
        TARGETS.iter().filter(|known| target.is_none_or(|target| target.format.name == known.format.name))
    {
        if markdown {
            out.push_str(&lists::markdown(target));
            continue;
        }
        let _ = writeln!(out, "{}: {}", target.format.name, target.format.purpose);
        let _ = writeln!(out, "\n{}", lists::text(target));
    }
    hand_out(&out)?;
    Ok(Outcome::Fine)
}

/// The reference of the language.
pub(super) fn reference() -> Result<Outcome, Failure> {
    hand_out(&schema::markdown(Document::SCHEMA))?;
    Ok(Outcome::Fine)
}

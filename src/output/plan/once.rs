//! Files that are written only where no person has one.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::Left;
use super::super::problem::Reason;
use super::super::seen::Seen;
use super::Owner;
use crate::target::Once;

/// A person's file instead of one of infrac's.
pub(super) struct Stands {
    /// What is to be advised, where the file does without infrac's.
    pub(super) left: Option<Left>,
}

/// The person's file that stands in the place of one that is written once; `None` where infrac writes it.
pub(super) fn stands(
    once: &Once,
    place: &Path,
    found: Option<&Result<(Seen, Owner), Reason>>,
) -> Option<Stands> {
    let in_place = !matches!(found, Some(Ok((_, Owner::Same | Owner::Infrac))));
    let name = if in_place { once.path } else { other(once, place)? };
    // What cannot be read may say anything.
    let text = fs::read(place.with_file_name(name)).unwrap_or_default();
    let mentioned = text.windows(once.mention.len()).any(|piece| piece == once.mention.as_bytes());
    let left = (!mentioned).then(|| Left { path: name.to_owned(), advice: once.advice });
    Some(Stands { left })
}

/// A file beside it that its reader takes instead. Where names of one file may be written in several ways, it is none.
fn other(once: &Once, place: &Path) -> Option<&'static str> {
    let real = |place: PathBuf| fs::canonicalize(place).ok();
    let own = real(place.to_owned());
    once.others.iter().copied().find(|name| {
        let other = place.with_file_name(name);
        other.exists() && real(other) != own
    })
}

//! The catalogue of images: `.infra` files, one a family. Of its entries, which are many, a platform names a few: the
//! label of each is found in the text, and only the named ones are parsed.

use std::sync::LazyLock;

use crate::hash::HashMap;
use crate::notation::image::Reference;

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        /// The files of the catalogue, by name, each with its source.
        pub const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("images/", $name, ".infra")))),+];
    };
}

embedded! {
    "applications",
    "bases",
    "databases",
    "identity",
    "monitoring",
    "moved",
    "proxies",
    "queues",
    "runtimes",
    "search",
    "storage",
    "tools",
}

/// The month that the catalogue describes. No clock is read: what had ended by then is reported.
pub const MONTH: &str = "2026-11";

/// The image of jobs whose service has none that could do the work: BusyBox, 2 MB, in every version of which `sh`,
/// `chown` and `stat` are the same. docs/decisions.md says why this one.
pub const HELPER: &str = "busybox:1.37.0";

/// The client that takes copies of data to object stores: any that speaks S3. MIT, kept up by its author and many others; its
/// settings come from the environment (rclone/rclone:docs/content/docs.md, "Environment variables").
pub const TRANSFER: &str = "rclone/rclone:1.73.0";

/// The mirrors that everybody can use.
pub const MIRRORS: &str = include_str!("images/mirrors.infra");

/// What an entry starts with: the formatter does not indent it.
const START: &str = "\nimage \"";

/// The text of each entry, in the order of the files, by its repository or `namespace/*`.
static ENTRIES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut entries: HashMap<&str, Vec<&str>> = HashMap::default();
    for (_, source) in FILES {
        for (repository, entry) in of_source(source) {
            entries.entry(repository).or_default().push(entry);
        }
    }
    entries
});

/// The entries of a file in their order, each with its repository.
fn of_source(source: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let starts: Vec<usize> = memchr::memmem::find_iter(source.as_bytes(), START).collect();
    let ends = starts.iter().skip(1).copied().chain([source.len()]).collect::<Vec<usize>>();
    starts.into_iter().zip(ends).filter_map(|(start, end)| {
        let label = source.get(start + START.len()..)?.split('"').next()?;
        Some((Reference::parse(label).repository, source.get(start..end)?))
    })
}

/// The repositories of the entries of one file.
pub fn of_file(name: &str) -> impl Iterator<Item = &'static str> {
    let file = FILES.iter().find(|(known, _)| *known == name);
    file.into_iter().flat_map(|(_, source)| of_source(source)).map(|(repository, _)| repository)
}

/// The entries of a repository, with those of each of its patterns of tags.
pub fn entries(repository: &str) -> impl Iterator<Item = &'static str> {
    ENTRIES.get(repository).into_iter().flatten().copied()
}

/// Whether there is an entry for a repository.
#[must_use]
pub fn knows(repository: &str) -> bool {
    ENTRIES.contains_key(repository)
}

#[cfg(test)]
mod tests {
    use super::{ENTRIES, FILES, entries};

    #[test]
    fn every_entry_is_found() {
        for (name, source) in FILES {
            assert!(source.starts_with('#'), "{name} says first what it holds");
        }
        let written: usize = FILES.iter().map(|(_, source)| source.matches("\nimage ").count()).sum();
        assert_eq!(ENTRIES.values().map(Vec::len).sum::<usize>(), written);
        assert!(entries("postgres").count() > 1);
    }
}

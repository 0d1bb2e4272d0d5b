//! The keys that overrides may write (`targets/*/keys.txt`) are those of the programs: of compose as its schema is
//! published, of Prometheus and Alertmanager as an old and a new version of each read them.

#![expect(clippy::disallowed_methods, reason = "tests write files and run programs")]

mod judged;
mod kubernetes;
mod published;
mod refused;

use infrac::formats::{Keys, find};

/// The keys of a format.
fn keys(format: &str) -> &'static Keys {
    find(format).and_then(infrac::formats::Format::keys).expect("the format takes overrides")
}

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

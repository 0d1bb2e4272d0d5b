//! What each target writes and cannot express, in the words of the language.

use std::fmt::Write as _;

use crate::model::Document;
use crate::model::fields::SourceField;
use crate::schema::{Block, Fields as _};
use crate::target::{Coverage, Target};

/// What becomes of the fields of a block in a target.
struct Listing {
    /// The path of the block: `service.port`.
    path: String,
    /// The keys that are written.
    written: Vec<String>,
    /// The keys that cannot be expressed, each with the reason.
    lost: Vec<(String, &'static str)>,
}

/// The lists of a target: the blocks with the fields that it writes, and the fields that it cannot express.
#[must_use]
pub fn markdown(target: &Target) -> String {
    let mut listings = Vec::new();
    list(target, Document::SCHEMA, 0, "", &mut listings);
    let name = target.format.name;
    let mut out = format!(
        "# Coverage of the target {name}\n\n\
         <!-- Written by `infrac targets {name} --markdown`; do not edit. -->\n\n\
         The keys of the language that decide what the target writes, by the block they stand in.\n\n\
         | block | keys |\n| --- | --- |\n"
    );
    for listing in listings.iter().filter(|listing| !listing.written.is_empty()) {
        let path = if listing.path.is_empty() { "top level" } else { &listing.path };
        let _ = writeln!(out, "| `{path}` | {} |", listing.written.join(", "));
    }
    if listings.iter().any(|listing| !listing.lost.is_empty()) {
        out.push_str("\nWhat it writes without, each with the reason:\n\n| key | because |\n| --- | --- |\n");
        for listing in &listings {
            for (key, reason) in &listing.lost {
                let _ = writeln!(out, "| `{}.{key}` | {reason} |", listing.path);
            }
        }
    }
    out
}

/// The same for a terminal.
#[must_use]
pub fn text(target: &Target) -> String {
    let mut listings = Vec::new();
    list(target, Document::SCHEMA, 0, "", &mut listings);
    let mut out = String::from("  writes\n");
    let written = || listings.iter().filter(|listing| !listing.written.is_empty());
    let widest = written().map(|listing| listing.path.len()).max().unwrap_or(0);
    for listing in written() {
        let path = if listing.path.is_empty() { "top level" } else { &listing.path };
        let _ = writeln!(out, "    {path:widest$}  {}", listing.written.join(", ").replace('`', ""));
    }
    let lost: Vec<(String, &str)> = listings
        .iter()
        .flat_map(|listing| {
            listing.lost.iter().map(|(key, reason)| (format!("{}.{key}", listing.path), *reason))
        })
        .collect();
    if !lost.is_empty() {
        out.push_str("\n  cannot express\n");
    }
    let widest = lost.iter().map(|(field, _)| field.len()).max().unwrap_or(0);
    for (field, reason) in lost {
        let _ = writeln!(out, "    {field:widest$}  {reason}");
    }
    out
}

/// Lists a block of a number, and those below it.
fn list(target: &Target, block: &'static Block, number: u32, path: &str, out: &mut Vec<Listing>) {
    let mut listing = Listing { path: path.to_owned(), written: Vec::new(), lost: Vec::new() };
    let mut below = Vec::new();
    for field in block.below() {
        let (number, key) = (number + field.number, field.key.unwrap_or("its value"));
        if let Some(nested) = field.block {
            below.push((
                nested,
                number,
                if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") },
            ));
            continue;
        }
        // Free keys hold blocks without keys of their own in the description: the first field stands for all.
        let Some(path) = (number..number + field.count).find_map(SourceField::at) else { continue };
        match (target.coverage)(path) {
            Coverage::Written => listing.written.push(format!("`{key}`")),
            Coverage::Lost(reason) => listing.lost.push((key.to_owned(), reason)),
            Coverage::NotConcerned => {}
        }
    }
    out.push(listing);
    for (nested, number, path) in below {
        list(target, nested, number, &path, out);
    }
}

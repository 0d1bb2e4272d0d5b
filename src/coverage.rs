//! What of a source is used, and what no target reads: nothing is passed over in silence.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use smol_str::SmolStr;

use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::hash::HashMap;
use crate::model::Document;
use crate::platform::{Platform, Version};
use crate::source::{FileId, Sources, Span};
use crate::syntax::Entry;
use crate::target::{TARGETS, Target};

/// Where the source first uses a kind of block, or a field of one, and how often it does.
#[derive(Debug, Default)]
pub struct Uses {
    /// By block and field; a block itself is a field of nothing.
    seen: BTreeMap<SmolStr, BTreeMap<SmolStr, (Span, usize)>>,
}

impl Uses {
    /// Collects what a part of an expanded tree uses. What stands in the compiler's own sources is not the user's to
    /// mend, so it does not count.
    #[must_use]
    pub fn of(entries: &[Entry], sources: &Sources) -> Self {
        let mut uses = Self::default();
        uses.collect(entries, &SmolStr::default(), &ASKED_FOR, sources);
        uses
    }

    /// Adds what is used further down.
    pub fn append(&mut self, behind: Self) {
        for (block, fields) in behind.seen {
            let seen = self.seen.entry(block).or_default();
            for (field, (first, times)) in fields {
                seen.entry(field).or_insert((first, 0)).1 += times;
            }
        }
    }

    fn collect(&mut self, entries: &[Entry], within: &SmolStr, asked_for: &Asked, sources: &Sources) {
        // Nearly every entry has none.
        if entries.is_empty() {
            return;
        }
        let asked_for_here =
            |block: &str| asked_for.get(block).map_or::<&[&str], _>(&[], |fields| fields.as_slice());
        let fields = if within.is_empty() { &[] } else { asked_for_here(within) };
        let kinds = if within.is_empty() || within == "service" { asked_for_here("") } else { &[] };
        // Entries of one file mostly stand together.
        let mut last: Option<(FileId, bool)> = None;
        for entry in entries {
            let key = &entry.key.text;
            let (is_field, is_kind) = (fields.contains(&key.as_str()), kinds.contains(&key.as_str()));
            if is_field || is_kind {
                let span = entry.head();
                let embedded = match last {
                    Some((file, embedded)) if file == span.file => embedded,
                    _ => is_embedded(sources.file(span.file).name()),
                };
                last = Some((span.file, embedded));
                if is_field && !embedded {
                    self.count(within, key, span);
                }
                if is_kind && !embedded {
                    self.count("", key, span);
                }
            }
            // Most entries are lines with a value.
            let entries = entry.entries();
            if entries.is_empty()
                || matches!(key.as_str(), "env" | "labels" | "override" | "output" | "child")
            {
                continue;
            }
            self.collect(entries, key, asked_for, sources);
        }
    }

    fn count(&mut self, block: &str, field: &SmolStr, span: Span) {
        match self.seen.get_mut(block).and_then(|fields| fields.get_mut(field)) {
            Some((_, count)) => *count += 1,
            None => {
                self.seen.entry(block.into()).or_default().insert(field.clone(), (span, 1));
            }
        }
    }

    /// The first use of a block, or of a field of one, and how many there are.
    fn seen(&self, block: &str, field: &str) -> Option<(Span, usize)> {
        self.seen.get(block)?.get(field).copied()
    }

    /// Reports the kinds of blocks that no target reads, one warning a kind.
    pub fn unread(&self, sink: &mut Sink) {
        for kind in unread_kinds() {
            let Some((span, count)) = self.seen("", kind) else { continue };
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
            sink.report(
                Diagnostic::new(
                    codes::TGT001,
                    format!("`{kind}` stands in the source {times}, and no target of this version reads it"),
                )
                .at(span, "in no artifact yet"),
            );
        }
    }

    /// Reports the fields that the chosen targets cannot express, one warning a target and block.
    pub fn lost(&self, targets: &[&Target], sink: &mut Sink) {
        for target in targets {
            let mut blocks: Vec<(&str, Vec<Lost<'_>>)> = Vec::new();
            for (name, reason) in target.cannot {
                let Some((block, field)) = name.split_once('.') else { continue };
                // Nothing is lost that another one of them reads.
                if targets.iter().any(|other| other.reads.contains(name)) {
                    continue;
                }
                let Some((span, _)) = self.seen(block, field) else { continue };
                let lost = Lost { field, reason, span };
                match blocks.iter_mut().find(|(known, _)| *known == block) {
                    Some((_, fields)) => fields.push(lost),
                    None => blocks.push((block, vec![lost])),
                }
            }
            for (block, fields) in blocks {
                sink.report(cannot(target, block, &fields));
            }
        }
    }
}

/// The kinds of blocks that no target reads.
fn unread_kinds() -> impl Iterator<Item = &'static str> {
    // The compiler itself reads what is allowed.
    let kinds = Document::SCHEMA.fields.iter().map(|field| field.key).filter(|kind| *kind != "allow");
    kinds.filter(|kind| {
        let reads = |read: &&str| read.split('.').next() == Some(kind);
        !TARGETS.iter().any(|target| target.reads.iter().any(reads))
    })
}

/// Fields by their blocks.
type Asked = HashMap<&'static str, Vec<&'static str>>;

/// What is told of: fields that a target cannot express, and, as fields of nothing, kinds of blocks that no target
/// reads.
static ASKED_FOR: LazyLock<Asked> = LazyLock::new(|| {
    let cannot = TARGETS.iter().flat_map(|target| target.cannot);
    let fields = cannot.filter_map(|(name, _)| name.split_once('.'));
    let mut asked = Asked::default();
    for (block, field) in unread_kinds().map(|kind| ("", kind)).chain(fields) {
        asked.entry(block).or_default().push(field);
    }
    asked
});

/// TGT005: services whose image is older than what a target's files hold, or are written for; and settings of versions
/// that do not read what the source asks for.
pub fn too_old(platform: &Platform, sink: &mut Sink) {
    for target in TARGETS {
        let version = (target.version)(platform);
        let (said, written) = (version.map(|it| it.span), version.map(|it| it.value));
        // The latest tells of all.
        let need = (target.needs)(platform).into_iter().rev().max_by_key(|need| need.since);
        let mut lacks = false;
        for reader in target.format.reader.into_iter().flat_map(|role| platform.with_role(role)) {
            let image = reader.image_name.as_ref();
            let Some(runs) = image.and_then(|image| image.tag.as_deref()).and_then(Version::of_tag) else {
                continue;
            };
            if let Some(need) = need.filter(|need| runs < need.since) {
                lacks = true;
                sink.report(
                    Diagnostic::new(
                        codes::TGT005,
                        format!("`{}` is version {runs}, and does not know {}", reader.path, need.what),
                    )
                    .at(need.span, format!("is {}, since {}", need.what, need.since))
                    .at(reader.span(), format!("runs {runs}"))
                    .help(format!(
                        "give the service an image of {} or later, or do without this",
                        need.since
                    )),
                );
            } else if written.is_some_and(|written| runs < written) {
                sink.report(
                    Diagnostic::new(
                        codes::TGT005,
                        format!(
                            "`{}` is version {runs}, and its files are written for a later one",
                            reader.path
                        ),
                    )
                    .at_maybe(said, "what is written for it, an older one may refuse")
                    .at(reader.span(), format!("runs {runs}"))
                    .help(format!("write `version = \"{runs}\"`, or give the service a newer image")),
                );
            }
        }
        if let (Some(need), Some(written), false) = (need, written, lacks)
            && written < need.since
        {
            sink.report(
                Diagnostic::new(
                    codes::TGT005,
                    format!("files for {} {written} cannot hold {}", target.format.name, need.what),
                )
                .at_maybe(said, "an older version than is needed")
                .at(need.span, format!("is {}, since {}", need.what, need.since))
                .help(format!("write `version = \"{}\"` or later, or do without this", need.since)),
            );
        }
    }
}

fn is_embedded(name: &str) -> bool {
    name.starts_with('<') && name != "<stdin>"
}

/// A field that is lost, and where it is first used.
struct Lost<'a> {
    field: &'a str,
    reason: &'a str,
    span: Span,
}

fn cannot(target: &Target, block: &str, fields: &[Lost<'_>]) -> Diagnostic {
    let names = list_of(fields.iter().map(|lost| lost.field));
    let mut diagnostic = Diagnostic::new(
        codes::TGT002,
        format!("the target `{}` cannot express {names} of `{block}`", target.format.name),
    );
    let mut told: Vec<&str> = Vec::new();
    for lost in fields {
        if !told.contains(&lost.reason) {
            told.push(lost.reason);
            diagnostic = diagnostic.at(lost.span, lost.reason);
        }
    }
    diagnostic
}

//! Any bytes are parsed: no panic, no endless work, and every message has a place that is there.

#![no_main]

use infrac::diagnostic::Sink;
use infrac::source::Sources;
use infrac::syntax::{self, Entry, MAX_DEPTH, Value, ValueKind};
use infrac_fuzz::judge_diagnostics;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    if let Some(text) = syntax::plain_text(&mut sources, "fuzz.infra", data.to_vec(), &mut sink) {
        let id = sources.add("fuzz.infra", text);
        let file = syntax::parse(&sources, id, &mut sink);
        assert!(!file.unbalanced || !sink.is_empty(), "not understood, and nothing is said");
        assert!(file.unbalanced || deepest(&file.entries) <= MAX_DEPTH, "deeper than the scan lets through");
        for comment in &file.comments {
            assert!(sources.text(*comment).starts_with('#'));
        }
    }
    judge_diagnostics(&sink.finish(), &sources);
});

/// How many levels of brackets stand in an entry.
fn depth(entry: &Entry) -> usize {
    let inside = entry.body.as_ref().map_or(0, |body| 1 + deepest(&body.entries));
    inside.max(entry.value.as_ref().map_or(0, value_depth))
}

fn deepest(entries: &[Entry]) -> usize {
    entries.iter().map(depth).max().unwrap_or(0)
}

fn value_depth(value: &Value) -> usize {
    match &value.kind {
        ValueKind::List(items) => 1 + items.iter().map(value_depth).max().unwrap_or(0),
        ValueKind::Body(body) => 1 + deepest(&body.entries),
        _ => 0,
    }
}

//! Files of the project that become the content of a `config` as they are.

use std::sync::{Mutex, PoisonError};

use smol_str::SmolStr;

use super::room::Room;
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::source::{Found, LoadError, Loader, Sources, Span, join};
use crate::syntax::{Entry, Text, Value, ValueKind};

/// The largest file that is taken into an artifact, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// The files that are put in.
pub(super) struct Files<'a> {
    loader: &'a Loader<'a>,
    sources: &'a Sources,
    /// What was read of them, by their paths: instances of a component put in the same ones.
    read: Mutex<HashMap<String, SmolStr>>,
}

/// Puts the text of the file that `from` names in its place, in every `config` below an entry and in itself.
pub(super) fn include(entry: &mut Entry, files: &Files<'_>, room: &mut Room, sink: &mut Sink) {
    let config = entry.key.text == "config" && entry.label.is_some();
    let Some(body) = &mut entry.body else { return };
    if !config {
        for entry in &mut body.entries {
            include(entry, files, room, sink);
        }
        return;
    }
    let Some(at) = body.entries.iter().position(|item| item.key.text == "from" && item.label.is_none())
    else {
        return;
    };
    let from = body.entries.remove(at);
    let Some(Value { kind: ValueKind::Text(path), span }) = &from.value else {
        sink.report(
            Diagnostic::new(codes::TYP001, "`from` takes the path of a file as text")
                .at(from.head(), "not of that form")
                .help("write `from = \"files/app.json\"`"),
        );
        return;
    };
    let Some(path) = path.as_literal() else {
        sink.report(
            Diagnostic::new(codes::PHA001, "the path of a file is built from a reference")
                .at(*span, "must be known before names are bound"),
        );
        entry.value = Some(Value { kind: ValueKind::Text(Text::default()), span: *span });
        return;
    };
    let text = files.text(path, *span, sink).filter(|text| room.take_file(text, *span, sink));
    let text = Text::literal(text.unwrap_or_default());
    entry.value = Some(Value { kind: ValueKind::Text(text), span: *span });
    // It stays beside its text, which is passed on as it is.
    body.entries.insert(at, from);
}

impl<'a> Files<'a> {
    pub(super) fn new(loader: &'a Loader<'a>, sources: &'a Sources) -> Self {
        Self { loader, sources, read: Mutex::default() }
    }

    /// The text of a file that is named at a place.
    fn text(&self, path: &str, span: Span, sink: &mut Sink) -> Option<SmolStr> {
        let Some(joined) = join(self.sources.file(span.file).name(), path) else {
            return read(path, Err(LoadError::Outside), span, sink).map(SmolStr::from);
        };
        let known = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = known().get(&joined) {
            return Some(text.clone());
        }
        let text: SmolStr = read(path, (self.loader.load)(&joined), span, sink)?.into();
        known().insert(joined, text.clone());
        Some(text)
    }
}

/// The text of what was found where a file should be.
fn read(path: &str, found: Result<Found, LoadError>, span: Span, sink: &mut Sink) -> Option<String> {
    let diagnostic = match found {
        Ok(Found::File(bytes)) if bytes.len() > MAX_BYTES => {
            Diagnostic::new(codes::SYN005, format!("`{path}` is larger than {} KiB", MAX_BYTES >> 10))
        }
        Ok(Found::File(bytes)) => match String::from_utf8(bytes) {
            Ok(text) => return Some(text),
            Err(_) => Diagnostic::new(codes::SYN005, format!("`{path}` is not text")),
        },
        Ok(Found::Folder(_)) => Diagnostic::new(codes::IMP001, format!("`{path}` is a folder")),
        Err(LoadError::Missing) => Diagnostic::new(codes::IMP001, format!("there is no `{path}`")),
        Err(LoadError::TooLarge) => Diagnostic::new(codes::SYN005, format!("`{path}` is too large")),
        Err(LoadError::Refused(words)) => {
            Diagnostic::new(codes::SYN005, format!("`{path}` cannot be read: {words}"))
        }
        Err(LoadError::Outside) => {
            Diagnostic::new(codes::IMP003, format!("`{path}` leads out of the project"))
        }
    };
    sink.report(diagnostic.at(span, "taken from here"));
    None
}

//! Files of the project that become the content of a `config` as they are.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::source::{Found, LoadError, Loader, Sources, Span, join};
use crate::syntax::{Entry, Text, Value, ValueKind};

/// The largest file that is taken into an artifact, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// Puts the text of the file that `from` names in its place, in every `config` below an entry and in itself.
pub(super) fn include(entry: &mut Entry, loader: &Loader<'_>, sources: &Sources, sink: &mut Sink) {
    let config = entry.key.text == "config" && entry.label.is_some();
    let Some(body) = &mut entry.body else { return };
    if !config {
        for entry in &mut body.entries {
            include(entry, loader, sources, sink);
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
    let text = read(path, *span, loader, sources, sink).unwrap_or_default();
    entry.value = Some(Value { kind: ValueKind::Text(Text::literal(text)), span: *span });
}

fn read(path: &str, span: Span, loader: &Loader<'_>, sources: &Sources, sink: &mut Sink) -> Option<String> {
    let found = match join(sources.file(span.file).name(), path) {
        Some(path) => (loader.load)(&path),
        None => Err(LoadError::Outside),
    };
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
            Diagnostic::new(codes::IMP001, format!("`{path}` cannot be read: {words}"))
        }
        Err(LoadError::Outside) => {
            Diagnostic::new(codes::IMP003, format!("`{path}` leads out of the project"))
        }
    };
    sink.report(diagnostic.at(span, "taken from here"));
    None
}

//! Paths in containers: of volumes, mounts and files.

use super::text::Texts;
use crate::diagnostic::{Diagnostic, Help, codes};
use crate::source::Span;

/// How long a name in a path may be, in bytes (Linux, include/uapi/linux/limits.h, `NAME_MAX`).
const MOST_OF_NAME: usize = 255;

/// How long a path may be, in bytes: below `PATH_MAX` (Linux, include/uapi/linux/limits.h), with room for the folder
/// that its artifact is written to.
const MOST_OF_PATH: usize = 2_048;

/// Reports what is no path in a container.
pub(super) fn expect_absolute(path: &str, span: Span, texts: &mut Texts<'_>) {
    let climbs = path.split('/').any(|part| part == "..");
    // One way of writing a path, so that two that are the same look the same.
    let plain = path.split('/').skip(1).all(|part| !part.is_empty() && part != ".");
    let odd = path.contains(|c: char| matches!(c, ':' | '\\') || c.is_control())
        || path.len() > MOST_OF_PATH
        || path.split('/').any(|part| part.len() > MOST_OF_NAME);
    if path.is_empty() || (path.starts_with('/') && !climbs && plain && !odd) {
        return;
    }
    texts.sink.report(if path == "/" {
        // moby/moby:volume/mounts/linux_parser.go
        Diagnostic::new(codes::TYP007, "nothing can be put in the place of a whole container")
            .at(span, "expected a path below `/`")
    } else {
        Diagnostic::new(codes::TYP007, format!("`{path}` is no path in a container"))
            .at(span, "starts with `/`, without `..`, `.`, `//`, `:`, `\\` and a `/` at its end, with names of at most 255 bytes")
            .help_maybe((!climbs && !odd).then(|| {
                let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
                Help::write(format!("\"/{}\"", parts.collect::<Vec<_>>().join("/")))
            }))
    });
}

//! From bytes to text, before anything is parsed.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::source::{Sources, Span};

/// The byte-order mark. At the start of a file it is left out; elsewhere it would be a letter that nobody sees.
const MARK: char = '\u{feff}';

/// The text of a source file; `None`, with a report, where its bytes are no plain text.
pub fn plain_text(sources: &mut Sources, path: &str, bytes: Vec<u8>, sink: &mut Sink) -> Option<String> {
    let ordinary = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    // Without a way out in the midst of a piece, all its bytes are looked at together.
    let all_ordinary = |piece: &[u8]| piece.iter().fold(true, |all, byte| all & ordinary(byte));
    if bytes.chunks(64).all(all_ordinary) {
        // Nearly every source: nothing in it needs a closer look.
        return String::from_utf8(bytes).ok();
    }
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    let mut help = "sources are UTF-8 text without control characters";
    let (valid, at, reason) = match std::str::from_utf8(&bytes) {
        Ok(text) => {
            let text_end = text.strip_suffix('\r').unwrap_or(text);
            let lone = text_end.match_indices('\r').find(|(at, _)| !text[at + 1..].starts_with('\n'));
            let found = text.find(control).or(lone.map(|(at, _)| at));
            let begins = if text.starts_with(MARK) { MARK.len_utf8() } else { 0 };
            let mark = text[begins..].find(MARK).map(|at| begins + at);
            match (found, mark) {
                (Some(at), _) => (text, at, "a control character"),
                (None, Some(at)) => {
                    help = "nobody sees it there: take it out; files that were joined hold one where each of them began";
                    (text, at, "a byte-order mark, which only begins a file")
                }
                (None, None) => return Some(text.to_owned()),
            }
        }
        Err(error) => {
            let at = error.valid_up_to();
            let valid = std::str::from_utf8(bytes.get(..at).unwrap_or_default()).unwrap_or_default();
            (valid, at, "no UTF-8")
        }
    };
    // What is shown of it must not command the reader's terminal.
    let shown: String =
        valid[..at.min(valid.len())].chars().map(|c| if control(c) { '\u{fffd}' } else { c }).collect();
    let id = sources.add(path, format!("{shown}\u{fffd}"));
    let end = sources.file(id).text().len();
    sink.report(
        Diagnostic::new(codes::SYN005, format!("`{path}` is not plain text"))
            .at(
                Span::new(id, end.saturating_sub('\u{fffd}'.len_utf8()), end),
                format!("byte {at} is {reason}"),
            )
            .help(help),
    );
    None
}

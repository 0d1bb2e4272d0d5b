//! What other languages write, and how it is written here: edits for the places where one reading alone is possible.

use crate::diagnostic::Help;
use crate::source::Span;

/// The way out of what is not understood at `at` of a text, where it is certain. `place` is its start in the file.
pub(super) fn meant(text: &str, at: usize, place: Span) -> Option<Help> {
    let (all, rest) = text.split_at_checked(at)?;
    let before = all.trim_end_matches([' ', '\t']);
    let blanks = all.len() - before.len();
    let line = rest.lines().next()?;
    let span = |from: usize, length: usize| {
        let start = place.start as usize;
        Span::new(place.file, start - from, start + length)
    };
    match rest.as_bytes().first()? {
        b'\'' => {
            let (inner, behind) = line[1..].split_once('\'')?;
            let plain = !inner.contains(['"', '\\', '$']) && ends(behind);
            let text = format!("\"{inner}\"");
            plain.then(|| {
                Help::saying(&format!("text is quoted with `\"`: write `{text}`"), &text)
                    .in_place(span(0, inner.len() + 2))
            })
        }
        b':' => {
            let value = line[1..].trim_start();
            if value.starts_with('{') {
                return Some(Help::saying("a body follows its key", "").in_place(span(0, 1)));
            }
            is_value(value).then(|| Help::saying("a value is given with `=`", " =").in_place(span(0, 1)))
        }
        b';' => {
            let behind = line[1..].trim_start();
            let new = if ends(behind) { "" } else { "," };
            Some(
                Help::saying("an entry ends at the end of its line or at a comma `,`", new)
                    .in_place(span(0, 1)),
            )
        }
        // `before` has no blanks at its end; those between `=` and the brace go with it.
        b'{' => before
            .ends_with('=')
            .then(|| Help::saying("a body follows its key without `=`", "").in_place(span(1 + blanks, 0))),
        b'/' if line.starts_with("//") && (before.is_empty() || before.ends_with('\n')) => {
            Some(Help::saying("a comment starts with `#`", "#").in_place(span(0, 2)))
        }
        _ => None,
    }
}

/// Whether an entry ends here.
fn ends(behind: &str) -> bool {
    let behind = behind.trim_start();
    behind.is_empty() || behind.starts_with(['}', ']', ',', '#'])
}

/// Whether the rest of a line is one value: a word, a number, a text or a list of them.
fn is_value(text: &str) -> bool {
    let end = if let Some(inner) = text.strip_prefix('"') {
        inner.find('"').map(|end| end + 2)
    } else if text.starts_with('[') {
        text.find(']').map(|end| end + 1)
    } else {
        let word = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '%'));
        Some(text.find(word).unwrap_or(text.len())).filter(|end| *end > 0)
    };
    end.and_then(|end| text.get(end..))
        .is_some_and(|behind| ends(behind) || behind.trim_start().starts_with('{'))
}

//! How deep a template may be: the engine reads expressions and branches by recursion, and counts only some of it.

use minijinja::{Error, ErrorKind};

/// How long a tag may be, in bytes, without the texts in it.
const LONGEST_TAG: usize = 4_000;

/// How many signs and negations may stand before a value.
const MOST_SIGNS: usize = 30;

/// How many branches the conditions of a template may have.
const MOST_BRANCHES: usize = 500;

/// Refuses a template that would need more of the stack than there may be.
pub(super) fn expect_shallow(source: &str) -> Result<(), Error> {
    let mut rest = source;
    let mut branches = 0;
    while let Some(start) = next_tag(rest) {
        let tag = &rest[start + 2..];
        let (length, size, signs) = measure(tag);
        let inner = tag[..length].trim_start_matches(['-', '+', ' ', '\t', '\n']);
        branches += usize::from(inner.starts_with("elif"));
        let problem = if signs > MOST_SIGNS {
            format!("more than {MOST_SIGNS} signs before one value")
        } else if size > LONGEST_TAG {
            format!("a tag of more than {LONGEST_TAG} bytes")
        } else if branches > MOST_BRANCHES {
            format!("more than {MOST_BRANCHES} branches")
        } else {
            rest = &tag[length..];
            continue;
        };
        return Err(Error::new(ErrorKind::SyntaxError, problem));
    }
    Ok(())
}

/// Where the next expression or statement begins.
fn next_tag(text: &str) -> Option<usize> {
    text.as_bytes().windows(2).position(|pair| matches!(pair, b"{{" | b"{%"))
}

/// The length of a tag, its size without its texts, and the longest row of signs in it.
fn measure(tag: &str) -> (usize, usize, usize) {
    let bytes = tag.as_bytes();
    let (mut at, mut size, mut signs, mut most) = (0, 0, 0, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                signs = 0;
                at += 1;
                while let Some(&inside) = bytes.get(at).filter(|&&inside| inside != byte) {
                    at += if inside == b'\\' { 2 } else { 1 };
                }
            }
            b'}' if bytes.get(at + 1) == Some(&b'}') => break,
            b'%' if bytes.get(at + 1) == Some(&b'}') => break,
            b'-' | b'+' => signs += 1,
            b'n' if tag.get(at..).is_some_and(|rest| rest.starts_with("not")) => {
                signs += 1;
                at += 2;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b'(' => {}
            _ => signs = 0,
        }
        most = most.max(signs);
        size += 1;
        at += 1;
    }
    // A text that is not closed ends with the source; a boundary is where a tag ends.
    let end = (at.min(bytes.len())..=bytes.len()).find(|&end| tag.is_char_boundary(end));
    (end.unwrap_or(bytes.len()), size, most)
}

#[cfg(test)]
mod tests {
    use super::expect_shallow;

    #[test]
    fn what_is_deep_is_refused() {
        for (source, expected) in [
            ("{{ a }} {% if b %}-{% endif %}", true),
            ("{{ - - -1 }}", true),
            (&format!("{{{{ {}1 }}}}", "-".repeat(24_000)), false),
            (&format!("{{{{ {}1 }}}}", "not ".repeat(24_000)), false),
            (&format!("{{{{ {}1 }}}}", "(-".repeat(24_000)), false),
            (&format!("{{{{ a{} }}}}", "|upper".repeat(4_000)), false),
            (&format!("{{{{ \"{}\" }}}}", "-".repeat(24_000)), true),
            (&format!("{{% if a %}}{}{{% endif %}}", "{% elif b %}".repeat(4_000)), false),
            ("{{ \"a", true),
            ("{{ \"\\", true),
            ("{{", true),
            (&"-".repeat(24_000), true),
        ] {
            assert_eq!(expect_shallow(source).is_ok(), expected, "{}", &source[..source.len().min(40)]);
        }
    }
}

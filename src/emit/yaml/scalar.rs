//! Scalars of YAML: which need no question, and what serde-saphyr makes of the others.

use std::fmt::Write as _;

use serde::Serialize;

use crate::emit::{Entries, Node};

/// What serde-saphyr calls `"a"`.
const DOUBLE_QUOTED: &str = "__yaml_double_quoted";
/// What serde-saphyr calls `[a, b]`.
const FLOW_SEQ: &str = "__yaml_flow_seq";

/// What serde-saphyr calls `{a: b}`.
const FLOW_MAP: &str = "__yaml_flow_map";

/// Whether text, at its place in a block, is read by YAML 1.1 and 1.2 as that text. `false` where it takes more than a
/// look at its bytes to say.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ([first, ..], [.., last]) = (bytes, bytes) else { return false };
    let starts = match first {
        b'a'..=b'z' | b'A'..=b'Z' => !is_word(text),
        b'/' | b'$' | b'(' => true,
        b'-' => is_flag(text),
        // What has a letter that is in no number, no date and no prefix of one is none of them.
        b'0'..=b'9' => bytes.iter().any(|byte| IN_WORDS[usize::from(*byte)]),
        _ => false,
    };
    // What ends with a space loses it.
    starts && !matches!(last, b' ' | b':') && is_printable(bytes) && !begins_more(bytes)
}

/// The letters that are in no number, no date and no prefix of one.
static IN_WORDS: [bool; 256] = table(b"ghjklmpqrsuvwyGHJKLMPQRSUVWY");

/// What names consist of.
static IN_KEYS: [bool; 256] = table(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./");

const fn table(bytes: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

/// Whether text is read as itself where it is a key, too: a name, of which more marks mean something.
pub(super) fn is_plain_key(text: &str) -> bool {
    let bytes = text.as_bytes();
    let named = bytes.iter().all(|byte| IN_KEYS[usize::from(*byte)]);
    named && bytes.first().is_some_and(u8::is_ascii_alphabetic) && !is_word(text)
}

/// Whether text that starts with a hyphen is `-x` or `--x`, and no number.
fn is_flag(text: &str) -> bool {
    let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-')).unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.eq_ignore_ascii_case("inf")
}

/// Writes text in quotes, where it takes no more than a look at its bytes to say that it needs them, and none of them
/// has to be escaped. Whether it is so.
fn quoted(text: &str, out: &mut String) -> bool {
    let bytes = text.as_bytes();
    // A mark by itself may stand in the other quotes.
    let indicates = bytes.len() > 1 && bytes.first().is_some_and(|first| b",:[]{}#&*!|>'%@`".contains(first));
    let needs = indicates || is_decimal(text) || begins_more(bytes);
    needs && in_quotes(text, out)
}

/// Writes text in quotes, where none of its bytes has to be escaped. Whether it is so.
fn in_quotes(text: &str, out: &mut String) -> bool {
    let fits = is_quotable(text.as_bytes());
    if fits {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
    fits
}

/// Whether text is a number of digits, with or without decimals.
fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').map_or_else(|| digits(text), |(whole, rest)| digits(whole) && digits(rest))
}

/// Whether bytes stand in double quotes as they are.
fn is_quotable(bytes: &[u8]) -> bool {
    is_printable(bytes) && memchr::memchr2(b'"', b'\\', bytes).is_none()
}

/// Whether bytes are ASCII that is printed.
fn is_printable(bytes: &[u8]) -> bool {
    // Without a way out of the loop it takes many bytes at a time.
    bytes.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'))
}

/// Whether the value of a key, or a comment, begins in bytes.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without a way out of the loop it takes many bytes at a time"
)]
fn begins_more(bytes: &[u8]) -> bool {
    let behind = bytes.get(1..).unwrap_or_default();
    bytes.iter().zip(behind).fold(false, |any, (&one, &next)| {
        any | ((one == b':') & (next == b' ')) | ((one == b' ') & (next == b'#'))
    })
}

/// Whether some reader takes a word for something else than text.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 11] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];
    const LONGEST: usize = 5;
    // The first letters of these.
    let begins = text.starts_with(['y', 'n', 'o', 't', 'f', 'i', 'Y', 'N', 'O', 'T', 'F', 'I']);
    text.len() <= LONGEST && begins && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Writes text that is not plain, with the end of its line. Whether it stands on one line: what it is otherwise is
/// what [`block`] says.
pub(super) fn text(text: &str, out: &mut String) -> bool {
    let known = quoted(text, out);
    if known {
        out.push('\n');
    }
    known
}

/// Text as a value, with the end of its line. Further lines are those of a block that stands in the first column.
pub(super) fn block(text: &str) -> String {
    saphyr(&text)
}

/// Text as a key, with its colon; `None` where it is none that stands on one line.
pub(super) fn key(text: &str) -> Option<String> {
    let printed = saphyr(&Entries(vec![(text, ())]));
    let key = printed.strip_suffix(" null\n")?;
    (!key.contains('\n') && !key.starts_with('?')).then(|| key.to_owned())
}

/// Writes a value in a style of its own, as it stands on one line. `false` where it takes several, and nothing is
/// written.
pub(super) fn styled(style: &'static str, value: Node, out: &mut String) -> bool {
    let before = out.len();
    if short(style, &value, out) {
        return true;
    }
    out.truncate(before);
    let printed = whole(&Node::Styled(style, Box::new(value)));
    let line = printed.trim_end_matches('\n');
    let fits = !line.contains('\n');
    if fits {
        out.push_str(line);
    }
    fits
}

/// Writes what most values in a style are: a word in quotes, or what stands in `[ ]` and `{ }` and consists of words,
/// numbers and the like. `false` where it is more; then a part of it may be written.
fn short(style: &str, value: &Node, out: &mut String) -> bool {
    match (style, value) {
        (DOUBLE_QUOTED, Node::Text(text)) => in_quotes(text, out),
        (FLOW_SEQ, Node::List(_)) | (FLOW_MAP, Node::Map(_)) => flow(value, out),
        _ => false,
    }
}

/// Writes what stands in `[ ]` and `{ }`.
fn flow(node: &Node, out: &mut String) -> bool {
    match node {
        // These marks mean something here.
        Node::Text(text) if text.contains([',', '[', ']', '{', '}']) => in_quotes(text, out),
        Node::Text(text) if is_plain(text) => {
            out.push_str(text);
            true
        }
        Node::Text(text) => quoted(text, out),
        Node::Integer(number) => write!(out, "{number}").is_ok(),
        Node::Boolean(boolean) => write!(out, "{boolean}").is_ok(),
        Node::Null => write!(out, "null").is_ok(),
        Node::List(items) => {
            out.push('[');
            let fits = items.iter().enumerate().all(|(at, item)| {
                out.push_str(if at > 0 { ", " } else { "" });
                flow(item, out)
            });
            out.push(']');
            fits
        }
        Node::Map(entries) => {
            out.push('{');
            let fits = entries.iter().enumerate().all(|(at, (key, value))| {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(key);
                out.push_str(": ");
                is_plain_key(key) && flow(value, out)
            });
            out.push('}');
            fits
        }
        Node::Styled(style, inner) => short(style, inner, out),
        Node::Number(_) => false,
    }
}

/// Any tree, as serde-saphyr prints it.
pub(super) fn whole(node: &Node) -> String {
    saphyr(node)
}

fn saphyr(value: &impl Serialize) -> String {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: false,
        // Folded text is hard to read and to search.
        folded_wrap_chars: usize::MAX,
    };
    let mut out = String::new();
    // A string takes all that is written, and what is printed holds nothing that YAML cannot say.
    let printed = serde_saphyr::to_fmt_writer_with_options(&mut out, value, options);
    debug_assert!(printed.is_ok(), "{printed:?}");
    out
}

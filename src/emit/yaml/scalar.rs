//! Scalars of YAML: which need no question, and what serde-saphyr makes of the others.

use std::fmt::Write as _;

use serde::Serialize;

use super::column::indent;
use crate::emit::{Entries, FlowSeq, Node};

/// What serde-saphyr calls `"a"`.
const DOUBLE_QUOTED: &str = "__yaml_double_quoted";

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
    starts && !matches!(last, b' ' | b':') && is_ascii(bytes) && !begins_more(bytes)
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
    // Without a way out of the loop it takes less time: keys are short, and next to all are names.
    let named = bytes.iter().fold(true, |all, byte| all & IN_KEYS[usize::from(*byte)]);
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
    is_ascii(bytes) && memchr::memchr2(b'"', b'\\', bytes).is_none()
}

/// Whether bytes are ASCII that is printed.
fn is_ascii(bytes: &[u8]) -> bool {
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
    let begins = || {
        matches!(
            text.as_bytes(),
            [b'y' | b'n' | b'o' | b't' | b'f' | b'i' | b'Y' | b'N' | b'O' | b'T' | b'F' | b'I', ..]
        )
    };
    text.len() <= LONGEST && begins() && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a character may stand in YAML as it is, and ends no line for any reader: 1.1 has more line ends than 1.2.
pub(super) fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether text of several lines is read by everybody as what it is where its lines stand as they are, below `|`.
/// Readers differ where it begins with what could be indentation, and what ends with empty lines depends on what follows.
pub(super) fn is_literal(text: &str) -> bool {
    // Most texts are of one line.
    if memchr::memchr(b'\n', text.as_bytes()).is_none() {
        return false;
    }
    let lines = text.strip_suffix('\n').unwrap_or(text);
    let last = lines.rsplit('\n').next().unwrap_or_default();
    !text.starts_with([' ', '\t', '\n'])
        && last.contains(|c| !matches!(c, ' ' | '\t'))
        && text.chars().all(|c| is_printable(c) || matches!(c, '\n' | '\t'))
}

/// Writes text of several lines below `|`, in a column.
pub(super) fn literal(text: &str, column: usize, out: &mut String) {
    out.push_str(if text.ends_with('\n') { "|\n" } else { "|-\n" });
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        if !line.is_empty() {
            indent(out, column);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Writes text that is not plain on one line.
pub(super) fn text(text: &str, out: &mut String) {
    if !quoted(text, out) {
        let printed = saphyr(&text);
        by_library(text, printed.strip_suffix('\n'), &[], out);
    }
}

/// Writes text as the library did, unless it is among what the library writes and some reader does not take for that text:
/// then in quotes.
fn by_library(text: &str, printed: Option<&str>, marks: &[char], out: &mut String) {
    let is_quoted = |printed: &str| printed.starts_with(['"', '\'']);
    let printed = printed.filter(|printed| printed.chars().all(is_printable));
    match printed.filter(|printed| is_quoted(printed) || !printed.contains(marks)) {
        Some(printed) => out.push_str(printed),
        None => escaped(text, out),
    }
}

/// Writes text in double quotes.
fn escaped(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        // Writing to a string succeeds.
        let _ = match c {
            '"' | '\\' => write!(out, "\\{c}"),
            '\n' => write!(out, "\\n"),
            '\t' => write!(out, "\\t"),
            '\r' => write!(out, "\\r"),
            c if is_printable(c) => write!(out, "{c}"),
            c if u32::from(c) < 0x100 => write!(out, "\\x{:02X}", u32::from(c)),
            c => write!(out, "\\u{:04X}", u32::from(c)),
        };
    }
    out.push('"');
}

/// Writes text as a key, without its colon.
pub(super) fn key(text: &str, out: &mut String) {
    if is_plain_key(text) {
        return out.push_str(text);
    }
    let printed = saphyr(&Entries(vec![(text, ())]));
    // A key of several lines, or a long one, has a form of its own, which begins with `?`.
    let printed = printed.strip_suffix(": null\n").filter(|printed| !printed.starts_with('?'));
    by_library(text, printed, &[], out);
}

/// Writes a value in a style of its own, on one line.
pub(super) fn styled(style: &'static str, value: &Node, out: &mut String) {
    match (style, value) {
        (DOUBLE_QUOTED, Node::Text(text)) => {
            if !in_quotes(text, out) {
                escaped(text, out);
            }
        }
        _ => flow(value, out),
    }
}

/// What means something in `[ ]` and `{ }`. A plain word ends at a `?` for PyYAML, and with it for readers of YAML in Go.
const MARKS: [char; 6] = [',', '[', ']', '{', '}', '?'];

/// Writes what stands in `[ ]` and `{ }`.
fn flow(node: &Node, out: &mut String) {
    match node {
        Node::Text(text) if is_plain(text) && !text.contains(MARKS) => out.push_str(text),
        Node::Text(text) if text.contains(MARKS) && in_quotes(text, out) => {}
        Node::Text(text) if quoted(text, out) => {}
        Node::Text(text) => {
            let printed = saphyr(&FlowSeq([text]));
            let printed = printed.strip_prefix('[').and_then(|printed| printed.strip_suffix("]\n"));
            by_library(text, printed, &MARKS, out);
        }
        Node::Integer(number) => out.push_str(itoa::Buffer::new().format(*number)),
        Node::Large(number) => out.push_str(itoa::Buffer::new().format(*number)),
        Node::Number(value) => out.push_str(&number(*value)),
        Node::Boolean(boolean) => out.push_str(if *boolean { "true" } else { "false" }),
        Node::Null => out.push_str("null"),
        Node::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                flow(item, out);
            }
            out.push(']');
        }
        Node::Map(entries) => {
            out.push('{');
            for (at, (name, value)) in entries.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                flow_key(name, out);
                out.push_str(": ");
                flow(value, out);
            }
            out.push('}');
        }
        Node::Styled(style, inner) => styled(style, inner, out),
        // It has no line of its own that a comment could stand above.
        Node::Commented(_, inner) => flow(inner, out),
    }
}

/// Writes a key in `{ }`, without its colon.
fn flow_key(name: &str, out: &mut String) {
    let start = out.len();
    if name.contains(MARKS) {
        escaped(name, out);
    } else {
        key(name, out);
    }
    if is_long(&out[start..]) {
        out.insert_str(start, LONG_KEY);
    }
}

/// What stands before a key that is too long to be one without it.
pub(super) const LONG_KEY: &str = "? ";

/// Whether a key, as it is printed, is longer than readers look for the colon behind it: 1,024 characters (yaml.org, YAML 1.2.2,
/// section 7.4.2), which some of them count as bytes.
pub(super) fn is_long(key: &str) -> bool {
    const LONGEST: usize = 1_000;
    key.len() > LONGEST
}

/// A number with decimals.
pub(super) fn number(value: f64) -> String {
    saphyr(&value).trim_end().to_owned()
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

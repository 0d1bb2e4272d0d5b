//! Scalars of YAML: which need no question, and what serde-saphyr makes of the others.

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
        b'0'..=b'9' => bytes.iter().any(|byte| b"ghjklmpqrsuvwyGHJKLMPQRSUVWY".contains(byte)),
        _ => false,
    };
    // What ends with a space loses it.
    starts && !matches!(last, b' ' | b':') && is_printable(bytes) && !begins_more(bytes)
}

/// Whether text is read as itself where it is a key, too: a name, of which more marks mean something.
pub(super) fn is_plain_key(text: &str) -> bool {
    let named =
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'));
    named && text.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_word(text)
}

/// Whether text that starts with a hyphen is `-x` or `--x`, and no number.
fn is_flag(text: &str) -> bool {
    let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-')).unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.eq_ignore_ascii_case("inf")
}

/// Text in quotes, where it takes no more than a look at its bytes to say that it needs them, and none of them has to
/// be escaped.
fn quoted(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    // A mark by itself may stand in the other quotes.
    let indicates = bytes.len() > 1 && bytes.first().is_some_and(|first| b",:[]{}#&*!|>'%@`".contains(first));
    let needs = indicates || is_decimal(text) || begins_more(bytes);
    (needs && is_quotable(bytes)).then(|| format!("\"{text}\""))
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
fn begins_more(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(b':', b'#', bytes).any(|at| match bytes[at] {
        b':' => bytes.get(at + 1) == Some(&b' '),
        _ => at.checked_sub(1).is_some_and(|before| bytes[before] == b' '),
    })
}

/// Whether some reader takes a word for something else than text.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 11] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];
    const LONGEST: usize = 5;
    text.len() <= LONGEST && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Text as a value, with the end of its line. Further lines are those of a block that stands in the first column.
pub(super) fn text(text: &str) -> String {
    match quoted(text) {
        Some(mut quoted) => {
            quoted.push('\n');
            quoted
        }
        None => saphyr(&text),
    }
}

/// Text as a key, with its colon; `None` where it is none that stands on one line.
pub(super) fn key(text: &str) -> Option<String> {
    let printed = saphyr(&Entries(vec![(text, ())]));
    let key = printed.strip_suffix(" null\n")?;
    (!key.contains('\n') && !key.starts_with('?')).then(|| key.to_owned())
}

/// A value in a style of its own, as it stands on one line; `None` where it takes several.
pub(super) fn styled(style: &'static str, value: Node) -> Option<String> {
    if let Some(short) = short(style, &value) {
        return Some(short);
    }
    let printed = whole(&Node::Styled(style, Box::new(value)));
    let line = printed.trim_end_matches('\n');
    (!line.contains('\n')).then(|| line.to_owned())
}

/// What most values in a style are: a word in quotes, or what stands in `[ ]` and `{ }` and consists of words, numbers
/// and the like. `None` where it is more.
fn short(style: &str, value: &Node) -> Option<String> {
    match (style, value) {
        (DOUBLE_QUOTED, Node::Text(text)) if is_quotable(text.as_bytes()) => Some(format!("\"{text}\"")),
        (FLOW_SEQ, Node::List(_)) | (FLOW_MAP, Node::Map(_)) => flow(value),
        _ => None,
    }
}

/// What stands in `[ ]` and `{ }`.
fn flow(node: &Node) -> Option<String> {
    match node {
        // These marks mean something here.
        Node::Text(text) if text.contains([',', '[', ']', '{', '}']) => {
            is_quotable(text.as_bytes()).then(|| format!("\"{text}\""))
        }
        Node::Text(text) if is_plain(text) => Some(text.clone()),
        Node::Text(text) => quoted(text),
        Node::Integer(number) => Some(number.to_string()),
        Node::Boolean(boolean) => Some(boolean.to_string()),
        Node::Null => Some("null".to_owned()),
        Node::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(flow).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Node::Map(entries) => {
            let entry = |(key, value): (&String, &Node)| Some(format!("{key}: {}", flow(value)?));
            let entries = entries.iter().map(|entry| is_plain_key(entry.0).then_some(entry));
            let entries: Option<Vec<String>> = entries.map(|known| known.and_then(entry)).collect();
            Some(format!("{{{}}}", entries?.join(", ")))
        }
        Node::Styled(style, inner) => short(style, inner),
        Node::Number(_) => None,
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

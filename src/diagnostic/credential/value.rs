//! Whether a text is a credential itself: not its name, not where it is found, not what stands for it.

use super::{Names, names};

/// Stands in a text for what the operator sets: nothing is known of it.
pub const OPERATOR: char = '\u{1}';

/// Words that stand where a value would, and are none.
const WORDS: &[&str] =
    &["", "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "~"];

/// Words that say of a value what it must be, or that it is left out.
const ABOUT: &[&str] = &["required", "optional", "string", "redacted", "hidden", "..."];

/// What a value starts with that says where it is found.
const ELSEWHERE: &[&str] =
    &["env:", "env.", "file:", "vault:", "op://", "sops:", "ssm:", "secret://", "arn:", "aws-sm:", "gcp-sm:"];

/// Whether a text is no credential, though its name says so: a path, a switch, or nothing.
#[must_use]
pub fn is_other(text: &str) -> bool {
    is_path(text) || WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text is the path of a file.
#[must_use]
pub fn is_path(text: &str) -> bool {
    text.starts_with('/')
}

/// Whether a text is the half of a key that everybody may know, by what it starts with or by its name: an OpenSSH
/// key, a recipient of age, a key of VAPID.
#[must_use]
pub fn is_public(name: &str, text: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["ssh-", "ecdsa-", "sk-ssh-", "age1", "pk_"].iter().any(|start| text.starts_with(start))
        || ["public", "publishable", "pubkey", "pub_key"].iter().any(|word| name.contains(word))
}

/// Whether a text says a credential itself, and not where it is found: a variable, a place holder, a command.
#[must_use]
pub fn is_value(text: &str) -> bool {
    !is_other(text)
        && !text.contains(['$', '{', '}', '(', '<', OPERATOR])
        && !text.starts_with(['*', '@', '&', '!', '`'])
        && !is_format(text)
        && !is_placeholder(text)
}

/// A placeholder of a value: a name in capitals, one sign again and again, or a description.
fn is_placeholder(text: &str) -> bool {
    let first = text.chars().next().unwrap_or_default();
    let capitals = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    text.len() > 2 && text.chars().all(|c| c == first) && matches!(first, 'x' | 'X' | '*' | '.' | '-' | '_')
        || capitals && names(text) == Names::Credential
        || ELSEWHERE.iter().any(|start| text.starts_with(start))
        || ABOUT.iter().any(|word| word.eq_ignore_ascii_case(text.trim_matches(['[', ']'])))
}

/// `%s`, `%ENV%`; `%41` is a character of an address.
fn is_format(text: &str) -> bool {
    let mut bytes = text.strip_prefix('%').unwrap_or_default().bytes();
    bytes.next().is_some_and(|first| {
        !(first.is_ascii_hexdigit() && bytes.next().is_some_and(|b| b.is_ascii_hexdigit()))
    })
}

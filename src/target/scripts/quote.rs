//! Text in a shell.

use crate::platform::{Input, Platform, Value, ValuePart};

/// A word as every shell reads it back: between apostrophes nothing means anything but the apostrophe.
pub(in crate::target) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,+@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    quoted(text)
}

/// The same, with apostrophes around every word.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A value as a word of the shell. What the operator sets is what compose reads.
pub(super) fn value(platform: &Platform, value: &Value) -> String {
    let parts = value.parts.iter().map(|part| match part {
        ValuePart::Literal(text) => word(text),
        ValuePart::Input(input) => {
            let Input { name, default, .. } = &platform[*input];
            format!("\"$(setting {name} {})\"", word(default.as_deref().unwrap_or_default()))
        }
    });
    let text: String = parts.collect();
    if text.is_empty() { "''".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn words_are_inert() {
        for (text, expected) in [
            ("a/b:1.2", "a/b:1.2"),
            ("", "''"),
            ("two words", "'two words'"),
            ("it's $(x) `y` ~ !", r"'it'\''s $(x) `y` ~ !'"),
            ("a=b", "'a=b'"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}

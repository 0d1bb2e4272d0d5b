//! The printer of JSON: two spaces, keys in the order of the type.

use serde::Serialize;

/// Prints a value. JSON holds no comments, so where it comes from must be part of it.
#[must_use]
pub fn json(value: &impl Serialize) -> String {
    // What is printed has text as keys and no number that JSON cannot say.
    let printed = serde_json::to_string_pretty(value);
    debug_assert!(printed.is_ok(), "{printed:?}");
    let mut printed = printed.unwrap_or_default();
    printed.push('\n');
    printed
}

#[cfg(test)]
mod tests {
    use super::json;
    use crate::emit::Entries;

    #[test]
    fn keys_keep_their_order() {
        let value = Entries(vec![("z", vec![1, 2]), ("a", Vec::new())]);
        assert_eq!(json(&value), "{\n  \"z\": [\n    1,\n    2\n  ],\n  \"a\": []\n}\n");
    }
}

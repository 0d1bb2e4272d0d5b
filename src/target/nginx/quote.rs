//! Texts of the source as words of nginx' configuration (nginx/nginx:src/core/ngx_conf_file.c, `ngx_conf_read_token`).

/// How a directive reads a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As it is: `server_name`, `location`, `zone`.
    Plain,
    /// With variables in it: `add_header`, `return`, `root`. There `$` is a variable's beginning whatever stands
    /// around it, so it comes from a variable itself.
    Variables,
}

/// A text as one word. Every text of the source goes through here.
pub(super) fn word(text: &str, reading: Reading) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/:@%+,=-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if reading == Reading::Variables => out.push_str("${dollar}"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{Reading, word};

    #[test]
    fn words_are_quoted_where_they_must_be() {
        for (text, reading, expected) in [
            ("/api/v1.0", Reading::Plain, "/api/v1.0"),
            ("", Reading::Plain, "\"\""),
            ("a b; }", Reading::Plain, "\"a b; }\""),
            ("say \"$x\"\\", Reading::Plain, "\"say \\\"$x\\\"\\\\\""),
            ("$5\n", Reading::Variables, "\"${dollar}5\\n\""),
            ("#1", Reading::Variables, "\"#1\""),
        ] {
            assert_eq!(word(text, reading), expected);
        }
    }
}

//! The printer of YAML. serde-saphyr writes what readers of YAML 1.1 and 1.2 understand alike; the
//! layout between entries is added here.

use serde::Serialize;

/// How a top-level key is laid out.
#[derive(Debug)]
pub struct Section {
    /// The key. Its value is a map.
    pub key: &'static str,
    /// Whether an empty line stands between its entries.
    pub apart: bool,
    /// Comments above its entries, by their order, each a list of lines.
    pub comments: Vec<Vec<String>>,
}

/// Prints a value under a header of comments, with an empty line between top-level keys.
#[must_use]
pub fn yaml(header: &[String], value: &impl Serialize, sections: &[Section]) -> String {
    lay_out(header, &print(value), sections)
}

fn print(value: &impl Serialize) -> String {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: false,
        // Folded text is hard to read and to search.
        folded_wrap_chars: usize::MAX,
    };
    let mut text = String::new();
    // A string takes all that is written, and what is printed holds nothing that YAML cannot say.
    let printed = serde_saphyr::to_fmt_writer_with_options(&mut text, value, options);
    debug_assert!(printed.is_ok(), "{printed:?}");
    text
}

/// A line that starts in the first column is a top-level key, one that is indented by two columns an entry
/// of it: block scalars are indented deeper than their key, and everything else stands on one line.
fn lay_out(header: &[String], printed: &str, sections: &[Section]) -> String {
    let mut out = String::with_capacity(printed.len() + printed.len() / 16);
    for line in header {
        comment(&mut out, "", line);
    }
    let mut section: Option<&Section> = None;
    let mut entry = 0;
    for line in printed.lines() {
        if !line.starts_with([' ', '-']) && !line.is_empty() {
            if !out.is_empty() {
                out.push('\n');
            }
            section = sections.iter().find(|section| line.strip_suffix(':') == Some(section.key));
            entry = 0;
        } else if let Some(section) = section.filter(|_| starts_entry(line)) {
            if section.apart && entry > 0 {
                out.push('\n');
            }
            for line in section.comments.get(entry).into_iter().flatten() {
                comment(&mut out, "  ", line);
            }
            entry += 1;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn starts_entry(line: &str) -> bool {
    line.strip_prefix("  ").is_some_and(|rest| !rest.starts_with([' ', '-']) && !rest.is_empty())
}

/// A comment cannot be escaped, so what is no printable character of YAML becomes a space.
fn comment(out: &mut String, indent: &str, text: &str) {
    let text: String = text.chars().map(|c| if c.is_control() || is_break(c) { ' ' } else { c }).collect();
    out.push_str(format!("{indent}# {text}").trim_end());
    out.push('\n');
}

fn is_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::{Section, yaml};
    use crate::emit::Entries;

    #[test]
    fn sections_are_laid_out() {
        let entries = |text: &str| Entries(vec![("a", text.to_owned()), ("b", "no".to_owned())]);
        let value =
            Entries(vec![("services", entries("one\n  two\n\nthree\n")), ("x-other", entries("22:22"))]);
        let sections = [Section { key: "services", apart: true, comments: vec![vec!["first\n: x".into()]] }];
        let printed = yaml(&["made".into(), String::new()], &value, &sections);
        let expected = "# made\n#\n\nservices:\n  # first : x\n  a: |\n    one\n      two\n\n    three\n\n  b: \"no\"\n\nx-other:\n  a: \"22:22\"\n  b: \"no\"\n";
        assert_eq!(printed, expected);
    }
}

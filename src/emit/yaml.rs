//! The printer of YAML. serde-saphyr writes what readers of YAML 1.1 and 1.2 understand alike; blocks, and the
//! layout between entries, are added here.

mod print;
mod scalar;

use serde::Serialize;

use print::print;

/// How a top-level key is laid out.
#[derive(Debug)]
pub struct Section {
    /// The key. Its value is a map or a list.
    pub key: &'static str,
    /// Whether an empty line stands between its entries.
    pub apart: bool,
    /// Comments above its entries, by their order, each a list of lines.
    pub comments: Vec<Vec<String>>,
}

/// Prints a value under a header of comments, with an empty line between top-level keys.
#[must_use]
pub fn yaml(header: &[String], value: &impl Serialize, sections: &[Section]) -> String {
    let printed = print(value);
    let mut out = String::with_capacity(printed.len() + printed.len() / 16);
    for line in header {
        comment(&mut out, "", line);
    }
    lay_out(&printed, sections, false, &mut out);
    out
}

/// Prints a value that goes on where another one has ended, so that both can be printed at the same time: its first
/// key is the other's last one. It is not said again, and its entries follow.
#[must_use]
pub fn yaml_rest(value: &impl Serialize, sections: &[Section]) -> String {
    let printed = print(value);
    let mut out = String::with_capacity(printed.len() + printed.len() / 16);
    lay_out(&printed, sections, true, &mut out);
    out
}

/// Puts between the lines of what is printed what belongs there. Where it goes on with another text, its first line
/// is left out.
///
/// A line that starts in the first column is a top-level key, one that is indented by two columns an entry
/// or an item of it: block scalars are indented deeper than their key, and everything else stands on one line.
fn lay_out(printed: &str, sections: &[Section], goes_on: bool, out: &mut String) {
    let mut section: Option<&Section> = None;
    // How many entries of the section have been written, and whether others stand before them.
    let mut entry = 0;
    let mut others = goes_on;
    // Nearly every line stands deeper than what is laid out, and is written with the others behind it.
    let lies_deep = |at: usize| printed.as_bytes()[at..].starts_with(b"   ");
    let ends = memchr::memchr_iter(b'\n', printed.as_bytes()).map(|at| at + 1);
    let mut starts = std::iter::once(0).chain(ends).filter(|&at| at < printed.len() && !lies_deep(at));
    let mut next = starts.next();
    if next != Some(0) {
        out.push_str(&printed[..next.unwrap_or(printed.len())]);
    }
    while let Some(start) = next {
        next = starts.next();
        let part = &printed[start..next.unwrap_or(printed.len())];
        let (whole, deeper) = part.split_at(part.find('\n').map_or(part.len(), |at| at + 1));
        let is_first = start == 0;
        let line = whole.trim_end_matches('\n');
        if !line.starts_with([' ', '-']) && !line.is_empty() {
            section = sections.iter().find(|section| line.strip_suffix(':') == Some(section.key));
            entry = 0;
            if goes_on && is_first {
                out.push_str(deeper);
                continue;
            }
            others = false;
            if !out.is_empty() || goes_on {
                out.push('\n');
            }
        } else if let Some(section) = section.filter(|_| starts_entry(line)) {
            if section.apart && (entry > 0 || others) {
                out.push('\n');
            }
            for line in section.comments.get(entry).into_iter().flatten() {
                comment(out, "  ", line);
            }
            entry += 1;
        }
        out.push_str(part);
    }
}

fn starts_entry(line: &str) -> bool {
    line.strip_prefix("  ").is_some_and(|rest| !rest.starts_with(' ') && !rest.is_empty())
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
    use super::{Section, yaml, yaml_rest};
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

    #[test]
    fn a_text_in_parts_is_the_same_as_the_whole() {
        let comments =
            [vec!["first".to_owned()], Vec::new(), vec!["third".to_owned(), "of three".to_owned()]];
        let entries =
            |names: &[&'static str]| Entries(names.iter().map(|name| (*name, name.len())).collect());
        let section = |comments: &[Vec<String>]| {
            [Section { key: "services", apart: true, comments: comments.to_vec() }]
        };
        let value = |names: &[&'static str]| Entries(vec![("services", entries(names))]);
        let last =
            |names: &[&'static str]| Entries(vec![("services", entries(names)), ("x", entries(&["y"]))]);
        let whole = yaml(&["made".into()], &last(&["a", "b", "c"]), &section(&comments));
        for at in 1..3 {
            let (before, behind) = ["a", "b", "c"].split_at(at);
            let mut text = yaml(&["made".into()], &value(before), &section(&comments[..at]));
            text.push_str(&yaml_rest(&last(behind), &section(&comments[at..])));
            assert_eq!(text, whole);
        }
    }
}

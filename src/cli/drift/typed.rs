//! Credentials that a person wrote into a generated file over several lines: what names them stands on another line than they do.

use crate::diagnostic::credential::{Names, names};

/// How many lines a name and its value lie apart, as Kubernetes writes a variable.
const APART: usize = 2;

/// The credentials of a text that stand on other lines than what names them, each on a line that gives it away by itself.
pub(super) fn across_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<&str> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let below = &lines[at + 1..];
        if line.contains("-----BEGIN ") {
            found.extend(below.iter().take_while(|line| !line.contains("-----END ")));
        }
        let Some((key, value)) = entry(line) else { continue };
        if names(key) == Names::Credential {
            if let Some(end) = value.strip_prefix("<<") {
                let end = end.trim_start_matches(['-', '~']).trim_matches(['"', '\'']);
                found.extend(below.iter().take_while(|line| line.trim() != end));
            } else if value.starts_with(['|', '>']) {
                let deeper = |other: &&&str| other.trim().is_empty() || indent(other) > indent(line);
                found.extend(below.iter().take_while(deeper));
            }
        }
        if key == "name" && names(value) == Names::Credential {
            let is_same = |line: &&&str| entry(line).is_none_or(|(key, _)| key != "name");
            // An item that starts here has nothing above.
            let above = if line.trim_start().starts_with('-') { &[] } else { &lines[..at] };
            let near = below.iter().take(APART).take_while(is_same);
            let near = near.chain(above.iter().rev().take(APART).take_while(is_same));
            let values = near.filter_map(|line| entry(line)).filter(|(key, _)| *key == "value");
            found.extend(values.map(|(_, value)| value));
        }
    }
    let values = found.into_iter().map(str::trim).filter(|value| !value.is_empty());
    values.flat_map(|value| ["password: ", value, "\n"]).collect()
}

/// The key and the value of a line of YAML, JSON or HCL, without quotes.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once([':', '='])?;
    let key = key.trim_matches(['"', '\'', ' ', '-']);
    Some((key, value.trim().trim_end_matches(',').trim_matches(['"', '\''])))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::across_lines;

    #[test]
    fn what_names_a_credential_may_stand_on_another_line() {
        let cases = [
            ("a: b\npassword: |\n  x1\n  x2\nc: d", "password: x1\npassword: x2\n"),
            ("password: >-\n  x1\nc: d", "password: x1\n"),
            ("- name: DB_PASSWORD\n  value: x1\n- name: MODE\n  value: live", "password: x1\n"),
            ("{\n  \"name\": \"DB_PASSWORD\",\n  \"value\": \"x1\"\n}", "password: x1\n"),
            ("-----BEGIN PRIVATE KEY-----\nx1\n-----END PRIVATE KEY-----\nc", "password: x1\n"),
            ("secret_key = <<EOT\nx1\nEOT\nc = 1", "password: x1\n"),
            ("description: |\n  words\nname: shop\nvalue: 1", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(across_lines(text), expected, "{text}");
        }
    }
}

//! The printer of HCL. `=` stands in one column on lines that follow each other and whose values end on them
//! (hashicorp/hcl:hclwrite/format.go, `linesForFormat` and `formatCells`).

use std::fmt::Write as _;

use super::{Body, Item, Value};

/// Prints a file below a header.
#[must_use]
pub fn hcl(header: &[String], body: &Body) -> String {
    let mut out = String::new();
    for line in header {
        comment(&mut out, 0, line);
    }
    if !header.is_empty() && !body.items.is_empty() {
        out.push('\n');
    }
    self::body(&mut out, 0, body);
    out
}

/// A line of a body that is ready to be aligned.
struct Line {
    name: String,
    value: String,
}

fn body(out: &mut String, depth: usize, body: &Body) {
    let mut run: Vec<Line> = Vec::new();
    // What stands above decides whether an empty line parts the next one from it.
    let mut above = Above::Nothing;
    for item in &body.items {
        match item {
            Item::Attribute(name, value) if !value.is_long() => {
                if above == Above::Long {
                    out.push('\n');
                }
                run.push(Line { name: (*name).to_owned(), value: inline(value) });
                above = Above::Short;
                continue;
            }
            _ => flush(out, depth, &mut run),
        }
        if above != Above::Nothing && above != Above::Comment {
            out.push('\n');
        }
        above = match item {
            Item::Comment(lines) => {
                for line in lines {
                    comment(out, depth, line);
                }
                Above::Comment
            }
            Item::Attribute(name, value) => {
                let _ = write!(out, "{}{name} = ", indent(depth));
                long(out, depth, value);
                out.push('\n');
                Above::Long
            }
            Item::Block(kind, labels, inner) => {
                let _ = write!(out, "{}{kind} ", indent(depth));
                for label in labels {
                    let _ = write!(out, "{} ", quoted(label));
                }
                if inner.items.is_empty() {
                    out.push_str("{}\n");
                } else {
                    out.push_str("{\n");
                    self::body(out, depth + 1, inner);
                    let _ = writeln!(out, "{}}}", indent(depth));
                }
                Above::Long
            }
        };
    }
    flush(out, depth, &mut run);
}

/// What stands on the line above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    Nothing,
    Comment,
    Short,
    Long,
}

/// Writes lines that follow each other, with `=` in one column.
fn flush(out: &mut String, depth: usize, run: &mut Vec<Line>) {
    let width = run.iter().map(|line| line.name.chars().count()).max().unwrap_or(0);
    for line in run.drain(..) {
        let gap = " ".repeat(width - line.name.chars().count());
        let _ = writeln!(out, "{}{}{gap} = {}", indent(depth), line.name, line.value);
    }
}

/// A value over several lines, the first of which has begun.
fn long(out: &mut String, depth: usize, value: &Value) {
    let Value::Map(entries) = value else {
        out.push_str(&inline(value));
        return;
    };
    out.push_str("{\n");
    let mut run = Vec::new();
    for (name, value) in entries {
        if value.is_long() {
            flush(out, depth + 1, &mut run);
            let _ = write!(out, "{}{} = ", indent(depth + 1), key(name));
            long(out, depth + 1, value);
            out.push('\n');
        } else {
            run.push(Line { name: key(name), value: inline(value) });
        }
    }
    flush(out, depth + 1, &mut run);
    let _ = write!(out, "{}}}", indent(depth));
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => quoted(text),
        Value::Expression(expression) => (*expression).to_owned(),
        Value::Joined(parts) => joined(parts),
        Value::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => object(entries.iter().map(|(name, value)| (name.as_str(), value))),
        Value::Row(entries) => object(entries.iter().map(|(name, value)| (*name, value))),
    }
}

fn joined(parts: &[Value]) -> String {
    let part = |part: &Value| match part {
        Value::Expression(expression) => format!("${{{expression}}}"),
        Value::Text(text) => {
            let quoted = quoted(text);
            quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
        }
        other => format!("${{{}}}", inline(other)),
    };
    format!("\"{}\"", parts.iter().map(part).collect::<String>())
}

fn object<'a>(entries: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let entries: Vec<String> =
        entries.map(|(name, value)| format!("{} = {}", key(name), inline(value))).collect();
    if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
}

/// The key of an entry: as it is where HCL reads it as a name, and in quotes elsewhere.
fn key(name: &str) -> String {
    let mut bytes = name.bytes();
    let starts = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let is_name = starts && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    // `for` begins an expression, and the others are values (hashicorp/hcl:hclsyntax/spec.md, "Collection Values").
    let is_word = matches!(name, "for" | "null" | "true" | "false");
    if is_name && !is_word { name.to_owned() } else { quoted(name) }
}

/// Text in quotes, of which nothing is read as an escape or a template.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    // Whether the character before is a mark that begins a template when it is written once.
    let mut marked = false;
    while let Some(char) = chars.next() {
        let begins = matches!(char, '$' | '%') && chars.peek() == Some(&'{');
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Behind another mark readers differ about which of the three belong together.
            _ if begins && marked => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ if begins => {
                out.push(char);
                out.push(char);
            }
            _ if is_hidden(char) => {
                let code = u32::from(char);
                let _ =
                    if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
            }
            _ => out.push(char),
        }
        marked = matches!(char, '$' | '%');
    }
    out.push('"');
    out
}

/// Whether a reviewer would not see a character: of control, without width, or such as changes the direction of the text.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(char, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn comment(out: &mut String, depth: usize, line: &str) {
    let line: String = line.chars().map(|char| if is_hidden(char) { ' ' } else { char }).collect();
    let _ = writeln!(out, "{}", format!("{}# {line}", indent(depth)).trim_end());
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

#[cfg(test)]
mod tests {
    use super::{hcl, quoted};
    use crate::emit::hcl::{Body, Value};

    #[test]
    fn no_text_is_read_as_a_template_or_an_escape() {
        for (text, expected) in [
            ("a", r#""a""#),
            (r#"a" b = "c"#, r#""a\" b = \"c""#),
            ("${file(\"/etc/passwd\")}", r#""$${file(\"/etc/passwd\")}""#),
            ("%{ if true }x", r#""%%{ if true }x""#),
            ("$${a}", r#""$\u0024{a}""#),
            ("$ { %", r#""$ { %""#),
            ("a\\\n\r\t\0\u{202e}", r#""a\\\n\r\t\u0000\u202e""#),
        ] {
            assert_eq!(quoted(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_stand_as_the_formatter_leaves_them() {
        let rules = Value::Map(vec![
            ("tcp/22".to_owned(), Value::Row(vec![("port", Value::Number(22))])),
            ("short".to_owned(), Value::Row(vec![])),
        ]);
        let body = Body::default()
            .attribute("a", Value::text("b"))
            .attribute("longer", Value::texts(["c", "d"]))
            .attribute("rules", rules)
            .comment(&["Why."])
            .attribute("e", Value::Null)
            .nested("f", &["g"], Body::default().attribute("h", Value::Boolean(true)))
            .nested("i", &[], Body::default());
        let expected = r#"# Header

a      = "b"
longer = ["c", "d"]

rules = {
  "tcp/22" = { port = 22 }
  short    = {}
}

# Why.
e = null

f "g" {
  h = true
}

i {}
"#;
        assert_eq!(hcl(&["Header".to_owned()], &body), expected);
    }
}

//! Texts in Markdown, as GitHub reads it (github.github.com/gfm): whatever stands in them, they are shown as they are.

/// A text within a line, a cell or a heading.
pub(super) fn words(said: &str) -> String {
    words_of(&one_line(said))
}

fn words_of(said: &str) -> String {
    let mut out = String::new();
    for c in said.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' | '$' | '^' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Prose in a cell: what stands between backticks is code, and so are templates of alerts, addresses of the web and of mail.
pub(super) fn prose(said: &str) -> String {
    prose_as(said, code)
}

/// The same within a line that is no row of a table.
pub(super) fn line(said: &str) -> String {
    prose_as(said, code_line)
}

fn prose_as(said: &str, code: fn(&str) -> String) -> String {
    let said = one_line(said);
    if said.matches('`').count() % 2 == 1 {
        return words(&said);
    }
    let parts = said.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { plain(part, code) }).collect()
}

/// Prose without backticks.
fn plain(said: &str, code: fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = said;
    while let Some((start, end)) =
        rest.find("{{").and_then(|start| Some((start, start + rest[start..].find("}}")? + 2)))
    {
        out.push_str(&addresses(&rest[..start], code));
        out.push_str(&code(&filled(&rest[start..end])));
        rest = &rest[end..];
    }
    out.push_str(&addresses(rest, code));
    out
}

/// What stands for a template that Prometheus fills in when an alert fires: the name of a label, or the value, between `< >`.
fn filled(template: &str) -> String {
    let inner = template.trim_start_matches('{').trim_end_matches('}').trim();
    let label = inner.strip_prefix("$labels.").map(|rest| rest.split([' ', '|']).next().unwrap_or(rest));
    match label {
        Some(label) => format!("<{label}>"),
        None if inner.contains("$value") => "<value>".to_owned(),
        None => template.to_owned(),
    }
}

/// Words, with addresses as code: else some readers make links of them.
fn addresses(said: &str, code: fn(&str) -> String) -> String {
    let one = |word: &str| {
        let address =
            word.contains("://") || word.starts_with("www.") || (word.contains('@') && word.contains('.'));
        if address { code(word) } else { words_of(word) }
    };
    said.split(' ').map(one).collect::<Vec<_>>().join(" ")
}

/// A paragraph of its own, or the beginning of an item: what would begin a list there, does not.
pub(super) fn paragraph(said: &str) -> String {
    let text = line(said);
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let behind = text[digits..].chars().next();
    match text.chars().next() {
        Some('-' | '+' | '=') => format!("\\{text}"),
        Some('0'..='9') if matches!(behind, Some('.' | ')')) => {
            format!("{}\\{}", &text[..digits], &text[digits..])
        }
        _ => text,
    }
}

/// A piece of code in a cell. There a `|` would end it, and `\|` is one (gfm: "Tables").
pub(super) fn code(said: &str) -> String {
    // Readers differ in what a backslash before `\|` is.
    if said.contains("\\|") { words(said) } else { code_line(said).replace('|', "\\|") }
}

/// A piece of code within a line that is no row of a table: a backslash is one there, and so is a `|`.
pub(super) fn code_line(said: &str) -> String {
    let said = one_line(said);
    if said.is_empty() {
        return String::new();
    }
    let longest = said.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let ticks = "`".repeat(longest + 1);
    let pad = if said.starts_with('`') || said.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{said}{pad}{ticks}")
}

/// A block of code.
pub(super) fn block(language: &str, said: &str) -> String {
    let longest = said.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let ticks = "`".repeat((longest + 1).max(3));
    let said: String =
        said.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c }).collect();
    format!("{ticks}{language}\n{}\n{ticks}", said.trim_end_matches('\n'))
}

/// Several pieces of code, with commas between them.
pub(super) fn codes<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    all.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// A text in one line without white space around it.
fn one_line(said: &str) -> String {
    let said: String = said
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    said.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn what_a_template_stands_for_is_named() {
        assert_eq!(
            line("{{ $labels.name }} uses {{ $value | humanizePercentage }} of {{ $labels.mount|title }}"),
            "`<name>` uses `<value>` of `<mount>`"
        );
        assert_eq!(line("lost {{ printf \"%.0f\" $value }} of `{{`"), "lost `<value>` of `{{`");
        assert_eq!(line("{{ with query \"up\" }}some{{ end }}"), "`{{ with query \"up\" }}`some`{{ end }}`");
    }
}

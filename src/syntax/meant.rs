//! What other languages write, and how it is written here: an edit where one reading alone is possible, else words.

use super::unit;
use crate::diagnostic::Help;
use crate::source::Span;

/// The way out of what is not understood at `at` of a text, where it is known. `place` is its start in the file.
pub(super) fn meant(text: &str, at: usize, place: Span) -> Option<Help> {
    let (all, rest) = text.split_at_checked(at)?;
    let before = all.trim_end_matches([' ', '\t']);
    let blanks = all.len() - before.len();
    let line = rest.lines().next()?;
    let span = |from: usize, length: usize| {
        let start = place.start as usize;
        Span::new(place.file, start - from, start + length)
    };
    if let Some(help) = typographic(text, at, place) {
        return Some(help);
    }
    if let Some(help) = behind_a_text(all, line).or_else(|| without_equals(all, line, &span)) {
        return Some(help);
    }
    match rest.as_bytes().first()? {
        b'#' => {
            let word = &line[..line.find([' ', '\t', ',', '}', ']', '"']).unwrap_or(line.len())];
            let text = format!("\"{word}\"");
            (word.len() > 1).then(|| {
                Help::saying(&format!("`#` starts a comment, and text is quoted: write `{text}`"), &text)
                    .in_place(span(0, word.len()))
            })
        }
        b'"' => {
            let start = value_start(before).filter(|start| before[*start..].starts_with(|c: char| c.is_ascii_lowercase()))?;
            let word = &before[start..];
            let cron = line[1..].split_once('"').map(|(text, _)| text);
            if let ("schedule" | "cron", Some(cron)) = (word, cron.filter(|cron| is_cron(cron))) {
                let place = span(all.len() - start, cron.len() + 2);
                return Some(Help::write(format!("schedule {{ cron = \"{cron}\" }}")).in_place(place));
            }
            let is_word = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            (is_word && !before[..start].trim_end().ends_with('['))
                .then(|| format!("what belongs to `{word}` stands in a body behind it, `{word} {{ … }}`").into())
        }
        b'\'' => {
            let (text, length) = in_double_quotes(before, rest)?;
            let words = text.split_whitespace().collect::<Vec<&str>>().join(" ");
            let help = Help::saying(&format!("text is quoted with `\"`: write `{words}`"), &text);
            Some(help.in_place(span(0, length)))
        }
        b'=' | b'>' if all.ends_with('=') => {
            Some(Help::saying("a value is given with one `=`", "=").in_place(span(1, 1)))
        }
        b'=' | b'>' | b'<' | b'!' | b'*' | b'/' | b'(' | b'[' if query_start(before).is_some() => {
            expression(all, line, &span)
        }
        b':' => of_a_colon(all, line, &span),
        b';' => {
            let behind = line[1..].trim_start();
            let new = if ends(behind) { "" } else { "," };
            Some(
                Help::saying("an entry ends at the end of its line or at a comma `,`", new)
                    .in_place(span(0, 1)),
            )
        }
        // `before` has no blanks at its end; those between `=` and the brace go with it.
        b'{' => before
            .ends_with('=')
            .then(|| Help::saying("a body follows its key without `=`", "").in_place(span(1 + blanks, 0))),
        b'/' if line.starts_with("//") && (before.is_empty() || before.ends_with('\n')) => {
            Some(Help::saying("a comment starts with `#`", "#").in_place(span(0, 2)))
        }
        b'-' => {
            let item = line[1..].trim_start();
            let dash = line.len() - item.len();
            let is_entry = item.starts_with(|c: char| c.is_ascii_alphabetic() || c == '"');
            let words = "entries stand below each other without a `-`, and lists between `[` and `]`";
            Some(if is_entry && item.contains('=') {
                Help::saying(words, "").in_place(span(0, dash))
            } else {
                words.into()
            })
        }
        b'$' => Some(
            "a name stands without `$`: `NAME`, and within text `\"${NAME}\"`; `variable NAME` or `secret NAME` declares it"
                .into(),
        ),
        first if first.is_ascii_alphabetic() && blanks > 0 => {
            of_a_unit(before, blanks, line, &span).or_else(|| behind_a_value(before, line))
        }
        _ => quoted(all, line, &span).or_else(|| path_for_a_name(all, line, &span)),
    }
}

/// The text in single quotes that a place begins with, in ours, and how long it is; with those behind it in the same list, or the value
/// behind a label. What is escaped in it is left to the person.
fn in_double_quotes(before: &str, rest: &str) -> Option<(String, usize)> {
    let one = |text: &str| {
        let (inner, behind) = text.strip_prefix('\'')?.split_once('\'')?;
        let behind = behind.lines().next().unwrap_or_default();
        let is_whole = ends(behind) || behind.trim_start().starts_with(['{', '=']);
        let is_plain = !inner.contains(['\\', '\n']) && is_whole;
        is_plain.then(|| (format!("\"{}\"", inner.replace('"', "\\\"")), inner.len() + 2))
    };
    let in_list =
        before.trim_end().ends_with(['[', ',']) && before.matches('[').count() > before.matches(']').count();
    let (mut text, mut length) = one(rest)?;
    loop {
        let behind = &rest[length..];
        let is_gap =
            |c: char| c.is_whitespace() && (in_list || c != '\n') || c == if in_list { ',' } else { '=' };
        let gap = &behind[..behind.len() - behind.trim_start_matches(is_gap).len()];
        let follows = in_list || gap.contains('=');
        let Some((next, more)) = one(&behind[gap.len()..]).filter(|_| follows) else {
            return Some((text, length));
        };
        text.push_str(gap);
        text.push_str(&next);
        length += gap.len() + more;
    }
}

/// Whether a text is a schedule in the form of cron.
fn is_cron(text: &str) -> bool {
    let of_cron = |c: char| c.is_ascii_alphanumeric() || "*/,- ".contains(c);
    text.split_whitespace().count() == 5 && text.chars().all(of_cron)
}

/// What stands right behind a text: quotes within it end it, or one of its line is not closed.
fn behind_a_text(all: &str, rest: &str) -> Option<Help> {
    let before = &all[all.rfind('\n').map_or(0, |at| at + 1)..];
    let opened = before.strip_suffix('"')?;
    let text = &opened[opened.rfind('"')? + 1..];
    let whole = before.matches('"').count() + rest.matches('"').count();
    if before.contains('#') || rest.starts_with(['"', ',', '}', ']', '=', '{']) || before.contains('\\') {
        return None;
    }
    if whole % 2 == 1 {
        return Some(
            "one of the texts of this line has no `\"` at its end, so that the next one ends it".into(),
        );
    }
    // `"up{job="web"}"`: the text goes on behind the word.
    let goes_on = text.ends_with(['=', '~', '(', ' ', ':']) || text.contains('{');
    (goes_on && rest.contains('"'))
        .then(|| "a `\"` ends the text: within it write `'`, or `\\\"` where it must be this one".into())
}

/// A value right behind its key: `networks [a, b]`, `port http 8080`, `site shop "shop.example.com"`.
fn without_equals(all: &str, line: &str, span: &impl Fn(usize, usize) -> Span) -> Option<Help> {
    let head = all[all.rfind(['\n', '{', '}', ',']).map_or(0, |at| at + 1)..].trim_start();
    let words: Vec<&str> = head.split_whitespace().collect();
    let is_name = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    let follows = match line.as_bytes().first()? {
        b'[' => matches!(words.len(), 1 | 2) && line.contains(']'),
        b'"' | b'0'..=b'9' => words.len() == 2,
        _ => false,
    };
    (follows && head.ends_with([' ', '\t']) && words.iter().all(is_name)).then(|| {
        let end = line.find([' ', '{', ',']).unwrap_or(line.len());
        let value = if line.starts_with('[') { "[…]" } else { &line[..end] };
        Help::saying(&format!("a value is given with `=`: `{} = {value}`", words.join(" ")), "= ")
            .in_place(span(0, 0))
    })
}

/// Text between quotes of a typewriter's heirs: `“A shop”`, `„Ein Laden“`.
fn typographic(text: &str, at: usize, place: Span) -> Option<Help> {
    const OPEN: &[char] = &['“', '„', '”', '«', '»', '‘', '‚'];
    const CLOSE: &[char] = &['”', '“', '»', '«', '’', '‘'];
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let whole = text[line..].lines().next()?;
    let start = whole.find(OPEN)?;
    if whole[..start].contains('"') {
        return None;
    }
    let first = whole[start..].chars().next()?;
    let inner = &whole[start + first.len_utf8()..];
    let end = inner.find(CLOSE)?;
    let last = inner[end..].chars().next()?;
    let (inner, length) = (&inner[..end], first.len_utf8() + end + last.len_utf8());
    if inner.contains(['"', '\\', '$']) {
        return None;
    }
    let quoted = format!("\"{inner}\"");
    let from = (place.start as usize + line + start).checked_sub(at)?;
    Some(
        Help::saying(&format!("text is quoted with `\"`, and not with `{first}`: write `{quoted}`"), &quoted)
            .in_place(Span::new(place.file, from, from + length)),
    )
}

/// A word behind a value: an entry of its body, or the rest of a text.
fn behind_a_value(before: &str, line: &str) -> Option<Help> {
    let word = &line
        [..line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(line.len())];
    let behind = line[word.len()..].trim_start();
    if behind.starts_with(['=', '{']) {
        return Some(
            format!("what belongs to an entry stands in a body behind it, `{{ {word} … }}`, and another entry behind a comma or on a line of its own")
                .into(),
        );
    }
    let start = value_start(before)?;
    Some(if before[..start].trim_end().ends_with('[') {
        "items of a list have a comma between them, and text is quoted with `\"`".into()
    } else {
        "text is quoted with `\"`, also where it is several words".into()
    })
}

/// A path in the place of a name, without quotes.
fn path_for_a_name(all: &str, line: &str, span: &impl Fn(usize, usize) -> Span) -> Option<Help> {
    let start = all.trim_end_matches(|c: char| is_bare(c) && c != '=').len();
    let head = &all[all[..start].rfind(['\n', '{', ',']).map_or(0, |at| at + 1)..start];
    let key = head.trim();
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let path = bare(line);
    if !is_key || path.is_empty() || path.contains('=') {
        return None;
    }
    let path_start = all.len() - start;
    let whole = format!("{}{path}", &all[start..]);
    let behind = line[path.len()..].trim_start();
    if let (Some((host, inner)), true) = (whole.split_once(':'), ends(behind)) {
        return Some(
            format!("a path of the host and one of the container are two: `bind \"{host}\" = \"{inner}\"`")
                .into(),
        );
    }
    let text = format!("\"{whole}\"");
    let words = format!("paths are quoted: write `{text}`");
    Some(if behind.starts_with(['=', '{']) && !whole.contains(':') {
        Help::saying(&words, &text).in_place(span(path_start, path.len()))
    } else {
        words.into()
    })
}

/// A colon: in place of `=`, between two ports, or in a text without quotes.
fn of_a_colon(all: &str, line: &str, span: &impl Fn(usize, usize) -> Span) -> Option<Help> {
    if line.starts_with(":=") {
        return Some(Help::saying("a value is given with `=`", " =").in_place(span(0, 2)));
    }
    let start = value_start(all);
    if let Some(start) = start {
        let text = format!("{}{}", &all[start..], bare(line));
        let ports: Option<Vec<u16>> = text.split(':').map(|part| part.parse().ok()).collect();
        return match ports.as_deref() {
            Some([host, container]) => Some(
                format!(
                    "the number is what the program listens on, and `publish` says who may come in: `{container} {{ publish = localhost {{ port = {host} }} }}`"
                )
                .into(),
            ),
            _ => quoted(all, line, span),
        };
    }
    let value = line[1..].trim_start();
    if value.starts_with('{') {
        return Some(Help::saying("a body follows its key", "").in_place(span(0, 1)));
    }
    if is_value(value) {
        return Some(Help::saying("a value is given with `=`", " =").in_place(span(0, 1)));
    }
    let text = bare(value);
    let is_text = !text.is_empty() && ends(&value[text.len()..]);
    is_text.then(|| format!("a value is given with `=`, and text is quoted: ` = \"{text}\"`").into())
}

/// A number and its unit, with a blank between them.
fn of_a_unit(before: &str, blanks: usize, line: &str, span: &impl Fn(usize, usize) -> Span) -> Option<Help> {
    let start = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let number = before.get(start..).filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))?;
    let length = line.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(line.len());
    let (word, behind) = line.split_at(length);
    value_start(before)?;
    match unit::sure(word) {
        Some(ours) if ends(behind) => Some(
            Help::saying(&format!("a quantity is one word: write `{number}{ours}`"), ours)
                .in_place(span(blanks, length)),
        ),
        _ => unit::foreign(word).map(|_| "a quantity is one word, such as `512MiB` or `30s`".into()),
    }
}

/// Text without its quotes, where it is one word and the only reading: a path, an address, the name of an image.
fn quoted(all: &str, line: &str, span: &impl Fn(usize, usize) -> Span) -> Option<Help> {
    let start = value_start(all)?;
    let behind = bare(line);
    let text = format!("\"{}{behind}\"", &all[start..]);
    let rest = line[behind.len()..].trim_start();
    let whole = !behind.is_empty() && (ends(rest) || rest.starts_with('{'));
    whole.then(|| {
        Help::saying(&format!("text is quoted: write `{text}`"), &text)
            .in_place(span(all.len() - start, behind.len()))
    })
}

/// Where a value of several words begins whose first ones stand at the end of a text: `expr = up`.
fn query_start(before: &str) -> Option<usize> {
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let equals = line + before[line..].find(" = ")?;
    let start = equals + 3;
    let plain = |c: char| c.is_ascii_alphanumeric() || " _:.+*/<>!()-".contains(c);
    let key = before[line..equals].rsplit(['{', ',']).next().unwrap_or_default().trim();
    let is_query = matches!(key, "expr" | "query") || key.starts_with("query ") || key.starts_with("expr ");
    let words = &before[start..];
    (is_query && !words.trim().is_empty() && words.chars().all(plain)).then_some(start)
}

/// A query without its quotes: an edit where it has no quotes and brackets of its own that could end it.
fn expression(all: &str, line: &str, span: &impl Fn(usize, usize) -> Span) -> Option<Help> {
    let start = query_start(all.trim_end_matches([' ', '\t']))?;
    let end = line.find(['}', ',', '#']).unwrap_or(line.len());
    let behind = line[..end].trim_end();
    let text = format!("{}{behind}", &all[start..]);
    if text.contains(['"', '{', '\\', '$', '\'']) {
        return Some("text is quoted with `\"`, also where it is several words".into());
    }
    let text = format!("\"{}\"", text.trim_start());
    Some(
        Help::saying(&format!("text is quoted: write `{text}`"), &text)
            .in_place(span(all.len() - start, behind.len())),
    )
}

/// Where the value begins that a text ends in, in the middle of one of its words or before the first.
fn value_start(all: &str) -> Option<usize> {
    let start = all.trim_end_matches(|c: char| is_bare(c) && c != '=').len();
    // What is in quotes is no value without them.
    let line = &all[all[..start].rfind('\n').map_or(0, |at| at + 1)..start];
    let in_quotes = line.matches('"').count() % 2 == 1;
    (line.trim_end().ends_with(['=', '[']) && !in_quotes).then_some(start)
}

/// The part of a line that would be one word in a shell.
fn bare(line: &str) -> &str {
    &line[..line.find(|c: char| !is_bare(c)).unwrap_or(line.len())]
}

/// Whether a character stands in paths, addresses and names of images.
fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/:._-@+*?=&~%".contains(c)
}

/// Whether an entry ends here.
fn ends(behind: &str) -> bool {
    let behind = behind.trim_start();
    behind.is_empty() || behind.starts_with(['}', ']', ',', '#'])
}

/// Whether the rest of a line is one value: a word, a number, a text or a list of them.
fn is_value(text: &str) -> bool {
    let end = if let Some(inner) = text.strip_prefix('"') {
        inner.find('"').map(|end| end + 2)
    } else if text.starts_with('[') {
        text.find(']').map(|end| end + 1)
    } else {
        let word = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '%'));
        Some(text.find(word).unwrap_or(text.len())).filter(|end| *end > 0)
    };
    end.and_then(|end| text.get(end..))
        .is_some_and(|behind| ends(behind) || behind.trim_start().starts_with('{'))
}

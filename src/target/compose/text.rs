//! Text as compose reads it. It interpolates `$NAME` and `${NAME…}` in every value, but in no key
//! (compose-spec/compose-go:template/template.go).

use crate::platform::{Input, Platform, Value, ValuePart};
use crate::schema::Bytes;

/// Literal text: a `$` is doubled.
pub(super) fn literal(text: &str) -> String {
    if memchr::memchr(b'$', text.as_bytes()).is_none() {
        return text.to_owned();
    }
    text.replace('$', "$$")
}

/// A bound value: literal text, and inputs by their names.
pub(super) fn value(platform: &Platform, value: &Value) -> String {
    let parts = value.parts.iter().map(|part| match part {
        ValuePart::Literal(text) => literal(text),
        ValuePart::Input(id) => input(&platform[*id]),
    });
    parts.collect()
}

/// An input: its default, nothing where it may stay empty, else a message that stops compose.
pub(super) fn input(input: &Input) -> String {
    let name = &input.name;
    match &input.default {
        Some(default) if can_stand_inside(default) => format!("${{{name}:-{}}}", literal(default)),
        None if input.optional => format!("${{{name}:-}}"),
        _ => required(input),
    }
}

/// An input that must be set, with the message that tells so.
pub(super) fn required(input: &Input) -> String {
    let description = input.description.as_deref().unwrap_or_default();
    let message: String = description
        .chars()
        .map(|c| match c {
            '{' => '(',
            '}' => ')',
            '$' | '\n' | '\t' => ' ',
            c => c,
        })
        .collect();
    let message = if message.trim().is_empty() { "must be set" } else { message.trim() };
    format!("${{{}:?{message}}}", input.name)
}

/// Whether compose finds the end of a default. It counts braces and cannot be told that one is meant, and
/// its pattern ends with the line. Such a default stands in `.env.example` only.
fn can_stand_inside(default: &str) -> bool {
    !default.contains(['{', '}', '\n'])
}

/// A size as Docker reads it: powers of 1024 under one letter (docker/go-units:size.go).
pub(super) fn size(size: Bytes) -> String {
    const UNITS: [(u32, &str); 3] = [(30, "G"), (20, "M"), (10, "K")];
    let unit = UNITS.iter().find(|(bits, _)| size.0 > 0 && size.0.is_multiple_of(1 << bits));
    unit.map_or_else(|| format!("{}B", size.0), |(bits, unit)| format!("{}{unit}", size.0 >> bits))
}

#[cfg(test)]
mod tests {
    use super::{input, literal, size};
    use crate::platform::Input;
    use crate::schema::Bytes;
    use crate::source::{Sources, Span};

    fn named(default: Option<&str>, description: Option<&str>, optional: bool) -> Input {
        Input {
            name: "X".to_owned(),
            secret: false,
            default: default.map(str::to_owned),
            description: description.map(str::to_owned),
            optional,
            one_of: Vec::new(),
            min_length: None,
            issued_elsewhere: false,
            mentioned: true,
            in_url: false,
            is_login: false,
            is_address: false,
            span: Span::new(Sources::default().add("x", ""), 0, 0),
        }
    }

    #[test]
    fn inputs_are_interpolated_by_compose() {
        for (default, description, optional, expected) in [
            (Some("development"), None, false, "${X:-development}"),
            (Some("a$b"), None, true, "${X:-a$$b}"),
            (None, Some("Root's: password"), true, "${X:-}"),
            (None, Some("Root's: password"), false, "${X:?Root's: password}"),
            (None, Some("a {b} costs $5"), false, "${X:?a (b) costs  5}"),
            (None, None, false, "${X:?must be set}"),
            (Some("{\"a\": 1}"), None, false, "${X:?must be set}"),
        ] {
            assert_eq!(input(&named(default, description, optional)), expected);
        }
        assert_eq!(literal("$HOME ${x}"), "$$HOME $${x}");
    }

    #[test]
    fn sizes_are_written_as_docker_reads_them() {
        let sizes = [1, 1 << 10, 1536 << 20, 2 << 30].map(|bytes| size(Bytes(bytes)));
        assert_eq!(sizes, ["1B", "1K", "1536M", "2G"]);
    }
}

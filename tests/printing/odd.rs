//! Odd texts.

use std::fmt::Write as _;

use serde_json::Value;

/// What readers of YAML were seen to misread, as data: a list of texts.
const ODD: &str = include_str!("odd-strings.json");

/// What is special to YAML, shells, Go's templates, PromQL and compose, and where a text begins and ends.
const MORE: &[&str] = &[
    "http://db/x?y=1",
    "a?",
    "a?b",
    "a ? b",
    "?=1",
    "a,b?c",
    "what? no: yes",
    "\techo a\n\techo b",
    "echo a\n\techo b\n",
    "  echo a\necho b",
    "a\n",
    "a\n\n",
    "a\n\n\n",
    "a\n\nb\n\n",
    "\na",
    "\n\na",
    "\n\n",
    " \n",
    "\t",
    "\t\n",
    "a\t",
    "a\n ",
    "a\n\t",
    "a\n \nb",
    "a\n  b\n c",
    "a \nb ",
    "# a\n# b",
    "a # b\nc",
    "- a\n- b",
    "a: b\nc: d",
    "---\na",
    "a\n---\nb",
    "a\n...\nb",
    "a\n--- b",
    "%YAML 1.1\n---",
    "\"a\"\nb",
    "a\rb",
    "a\r",
    "a\r\n",
    "\r",
    "a\u{85}b\nc",
    "a\u{2028}b\nc",
    "a\u{2029}",
    "\u{feff}",
    "a\u{feff}b",
    "\u{7f}",
    "\u{1b}[31m",
    "\u{9f}",
    "\u{fffd}",
    "\u{10ffff}",
    "e\u{301}",
    "\u{202e}a",
    "a\u{200b}",
    "\u{a0}",
    "\u{3000}a",
    "$",
    "$$",
    "$$$",
    "$a",
    "${a}",
    "${a:-b}",
    "${a:?b}",
    "$${a}",
    "$(id)",
    "`id`",
    "it's `id`",
    "a\\",
    "\\",
    "\\n",
    "a\\nb",
    "\\$a",
    "'",
    "''",
    "\"",
    "\"\"",
    "'\"",
    "a'b\"c",
    "a & b | c ; d > e < f",
    "!x",
    "a!",
    "*",
    "a*",
    "~",
    "=",
    "a=b",
    "A=b\nEVIL=3",
    "{{ .Values.x }} b",
    "{{",
    "}}",
    "{% if a %}",
    "{# a #}",
    "{{ $labels.job }}",
    "%(a)s",
    "%s",
    "#{a}",
    "a:b:c",
    ":a",
    "a:,",
    ",a",
    "a,",
    "[a, b]",
    "{a: b}",
    "a]",
    "a}",
    "{",
    "a {b} [c]",
    "&a b",
    "*a b",
    "!!int 1",
    "|\n  a",
    ">-",
    "@a",
    "0o7",
    "1e5",
    "5e",
    ".e5",
    "1.5.2",
    "0x1g",
    "12e03",
    "2026-11-29 12:00",
    "12:30:45.5",
    "Infinity",
    "-.Inf",
    "NULL",
    "Null",
    "nO",
    "oN",
    "a: ",
    " : ",
    "a :b",
    "key : value",
    "- ",
    "-\ta",
    "? a",
    "?\ta",
    "a\u{b}b",
];

/// Every odd text, once.
pub(crate) fn texts() -> Vec<String> {
    let mut texts: Vec<String> = serde_json::from_str(ODD).expect("a list of texts");
    texts.extend(MORE.iter().map(|text| (*text).to_owned()));
    // As keys they are longer than a key may be that no `?` precedes.
    texts.extend(["k", "a: b\n", "ü?", "x {y} "].map(|part| part.repeat(1_100)));
    let mut seen = std::collections::HashSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    texts
}

/// JSON that readers of YAML read as JSON: they end lines at characters that JSON has as they are.
pub(crate) fn escaped(value: &Value) -> String {
    let mut escaped = String::new();
    for c in value.to_string().chars() {
        match u32::from(c) {
            code @ (0x7f..=0xa0 | 0x2028 | 0x2029 | 0xfeff | 0xfffe | 0xffff) => {
                let _ = write!(escaped, "\\u{code:04x}");
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

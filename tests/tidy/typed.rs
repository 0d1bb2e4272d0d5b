//! Meaning that is carried by an address of memory, or by the words of a text that the compiler itself wrote or has parsed
//! already. A number, an enumeration or a field says the same, and stays right when the words change.

use std::sync::LazyLock;

use regex::Regex;

/// What is looked for, each with what there is instead.
static CARRIERS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let search = r"\.(?:contains|starts_with|ends_with|r?find|replacen?|strip_prefix|strip_suffix|r?splitn?(?:_once)?|r?match(?:es|_indices)|lines)\(";
    // What leads from a field to its text.
    let as_text = r"(?:\.(?:as_(?:ref|mut|deref|str)|clone|to_string|iter|into_iter|flatten)\(\))*";
    [
        (
            r"\.addr\(\)|\bas_ptr(?:_range)?\b|ptr::from_ref\b|\*(?:const|mut) [A-Z]".to_owned(),
            "an address of memory: number what it is about",
        ),
        (
            format!(r"\b(?:message|help|note)(?:\(\))?{as_text}{search}"),
            "a search of a message: give the diagnostic a field, or say it where it is made",
        ),
        (
            format!(r"\b(?:query|parsed|expr)\.text(?:\(\))?{as_text}{search}"),
            "a search of a query's text: ask the parsed query",
        ),
        (format!(r"\bCOMPONENTS\b[^;]*\bsource{search}"), "a search of a component's source: ask the index"),
    ]
    .into_iter()
    .map(|(pattern, instead)| (Regex::new(&pattern).expect("a pattern"), instead))
    .collect()
});

/// Searches that are none for a meaning, by what stands in their lines.
const EXCEPTED: &[(&str, &str)] = &[
    // How lines of a message are laid out.
    ("src/cli/files.rs", r"message.replace('\n'"),
    // The parser of another author says in words alone what it did not expect.
    ("src/promql/scan.rs", r"message.split('\'')"),
    // The frame that the same file puts around a series.
    ("src/resolve/observe/dashboard.rs", "query.text.strip_prefix(&start)"),
];

/// The places of a source file where words or addresses carry a meaning.
pub(crate) fn offences(path: &str, text: &str) -> Vec<String> {
    if path.contains("/tests/") || path.ends_with("/tests.rs") {
        return Vec::new();
    }
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code: Vec<&str> = code.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
    // A chain of calls is one line.
    let code = code.join("\n").replace("\n.", ".");
    let is_excepted = |line: &str| EXCEPTED.iter().any(|(file, part)| *file == path && line.contains(part));
    let of = |(pattern, instead): &(Regex, &str)| {
        let lines = pattern.find_iter(&code).map(|found| {
            let start = code[..found.start()].rfind('\n').map_or(0, |at| at + 1);
            let end = code[found.end()..].find('\n').map_or(code.len(), |at| found.end() + at);
            &code[start..end]
        });
        let lines = lines.filter(|line| !is_excepted(line));
        lines.map(|line| format!("{path}: {line}: {instead}")).collect::<Vec<String>>()
    };
    CARRIERS.iter().flat_map(of).collect()
}

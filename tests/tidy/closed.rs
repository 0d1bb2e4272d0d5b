//! Targets read the platform alone: no block of the source, and nothing of the document.

use std::sync::LazyLock;

use regex::Regex;

/// What only the stages before the targets may read: the room of blocks, the blocks that the platform keeps for rules,
/// and the types of values that stand in a source.
static SOURCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\bmodel\b|\.\s*(?:block|document)\b|\b(?:Document|Constant|Template|Reference)\b").ok()
});

/// The lines of a target that read what stands in the source.
pub(crate) fn offences(path: &str, text: &str) -> Vec<String> {
    let is_target = path == "src/target.rs" || path.starts_with("src/target/");
    // A call may be laid out over several lines: comments go, and what is left is looked at as a whole.
    let code: Vec<&str> = text.lines().map(|line| if is_comment(line) { "" } else { line }).collect();
    // The names of fields, of which a target says what becomes of them, hold nothing of a source.
    let code = code.join("\n").replace("model::fields", "fields");
    let found = SOURCE.iter().flat_map(|pattern| pattern.find_iter(&code)).filter(|_| is_target);
    found
        .map(|found| {
            let line = code[..found.start()].lines().count().max(1);
            format!(
                "{path}:{line}: `{}` is of the source; `resolve` puts it into the platform",
                found.as_str()
            )
        })
        .collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

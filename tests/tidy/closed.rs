//! What each room sees of the source: targets nothing, rules its places.

use std::sync::LazyLock;

use regex::Regex;

/// The room of blocks, and the types of values that stand in a source.
const BLOCKS: &str = r"\bmodel\b|\b(?:Document|Constant|Template|Reference)\b";

/// What targets do not read: blocks, values of a source, and the places of both.
static OF_TARGETS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"{BLOCKS}|\b[Oo]rigins\b")).ok());

/// What rules do not read: blocks. They ask the room `origins` for places. What a query and a test say is a constant in the platform.
static OF_RULES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bmodel\b|\b(?:Document|Template)\b").ok());

/// What the room `origins` does not hand out: a public function or field with a block, or a value of a source.
static OF_ORIGINS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\bpub\s+(?:fn\s[^{]*?\)\s*->[^{]*?|\w+:[^,]*?)(?:\bmodel\b|\b(?:Document|Constant|Template|Reference)\b)",
    )
    .ok()
});

/// The lines of a target, a rule, or the room `origins` that open more of the source than the room may see.
pub(crate) fn offences(path: &str, text: &str) -> Vec<String> {
    let is_of = |room: &str| {
        let rest = path.strip_prefix("src/").and_then(|rest| rest.strip_prefix(room));
        rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    };
    let rooms = [("target", &OF_TARGETS), ("check", &OF_RULES), ("origins", &OF_ORIGINS)];
    let pattern = rooms.into_iter().find(|(room, _)| is_of(room)).and_then(|(_, pattern)| pattern.as_ref());
    // A call may be laid out over several lines: comments go, and what is left is looked at as a whole.
    let code: Vec<&str> = text.lines().map(|line| if is_comment(line) { "" } else { line }).collect();
    // The names of fields, of which a target says what becomes of them, hold nothing of a source.
    let code = code.join("\n").replace("model::fields", "fields");
    let found = pattern.into_iter().flat_map(|pattern| pattern.find_iter(&code));
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

//! Variables and tables, as the scripts read them.

use std::fmt::Write as _;

use super::quote::quoted;

/// Sets a variable.
pub(super) fn set(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "{name}={}", quoted(value));
}

/// A table of names: no word of it needs quotes.
pub(super) fn table(out: &mut String, name: &str, meaning: &str, lines: impl Iterator<Item = String>) {
    let _ = writeln!(out, "\n# {meaning}\n{name}() {{\n  cat <<'END'");
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str("END\n}\n");
}

//! Columns of a document.

/// Writes spaces up to a column.
pub(super) fn indent(out: &mut String, column: usize) {
    const SPACES: &str = "                                                                ";
    let mut rest = column;
    while rest > 0 {
        let taken = rest.min(SPACES.len());
        out.push_str(&SPACES[..taken]);
        rest -= taken;
    }
}

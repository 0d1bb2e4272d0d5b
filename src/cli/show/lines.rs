//! What is printed of a thing: keys with values, and behind each the place that sets it.

use std::fmt::Write as _;

use crate::view::Said;

/// Lines of keys and values, with what says so behind them.
pub(super) struct Lines {
    title: String,
    rows: Vec<(String, String, String)>,
}

impl Lines {
    pub(super) fn new(kind: &str, name: &str, description: Option<&str>, said: Option<&Said>) -> Self {
        let said = said.map(|said| format!("  ({})", said.words())).unwrap_or_default();
        Self { title: format!("{kind} {name}{}{said}", super::described(description)), rows: Vec::new() }
    }

    pub(super) fn add(&mut self, key: &str, value: &str, said: Option<&Said>) {
        let said = said.map(Said::words).unwrap_or_default();
        self.rows.push((key.to_owned(), value.to_owned(), said));
    }

    /// Several values of one key; nothing where there is none.
    pub(super) fn all<'a>(&mut self, key: &str, values: impl Iterator<Item = (String, Option<&'a Said>)>) {
        for (at, (value, said)) in values.enumerate() {
            self.add(if at == 0 { key } else { "" }, &value, said);
        }
    }

    pub(super) fn text(&self) -> String {
        let width = self.rows.iter().map(|(key, ..)| key.chars().count()).max().unwrap_or(0);
        let values = self.rows.iter().filter(|(_, _, said)| !said.is_empty());
        let wide = values.map(|(_, value, _)| value.chars().count()).max().unwrap_or(0).min(60);
        let mut out = format!("{}\n", self.title);
        for (key, value, said) in &self.rows {
            let row = format!("  {key:width$}  {value:wide$}  {said}");
            let _ = writeln!(out, "{}", row.trim_end());
        }
        out
    }
}

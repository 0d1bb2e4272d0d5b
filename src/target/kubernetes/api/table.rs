//! The tables: for each block of `targets/kubernetes/keys.txt` the function of Kubernetes that refuses, and what holds.
//!
//! What a key is at all (its type, its words) stands in `keys.txt`; here stands what types do not say. Functions are those of
//! the versions 1.33 and later.

mod container;
mod network;
mod place;
mod pod;
mod volume;
mod workload;

use super::rule::Rule;
use crate::hash::HashMap;
use std::sync::LazyLock;

/// What one function refuses of one block.
pub(super) struct Table {
    /// The block, by its name in `keys.txt`.
    pub(super) of: &'static str,
    /// The function of kubernetes/kubernetes, by its name; tests say it.
    #[cfg_attr(not(test), expect(dead_code, reason = "a reader looks it up"))]
    pub(super) function: &'static str,
    pub(super) rules: &'static [Rule],
}

/// The largest number of 32 bits.
const MOST: i64 = i32::MAX as i64;

/// Every table.
pub(super) fn all() -> impl Iterator<Item = &'static Table> {
    [pod::TABLES, place::TABLES, container::TABLES, volume::TABLES, workload::TABLES, network::TABLES]
        .into_iter()
        .flatten()
}

/// The rules of a block.
pub(super) fn rules(block: &str) -> impl Iterator<Item = &'static Rule> {
    static BY_BLOCK: LazyLock<HashMap<&str, Vec<&Table>>> = LazyLock::new(|| {
        let mut tables: HashMap<&str, Vec<&Table>> = HashMap::default();
        for table in all() {
            tables.entry(table.of).or_default().push(table);
        }
        tables
    });
    BY_BLOCK.get(block).map(Vec::as_slice).unwrap_or_default().iter().flat_map(|table| table.rules)
}

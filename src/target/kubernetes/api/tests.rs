//! The tables against the keys.

use super::rule::{Rule, When};
use super::table;
use crate::target::kubernetes::TARGET;

/// The keys that a rule names.
fn keys(rule: &Rule) -> Vec<&'static str> {
    let with = |keys: &[&'static str], When(key, _): &When| [keys, &[*key]].concat();
    match rule {
        Rule::Needs(keys) | Rule::AtMostOne(keys) | Rule::One(keys) => keys.to_vec(),
        Rule::Form(key, _)
        | Rule::Within(key, ..)
        | Rule::Port(key)
        | Rule::Amount(key, _)
        | Rule::Share(key, _)
        | Rule::Most(key, _) => vec![key],
        // The others are keys of the items.
        Rule::Unique(list, _) => vec![list],
        Rule::Only(keys, when) | Rule::Never(keys, when) | Rule::Wanted(keys, when) => with(keys, when),
        Rule::Look(_) => Vec::new(),
    }
}

#[test]
fn tables_are_about_blocks_and_keys_that_are_there() {
    let known = TARGET.format.keys().expect("the target takes overrides");
    let mut complaints = Vec::new();
    for table in table::all() {
        let Some(block) = known.get(table.of) else {
            complaints.push(format!("{}: no block `{}`", table.function, table.of));
            continue;
        };
        for key in table.rules.iter().flat_map(keys).filter(|key| !block.keys.contains_key(key)) {
            complaints.push(format!("{}: `{}` has no key `{key}`", table.function, table.of));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

//! Rules of tables: what holds in a block.

use super::form::{Form, PORT, is_share};
use super::part::{Part, is_set, number, texts, word};
use super::{Scope, quantity};
use crate::diagnostic::list_of;
use crate::emit::Node;
use crate::hash::HashSet;
use crate::kustomize::{bare, field};

/// When a rule is about a block: a key has one of some values; the empty one is a key that is not there.
pub(super) struct When(pub(super) &'static str, pub(super) &'static [&'static str]);

impl When {
    /// The value, where it is one of them.
    fn is_met(&self, part: &Part<'_>) -> Option<String> {
        let value = word(part.at(self.0));
        self.1.contains(&value.as_str()).then_some(value)
    }

    fn describe(&self) -> String {
        let values = self.1.iter().filter(|value| !value.is_empty());
        let values: Vec<String> = values.map(|value| format!("{} = {value}", self.0)).collect();
        list_of_any(&values)
    }
}

/// `a`, `b` or `c`
fn list_of_any(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", rest.join(", "))
        }
    }
}

/// What a rule looks at by itself.
pub(super) type Look = for<'a> fn(&Part<'a>, &mut Scope<'a>);

/// What holds in a block.
pub(super) enum Rule {
    /// These keys say something.
    Needs(&'static [&'static str]),
    /// The text at a key has a form; each text of a list.
    Form(&'static str, Form),
    /// The whole number at a key lies between two; each number of a list.
    Within(&'static str, i64, i64),
    /// A key holds the number or the name of a port.
    Port(&'static str),
    /// A key holds an amount, which is more than nothing where that is asked for.
    Amount(&'static str, bool),
    /// A key holds a number or a share, of at most a hundred percent where that is asked for.
    Share(&'static str, bool),
    /// At most one of these keys says something.
    AtMostOne(&'static [&'static str]),
    /// Exactly one of them does.
    One(&'static [&'static str]),
    /// These keys stand with a value of another one alone.
    Only(&'static [&'static str], When),
    /// They do not stand with it.
    Never(&'static [&'static str], When),
    /// They have to stand with it.
    Wanted(&'static [&'static str], When),
    /// No two items of a list have the same values at these keys.
    Unique(&'static str, &'static [&'static str]),
    /// A list has at most as many items.
    Most(&'static str, usize),
    /// What compares several keys.
    Look(Look),
}

const AMOUNT: &str = "write it like `500m`, `2`, `64Mi` or `1Gi`";

impl Rule {
    pub(super) fn judge<'a>(&self, part: &Part<'a>, scope: &mut Scope<'a>) {
        match self {
            Self::Needs(keys) => needs(keys, None, part, scope),
            Self::Form(key, form) => formed(key, *form, part, scope),
            Self::Within(key, least, most) => within(key, *least, *most, part, scope),
            Self::Port(key) => port(key, part, scope),
            Self::Amount(key, positive) => {
                if let Some(node) = part.at(key) {
                    amount(node, &part.below(key), *positive, scope);
                }
            }
            Self::Share(key, bounded) => share(key, *bounded, part, scope),
            Self::AtMostOne(keys) => {
                at_most_one(part.node, keys, &part.path, scope);
            }
            Self::One(keys) => {
                let none = !keys.iter().any(|key| part.is_set(key));
                if none {
                    let words: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
                    let help = format!("write one of {}", list_of_any(&words));
                    scope.refuse(&part.path, "says nothing of what it is", Some(&help));
                }
                at_most_one(part.node, keys, &part.path, scope);
            }
            Self::Only(keys, when) => {
                if when.is_met(part).is_none() {
                    for key in keys.iter().filter(|key| part.is_set(key)) {
                        let label = format!("stands with {} alone", when.describe());
                        scope.refuse(part.below(key), label, None);
                    }
                }
            }
            Self::Never(keys, when) => {
                let Some(value) = when.is_met(part) else { return };
                for key in keys.iter().filter(|key| part.is_set(key)) {
                    let label = if value.is_empty() {
                        format!("needs `{}`", when.0)
                    } else {
                        format!("does not stand with `{} = {value}`", when.0)
                    };
                    scope.refuse(part.below(key), label, None);
                }
            }
            Self::Wanted(keys, when) => {
                if let Some(value) = when.is_met(part) {
                    let with =
                        (!value.is_empty()).then(|| (part.below(when.0), format!("{} = {value}", when.0)));
                    needs(keys, with.as_ref(), part, scope);
                }
            }
            Self::Unique(list, keys) => unique(list, keys, part, scope),
            Self::Most(list, most) => {
                if part.items(list).len() > *most {
                    scope.refuse(part.below(list), format!("more than {most}"), None);
                }
            }
            Self::Look(look) => look(part, scope),
        }
    }
}

/// Reports keys that say nothing; `with` is what asks for them, and its path.
fn needs(keys: &[&str], with: Option<&(String, String)>, part: &Part<'_>, scope: &mut Scope<'_>) {
    for key in keys.iter().filter(|key| !part.is_set(key)) {
        match with {
            Some((path, with)) => scope.refuse(path, format!("`{with}` needs `{key}`"), None),
            None => scope.refuse(&part.path, format!("has no `{key}`"), None),
        }
    }
}

fn formed(key: &str, form: Form, part: &Part<'_>, scope: &mut Scope<'_>) {
    for text in texts(part.at(key)).into_iter().filter(|text| !text.is_empty() && !(form.holds)(text)) {
        scope.refuse(part.below(key), format!("`{text}` is no {}", form.what), Some(form.help));
    }
}

fn within(key: &str, least: i64, most: i64, part: &Part<'_>, scope: &mut Scope<'_>) {
    let numbers: Vec<i64> = match part.at(key).map(bare) {
        Some(Node::List(items)) => items.iter().filter_map(|item| number(Some(item))).collect(),
        node => number(node).into_iter().collect(),
    };
    // Below nothing is reported of every number.
    let outside = |number: &&i64| **number >= 0 && !(least..=most).contains(*number);
    if numbers.iter().any(|number| outside(&number)) {
        let label = if most >= i64::from(i32::MAX) {
            format!("is at least {least}")
        } else {
            format!("is from {least} to {most}")
        };
        scope.refuse(part.below(key), label, None);
    }
}

/// `ValidatePortNumOrName`
fn port(key: &str, part: &Part<'_>, scope: &mut Scope<'_>) {
    match part.at(key).map(bare) {
        Some(Node::Integer(number)) if !(1..=65_535).contains(number) => {
            scope.refuse(part.below(key), "a port is from 1 to 65535", None);
        }
        Some(Node::Text(_)) => formed(key, PORT, part, scope),
        _ => {}
    }
}

/// `ValidateNonnegativeQuantity`, `ValidatePositiveQuantityValue`; the amount, where it is one.
pub(super) fn amount(node: &Node, path: &str, positive: bool, scope: &mut Scope<'_>) -> Option<f64> {
    let Some(value) = quantity::value(node) else {
        scope.refuse(path, "no amount", Some(AMOUNT));
        return None;
    };
    if value < 0.0 {
        scope.refuse(path, "less than nothing", None);
    } else if positive && value <= 0.0 {
        scope.refuse(path, "is more than nothing", None);
    }
    Some(value)
}

/// `ValidatePositiveIntOrPercent`, `IsNotMoreThan100Percent`
fn share(key: &str, bounded: bool, part: &Part<'_>, scope: &mut Scope<'_>) {
    match part.at(key).map(bare) {
        Some(Node::Text(text)) if !is_share(text) => {
            let help = "write a number of pods, or a share such as `25%`";
            scope.refuse(part.below(key), format!("`{text}` is neither a number nor a share"), Some(help));
        }
        Some(Node::Text(text))
            if bounded && text.trim_end_matches('%').parse::<u64>().is_ok_and(|share| share > 100) =>
        {
            scope.refuse(part.below(key), "more than all of them", None);
        }
        Some(Node::Integer(number)) if *number < 0 => {
            scope.refuse(part.below(key), "less than nothing", None);
        }
        _ => {}
    }
}

/// Whether a number of pods or a share is none.
pub(super) fn is_none(node: Option<&Node>) -> bool {
    match node.map(bare) {
        Some(Node::Integer(number)) => *number == 0,
        Some(Node::Text(text)) => {
            is_share(text) && text.trim_end_matches('%').bytes().all(|byte| byte == b'0')
        }
        _ => false,
    }
}

/// Reports keys of one block of which only one can stand.
pub(super) fn at_most_one(node: &Node, keys: &[&str], path: &str, scope: &mut Scope<'_>) {
    let set: Vec<&str> = keys.iter().copied().filter(|key| is_set(node, key)).collect();
    if let [first, second, ..] = set.as_slice() {
        let help = format!("take the other one away: `remove {first}`, or `remove {second}`");
        scope.refuse(path, format!("`{first}` and `{second}` exclude each other"), Some(&help));
    }
}

fn unique(list: &str, keys: &[&str], part: &Part<'_>, scope: &mut Scope<'_>) {
    let mut seen: HashSet<Vec<String>> = HashSet::default();
    for item in part.items(list) {
        let values: Vec<String> = keys.iter().map(|key| word(field(item, key))).collect();
        if values.iter().all(String::is_empty) || seen.insert(values.clone()) {
            continue;
        }
        let name = super::name(item);
        let path = if name.is_empty() { part.below(list) } else { format!("{}[{name}]", part.below(list)) };
        let values = list_of(values.iter().filter(|value| !value.is_empty()).map(String::as_str));
        scope.refuse(path, format!("{values} stands twice"), None);
    }
}

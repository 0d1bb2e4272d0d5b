//! The strategic-merge patch between two states of one object.

use super::lists::{Merge, is_written_whole, merge};
use super::{DIRECTIVE, Identity, bare, lines, same, text};
use smol_str::SmolStr;

use crate::emit::{Map, Node};
use crate::hash::IndexMap;

/// The patch that makes the object `to` of the object `from`, which have one identity; `None` where they say the same.
#[must_use]
pub fn patch(from: &Node, to: &Node) -> Option<Node> {
    let (Node::Map(from), Node::Map(into)) = (bare(from), bare(to)) else { return None };
    let identity = Identity::of(to);
    let whole = is_written_whole(&identity.version, &identity.kind);
    let mut walk = Walk { kind: &identity.kind, whole, path: Vec::new() };
    let mut changes = walk.map(from, into);
    if changes.is_empty() {
        return None;
    }
    let (head, mut metadata) = identity.head();
    if let Some(Node::Map(changed)) = changes.remove("metadata") {
        metadata.extend(changed);
    }
    let metadata = (SmolStr::new_static("metadata"), Node::Map(metadata.into_iter().collect()));
    Some(Node::Map(head.into_iter().chain([metadata]).chain(changes).collect()))
}

/// The way through two trees at once.
struct Walk<'a> {
    kind: &'a str,
    /// Whether `spec` is written whole.
    whole: bool,
    /// The keys down to the present place; the items of lists have none.
    path: Vec<SmolStr>,
}

impl Walk<'_> {
    /// What a patch says of a map: every entry that differs, and `null` for one that is no longer there.
    fn map(&mut self, from: &Map, to: &Map) -> Map {
        let mut changes = Map::default();
        for (key, value) in to {
            let Some(before) = from.get(key) else {
                changes.insert(key.clone(), value.clone());
                continue;
            };
            if same(before, value) {
                continue;
            }
            self.path.push(key.clone());
            changes.insert(key.clone(), self.value(before, value));
            self.path.pop();
        }
        for key in from.keys().filter(|key| !to.contains_key(key)) {
            changes.insert(key.clone(), Node::Null);
        }
        changes
    }

    /// What a patch says of a value that differs.
    fn value(&mut self, from: &Node, to: &Node) -> Node {
        match (bare(from), bare(to)) {
            (Node::Map(_), Node::Map(into)) if self.whole && self.path == ["spec"] => replaced_map(into),
            (Node::Map(before), Node::Map(into)) => Node::Map(self.map(before, into)),
            (Node::List(before), Node::List(into)) => match merge(self.kind, &self.path) {
                Merge::Replaced => remark("In place of the whole list of the base.", to.clone()),
                Merge::Key(key) => self.list(key, before, into),
                Merge::Keys => replaced_list(into),
            },
            _ => to.clone(),
        }
    }

    /// What a patch says of a list that is merged by a key. kustomize puts what a patch names in front, in the order of the
    /// patch, and what it does not name behind that, in the order of the base. So the patch names every item down to the
    /// last one that changes or moves.
    fn list(&mut self, key: &str, from: &[Node], to: &[Node]) -> Node {
        let (Some(before), Some(into)) = (known_by(key, from), known_by(key, to)) else {
            return replaced_list(to);
        };
        let at = |name: &str| before.get(name).and_then(|at| from.get(*at).map(|item| (*at, item)));
        let mut end = from.len();
        let mut named = to.len();
        for (name, item) in into.keys().zip(to).rev() {
            match at(name) {
                Some((at, before)) if at < end && same(before, item) => end = at,
                _ => break,
            }
            named -= 1;
        }
        let entry = |key: &str, value: &str| (SmolStr::new(key), Node::Text(value.into()));
        let mut items: Vec<Node> = Vec::new();
        let mut stays = false;
        for (name, item) in into.keys().zip(to).take(named) {
            let changes = match (at(name).map(|(_, before)| bare(before)), bare(item)) {
                (Some(before), into) if same(before, into) => {
                    let place = Node::Map([entry(key, name)].into_iter().collect());
                    let is_first = !std::mem::replace(&mut stays, true);
                    items.push(if is_first {
                        remark("As it is: named for its place.", place)
                    } else {
                        place
                    });
                    continue;
                }
                (Some(Node::Map(before)), Node::Map(into)) => self.map(before, into),
                _ => {
                    items.push(item.clone());
                    continue;
                }
            };
            items.push(Node::Map([entry(key, name)].into_iter().chain(changes).collect()));
        }
        for name in before.keys().filter(|name| !into.contains_key(*name)) {
            items.push(Node::Map([entry(key, name), entry(DIRECTIVE, "delete")].into_iter().collect()));
        }
        let named = Node::List(items);
        let whole = replaced_list(to);
        if lines(&whole) < lines(&named) { whole } else { named }
    }
}

/// The places of items by the value of a key; `None` where two have the same, or one has none.
fn known_by<'a>(key: &str, items: &'a [Node]) -> Option<IndexMap<&'a str, usize>> {
    let mut known = IndexMap::default();
    for (at, item) in items.iter().enumerate() {
        let Node::Map(entries) = bare(item) else { return None };
        if known.insert(text(entries.get(key)?)?, at).is_some() {
            return None;
        }
    }
    Some(known)
}

/// A value under a line of comment.
fn remark(line: &str, value: Node) -> Node {
    Node::Commented(vec![line.to_owned()], Box::new(value))
}

fn replace() -> (SmolStr, Node) {
    (SmolStr::new_static(DIRECTIVE), Node::Text(SmolStr::new_static("replace")))
}

/// A map that takes the place of the one of the base.
fn replaced_map(entries: &Map) -> Node {
    let rest = entries.iter().map(|(key, value)| (key.clone(), value.clone()));
    Node::Map(std::iter::once(replace()).chain(rest).collect())
}

/// A list that takes the place of the one of the base.
fn replaced_list(items: &[Node]) -> Node {
    let first = Node::Map(std::iter::once(replace()).collect());
    Node::List(std::iter::once(first).chain(items.iter().cloned()).collect())
}

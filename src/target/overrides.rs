//! What the source tells a target beside the language, put over what it made.
//!
//! The keys of the format (`formats::Keys`) decide what merges: maps key by key, lists by the names of their items, or by
//! what is not there yet; a scalar is replaced. `replace` puts a value in place of another, and `remove` takes away.

mod named;

use std::cell::RefCell;
use std::collections::VecDeque;

use smol_str::SmolStr;

use crate::emit::{Map, Node};
use crate::formats::{Format, KeyBlock, Keys, Kind, Merge, Place};
use crate::hash::{HashMap, HashSet, IndexMap};
use crate::platform::{Override, Removed, Tree, Value};
use crate::source::Span;
use named::{name, name_of_text};

/// How a target writes a value that stands in an override.
pub(super) type Write<'a> = &'a dyn Fn(&Value) -> String;

/// Merges the overrides of a target into what stands at a place; `None` where there are none for it.
pub(super) fn apply(
    target: &'static Format,
    place: Place,
    overrides: &[Override],
    write: Write<'_>,
    base: impl FnOnce() -> Node,
) -> Option<Node> {
    merged(target, place, overrides, write, &RefCell::default(), base)
}

/// What an override removes and is not there: its place and its name.
pub type Missed = (Span, String);

/// What overrides remove and is not there.
pub(super) fn missed(
    target: &'static Format,
    place: Place,
    overrides: &[Override],
    write: Write<'_>,
    base: impl FnOnce() -> Node,
) -> Vec<Missed> {
    let missed = RefCell::default();
    if overrides.iter().any(Override::removes) {
        merged(target, place, overrides, write, &missed, base);
    }
    missed.into_inner()
}

fn merged(
    target: &'static Format,
    place: Place,
    overrides: &[Override],
    write: Write<'_>,
    missed: &RefCell<Vec<Missed>>,
    base: impl FnOnce() -> Node,
) -> Option<Node> {
    let mut ours = overrides.iter().filter(|over| over.target == target).peekable();
    ours.peek()?;
    let mut node = base();
    let kinds = [Kind::Block(place.extends())];
    for over in ours {
        put(target, &kinds, over, write, missed, &mut node)?;
    }
    Some(node)
}

/// Merges an override into a value of these kinds.
fn put(
    target: &'static Format,
    kinds: &[Kind],
    over: &Override,
    write: Write<'_>,
    missed: &RefCell<Vec<Missed>>,
    node: &mut Node,
) -> Option<()> {
    // A target that takes overrides has keys, and each place its block: a test looks at both.
    let merge = Merging { keys: target.keys()?, write, missed };
    if let Some(entries) = entries(node) {
        merge.map(entries, &over.entries, kinds);
    }
    Some(())
}

/// Merges an override into the object that it extends; what it removes and is not there.
pub(super) fn extend(
    target: &'static Format,
    kind: &'static str,
    over: &Override,
    object: &mut Node,
) -> Vec<Missed> {
    let missed = RefCell::default();
    put(target, &[Kind::Block(kind)], over, &constant, &missed, object);
    missed.into_inner()
}

/// A value of a target that puts nothing in: what is not constant was reported.
pub(super) fn constant(value: &Value) -> String {
    value.as_literal().unwrap_or_default().to_owned()
}

/// Free entries as a tree.
pub(super) fn map(entries: &IndexMap<String, Tree>, write: Write<'_>) -> Node {
    Node::Map(entries.iter().map(|(key, tree)| (key.clone(), node(tree, write))).collect())
}

fn node(tree: &Tree, write: Write<'_>) -> Node {
    match tree {
        Tree::Text(value) => Node::Text(write(value).into()),
        Tree::Integer(integer) => Node::of(integer),
        Tree::Number(number) => Node::Number(*number),
        Tree::Boolean(boolean) => Node::Boolean(*boolean),
        Tree::List(items) => Node::List(items.iter().map(|item| node(item, write)).collect()),
        Tree::Map(entries) => map(entries, write),
        // In an override alone something is removed.
        Tree::Edited(_, with) => with.as_deref().map_or(Node::Null, |tree| node(tree, write)),
    }
}

/// A map, below its style and its comment.
fn entries(node: &mut Node) -> Option<&mut Map> {
    match node {
        Node::Map(entries) => Some(entries),
        Node::Styled(_, inner) | Node::Commented(_, inner) => entries(inner),
        _ => None,
    }
}

struct Merging<'a> {
    keys: &'static Keys,
    write: Write<'a>,
    missed: &'a RefCell<Vec<Missed>>,
}

impl Merging<'_> {
    /// What may stand at a key of a map of these kinds.
    fn below<'k>(&self, kinds: &'k [Kind], key: &str) -> &'k [Kind]
    where
        Self: 'k,
    {
        let of_block = |name: &str| self.keys.get(name).and_then(|block: &'static KeyBlock| block.kinds(key));
        kinds
            .iter()
            .find_map(|kind| match kind {
                Kind::Block(name) => of_block(name),
                Kind::Map(kinds) => Some(kinds.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }

    fn miss(&self, name: &str, span: Span) {
        self.missed.borrow_mut().push((span, name.to_owned()));
    }

    fn map(&self, base: &mut Map, over: &IndexMap<String, Tree>, kinds: &[Kind]) {
        for (key, tree) in over {
            let kinds = self.below(kinds, key);
            let (removed, with) = match tree {
                Tree::Edited(removed, with) => (Some(removed), with.as_deref()),
                tree => (None, Some(tree)),
            };
            match (removed, base.get_mut(key)) {
                (None, _) => {}
                (Some(Removed::All(span)), None) if with.is_none() => self.miss(key, *span),
                (Some(Removed::All(_)), None) => {}
                (Some(Removed::All(_)), Some(known)) => match with {
                    Some(tree) => {
                        replace(known, self.node(tree));
                        continue;
                    }
                    None => drop(base.remove(key)),
                },
                (Some(Removed::Named(names)), None) => {
                    for (name, span) in names {
                        self.miss(name, *span);
                    }
                }
                (Some(Removed::Named(names)), Some(known)) => {
                    if self.take(known, names, kinds) && with.is_none() {
                        base.remove(key);
                    }
                }
            }
            let Some(tree) = with else { continue };
            match base.get_mut(key) {
                Some(known) => self.value(known, tree, kinds),
                None => drop(base.insert(key.clone(), self.node(tree))),
            }
        }
    }

    /// Takes items of a list, or keys of a map, away; whether nothing is left.
    fn take(&self, known: &mut Node, names: &[(String, Span)], kinds: &[Kind]) -> bool {
        let merge = merge_of(kinds);
        match known {
            Node::Commented(_, inner) | Node::Styled(_, inner) => self.take(inner, names, kinds),
            Node::Map(entries) => {
                let wanted = names.iter().map(|(name, span)| (name.clone(), (name, *span))).collect();
                let mut left = Wanted::new(wanted);
                entries.retain(|key, _| !left.is(Some(key)));
                left.missed().for_each(|(name, span)| self.miss(name, span));
                entries.is_empty()
            }
            Node::List(items) => {
                let wanted =
                    names.iter().map(|(name, span)| (name_of_text(name, merge), (name, *span))).collect();
                let mut left = Wanted::new(wanted);
                items.retain(|item| !left.is(name(item, merge).as_deref()));
                left.missed().for_each(|(name, span)| self.miss(name, span));
                items.is_empty()
            }
            scalar => {
                let is_this = |(wanted, _): &&(String, Span)| name(scalar, merge).as_ref() == Some(wanted);
                let found = names.iter().any(|name| is_this(&name));
                names.iter().filter(|name| !is_this(name)).for_each(|(name, span)| self.miss(name, *span));
                found
            }
        }
    }

    /// Merges a value over another.
    fn value(&self, base: &mut Node, over: &Tree, kinds: &[Kind]) {
        match base {
            Node::Commented(_, inner) => return self.value(inner, over, kinds),
            Node::Styled(_, inner) if matches!(**inner, Node::Map(_) | Node::List(_)) => {
                // A style is that of a map or a list: what becomes something else has none.
                self.value(inner, over, kinds);
                if !matches!(**inner, Node::Map(_) | Node::List(_)) {
                    let inner = std::mem::replace(&mut **inner, Node::Null);
                    *base = inner;
                }
                return;
            }
            _ => {}
        }
        let merge = merge_of(kinds);
        match (&mut *base, over) {
            (Node::Map(entries), Tree::Map(over)) => self.map(entries, over, kinds),
            (Node::List(items), Tree::List(over)) => self.list(items, over, kinds),
            (Node::Map(entries), Tree::List(items)) if is_of_keys(merge) => {
                for (key, node) in items.iter().filter_map(|item| entry(&self.node(item), merge)) {
                    match entries.get_mut(&key) {
                        Some(known) if merge == Some(Merge::Pairs) => *known = node,
                        Some(_) => {}
                        None => drop(entries.insert(key, node)),
                    }
                }
            }
            (Node::List(items), Tree::Map(over)) if is_of_keys(merge) => {
                let mut entries: Map = items.iter().filter_map(|item| entry(item, merge)).collect();
                self.map(&mut entries, over, kinds);
                *base = Node::Map(entries);
            }
            (Node::List(items), Tree::Text(_)) if merge.is_some_and(|merge| merge != Merge::Whole) => {
                self.list(items, std::slice::from_ref(over), kinds);
            }
            (Node::Text(_) | Node::Styled(..), Tree::List(over))
                if merge.is_some_and(|merge| merge != Merge::Whole) =>
            {
                let mut items = vec![std::mem::replace(base, Node::Null)];
                self.list(&mut items, over, kinds);
                *base = Node::List(items);
            }
            (Node::Text(_) | Node::Styled(..), Tree::Map(over)) if short(kinds).is_some() => {
                let known = std::mem::replace(base, Node::Null);
                let mut entries: Map =
                    short(kinds).into_iter().map(|key| (key.to_owned(), known.clone())).collect();
                self.map(&mut entries, over, kinds);
                *base = Node::Map(entries);
            }
            (Node::Map(entries), Tree::Text(_)) if short(kinds).is_some() => {
                if let Some(key) = short(kinds) {
                    entries.insert(key.to_owned(), self.node(over));
                }
            }
            _ => *base = self.node(over),
        }
    }

    fn list(&self, base: &mut Vec<Node>, over: &[Tree], kinds: &[Kind]) {
        let found = kinds.iter().find_map(|kind| match kind {
            Kind::List(kinds, merge) => Some((kinds.as_slice(), *merge)),
            _ => None,
        });
        let (of_items, merge) = found.unwrap_or((&[], Merge::Whole));
        if merge == Merge::Whole {
            *base = over.iter().map(|item| self.node(item)).collect();
            return;
        }
        let mut places: HashMap<String, VecDeque<usize>> = HashMap::default();
        for (at, known) in base.iter().enumerate() {
            if let Some(name) = name(known, Some(merge)) {
                places.entry(name).or_default().push_back(at);
            }
        }
        for tree in over {
            let misses = self.missed.borrow().len();
            let item = self.node(tree);
            let wanted = name(&item, Some(merge));
            let known = wanted.as_ref().and_then(|name| places.get_mut(name));
            match (known, merge) {
                // It is there.
                (Some(_), Merge::Add) => {}
                // Each item changes one at most, so that two of a name may stand in an override.
                (Some(known), _) if !known.is_empty() => {
                    let Some(known) = known.pop_front().and_then(|at| base.get_mut(at)) else { continue };
                    match (entries(known), tree) {
                        (Some(known), Tree::Map(over)) => {
                            // What it removes is looked for in the item that is there.
                            self.missed.borrow_mut().truncate(misses);
                            self.map(known, over, of_items);
                        }
                        _ => *known = item,
                    }
                }
                _ => {
                    if let Some(name) = wanted {
                        places.entry(name).or_default();
                    }
                    base.push(item);
                }
            }
        }
    }

    /// What an override says where nothing stands yet.
    fn node(&self, tree: &Tree) -> Node {
        match tree {
            Tree::List(items) => Node::List(items.iter().map(|item| self.node(item)).collect()),
            Tree::Map(over) => {
                let mut entries = Map::default();
                self.map(&mut entries, over, &[]);
                Node::Map(entries)
            }
            // In a map, where alone it stands, it is taken apart before.
            Tree::Edited(_, with) => with.as_deref().map_or(Node::Null, |tree| self.node(tree)),
            scalar => node(scalar, self.write),
        }
    }
}

/// What is to be taken away, by its name among others like it.
struct Wanted<'a> {
    names: IndexMap<String, (&'a String, Span)>,
    found: HashSet<String>,
}

impl<'a> Wanted<'a> {
    fn new(names: IndexMap<String, (&'a String, Span)>) -> Self {
        Self { names, found: HashSet::default() }
    }

    /// Whether something of this name is to be taken away, which counts as found then.
    fn is(&mut self, name: Option<&str>) -> bool {
        let wanted = name.filter(|name| self.names.contains_key(*name));
        self.found.extend(wanted.map(str::to_owned));
        wanted.is_some()
    }

    fn missed(&self) -> impl Iterator<Item = (&'a String, Span)> {
        let left = self.names.iter().filter(|(name, _)| !self.found.contains(*name));
        left.map(|(_, (name, span))| (*name, *span))
    }
}

/// Puts a value in place of another, below the comment of that.
fn replace(known: &mut Node, node: Node) {
    match known {
        Node::Commented(_, inner) => replace(inner, node),
        known => *known = node,
    }
}

/// How lists of these kinds merge.
fn merge_of(kinds: &[Kind]) -> Option<Merge> {
    kinds.iter().find_map(|kind| if let Kind::List(_, merge) = kind { Some(*merge) } else { None })
}

fn is_of_keys(merge: Option<Merge>) -> bool {
    matches!(merge, Some(Merge::Pairs | Merge::Names(_)))
}

/// The key that a scalar of these kinds stands for.
fn short(kinds: &[Kind]) -> Option<&'static str> {
    kinds.iter().find_map(|kind| if let Kind::Short(key) = kind { Some(*key) } else { None })
}

/// An item of a list that is another form of a map.
fn entry(item: &Node, merge: Option<Merge>) -> Option<(SmolStr, Node)> {
    let Some(Node::Text(text)) = named::scalar(item) else { return None };
    Some(match merge {
        Some(Merge::Names(value)) => {
            let value = value.map(|(key, value)| (key, Node::Text(value.into())));
            (text.clone(), value.map_or(Node::Null, |entry| Node::Map(Map::from_iter([entry]))))
        }
        _ => match text.split_once('=') {
            Some((key, value)) => (key.into(), Node::Text(value.into())),
            None => (text.clone(), Node::Null),
        },
    })
}

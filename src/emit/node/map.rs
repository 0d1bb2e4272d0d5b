//! The maps of trees: keys with their values, in their order.

use std::sync::OnceLock;

use serde::{Serialize, Serializer};
use smol_str::SmolStr;

use super::Node;
use crate::hash::HashMap;

/// The most entries whose keys are compared one by one: it takes less time than to hash them.
const FEW: usize = 16;

/// A map that keeps its order. Most have a handful of entries, so keys are hashed only where there are more and one is asked for.
#[derive(Debug, Clone, Default)]
pub struct Map {
    entries: Vec<(SmolStr, Node)>,
    /// The places of keys, once there are many and one was asked for.
    places: OnceLock<Box<HashMap<SmolStr, usize>>>,
}

impl Map {
    /// A map with room for entries.
    pub(super) fn with_capacity(entries: usize) -> Self {
        Self { entries: Vec::with_capacity(entries), places: OnceLock::new() }
    }

    /// Puts an entry, whose key the map does not have yet, behind the others.
    pub(super) fn push(&mut self, key: SmolStr, value: Node) {
        debug_assert!(self.places.get().is_none(), "a map that is still made is not asked");
        self.entries.push((key, value));
    }

    /// Puts an entry at a place, whose key the map does not have yet.
    pub(super) fn put(&mut self, at: usize, key: SmolStr, value: Node) {
        debug_assert!(self.places.get().is_none(), "a map that is still made is not asked");
        self.entries.insert(at, (key, value));
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn place(&self, key: &str) -> Option<usize> {
        if self.entries.len() <= FEW {
            return self.entries.iter().position(|(known, _)| known == key);
        }
        let places =
            || Box::new(self.entries.iter().enumerate().map(|(at, (key, _))| (key.clone(), at)).collect());
        self.places.get_or_init(places).get(key).copied()
    }

    /// Whether the map has a key.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.get(self.place(key)?).map(|(_, value)| value)
    }

    /// The value of a key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.place(key)?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Sets the value of a key, which stands last where it is new. The value that it had.
    pub fn insert(&mut self, key: impl Into<SmolStr>, value: Node) -> Option<Node> {
        let key = key.into();
        if let Some(known) = self.get_mut(&key) {
            return Some(std::mem::replace(known, value));
        }
        if let Some(places) = self.places.get_mut() {
            places.insert(key.clone(), self.entries.len());
        }
        self.entries.push((key, value));
        None
    }

    /// The value of a key, which is made and stands last where there is none.
    pub fn or_insert_with(&mut self, key: &str, value: impl FnOnce() -> Node) -> &mut Node {
        let at = self.place(key).unwrap_or_else(|| {
            self.insert(key, value());
            self.entries.len() - 1
        });
        // One of the two: the place of an entry, or that of the last one, which was just put there.
        &mut self.entries[at].1
    }

    /// Takes an entry out; those behind it move up.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let at = self.place(key)?;
        self.places.take();
        Some(self.entries.remove(at).1)
    }

    /// Keeps the entries that a condition holds for.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Node) -> bool) {
        self.places.take();
        self.entries.retain_mut(|(key, value)| keep(key, value));
    }

    /// Brings the entries into the order of their ranks; those of one rank stay as they are.
    pub fn sort_by_rank(&mut self, rank: impl Fn(&str) -> u8) {
        self.places.take();
        self.entries.sort_by_cached_key(|(key, _)| rank(key));
    }

    /// The entries in their order.
    pub fn iter(&self) -> <&Self as IntoIterator>::IntoIter {
        self.into_iter()
    }

    /// The keys in their order.
    pub fn keys(&self) -> impl Iterator<Item = &SmolStr> {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &Node> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values in the order of their keys, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.entries.iter_mut().map(|(_, value)| value)
    }
}

/// Two maps are the same in whatever order they are.
impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<K: Into<SmolStr>> FromIterator<(K, Node)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Node)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut map = Self::with_capacity(entries.size_hint().0);
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl IntoIterator for Map {
    type Item = (SmolStr, Node);
    type IntoIter = std::vec::IntoIter<(SmolStr, Node)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a SmolStr, &'a Node);
    type IntoIter =
        std::iter::Map<std::slice::Iter<'a, (SmolStr, Node)>, fn(&'a (SmolStr, Node)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter().map(|(key, value)| (key, value))
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::{FEW, Map};
    use crate::emit::Node;

    #[test]
    fn a_map_finds_its_keys_whatever_their_number() {
        for many in [0, 1, FEW - 1, FEW, FEW + 1, 100] {
            let mut map: Map = (0..many).map(|at| (at.to_string(), Node::Integer(at as i64))).collect();
            for at in 0..many {
                assert_eq!(map.get(&at.to_string()), Some(&Node::Integer(at as i64)), "{at} of {many}");
            }
            assert!(!map.contains_key("x"));
            map.insert("x", Node::Null);
            assert_eq!(map.get("x"), Some(&Node::Null));
            assert_eq!(map.insert("x", Node::Boolean(true)), Some(Node::Null));
            assert_eq!(map.len(), many + 1);
            if many > 0 {
                assert_eq!(map.remove("0"), Some(Node::Integer(0)));
                assert_eq!(map.remove("0"), None);
            }
            *map.or_insert_with("x", || Node::Null) = Node::Integer(7);
            *map.or_insert_with("y", || Node::Null) = Node::Integer(8);
            let last: Vec<_> =
                map.iter().rev().take(2).map(|(key, value)| (key.as_str(), value.clone())).collect();
            assert_eq!(last, [("y", Node::Integer(8)), ("x", Node::Integer(7))], "of {many}");
        }
    }

    #[test]
    fn the_order_of_maps_makes_no_difference_between_them() {
        let one: Map = [("a", Node::Null), ("b", Node::Integer(1))].into_iter().collect();
        let other: Map = [("b", Node::Integer(1)), ("a", Node::Null)].into_iter().collect();
        assert_eq!(one, other);
    }
}

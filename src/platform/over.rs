//! Overrides: what the source writes for one target beside the language.

use super::{Role, Value};
use crate::formats::{Format, Place};
use crate::hash::IndexMap;
use crate::source::Span;

/// An override of one target.
#[derive(Debug, Clone)]
pub struct Override {
    /// The target.
    pub target: &'static Format,
    /// The object of its output that is extended; `None` where the target writes none.
    pub object: Option<ObjectName>,
    /// What is merged into its output.
    pub entries: IndexMap<String, Tree>,
    /// The place.
    pub span: Span,
    /// The places of the keys of an object, by their paths (`spec.replicas`, `spec.containers[api].env`).
    pub places: IndexMap<String, Span>,
}

/// What an override calls the object that it extends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectName {
    /// The kind, such as `Deployment`.
    pub kind: String,
    /// Its name; without one it is called as the service is, or the only one of its kind there.
    pub name: Option<String>,
}

impl std::fmt::Display for ObjectName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{} {name}", self.kind),
            None => f.write_str(&self.kind),
        }
    }
}

impl Override {
    /// Whether its target takes it where it stands: at the top level, or in a service, of which it says whether that has
    /// a `metrics` block.
    #[must_use]
    pub fn is_taken(&self, service: Option<bool>) -> bool {
        self.target.overrides.iter().any(|place| match place {
            Place::Platform => service.is_none(),
            Place::Service => service.is_some(),
            // Where its metrics are may be what is wrong with it.
            Place::Scraped => service == Some(true),
        })
    }
}

impl Override {
    /// Whether it takes something away.
    #[must_use]
    pub fn removes(&self) -> bool {
        let mut removes = false;
        let mut look = |_: &str, tree: &Tree| removes |= matches!(tree, Tree::Edited(..));
        self.entries.iter().for_each(|(key, tree)| tree.each(key, &mut look));
        removes
    }

    /// The place of what it writes at a path of keys, or at as much of it as it writes.
    #[must_use]
    pub fn place(&self, path: &str) -> Option<(usize, Span)> {
        let mut path = path;
        loop {
            if let Some(span) = self.places.get(path) {
                return Some((path.len(), *span));
            }
            path = match path.strip_suffix(']').and_then(|item| item.rfind('[')) {
                Some(at) => &path[..at],
                None => &path[..path.rfind('.')?],
            };
        }
    }

    /// What it writes at a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Tree> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.entries.get(*first)?.put()?, |tree, key| match tree {
            Tree::Map(entries) => entries.get(*key)?.put(),
            _ => None,
        })
    }

    /// The labels that it adds to what leaves Prometheus (prometheus/prometheus:docs/configuration/configuration.md,
    /// `external_labels`).
    pub(super) fn external_labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = Some(self).filter(|over| over.target.reader == Some(Role::Metrics));
        let labels = match labels.and_then(|over| over.at(&["global", "external_labels"])) {
            Some(Tree::Map(labels)) => Some(labels),
            _ => None,
        };
        labels.into_iter().flatten().filter_map(|(label, tree)| match tree {
            Tree::Text(value) => Some((label.as_str(), value.as_literal()?)),
            _ => None,
        })
    }
}

/// A free value of an override.
#[derive(Debug, Clone)]
pub enum Tree {
    /// Text as the target reads it: what it puts in by itself and is no input alone, as `${NAME:-a}`, is left to it, and a `$`
    /// that is meant is `$$` where it puts something in ([`super::dollar`]).
    Text(Value),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A list.
    List(Vec<Tree>),
    /// A body.
    Map(IndexMap<String, Tree>),
    /// What takes away of what is made, and what stands there then.
    Edited(Removed, Option<Box<Tree>>),
}

/// What an override takes away, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// The value as a whole.
    All(Span),
    /// Items of a list, or keys of a map, by their names.
    Named(Vec<(String, Span)>),
}

impl Tree {
    /// Everything that stands in it, itself first, with the key that it stands at; empty where it stands in a list.
    pub fn each<'a>(&'a self, key: &'a str, found: &mut impl FnMut(&'a str, &'a Tree)) {
        found(key, self);
        match self {
            Self::Text(_) | Self::Integer(_) | Self::Number(_) | Self::Boolean(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.each(key, found)),
            Self::Map(entries) => entries.iter().for_each(|(key, tree)| tree.each(key, found)),
            Self::Edited(_, with) => with.iter().for_each(|tree| tree.each(key, found)),
        }
    }

    /// What it puts there, without what it takes away.
    #[must_use]
    pub fn put(&self) -> Option<&Self> {
        match self {
            Self::Edited(_, with) => with.as_deref(),
            tree => Some(tree),
        }
    }
}

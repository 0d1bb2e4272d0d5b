//! A value as a tree, for what is changed between its type and the printer.
//!
//! Types are printed as they are, which is twice as fast; only what an override changes becomes a tree
//! first. Styles (`[a, b]`, `"a"`) are kept.

mod build;
mod map;

use serde::{Serialize, Serializer};

use smol_str::SmolStr;

pub use map::Map;

use super::layout;

/// A value of a structured format.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A whole number that is larger than an [`Node::Integer`] can be.
    Large(u64),
    /// A number with decimals.
    Number(f64),
    /// Text.
    Text(SmolStr),
    /// A list.
    List(Vec<Node>),
    /// A map in its order.
    Map(Map),
    /// A value in a style, which the printer knows by its name.
    Styled(&'static str, Box<Node>),
    /// A value under lines of comment.
    Commented(Vec<String>, Box<Node>),
}

impl Node {
    /// A map without entries.
    #[must_use]
    pub fn empty() -> Self {
        Self::Map(Map::default())
    }

    /// The tree of any value.
    #[must_use]
    pub fn of(value: &(impl Serialize + ?Sized)) -> Self {
        let node = build::build(value);
        debug_assert!(node.is_ok(), "{node:?}");
        node.unwrap_or(Self::Null)
    }

    /// The tree of any value, the keys of each map in an order: those of a lower rank first. Newtypes that are no styles are what
    /// they hold. Whether a text in it holds `${`, which some who read YAML put something else in for.
    #[must_use]
    pub fn ordered(value: &(impl Serialize + ?Sized), rank: fn(&str) -> u8) -> (Self, bool) {
        let node = build::ordered(value, rank);
        debug_assert!(node.is_ok(), "{node:?}");
        node.unwrap_or((Self::Null, false))
    }

    /// Whether the name of a newtype is that of a style.
    pub(super) fn is_style(name: &str) -> bool {
        name.starts_with("__yaml_")
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(boolean) => serializer.serialize_bool(*boolean),
            Self::Integer(integer) => serializer.serialize_i64(*integer),
            Self::Large(integer) => serializer.serialize_u64(*integer),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => entries.serialize(serializer),
            Self::Styled(style, inner) => serializer.serialize_newtype_struct(style, inner),
            Self::Commented(lines, inner) => layout::commented(lines, inner, serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::Node;
    use crate::emit::{DoubleQuoted, Entries, FlowMap, FlowSeq, yaml};

    #[derive(Serialize)]
    struct Sample {
        list: FlowSeq<Vec<&'static str>>,
        map: FlowMap<Entries<&'static str, u8>>,
        port: DoubleQuoted<&'static str>,
        none: Option<u8>,
    }

    fn sample() -> Sample {
        Sample {
            list: FlowSeq(vec!["a", "no"]),
            map: FlowMap(Entries(vec![("z", 1), ("a", 2)])),
            port: DoubleQuoted("80:80"),
            none: None,
        }
    }

    #[test]
    fn a_tree_prints_as_its_type() {
        assert_eq!(yaml(&[], &Node::of(&sample())), yaml(&[], &sample()));
    }
}

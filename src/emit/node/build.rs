//! From any serde value to a [`Node`].

use std::fmt::{self, Display};

use crate::hash::IndexMap;

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::Node;
use crate::emit::layout::COMMENTED;

/// Why a value has no tree: its own type refuses.
#[derive(Debug)]
pub(super) struct Refused(String);

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Where a key stands among those of its map.
pub(super) type Rank = fn(&str) -> usize;

/// The tree of a value. With an order of keys, newtypes that are no styles are taken off as well.
pub(super) fn build(value: &(impl Serialize + ?Sized), rank: Option<Rank>) -> Result<Node, Refused> {
    value.serialize(Builder { rank })
}

#[derive(Clone, Copy)]
struct Builder {
    rank: Option<Rank>,
}

impl Serializer for Builder {
    type Ok = Node;
    type Error = Refused;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = Tuple;
    type SerializeTupleVariant = Impossible<Node, Refused>;
    type SerializeMap = Map;
    type SerializeStruct = Map;
    type SerializeStructVariant = Impossible<Node, Refused>;

    fn serialize_bool(self, value: bool) -> Result<Node, Refused> {
        Ok(Node::Boolean(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Node, Refused> {
        Ok(Node::Integer(value.into()))
    }

    fn serialize_i16(self, value: i16) -> Result<Node, Refused> {
        Ok(Node::Integer(value.into()))
    }

    fn serialize_i32(self, value: i32) -> Result<Node, Refused> {
        Ok(Node::Integer(value.into()))
    }

    fn serialize_i64(self, value: i64) -> Result<Node, Refused> {
        Ok(Node::Integer(value.into()))
    }

    fn serialize_u8(self, value: u8) -> Result<Node, Refused> {
        Ok(Node::Integer(value.into()))
    }

    fn serialize_u16(self, value: u16) -> Result<Node, Refused> {
        Ok(Node::Integer(value.into()))
    }

    fn serialize_u32(self, value: u32) -> Result<Node, Refused> {
        Ok(Node::Integer(value.into()))
    }

    fn serialize_u64(self, value: u64) -> Result<Node, Refused> {
        Ok(Node::Integer(value.into()))
    }

    fn serialize_i128(self, value: i128) -> Result<Node, Refused> {
        Ok(Node::Integer(value))
    }

    fn serialize_u128(self, value: u128) -> Result<Node, Refused> {
        i128::try_from(value).map(Node::Integer).map_err(ser::Error::custom)
    }

    fn serialize_f32(self, value: f32) -> Result<Node, Refused> {
        Ok(Node::Number(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Result<Node, Refused> {
        Ok(Node::Number(value))
    }

    fn serialize_char(self, value: char) -> Result<Node, Refused> {
        Ok(Node::Text(value.into()))
    }

    fn serialize_str(self, value: &str) -> Result<Node, Refused> {
        Ok(Node::Text(value.to_owned()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Node, Refused> {
        Ok(Node::List(value.iter().map(|byte| Node::Integer((*byte).into())).collect()))
    }

    fn serialize_none(self) -> Result<Node, Refused> {
        Ok(Node::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, Refused> {
        build(value, self.rank)
    }

    fn serialize_unit(self) -> Result<Node, Refused> {
        Ok(Node::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Node, Refused> {
        Ok(Node::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Node, Refused> {
        Ok(Node::Text(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Node, Refused> {
        let inner = build(value, self.rank)?;
        if self.rank.is_some() && !name.starts_with("__") {
            return Ok(inner);
        }
        Ok(Node::Styled(name, Box::new(inner)))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Node, Refused> {
        Ok(Node::Map(IndexMap::from_iter([(variant.to_owned(), build(value, self.rank)?)])))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, Refused> {
        Ok(List::new(self.rank))
    }

    fn serialize_tuple(self, _: usize) -> Result<List, Refused> {
        Ok(List::new(self.rank))
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Tuple, Refused> {
        Ok(Tuple { name, fields: List::new(self.rank) })
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Refused> {
        Err(ser::Error::custom(format_args!("`{variant}` has no form outside Rust")))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map, Refused> {
        Ok(Map::new(self.rank))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map, Refused> {
        Ok(Map::new(self.rank))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Refused> {
        Err(ser::Error::custom(format_args!("`{variant}` has no form outside Rust")))
    }
}

struct List {
    items: Vec<Node>,
    rank: Option<Rank>,
}

impl List {
    fn new(rank: Option<Rank>) -> Self {
        Self { items: Vec::new(), rank }
    }

    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.items.push(build(value, self.rank)?);
        Ok(())
    }
}

impl ser::SerializeSeq for List {
    type Ok = Node;
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.push(value)
    }

    fn end(self) -> Result<Node, Refused> {
        Ok(Node::List(self.items))
    }
}

impl ser::SerializeTuple for List {
    type Ok = Node;
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.push(value)
    }

    fn end(self) -> Result<Node, Refused> {
        Ok(Node::List(self.items))
    }
}

/// A list of fixed length with a name, by which comments are known.
struct Tuple {
    name: &'static str,
    fields: List,
}

impl ser::SerializeTupleStruct for Tuple {
    type Ok = Node;
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.fields.push(value)
    }

    fn end(self) -> Result<Node, Refused> {
        if self.name != COMMENTED {
            return Ok(Node::List(self.fields.items));
        }
        let mut fields = self.fields.items.into_iter();
        match (fields.next(), fields.next()) {
            (Some(Node::List(lines)), Some(value)) => {
                let lines = lines.into_iter().filter_map(|line| match line {
                    Node::Text(line) => Some(line),
                    _ => None,
                });
                Ok(Node::Commented(lines.collect(), Box::new(value)))
            }
            _ => Err(ser::Error::custom("a comment is a list of lines and a value")),
        }
    }
}

struct Map {
    entries: Vec<(String, Node)>,
    key: String,
    rank: Option<Rank>,
}

impl Map {
    fn new(rank: Option<Rank>) -> Self {
        Self { entries: Vec::new(), key: String::new(), rank }
    }

    /// The whole, whose keys are looked up once they stand in their order.
    fn whole(self) -> Node {
        let mut entries = self.entries;
        if let Some(rank) = self.rank {
            entries.sort_by_cached_key(|(key, _)| rank(key));
        }
        Node::Map(entries.into_iter().collect())
    }
}

impl ser::SerializeMap for Map {
    type Ok = Node;
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.key = match build(key, None)? {
            Node::Text(text) => text,
            Node::Integer(integer) => integer.to_string(),
            Node::Boolean(boolean) => boolean.to_string(),
            _ => return Err(ser::Error::custom("a key is text or a number")),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let value = build(value, self.rank)?;
        self.entries.push((std::mem::take(&mut self.key), value));
        Ok(())
    }

    fn end(self) -> Result<Node, Refused> {
        Ok(self.whole())
    }
}

impl ser::SerializeStruct for Map {
    type Ok = Node;
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        self.entries.push((key.to_owned(), build(value, self.rank)?));
        Ok(())
    }

    fn end(self) -> Result<Node, Refused> {
        Ok(self.whole())
    }
}

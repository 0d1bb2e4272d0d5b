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

pub(super) fn build(value: &(impl Serialize + ?Sized)) -> Result<Node, Refused> {
    value.serialize(Builder)
}

struct Builder;

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
        build(value)
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
        Ok(Node::Styled(name, Box::new(build(value)?)))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Node, Refused> {
        Ok(Node::Map(IndexMap::from_iter([(variant.to_owned(), build(value)?)])))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, Refused> {
        Ok(List::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<List, Refused> {
        Ok(List::default())
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Tuple, Refused> {
        Ok(Tuple { name, fields: List::default() })
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
        Ok(Map::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map, Refused> {
        Ok(Map::default())
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

#[derive(Default)]
struct List {
    items: Vec<Node>,
}

impl List {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.items.push(build(value)?);
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

#[derive(Default)]
struct Map {
    entries: IndexMap<String, Node>,
    key: String,
}

impl ser::SerializeMap for Map {
    type Ok = Node;
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.key = match build(key)? {
            Node::Text(text) => text,
            Node::Integer(integer) => integer.to_string(),
            Node::Boolean(boolean) => boolean.to_string(),
            _ => return Err(ser::Error::custom("a key is text or a number")),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.entries.insert(std::mem::take(&mut self.key), build(value)?);
        Ok(())
    }

    fn end(self) -> Result<Node, Refused> {
        Ok(Node::Map(self.entries))
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
        self.entries.insert(key.to_owned(), build(value)?);
        Ok(())
    }

    fn end(self) -> Result<Node, Refused> {
        Ok(Node::Map(self.entries))
    }
}

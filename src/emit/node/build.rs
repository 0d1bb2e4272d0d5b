//! From any serde value to a [`Node`].

use std::cell::Cell;
use std::fmt::{self, Display};

use serde::ser::{self, Impossible, Serialize, Serializer};
use smallvec::SmallVec;
use smol_str::{SmolStr, ToSmolStr as _};

use super::{Node, map};
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
pub(super) type Rank = fn(&str) -> u8;

/// The tree of a value.
pub(super) fn build(value: &(impl Serialize + ?Sized)) -> Result<Node, Refused> {
    value.serialize(Builder { order: None })
}

/// The tree of a value with its keys in an order, without newtypes that are no styles; and whether a text in it holds `${`.
pub(super) fn ordered(value: &(impl Serialize + ?Sized), rank: Rank) -> Result<(Node, bool), Refused> {
    let asks = Cell::new(false);
    let node = value.serialize(Builder { order: Some(Order { rank, asks: &asks }) })?;
    Ok((node, asks.get()))
}

#[derive(Clone, Copy)]
struct Order<'a> {
    rank: Rank,
    /// Whether a text holds `${`.
    asks: &'a Cell<bool>,
}

#[derive(Clone, Copy)]
struct Builder<'a> {
    order: Option<Order<'a>>,
}

impl<'a> Serializer for Builder<'a> {
    type Ok = Node;
    type Error = Refused;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = Tuple<'a>;
    type SerializeTupleVariant = Impossible<Node, Refused>;
    type SerializeMap = Map<'a>;
    type SerializeStruct = Map<'a>;
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
        Ok(Node::Integer(value))
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
        Ok(i64::try_from(value).map_or(Node::Large(value), Node::Integer))
    }

    fn serialize_f32(self, value: f32) -> Result<Node, Refused> {
        Ok(Node::Number(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Result<Node, Refused> {
        Ok(Node::Number(value))
    }

    fn serialize_char(self, value: char) -> Result<Node, Refused> {
        Ok(Node::Text(value.to_smolstr()))
    }

    fn serialize_str(self, value: &str) -> Result<Node, Refused> {
        if let Some(order) = self.order
            && memchr::memchr(b'$', value.as_bytes()).is_some_and(|at| value[at..].contains("${"))
        {
            order.asks.set(true);
        }
        Ok(Node::Text(SmolStr::new(value)))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Node, Refused> {
        Ok(Node::List(value.iter().map(|byte| Node::Integer((*byte).into())).collect()))
    }

    fn serialize_none(self) -> Result<Node, Refused> {
        Ok(Node::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, Refused> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Node, Refused> {
        Ok(Node::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Node, Refused> {
        Ok(Node::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Node, Refused> {
        Ok(Node::Text(SmolStr::new_static(variant)))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Node, Refused> {
        let inner = value.serialize(self)?;
        if self.order.is_some() && !name.starts_with("__") {
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
        Ok(Node::Map([(SmolStr::new_static(variant), value.serialize(self)?)].into_iter().collect()))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List<'a>, Refused> {
        Ok(List::new(self, length.unwrap_or_default()))
    }

    fn serialize_tuple(self, length: usize) -> Result<List<'a>, Refused> {
        Ok(List::new(self, length))
    }

    fn serialize_tuple_struct(self, name: &'static str, length: usize) -> Result<Tuple<'a>, Refused> {
        Ok(Tuple { name, fields: List::new(self, length) })
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

    fn serialize_map(self, length: Option<usize>) -> Result<Map<'a>, Refused> {
        Ok(Map::new(self, length.unwrap_or_default()))
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Map<'a>, Refused> {
        Ok(Map::new(self, length))
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

struct List<'a> {
    items: Vec<Node>,
    builder: Builder<'a>,
}

impl<'a> List<'a> {
    fn new(builder: Builder<'a>, length: usize) -> Self {
        Self { items: Vec::with_capacity(length), builder }
    }

    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.items.push(value.serialize(self.builder)?);
        Ok(())
    }
}

impl ser::SerializeSeq for List<'_> {
    type Ok = Node;
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.push(value)
    }

    fn end(self) -> Result<Node, Refused> {
        Ok(Node::List(self.items))
    }
}

impl ser::SerializeTuple for List<'_> {
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
struct Tuple<'a> {
    name: &'static str,
    fields: List<'a>,
}

impl ser::SerializeTupleStruct for Tuple<'_> {
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
                    Node::Text(line) => Some(line.into()),
                    _ => None,
                });
                Ok(Node::Commented(lines.collect(), Box::new(value)))
            }
            _ => Err(ser::Error::custom("a comment is a list of lines and a value")),
        }
    }
}

struct Map<'a> {
    entries: map::Map,
    key: SmolStr,
    builder: Builder<'a>,
    /// The ranks of the entries, where keys have one.
    ranks: SmallVec<[u8; 16]>,
}

impl<'a> Map<'a> {
    fn new(builder: Builder<'a>, length: usize) -> Self {
        Self {
            entries: map::Map::with_capacity(length),
            key: SmolStr::default(),
            builder,
            ranks: SmallVec::new(),
        }
    }

    /// Adds an entry behind those of its rank and of lower ones. No value of serde's has a key twice.
    fn add(&mut self, key: SmolStr, value: Node) {
        let Some(order) = self.builder.order else { return self.entries.push(key, value) };
        let rank = (order.rank)(&key);
        if self.ranks.last().is_none_or(|last| *last <= rank) {
            self.ranks.push(rank);
            return self.entries.push(key, value);
        }
        let at = self.ranks.iter().rposition(|known| *known <= rank).map_or(0, |known| known + 1);
        self.ranks.insert(at, rank);
        self.entries.put(at, key, value);
    }
}

impl ser::SerializeMap for Map<'_> {
    type Ok = Node;
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.key = match build(key)? {
            Node::Text(text) => text,
            Node::Integer(integer) => integer.to_smolstr(),
            Node::Boolean(boolean) => boolean.to_smolstr(),
            _ => return Err(ser::Error::custom("a key is text or a number")),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let value = value.serialize(self.builder)?;
        let key = std::mem::take(&mut self.key);
        self.add(key, value);
        Ok(())
    }

    fn end(self) -> Result<Node, Refused> {
        Ok(Node::Map(self.entries))
    }
}

impl ser::SerializeStruct for Map<'_> {
    type Ok = Node;
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        let value = value.serialize(self.builder)?;
        self.add(SmolStr::new_static(key), value);
        Ok(())
    }

    fn end(self) -> Result<Node, Refused> {
        Ok(Node::Map(self.entries))
    }
}

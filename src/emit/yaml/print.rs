//! The layout of YAML: blocks of maps and lists, written as they are met.
//!
//! serde-saphyr knows how a scalar must be written to be read as what it is. It is asked for every scalar but plain
//! words that need no question ([`scalar::is_plain`]), and for what stands in a style of its own. It prints the whole where
//! something is met that has no layout here. What comes out is what it would have printed; a test compares them.

#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Write as _};

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::scalar;
use crate::emit::Node;

/// Spaces that a block moves its entries in by.
const STEP: usize = 2;

/// Prints a value.
pub(super) fn print(value: &impl Serialize) -> String {
    let mut out = String::new();
    let at = At { out: &mut out, column: 0, place: Place::Start };
    if value.serialize(at).is_err() {
        return scalar::whole(&Node::of(value));
    }
    out
}

/// That something has no layout here.
#[derive(Debug)]
struct Unknown;

impl Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this has no layout")
    }
}

impl std::error::Error for Unknown {}

impl ser::Error for Unknown {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

type Done = Result<(), Unknown>;

/// What stands before a value on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing: it is the whole.
    Start,
    /// `key:`.
    Key,
    /// `- `.
    Dash,
}

/// Where a value is printed, and in which column what stands in it begins.
struct At<'a> {
    out: &'a mut String,
    column: usize,
    place: Place,
}

impl<'a> At<'a> {
    /// A scalar of one line.
    fn line(self, text: impl Display) -> Done {
        match self.place {
            Place::Start => return Err(Unknown),
            Place::Key => self.out.push(' '),
            Place::Dash => {}
        }
        writeln!(self.out, "{text}").map_err(|_| Unknown)
    }

    fn text(self, text: &str) -> Done {
        match self.place {
            Place::Start => return Err(Unknown),
            Place::Key => self.out.push(' '),
            Place::Dash => {}
        }
        if scalar::is_plain(text) {
            self.out.push_str(text);
            self.out.push('\n');
            return Ok(());
        }
        // What is kept at the end of a block of text depends on what follows.
        if text.ends_with("\n\n") || text == "\n" {
            return Err(Unknown);
        }
        if scalar::text(text, self.out) {
            return Ok(());
        }
        let printed = scalar::block(text);
        let mut lines = printed.split_inclusive('\n');
        self.out.push_str(lines.next().unwrap_or_default());
        for line in lines {
            if line != "\n" {
                indent(self.out, self.column - STEP);
            }
            self.out.push_str(line);
        }
        Ok(())
    }

    fn block(self) -> Block<'a> {
        Block { at: self, is_empty: true }
    }
}

/// A map or a list, whose entries stand in one column.
struct Block<'a> {
    at: At<'a>,
    is_empty: bool,
}

impl Block<'_> {
    /// Begins the line of an entry. The first one behind a dash stands on its line.
    fn entry(&mut self) {
        let first = std::mem::take(&mut self.is_empty);
        if first && self.at.place == Place::Key {
            self.at.out.push('\n');
        }
        if !first || self.at.place == Place::Key {
            indent(self.at.out, self.at.column);
        }
    }

    /// Where the value of an entry is printed, behind what its line begins with.
    fn value(&mut self, place: Place) -> At<'_> {
        At { out: &mut *self.at.out, column: self.at.column + STEP, place }
    }

    fn end(self, nothing: &str) -> Done {
        if self.is_empty { self.at.line(nothing) } else { Ok(()) }
    }
}

fn indent(out: &mut String, column: usize) {
    const SPACES: &str = "                                                                ";
    let mut rest = column;
    while rest > 0 {
        let taken = rest.min(SPACES.len());
        out.push_str(&SPACES[..taken]);
        rest -= taken;
    }
}

impl<'a> Serializer for At<'a> {
    type Ok = ();
    type Error = Unknown;
    type SerializeSeq = Block<'a>;
    type SerializeTuple = Block<'a>;
    type SerializeTupleStruct = Impossible<(), Unknown>;
    type SerializeTupleVariant = Impossible<(), Unknown>;
    type SerializeMap = Block<'a>;
    type SerializeStruct = Block<'a>;
    type SerializeStructVariant = Impossible<(), Unknown>;

    fn serialize_bool(self, value: bool) -> Done {
        self.line(value)
    }

    fn serialize_i8(self, value: i8) -> Done {
        self.line(value)
    }

    fn serialize_i16(self, value: i16) -> Done {
        self.line(value)
    }

    fn serialize_i32(self, value: i32) -> Done {
        self.line(value)
    }

    fn serialize_i64(self, value: i64) -> Done {
        self.line(value)
    }

    fn serialize_u8(self, value: u8) -> Done {
        self.line(value)
    }

    fn serialize_u16(self, value: u16) -> Done {
        self.line(value)
    }

    fn serialize_u32(self, value: u32) -> Done {
        self.line(value)
    }

    fn serialize_u64(self, value: u64) -> Done {
        self.line(value)
    }

    fn serialize_i128(self, value: i128) -> Done {
        self.line(value)
    }

    fn serialize_u128(self, value: u128) -> Done {
        self.line(value)
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Done {
        self.line(scalar::whole(&Node::Number(value)).trim_end())
    }

    fn serialize_char(self, value: char) -> Done {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Done {
        self.text(value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Done {
        Err(Unknown)
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.line("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Done {
        if !Node::is_style(name) {
            return value.serialize(self);
        }
        match self.place {
            Place::Start => return Err(Unknown),
            Place::Key => self.out.push(' '),
            Place::Dash => {}
        }
        // A style that takes several lines is not one of those that are used.
        if !scalar::styled(name, Node::of(value), self.out) {
            return Err(Unknown);
        }
        self.out.push('\n');
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Done {
        Err(Unknown)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Block<'a>, Unknown> {
        Ok(self.block())
    }

    fn serialize_tuple(self, _: usize) -> Result<Block<'a>, Unknown> {
        Ok(self.block())
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Unknown> {
        Err(Unknown)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unknown> {
        Err(Unknown)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Block<'a>, Unknown> {
        Ok(self.block())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Block<'a>, Unknown> {
        Ok(self.block())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unknown> {
        Err(Unknown)
    }
}

impl ser::SerializeSeq for Block<'_> {
    type Ok = ();
    type Error = Unknown;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.entry();
        self.at.out.push_str("- ");
        value.serialize(self.value(Place::Dash))
    }

    fn end(self) -> Done {
        Block::end(self, "[]")
    }
}

impl ser::SerializeTuple for Block<'_> {
    type Ok = ();
    type Error = Unknown;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Done {
        Block::end(self, "[]")
    }
}

impl ser::SerializeMap for Block<'_> {
    type Ok = ();
    type Error = Unknown;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, said: &T) -> Done {
        self.entry();
        match Node::of(said) {
            Node::Text(text) => key(self.at.out, &text),
            Node::Integer(number) => write!(self.at.out, "{number}:").map_err(|_| Unknown),
            _ => Err(Unknown),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(self.value(Place::Key))
    }

    fn end(self) -> Done {
        Block::end(self, "{}")
    }
}

impl ser::SerializeStruct for Block<'_> {
    type Ok = ();
    type Error = Unknown;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.entry();
        key(self.at.out, name)?;
        value.serialize(self.value(Place::Key))
    }

    fn end(self) -> Done {
        Block::end(self, "{}")
    }
}

/// Writes a key and its colon.
fn key(out: &mut String, text: &str) -> Done {
    if scalar::is_plain_key(text) {
        out.push_str(text);
        out.push(':');
        return Ok(());
    }
    out.push_str(&scalar::key(text).ok_or(Unknown)?);
    Ok(())
}

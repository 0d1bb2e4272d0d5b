//! The layout of YAML: blocks of maps and lists, their comments and the empty lines between them, written as they are
//! met.
//!
//! How a scalar must be written to be read as what it is, [`scalar`] knows.

#[cfg(test)]
mod tests;
mod tree;

use std::fmt::{self, Display};

use serde::ser::{self, Impossible, Serialize, Serializer};

pub(super) use tree::tree;

use super::column::indent;
use super::scalar;
use crate::emit::Node;
use crate::emit::layout::{APART, COMMENTED};

/// Spaces that a block moves its entries in by.
const STEP: usize = 2;

/// Writes the comments at the top of a file.
pub(super) fn header(out: &mut String, lines: &[String]) {
    for line in lines {
        comment(out, 0, line);
    }
    if !lines.is_empty() {
        out.push('\n');
    }
}

/// Prints a value with an empty line between top-level keys.
pub(super) fn document(out: &mut String, value: &impl Serialize) {
    write(out, value, Place::Start, true);
}

/// Prints a value under lines of comment, without empty lines.
pub(super) fn object(out: &mut String, lines: &[String], value: &impl Serialize) {
    for line in lines {
        comment(out, 0, line);
    }
    write(out, value, Place::Start, false);
}

/// Prints a value whose first key, and entries of it, are printed.
pub(super) fn rest(out: &mut String, value: &impl Serialize) {
    write(out, value, Place::Rest, true);
}

fn write(out: &mut String, value: &impl Serialize, place: Place, apart: bool) {
    let line = out.len();
    let at = At { out, column: 0, place, line, apart };
    // Only a value that is none of serde's kinds that YAML has is refused, and none of our types is.
    let printed = value.serialize(at);
    debug_assert!(printed.is_ok(), "{printed:?}");
}

/// Why a value is not printed: its own type refuses, or YAML has no form of it.
#[derive(Debug)]
struct Refused;

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this has no form in YAML")
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

type Done = Result<(), Refused>;

/// What stands before a value on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing: it is the whole.
    Start,
    /// Nothing, and its first key is printed already.
    Rest,
    /// Entries of the same value.
    Entries,
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
    /// Where the line of its entry begins, above which its comments stand.
    line: usize,
    /// Whether an empty line stands between its entries.
    apart: bool,
}

impl<'a> At<'a> {
    /// A scalar of one line.
    fn line(mut self, text: &str) {
        self.begin();
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// Separates a scalar from its key.
    fn begin(&mut self) {
        if self.place == Place::Key {
            self.out.push(' ');
        }
    }

    fn text(mut self, text: &str) {
        self.begin();
        if scalar::is_plain(text) {
            self.out.push_str(text);
        } else if scalar::is_literal(text) && self.column >= STEP {
            return scalar::literal(text, self.column, self.out);
        } else {
            scalar::text(text, self.out);
        }
        self.out.push('\n');
    }

    /// Writes a line of comment above the entry, below those that stand there.
    fn comment(&mut self, text: &str) {
        let column = self.out[self.line..].bytes().take_while(|byte| *byte == b' ').count();
        let mut line = String::new();
        comment(&mut line, column, text);
        self.out.insert_str(self.line, &line);
        self.line += line.len();
    }

    fn block(self) -> Block<'a> {
        Block { at: self, is_empty: true, follows: Place::Key }
    }
}

/// A map or a list, whose entries stand in one column.
struct Block<'a> {
    at: At<'a>,
    is_empty: bool,
    /// What stands before the value of the key that was written last.
    follows: Place,
}

impl Block<'_> {
    /// Begins the line of an entry. The first one behind a dash stands on its line.
    fn entry(&mut self) {
        let first = std::mem::take(&mut self.is_empty);
        let At { out, column, place, line, apart } = &mut self.at;
        if first && *place == Place::Key {
            out.push('\n');
        }
        if *apart && (!first || *place == Place::Entries) {
            out.push('\n');
        }
        if !first || *place != Place::Dash {
            *line = out.len();
            indent(out, *column);
        }
    }

    /// Begins an entry with its key. The first key of what goes on elsewhere stands there.
    fn key(&mut self, name: &str) {
        if self.is_empty && self.at.place == Place::Rest {
            self.is_empty = false;
            self.follows = Place::Entries;
            return;
        }
        self.entry();
        let At { out, column, .. } = &mut self.at;
        let start = out.len();
        scalar::key(name, out);
        if scalar::is_long(&out[start..]) {
            out.insert_str(start, scalar::LONG_KEY);
            out.push('\n');
            indent(out, *column);
        }
        out.push(':');
        self.follows = Place::Key;
    }

    /// Where the value of an entry is printed, behind what its line begins with.
    fn value(&mut self, place: Place) -> At<'_> {
        let At { out, column, line, .. } = &mut self.at;
        At { out, column: *column + STEP, place, line: *line, apart: false }
    }

    fn end(self, nothing: &str) {
        // Where others stand before it, it is not empty.
        if self.is_empty && self.at.place != Place::Entries {
            self.at.line(nothing);
        }
    }
}

/// Writes a line of comment. A comment cannot be escaped, so what is no printable character of YAML becomes a space.
fn comment(out: &mut String, column: usize, text: &str) {
    indent(out, column);
    out.push_str("# ");
    out.extend(text.chars().map(|c| if scalar::is_printable(c) { c } else { ' ' }));
    out.truncate(out.trim_end().len());
    out.push('\n');
}

/// A value under lines of comment, or what has a name and fields without names.
struct Tuple<'a> {
    at: Option<At<'a>>,
    lines: bool,
}

impl<'a> Serializer for At<'a> {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Block<'a>;
    type SerializeTuple = Block<'a>;
    type SerializeTupleStruct = Tuple<'a>;
    type SerializeTupleVariant = Impossible<(), Refused>;
    type SerializeMap = Block<'a>;
    type SerializeStruct = Block<'a>;
    type SerializeStructVariant = Impossible<(), Refused>;

    fn serialize_bool(self, value: bool) -> Done {
        self.line(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_i16(self, value: i16) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_i32(self, value: i32) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_i64(self, value: i64) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_u16(self, value: u16) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_u32(self, value: u32) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_u64(self, value: u64) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_u128(self, value: u128) -> Done {
        self.line(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Done {
        self.line(&scalar::number(value));
        Ok(())
    }

    fn serialize_char(self, value: char) -> Done {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Done {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Done {
        Err(Refused)
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.line("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.text(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Done {
        if name == APART {
            return value.serialize(At { apart: true, ..self });
        }
        if !Node::is_style(name) {
            return value.serialize(self);
        }
        let mut at = self;
        at.begin();
        scalar::styled(name, &Node::of(value), at.out);
        at.out.push('\n');
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        let mut block = self.block();
        block.key(variant);
        value.serialize(block.value(Place::Key))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Block<'a>, Refused> {
        let apart = self.apart && self.place != Place::Start;
        Ok(At { apart, ..self }.block())
    }

    fn serialize_tuple(self, _: usize) -> Result<Block<'a>, Refused> {
        Ok(self.block())
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Tuple<'a>, Refused> {
        // No other type is one.
        if name == COMMENTED { Ok(Tuple { at: Some(self), lines: true }) } else { Err(Refused) }
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Refused> {
        Err(Refused)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Block<'a>, Refused> {
        Ok(self.block())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Block<'a>, Refused> {
        Ok(self.block())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Refused> {
        Err(Refused)
    }
}

impl ser::SerializeSeq for Block<'_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.entry();
        self.at.out.push_str("- ");
        value.serialize(self.value(Place::Dash))
    }

    fn end(self) -> Done {
        Block::end(self, "[]");
        Ok(())
    }
}

impl ser::SerializeTuple for Block<'_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Done {
        Block::end(self, "[]");
        Ok(())
    }
}

impl ser::SerializeMap for Block<'_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        match Node::of(key) {
            Node::Text(text) => self.key(&text),
            Node::Integer(number) => self.key(&number.to_string()),
            _ => return Err(Refused),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        let follows = self.follows;
        value.serialize(self.value(follows))
    }

    fn end(self) -> Done {
        Block::end(self, "{}");
        Ok(())
    }
}

impl ser::SerializeStruct for Block<'_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.key(name);
        let follows = self.follows;
        value.serialize(self.value(follows))
    }

    fn end(self) -> Done {
        Block::end(self, "{}");
        Ok(())
    }
}

impl ser::SerializeTupleStruct for Tuple<'_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        if !std::mem::take(&mut self.lines) {
            return self.at.take().map_or(Err(Refused), |at| value.serialize(at));
        }
        let Some(at) = &mut self.at else { return Err(Refused) };
        // What goes on elsewhere has its comments there.
        if let (Node::List(lines), true) = (Node::of(value), at.place != Place::Entries) {
            for line in &lines {
                if let Node::Text(line) = line {
                    at.comment(line);
                }
            }
        }
        Ok(())
    }

    fn end(self) -> Done {
        Ok(())
    }
}

//! The schema: the blocks, their keys, and their decoders.
//!
//! One declaration per concept (`block!`, in `model`) yields the struct, this description and the
//! decoder. Documentation, suggestions and every type error come from it.

mod amount;
mod block;
mod decode;
mod fields;
mod foreign;
mod form;
mod quantity;
mod reference;
mod scalar;
mod uses;
mod visit;

pub use amount::Amount;
pub use decode::{Decode, Decoder, Found, Map, Place, Raw, decimal_commas, of_top};
pub use fields::{Below, Fields, Leaf};
pub use foreign::{Foreign, Ours, WORDS, foreign};
pub use form::{CRON_HELP, Cron, Rooted, refuses};
pub use quantity::{Bytes, Duration, Quantity, Ratio, quantity_member};
pub use reference::{choices, dotted, is_block, key, keys, markdown, section, section_of};
pub use scalar::{
    Constant, Integer, List, Number, Placed, PortNumber, Reference, References, Scalar, SecretName, Template,
    Word, Words, part_of,
};

pub use uses::Uses;
pub use visit::Visit;

pub(crate) use block::{block, choice};
pub(crate) use fields::numbers;
pub(crate) use visit::without_constants;

/// A kind of block.
#[derive(Debug)]
pub struct Block {
    /// The key that opens it.
    pub key: &'static str,
    /// The purpose of the block.
    pub doc: &'static str,
    /// The meaning of the label; `None` where the block takes none.
    pub label: Option<&'static str>,
    /// The main value; `None` where the block takes none.
    pub value: Option<MainValue>,
    /// The keys of the body.
    pub fields: &'static [Field],
    /// The number of each field, from that of the block ([`Fields`]).
    pub numbers: &'static [u32],
    /// How many numbers each field takes.
    pub counts: &'static [u32],
}

/// The value of a block that has one.
#[derive(Debug)]
pub struct MainValue {
    /// The meaning of the value.
    pub doc: &'static str,
    /// The form of the value.
    pub kind: fn() -> Kind,
    /// Whether the value is required.
    pub required: bool,
}

/// A key of a block.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// The meaning of the key.
    pub doc: &'static str,
    /// The form of the value.
    pub kind: fn() -> Kind,
    /// The number of entries with the key.
    pub presence: Presence,
}

/// The number of entries with a key in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Exactly one.
    Required,
    /// At most one.
    Optional,
    /// One for each label.
    Many,
}

/// The form of a value or a block.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A simple value, in words: "a duration".
    Scalar(&'static str),
    /// One of some words, each with its meaning.
    Choice(&'static [(&'static str, &'static str)]),
    /// A list of values.
    List(fn() -> Kind),
    /// The name of a declared thing, or a reference to it: "a network".
    Reference(&'static str),
    /// A block.
    Block(&'static Block),
    /// One of the blocks that the fields of this one are: its label says which.
    Named(&'static Block),
    /// A body of free keys.
    Map(fn() -> Kind),
    /// A body that the compiler passes on unread.
    Raw,
}

impl Kind {
    /// The kind in words, for messages: "expected …".
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Scalar(words) => (*words).to_owned(),
            Self::Choice(choices) => {
                format!("one of {}", crate::diagnostic::list_of(choices.iter().map(|(word, _)| *word)))
            }
            Self::List(item) => format!("a list of items, each {}", item().describe()),
            Self::Reference(kind) => format!("the name of {kind}"),
            Self::Block(block) => format!("a block `{}`", block.key),
            Self::Named(blocks) => format!("a block `{} NAME`", blocks.key),
            Self::Map(_) | Self::Raw => "a block of entries".to_owned(),
        }
    }
}

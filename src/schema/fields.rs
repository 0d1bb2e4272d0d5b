//! The fields of a block as values of an enumeration, which `block!` declares beside the block.
//!
//! Every variant holds the fields of what stands there: [`Leaf`] for a simple value, the enumeration of the nested
//! block otherwise. So one value, such as `site(route(limit(rate(Leaf))))`, is the path of a field from the top of the
//! source, and a `match` over such paths is exhaustive: a field that is added to a block is missing in each of them.
//!
//! Paths are numbered in the order of the schema: a block has the first number of its range, its fields the following
//! ones. The decoder counts by these numbers what a source uses.

use super::{Block, Kind};

/// The fields that may stand at a place.
pub trait Fields: Copy + 'static {
    /// The count of numbers at the place: one for itself, and those of the fields below it.
    const COUNT: u32;

    /// The path of a number, counted from the place itself; `None` where the number is that of a block.
    fn at(number: u32) -> Option<Self>;
}

/// A place without fields below it: a simple value, or a body of free keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf;

impl Fields for Leaf {
    const COUNT: u32 = 1;

    fn at(number: u32) -> Option<Self> {
        (number == 0).then_some(Self)
    }
}

/// A field of a block as the schema describes it, or the main value of the block.
#[derive(Debug, Clone, Copy)]
pub struct Below {
    /// The number, from that of the block.
    pub number: u32,
    /// The count of its numbers.
    pub count: u32,
    /// The key; `None` for the main value.
    pub key: Option<&'static str>,
    /// The block at the field. A block of the same kind counts as the one around it, and is none.
    pub block: Option<&'static Block>,
}

impl Block {
    /// The main value, and the fields in their order.
    pub fn below(&'static self) -> impl Iterator<Item = Below> {
        let value = self.value.as_ref().map(|_| Below { number: 1, count: 1, key: None, block: None });
        let numbers = self.numbers.iter().zip(self.counts);
        let fields = self.fields.iter().zip(numbers).map(|(field, (number, count))| Below {
            number: *number,
            count: *count,
            key: Some(field.key),
            block: nested((field.kind)()).filter(|block| !std::ptr::eq(*block, self)),
        });
        value.into_iter().chain(fields)
    }
}

fn nested(kind: Kind) -> Option<&'static Block> {
    match kind {
        Kind::Block(block) | Kind::Named(block) => Some(block),
        Kind::Map(inner) => nested(inner()),
        _ => None,
    }
}

/// The number of each field of a block, from the first one and how many each takes.
pub(crate) const fn numbers<const N: usize>(first: u32, counts: &[u32]) -> [u32; N] {
    let mut numbers = [first; N];
    let mut at = 1;
    while at < N {
        numbers[at] = numbers[at - 1] + counts[at - 1];
        at += 1;
    }
    numbers
}

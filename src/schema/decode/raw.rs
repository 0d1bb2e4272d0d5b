//! A body that the schema does not describe: keys of one target, beside the language.

use super::{Decode, Decoder};
use crate::schema::{Kind, Leaf};
use crate::source::Span;
use crate::syntax::Entry;

/// A body that is passed on as it is.
#[derive(Debug, Clone)]
pub struct Raw {
    /// The entries, in their order.
    pub entries: Vec<Entry>,
    /// The place of the key.
    pub span: Span,
}

impl Decode for Raw {
    type Fields = Leaf;

    fn kind() -> Kind {
        Kind::Raw
    }

    fn decode(entry: &Entry, _: &mut Decoder<'_>) -> Option<Self> {
        Some(Self { entries: entry.entries().to_vec(), span: entry.head() })
    }
}

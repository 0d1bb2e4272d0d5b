//! Where the pages of alerts are.

use crate::schema::{Constant, Decoder, Kind, Scalar, Visit};
use crate::source::Span;
use crate::syntax::{Value, ValueKind};

/// Where the pages of alerts are.
#[derive(Debug, Clone)]
pub enum Runbooks {
    /// At an address, to which the name of an alert is added.
    At(Constant),
    /// Target docs writes them; the place of the word.
    Generated(Span),
}

const SHAPE: &str = "an address such as `\"https://example.com/runbooks\"`, or `generated`";

impl Visit for Runbooks {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        if let Self::At(address) = self {
            address.visit(see);
        }
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        if let Self::At(address) = self {
            address.visit_mut(change);
        }
    }
}

impl Scalar for Runbooks {
    fn shape() -> Kind {
        Kind::Scalar(SHAPE)
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        match &value.kind {
            ValueKind::Reference(path) if path.word() == Some("generated") => {
                Some(Self::Generated(value.span))
            }
            _ => Constant::read(value, decoder).map(Self::At),
        }
    }
}

impl Runbooks {
    /// The address, where it says one.
    #[must_use]
    pub fn address(&self) -> Option<&Constant> {
        match self {
            Self::At(address) => Some(address),
            Self::Generated(_) => None,
        }
    }
}

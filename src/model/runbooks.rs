//! The address of the pages of alerts.

use crate::schema::{Constant, Decoder, Kind, Scalar, Visit};
use crate::source::Span;
use crate::syntax::{Value, ValueKind};

/// The address of the pages of alerts.
#[derive(Debug, Clone)]
pub enum Runbooks {
    /// An address, to which the name of an alert is added.
    At(Constant),
    /// The pages of target docs, and the place of the word.
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
    /// The address; `None` for the pages of target docs.
    #[must_use]
    pub fn address(&self) -> Option<&Constant> {
        match self {
            Self::At(address) => Some(address),
            Self::Generated(_) => None,
        }
    }
}

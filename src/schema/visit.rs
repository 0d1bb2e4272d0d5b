//! Visiting every constant of a block, wherever it stands: `block!` writes the visit of a block.

use std::sync::Arc;

use super::{
    Amount, Bytes, Constant, Duration, Integer, List, Map, Number, Placed, PortNumber, Ratio, Raw, Reference,
    References, SecretName, Template, Word, Words,
};

/// A type that holds constants.
pub trait Visit {
    /// Shows every constant, in the order of the schema.
    fn visit(&self, see: &mut dyn FnMut(&Constant));

    /// Hands out every constant to be changed, in the same order.
    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant));
}

impl Visit for Constant {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        see(self);
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        change(self);
    }
}

impl<T: Visit + Clone> Visit for Arc<T> {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        T::visit(self, see);
    }

    /// Nothing shares a block that is still being changed, so nothing is copied.
    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        Self::make_mut(self).visit_mut(change);
    }
}

impl<T: Visit> Visit for Option<T> {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        if let Some(inner) = self {
            inner.visit(see);
        }
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        if let Some(inner) = self {
            inner.visit_mut(change);
        }
    }
}

impl<T: Visit> Visit for Vec<T> {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        for inner in self {
            inner.visit(see);
        }
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        for inner in self {
            inner.visit_mut(change);
        }
    }
}

impl<T: Visit> Visit for List<T> {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        self.items.visit(see);
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        self.items.visit_mut(change);
    }
}

impl<T: Visit> Visit for Map<T> {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        self.entries.iter().for_each(|(_, inner)| inner.visit(see));
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        self.entries.iter_mut().for_each(|(_, inner)| inner.visit_mut(change));
    }
}

impl<T: Visit> Visit for Placed<T> {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        self.value.visit(see);
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        self.value.visit_mut(change);
    }
}

/// Types without constants.
macro_rules! without_constants {
    ($($T:ty),+ $(,)?) => {
        $(impl $crate::schema::Visit for $T {
            fn visit(&self, _: &mut dyn FnMut(&$crate::schema::Constant)) {}

            fn visit_mut(&mut self, _: &mut dyn FnMut(&mut $crate::schema::Constant)) {}
        })+
    };
}

pub(crate) use without_constants;

without_constants! { bool, Amount, Integer, Number, PortNumber, Duration, Bytes, Ratio, Reference, References, SecretName, Template, Word, Words, Raw }

//! Constants, which `settle` has made literal.

use smol_str::SmolStr;

use crate::schema::Constant;
use crate::syntax::Part;

/// A constant as a text that can be shared.
pub(super) fn shared(constant: &Constant) -> SmolStr {
    match constant.text.parts.as_slice() {
        [Part::Literal(text)] => text.clone(),
        _ => SmolStr::default(),
    }
}

/// A constant as a text.
pub(super) fn literal(constant: &Constant) -> &str {
    constant.text.as_literal().unwrap_or_default()
}

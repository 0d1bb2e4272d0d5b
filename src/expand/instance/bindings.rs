//! What the body of a component sees where an instance is made of it.

use smol_str::SmolStr;

use super::child::{ChildValues, Children};
use super::engine::Templates;
use crate::expand::room::Room;
use crate::hash::{HashMap, HashSet};
use crate::syntax::Value;

/// What a component's body sees.
pub(super) struct Bindings<'a> {
    /// The path of the instance.
    pub(super) own: Vec<SmolStr>,
    /// The parameters; `None` where an optional one is not given.
    pub(super) parameters: HashMap<SmolStr, Option<Value>>,
    /// Nested services and instances.
    pub(super) nested: HashSet<SmolStr>,
    /// The children of the instance.
    pub(super) children: &'a Children,
    /// Parameters that had to be given and were not, which is reported once.
    pub(super) missing: HashSet<SmolStr>,
    /// The child that an `each` stands at, innermost last.
    pub(super) each: Vec<&'a ChildValues>,
    /// What the platform may still grow by.
    pub(super) room: &'a mut Room,
    /// Templates that were compiled.
    pub(super) templates: &'a Templates,
}

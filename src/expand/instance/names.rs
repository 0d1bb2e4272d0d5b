//! What the children of an instance are called, by their kinds and beside each other.

use smol_str::SmolStr;

use super::child::{Children, env_name};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::expand::component::Component;
use crate::hash::{HashMap, HashSet};
use crate::source::Span;
use crate::syntax::Name;

/// Reports children that cannot be called what they are.
pub(super) fn check(component: &Component, children: &Children, sink: &mut Sink) {
    let mut told: HashSet<&SmolStr> = HashSet::default();
    for kind in component.children.iter().filter(|kind| told.insert(&kind.name.text)) {
        let of_kind = children.get(&kind.name.text).into_iter().flatten();
        let names: Vec<&Name> = of_kind.map(|child| &child.name).collect();
        for name in &names {
            kind.naming.single(&kind.name.text, name, sink);
        }
        kind.naming.together(&kind.name.text, &names, sink);
        one_spelling(&kind.name.text, &names, sink);
    }
}

/// Reports children whose names are the same as environment variables spell them.
fn one_spelling(kind: &str, names: &[&Name], sink: &mut Sink) {
    let mut seen: HashMap<SmolStr, Span> = HashMap::default();
    for name in names {
        let spelt = env_name(&name.text);
        if let Some(first) = seen.insert(spelt.clone(), name.span) {
            sink.report(
                Diagnostic::new(
                    codes::NAM005,
                    format!("two children of the kind `{kind}` are both `{spelt}` in variables"),
                )
                .at(name.span, "this one")
                .at(first, "and this one")
                .help("give one of them another name"),
            );
        }
    }
}

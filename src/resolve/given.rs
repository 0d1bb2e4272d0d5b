//! Things of the platform that instances are given: found at the place that gives them, and of the right kind.

use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, cause, codes};
use crate::model::{Child, ParameterType};
use crate::syntax::ValueKind;

/// Binds everything that is given.
pub(super) fn expect(texts: &mut Texts<'_>) {
    let absent = texts.absent;
    for given in &absent.given {
        let Some(thing) = texts.find(&given.path, &mut Mentions::default()) else { continue };
        if given.wanted != ParameterType::Child {
            continue;
        }
        let Some((at, child)) = child(&thing, texts) else {
            texts.wrong_kind(&given.path, &thing, "a child of an instance");
            continue;
        };
        if let Some(of) = &given.of
            && child.kind.text != of.as_str()
        {
            texts.sink.report(
                Diagnostic::new(
                    codes::NAM004,
                    format!("`{}` is of the kind `{}`, not `{of}`", given.path.text(), child.kind.text),
                )
                .at(given.path.span, format!("the name of a child of the kind `{of}` is needed here"))
                .at(child.span, "declared here")
                // What the component asks of it is not there, either.
                .because(cause::name(&given.path.segments.join("-"))),
            );
            continue;
        }
        let Some((path, list)) = &given.listed else { continue };
        // What cannot be found is reported where it is given itself.
        let told = texts.sink.len();
        let Some(thing) = texts.find(path, &mut Mentions::default()) else { continue };
        if let (Some((by_at, by)), true) = (self::child(&thing, texts), told == texts.sink.len())
            && !(by_at == at && names(by, list, &child.name.text))
        {
            texts.sink.report(
                Diagnostic::new(
                    codes::CMP005,
                    format!("`{list}` of `{}` does not name `{}`", path.text(), given.path.text()),
                )
                .at(given.path.span, format!("must stand in `{list}` of `{}`", path.text()))
                .at(by.span, format!("lacks `{}`", child.name.text))
                .help(format!("add `{}` to its `{list}`, or give another one", child.name.text)),
            );
        }
    }
}

/// The child that a path leads to, with the place of its service.
fn child<'a>(thing: &Thing, texts: &Texts<'a>) -> Option<(usize, &'a Child)> {
    let Thing::Child(at, child) = thing else { return None };
    Some((*at, texts.names.services.get(*at)?.block.child.get(*child)?))
}

/// Whether a list of a child names another one of the same instance.
fn names(child: &Child, list: &str, wanted: &str) -> bool {
    let value = child.values.iter().find(|(name, _)| name.text == list).map(|(_, value)| &value.kind);
    let Some(ValueKind::List(items)) = value else { return false };
    let is = |kind: &ValueKind| matches!(kind, ValueKind::Reference(path) if path.text() == wanted);
    items.iter().any(|item| is(&item.kind))
}

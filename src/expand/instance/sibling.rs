//! Children that name other children of their instance: in a list, or by a text.

use smol_str::SmolStr;

use super::child::Children;
use crate::diagnostic::{Diagnostic, Help, Sink, cause, codes};
use crate::expand::component::Component;
use crate::hash::{HashMap, HashSet};
use crate::model::ParameterType;
use crate::source::Span;
use crate::syntax::{Scope, Text, Value, ValueKind};

/// Reports names of children that the instance does not have. A bare word that names one in the place of text becomes that text.
pub(super) fn check(component: &Component, children: &mut Children, own: &[SmolStr], sink: &mut Sink) {
    let mut names: HashMap<String, (Vec<SmolStr>, HashSet<SmolStr>)> = HashMap::default();
    for kind in &component.children {
        for parameter in &kind.parameters {
            let Some(of) = &parameter.of else { continue };
            let (order, known) = names.entry(of.clone()).or_insert_with(|| {
                let all = children.get(of.as_str()).map(Vec::as_slice).unwrap_or_default();
                let order: Vec<SmolStr> = all.iter().map(|child| child.name.text.clone()).collect();
                let known = order.iter().cloned().collect();
                (order, known)
            });
            let unknown = |named: &str, span: Span, sink: &mut Sink| {
                let help = of_the_instance(component, named, of)
                    .or_else(|| sink.did_you_mean(named, order.iter().map(SmolStr::as_str)))
                    .unwrap_or_else(|| format!("declare `{of} {named} {{ … }}` beside it").into());
                sink.report(
                    Diagnostic::new(codes::NAM001, format!("there is no {of} `{named}` here"))
                        .at(span, format!("no {of} of this instance has this name"))
                        .help(help)
                        .because(cause::name(&format!("{}-{named}", own.join("-")))),
                );
            };
            for child in children.get_mut(&kind.name.text).map(Vec::as_mut_slice).unwrap_or_default() {
                let Some(Some(value)) = child.values.get_mut(&parameter.name.text) else { continue };
                match &value.kind {
                    ValueKind::List(items) => {
                        for item in items {
                            let named = word(item).unwrap_or_default();
                            if !known.contains(named.as_str()) {
                                unknown(&named, item.span, sink);
                            }
                        }
                    }
                    ValueKind::Text(text) if parameter.type_ == ParameterType::Text => {
                        if let Some(named) = text.as_literal().filter(|named| !known.contains(*named)) {
                            unknown(named, value.span, sink);
                        }
                    }
                    ValueKind::Reference(path)
                        if parameter.type_ == ParameterType::Text && path.scope == Scope::Platform =>
                    {
                        let Some(named) = word(value).filter(|named| known.contains(named.as_str())) else {
                            continue;
                        };
                        sink.report(
                            Diagnostic::new(codes::TYP001, "expected text, found a bare word")
                                .at(value.span, "text is always quoted")
                                .help(Help::write(format!("\"{named}\""))),
                        );
                        value.kind = ValueKind::Text(Text::literal(named));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The help where a name is one of the instance itself, such as that of its superuser, whose rights no child has.
fn of_the_instance(component: &Component, named: &str, of: &str) -> Option<Help> {
    let is_it =
        |value: &Value| matches!(&value.kind, ValueKind::Text(text) if text.as_literal() == Some(named));
    let parameter =
        component.parameters.iter().find(|parameter| parameter.default.as_ref().is_some_and(is_it))?;
    let key = &parameter.name.text;
    Some(format!("`{named}` is `{key}` of the instance, and its rights are for nobody else: declare `{of} NAME {{ … }}` beside it, and name that").into())
}

/// The name that a value is.
fn word(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Reference(path) => Some(path.text()),
        _ => None,
    }
}

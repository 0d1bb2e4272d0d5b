//! What instances are given: things of the platform that parameters name, each to be found where it is given.

use smol_str::SmolStr;

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::expand::component::parameter::Parameter;
use crate::hash::{HashMap, HashSet};
use crate::model::ParameterType;
use crate::syntax::{Path, Scope, Value, ValueKind};

/// A thing of the platform that a parameter names.
#[derive(Debug)]
pub(crate) struct Given {
    /// The name as the instance says it.
    pub path: Path,
    /// What it must be.
    pub wanted: ParameterType,
    /// The kind of a child.
    pub of: Option<String>,
    /// Another child that is given, and its list, in which this one must stand.
    pub listed: Option<(Path, SmolStr)>,
}

/// The things that some parameters name. What a component says itself is none.
pub(super) fn given(parameters: &[Parameter], bound: &HashMap<SmolStr, Option<Value>>) -> Vec<Given> {
    let named = |name: &SmolStr| match bound.get(name)?.as_ref()? {
        Value { kind: ValueKind::Reference(path), .. } if path.scope == Scope::Platform => Some(path.clone()),
        _ => None,
    };
    let thing = |parameter: &&Parameter| {
        matches!(
            parameter.type_,
            ParameterType::Service | ParameterType::Port | ParameterType::Outside | ParameterType::Child
        )
    };
    let given = parameters.iter().filter(thing).filter_map(|parameter| {
        let listed = parameter.listed.as_ref().and_then(|path| match path.segments.as_slice() {
            [by, list] => Some((named(by)?, list.clone())),
            _ => None,
        });
        Some(Given {
            path: named(&parameter.name.text)?,
            wanted: parameter.type_,
            of: parameter.of.clone(),
            listed,
        })
    });
    given.collect()
}

/// Reports parameters that are given without another one that they need.
pub(super) fn expect_others(
    parameters: &[Parameter],
    owner: &str,
    bound: &HashMap<SmolStr, Option<Value>>,
    broken: &HashSet<SmolStr>,
    sink: &mut Sink,
) {
    for parameter in parameters {
        let Some((other, _)) = &parameter.needs else { continue };
        let Some(Some(value)) = bound.get(&parameter.name.text) else { continue };
        if broken.contains(other) || bound.get(other).is_some_and(Option::is_some) {
            continue;
        }
        let Some(declared) = parameters.iter().find(|known| known.name.text == *other) else { continue };
        let name = &parameter.name.text;
        sink.report(
            Diagnostic::new(codes::CMP001, format!("`{owner}` needs `{other}` where it has `{name}`"))
                .at(value.span, "given alone")
                .at(declared.name.span, "declared here, and not given")
                .help(format!("write `{other} = …`, of type `{}`", declared.type_.word())),
        );
    }
}

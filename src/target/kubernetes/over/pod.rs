//! The pods of an object: where their template stands, and its containers with their paths.

use super::kept::{at, items, name};
use crate::emit::Node;

/// The path of the template of pods; `None` where an object has none.
pub(super) fn template(kind: &str) -> Option<&'static str> {
    match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => Some("spec.template"),
        "CronJob" => Some("spec.jobTemplate.spec.template"),
        _ => None,
    }
}

/// A container, and its path in the object.
pub(super) struct Container<'a> {
    pub(super) path: String,
    pub(super) node: &'a Node,
    /// Whether it ends before the others start.
    pub(super) first: bool,
}

/// The containers of a pod whose specification stands at a path, those that prepare it in front.
pub(super) fn containers<'a>(spec: &'a Node, path: &str) -> Vec<Container<'a>> {
    let of =
        |list: &'static str, first: bool| items(at(spec, list)).iter().map(move |node| (list, first, node));
    let all = of("initContainers", true).chain(of("containers", false));
    all.map(|(list, first, node)| Container { path: format!("{path}.{list}[{}]", name(node)), node, first })
        .collect()
}

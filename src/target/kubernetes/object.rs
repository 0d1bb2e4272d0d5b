//! An object as it is written: a tree under a kind, a name and a namespace, with its place in a file and in the order
//! in which objects are applied.

mod keys;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::{Metadata, Resource};
use serde::Serialize;

use crate::emit::{self, Node};
use crate::platform::{Service, ServiceId};

/// The steps of an apply, in their order: what an object needs stands in an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Namespace,
    Account,
    Access,
    Config,
    Policy,
    Service,
    Claim,
    Workload,
    Scale,
    Job,
    /// What leads into the cluster.
    Gateway,
    Monitor,
}

/// What Flux reads of whether it may put its variables in.
const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// An object as it is written.
#[derive(Debug, Clone)]
pub(super) struct Object {
    /// The file that it stands in, without its folder and `.yaml`.
    pub(super) file: String,
    pub(super) stage: Stage,
    pub(super) kind: String,
    pub(super) name: String,
    /// `None` where the object belongs to the cluster.
    pub(super) namespace: Option<String>,
    /// The service that it is made of; `None` where it is made of the platform.
    pub(super) owner: Option<ServiceId>,
    /// The comment above the object.
    pub(super) comment: Vec<String>,
    pub(super) tree: Node,
}

impl Object {
    /// An object of the Kubernetes API.
    pub(super) fn new<T>(file: impl Into<String>, stage: Stage, object: &T) -> Self
    where
        T: Resource + Metadata<Ty = ObjectMeta> + Serialize,
    {
        Self::of(file, stage, T::KIND, object.metadata(), object)
    }

    /// An object of an API that Kubernetes does not have of its own.
    fn of(
        file: impl Into<String>,
        stage: Stage,
        kind: &str,
        metadata: &ObjectMeta,
        object: &impl Serialize,
    ) -> Self {
        let (tree, asks) = keys::ordered(object);
        let object = Self {
            file: file.into(),
            stage,
            kind: kind.to_owned(),
            name: metadata.name.clone().unwrap_or_default(),
            namespace: metadata.namespace.clone(),
            owner: None,
            comment: Vec::new(),
            tree,
        };
        if asks { object.kept_from_flux() } else { object }
    }

    /// The same object with a tree, whose keys are in their order, as its `spec`.
    pub(super) fn with_spec(mut self, spec: Node) -> Self {
        if let Node::Map(entries) = &mut self.tree {
            entries.insert("spec", spec);
        }
        if asks(&self.tree) { self.kept_from_flux() } else { self }
    }

    /// Flux would put variables of its own in where a text seems to ask for them, or nothing (fluxcd/flux2#5967).
    fn kept_from_flux(mut self) -> Self {
        self.annotate(SUBSTITUTE, "disabled");
        self
    }

    /// Brings the keys of an object into order that an override has changed.
    pub(super) fn settle(&mut self) {
        self.tree = keys::reordered(std::mem::replace(&mut self.tree, Node::Null));
        if asks(&self.tree) {
            self.annotate(SUBSTITUTE, "disabled");
        }
    }

    /// Gives the object another name.
    pub(super) fn rename(&mut self, name: &str) {
        if let Some(known) = below(&mut self.tree, "metadata").and_then(|metadata| below(metadata, "name")) {
            *known = Node::Text(name.into());
            name.clone_into(&mut self.name);
        }
    }

    /// The same object as one that is made of a service.
    pub(super) fn of_service(self, service: &Service) -> Self {
        Self { owner: Some(service.id), ..self }
    }

    /// The same object under lines of comment.
    pub(super) fn with_comment(self, comment: impl IntoIterator<Item = String>) -> Self {
        Self { comment: comment.into_iter().collect(), ..self }
    }

    /// The object as a document of a file.
    pub(super) fn text(&self) -> String {
        emit::yaml_tree(&self.comment, &self.tree)
    }

    /// Gives the object an annotation.
    pub(super) fn annotate(&mut self, key: &str, value: &str) {
        let Some(Node::Map(metadata)) = below(&mut self.tree, "metadata") else { return };
        let annotations = metadata.or_insert_with("annotations", Node::empty);
        if let Node::Map(annotations) = annotations {
            annotations.insert(key, Node::Text(value.into()));
        }
    }

    /// Puts a line of comment above the value at a path of keys; a number is an item of a list. Where nothing stands
    /// there, nothing is changed.
    pub(super) fn note(&mut self, path: &[&str], line: impl Into<String>) {
        let Some(at) = path.iter().try_fold(&mut self.tree, |node, key| below(node, key)) else { return };
        if let Node::Commented(lines, _) = at {
            lines.push(line.into());
        } else {
            let value = std::mem::replace(at, Node::Null);
            *at = Node::Commented(vec![line.into()], Box::new(value));
        }
    }
}

/// An object with a specification, of an API that Kubernetes does not have of its own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Custom<S> {
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) metadata: ObjectMeta,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) spec: Option<S>,
}

impl<S: Serialize> Custom<S> {
    /// The object as it is written.
    pub(super) fn object(self, file: impl Into<String>, stage: Stage) -> Object {
        Object::of(file, stage, self.kind, &self.metadata, &self)
    }
}

/// Whether a text of a tree holds `${`.
fn asks(node: &Node) -> bool {
    match node {
        Node::Text(text) => text.contains("${"),
        Node::List(items) => items.iter().any(asks),
        Node::Map(entries) => entries.values().any(asks),
        Node::Commented(_, inner) | Node::Styled(_, inner) => asks(inner),
        _ => false,
    }
}

/// What stands at a key of a map, or at a place of a list.
fn below<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    match node {
        Node::Map(entries) => entries.get_mut(key),
        Node::List(items) => key.parse().ok().and_then(|at: usize| items.get_mut(at)),
        Node::Commented(_, inner) | Node::Styled(_, inner) => below(inner, key),
        _ => None,
    }
}

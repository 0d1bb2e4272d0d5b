//! An object as it is written: a tree under a kind, a name and a namespace, with its place in a file and in the order
//! in which objects are applied.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::{Metadata, Resource};
use serde::Serialize;

use super::keys;
use crate::emit::{self, Node};

/// The steps of an apply, in their order: what an object needs stands in an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Namespace,
    Account,
    Access,
    Config,
    Service,
    Claim,
    Workload,
    Job,
}

/// An object as it is written.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "what is changed of an object is known by its kind, its name and its namespace")]
pub(super) struct Object {
    /// The file that it stands in, without its folder and `.yaml`.
    pub(super) file: String,
    pub(super) stage: Stage,
    pub(super) kind: String,
    pub(super) name: String,
    /// `None` where the object belongs to the cluster.
    pub(super) namespace: Option<String>,
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
        let metadata = object.metadata();
        Self {
            file: file.into(),
            stage,
            kind: T::KIND.to_owned(),
            name: metadata.name.clone().unwrap_or_default(),
            namespace: metadata.namespace.clone(),
            comment: Vec::new(),
            tree: keys::ordered(Node::of(object)),
        }
    }

    /// The same object under lines of comment.
    pub(super) fn with_comment(self, comment: impl IntoIterator<Item = String>) -> Self {
        Self { comment: comment.into_iter().collect(), ..self }
    }

    /// The object as a document of a file.
    pub(super) fn text(&self) -> String {
        emit::yaml_object(&self.comment, &self.tree)
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

/// What stands at a key of a map, or at a place of a list.
fn below<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    match node {
        Node::Map(entries) => entries.get_mut(key),
        Node::List(items) => key.parse().ok().and_then(|at: usize| items.get_mut(at)),
        Node::Commented(_, inner) | Node::Styled(_, inner) => below(inner, key),
        _ => None,
    }
}

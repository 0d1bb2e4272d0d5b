//! The files of an overlay.

use super::{DIRECTIVE, Identity, patch};
use smol_str::SmolStr;

use crate::emit::{Node, yaml};
use crate::hash::{HashMap, HashSet, IndexMap};

/// An object, and the file that it is written to.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The file's name, such as `application.yaml`.
    pub file: &'a str,
    /// Whether pods come of it. What they need must be there before.
    pub runs: bool,
    /// The object.
    pub tree: &'a Node,
}

/// An overlay: each file with its objects, by its path below the overlay's folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// Objects that the base lacks, by their places among those of the environment.
    pub added: Vec<(String, Vec<usize>)>,
    /// Patches of those that it has.
    pub patches: Vec<(String, Vec<Node>)>,
    /// `kustomization.yaml`.
    pub kustomization: Node,
}

/// The overlay over `base`, a folder as seen from the overlay's, that makes its objects those of an environment. Patches stand in
/// files that are called as the base's are. Where the environment has none of its objects, as in a namespace of its own, the base is
/// left out.
#[must_use]
pub fn overlay(base: (&str, &[Written<'_>]), environment: &[Written<'_>]) -> Overlay {
    let (folder, base) = base;
    let known: HashMap<Identity, &Written<'_>> =
        base.iter().map(|object| (Identity::of(object.tree), object)).collect();
    let mut kept: HashSet<Identity> = HashSet::default();
    let mut added = Added::default();
    let mut patches: IndexMap<String, Vec<Node>> = IndexMap::default();
    for (at, object) in environment.iter().enumerate() {
        let identity = Identity::of(object.tree);
        let Some(before) = known.get(&identity) else {
            let folder = if object.runs { "" } else { NEEDS };
            added.entry(format!("{folder}{}", object.file)).or_default().push(at);
            continue;
        };
        if let Some(patch) = patch(before.tree, object.tree) {
            patches.entry(format!("patches/{}", before.file)).or_default().push(patch);
        }
        kept.insert(identity);
    }
    let gone: Vec<Identity> =
        base.iter().map(|object| Identity::of(object.tree)).filter(|one| !kept.contains(one)).collect();
    // A base of which nothing is left would be named to be taken away again.
    let folder = Some(folder).filter(|_| !kept.is_empty() || gone.is_empty());
    let gone = if folder.is_some() { gone } else { Vec::new() };
    let kustomization = kustomization(folder, &added, &patches, &gone);
    Overlay { added: added.into_iter().collect(), patches: patches.into_iter().collect(), kustomization }
}

/// Objects that the base lacks, by the files that they are written to.
type Added = IndexMap<String, Vec<usize>>;

/// The folder of what pods need: it is listed before the base, whose pods may need it.
const NEEDS: &str = "needs/";

fn text(text: &str) -> Node {
    Node::Text(text.into())
}

fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
    Node::Map(entries.into_iter().collect())
}

/// `kustomization.yaml`. What pods need (policies, configuration) stands before the base, whose pods may need it, and new pods
/// behind it.
fn kustomization(
    base: Option<&str>,
    added: &Added,
    patches: &IndexMap<String, Vec<Node>>,
    gone: &[Identity],
) -> Node {
    let is_of = |runs: bool| move |file: &&String| file.starts_with(NEEDS) != runs;
    let added = |runs: bool| added.keys().filter(is_of(runs)).map(String::as_str);
    let resources = added(false).chain(base).chain(added(true)).map(text).collect();
    let changed = patches.keys().map(|file| map([("path", text(file))]));
    let gone = gone.iter().map(|identity| map([("patch", Node::Text(deletion(identity).into()))]));
    let patches: Vec<Node> = changed.chain(gone).collect();
    let mut entries = vec![
        ("apiVersion", text("kustomize.config.k8s.io/v1beta1")),
        ("kind", text("Kustomization")),
        ("sortOptions", map([("order", text("fifo"))])),
        ("resources", Node::List(resources)),
    ];
    if !patches.is_empty() {
        entries.push(("patches", Node::List(patches)));
    }
    Node::Map(entries.into_iter().collect())
}

/// The patch that takes an object away. It stands alone: kustomize fails where a file holds two of them
/// (kubernetes-sigs/kustomize#5471: a panic, seen with 5.6).
fn deletion(identity: &Identity) -> String {
    let (head, metadata) = identity.head();
    let metadata = (SmolStr::new_static("metadata"), Node::Map(metadata.into_iter().collect()));
    let gone = (SmolStr::new_static(DIRECTIVE), text("delete"));
    let patch = Node::Map(head.into_iter().chain([metadata, gone]).collect());
    // An empty line between the keys would be a line of text here.
    yaml(&[], &patch)
        .lines()
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line + "\n")
}

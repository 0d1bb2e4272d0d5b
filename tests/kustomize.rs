//! Overlays, before the real kustomize: what it renders of base and overlay is what was to come of it, every list in its
//! order.

#[path = "kustomize/environments.rs"]
mod environments;
#[path = "kustomize/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use infrac::emit::{Node, yaml, yaml_documents};
use infrac::kustomize::{Written, overlay, patch};
use serde_json::{Value, json};

use crate::judge::Judge;
use crate::sample;
use random::Random;

/// An old and a new kustomize.
const KUSTOMIZE: [&str; 2] = ["kubectl", "kubectl-new"];

/// An object, and the file that it stands in.
type Object = (&'static str, Value);

/// What kustomize makes of a base and of the overlay that leads to an environment.
fn rendered(kubectl: &Judge, base: &[Object], environment: &[Object]) -> Vec<Value> {
    let trees = |objects: &[Object]| -> Vec<(&'static str, Node)> {
        objects.iter().map(|(file, tree)| (*file, Node::of(tree))).collect()
    };
    let (base, environment) = (trees(base), trees(environment));
    let base: Vec<Written<'_>> = base.iter().map(written).collect();
    let environment: Vec<Written<'_>> = environment.iter().map(written).collect();
    let mut files: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for object in &base {
        files.entry(object.file).or_default().push(object.tree);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |path: &str, text: String| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it stands in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let resources: Vec<&str> = files.keys().copied().collect();
    let order = json!({ "order": "fifo" });
    write("base/kustomization.yaml", yaml(&[], &json!({ "resources": resources, "sortOptions": order })));
    for (file, trees) in &files {
        write(&format!("base/{file}"), yaml_documents(&[], trees));
    }
    let overlay = overlay(("../../base", &base), &environment);
    for (path, places) in &overlay.added {
        let trees = places.iter().map(|at| environment[*at].tree);
        write(&format!("overlays/it/{path}"), yaml_documents(&[], trees));
    }
    for (path, trees) in &overlay.patches {
        write(&format!("overlays/it/{path}"), yaml_documents(&[], trees));
    }
    write("overlays/it/kustomization.yaml", yaml(&[], &overlay.kustomization));
    render(kubectl, folder.path())
}

fn written<'a>((file, tree): &'a (&'static str, Node)) -> Written<'a> {
    Written { file, runs: file.starts_with("workload"), tree }
}

fn render(kubectl: &Judge, folder: &Path) -> Vec<Value> {
    let verdict = kubectl.ask(folder, &["kustomize", "overlays/it"], "");
    assert!(verdict.accepted, "{}", verdict.complaint);
    serde_yaml::Deserializer::from_str(&verdict.output)
        .map(|document| serde::Deserialize::deserialize(document).expect("kustomize writes YAML"))
        .collect()
}

/// What an object is known by.
fn identity(object: &Value) -> String {
    let metadata = &object["metadata"];
    format!("{} {} {}", object["kind"], metadata["namespace"], metadata["name"])
}

/// Holds what was rendered against what was to come of it: every object, and no other.
fn compare(rendered: &[Value], wanted: &[Object]) {
    let rendered: BTreeMap<String, &Value> = rendered.iter().map(|it| (identity(it), it)).collect();
    let wanted: BTreeMap<String, &Value> = wanted.iter().map(|(_, it)| (identity(it), it)).collect();
    let names = |objects: &BTreeMap<String, &Value>| objects.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&rendered), names(&wanted));
    for (name, wanted) in &wanted {
        assert_eq!(rendered[name], *wanted, "{name}");
    }
}

#[test]
fn random_environments_are_rendered_exactly() {
    let rounds = if sample::whole() { 40 } else { 4 };
    for round in 0..rounds {
        let Some(kubectl) = Judge::find(KUSTOMIZE[usize::from(round % 2 == 0)]) else { continue };
        let mut random = Random::new(round);
        let (mut base, mut environment) = (Vec::new(), Vec::new());
        for at in 0..120 {
            let name = format!("object-{at}");
            let kind = random.below(random::KINDS);
            let before = random.object(kind, &name);
            // Most environments change little; some objects are there once only.
            let after =
                if random.below(3) == 0 { random.object(kind, &name) } else { random.changed(&before) };
            match random.below(8) {
                0 => base.push(before),
                1 => environment.push(after),
                _ => {
                    base.push(before);
                    environment.push(after);
                }
            }
        }
        compare(&rendered(&kubectl, &base, &environment), &environment);
    }
}

/// A deployment whose only container has some entries in `env`.
fn with_env(entries: &[(&str, &str)]) -> Value {
    let env: Vec<Value> =
        entries.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let containers = json!([{ "name": "app", "image": "app:1", "args": ["--a", "--b"], "env": env }]);
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": "app", "namespace": "shop" },
        "spec": { "template": { "spec": { "containers": containers } } },
    })
}

/// The patch between two objects, as it is printed.
fn printed(from: &Value, to: &Value) -> String {
    patch(&Node::of(from), &Node::of(to)).map(|patch| yaml(&[], &patch)).unwrap_or_default()
}

#[test]
fn an_entry_that_others_refer_to_keeps_its_place() {
    let before = with_env(&[("PASSWORD", "a"), ("URL", "mongodb://$(PASSWORD)@a"), ("LAST", "1")]);
    let after = with_env(&[("PASSWORD", "a"), ("URL", "mongodb://$(PASSWORD)@b"), ("LAST", "1")]);
    let (base, environment) = ([("workload.yaml", before)], [("workload.yaml", after)]);
    insta::assert_snapshot!(printed(&base[0].1, &environment[0].1));
    for kubectl in KUSTOMIZE.iter().filter_map(|name| Judge::find(name)) {
        compare(&rendered(&kubectl, &base, &environment), &environment);
    }
}

#[test]
fn a_policy_is_written_whole() {
    let policy = |port: u16| {
        let to = json!([{ "podSelector": { "matchLabels": { "app.kubernetes.io/name": "mongodb" } } }]);
        json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": { "name": "backend", "namespace": "shop" },
            "spec": { "podSelector": {}, "egress": [{ "to": to, "ports": [{ "port": port }] }] },
        })
    };
    insta::assert_snapshot!(printed(&policy(1), &policy(2)));
}

#[test]
fn what_excludes_each_other_does_not_meet() {
    let with = |probe: Value, volume: Value| {
        let container = json!({ "name": "app", "livenessProbe": probe });
        json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": { "name": "app", "namespace": "shop" },
            "spec": { "template": { "spec": { "containers": [container], "volumes": [volume] } } },
        })
    };
    let before = with(
        json!({ "periodSeconds": 10, "httpGet": { "path": "/", "port": "http" } }),
        json!({ "name": "data", "emptyDir": { "medium": "Memory" } }),
    );
    let after = with(
        json!({ "periodSeconds": 10, "exec": { "command": ["true"] } }),
        json!({ "name": "data", "persistentVolumeClaim": { "claimName": "data" } }),
    );
    insta::assert_snapshot!(printed(&before, &after));
}

#[test]
fn what_says_the_same_needs_no_patch() {
    let one = with_env(&[("A", "1"), ("B", "2")]);
    assert_eq!(printed(&one, &one), "");
}

#[test]
fn what_pods_need_stands_before_the_pods_of_the_base() {
    let Some(kubectl) = Judge::find("kubectl") else { return };
    let named = |kind: &str, name: &str| json!({ "apiVersion": "v1", "kind": kind, "metadata": { "name": name, "namespace": "shop" } });
    let base = [("workload-a.yaml", named("Pod", "a")), ("workload-a.yaml", named("Pod", "gone"))];
    let environment = [
        ("config.yaml", named("ConfigMap", "new")),
        ("workload-a.yaml", named("Pod", "a")),
        ("workload-b.yaml", named("Pod", "b")),
    ];
    let rendered = rendered(&kubectl, &base, &environment);
    let names: Vec<&Value> = rendered.iter().map(|object| &object["metadata"]["name"]).collect();
    assert_eq!(names, ["new", "a", "b"]);
}

//! Kubernetes' keys against the schemas of its API, as kubernetes-validate brings them (a judge), and against KEDA's published
//! definition. Every version that is there is compared, in both directions; what is missing is printed as a line of
//! `targets/kubernetes/keys.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use infrac::formats::{Key, Keys, Kind, Merge, Name};
use serde_json::Value;

use super::{keys, none};
use crate::judge::Judge;

/// The definition of each kind that the API has of its own.
const KINDS: [(&str, &str); 12] = [
    ("ConfigMap", "io.k8s.api.core.v1.ConfigMap"),
    ("CronJob", "io.k8s.api.batch.v1.CronJob"),
    ("DaemonSet", "io.k8s.api.apps.v1.DaemonSet"),
    ("Deployment", "io.k8s.api.apps.v1.Deployment"),
    ("HorizontalPodAutoscaler", "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler"),
    ("Job", "io.k8s.api.batch.v1.Job"),
    ("Namespace", "io.k8s.api.core.v1.Namespace"),
    ("PersistentVolumeClaim", "io.k8s.api.core.v1.PersistentVolumeClaim"),
    ("PodDisruptionBudget", "io.k8s.api.policy.v1.PodDisruptionBudget"),
    ("Service", "io.k8s.api.core.v1.Service"),
    ("ServiceAccount", "io.k8s.api.core.v1.ServiceAccount"),
    ("StatefulSet", "io.k8s.api.apps.v1.StatefulSet"),
];

/// What an API server writes itself, what every object starts with, a name of old, and what a template cannot hold.
fn is_left_out(block: &str, key: &str) -> bool {
    const METADATA: [&str; 5] = ["annotations", "finalizers", "labels", "name", "namespace"];
    let of_object = KINDS.iter().any(|(kind, _)| *kind == block) || block == "ScaledObject";
    match block {
        "ObjectMeta" => !METADATA.contains(&key),
        "PodSpec" => matches!(key, "ephemeralContainers" | "serviceAccount"),
        _ => of_object && matches!(key, "apiVersion" | "kind" | "status"),
    }
}

/// The schemas that are there, by the minor of their version.
fn schemas(judge: &Judge) -> BTreeMap<u32, Value> {
    let mut folder = judge.program().to_owned();
    let root = loop {
        assert!(folder.pop(), "no schemas beside {}", judge.program().display());
        let root = folder.join("kubernetes-validate/kubernetes_validate/kubernetes-json-schema");
        if root.is_dir() {
            break root;
        }
    };
    let mut schemas = BTreeMap::new();
    for entry in fs::read_dir(root).expect("the folder can be read") {
        let path = entry.expect("an entry of a folder can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let minor = name.strip_prefix("v1.").and_then(|name| name.strip_suffix(".0-local-strict"));
        let Some(minor) = minor.and_then(|minor| minor.parse().ok()) else { continue };
        let text = fs::read_to_string(path.join("_definitions.json")).expect("the schema can be read");
        let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
        schemas.insert(minor, schema["$defs"].clone());
    }
    schemas
}

#[test]
fn keys_of_kubernetes_are_those_of_its_schemas() {
    let Some(judge) = Judge::find("kubernetes-check") else { return };
    let schemas = schemas(&judge);
    assert!(schemas.len() >= 2, "only {} schemas", schemas.len());
    let mut complaints = Vec::new();
    let mut reached = BTreeSet::new();
    for (minor, definitions) in &schemas {
        let mut schema = Schema {
            definitions,
            minor: *minor,
            is_newest: schemas.keys().last() == Some(minor),
            keys: keys("kubernetes"),
            seen: BTreeSet::new(),
            found: &mut complaints,
        };
        for (kind, definition) in KINDS {
            schema.block(kind, &definitions[definition]);
        }
        assert!(schema.seen.len() > 150, "only {} blocks were compared", schema.seen.len());
        reached.extend(schema.seen);
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/kubernetes/schemas/keda.sh_v1alpha1_scaledobject.json");
    let keda = read(&path);
    let none_of_these = Value::Null;
    let mut schema = Schema {
        definitions: &none_of_these,
        minor: 33,
        is_newest: true,
        keys: keys("kubernetes"),
        seen: BTreeSet::new(),
        found: &mut complaints,
    };
    schema.block("ScaledObject", &keda);
    reached.extend(schema.seen);
    for (name, block) in keys("kubernetes").blocks() {
        // A block of versions between those that are there is reached by none of them.
        let is_known = |minor| block.keys.values().any(|key| key.versions.hold((1, minor)));
        if !reached.contains(name)
            && schemas.keys().any(|minor| is_known(*minor))
            && !matches!(name, "file" | "service")
        {
            complaints.push(format!("{name}: no schema has such a block"));
        }
    }
    none(&complaints);
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("the schema can be read")).expect("it is JSON")
}

struct Schema<'a> {
    definitions: &'a Value,
    minor: u32,
    is_newest: bool,
    keys: &'static Keys,
    seen: BTreeSet<String>,
    found: &'a mut Vec<String>,
}

impl Schema<'_> {
    /// The definition that a node refers to, with its short name.
    fn referred<'n>(&'n self, node: &'n Value) -> Option<(&'n str, &'n Value)> {
        let name = node["$ref"].as_str()?.rsplit('/').next()?;
        Some((name.rsplit('.').next()?, &self.definitions[name]))
    }

    /// What stands at a key, in the words of `keys.txt`, and the block that it leads to.
    fn words(&self, key: &str, node: &Value) -> (String, Option<Value>) {
        if node["x-kubernetes-int-or-string"].as_bool() == Some(true) {
            return ("word".to_owned(), None);
        }
        if let Some((name, definition)) = self.referred(node) {
            return match name {
                "Time" | "MicroTime" => ("text".to_owned(), None),
                "Quantity" | "IntOrString" => ("word".to_owned(), None),
                _ if definition["properties"].is_object() => (name.to_owned(), Some(definition.clone())),
                _ => ("any".to_owned(), None),
            };
        }
        let kind = match &node["type"] {
            Value::Array(several) => several.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
            kind => kind.as_str(),
        };
        match kind {
            Some("string") => {
                let words = node["enum"].as_array().into_iter().flatten().map(ToString::to_string);
                let words: Vec<String> = words.collect();
                (if words.is_empty() { "text".to_owned() } else { words.join(" | ") }, None)
            }
            Some("array") => {
                let (inner, below) = self.words(key, &node["items"]);
                (format!("[{inner}]{}", merge(key, node)), below)
            }
            Some("object") if node["properties"].is_object() => {
                (format!("ScaledObject.{key}"), Some(node.clone()))
            }
            Some("object") if node["additionalProperties"].is_object() => {
                let (inner, below) = self.words(key, &node["additionalProperties"]);
                (format!("{{{inner}}}"), below)
            }
            Some("object") | None => ("any".to_owned(), None),
            Some(kind) => (kind.to_owned(), None),
        }
    }

    fn block(&mut self, name: &str, node: &Value) {
        if !self.seen.insert(name.to_owned()) {
            return;
        }
        let Some(block) = self.keys.get(name) else {
            self.found.push(format!("1.{}: no block `{name}`", self.minor));
            return;
        };
        let published = node["properties"].as_object().expect("a block has properties");
        // The newest says it best: older ones leave out what was always refused.
        if self.is_newest {
            let required: Vec<&str> =
                node["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            for (key, known) in block.keys.iter().filter(|(key, _)| !is_left_out(name, key)) {
                if known.required != required.contains(key) {
                    let is = required.contains(key);
                    self.found.push(format!("1.{}: `{name}.{key}` is required: {is}", self.minor));
                }
            }
        }
        for (key, known) in &block.keys {
            if known.versions.hold((1, self.minor)) && !published.contains_key(*key) {
                self.found.push(format!("1.{}: `{name}.{key}` is not published", self.minor));
            }
        }
        for (key, node) in published.iter().filter(|(key, _)| !is_left_out(name, key)) {
            let (words, below) = match (name, key.as_str()) {
                ("ScaledObject", "metadata") => ("ObjectMeta".to_owned(), None),
                _ => self.words(key, node),
            };
            let known = block.keys.get(key.as_str()).filter(|key| key.versions.hold((1, self.minor)));
            let plain = known.map(|key| written(key, true)).unwrap_or_default();
            match known.map(|key| written(key, false)) {
                None => self.found.push(format!("1.{}: missing in `{name}`:\n  {key}  {words}", self.minor)),
                Some(known) if known == words || plain == words => {}
                Some(known) => {
                    self.found.push(format!("1.{}: `{name}.{key}` is `{known}`, and `{words}`", self.minor));
                }
            }
            if let Some(below) = below {
                let inner = words.trim_start_matches(['[', '{']);
                let inner = inner.split([']', '}']).next().unwrap_or(inner).to_owned();
                self.block(&inner, &below);
            }
        }
    }
}

/// How a list merges (kubernetes/kubernetes:api/openapi-spec/README.md, `x-kubernetes-list-type`).
fn merge(key: &str, node: &Value) -> String {
    let keys = node["x-kubernetes-list-map-keys"].as_array();
    let keys: Vec<&str> = keys.into_iter().flatten().filter_map(Value::as_str).collect();
    let of_patch = node["x-kubernetes-patch-merge-key"].as_str();
    match (node["x-kubernetes-list-type"].as_str(), of_patch) {
        // A set is known by the names of its claims, though a server takes the list for one value.
        _ if key == "volumeClaimTemplates" => " by metadata.name".to_owned(),
        (Some("map"), _) => format!(" by {}", keys.join("+")),
        (None, Some(key)) => format!(" by {key}"),
        (Some("set"), _) => String::new(),
        _ => " whole".to_owned(),
    }
}

/// A key as it stands in `keys.txt`; `plain` without the values that a text may have, which stand in no schema of Kubernetes.
fn written(key: &Key, plain: bool) -> String {
    alternatives(&key.kinds, plain)
}

fn alternatives(kinds: &[Kind], plain: bool) -> String {
    let mut words: Vec<String> = kinds.iter().map(|kind| word(kind, plain)).collect();
    words.dedup();
    words.join(" | ")
}

fn word(kind: &Kind, plain: bool) -> String {
    let inner = |kinds: &[Kind]| alternatives(kinds, plain);
    match kind {
        Kind::Any => "any".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Word => "word".to_owned(),
        Kind::Integer => "integer".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Choice(_) if plain => "text".to_owned(),
        Kind::Choice(text) => format!("{text:?}"),
        Kind::Block(name) => (*name).to_owned(),
        Kind::Map(kinds) => format!("{{{}}}", inner(kinds)),
        Kind::List(kinds, Merge::Add) => format!("[{}]", inner(kinds)),
        Kind::List(kinds, Merge::Whole) => format!("[{}] whole", inner(kinds)),
        Kind::List(kinds, Merge::By(Name::Key(name))) => format!("[{}] by {name}", inner(kinds)),
        other => panic!("{other:?} stands in no object of Kubernetes"),
    }
}

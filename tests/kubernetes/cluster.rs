//! The objects of a build, read again from their YAML: what an API server would be handed, in the order of the files.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::{Map, Value};

/// An object, and the file it stands in.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) file: String,
    pub(crate) value: Value,
}

/// Everything that is applied together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cluster {
    /// In the order in which they are applied.
    pub(crate) objects: Vec<Object>,
    /// Secrets that something else makes, with their keys, by namespace and name; `None` where nothing is known of them.
    pub(crate) secrets: Option<BTreeMap<(String, String), Vec<String>>>,
}

/// Pods of one workload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pod<'a> {
    pub(crate) workload: &'a Object,
    /// With `metadata` and `spec`.
    pub(crate) template: &'a Value,
}

/// A container of a pod.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Container<'a> {
    pub(crate) value: &'a Value,
    /// Whether it is an init container.
    pub(crate) init: bool,
}

/// The texts of the YAML documents of a file as values; a duplicate key is an error.
pub(crate) fn documents(text: &str) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        // `serde_json` keeps the last of two equal keys; this one refuses them.
        let value = serde_yaml::Value::deserialize(document).map_err(|error| error.to_string())?;
        if !value.is_null() {
            found.push(serde_json::to_value(value).map_err(|error| error.to_string())?);
        }
    }
    Ok(found)
}

impl Cluster {
    /// Reads files, by path, in the order given.
    pub(crate) fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut objects = Vec::new();
        for (file, text) in files {
            for value in documents(text).map_err(|error| format!("{file}: {error}"))? {
                objects.push(Object { file: file.to_owned(), value });
            }
        }
        Ok(Self { objects, secrets: None })
    }

    /// The objects of a kind.
    pub(crate) fn of(&self, kind: &str) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(move |object| object.kind() == kind)
    }

    /// The object of a kind, namespace and name.
    pub(crate) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&Object> {
        self.of(kind).find(|object| object.namespace() == namespace && object.name() == name)
    }

    /// The pods of every workload.
    pub(crate) fn pods(&self) -> impl Iterator<Item = Pod<'_>> {
        self.objects.iter().filter_map(|object| {
            let spec = &object.value["spec"];
            let template = match object.kind() {
                "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => &spec["template"],
                "CronJob" => &spec["jobTemplate"]["spec"]["template"],
                "Pod" => &object.value,
                _ => return None,
            };
            Some(Pod { workload: object, template })
        })
    }

    /// The pods of a namespace.
    pub(crate) fn pods_in<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = Pod<'a>> {
        self.pods().filter(move |pod| pod.workload.namespace() == namespace)
    }

    /// The labels of a namespace; none where no such namespace is among the objects.
    pub(crate) fn labels_of(&self, namespace: &str) -> Option<&Map<String, Value>> {
        self.find("Namespace", "", namespace)?.value["metadata"]["labels"].as_object()
    }
}

impl Object {
    pub(crate) fn kind(&self) -> &str {
        text(&self.value["kind"])
    }

    pub(crate) fn name(&self) -> &str {
        text(&self.value["metadata"]["name"])
    }

    /// `""` for an object of the whole cluster.
    pub(crate) fn namespace(&self) -> &str {
        text(&self.value["metadata"]["namespace"])
    }

    pub(crate) fn spec(&self) -> &Value {
        &self.value["spec"]
    }

    /// What messages call it.
    pub(crate) fn place(&self) -> String {
        format!("{}: {} {}", self.file, self.kind(), self.name())
    }

    /// The API group, without a version; `""` for the core.
    pub(crate) fn group(&self) -> &str {
        text(&self.value["apiVersion"]).split_once('/').map_or("", |(group, _)| group)
    }
}

impl<'a> Pod<'a> {
    pub(crate) fn spec(&self) -> &'a Value {
        &self.template["spec"]
    }

    pub(crate) fn labels(&self) -> &'a Value {
        &self.template["metadata"]["labels"]
    }

    pub(crate) fn namespace(&self) -> &'a str {
        self.workload.namespace()
    }

    /// Init containers first.
    pub(crate) fn containers(&self) -> impl Iterator<Item = Container<'a>> + use<'a> {
        let init = list(&self.spec()["initContainers"]).iter().map(|value| Container { value, init: true });
        init.chain(list(&self.spec()["containers"]).iter().map(|value| Container { value, init: false }))
    }

    /// Its volumes, those of claim templates among them.
    pub(crate) fn volumes(&self) -> impl Iterator<Item = &'a str> {
        let templates = list(&self.workload.spec()["volumeClaimTemplates"]).iter();
        let templates = templates.map(|claim| text(&claim["metadata"]["name"]));
        list(&self.spec()["volumes"]).iter().map(|volume| text(&volume["name"])).chain(templates)
    }

    /// The number of a port that one of its containers names, and its protocol.
    pub(crate) fn port(&self, name: &str) -> Option<(u64, &'a str)> {
        self.ports().find(|port| text(&port["name"]) == name).and_then(|port| {
            Some((port["containerPort"].as_u64()?, port["protocol"].as_str().unwrap_or("TCP")))
        })
    }

    /// The ports of its containers.
    pub(crate) fn ports(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.containers().flat_map(|container| list(&container.value["ports"]))
    }

    /// Whether its containers share the node's network.
    pub(crate) fn on_host_network(&self) -> bool {
        self.spec()["hostNetwork"] == true
    }

    /// What messages call it.
    pub(crate) fn place(&self) -> String {
        self.workload.place()
    }
}

impl<'a> Container<'a> {
    pub(crate) fn name(&self) -> &'a str {
        text(&self.value["name"])
    }

    /// What messages call it.
    pub(crate) fn place(&self, pod: &Pod<'_>) -> String {
        format!("{}, container {}", pod.place(), self.name())
    }
}

/// A text; `""` where there is none.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The items of a list; none where there is no list.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The pairs of a map; none where there is no map.
pub(crate) fn pairs(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// What stands more than once.
pub(crate) fn twice<T: Ord + Clone>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    let mut twice: Vec<T> =
        items.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect();
    twice.dedup();
    twice
}

/// Whether a label selector (`matchLabels`, `matchExpressions`) matches labels; an empty one matches all.
pub(crate) fn selects(selector: &Value, labels: &Value) -> bool {
    let listed = |value: &Value, label: &Value| list(value).contains(label);
    pairs(&selector["matchLabels"]).all(|(key, value)| labels.get(key) == Some(value))
        && list(&selector["matchExpressions"]).iter().all(|expression| {
            let label = labels.get(text(&expression["key"]));
            match text(&expression["operator"]) {
                "In" => label.is_some_and(|label| listed(&expression["values"], label)),
                "NotIn" => label.is_none_or(|label| !listed(&expression["values"], label)),
                "Exists" => label.is_some(),
                "DoesNotExist" => label.is_none(),
                other => panic!("an unknown operator of a selector: {other}"),
            }
        })
}

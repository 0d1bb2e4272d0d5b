//! What is granted and what is asked for, held against the model: roles, to the last verb, and Secrets, to the last key.

use std::collections::{BTreeMap, BTreeSet};

use infrac::platform::{ApiAccess, Platform};
use infrac::target;

use super::built::Built;
use super::cluster::{Cluster, Object, Pod, list, text};

/// A verb on a kind of objects, and the group of that kind.
type Right = (String, String, String);

/// The rights that the rules of a role give.
fn given(role: &Object) -> BTreeSet<Right> {
    let words = |value| list(value).iter().map(|it| text(it).to_owned()).collect::<Vec<String>>();
    let mut rights = BTreeSet::new();
    for rule in list(&role.value["rules"]) {
        for group in words(&rule["apiGroups"]) {
            for resource in words(&rule["resources"]) {
                rights.extend(
                    words(&rule["verbs"]).into_iter().map(|verb| (group.clone(), resource.clone(), verb)),
                );
            }
        }
    }
    rights
}

/// The rights that a service is to have, in the cluster or in the namespaces of the platform.
fn wanted(access: &[ApiAccess], cluster: bool) -> BTreeSet<Right> {
    let of = |access: &ApiAccess| {
        let (group, resource) = (access.group.clone(), access.resource.clone());
        let right =
            move |verb: &infrac::model::Verb| (group.clone(), resource.clone(), verb.word().to_owned());
        access.verbs.iter().map(right).collect::<Vec<_>>()
    };
    access.iter().filter(|access| access.cluster == cluster).flat_map(of).collect()
}

/// Roles give exactly what the source says, in exactly the namespaces of the platform, to exactly the account of the service.
pub(crate) fn roles(platform: &Platform, cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut expected: BTreeMap<(String, String), BTreeSet<Right>> = BTreeMap::new();
    for service in platform.services.iter().filter(|service| service.runs()) {
        let access = platform.api_access(service);
        let account = format!("{}/{}", platform.namespace_of(service), service.name);
        for namespace in platform.namespaces() {
            expected.insert((account.clone(), namespace), wanted(&access, false));
        }
        expected.insert((account, String::new()), wanted(&access, true));
    }
    expected.retain(|_, rights| !rights.is_empty());
    let mut found: BTreeMap<(String, String), BTreeSet<Right>> = BTreeMap::new();
    let mut bound = BTreeSet::new();
    for binding in cluster.of("RoleBinding").chain(cluster.of("ClusterRoleBinding")) {
        let reference = &binding.value["roleRef"];
        let (kind, name) = (text(&reference["kind"]), text(&reference["name"]));
        let namespace = if kind == "Role" { binding.namespace() } else { "" };
        let Some(role) = cluster.find(kind, namespace, name) else {
            complaints.push(format!("{}: its role is not there", binding.place()));
            continue;
        };
        bound.insert((kind.to_owned(), namespace.to_owned(), name.to_owned()));
        for subject in list(&binding.value["subjects"]) {
            if subject["kind"] != "ServiceAccount" {
                complaints.push(format!("{}: it is for {}", binding.place(), subject["kind"]));
            }
            let account = format!("{}/{}", text(&subject["namespace"]), text(&subject["name"]));
            found.entry((account, binding.namespace().to_owned())).or_default().extend(given(role));
        }
    }
    for role in cluster.of("Role").chain(cluster.of("ClusterRole")) {
        let key = (role.kind().to_owned(), role.namespace().to_owned(), role.name().to_owned());
        if !bound.contains(&key) {
            complaints.push(format!("{}: nobody has it", role.place()));
        }
    }
    let keys: BTreeSet<_> = expected.keys().chain(found.keys()).cloned().collect();
    for key in keys {
        let (expected, found) = (expected.get(&key), found.get(&key));
        if expected != found {
            let (account, namespace) = key;
            complaints.push(format!(
                "{account} in `{namespace}`: it has {found:?}, and the source says {expected:?}"
            ));
        }
    }
    complaints
}

/// A Secret, by its namespace and name, and what reads it.
type Secret = (String, String, String);

/// The keys that pods ask of Secrets, each with whether it may be missing.
fn asked(cluster: &Cluster) -> BTreeMap<Secret, BTreeMap<String, bool>> {
    let mut asked: BTreeMap<Secret, BTreeMap<String, bool>> = BTreeMap::new();
    for pod in cluster.pods() {
        let reader = format!("{}/{}", pod.workload.kind().to_lowercase(), pod.workload.name());
        let mut add = |secret: &str, key: &str, optional: bool| {
            let of = (pod.namespace().to_owned(), secret.to_owned(), reader.clone());
            let known = asked.entry(of).or_default().entry(key.to_owned()).or_insert(optional);
            *known &= optional;
        };
        for container in pod.containers() {
            for variable in list(&container.value["env"]) {
                let reference = &variable["valueFrom"]["secretKeyRef"];
                if reference.is_object() {
                    add(text(&reference["name"]), text(&reference["key"]), reference["optional"] == true);
                }
            }
        }
        // A certificate is put there as a whole, by whoever ordered it (the type `kubernetes.io/tls`).
        for (name, source) in
            sources(&pod).into_iter().filter(|(name, _)| name.rsplit('.').next() != Some("tls"))
        {
            for item in list(&source["items"]) {
                add(&name, text(&item["key"]), source["optional"] == true);
            }
        }
    }
    // What the cluster's Alertmanager sends with, its operator reads.
    for object in cluster.of("AlertmanagerConfig") {
        let reader = format!("alertmanagerconfig/{}", object.name());
        let mut found = Vec::new();
        selectors(&object.value["spec"], &mut found);
        for (secret, key) in found {
            let of = (object.namespace().to_owned(), secret, reader.clone());
            asked.entry(of).or_default().insert(key, false);
        }
    }
    asked
}

/// The Secrets and keys that a value names, wherever it does.
fn selectors(value: &serde_json::Value, found: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(entries) => {
            let text = |key: &str| entries.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
            if let (2, Some(name), Some(key)) = (entries.len(), text("name"), text("key")) {
                found.push((name, key));
            }
            entries.values().for_each(|value| selectors(value, found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| selectors(item, found)),
        _ => {}
    }
}

/// The Secrets that the volumes of a pod hold.
fn sources(pod: &Pod<'_>) -> Vec<(String, serde_json::Value)> {
    let mut found = Vec::new();
    for volume in list(&pod.spec()["volumes"]) {
        let secret = &volume["secret"];
        if secret.is_object() {
            found.push((text(&secret["secretName"]).to_owned(), secret.clone()));
        }
        for source in list(&volume["projected"]["sources"]) {
            if source["secret"].is_object() {
                found.push((text(&source["secret"]["name"]).to_owned(), source["secret"].clone()));
            }
        }
    }
    found
}

/// The keys that `secrets.conf` promises.
fn promised(table: &str) -> BTreeMap<Secret, BTreeMap<String, bool>> {
    let mut promised = BTreeMap::new();
    for line in table.lines().filter(|line| !line.starts_with(['#', '@'])) {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let secret = (word(), word(), word());
        let keys = words.map(|key| (key.trim_end_matches('?').to_owned(), key.ends_with('?')));
        promised.insert(secret, keys.collect());
    }
    promised
}

/// Each key of a Secret that a pod asks for stands in `secrets.conf` and in `.env.example`, and no other does.
pub(crate) fn secrets(built: &Built, cluster: &Cluster, table: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let (asked, promised) = (asked(cluster), promised(table));
    if asked != promised {
        complaints.push(format!("pods ask for {asked:?}, and secrets.conf has {promised:?}"));
    }
    let wanted: BTreeSet<String> = asked.values().flat_map(BTreeMap::keys).cloned().collect();
    let targets: Vec<_> = target::find("kubernetes").into_iter().collect();
    let artifacts = infrac::build(&built.platform, &targets).into_iter().flat_map(|it| it.artifacts);
    let Some(example) = artifacts.into_iter().find(|artifact| artifact.path == ".env.example") else {
        complaints.push("there is no .env.example".to_owned());
        return complaints;
    };
    let named: BTreeSet<String> = example
        .content
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| !name.starts_with('#'))
        .collect();
    for name in wanted.difference(&named) {
        complaints.push(format!("a pod asks for `{name}`, which .env.example does not name"));
    }
    for name in named.difference(&wanted) {
        complaints.push(format!(".env.example names `{name}`, which no pod asks for"));
    }
    complaints
}

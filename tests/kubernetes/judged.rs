//! The programs that read objects before a cluster does: the schemas of the API and of published definitions, kubectl's types,
//! and a scanner of policies.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::cluster::{documents, list, text};
use super::order::Files;
use super::{good, none};
use crate::judge::Judge;

/// The schemas of objects that the API does not have of its own.
fn schemas() -> String {
    format!("{}/tests/kubernetes/schemas", env!("CARGO_MANIFEST_DIR"))
}

/// Whether a file holds objects: no kustomization, and no patch of a part of them.
pub(crate) fn holds_objects(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(name, end)| end == "yaml" && name != "kustomization")
        && !path.contains("/overlays/")
}

/// Writes files below a folder.
pub(crate) fn write(folder: &Path, files: &Files) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it stands in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

/// What the schemas say against files, all of which one process reads: those of the oldest version and of the newest.
pub(crate) fn against_schemas(files: &Files) -> Vec<String> {
    against_schemas_since(None, files)
}

/// The same for files that are written for a version and those behind it.
pub(crate) fn against_schemas_since(version: Option<&str>, files: &Files) -> Vec<String> {
    let Some(judge) = Judge::find("kubernetes-check") else { return Vec::new() };
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), files);
    let paths: Vec<&str> = files.keys().map(String::as_str).filter(|path| holds_objects(path)).collect();
    let folder_of_schemas = schemas();
    let mut arguments = vec!["--schemas", &folder_of_schemas];
    arguments.extend(version.into_iter().flat_map(|version| ["--since", version]));
    arguments.push("-");
    let verdict = judge.ask(folder.path(), &arguments, &paths.join("\n"));
    let complaints: Vec<String> = verdict.complaint.lines().map(str::to_owned).collect();
    assert_eq!(verdict.accepted, complaints.is_empty(), "{}", verdict.complaint);
    complaints
}

/// Objects that kubectl has types for: it decodes those that hold pods, in which it can set a variable.
const DECODED: [&str; 5] = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];

/// What kubectl's types say against the pods of some files.
pub(crate) fn against_types(files: &Files) -> Vec<String> {
    let mut complaints = Vec::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    // One file of all, since each start costs a second.
    let mut documents = String::new();
    let mut expected = 0;
    for (_, text) in files.iter().filter(|(path, _)| holds_objects(path)) {
        for document in text.split("\n---\n") {
            let kind = document.lines().find_map(|line| line.strip_prefix("kind: ")).unwrap_or_default();
            if DECODED.contains(&kind) {
                expected += 1;
                documents += document.trim_start_matches("---\n");
                documents += "\n---\n";
            }
        }
    }
    fs::write(folder.path().join("all.yaml"), documents).expect("a file");
    for kubectl in ["kubectl", "kubectl-new"].into_iter().filter_map(Judge::find) {
        let arguments = ["set", "env", "--local", "--filename", "all.yaml", "INFRAC=1", "--output", "name"];
        let verdict = kubectl.ask(folder.path(), &arguments, "");
        let decoded = verdict.output.lines().count();
        if !verdict.accepted || !verdict.complaint.is_empty() || decoded != expected {
            complaints.push(format!("{decoded} of {expected} are decoded: {}", verdict.complaint));
        }
    }
    complaints
}

/// Checks of checkov that may fail, and why.
const ACCEPTED: &[(&str, &str)] = &[
    ("CKV_K8S_8", "a liveness probe is the source's to declare: a restart mends no database"),
    ("CKV_K8S_9", "what has no health in the source has none here"),
    ("CKV_K8S_11", "a limit of processor time throttles, and protects nobody: requests share it out"),
    ("CKV_K8S_15", "a tag is fixed, so what is there need not be fetched again"),
    (
        "CKV_K8S_22",
        "an image that is not known to work so has a writable root: a reading holds it to the platform",
    ),
    ("CKV_K8S_35", "what a program reads from its environment cannot be a file"),
    (
        "CKV_K8S_38",
        "a token comes with a role and the way to the API server: a reading holds the three together",
    ),
    ("CKV_K8S_40", "the users are those of the images, whose files are theirs"),
    ("CKV_K8S_43", "digests are the source's to give"),
];

/// Checks that may fail in a namespace which enforces less than `restricted`. Readings hold what stands there to what needs
/// it, and the source gives a reason for each.
const ACCEPTED_OF_LAX: &[(&str, &str)] = &[
    ("CKV_K8S_16", "a privileged container"),
    ("CKV_K8S_17", "the processes of the node"),
    ("CKV_K8S_19", "the network of the node"),
    ("CKV_K8S_20", "more privileges at run time"),
    ("CKV_K8S_23", "the user root"),
    ("CKV_K8S_25", "a capability that is added"),
    ("CKV_K8S_26", "a port of the node"),
    ("CKV_K8S_28", "capabilities of a privileged container"),
    ("CKV_K8S_31", "no profile of a privileged container"),
    ("CKV_K8S_37", "capabilities of a privileged container"),
];

/// What checkov says against files; failed checks that are listed with a reason are none.
pub(crate) fn against_policies(files: &Files) -> Vec<String> {
    let Some(judge) = Judge::find("checkov") else { return Vec::new() };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let objects = files.iter().filter(|(path, _)| holds_objects(path));
    write(folder.path(), &objects.map(|(path, text)| (path.clone(), text.clone())).collect());
    let arguments = ["--directory", ".", "--framework", "kubernetes", "--compact", "--output", "json"];
    let verdict = judge.ask(folder.path(), &arguments, "");
    let report: Value = serde_json::from_str(&verdict.output)
        .unwrap_or_else(|error| panic!("{error}: {} {}", verdict.output, verdict.complaint));
    assert!(report["summary"]["passed"].as_u64() > Some(0), "{report}: it has judged nothing");
    let lax = lax(files);
    let mut complaints = Vec::new();
    for failed in list(&report["results"]["failed_checks"]) {
        let text_of = |key: &str| failed[key].as_str().unwrap_or_default().to_owned();
        let (check, resource) = (text_of("check_id"), text_of("resource"));
        // `Kind.NAMESPACE.NAME`
        let lax = resource.split('.').nth(1).is_some_and(|namespace| lax.iter().any(|it| it == namespace));
        let listed = ACCEPTED.iter().any(|(id, _)| *id == check)
            || lax && ACCEPTED_OF_LAX.iter().any(|(id, _)| *id == check);
        if !listed {
            complaints.push(format!("{check} {}: {resource}", text_of("check_name")));
        }
    }
    complaints
}

/// Namespaces that enforce less than `restricted`.
fn lax(files: &Files) -> Vec<String> {
    let texts = files.iter().filter(|(path, _)| holds_objects(path));
    let objects = texts.flat_map(|(_, text)| documents(text).expect("it is YAML"));
    let namespaces = objects.filter(|object| object["kind"] == "Namespace");
    let lax = namespaces
        .filter(|it| it["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] != "restricted");
    lax.map(|namespace| text(&namespace["metadata"]["name"]).to_owned()).collect()
}

fn file(text: &str) -> Files {
    BTreeMap::from([("kubernetes/base/good.yaml".to_owned(), text.to_owned())])
}

#[test]
fn the_judges_accept_what_a_person_wrote() {
    let good = file(&good());
    none(&against_schemas(&good));
    none(&against_types(&good));
    none(&against_policies(&good));
}

/// Objects that the API has no schema of, as they should be and broken.
const DEFINED: &[(&str, &str, &str)] = &[
    (
        "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: {parentRefs: [{name: b}], rules: [{backendRefs: [{name: c, port: 80}]}]}}",
        "port: 80",
        "ports: 80",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: a}, spec: {selector: {}, endpoints: [{port: metrics}]}}",
        "port: metrics",
        "port: [metrics]",
    ),
    (
        "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: a}, spec: {secretStoreRef: {name: b, kind: SecretStore}, data: [{secretKey: c, remoteRef: {key: d}}]}}",
        "external-secrets.io/v1,",
        "external-secrets.io/v1beta1,",
    ),
    (
        "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a}, spec: {secretName: b, dnsNames: [a.example.com], issuerRef: {name: c}}}",
        "secretName: b, ",
        "",
    ),
    (
        "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: a}, spec: {scaleTargetRef: {name: b}, triggers: [{type: prometheus, metadata: {query: up}}]}}",
        "type: prometheus, ",
        "",
    ),
    (
        "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: a}, spec: {endpointSelector: {}, egress: [{toFQDNs: [{matchName: b.example.com}], toPorts: [{ports: [{port: \"443\", protocol: TCP}]}]}]}}",
        "port: \"443\"",
        "port: 443",
    ),
];

#[test]
fn schemas_refuse_broken_twins() {
    let good = good();
    let mut twins = vec![
        (
            "an unknown key",
            good.replacen("      containers:\n", "      container: []\n      containers:\n", 1),
        ),
        (
            "an unknown key of a container",
            good.replacen(
                "          image: postgres:18.6\n",
                "          image: postgres:18.6\n          shell: sh\n",
                1,
            ),
        ),
        ("a key of the wrong type", good.replacen("replicas: 1", "replicas: one", 1)),
        ("an unknown kind", good.replacen("kind: PodDisruptionBudget", "kind: PodDisruption", 1)),
        (
            "a version that is gone",
            good.replacen("apiVersion: policy/v1\n", "apiVersion: policy/v1beta1\n", 1),
        ),
        (
            "a port without a number",
            good.replacen("name: postgres, containerPort: 5432", "name: postgres", 1),
        ),
        ("no kind", "apiVersion: v1\nmetadata: {name: a}\n".to_owned()),
    ];
    for (defined, from, to) in DEFINED {
        none(&against_schemas(&file(defined)));
        let twin = defined.replacen(from, to, 1);
        assert_ne!(twin, *defined, "{from}: nothing to replace");
        twins.push((from, twin));
    }
    // One process judges all of them.
    let files: Files =
        twins.iter().enumerate().map(|(at, (_, text))| (format!("{at}.yaml"), text.clone())).collect();
    if Judge::find("kubernetes-check").is_none() {
        return;
    }
    let complaints = against_schemas(&files);
    let accepted = twins
        .iter()
        .enumerate()
        .filter(|(at, _)| !complaints.iter().any(|complaint| complaint.starts_with(&format!("{at}.yaml: "))));
    none(&accepted.map(|(_, (wrong, _))| format!("{wrong}: accepted")).collect::<Vec<_>>());
}

#[test]
fn types_refuse_broken_twins() {
    if Judge::find("kubectl").is_none() {
        return;
    }
    let good = good();
    for (wrong, from, to) in [
        ("a text for a number", "containerPort: 5432", "containerPort: postgres"),
        ("a map for a list", "drop: [ALL]", "drop: {ALL: true}"),
        ("a quantity that is none", "memory: 256Mi", "memory: 256 MiB"),
    ] {
        let twin = good.replacen(from, to, 1);
        assert_ne!(twin, good, "{wrong}: nothing to replace");
        assert!(!against_types(&file(&twin)).is_empty(), "{wrong}: accepted");
    }
}

#[test]
fn the_scanner_refuses_broken_twins() {
    if Judge::find("checkov").is_none() {
        return;
    }
    // Where a check is not listed, and where it is listed for another.
    for (wrong, from, to) in [
        ("more privileges", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
        (
            "the node's network",
            "      enableServiceLinks: false\n",
            "      enableServiceLinks: false\n      hostNetwork: true\n",
        ),
    ] {
        let twin = good().replacen(from, to, 1);
        assert!(!against_policies(&file(&twin)).is_empty(), "{wrong}: accepted");
    }
}

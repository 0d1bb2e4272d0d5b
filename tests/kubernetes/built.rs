//! The files of every platform of the tests, judged: by the readings, and by the programs that read such files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::OnceLock;

use infrac::platform::{Platform, Role, Runtime};
use infrac::source::{Found, LoadError, Loader};
use infrac::target;
use serde_json::Value;

use super::builds::changed;
use super::cluster::{Cluster, Pod, documents, list, selects, text};
use super::edges::{beside, compared};
use super::judged::{against_policies, against_schemas_since, against_types, holds_objects, write};
use super::order::{Files, applied, kustomizations};
use super::passages::survivors;
use super::reach::Port;
use super::{broken, edges, granted, none, order, pods, random, references};
use crate::case::Case;
use crate::judge::Judge;
use crate::sample;

/// A platform and its files of Kubernetes.
pub(crate) struct Built {
    pub(crate) name: String,
    pub(crate) platform: Platform,
    pub(crate) files: Files,
    /// The folder that is applied.
    pub(crate) root: &'static str,
}

/// Every platform, with each environment.
pub(crate) fn all() -> &'static [Built] {
    &compiled().0
}

/// The platforms that build for Kubernetes, and what is said of those that have the target and do not.
fn compiled() -> &'static (Vec<Built>, Vec<String>) {
    static ALL: OnceLock<(Vec<Built>, Vec<String>)> = OnceLock::new();
    ALL.get_or_init(|| {
        let cases = Case::all();
        let (mut built, mut refused) = (Vec::new(), Vec::new());
        for case in &cases {
            let name = case
                .environment
                .as_ref()
                .map_or_else(|| case.source.clone(), |environment| format!("{}@{environment}", case.source));
            let has_target = case.runtime == Runtime::Kubernetes;
            if !has_target
                && cases.iter().any(|it| it.source == case.source && it.runtime == Runtime::Kubernetes)
            {
                continue;
            }
            let compilation = Case { runtime: Runtime::Kubernetes, ..case.clone() }.compilation();
            match compilation.platform {
                Some(platform) => built.push(Built::lowered(name, platform)),
                None if has_target => {
                    let errors = compilation.diagnostics.iter().filter(|told| told.is_error());
                    refused.extend(errors.map(|told| format!("{name}: {}", told.message)));
                }
                None => {}
            }
        }
        (built, refused)
    })
}

/// What has the target builds for it; the flagship builds in any case.
#[test]
fn every_platform_with_the_target_is_built() {
    let (built, refused) = compiled();
    let mut complaints = refused.clone();
    if !built.iter().any(|it| it.name == "platform") {
        complaints.push("the flagship is not built for Kubernetes".to_owned());
    }
    none(&complaints);
    assert!(built.len() > 5, "{} platforms are built for Kubernetes", built.len());
}

impl Built {
    pub(crate) fn lowered(name: String, platform: Platform) -> Self {
        let targets: Vec<_> = target::find("kubernetes").into_iter().collect();
        let artifacts = infrac::build(&platform, &targets).into_iter().flat_map(|it| it.artifacts);
        let files: Files = artifacts.map(|artifact| (artifact.path, artifact.content)).collect();
        let roots = ["kubernetes/base", "kubernetes"];
        let root = roots.into_iter().find(|root| files.contains_key(&format!("{root}/kustomization.yaml")));
        Self { name, platform, files, root: root.expect("a kustomization") }
    }

    /// The objects in the order in which they are applied: namespaces, which have a folder of their own, and the rest.
    pub(crate) fn cluster(&self) -> Cluster {
        let mut paths = applied(&self.files, &format!("{}/namespaces", self.root));
        for path in applied(&self.files, self.root) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        let files = paths.iter().map(|path| (path.as_str(), self.files[path].as_str()));
        let mut cluster = Cluster::read(files).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        // What an operator makes stands in objects, and nothing else makes any.
        if self.platform.settings.kubernetes.store.is_some() {
            cluster.secrets = Some(BTreeMap::new());
        }
        cluster
    }

    fn complaints(&self, complaints: Vec<String>) -> impl Iterator<Item = String> {
        complaints.into_iter().map(|complaint| format!("{}: {complaint}", self.name))
    }
}

#[test]
fn every_platform_is_read_as_good() {
    let mut complaints = Vec::new();
    for built in all() {
        let cluster = built.cluster();
        complaints.extend(built.complaints(broken(&cluster)));
        complaints.extend(built.complaints(kustomizations(&built.files)));
        let count = built.files.iter().filter(|(path, _)| holds_objects(path));
        let objects: usize = count.map(|(_, text)| documents(text).map_or(0, |it| it.len())).sum();
        if objects != cluster.objects.len() {
            complaints.push(format!(
                "{}: {} of {objects} objects are applied",
                built.name,
                cluster.objects.len()
            ));
        }
    }
    none(&complaints);
}

/// What belongs to the whole cluster carries its environment, so that two of them in one cluster do not overwrite each other
/// (llm-d/llm-d-autoscaling#1169).
#[test]
fn environments_share_no_object_of_the_cluster() {
    let mut complaints = Vec::new();
    for built in all() {
        let Some((_, environment)) = built.name.split_once('@') else { continue };
        for object in built.cluster().objects.iter().filter(|object| object.namespace().is_empty()) {
            if object.kind() != "Namespace" && !object.name().contains(environment) {
                complaints.push(format!("{}: {}: it is every environment's", built.name, object.place()));
            }
        }
    }
    none(&complaints);
}

/// A folder that is applied holds no namespace: whoever deletes it would delete the disks.
#[test]
fn namespaces_are_out_of_reach() {
    for built in all() {
        let paths = applied(&built.files, built.root);
        let cluster = Cluster::read(paths.iter().map(|path| (path.as_str(), built.files[path].as_str())));
        let cluster = cluster.unwrap_or_else(|error| panic!("{}: {error}", built.name));
        assert_eq!(cluster.of("Namespace").count(), 0, "{}", built.name);
    }
}

/// What the cluster's Prometheus scrapes it knows by the jobs that rules ask for; kubelets it scrapes by itself.
#[test]
fn monitors_bring_the_jobs_of_the_model() {
    let mut complaints = Vec::new();
    let mut seen = 0;
    for built in all().iter().filter(|built| built.platform.settings.kubernetes.operator.is_some()) {
        let jobs = built.platform.observed.jobs.iter();
        let own = jobs.filter(|job| built.platform[job.service].role != Some(Role::Kubelet));
        let mut expected: Vec<String> = own.map(|job| job.name.clone()).collect();
        expected.sort();
        expected.dedup();
        seen += expected.len();
        let found = references::jobs(&built.cluster());
        if found != expected {
            complaints.push(format!("{}: {found:?}, and not {expected:?}", built.name));
        }
    }
    none(&complaints);
    assert!(seen > 2, "{seen} jobs: the check is broken");
}

/// A changed threshold changes what Prometheus and Grafana read, and starts nothing anew.
#[test]
fn a_changed_alert_starts_nothing_anew() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("platform.infra")).expect("it is there");
    // That it builds is another test's.
    if !all().iter().any(|built| built.name == "platform") {
        return;
    }
    let build = |text: &str| {
        let load = |path: &str| match path {
            "platform.infra" => Ok(Found::File(text.as_bytes().to_vec())),
            _ => Err(LoadError::Missing),
        };
        let compilation =
            infrac::compile(&Loader { load: &load }, "platform.infra", None, Runtime::Kubernetes);
        Built::lowered("platform".to_owned(), compilation.platform.expect("it builds"))
    };
    let other = text.replacen("for         = 15m", "for         = 16m", 1);
    assert_ne!(text, other, "no alert to change");
    // Before 3.12 it has no flag for that.
    let old = |text: &str| {
        let text = text.replacen("\nprometheus {", "\nprometheus { version = \"3.5.0\",", 1);
        build(&text).cluster()
    };
    let anew = changed(&old(&text), &old(&other));
    assert!(anew.iter().any(|object| object.starts_with("StatefulSet prometheus")), "{anew:?}");
    let changed = changed(&build(&text).cluster(), &build(&other).cluster());
    assert!(changed.iter().any(|object| object.starts_with("ConfigMap prometheus")), "{changed:?}");
    let anew = changed.iter().filter(|object| !object.starts_with("ConfigMap "));
    none(&anew.map(|object| format!("a changed alert starts {object} anew")).collect::<Vec<String>>());
}

/// What is granted is what the source says, and the Secrets that are asked for are those that an operator is told of.
#[test]
fn what_is_granted_and_asked_for_is_what_the_source_says() {
    let mut complaints = Vec::new();
    let (mut rights, mut keys) = (0, 0);
    for built in all() {
        let cluster = built.cluster();
        complaints.extend(built.complaints(granted::roles(&built.platform, &cluster)));
        // Where a store outside of the cluster holds the secrets, no script makes them, and there is no table for one.
        let Some(table) = built.files.get(&format!("{}/secrets.conf", built.root)) else { continue };
        complaints.extend(built.complaints(granted::secrets(built, &cluster, table)));
        rights += cluster.of("RoleBinding").count() + cluster.of("ClusterRoleBinding").count();
        keys += table.lines().filter(|line| !line.starts_with(['#', '@'])).count();
        // One verb more, one namespace more, one key less: each is seen.
        for at in 0..cluster.objects.len() {
            let kind = cluster.objects[at].kind();
            let mut other = cluster.clone();
            match kind {
                "Role" | "ClusterRole" => {
                    let verbs = other.objects[at].value["rules"][0]["verbs"].as_array_mut().expect("verbs");
                    verbs.push("impersonate".into());
                }
                "RoleBinding" | "ClusterRoleBinding" => drop(other.objects.remove(at)),
                _ => continue,
            }
            if granted::roles(&built.platform, &other).is_empty() {
                complaints.push(format!(
                    "{}: {}: a change of it is not seen",
                    built.name,
                    cluster.objects[at].place()
                ));
            }
        }
        for line in table.lines().filter(|line| !line.starts_with(['#', '@'])) {
            let less = table.replace(&format!("{line}\n"), "");
            let more = table.replace(line, &format!("{line} MORE"));
            if granted::secrets(built, &cluster, &less).is_empty()
                || granted::secrets(built, &cluster, &more).is_empty()
            {
                complaints.push(format!("{}: {line}: a change of it is not seen", built.name));
            }
        }
    }
    none(&complaints);
    assert!(rights > 5 && keys > 20, "{rights} bindings and {keys} Secrets: the check is broken");
}

/// Files that are the same in several environments are judged once.
fn different<'a>(built: impl IntoIterator<Item = &'a Built>) -> Files {
    let mut texts = BTreeSet::new();
    let mut files = BTreeMap::new();
    for it in built {
        for (path, text) in it.files.iter().filter(|(path, _)| holds_objects(path)) {
            if texts.insert(text) {
                files.insert(format!("{}/{path}", it.name), text.clone());
            }
        }
    }
    files
}

#[test]
fn schemas_and_types_accept_every_platform() {
    let mut by_version: BTreeMap<Option<String>, Vec<&Built>> = BTreeMap::new();
    for built in all() {
        let version = built.platform.settings.kubernetes.version;
        by_version.entry(version.map(|version| version.value.to_string())).or_default().push(built);
    }
    let mut complaints = against_types(&different(all()));
    for (version, built) in by_version {
        complaints.extend(against_schemas_since(version.as_deref(), &different(built)));
    }
    none(&complaints);
}

/// What kustomize makes of a folder is what stands in it, in its order.
#[test]
fn kustomize_keeps_every_platform_as_it_is() {
    let mut complaints = Vec::new();
    for built in all() {
        for kubectl in ["kubectl", "kubectl-new"].into_iter().filter_map(Judge::find) {
            let folder = tempfile::tempdir().expect("a temporary folder");
            write(folder.path(), &built.files);
            let verdict = kubectl.ask(folder.path(), &["kustomize", built.root], "");
            if !verdict.accepted {
                complaints.push(format!("{}: {}", built.name, verdict.complaint));
                continue;
            }
            let rendered = documents(&verdict.output).expect("kustomize writes YAML");
            let own = applied(&built.files, built.root);
            let own: Vec<_> =
                own.iter().flat_map(|path| documents(&built.files[path]).expect("it is YAML")).collect();
            if rendered != own {
                let at = rendered.iter().zip(&own).position(|(a, b)| a != b);
                complaints.push(format!(
                    "{}: {} objects, {} rendered, another at {at:?}",
                    built.name,
                    own.len(),
                    rendered.len()
                ));
            }
        }
    }
    none(&complaints);
}

/// A root that can be written is what the platform says of the service, and nothing else.
#[test]
fn roots_are_read_only_where_the_platform_says_so() {
    let mut complaints = Vec::new();
    for built in all() {
        let cluster = built.cluster();
        for pod in cluster.pods() {
            let name = text(&pod.labels()["app.kubernetes.io/name"]);
            // Pods of backups are held to more than that (`copies`).
            if name.contains('.') {
                continue;
            }
            let service = built.platform.services.iter().find(|service| service.name == name);
            let service = service.unwrap_or_else(|| panic!("{}: {name} is no service", built.name));
            let expected = service.confinement().read_only;
            for container in pod.containers().filter(|container| !container.init) {
                let found = container.value["securityContext"]["readOnlyRootFilesystem"] == true;
                if found != expected {
                    complaints.push(format!("{}: {}: read-only: {found}", built.name, container.place(&pod)));
                }
            }
        }
    }
    none(&complaints);
}

/// Each platform without its environments, and the flagship with them.
#[test]
fn the_scanner_finds_nothing_that_has_no_reason() {
    let scanned = |built: &&Built| !built.name.contains('@') || built.name.starts_with("platform@");
    let built: Vec<&Built> = all().iter().filter(scanned).collect();
    none(&against_policies(&different(built)));
}

/// What kustomize makes of base and overlay is what a build of the environment is: every object, with every list in its order,
/// and as good as that by all readings.
#[test]
fn a_rendered_overlay_is_a_direct_build() {
    let kubectls: Vec<Judge> = ["kubectl", "kubectl-new"].into_iter().filter_map(Judge::find).collect();
    let mut complaints = Vec::new();
    for base in all().iter().filter(|built| !built.name.contains('@')) {
        let environments = all().iter().filter(|it| it.name.starts_with(&format!("{}@", base.name)));
        let environments: Vec<&Built> = environments.collect();
        let platforms: Vec<&Platform> = environments.iter().map(|it| &it.platform).collect();
        let overlays = infrac::overlays(&base.platform, &platforms);
        let mut files = base.files.clone();
        files.extend(overlays.into_iter().map(|artifact| (artifact.path, artifact.content)));
        complaints.extend(base.complaints(kustomizations(&files)));
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(folder.path(), &files);
        for it in &environments {
            let name = it.name.split_once('@').map_or("", |(_, name)| name);
            for kubectl in &kubectls {
                let overlay = format!("kubernetes/overlays/{name}");
                let verdict = kubectl.ask(folder.path(), &["kustomize", &overlay], "");
                if verdict.accepted {
                    complaints.extend(it.complaints(differences(it, &verdict.output)));
                } else {
                    complaints.extend(it.complaints(vec![verdict.complaint]));
                }
            }
        }
    }
    none(&complaints);
}

/// How what was rendered differs from an environment's own files.
fn differences(built: &Built, rendered: &str) -> Vec<String> {
    let own = applied(&built.files, built.root);
    let own = own.iter().map(|path| (path.as_str(), built.files[path].as_str()));
    let own = Cluster::read(own).expect("it is YAML");
    let rendered = Cluster::read([("rendered", rendered)]).expect("kustomize writes YAML");
    let mut complaints = changed(&own, &rendered);
    // The namespaces have a folder of their own.
    let mut whole = built.cluster();
    whole.objects.retain(|object| object.kind() == "Namespace");
    whole.objects.extend(rendered.objects);
    complaints.extend(order::policies(&whole));
    complaints.extend(order::needs(&whole));
    complaints.extend(pods::variables(&whole));
    complaints
}

/// A pod waits for what it may reach, and for what tools that apply in waves start before it.
#[test]
fn what_a_pod_waits_for_comes_before_it() {
    let mut complaints = Vec::new();
    let mut waits = 0;
    for built in all() {
        let cluster = built.cluster();
        let reach = edges::reach(&built.platform, &cluster);
        for pod in cluster.pods() {
            for (host, port) in pod.containers().filter(|it| it.init).flat_map(|it| awaited(it.value)) {
                waits += 1;
                let mut complain = |problem: &str| {
                    complaints.push(format!("{}: {}: {host}:{port}: {problem}", built.name, pod.place()));
                };
                let Some(target) = behind(&cluster, &host) else {
                    complain("no pod is behind it");
                    continue;
                };
                if wave(&target) >= wave(&pod) {
                    complain("it is of no earlier wave");
                }
                let end = |pod: &Pod<'_>| {
                    let name = pod.workload.name();
                    reach.ends.iter().position(|end| end.name == name && end.is_ours()).expect("it is an end")
                };
                let passage = (end(&pod), end(&target), Port("TCP".to_owned(), port));
                if !reach.lets(true, &passage) || !reach.lets(false, &passage) {
                    complain("policies do not let it pass");
                }
            }
        }
    }
    assert!(waits > 5, "{waits} pods wait: the check is broken");
    none(&complaints);
}

/// What an init container tries: its arguments that are a host and a port.
fn awaited(container: &Value) -> Vec<(String, u64)> {
    let arguments = list(&container["args"]).iter().filter_map(Value::as_str);
    arguments
        .filter_map(|argument| {
            let (host, port) = argument.rsplit_once(':')?;
            Some((host.to_owned(), port.parse().ok()?))
        })
        .collect()
}

/// The pod behind a Service.
fn behind<'a>(cluster: &'a Cluster, host: &str) -> Option<Pod<'a>> {
    let name = host.split('.').next()?;
    let service = cluster.of("Service").find(|service| service.name() == name)?;
    let selector = serde_json::json!({ "matchLabels": service.spec()["selector"] });
    cluster.pods_in(service.namespace()).find(|pod| selects(&selector, pod.labels()))
}

fn wave(pod: &Pod<'_>) -> i64 {
    let note = &pod.workload.value["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"];
    note.as_str().map_or(0, |wave| wave.parse().expect("a number"))
}

/// Platforms at random that are read.
const PLATFORMS: (u64, u64) = (20, 300);

/// A platform at random, whose source must build.
pub(crate) fn at_random(seed: u64) -> Built {
    let text = random::source(seed);
    let load = |_: &str| Ok(Found::File(text.clone().into_bytes()));
    let compilation = infrac::compile(&Loader { load: &load }, "platform.infra", None, Runtime::Kubernetes);
    let errors = compilation.diagnostics.iter().filter(|told| told.is_error()).map(|told| &told.message);
    let errors: Vec<&String> = errors.collect();
    let platform = compilation.platform.unwrap_or_else(|| panic!("{text}\n{errors:?}"));
    Built::lowered(format!("seed {seed}"), platform)
}

#[test]
fn policies_let_pass_what_the_model_declares() {
    let mut complaints = Vec::new();
    for built in all() {
        complaints.extend(built.complaints(compared(&built.platform, &built.cluster())));
    }
    for seed in 0..if sample::whole() { PLATFORMS.1 } else { PLATFORMS.0 } {
        let built = at_random(seed);
        let cluster = built.cluster();
        complaints.extend(built.complaints(compared(&built.platform, &cluster)));
        complaints.extend(built.complaints(broken(&cluster)));
    }
    none(&complaints);
}

/// Whatever is left out of the policies that are written, or widened in them, is seen.
#[test]
fn every_change_of_a_written_policy_is_seen() {
    let mut complaints = Vec::new();
    let mut tried = 0;
    let mut judge = |built: &Built| {
        let cluster = built.cluster();
        let (count, unseen) = survivors(&cluster, beside(&built.platform, &cluster));
        tried += count;
        complaints.extend(built.complaints(unseen));
    };
    all().iter().filter(|built| matches!(built.name.as_str(), "platform" | "cluster")).for_each(&mut judge);
    for seed in 0..if sample::whole() { PLATFORMS.1 } else { PLATFORMS.0 } {
        judge(&at_random(seed));
    }
    let _ = writeln!(io::stderr(), "{tried} changes of policies, all of them seen");
    assert!(tried > 2_000, "{tried} changes: too few were made");
    none(&complaints);
}

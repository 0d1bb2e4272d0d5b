//! Kubernetes' objects, read again from their files by rules that know nothing of how they were made: what an API server
//! refuses and the judges let through, what leads nowhere, and what people ran into. `good.yaml` is a platform that a person
//! wrote; each reading accepts it, and finds each of its broken twins.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures")]

#[path = "kubernetes/access.rs"]
mod access;
#[path = "kubernetes/builds.rs"]
mod builds;
#[path = "kubernetes/built.rs"]
pub(crate) mod built;
#[path = "kubernetes/cluster.rs"]
mod cluster;
#[path = "kubernetes/copies.rs"]
mod copies;
#[path = "kubernetes/edges.rs"]
mod edges;
#[path = "kubernetes/gateways.rs"]
mod gateways;
#[path = "kubernetes/granted.rs"]
mod granted;
#[path = "kubernetes/judged.rs"]
mod judged;
#[path = "kubernetes/order.rs"]
mod order;
#[path = "kubernetes/passages.rs"]
mod passages;
#[path = "kubernetes/pods.rs"]
mod pods;
#[path = "kubernetes/policies.rs"]
mod policies;
#[path = "kubernetes/probes.rs"]
mod probes;
#[path = "kubernetes/random.rs"]
mod random;
#[path = "kubernetes/reach.rs"]
mod reach;
#[path = "kubernetes/references.rs"]
mod references;
#[path = "kubernetes/renewed.rs"]
mod renewed;
#[path = "kubernetes/security.rs"]
mod security;
#[path = "kubernetes/selectors.rs"]
mod selectors;
#[path = "kubernetes/taken.rs"]
mod taken;
#[path = "kubernetes/twins.rs"]
mod twins;
#[path = "kubernetes/unions.rs"]
mod unions;
#[path = "kubernetes/values.rs"]
mod values;
#[path = "kubernetes/workloads.rs"]
mod workloads;

use std::fs;
use std::path::Path;

use cluster::Cluster;

/// The places where something does not hold.
type Read = fn(&Cluster) -> Vec<String>;

/// The readings, by name.
const READINGS: &[(&str, Read)] = &[
    ("a selector matches the pods of one workload", selectors::one_workload),
    ("a workload's selector matches its own pods", selectors::own_pods),
    ("a selector holds nothing that changes", selectors::stable),
    ("a peer of a policy is the pods of one workload", selectors::peers),
    ("a named ConfigMap or Secret is there, with its keys", references::contents),
    ("a named object is there", references::objects),
    ("a named port is there", references::ports),
    ("a route leads from a listener for its names to a port, in a time", gateways::routes),
    ("something uses each object", references::orphans),
    ("no two objects have one name", references::names),
    ("what is mounted is declared, and the reverse", pods::mounts),
    ("nothing stands twice in a pod", pods::duplicates),
    ("what a variable refers to stands above it", pods::variables),
    ("a mount has a path of its own", pods::paths),
    ("a name is one", values::names),
    ("a label is one", values::labels),
    ("a quantity is one, and no limit is below its request", values::quantities),
    ("a number is within its bounds", values::bounds),
    ("one of a group stands", unions::unions),
    ("a pod is admitted to its namespace", security::admitted),
    ("a lax namespace holds only what needs it", security::needed),
    ("a container's user is a number", security::users),
    ("a pod may write to its disks", security::disks),
    ("a role gives the least", access::roles),
    ("a role is of the cluster only for what is", access::scope),
    ("a token, a role and the way to the API server come together", access::tokens),
    ("objects stand in the order of their kinds", order::kinds),
    ("what a pod names stands before it", order::needs),
    ("policies stand before pods", order::policies),
    ("a namespace denies by default", reach::denied),
    ("a policy says each thing once", policies::repeated),
    ("a name that is let pass is learnt", policies::learnt),
    ("Flux replaces nothing", order::substitution),
    ("the resolver is the cluster's", order::resolver),
    ("a scaler alone counts pods, by their requests", workloads::scalers),
    ("a disruption budget lets one of several go", workloads::budgets),
    ("a pod leaves its Service before it stops", workloads::stops),
    ("pods of one rollout are spread", workloads::spread),
    ("a Job ends, and is not made again", workloads::jobs),
    ("disks stay, and their templates do not change", workloads::disks),
    ("what lives is not asked as what is ready", workloads::liveness),
    ("what keeps data has time to start", workloads::recovery),
    ("a pod asks for what it needs, and gets nothing else", workloads::settings),
];

/// Every reading that does not hold, with the place.
fn broken(cluster: &Cluster) -> Vec<String> {
    let complaints = |(name, read): &(&str, Read)| {
        read(cluster).into_iter().map(|place| format!("{name}: {place}")).collect::<Vec<String>>()
    };
    READINGS.iter().flat_map(complaints).collect()
}

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

fn good() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kubernetes/good.yaml");
    fs::read_to_string(path).expect("it is there")
}

/// The platform of `good.yaml`, with the Secrets that its pods ask for.
fn read(text: &str) -> Result<Cluster, String> {
    let mut cluster = Cluster::read([("good.yaml", text)])?;
    let secrets = [("db", "POSTGRES_PASSWORD"), ("api", "DATABASE_PASSWORD"), ("db-setup", "PGPASSWORD")];
    let secret = |(name, key): (&str, &str)| (("shop".to_owned(), name.to_owned()), vec![key.to_owned()]);
    cluster.secrets = Some(secrets.into_iter().map(secret).collect());
    Ok(cluster)
}

#[test]
fn what_is_good_is_accepted() {
    none(&broken(&read(&good()).expect("it is YAML")));
}

#[test]
fn every_reading_finds_its_broken_twins() {
    let good = good();
    let mut complaints = Vec::new();
    let all = twins::all();
    for twin in &all {
        let text = twin.of(&good);
        assert!(text != good, "{}: it changes nothing", twin.wrong);
        let found = match read(&text) {
            Ok(cluster) => broken(&cluster),
            Err(error) => vec![error],
        };
        if !found.iter().any(|found| found.starts_with(&format!("{}: ", twin.found))) {
            complaints.push(format!("{}: not found, only {found:?}", twin.wrong));
        }
    }
    for (name, _) in READINGS {
        if !all.iter().any(|twin| twin.found == *name) {
            complaints.push(format!("no twin breaks the reading: {name}"));
        }
    }
    none(&complaints);
}

#[test]
fn a_duplicate_key_is_an_error() {
    let twin = good().replacen("  serviceName: db\n", "  serviceName: db\n  serviceName: db\n", 1);
    assert!(read(&twin).is_err());
}

#[test]
fn what_cannot_change_between_two_builds_is_found() {
    let good = good();
    let old = read(&good).expect("it is YAML");
    none(&[builds::fixed(&old, &old), builds::given_up(&old, &old), builds::lost(&old, &old)].concat());
    assert!(builds::changed(&old, &old).is_empty());
    let mut complaints = Vec::new();
    for (wrong, from, to, expected) in builds::TWINS {
        let text = good.replacen(from, to, 1);
        assert!(text != good, "{wrong}: it changes nothing");
        let new = read(&text).expect("it is YAML");
        let (old, new) = if *wrong == builds::GIVEN_UP { (&new, &old) } else { (&old, &new) };
        let found = [builds::fixed(old, new), builds::given_up(old, new), builds::lost(old, new)].concat();
        if !found.iter().any(|found| found.ends_with(expected)) {
            complaints.push(format!("{wrong}: not found, only {found:?}"));
        }
    }
    none(&complaints);
    // The name of a Job is that of its content: another one is another object, and no change.
    let other = good.replacen("name: db-setup-3f2a", "name: db-setup-77ab", 1).replacen(
        "command: [psql]",
        "command: [psql, -e]",
        1,
    );
    none(&builds::fixed(&old, &read(&other).expect("it is YAML")));
}

#[test]
fn kustomizations_keep_what_they_list() {
    let files = |changes: &[(&str, &str)]| -> order::Files {
        let head = "sortOptions: {order: fifo}\n";
        let mut files: order::Files = [
            ("base/kustomization.yaml", format!("{head}resources: [namespaces, application.yaml]\n")),
            ("base/namespaces/kustomization.yaml", format!("{head}resources: [namespaces.yaml]\n")),
            ("base/namespaces/namespaces.yaml", "kind: Namespace\n".to_owned()),
            ("base/application.yaml", "kind: Service\n".to_owned()),
        ]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text))
        .collect();
        files.extend(changes.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
        files
    };
    none(&order::kustomizations(&files(&[])));
    assert_eq!(
        order::applied(&files(&[]), "base"),
        ["base/namespaces/namespaces.yaml", "base/application.yaml"]
    );
    let main = "base/kustomization.yaml";
    let all = "resources: [namespaces, application.yaml]\n";
    let twins: [(&str, &str, String); 8] = [
        ("no order", main, all.to_owned()),
        ("a namespace", main, format!("sortOptions: {{order: fifo}}\nnamespace: shop\n{all}")),
        ("a prefix", main, format!("sortOptions: {{order: fifo}}\nnamePrefix: shop-\n{all}")),
        (
            "labels of selectors",
            main,
            format!("sortOptions: {{order: fifo}}\nlabels: [{{includeSelectors: true}}]\n{all}"),
        ),
        (
            "a file that is not there",
            main,
            "sortOptions: {order: fifo}\nresources: [namespaces, application.yaml, a.yaml]\n".to_owned(),
        ),
        (
            "a file twice",
            main,
            "sortOptions: {order: fifo}\nresources: [namespaces, application.yaml, application.yaml]\n"
                .to_owned(),
        ),
        ("a file that is not listed", "base/forgotten.yaml", "kind: Service\n".to_owned()),
        ("a duplicate key", main, format!("sortOptions: {{order: fifo}}\n{all}{all}")),
    ];
    for (wrong, path, text) in twins {
        assert!(!order::kustomizations(&files(&[(path, &text)])).is_empty(), "{wrong}");
    }
}

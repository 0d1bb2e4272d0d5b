//! What an API server refuses of what is merged, line by line (`refused.txt`): each override that it refuses beside one that it
//! takes. A line that holds nothing back, or a rule that refuses too much, is found.

use std::fmt::Write as _;

use super::none;
use crate::fixtures::project::compile_text;

/// The kinds of a line, each with the service that the override stands in, and what stands around it; `@` is its place.
const PLACES: &[(&str, &str, &str)] = &[
    ("Deployment", "api", "Deployment { spec { @ } }"),
    ("pod", "api", "Deployment { spec { template { spec { @ } } } }"),
    ("template", "api", "Deployment { spec { template { @ } } }"),
    ("container", "api", "Deployment { spec { template { spec { containers = [{ name = api, @ }] } } } }"),
    (
        "init",
        "api",
        "Deployment { spec { template { spec { initContainers = [{ name = first, image = \"acme/first:1\", \
         resources { requests { cpu = 10m, memory = 16Mi }, limits { cpu = 10m, memory = 16Mi } }, \
         securityContext { allowPrivilegeEscalation = false, runAsNonRoot = true, capabilities { drop = [\"ALL\"] }, \
         seccompProfile { type = RuntimeDefault } }, @ }] } } } }",
    ),
    ("volume", "api", "Deployment { spec { template { spec { volumes = [{ name = extra, @ }] } } } }"),
    (
        "volume-of-node",
        "agent",
        "DaemonSet { spec { template { spec { volumes = [{ name = extra, @ }] } } } }",
    ),
    ("pod-of-node", "agent", "DaemonSet { spec { template { spec { @ } } } }"),
    (
        "container-of-node",
        "agent",
        "DaemonSet { spec { template { spec { containers = [{ name = agent, @ }] } } } }",
    ),
    (
        "container-of-set",
        "db",
        "StatefulSet { spec { template { spec { containers = [{ name = db, @ }] } } } }",
    ),
    ("backup", "store", "CronJob backup-nightly { spec { @ } }"),
    ("restore", "store", "CronJob restore-nightly { spec { @ } }"),
    (
        "step",
        "store",
        "CronJob backup-nightly { spec { jobTemplate { spec { template { spec { initContainers = [{ name = save, @ }] } } } } } }",
    ),
    (
        "helper",
        "store",
        "CronJob backup-nightly { spec { jobTemplate { spec { template { spec { initContainers = [{ name = seal, @ }] } } } } } }",
    ),
    (
        "last",
        "store",
        "CronJob restore-nightly { spec { jobTemplate { spec { template { spec { containers = [{ name = compare, @ }] } } } } } }",
    ),
    ("DaemonSet", "agent", "DaemonSet { spec { @ } }"),
    ("StatefulSet", "db", "StatefulSet { spec { @ } }"),
    (
        "claim",
        "db",
        "StatefulSet { spec { volumeClaimTemplates = [{ metadata { name = data }, spec { @ } }] } }",
    ),
    ("PersistentVolumeClaim", "", "PersistentVolumeClaim pictures { spec { @ } }"),
    ("Job", "schema", "Job { spec { @ } }"),
    ("pod-of-job", "schema", "Job { spec { template { spec { @ } } } }"),
    ("CronJob", "report", "CronJob { spec { @ } }"),
    ("job-of-schedule", "report", "CronJob { spec { jobTemplate { spec { @ } } } }"),
    ("Service", "api", "Service api { spec { @ } }"),
    ("public", "api", "Service api-public { spec { @ } }"),
    ("noted", "api", "Service api-public { metadata { annotations { @ } } }"),
    ("Namespace", "", "Namespace shop { spec { @ } }"),
    ("PodDisruptionBudget", "api", "PodDisruptionBudget { spec { @ } }"),
    ("HorizontalPodAutoscaler", "api", "HorizontalPodAutoscaler { spec { @ } }"),
    ("ScaledObject", "queue", "ScaledObject { spec { @ } }"),
    ("metadata", "api", "Deployment { metadata { @ } }"),
];

const SERVICES: &[(&str, &str)] = &[
    (
        "api",
        "image = \"shop/api:1.4\" { base = \"node:24-bookworm-slim\" }\n user = \"1000:1000\"\n port http = 8080 { protocol = http }\n \
         port traffic = 8443 { publish = internet }\n health { readiness = \"/ready\", tool = node }\n \
         scale { min = 2, max = 6, cpu = 70% }\n resources { memory = 256MiB, cpu = 0.5 }\n env { MODE = \"fast\" }\n \
         mount pictures = \"/pictures\"",
    ),
    (
        "db",
        "image = \"example/database:16.2\" { base = \"debian:13\" }\n user = \"999:999\"\n port sql = 5432\n \
         health { tcp = sql }\n volume data = \"/var/lib/data\" { size = 20GiB }",
    ),
    (
        "agent",
        "image = \"example/agent:2.0.0\"\n user = \"0:0\"\n run = each_host\n bind \"/var/log\" = \"/var/log\" { read_only = true }\n \
         security { root = true, privileged = true, reason = \"It looks at the node\" }",
    ),
    (
        "schema",
        "image = \"shop/api:1.4\" { base = \"node:24-bookworm-slim\" }\n command = [\"node\", \"schema.js\"]\n run = once",
    ),
    (
        "report",
        "image = \"shop/api:1.4\" { base = \"node:24-bookworm-slim\" }\n command = [\"node\", \"report.js\"]\n \
         run = schedule { cron = \"15 4 * * *\" }",
    ),
    (
        "store",
        "image = \"example/store:1.0\" { base = \"debian:13\" }\n user = \"999:999\"\n port sql = 5432\n health { tcp = sql }\n \
         volume data = \"/var/lib/data\" { size = 20GiB, backup = true, copy = running }",
    ),
    ("queue", QUEUE),
];

/// What is scaled by KEDA.
const QUEUE: &str = "image = \"shop/api:1.4\" { base = \"node:24-bookworm-slim\" }\n user = \"1000:1000\"\n port http = 8080\n \
    health { readiness = \"/ready\", tool = node }\n scale { min = 2, max = 6, on \"sum(up)\" = 10 }";

/// A backup, and where its copies go.
const COPIES: &str = "secret OFFSITE_KEY {}\noffsite paris { endpoint = \"https://s3.eu-central-1.amazonaws.com\", \
    bucket = \"shop-copies\", region = \"eu-central-1\", access_key = \"AKIAEXAMPLE\", secret_key = OFFSITE_KEY, retention = 90d }\n\
    backup nightly { of = store, to = paris, schedule = \"0 3 * * *\", alert_after = 2d }\n";

/// The platform with an override of one service, for a version of the cluster.
fn source(kind: &str, body: &str, version: &str) -> String {
    let (_, of, around) =
        PLACES.iter().find(|(name, ..)| *name == kind).unwrap_or_else(|| panic!("no place `{kind}`"));
    let over = format!("override kubernetes {{ {} }}", around.replace('@', body));
    let mut out = format!(
        "platform shop {{ targets = [kubernetes] }}\n\
         target kubernetes {{ shared_storage_class = \"shared\", version = \"{version}\" }}\n\
         image \"example/agent\" {{ user = \"0:0\", tools = [\"sh\"], writes = [] }}\n\
         volume pictures {{ size = 5GiB, concurrent = true }}\n"
    );
    if of.is_empty() {
        let _ = writeln!(out, "{over}");
    }
    // The others make no difference, and take time.
    for (name, text) in SERVICES.iter().filter(|(name, _)| name == of || of.is_empty() && *name == "api") {
        if *name == "store" {
            out.push_str(COPIES);
        }
        if *name == "queue" {
            out.push_str("prometheus metrics\n");
        }
        let own = if name == of { over.as_str() } else { "" };
        let _ = writeln!(out, "service {name} {{\n{text}\n{own}\n}}");
    }
    out
}

/// What is reported of overrides: the codes, the keys that messages name, and the labels.
fn refused(kind: &str, body: &str, version: &str) -> Vec<String> {
    let text = source(kind, body, version);
    let compilation = compile_text(&text);
    let about = ["TGT", "TYP", "NAM", "SYN", "MRG"];
    let found = compilation.diagnostics.iter().filter(|diagnostic| {
        diagnostic.is_error() || about.iter().any(|family| diagnostic.code.id.starts_with(family))
    });
    found
        .map(|diagnostic| {
            let label = diagnostic.labels.first().map(|label| label.note.clone()).unwrap_or_default();
            format!("{}: {}: {label}", diagnostic.code.id, diagnostic.message)
        })
        .collect()
}

struct Line {
    at: usize,
    kind: &'static str,
    version: &'static str,
    bad: &'static str,
    label: &'static str,
    good: &'static str,
}

/// `KIND[@VERSION] | REFUSED | LABEL | TAKEN`.
fn lines() -> Vec<Line> {
    let text = include_str!("refused.txt");
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
    {
        let parts: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [kind, bad, label, good] = parts.as_slice() else { panic!("line {}: {line}", at + 1) };
        let (kind, version) = kind.split_once('@').unwrap_or((kind, "1.33"));
        lines.push(Line { at: at + 1, kind, version, bad, label, good });
    }
    lines
}

#[test]
fn overrides_that_an_api_server_refuses_are_refused_and_their_twins_are_not() {
    let lines = lines();
    assert!(lines.len() > 150, "only {} lines", lines.len());
    let complaints: Vec<String> = std::thread::scope(|scope| {
        let half = lines.len().div_ceil(2);
        let halves: Vec<_> = lines.chunks(half).map(|lines| scope.spawn(move || judge(lines))).collect();
        halves.into_iter().flat_map(|half| half.join().expect("a line does not panic")).collect()
    });
    none(&complaints);
}

fn judge(lines: &[Line]) -> Vec<String> {
    let mut complaints = Vec::new();
    for line in lines {
        let found = refused(line.kind, line.bad, line.version);
        if !found.iter().any(|found| found.contains(line.label)) {
            complaints.push(format!(
                "line {}: {} is not refused with `{}`: {found:?}",
                line.at, line.bad, line.label
            ));
        }
        let found = refused(line.kind, line.good, line.version);
        if !found.is_empty() {
            complaints.push(format!("line {}: {} is refused: {found:?}", line.at, line.good));
        }
    }
    complaints
}

//! Names, labels, quantities and numbers: what an API server refuses and schemas let through.

use std::net::IpAddr;

use serde_json::Value;

use super::cluster::{Cluster, Object, Pod, list, pairs, text};

/// A name of a DNS label (RFC 1123).
fn is_label(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=63).contains(&name.len())
        && name.starts_with(plain)
        && name.ends_with(plain)
        && name.chars().all(|c| plain(c) || c == '-')
}

fn is_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_label)
}

/// The longest name of a kind: pods and their labels are called after it.
fn longest(kind: &str) -> usize {
    match kind {
        // kubernetes/kubernetes:pkg/apis/batch/validation/validation.go: 63 less the eleven of a child's name.
        "CronJob" => 52,
        // `controller-revision-hash` holds the name and a hash of ten: kubernetes/kubernetes#64023.
        "StatefulSet" => 52,
        // `batch.kubernetes.io/job-name` holds the name of a Job; the others are names of DNS.
        "Job" | "Service" | "Namespace" => 63,
        // No rule of the server's: `app.kubernetes.io/name` holds the name.
        "Deployment" | "DaemonSet" => 63,
        _ => 253,
    }
}

/// Names of objects and of what is in them.
pub(crate) fn names(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for object in &cluster.objects {
        let (kind, name) = (object.kind(), object.name());
        let good = match kind {
            // RFC 1035: no digit at the start.
            "Service" => is_label(name) && !name.starts_with(|c: char| c.is_ascii_digit()),
            "Namespace" | "Job" | "CronJob" | "StatefulSet" | "Deployment" | "DaemonSet" => is_label(name),
            // kubernetes/kubernetes:pkg/apis/rbac/validation/validation.go takes path segments.
            "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => {
                !name.contains(['/', '%']) && !name.is_empty()
            }
            _ => is_subdomain(name),
        };
        if !good || name.len() > longest(kind) {
            complaints.push(format!("{}: no name for a {kind}", object.place()));
        }
        for part in ["data", "binaryData"] {
            for (key, _) in pairs(&object.value[part]).filter(|(key, _)| !is_key(key)) {
                complaints.push(format!("{}: no key: {key:?}", object.place()));
            }
        }
    }
    for pod in cluster.pods() {
        let containers = pod.containers().map(|container| container.name());
        for name in containers.chain(pod.volumes()).filter(|name| !is_label(name)) {
            complaints.push(format!("{}: no name of a part: {name:?}", pod.place()));
        }
        for port in pod.ports().filter_map(|port| port["name"].as_str()).filter(|name| !is_port(name)) {
            complaints.push(format!("{}: no name of a port: {port:?}", pod.place()));
        }
        for container in pod.containers() {
            let names = list(&container.value["env"]).iter().map(|variable| text(&variable["name"]));
            for name in names.filter(|name| !is_variable(name)) {
                complaints.push(format!("{}: no name of a variable: {name:?}", container.place(&pod)));
            }
        }
    }
    complaints
}

/// Of what a ConfigMap or a Secret holds (kubernetes/kubernetes:staging/src/k8s.io/apimachinery/pkg/util/validation, IsConfigMapKey).
fn is_key(key: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=253).contains(&key.len()) && key.chars().all(plain) && key != "." && !key.starts_with("..")
}

/// Of a port (RFC 6335, section 5.1).
fn is_port(name: &str) -> bool {
    is_label(name)
        && name.len() <= 15
        && !name.contains("--")
        && name.contains(|c: char| c.is_ascii_alphabetic())
}

/// Of a variable (the same file, `IsEnvVarName`).
fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && name != "."
        && !name.starts_with("..")
}

/// Labels, and the names of annotations.
pub(crate) fn labels(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut judge = |place: &str, metadata: &Value| {
        for (key, value) in pairs(&metadata["labels"]) {
            if !is_qualified(key) || !value.as_str().is_some_and(is_value) {
                complaints.push(format!("{place}: no label: {key}: {value}"));
            }
        }
        for (key, value) in pairs(&metadata["annotations"]) {
            if !is_qualified(key) || !value.is_string() {
                complaints.push(format!("{place}: no annotation: {key}: {value}"));
            }
        }
    };
    for object in &cluster.objects {
        judge(&object.place(), &object.value["metadata"]);
    }
    for pod in cluster.pods() {
        judge(&pod.place(), &pod.template["metadata"]);
    }
    complaints
}

fn is_qualified(key: &str) -> bool {
    match key.split_once('/') {
        Some((domain, name)) => is_subdomain(domain) && !name.is_empty() && is_value(name),
        None => !key.is_empty() && is_value(key),
    }
}

/// kubernetes/website:content/en/docs/concepts/overview/working-with-objects/labels.md
fn is_value(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    value.is_empty()
        || value.len() <= 63
            && value.starts_with(plain)
            && value.ends_with(plain)
            && value.chars().all(|c| plain(c) || matches!(c, '-' | '_' | '.'))
}

/// Quantities: well-formed, as an API server writes them, and limits that are no less than requests.
pub(crate) fn quantities(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut judge = |place: &str, value: &Value| -> Option<u128> {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match quantity(&text) {
            None => complaints.push(format!("{place}: no quantity: {text}")),
            Some(_) if canonical(&text) != text => {
                complaints.push(format!("{place}: {text} comes back as {}", canonical(&text)));
            }
            Some(_) => {}
        }
        quantity(&text)
    };
    let mut small = Vec::new();
    for pod in cluster.pods() {
        for container in pod.containers() {
            let resources = &container.value["resources"];
            let place = container.place(&pod);
            for (name, request) in pairs(&resources["requests"]) {
                let request = judge(&place, request);
                let limit = quantity(text(&resources["limits"][name]));
                if limit.is_some_and(|limit| request.is_some_and(|request| limit < request)) {
                    small.push(format!("{place}: the limit of {name} is less than its request"));
                }
            }
            for (_, limit) in pairs(&resources["limits"]) {
                judge(&place, limit);
            }
        }
        for volume in list(&pod.spec()["volumes"]) {
            let size = &volume["emptyDir"]["sizeLimit"];
            if !size.is_null() {
                judge(&pod.place(), size);
            }
        }
    }
    for (place, claim) in claims(cluster) {
        judge(&place, &claim["spec"]["resources"]["requests"]["storage"]);
    }
    complaints.extend(small);
    complaints
}

/// Claims of disks, each with its place: objects and templates.
pub(crate) fn claims(cluster: &Cluster) -> Vec<(String, &Value)> {
    let objects = cluster.of("PersistentVolumeClaim").map(|object| (object.place(), &object.value));
    let templates = cluster
        .of("StatefulSet")
        .flat_map(|set| list(&set.spec()["volumeClaimTemplates"]).iter().map(|claim| (set.place(), claim)));
    objects.chain(templates).collect()
}

const SUFFIXES: [(&str, u128); 13] = [
    // In thousandths.
    ("m", 1),
    ("", 1_000),
    ("k", 1_000_000),
    ("M", 1_000_000_000),
    ("G", 1_000_000_000_000),
    ("T", 1_000_000_000_000_000),
    ("P", 1_000_000_000_000_000_000),
    ("Ki", 1_000 << 10),
    ("Mi", 1_000 << 20),
    ("Gi", 1_000 << 30),
    ("Ti", 1_000 << 40),
    ("Pi", 1_000 << 50),
    ("Ei", 1_000 << 60),
];

/// A quantity in thousandths, without exponents, which nobody needs here
/// (kubernetes/kubernetes:staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go).
pub(crate) fn quantity(text: &str) -> Option<u128> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let (_, unit) = SUFFIXES.iter().find(|(known, _)| *known == suffix)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && part.is_empty() || part.len() > 9 {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let scale = 10_u128.pow(u32::try_from(part.len()).ok()?);
    let part: u128 = if part.is_empty() { 0 } else { part.parse().ok()? };
    Some(whole * unit + part * unit / scale)
}

/// As an API server hands a quantity back: without a fraction, with the greatest suffix of its own kind.
fn canonical(text: &str) -> String {
    let Some(value) = quantity(text) else { return text.to_owned() };
    let binary = text.ends_with('i');
    let own = |suffix: &str| suffix.ends_with('i') == binary || suffix.is_empty();
    let found = SUFFIXES.iter().filter(|(suffix, unit)| own(suffix) && value % unit == 0);
    match found.max_by_key(|(_, unit)| *unit) {
        _ if value == 0 => "0".to_owned(),
        Some((suffix, unit)) => format!("{}{suffix}", value / unit),
        None => format!("{value}m"),
    }
}

/// Numbers that have to lie within bounds.
pub(crate) fn bounds(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for pod in cluster.pods() {
        for container in pod.containers() {
            let place = container.place(&pod);
            for port in list(&container.value["ports"]) {
                if !port["containerPort"].as_u64().is_some_and(|port| (1..=65_535).contains(&port)) {
                    complaints.push(format!("{place}: no port: {port}"));
                }
            }
            for (what, probe) in super::references::handlers(&container) {
                complaints
                    .extend(probe_bounds(what, probe).map(|problem| format!("{place}: {what}: {problem}")));
            }
            if text(&container.value["image"]).is_empty() || text(&container.value["image"]).contains(' ') {
                complaints.push(format!("{place}: no image"));
            }
        }
        complaints.extend(grace(&pod));
    }
    for object in &cluster.objects {
        complaints.extend(object_bounds(object));
    }
    complaints
}

/// kubernetes/kubernetes:pkg/apis/core/validation/validation.go, validateProbe
fn probe_bounds(what: &str, probe: &Value) -> Option<String> {
    let seconds =
        ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];
    for key in seconds.into_iter().filter(|key| !probe[*key].is_null()) {
        let least = u64::from(key != "initialDelaySeconds");
        if probe[key].as_u64().is_none_or(|value| value < least) {
            return Some(format!("{key} is {}", probe[key]));
        }
    }
    let once = matches!(what, "startupProbe" | "livenessProbe");
    (once && probe["successThreshold"].as_u64().is_some_and(|times| times != 1))
        .then(|| "successThreshold must be 1".to_owned())
}

/// What a container waits before it is stopped must end before it is killed.
fn grace(pod: &Pod<'_>) -> Vec<String> {
    let grace = pod.spec()["terminationGracePeriodSeconds"].as_u64().unwrap_or(30);
    let sleeps = pod.containers().filter_map(|container| {
        let sleep = container.value["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64()?;
        (sleep == 0 || sleep >= grace)
            .then(|| format!("{}: it sleeps {sleep} s of {grace} s", container.place(pod)))
    });
    sleeps.collect()
}

fn object_bounds(object: &Object) -> Vec<String> {
    let mut complaints = Vec::new();
    let spec = object.spec();
    let mut complain = |problem: String| complaints.push(format!("{}: {problem}", object.place()));
    // kubernetes/kubernetes:pkg/apis/core/validation/validation.go, MaxSecretSize, and TotalAnnotationSizeLimitB of apimachinery
    if matches!(object.kind(), "ConfigMap" | "Secret") {
        let size: usize =
            pairs(&object.value["data"]).map(|(key, value)| key.len() + text(value).len()).sum();
        if size > 1 << 20 {
            complain(format!("it has {size} bytes, more than 1 MiB"));
        }
    }
    let notes = pairs(&object.value["metadata"]["annotations"]);
    if notes.map(|(key, value)| key.len() + text(value).len()).sum::<usize>() > 256 << 10 {
        complain("its annotations have more than 256 KiB".to_owned());
    }
    if object.kind() == "HorizontalPodAutoscaler" {
        let (least, most) = (spec["minReplicas"].as_u64().unwrap_or(1), spec["maxReplicas"].as_u64());
        if least == 0 || most.is_none_or(|most| most < least) {
            complain(format!("from {least} to {most:?} pods"));
        }
    }
    if object.kind() == "CronJob" && !is_schedule(text(&spec["schedule"])) {
        complain(format!("no schedule: {}", spec["schedule"]));
    }
    if object.kind() == "NetworkPolicy" {
        for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
            for rule in list(&spec[rules]) {
                for block in list(&rule[peers]).iter().map(|peer| &peer["ipBlock"]).filter(|it| !it.is_null())
                {
                    block_problem(block).into_iter().for_each(&mut complain);
                }
                for port in list(&rule["ports"]) {
                    let end = port["endPort"].as_u64();
                    if end.is_some_and(|end| port["port"].as_u64().is_none_or(|port| end < port)) {
                        complain(format!("no range of ports: {port}"));
                    }
                }
            }
        }
    }
    complaints
}

/// A zone of time stands in a field of its own.
fn is_schedule(text: &str) -> bool {
    !text.contains("TZ") && (text.starts_with('@') || text.split_whitespace().count() == 5)
}

/// kubernetes/kubernetes:pkg/apis/networking/validation/validation.go, ValidateIPBlock
fn block_problem(block: &Value) -> Option<String> {
    let Some(whole) = Cidr::parse(text(&block["cidr"])) else {
        return Some(format!("no range: {}", block["cidr"]));
    };
    list(&block["except"]).iter().find_map(|except| match Cidr::parse(text(except)) {
        Some(part) if whole.holds(&part) && part.length > whole.length => None,
        _ => Some(format!("{except} is no part of {}", block["cidr"])),
    })
}

/// A range of addresses, written by its first one.
pub(crate) struct Cidr {
    first: u128,
    bits: u32,
    pub(crate) length: u32,
}

impl Cidr {
    /// A range as the API takes it: by its first address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let range = Self::around(text)?;
        let (address, _) = number(text.split_once('/')?.0.parse().ok()?);
        (range.first == address).then_some(range)
    }

    /// A range as a source may have it: by any of its addresses.
    pub(crate) fn around(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (first, bits) = number(address.parse().ok()?);
        let length = length.parse().ok().filter(|length| *length <= bits)?;
        let range = Self { first, bits, length };
        Some(Self { first: range.masked(first), ..range })
    }

    fn masked(&self, address: u128) -> u128 {
        let host = self.bits - self.length;
        if host >= 128 { 0 } else { address >> host << host }
    }

    /// Whether an address lies in it.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        let (address, bits) = number(address);
        bits == self.bits && self.masked(address) == self.first
    }

    fn holds(&self, part: &Self) -> bool {
        part.bits == self.bits && self.masked(part.first) == self.first
    }
}

fn number(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

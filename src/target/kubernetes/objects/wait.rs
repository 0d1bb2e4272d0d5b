//! The order of starts: pods wait for what they depend on by trying its port, as waves say it to tools that apply.
//!
//! A wait ends. While something is down, what needs it is started all the same, could be moved to another node, and tries
//! again by itself as it would if the connection broke later.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Capabilities, Container, ResourceRequirements, SecurityContext};

use super::{Context, resources};
use crate::hash::{HashMap, HashSet};
use crate::platform::{Condition, DOMAIN, EdgeEnd, Platform, Port, Protocol, Service, ServiceId};
use crate::schema::Bytes;
use crate::standard::images;

/// The container that waits.
const NAME: &str = "wait";

/// Tries each `host:port` until it accepts a connection, 150 times in all, which is five minutes where it is refused. `-z` is
/// left out of BusyBox as it is built by default, a program to run is always known (mirror/busybox:networking/nc.c, `NC_EXTRA`).
/// Nothing here looks like `$(NAME)`, which the kubelet reads.
const SCRIPT: &str = "\
tries=x
for address; do
  until nc -w 2 \"${address%:*}\" \"${address##*:}\" -e true 2> /dev/null; do
    tries=x$tries
    if [ ${#tries} -gt 150 ]; then
      echo \"$address does not answer yet; starting without it\"
      exit 0
    fi
    sleep 2
  done
done
";

/// The container that waits for what a service depends on; `None` where there is nothing that could be tried.
pub(super) fn container(cluster: &Context<'_>, service: &Service) -> Option<Container> {
    if !cluster.platform.settings.kubernetes.wait {
        return None;
    }
    let addresses = addresses(cluster.platform, service);
    if addresses.is_empty() {
        return None;
    }
    let words = ["sh", "-c", SCRIPT, NAME].map(str::to_owned);
    let map = |cpu: f64, memory: u64| {
        BTreeMap::from([
            ("cpu".to_owned(), resources::cpu(cpu)),
            ("memory".to_owned(), resources::memory(Bytes(memory))),
        ])
    };
    Some(Container {
        // Containers of a pod differ in their names.
        name: if service.name == NAME { format!("{NAME}-first") } else { NAME.to_owned() },
        image: Some(images::HELPER.to_owned()),
        command: Some(words.into()),
        args: Some(addresses),
        resources: Some(ResourceRequirements {
            requests: Some(map(0.01, 8 << 20)),
            limits: Some(map(0.1, 16 << 20)),
            claims: None,
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            // Nothing of what makes the service an exception is needed to try a port.
            run_as_non_root: Some(true),
            run_as_user: Some(NOBODY),
            run_as_group: Some(NOBODY),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
            ..SecurityContext::default()
        }),
        ..Container::default()
    })
}

/// The user without rights (mirror/busybox:examples/…/passwd has none; 65534 is Linux' own overflow id).
pub(super) const NOBODY: i64 = 65534;

/// What a service waits for: the first port of each, where a connection leads there at all.
fn addresses(platform: &Platform, service: &Service) -> Vec<String> {
    let mut seen: HashSet<ServiceId> = HashSet::default();
    let waits = service.dependencies.iter().filter(|dependency| {
        matches!(dependency.condition, Condition::Started | Condition::Healthy)
            && platform.connects(service.id, dependency.on)
    });
    // Rules of the network let through what a connection leads to.
    let reached = |on: ServiceId| {
        let mut edges = platform.edges_from(service.id).iter();
        edges.find_map(|edge| match edge.to {
            EdgeEnd::Service(to, port) if to == on => port,
            _ => None,
        })
    };
    let address = |on: &Service| {
        let of_edge = reached(on.id).and_then(|port| on.ports.get(port)).filter(|port| stream(port));
        let port = of_edge.or_else(|| on.ports.iter().find(|port| stream(port)))?;
        Some(format!("{}:{}", on.name, port.number))
    };
    waits
        .filter(|dependency| seen.insert(dependency.on))
        .map(|dependency| &platform[dependency.on])
        .filter(|on| on.runs() && !on.is_job())
        .filter_map(address)
        .collect()
}

/// Whether a port accepts connections.
fn stream(port: &Port) -> bool {
    port.protocol != Protocol::Udp
}

/// The wave of each service: one behind all that it waits for. What applies in waves starts the next one when the last one
/// is healthy, so no service may wait for one of its own wave (argoproj/argo-cd#5086).
pub(super) fn waves(platform: &Platform) -> HashMap<ServiceId, u32> {
    let mut waves: HashMap<ServiceId, u32> = HashMap::default();
    // Each stands behind those that it waits for.
    for service in platform.start_order() {
        let waits = service.dependencies.iter().filter(|it| it.condition != Condition::Nothing);
        let last = waits.filter_map(|it| waves.get(&it.on)).max();
        waves.insert(service.id, last.map_or(0, |last| last + 1));
    }
    waves
}

/// The services that a job prepares while they may not be ready: it waits for their start alone.
pub(super) fn prepared(platform: &Platform) -> HashSet<ServiceId> {
    let jobs = platform.services.iter().filter(|service| service.runs() && service.is_job());
    let started = jobs.flat_map(|job| &job.dependencies).filter(|it| it.condition == Condition::Started);
    started.map(|dependency| dependency.on).collect()
}

/// The domains in which the names of other namespaces are looked up that a service connects to.
pub(super) fn searches(platform: &Platform, service: &Service) -> Vec<String> {
    let own = platform.namespace_of(service);
    let domain = platform.settings.kubernetes.domain.as_deref().unwrap_or(DOMAIN);
    let mut found: Vec<String> = platform
        .edges_from(service.id)
        .iter()
        .filter_map(|edge| match edge.to {
            EdgeEnd::Service(to, _) => Some(platform.namespace_of(&platform[to])),
            EdgeEnd::Outside(_) => None,
        })
        .filter(|namespace| *namespace != own)
        .map(|namespace| format!("{namespace}.svc.{domain}"))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

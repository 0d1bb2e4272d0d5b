//! What nobody sees on a cluster: volumes that fill up, probes that policies keep in, pods that exporters meet by turns.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::origins::Origins;
use crate::platform::observe::Query;
use crate::platform::{EdgeEnd, Outside, OutsideKind, Platform, Port, Role, RunKind, Runtime, Service, Site};

/// What the metrics of the kubelet about volumes begin with
/// (kubernetes/kubernetes:pkg/kubelet/metrics/collectors/volume_stats.go).
const VOLUME_STATS: &str = "kubelet_volume_stats_";

/// K8S012: claims whose space no rule asks for. What watches the disks of hosts does not see them.
pub(in crate::check) fn volumes(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let observed = &platform.observed;
    let mut servers = platform.with_role(Role::Metrics).filter(|server| server.runs());
    let Some(server) = servers.find(|server| !platform.is_of_cluster(server)) else { return };
    let alerts = observed.alerts.iter().map(|alert| &alert.query);
    let mut queries = alerts.chain(observed.records.iter().map(|record| &record.query));
    if platform.runtime != Runtime::Kubernetes
        || observed.alerts.iter().any(|alert| origins.is_lost(&alert.name))
        || queries.any(asks_for_volumes)
    {
        return;
    }
    let claims: Vec<&Service> = super::of_cluster(platform).filter(|service| has_claim(service)).collect();
    let other = claims.iter().find(|service| service.id != server.id);
    let Some(first) = other.or(claims.first()) else { return };
    let whose = match claims.len() {
        1 => format!("the disk of `{}` is", first.path),
        2 => format!("the disks of `{}` and another service are", first.path),
        count => format!("the disks of `{}` and {} other services are", first.path, count - 1),
    };
    sink.report(
        Diagnostic::new(codes::K8S012, format!("no alert fires when {whose} full"))
            .about(&server.path)
            .at_maybe(other.map(|other| other.span), "has a claim, which the cluster provides")
            .at(server.span, "asks no kubelet how full claims are")
            .help(
                "add `kube-state-metrics {}`, with `when = runtime.kubernetes` where the platform is for Compose as well, or an alert that \
                 asks for `kubelet_volume_stats_available_bytes`",
            ),
    );
}

fn asks_for_volumes(query: &Query) -> bool {
    let mut selectors = query.parsed.iter().flat_map(|parsed| parsed.selectors());
    selectors.any(|selector| selector.metric.as_ref().is_some_and(|metric| metric.starts_with(VOLUME_STATS)))
}

/// Whether a service has a disk that the cluster provides. What runs on each node has folders of it.
fn has_claim(service: &Service) -> bool {
    !service.mounts.is_empty() || !service.volumes.is_empty() && service.run != RunKind::EachHost
}

/// K8S013: probers that ask for sites which no policy lets them get to, wherever requests for a site leave the cluster.
pub(in crate::check) fn probes(platform: &Platform, sink: &mut Sink) {
    for prober in super::of_cluster(platform).filter(|service| service.role == Some(Role::Probe)) {
        let outsides: Vec<&Outside> = platform
            .edges_from(prober.id)
            .iter()
            .filter_map(|edge| if let EdgeEnd::Outside(id) = edge.to { Some(&platform[id]) } else { None })
            .collect();
        let sites = platform.probed_sites(prober);
        let mut kept = sites.iter().filter(|site| !outsides.iter().any(|outside| leads_to(outside, site)));
        let Some(first) = kept.next() else { continue };
        let what = match kept.count() {
            0 => format!("`{}`", first.name),
            1 => format!("`{}` and another site", first.name),
            others => format!("`{}` and {others} other sites", first.name),
        };
        sink.report(
            Diagnostic::new(codes::K8S013, format!("no policy lets `{}` ask for {what}", prober.path))
                .about(&prober.path)
                .at(
                    prober.span,
                    if outsides.is_empty() {
                        "reaches nothing outside of the cluster"
                    } else {
                        "reaches other things outside of the cluster"
                    },
                )
                .at(first.domain_span, "leads out of the cluster, unless its load balancer has an address that the cluster knows")
                .help("write `reaches = [internet]`, or an outside with the addresses of the site"),
        );
    }
}

/// Whether a service that reaches an outside may ask for a site.
fn leads_to(outside: &Outside, site: &Site) -> bool {
    match outside.kind {
        OutsideKind::Internet => true,
        OutsideKind::Localhost => false,
        OutsideKind::Declared => {
            let named = outside
                .endpoints
                .iter()
                .any(|endpoint| endpoint.is_pattern() || site.host() == Some(endpoint.host.as_str()));
            // A name may lead to any of its addresses.
            named || !outside.ranges.is_empty()
        }
    }
}

/// K8S014: exporters beside a service of several pods, which they reach by its one name: each scrape is answered by another pod,
/// and counters of one pod are read as those of another.
pub(in crate::check) fn turns(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    if platform.with_role(Role::Metrics).next().is_none() {
        return;
    }
    for exporter in
        super::of_cluster(platform).filter(|service| service.metrics.is_some() && !service.is_job())
    {
        let Some(observed) = exporter.parent.map(|parent| &platform[parent]) else { continue };
        let several = observed.runs() && observed.may_run_several_times();
        if !several || !platform.connects(exporter.id, observed.id) {
            continue;
        }
        let said = origins.service(observed.id).scale();
        sink.report(
            Diagnostic::new(
                codes::K8S014,
                format!("each scrape of `{}` meets another pod of `{}`", exporter.path, observed.path),
            )
            .about(&exporter.path)
            .at(exporter.span, format!("asks `{}` by a name that all its pods answer to", observed.path))
            .at_maybe(said, "runs several times")
            .help(format!(
                "let the pods of `{}` export their metrics themselves and take `{}` out, or run one pod; `allow K8S014` where sums \
                 over time do not matter",
                observed.path, exporter.name
            )),
        );
    }
}

/// K8S015: one pod that everything from outside comes through, before services of several pods.
pub(in crate::check) fn single(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for front in super::of_cluster(platform).filter(|service| is_one_pod(service)) {
        let published = |port: &&Port| {
            port.publish.as_ref().is_some_and(|publish| platform[publish.to].kind != OutsideKind::Localhost)
        };
        let Some(port) = front.ports.iter().find(published) else { continue };
        let behind = platform.edges_from(front.id).iter().find_map(|edge| match edge.to {
            EdgeEnd::Service(to, _) if platform[to].copies() > 1 => Some(&platform[to]),
            _ => None,
        });
        let Some(behind) = behind else { continue };
        sink.report(
            Diagnostic::new(
                codes::K8S015,
                format!("everything from outside comes through one pod of `{}`", front.path),
            )
            .about(&front.path)
            .at(port.span, "behind a load balancer, which asks the node of that pod alone")
            .at_maybe(
                origins.service(behind.id).scale(),
                format!("`{}`, which it leads to, runs {} times", behind.path, behind.copies()),
            )
            .help(format!("let `{}` run twice as well, `scale {{ min = 2 }}`", front.path)),
        );
    }
}

/// Whether a cluster runs one pod of a service, on one node.
fn is_one_pod(service: &Service) -> bool {
    let on_each_node = service.run == RunKind::EachHost || !service.binds.is_empty();
    service.run == RunKind::Always && !on_each_node && service.volumes.is_empty() && service.copies() == 1
}

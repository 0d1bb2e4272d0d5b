//! What passes to and from the pods of backups: the ports of the service that they copy, and the places of copies.

use super::{Peers, Rule, Rules, cilium, labels, of_pods, outside, peer};
use crate::hash::HashSet;
use crate::platform::{Backup, DestinationKind, Platform};
use crate::target::kubernetes::object::Object;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// The pods that take copies, or bring them back.
pub(super) struct Copier {
    /// The value of the label that selects them.
    label: String,
    namespace: String,
    rules: Rules,
}

/// The rules of the pods of backups, with those at their other ends.
pub(super) fn connect(platform: &Platform, rules: &mut [Rules]) -> Vec<Copier> {
    let mut copiers = Vec::new();
    for backup in platform.taken() {
        let service = &platform[backup.of];
        let namespace = platform.namespace_of(service);
        let asks = service.dump.as_deref().is_some_and(|dump| !dump.offline);
        for (label, taking) in [(backup.of_taker(), true), (backup.of_restorer(), false)] {
            let mut own = Rules::default();
            if taking && service.dump.is_some() || asks {
                let ports: Vec<_> = platform.dumped_at(service).into_iter().map(peer::port).collect();
                if !ports.is_empty() {
                    let what = if taking { "copies its data" } else { "brings its data back" };
                    let selector = labels::label_selector(platform, service);
                    own.egress.push(Rule {
                        reason: vec![format!("To {}: {what}", service.path)],
                        peers: Peers::Network(vec![peer::pods(selector, None)]),
                        ports: ports.clone(),
                    });
                    let from = peer::pods(labels::selector_of_copier(platform, &label), None);
                    rules[service.id.0].ingress.push(Rule {
                        reason: vec![format!("From backup {}: {what}", backup.name)],
                        peers: Peers::Network(vec![from]),
                        ports,
                    });
                }
            }
            places(platform, backup, taking, &label, &mut own, rules);
            copiers.push(Copier { label, namespace: namespace.clone(), rules: own });
        }
    }
    copiers
}

/// Whether a pod goes to a place: a copy is taken there, or can be fetched.
fn goes(backup: &Backup, kind: DestinationKind, taking: bool) -> bool {
    match kind {
        _ if taking => Platform::is_uploaded(backup),
        DestinationKind::Bucket { reader, .. } => reader.is_some(),
        DestinationKind::Store(_) => true,
    }
}

fn places(
    platform: &Platform,
    backup: &Backup,
    taking: bool,
    label: &str,
    own: &mut Rules,
    rules: &mut [Rules],
) {
    let mut seen = HashSet::default();
    let from = platform.namespace_of(&platform[backup.of]);
    for kind in backup.to.iter().map(|to| to.kind).filter(|kind| goes(backup, *kind, taking)) {
        let (what, verb) = if taking {
            ("takes copies there", "takes copies")
        } else {
            ("fetches a copy", "fetches a copy")
        };
        match kind {
            DestinationKind::Bucket { bucket, .. } => {
                let store = &platform[platform[bucket].of];
                // Two buckets of one store are one way.
                if !seen.insert(store.name.clone()) {
                    continue;
                }
                let Some(port) = store.http_port() else { continue };
                let ports = vec![peer::port(port)];
                let there = platform.namespace_of(store);
                own.egress.push(Rule {
                    reason: vec![format!("To {} of {}: {what}", port.name, store.path)],
                    peers: Peers::Network(vec![peer::pods(
                        labels::label_selector(platform, store),
                        (there != from).then(|| there.clone()),
                    )]),
                    ports: ports.clone(),
                });
                let copier = labels::selector_of_copier(platform, label);
                rules[store.id.0].ingress.push(Rule {
                    reason: vec![format!("From backup {}: {verb}", backup.name)],
                    peers: Peers::Network(vec![peer::pods(copier, (there != from).then(|| from.clone()))]),
                    ports,
                });
            }
            DestinationKind::Store(id) => {
                let url = &platform[id].endpoint;
                // Two buckets of one provider are one way, too.
                if !seen.insert(url.clone()) {
                    continue;
                }
                let reason = format!("To {}: {what}", platform[id].name);
                own.egress.extend(outside::to_url(platform, url, reason));
            }
        }
    }
}

impl Copier {
    /// Its policies.
    pub(super) fn objects(self, platform: &Platform) -> Vec<Object> {
        let metadata = || ObjectMeta {
            name: Some(self.label.clone()),
            namespace: Some(self.namespace.clone()),
            labels: Some(labels::of_copier(platform, &self.label)),
            ..ObjectMeta::default()
        };
        let selector = || labels::selector_of_copier(platform, &self.label);
        let plain = of_pods(metadata(), selector(), &self.rules);
        plain.into_iter().chain(cilium::of_pods(metadata(), selector(), &self.rules)).collect()
    }
}

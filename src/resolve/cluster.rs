//! What a cluster is like: the settings of target `kubernetes` that its objects depend on.

use super::is_dns_label;
use super::setting::{dns_name, ranges, version};
use super::text::Texts;
use crate::diagnostic::{Diagnostic, Help, codes};
use crate::model::{self, Addresses, MonitoringBy, SecretsBy, StoreKind};
use crate::platform::{
    ApiServer, Dns, Entries, Health, KUBERNETES, Kubernetes, Operator, Platform, SecretStore, Version,
    is_label_key, is_label_value,
};
use crate::schema::{Constant, Duration, List, Map, Placed, PortNumber};
use crate::source::Span;

/// The settings of a block, over those of blocks before it.
pub(super) fn settings(block: &model::KubernetesSettings, settings: &mut Kubernetes, texts: &mut Texts<'_>) {
    settings.version = known(version(block.version.as_ref(), texts), texts).or(settings.version);
    if let Some(said) = &block.api_server {
        settings.api_server = ApiServer {
            ranges: addresses(&said.addresses, said.span, texts),
            ports: ports(said.ports.as_ref(), texts),
        };
    }
    if let Some(said) = &block.dns {
        settings.dns = dns(said, texts);
    }
    if let Some(said) = &block.monitoring {
        settings.operator = operator(said, texts);
    }
    settings.cilium = block.cilium.unwrap_or(settings.cilium);
    if let Some(said) = &block.secrets {
        settings.store = store(said, texts);
        settings.reloader = said.reloader.unwrap_or(false);
    }
}

/// TYP003: a version that objects are not written for.
fn known(version: Option<Placed<Version>>, texts: &mut Texts<'_>) -> Option<Placed<Version>> {
    let (first, last) = KUBERNETES;
    let said = version?;
    if (first..=last).contains(&said.value) {
        return version;
    }
    let (why, help) = if said.value < first {
        (
            format!("older than {first}"),
            format!(
                "upgrade the cluster: it refuses objects that are written here; then write `\"{first}\"`"
            )
            .into(),
        )
    } else {
        (
            format!("newer than {last}"),
            Help::write(format!("\"{last}\"")).and(": what it reads, later versions read as well"),
        )
    };
    let message = format!("objects are written for Kubernetes {first} to {last}, and not for {}", said.value);
    texts.sink.report(Diagnostic::new(codes::TYP003, message).at(said.span, why).help(help));
    None
}

/// Address ranges, each once; none at all is reported.
fn addresses(said: &Addresses, span: Span, texts: &mut Texts<'_>) -> Vec<String> {
    if said.0.is_empty() {
        empty("addresses", span, texts);
    }
    let mut found: Vec<String> = Vec::with_capacity(said.0.len());
    for range in said.0.iter().filter_map(|said| ranges(said, texts)) {
        if !found.contains(&range) {
            found.push(range);
        }
    }
    found
}

/// Ports, each once; a list without any is reported, since a rule without ports is of all of them.
fn ports(said: Option<&List<PortNumber>>, texts: &mut Texts<'_>) -> Vec<u16> {
    let Some(said) = said else { return Vec::new() };
    if said.items.is_empty() {
        empty("ports", said.span, texts);
    }
    let mut ports: Vec<u16> = Vec::with_capacity(said.items.len());
    for port in &said.items {
        if !ports.contains(&port.0) {
            ports.push(port.0);
        }
    }
    ports
}

fn empty(what: &str, span: Span, texts: &mut Texts<'_>) {
    texts.sink.report(
        Diagnostic::new(codes::TYP006, format!("no {what} are named"))
            .at(span, "empty")
            .help("leave it out for the default, or name one"),
    );
}

fn dns(said: &model::Dns, texts: &mut Texts<'_>) -> Dns {
    let ranges = said.addresses.as_ref().map(|it| addresses(it, said.span, texts)).unwrap_or_default();
    Dns {
        ranges,
        ports: ports(said.ports.as_ref(), texts),
        namespace: said.namespace.as_ref().and_then(|name| namespace(name, texts)),
        labels: said.labels.as_ref().map(|it| labels(it, said.span, texts)).unwrap_or_default(),
    }
}

/// The name of a namespace of others.
pub(super) fn namespace(said: &Constant, texts: &mut Texts<'_>) -> Option<String> {
    let text = texts.constant(said);
    if is_dns_label(&text) {
        return Some(text);
    }
    texts.sink.report(
        Diagnostic::new(codes::TYP007, format!("`{text}` cannot be a namespace"))
            .at(said.span, "lower-case letters, digits and hyphens inside, at most 63"),
    );
    None
}

/// Labels that pods are selected by. Without any they would be all pods, which is reported.
pub(super) fn labels(said: &Map<Constant>, span: Span, texts: &mut Texts<'_>) -> Vec<(String, String)> {
    if said.entries.is_empty() {
        empty("labels", span, texts);
    }
    let mut labels = Vec::with_capacity(said.entries.len());
    for (key, value) in &said.entries {
        let text = texts.constant(value);
        let wrong = if !is_label_key(&key.text) {
            Some((format!("`{}` cannot be the key of a label", key.text), key.span, KEY))
        } else if !is_label_value(&text) {
            Some((format!("`{text}` cannot be the value of a label"), value.span, VALUE))
        } else {
            None
        };
        match wrong {
            Some((message, span, why)) => {
                texts.sink.report(Diagnostic::new(codes::TYP007, message).at(span, why));
            }
            None => labels.push((key.text.as_str().to_owned(), text)),
        }
    }
    labels
}

const KEY: &str =
    "a key is `NAME`, or `DOMAIN/NAME`, of letters, digits, `-`, `_` and `.`, the name of at most 63";
const VALUE: &str =
    "a value is at most 63 letters, digits, `-`, `_` and `.`, a letter or digit at either end";

/// How often a store is read (external-secrets/external-secrets:apis/externalsecrets/v1/externalsecret_types.go,
/// `RefreshInterval`).
const REFRESH: Duration = Duration(3_600_000);

/// The store that Secrets are made from, where an operator makes them.
fn store(said: &model::SecretStore, texts: &mut Texts<'_>) -> Option<SecretStore> {
    // An environment that goes back to the script has the store of the others still beside it.
    if said.by == SecretsBy::Script {
        return None;
    }
    let Some(name) = &said.store else {
        texts.sink.report(
            Diagnostic::new(codes::TYP006, "Secrets come from a store, and none is named")
                .at(said.span, "incomplete")
                .help("write `secrets = external { store = \"NAME\" }`"),
        );
        return None;
    };
    let entries = match &said.entry {
        Some(entry) => entries(entry, texts),
        None => Some(Entries::Own(String::new(), String::new())),
    };
    let name = dns_name(name, texts);
    let refresh = said.refresh;
    if let Some(refresh) = refresh.filter(|refresh| refresh.value.0 < 1_000) {
        texts.sink.report(
            Diagnostic::new(codes::TYP003, format!("a store is not read every {}", refresh.value))
                .at(refresh.span, "shorter than a second: zero would be never again")
                .help("leave it out for an hour"),
        );
    }
    Some(SecretStore {
        name: name?,
        per_namespace: said.kind.is_some_and(|kind| kind.value == StoreKind::Namespace),
        entries: entries?,
        refresh: refresh.map_or(REFRESH, |refresh| refresh.value),
    })
}

/// Where values lie in a store.
fn entries(said: &Constant, texts: &mut Texts<'_>) -> Option<Entries> {
    let text = texts.constant(said);
    match text.split('*').collect::<Vec<_>>().as_slice() {
        [before, after] => Some(Entries::Own((*before).to_owned(), (*after).to_owned())),
        [entry] if !entry.trim().is_empty() => Some(Entries::Properties((*entry).to_owned())),
        _ => {
            texts.sink.report(
                Diagnostic::new(codes::TYP007, format!("`{text}` cannot be an entry of a store"))
                    .at(said.span, "a name, with one `*` at most")
                    .help("write `\"shop/*\"` for an entry of each secret, `\"shop\"` for one of all"),
            );
            None
        }
    }
}

/// The Prometheus and the Alertmanager of the cluster, where it has them.
fn operator(said: &model::Monitoring, texts: &mut Texts<'_>) -> Option<Operator> {
    // An environment that goes back to its own has what the others say still beside it.
    if said.by == MonitoringBy::Own {
        return None;
    }
    let labels = said.monitor_labels.as_ref().map(|it| labels(it, said.span, texts)).unwrap_or_default();
    let Some(name) = &said.namespace else {
        texts.sink.report(
            Diagnostic::new(codes::TYP006, "the cluster's Prometheus runs in a namespace, and none is named")
                .at(said.span, "incomplete")
                .help("write `monitoring = operator { namespace = \"NAME\" }`"),
        );
        return None;
    };
    Some(Operator { namespace: namespace(name, texts)?, monitor_labels: labels })
}

/// What the cluster runs in the place of a service of the platform, the platform does not: of the service its name, its ports and
/// its connections stay.
pub(super) fn hand_over(platform: &mut Platform) {
    let of_cluster = |service: &&crate::platform::Service| platform.is_of_cluster(service);
    let handed: Vec<_> = platform.services.iter().filter(of_cluster).map(|service| service.id).collect();
    for service in &mut platform.services {
        service.dependencies.retain(|dependency| !handed.contains(&dependency.on));
        if !handed.contains(&service.id) {
            continue;
        }
        service.image = None;
        service.build = None;
        service.image_name = None;
        service.base_name = None;
        service.image_facts = None;
        service.facts = None;
        service.health = Health::None { reason: None };
        service.env.clear();
        service.volumes.clear();
        service.mounts.clear();
        service.binds.clear();
        service.memory_paths.clear();
        service.configs.clear();
        service.artifacts.clear();
        service.dependencies.clear();
        service.scale = None;
    }
}

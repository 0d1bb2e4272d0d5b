//! From a document to a platform: names are bound, connections found, defaults filled in.
//!
//! Only this stage makes a [`Platform`]. It reports every name that leads nowhere and goes on
//! without it, so that the checks still see the rest.

mod absolute;
mod backup;
mod bears;
mod capability;
mod certificates;
mod cluster;
mod config;
mod constant;
mod edges;
mod find;
mod gateway;
mod given;
mod guide;
mod health;
mod host;
mod hours;
pub(crate) mod image;
mod issuer;
mod keys;
mod mute;
mod names;
mod observe;
mod order;
mod outside;
mod place;
mod policy;
mod receiver;
mod rotate;
mod service;
mod services;
mod setting;
mod settle;
mod site;
mod sound;
mod source;
mod storage;
mod store;
mod target;
mod terraform;
mod text;
mod tree;
mod unknown;
mod unquoted;
mod workload;

use std::sync::Arc;

use smol_str::SmolStr;

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::expand::{Given, TakenOut};
use crate::hash::{HashMap, HashSet};
use crate::model::{self, Document, Runtime};
use crate::origins::{Lost, Origins, ServiceBlock};
use crate::platform::{Observed, Platform, ServiceId};
use crate::source::{Sources, Span};
use crate::syntax::Name;

use names::Names;
use text::{BYTES, Texts};

/// What the earlier stages know of things that are not in the document.
#[derive(Debug, Default)]
pub(crate) struct Absent {
    /// Names that may be missing because what declares them is broken.
    pub lost: HashSet<SmolStr>,
    /// Names that were taken out.
    pub disabled: HashMap<SmolStr, TakenOut>,
    /// Things of the platform that instances are given.
    pub given: Vec<Given>,
    /// The names of the instances of each component.
    pub instances: HashMap<SmolStr, Vec<SmolStr>>,
    /// The name of the entry file.
    pub source: String,
    /// Variables and secrets that the source mentions; `None` where something of it could not be read.
    pub mentioned: Option<HashSet<SmolStr>>,
    /// The place for what has none of its own.
    pub origin: Option<Span>,
    /// Every text, those that are a part of the compiler among them.
    pub sources: Sources,
}

/// Binds the names of a document. The platform is only fit for lowering where nothing was reported.
pub(crate) fn resolve(
    mut document: Document,
    absent: &Absent,
    environment: Option<&str>,
    runtime: Runtime,
    sink: &mut Sink,
) -> (Platform, Origins) {
    certificates::fit(&mut document);
    settle::settle(&mut document, absent, sink);
    let (platform, blocks) = bind(&document, absent, (environment, runtime), sink);
    let lost = Lost {
        names: absent.lost.clone(),
        networks: blocks.networks_lost,
        taken_out: nested(&absent.disabled),
    };
    (platform, Origins::new(document, blocks.services, blocks.dashboards, lost))
}

/// The blocks of a platform, in its order.
struct Blocks {
    services: Vec<ServiceBlock>,
    dashboards: Vec<model::Dashboard>,
    /// Services of whose networks some could not be bound.
    networks_lost: HashSet<ServiceId>,
}

fn bind(
    document: &Document,
    absent: &Absent,
    (environment, runtime): (Option<&str>, Runtime),
    sink: &mut Sink,
) -> (Platform, Blocks) {
    let names = Names::new(document, &document.service, sink);
    let mut texts = Texts::new(document, &names, absent, sink);
    given::expect(&mut texts);
    let header = place::header(document, &mut texts);
    let mirrors = image::Mirrors::new(&image::mirrors(), &document.mirror, &mut texts);
    let shipped = image::entries(document, &names, &mirrors);
    let mut platform = Platform {
        name: header.name,
        description: header.description,
        owner: header.owner,
        runbooks: header.runbooks,
        repository: header.repository,
        licence: header.licence,
        support: header.support,
        labels: header.labels,
        inputs: place::inputs(document, &mut texts),
        networks: place::networks(document, absent.origin, &mut texts),
        outsides: place::outsides(document, &mut texts),
        groups: place::groups(document, &mut texts),
        volumes: place::volumes(document),
        services: Vec::new(),
        sites: Vec::new(),
        buckets: Vec::new(),
        indexes: Vec::new(),
        databases: Vec::new(),
        accounts: Vec::new(),
        backups: Vec::new(),
        stores: Vec::new(),
        policies: Vec::new(),
        hosts: Vec::new(),
        edges: Vec::new(),
        catalogue: image::catalogue(&shipped, &document.image, &mut texts),
        targets: Vec::new(),
        settings: target::settings(document, &mut texts),
        overrides: tree::overrides(&document.override_, &mut texts),
        environment: environment.map(str::to_owned),
        runtime,
        runtimes: target::runtimes(document),
        varied: false,
        source: absent.source.clone(),
        project: if environment.is_some() { "../..".to_owned() } else { ".".to_owned() },
        observed: Observed::default(),
    };
    let images = image::Images { index: image::Index::new(&platform.catalogue), mirrors };
    // They stand on every service.
    let labels: usize =
        platform.labels.iter().map(|(key, value)| 1 + (key.len() + value.len()) / BYTES).sum();
    if let Some(said) = document.platform.first()
        && !texts.copy(labels * names.services.len(), said.span)
    {
        platform.labels.clear();
    }
    let services::Bound { services, mentions, networks_lost } =
        services::services(&platform, &images, &mut texts);
    platform.services = services;
    platform.targets = target::targets(document, &platform, &mut texts);
    target::untaken(&platform, &mut texts);
    keys::check(&platform, &mut texts);
    texts.unused_outputs();
    sound::document(document, &mut texts);
    let mut stores = store::stores(&mut texts);
    let issuers = issuer::issuers(document, &mut texts);
    platform.sites = site::sites(document, &issuers, &platform, &mut texts);
    site::room(&mut platform, &texts);
    let off_sites = backup::off_sites(document, environment, &mut texts);
    platform.backups = backup::backups(document, &stores, &off_sites, &mut texts);
    platform.stores = off_sites.list;
    // A provider of object stores issues both keys of an account.
    for store in &platform.stores {
        for input in store.access_key.inputs().chain([store.secret_key]) {
            let input = &mut platform.inputs[input.0];
            input.issued_elsewhere |= input.secret;
        }
    }
    platform.policies = policy::policies(document, &mut texts);
    platform.hosts = host::hosts(document, &platform, &mut texts);
    platform.settings.terraform.host_accounts = terraform::host_accounts(document, &stores, &mut texts);
    stores.mark(&mentions);
    stores.hand_over(&mut platform);
    order::order(&mut platform, &mentions, &mut texts);
    platform.edges = edges::edges(document, &platform, &mentions, &mut texts);
    let (observed, dashboards) = observe::observe(document, &platform, &mut texts);
    platform.observed = observed;
    receiver::hand_over(&mut platform);
    source::hand_over(&mut platform);
    site::hand_over(&mut platform);
    cluster::hand_over(&mut platform);
    // A name that leads nowhere may be meant for one that seems to be used nowhere.
    let unsure = texts.sink.has_errors();
    let in_urls = texts.finish();
    for input in &mut platform.inputs {
        input.mentioned |= unsure;
    }
    for input in in_urls {
        platform.inputs[input.0].in_url = true;
    }
    let services = names
        .services
        .iter()
        .map(|placed| ServiceBlock { block: Arc::clone(placed.block), parent: placed.parent.map(ServiceId) });
    let blocks = Blocks { services: services.collect(), dashboards, networks_lost };
    (platform, blocks)
}

/// The nested services among those that are taken out, in the order of the source.
fn nested(taken_out: &HashMap<SmolStr, TakenOut>) -> Vec<(String, Span)> {
    let nested = taken_out.iter().filter(|(path, _)| path.contains('.'));
    let mut nested: Vec<(String, Span)> =
        nested.map(|(path, taken_out)| (path.to_string(), taken_out.span)).collect();
    nested.sort_by_key(|(_, span)| *span);
    nested
}

/// Whether a name can be a DNS label (RFC 1123, section 2.1): letters and digits, hyphens inside,
/// at most 63; upper case is left out, because artifacts tell names apart by case and DNS does not.
pub(crate) fn is_dns_label(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty()
        && name.len() <= 63
        && name.bytes().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Reports a name that cannot be a DNS label.
fn expect_dns_label(name: &Name, sink: &mut Sink) {
    if is_dns_label(&name.text) {
        return;
    }
    let plain = names::in_plain_letters(&name.text);
    let suggestion: String =
        plain.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let suggestion = suggestion.trim_matches('-').to_owned();
    let diagnostic = Diagnostic::new(codes::TYP007, format!("`{}` cannot be a name in DNS", name.text))
        .at(name.span, "lower-case letters, digits and hyphens inside, at most 63");
    sink.report(if is_dns_label(&suggestion) {
        diagnostic.help(format!("`{suggestion}` can"))
    } else {
        diagnostic
    });
}

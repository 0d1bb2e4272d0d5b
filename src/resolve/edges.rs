//! Every connection of the platform, with its cause and its place.

use super::text::{Mentions, Texts, Thing};
use crate::hash::HashMap;
use crate::model::{self, Document, Role, SourceAccess};
use crate::platform::{
    Cause, DestinationKind, Edge, EdgeEnd, NetworkId, OutsideId, Platform, Service, ServiceId, Tls,
};
use crate::schema::Reference;
use crate::source::Span;

/// Finds every connection, ordered by where it starts, where it ends, and why.
pub(super) fn edges(
    document: &Document,
    platform: &Platform,
    mentions: &[Mentions],
    texts: &mut Texts<'_>,
) -> Vec<Edge> {
    let mut edges = Edges { platform, list: Vec::new(), networks: vec![None; platform.services.len()] };
    for (service, mentioned) in platform.services.iter().zip(mentions) {
        for &(at, port, span) in &mentioned.ports {
            edges.add(service.id, EdgeEnd::Service(ServiceId(at), port), Cause::Reference, span, texts);
        }
        for &(at, span) in &mentioned.outsides {
            edges.add(service.id, EdgeEnd::Outside(OutsideId(at)), Cause::Reference, span, texts);
        }
        for reference in texts.names.block(service.id).reaches.iter().flat_map(|list| &list.items) {
            if let Some(end) = end(reference, "a port, a service or an outside", texts) {
                edges.add(service.id, end, Cause::Reaches, reference.0.span, texts);
            }
        }
    }
    routes(&mut edges, texts);
    forwards(&mut edges, texts);
    scrapes(&mut edges, texts);
    data_sources(document, &mut edges, texts);
    receivers(document, &mut edges, texts);
    backups(&mut edges, texts);
    certificates(&mut edges, texts);
    edges.finish()
}

struct Edges<'a> {
    platform: &'a Platform,
    list: Vec<Edge>,
    /// The places of networks among those of a service, for services that were looked at.
    networks: Vec<Option<HashMap<NetworkId, usize>>>,
}

impl Edges<'_> {
    fn add(&mut self, from: ServiceId, to: EdgeEnd, cause: Cause, span: Span, texts: &mut Texts<'_>) {
        let network = match to {
            EdgeEnd::Service(to, _) if to == from => return,
            EdgeEnd::Service(to, _) => self.carrier(from, to),
            EdgeEnd::Outside(_) => None,
        };
        // Where there are too many, that was reported.
        if texts.copy(1, span) {
            self.list.push(Edge { from, to, cause, network, span });
        }
    }

    /// The network that carries a connection: an internal one where there is one, and of these the first that the
    /// service it starts at is on.
    fn carrier(&mut self, from: ServiceId, to: ServiceId) -> Option<NetworkId> {
        let platform = self.platform;
        let (here, there) =
            (&platform.services.get(from.0)?.networks, &platform.services.get(to.0)?.networks);
        let is_longer = here.len() > there.len();
        let (longer, shorter) = if is_longer { (from, there) } else { (to, here) };
        let places = self.networks.get_mut(longer.0)?.get_or_insert_with(|| {
            platform[longer].networks.iter().enumerate().map(|(at, network)| (*network, at)).collect()
        });
        let shared = shorter.iter().enumerate().filter_map(|(at, network)| {
            let place = *places.get(network)?;
            Some((!platform[*network].internal, if is_longer { place } else { at }, *network))
        });
        shared.min().map(|(.., network)| network)
    }

    fn finish(mut self) -> Vec<Edge> {
        self.list.sort_by_key(|edge| (edge.from, edge.to, edge.cause, edge.span));
        self.list.dedup_by_key(|edge| (edge.from, edge.to, edge.cause));
        self.list
    }
}

fn end(reference: &Reference, needed: &str, texts: &mut Texts<'_>) -> Option<EdgeEnd> {
    if let Some(at) =
        reference.0.word().and_then(|word| super::names::BUILT_IN.iter().position(|name| *name == word))
    {
        return Some(EdgeEnd::Outside(OutsideId(at)));
    }
    match texts.find(&reference.0, &mut Mentions::default())? {
        Thing::Service(at) => Some(EdgeEnd::Service(ServiceId(at), None)),
        Thing::Port(at, port) => Some(EdgeEnd::Service(ServiceId(at), Some(port))),
        Thing::Outside(outside) => Some(EdgeEnd::Outside(outside)),
        thing => {
            texts.wrong_kind(&reference.0, &thing, needed);
            None
        }
    }
}

fn routes(edges: &mut Edges<'_>, texts: &mut Texts<'_>) {
    for site in &edges.platform.sites {
        let Some(proxy) = site.served_by else { continue };
        for route in &site.routes {
            for (service, port, span) in route.ports() {
                edges.add(proxy, EdgeEnd::Service(service, Some(port)), Cause::Route, span, texts);
            }
        }
    }
}

fn forwards(edges: &mut Edges<'_>, texts: &mut Texts<'_>) {
    for service in &edges.platform.services {
        for forward in service.ports.iter().flat_map(|port| &port.forwards) {
            let end = EdgeEnd::Service(forward.to, Some(forward.port));
            edges.add(service.id, end, Cause::Forward, forward.to_span, texts);
        }
    }
}

/// Who keeps metrics scrapes everybody who has some, and hands alerts over to who tells people.
fn scrapes(edges: &mut Edges<'_>, texts: &mut Texts<'_>) {
    for scraper in edges.platform.with_role(Role::Metrics) {
        for service in &edges.platform.services {
            if let Some(metrics) = &service.metrics {
                edges.add(
                    scraper.id,
                    EdgeEnd::Service(service.id, Some(metrics.port)),
                    Cause::Scrape,
                    metrics.span,
                    texts,
                );
            }
        }
        for teller in edges.platform.with_role(Role::Alerts) {
            edges.add(scraper.id, http(teller), Cause::Alerting, scraper.span, texts);
        }
    }
}

/// Who shows dashboards asks whoever keeps what they show.
fn data_sources(document: &Document, edges: &mut Edges<'_>, texts: &mut Texts<'_>) {
    for shower in edges.platform.with_role(Role::Dashboards) {
        for role in [Role::Metrics, Role::Alerts] {
            for source in edges.platform.with_role(role) {
                edges.add(shower.id, http(source), Cause::DataSource, shower.span, texts);
            }
        }
    }
    for block in &document.datasource {
        for (end, span) in declared(block, texts) {
            for shower in edges.platform.with_role(Role::Dashboards) {
                edges.add(shower.id, end, Cause::DataSource, span, texts);
            }
        }
    }
}

/// The places that a data source of the source's own leads to, where Grafana's server asks it.
fn declared(block: &model::DataSource, texts: &mut Texts<'_>) -> Vec<(EdgeEnd, Span)> {
    let outside = block.via.as_ref().and_then(|via| Some((end(via, "an outside", texts)?, via.0.span)));
    if block.access == Some(SourceAccess::Direct) {
        return Vec::new();
    }
    let mut mentions = Mentions::default();
    if let Some(url) = &block.url {
        texts.template(url, &mut mentions);
    }
    let ports = mentions.ports.iter();
    let mut ends: Vec<(EdgeEnd, Span)> =
        ports.map(|&(service, port, span)| (EdgeEnd::Service(ServiceId(service), port), span)).collect();
    let outsides = mentions.outsides.iter();
    ends.extend(outsides.map(|&(outside, span)| (EdgeEnd::Outside(OutsideId(outside)), span)));
    ends.extend(outside);
    if ends.is_empty() && block.via.is_none() {
        let span = block.url.as_ref().map_or(block.name.span, |url| url.span);
        ends.push((EdgeEnd::Outside(OutsideId(0)), span));
    }
    ends
}

/// A service at its HTTP port, where it has one.
fn http(service: &Service) -> EdgeEnd {
    let port = service.http_port();
    let port = port.and_then(|http| service.ports.iter().position(|port| port.name == http.name));
    EdgeEnd::Service(service.id, port)
}

/// Who tells people reaches the mail server, and the outside of each way of telling: the internet where none is
/// said.
fn receivers(document: &Document, edges: &mut Edges<'_>, texts: &mut Texts<'_>) {
    let platform = edges.platform;
    let internet = EdgeEnd::Outside(OutsideId(0));
    let tellers: Vec<&Service> = platform.with_role(Role::Alerts).collect();
    for teller in &tellers {
        let Some(smtp) = &texts.names.block(teller.id).smtp else { continue };
        if let Some(end @ EdgeEnd::Outside(_)) = end(&smtp.via, "an outside", texts) {
            edges.add(teller.id, end, Cause::Receiver, smtp.via.0.span, texts);
        }
    }
    for receiver in &document.receiver {
        for way in super::receiver::ways(receiver) {
            let mut mentions = Mentions::default();
            if let Some(address) = way.address {
                texts.template(address, &mut mentions);
            }
            let mut ends: Vec<(EdgeEnd, Span)> = mentions
                .ports
                .iter()
                .map(|&(service, port, span)| (EdgeEnd::Service(ServiceId(service), port), span))
                .collect();
            if let Some(via) = way.via {
                ends.extend(end(via, "an outside", texts).map(|end| (end, via.0.span)));
            } else if ends.is_empty() {
                ends.push((internet, way.span));
            }
            for teller in &tellers {
                for (end, span) in &ends {
                    edges.add(teller.id, *end, Cause::Receiver, *span, texts);
                }
            }
        }
    }
}

/// A backup is taken from where the data is to where it is kept.
fn backups(edges: &mut Edges<'_>, texts: &mut Texts<'_>) {
    let platform = edges.platform;
    for backup in &platform.backups {
        for destination in &backup.to {
            let DestinationKind::Bucket { bucket, .. } = destination.kind else { continue };
            let store = &platform[platform[bucket].of];
            edges.add(backup.of, http(store), Cause::Backup, destination.span, texts);
        }
    }
}

/// What orders certificates asks authorities, and the proxy for what it answers them.
fn certificates(edges: &mut Edges<'_>, texts: &mut Texts<'_>) {
    let platform = edges.platform;
    let internet = EdgeEnd::Outside(OutsideId(0));
    for service in platform.with_role(Role::Certificates) {
        let ordered = |tls: &&Tls| tls.issuer.acme().is_some();
        let Some(tls) = platform.certificates_of(service).filter_map(|site| site.tls.as_ref()).find(ordered)
        else {
            continue;
        };
        edges.add(service.id, internet, Cause::Certificate, tls.span, texts);
        if let Some(proxy) = service.parent.map(|proxy| &platform[proxy]) {
            let port =
                proxy.http().and_then(|http| proxy.ports.iter().position(|port| port.name == http.name));
            edges.add(service.id, EdgeEnd::Service(proxy.id, port), Cause::Certificate, tls.span, texts);
        }
    }
}

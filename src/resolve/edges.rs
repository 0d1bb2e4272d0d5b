//! Every connection of the platform, with its cause and its place.

use super::text::{Mentions, Texts, Thing};
use crate::model::{Document, Role};
use crate::platform::{Cause, Edge, EdgeEnd, NetworkId, OutsideId, Platform, Service, ServiceId};
use crate::schema::Reference;
use crate::source::Span;

/// Finds every connection, ordered by where it starts, where it ends, and why.
pub(super) fn edges(
    document: &Document,
    platform: &Platform,
    mentions: &[Mentions],
    texts: &mut Texts<'_>,
) -> Vec<Edge> {
    let mut edges = Edges { platform, list: Vec::new() };
    for (service, mentioned) in platform.services.iter().zip(mentions) {
        for &(at, port, span) in &mentioned.ports {
            edges.add(service.id, EdgeEnd::Service(ServiceId(at), port), Cause::Reference, span);
        }
        for &(at, span) in &mentioned.outsides {
            edges.add(service.id, EdgeEnd::Outside(OutsideId(at)), Cause::Reference, span);
        }
        for reference in service.block.reaches.iter().flat_map(|list| &list.items) {
            if let Some(end) = end(reference, "a port, a service or an outside", texts) {
                edges.add(service.id, end, Cause::Reaches, reference.0.span);
            }
        }
    }
    routes(&mut edges);
    scrapes(&mut edges);
    data_sources(&mut edges);
    receivers(document, &mut edges, texts);
    backups(document, &mut edges, texts);
    edges.finish()
}

struct Edges<'a> {
    platform: &'a Platform,
    list: Vec<Edge>,
}

impl Edges<'_> {
    fn add(&mut self, from: ServiceId, to: EdgeEnd, cause: Cause, span: Span) {
        let services = &self.platform.services;
        let network = match to {
            EdgeEnd::Service(to, _) if to == from => return,
            EdgeEnd::Service(to, _) => match (services.get(from.0), services.get(to.0)) {
                (Some(a), Some(b)) => carrier(self.platform, a, b),
                _ => return,
            },
            EdgeEnd::Outside(_) => None,
        };
        self.list.push(Edge { from, to, cause, network, span });
    }

    fn finish(mut self) -> Vec<Edge> {
        self.list.sort_by_key(|edge| (edge.from, edge.to, edge.cause, edge.span));
        self.list.dedup_by_key(|edge| (edge.from, edge.to, edge.cause));
        self.list
    }
}

/// The network that carries a connection: an internal one where there is one.
fn carrier(platform: &Platform, a: &Service, b: &Service) -> Option<NetworkId> {
    let mut first = None;
    for network in platform.shared_networks(a, b) {
        if platform[network].internal {
            return Some(network);
        }
        first.get_or_insert(network);
    }
    first
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

fn routes(edges: &mut Edges<'_>) {
    for site in &edges.platform.sites {
        let Some(proxy) = site.served_by else { continue };
        for route in &site.routes {
            edges.add(proxy, EdgeEnd::Service(route.to, Some(route.port)), Cause::Route, route.span);
        }
    }
}

/// Who keeps metrics scrapes everybody who has some, and hands alerts over to who tells people.
fn scrapes(edges: &mut Edges<'_>) {
    for scraper in edges.platform.with_role(Role::Metrics) {
        for service in &edges.platform.services {
            if let Some(metrics) = &service.metrics {
                edges.add(
                    scraper.id,
                    EdgeEnd::Service(service.id, Some(metrics.port)),
                    Cause::Scrape,
                    metrics.span,
                );
            }
        }
        for teller in edges.platform.with_role(Role::Alerts) {
            edges.add(scraper.id, http(teller), Cause::Alerting, scraper.span());
        }
    }
}

/// Who shows dashboards asks whoever keeps what they show.
fn data_sources(edges: &mut Edges<'_>) {
    for shower in edges.platform.with_role(Role::Dashboards) {
        for role in [Role::Metrics, Role::Alerts] {
            for source in edges.platform.with_role(role) {
                edges.add(shower.id, http(source), Cause::DataSource, shower.span());
            }
        }
    }
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
        let Some(smtp) = &teller.block.smtp else { continue };
        if let Some(end @ EdgeEnd::Outside(_)) = end(&smtp.via, "an outside", texts) {
            edges.add(teller.id, end, Cause::Receiver, smtp.via.0.span);
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
                    edges.add(teller.id, *end, Cause::Receiver, *span);
                }
            }
        }
    }
}

/// A backup is taken from where the data is to where it is kept.
fn backups(document: &Document, edges: &mut Edges<'_>, texts: &mut Texts<'_>) {
    for backup in &document.backup {
        let of = match texts.find(&backup.of.0, &mut Mentions::default()) {
            Some(Thing::Service(at)) => Some(at),
            Some(thing) => {
                texts.wrong_kind(&backup.of.0, &thing, "a service");
                None
            }
            None => None,
        };
        let to = match texts.find(&backup.to.0, &mut Mentions::default()) {
            Some(Thing::Child(at)) => Some(at),
            Some(thing) => {
                texts.wrong_kind(&backup.to.0, &thing, "a bucket");
                None
            }
            None => None,
        };
        let (Some(of), Some(to)) = (of, to) else { continue };
        let store = edges.platform.services.get(to);
        let port = store.and_then(Service::http_port);
        let port = port.and_then(|http| store?.ports.iter().position(|port| port.name == http.name));
        edges.add(ServiceId(of), EdgeEnd::Service(ServiceId(to), port), Cause::Backup, backup.to.0.span);
    }
}

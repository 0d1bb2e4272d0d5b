//! Reaching: what a service or an outside comes to by connections, published ports, routes and `forwards`, up to the port
//! that answers. What the service behind that port does on its own is another connection.

use std::collections::VecDeque;

use super::range::Range;
use super::{EdgeEnd, OutsideId, OutsideKind, Platform, Protocol, Role, ServiceId};
use crate::hash::HashMap;
use crate::source::Span;

/// One step of a way.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Where it leads.
    pub to: EdgeEnd,
    /// The place that makes it possible.
    pub span: Span,
    /// What that is, in words.
    pub how: &'static str,
}

/// Everything that one end reaches: each with the step that leads there, and where that starts.
#[derive(Debug, Default)]
pub struct Reached {
    steps: HashMap<EdgeEnd, (Option<EdgeEnd>, Step)>,
    /// Ports of a service that are reached, in the order they were found.
    of_service: HashMap<ServiceId, EdgeEnd>,
    outside: Option<EdgeEnd>,
}

impl Platform {
    /// Everything that one end reaches.
    #[must_use]
    pub fn reached(&self, from: EdgeEnd) -> Reached {
        let mut reached = Reached::default();
        let mut open: VecDeque<EdgeEnd> = VecDeque::new();
        let mut add = |before: Option<EdgeEnd>, step: Step, open: &mut VecDeque<EdgeEnd>| {
            if reached.steps.contains_key(&step.to) {
                return;
            }
            reached.steps.insert(step.to, (before, step));
            match step.to {
                EdgeEnd::Service(service, _) => {
                    reached.of_service.entry(service).or_insert(step.to);
                }
                EdgeEnd::Outside(_) => reached.outside = reached.outside.or(Some(step.to)),
            }
            open.push_back(step.to);
        };
        let visitor = match from {
            EdgeEnd::Service(service, _) => {
                for edge in self.edges_from(service) {
                    let step = Step { to: edge.to, span: edge.span, how: edge.cause.describe() };
                    add(None, step, &mut open);
                }
                None
            }
            EdgeEnd::Outside(visitor) => {
                for service in &self.services {
                    for (at, port) in service.ports.iter().enumerate() {
                        let Some(publish) = &port.publish else { continue };
                        if self.comes_in(visitor, publish.to) {
                            let to = EdgeEnd::Service(service.id, Some(at));
                            add(None, Step { to, span: publish.span, how: "published" }, &mut open);
                        }
                    }
                }
                // nginx of the host is open to everybody, and no service.
                let on_host = self.sites.iter().filter(|site| site.served_by.is_none() && self.serves(site));
                for route in on_host.flat_map(|site| &site.routes) {
                    if route.from.is_none_or(|from| self.comes_in(visitor, from)) {
                        for (to, port, span) in route.ports() {
                            let to = EdgeEnd::Service(to, Some(port));
                            add(None, Step { to, span, how: "route" }, &mut open);
                        }
                    }
                }
                Some(visitor)
            }
        };
        let mut sites: HashMap<ServiceId, Vec<usize>> = HashMap::default();
        for (at, site) in self.sites.iter().enumerate() {
            if let Some(proxy) = site.served_by {
                sites.entry(proxy).or_default().push(at);
            }
        }
        while let Some(at) = open.pop_front() {
            let EdgeEnd::Service(service, Some(port)) = at else { continue };
            let service = &self[service];
            let Some(port) = service.ports.get(port) else { continue };
            for forward in &port.forwards {
                let to = EdgeEnd::Service(forward.to, Some(forward.port));
                add(Some(at), Step { to, span: forward.to_span, how: "forwards" }, &mut open);
            }
            if service.role != Some(Role::Proxy) || !matches!(port.protocol, Protocol::Http | Protocol::Https)
            {
                continue;
            }
            for site in sites.get(&service.id).into_iter().flatten().map(|at| &self.sites[*at]) {
                for route in &site.routes {
                    let let_in = route.from.is_none_or(|from| match visitor {
                        Some(visitor) => self.comes_in(visitor, from),
                        None => self[from].kind == OutsideKind::Internet,
                    });
                    for (to, port, span) in route.ports().filter(|_| let_in) {
                        let to = EdgeEnd::Service(to, Some(port));
                        add(Some(at), Step { to, span, how: "route" }, &mut open);
                    }
                }
            }
        }
        reached
    }

    /// Whether a visitor from one outside may come in where another one is let in.
    #[must_use]
    pub fn comes_in(&self, visitor: OutsideId, let_in: OutsideId) -> bool {
        if visitor == let_in {
            return true;
        }
        let (from, to) = (&self[visitor], &self[let_in]);
        match (from.kind, to.kind) {
            (_, OutsideKind::Internet) | (OutsideKind::Localhost, _) => true,
            (OutsideKind::Declared, OutsideKind::Declared) => {
                let parse = |list: &[String]| -> Vec<Range> {
                    list.iter().filter_map(|text| Range::parse(text)).collect()
                };
                let (from, to) = (parse(&from.ranges), parse(&to.ranges));
                from.iter().any(|one| to.iter().any(|other| one.meets(other)))
            }
            _ => false,
        }
    }
}

impl Reached {
    /// The way to an end, step by step; `None` where it is not reached. A service is reached where any of its ports is,
    /// and each of its ports where a connection names none; the internet where anything external is.
    #[must_use]
    pub fn way(&self, platform: &Platform, to: EdgeEnd) -> Option<Vec<Step>> {
        let found = match to {
            EdgeEnd::Service(service, None) => *self.of_service.get(&service)?,
            EdgeEnd::Service(service, Some(_)) => {
                let whole = EdgeEnd::Service(service, None);
                [to, whole].into_iter().find(|end| self.steps.contains_key(end))?
            }
            EdgeEnd::Outside(outside) if platform[outside].kind == OutsideKind::Internet => self.outside?,
            EdgeEnd::Outside(_) => to,
        };
        let mut way = Vec::new();
        let mut at = Some(found);
        while let Some(end) = at {
            let (before, step) = self.steps.get(&end)?;
            way.push(*step);
            at = *before;
        }
        way.reverse();
        Some(way)
    }
}

impl Platform {
    /// An end as the source names it.
    #[must_use]
    pub fn end(&self, end: EdgeEnd) -> String {
        match end {
            EdgeEnd::Service(service, port) => {
                let service = &self[service];
                match port.and_then(|port| service.ports.get(port)) {
                    Some(port) => format!("{}.{}", service.path, port.name),
                    None => service.path.clone(),
                }
            }
            EdgeEnd::Outside(outside) => self[outside].name.clone(),
        }
    }
}

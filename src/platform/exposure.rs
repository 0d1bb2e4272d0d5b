//! Exposure: which paths of a port lead to metrics or to an administration interface, through every service that hands
//! requests on. Servers differ in what they take for one path, so paths are compared without regard to case and to a
//! slash at their end: Express answers `/METRICS` and `/metrics/` as `/metrics` (expressjs.com: API, "case sensitive
//! routing", "strict routing"). Where all of them are declared to read paths strictly, one spelling is the only one.

use std::collections::VecDeque;

use super::{Access, Forward, Platform, RoutePath, Service, ServiceId};
use crate::hash::HashSet;

/// The most services that one request passes: a circle of services that take off a path has no end.
const HOPS: usize = 16;

/// What nobody outside is meant to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitive {
    /// The metrics of a service: one path.
    Metrics,
    /// A port with `access = admin` or `internal`: the path and what lies below.
    Admin,
}

/// A path of a port of entry that leads to something sensitive.
#[derive(Debug, Clone)]
pub struct Exposed<'a> {
    /// The path as the port of entry is asked for it, without a slash at its end.
    pub path: String,
    /// What lies there.
    pub what: Sensitive,
    /// The service that answers.
    pub service: ServiceId,
    /// The port that answers, an index into the service's ports.
    pub port: usize,
    /// What hands a request on, in the order of its way.
    pub via: Vec<&'a Forward>,
    /// Whether no other spelling of the path leads there.
    pub strict: bool,
}

/// A request on its way: what is known of its path outside, and at the port where it is.
#[derive(Clone)]
struct Way<'a> {
    service: ServiceId,
    port: usize,
    outside: String,
    inside: String,
    /// Whether this is the whole path.
    exact: bool,
    via: Vec<&'a Forward>,
    strict: bool,
}

impl Platform {
    /// The paths of a port that lead to something sensitive, in the order of their lower-case letters.
    #[must_use]
    pub fn exposed(&self, service: ServiceId, port: usize) -> Vec<Exposed<'_>> {
        let start = Way::at((service, port));
        let mut found: Vec<Exposed<'_>> = Vec::new();
        let mut seen: HashSet<(ServiceId, usize, String, String)> = HashSet::default();
        let mut open = vec![start];
        while let Some(way) = open.pop() {
            if !seen.insert((way.service, way.port, way.outside.clone(), way.inside.clone())) {
                continue;
            }
            let mut way = way;
            way.strict &= self[way.service].ports.get(way.port).is_some_and(|port| port.strict);
            found.extend(way.answered(&self[way.service]));
            let Some(at) = self[way.service].ports.get(way.port).filter(|_| way.via.len() < HOPS) else {
                continue;
            };
            open.extend(at.forwards.iter().rev().filter_map(|forward| way.passed_on(forward)));
        }
        found
            .sort_by_cached_key(|exposed| (exposed.path.to_ascii_lowercase(), exposed.what, exposed.service));
        found
    }
}

impl<'a> Way<'a> {
    /// Any request at a port.
    fn at((service, port): (ServiceId, usize)) -> Self {
        let (outside, inside) = (String::new(), String::new());
        Self { service, port, outside, inside, exact: false, via: Vec::new(), strict: true }
    }

    /// What a request meets at the port where it is.
    fn answered(&self, service: &Service) -> impl Iterator<Item = Exposed<'a>> {
        let exposed = |path: String, what| Exposed {
            path,
            what,
            service: self.service,
            port: self.port,
            via: self.via.clone(),
            strict: self.strict,
        };
        let access = service.ports.get(self.port).and_then(|port| port.access);
        let admin = matches!(access, Some(Access::Admin | Access::Internal))
            .then(|| exposed(self.outside.clone(), Sensitive::Admin));
        let metrics = service.metrics.as_ref().filter(|metrics| metrics.port == self.port);
        let metrics = metrics.and_then(|metrics| {
            let rest = below(trimmed(&metrics.path), &self.inside)?;
            (!self.exact || rest.is_empty())
                .then(|| exposed(format!("{}{rest}", self.outside), Sensitive::Metrics))
        });
        admin.into_iter().chain(metrics)
    }

    /// The request at the next service, where it is handed on.
    fn passed_on(&self, forward: &'a Forward) -> Option<Self> {
        let (path, exact) = match &forward.path {
            RoutePath::Prefix(path) => (trimmed(path), false),
            RoutePath::Exact(path) => (trimmed(path), true),
        };
        let (mut outside, mut inside) = (self.outside.clone(), self.inside.clone());
        if let Some(rest) = below(path, &self.inside) {
            if self.exact && !rest.is_empty() {
                return None;
            }
            outside.push_str(rest);
            path.clone_into(&mut inside);
        } else if exact || below(&self.inside, path).is_none() {
            return None;
        }
        if forward.strip {
            // It lies below the path: it is the path itself, or was found there above.
            inside = below(&inside, path).unwrap_or_default().to_owned();
        }
        let mut via = self.via.clone();
        via.push(forward);
        Some(Self {
            service: forward.to,
            port: forward.port,
            outside,
            inside,
            exact: self.exact || exact,
            via,
            strict: self.strict,
        })
    }
}

impl Platform {
    /// The circles of `forwards`: for each what hands a request on, from one port back to it. Which of its paths come
    /// back decides: `/api` to a service that hands on `/jobs` alone is none.
    #[must_use]
    pub fn circles(&self) -> Vec<Vec<&Forward>> {
        let starts = self.services.iter().flat_map(|service| {
            let ports = service.ports.iter().enumerate().filter(|(_, port)| !port.forwards.is_empty());
            ports.map(|(port, _)| (service.id, port))
        });
        starts.filter_map(|start| self.circle(start)).collect()
    }

    /// The shortest circle through a port, where no port of it comes before that one.
    fn circle(&self, start: (ServiceId, usize)) -> Option<Vec<&Forward>> {
        let mut open = VecDeque::from([Way::at(start)]);
        let mut seen: HashSet<(ServiceId, usize, String)> = HashSet::default();
        while let Some(way) = open.pop_front() {
            let at = (way.service, way.port);
            // What comes back goes round again where the first step takes it.
            if at == start && way.via.first().is_some_and(|first| way.passed_on(first).is_some()) {
                return Some(way.via);
            }
            if at < start || way.via.len() >= HOPS || !seen.insert((at.0, at.1, way.inside.clone())) {
                continue;
            }
            let forwards = self[at.0].ports.get(at.1).map(|port| port.forwards.as_slice());
            open.extend(forwards.unwrap_or_default().iter().filter_map(|forward| way.passed_on(forward)));
        }
        None
    }

    /// Whether a port and all that it hands requests on to read paths strictly.
    #[must_use]
    pub fn reads_strictly(&self, service: ServiceId, port: usize) -> bool {
        let mut seen: HashSet<(ServiceId, usize)> = HashSet::default();
        let mut open = vec![(service, port)];
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            let Some(port) = self[at.0].ports.get(at.1).filter(|port| port.strict) else { return false };
            open.extend(port.forwards.iter().map(|forward| (forward.to, forward.port)));
        }
        true
    }
}

/// A path without the slashes at its end; `/` is empty.
#[must_use]
pub fn trimmed(path: &str) -> &str {
    path.trim_end_matches('/')
}

/// What a path has behind another one that it lies below; nothing where both are the same.
#[must_use]
pub fn below<'a>(path: &'a str, above: &str) -> Option<&'a str> {
    let above = trimmed(above);
    let rest = path.get(above.len()..)?;
    let start = path.get(..above.len())?;
    (start.eq_ignore_ascii_case(above) && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
}

/// Those of a sorted list whose path lies below another one, or is it.
pub fn within<'a, 'b>(
    list: &'a [Exposed<'b>],
    above: &str,
) -> impl Iterator<Item = &'a Exposed<'b>> + use<'a, 'b> {
    let above = trimmed(above).to_ascii_lowercase();
    let start = list.partition_point(|exposed| exposed.path.to_ascii_lowercase() < above);
    let rest = list.get(start..).unwrap_or_default().iter();
    rest.take_while({
        let above = above.clone();
        move |exposed| exposed.path.to_ascii_lowercase().starts_with(&above)
    })
    .filter(move |exposed| below(&exposed.path, &above).is_some())
}

/// Those of a sorted list that everything below a path belongs to, and the path itself.
pub fn around<'a, 'b>(
    list: &'a [Exposed<'b>],
    path: &str,
) -> impl Iterator<Item = &'a Exposed<'b>> + use<'a, 'b> {
    let said = trimmed(path).to_owned();
    let path = said.to_ascii_lowercase();
    let mut ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    ends.push(path.len());
    ends.into_iter().flat_map(move |end| {
        // Each end is the place of a slash, or the end of the path.
        let above = path[..end].to_owned();
        let start = list.partition_point(|exposed| exposed.path.to_ascii_lowercase() < above);
        let whole = end == path.len();
        let spelt = said[..end].to_owned();
        let same = list.get(start..).unwrap_or_default().iter();
        let same = same.take_while(move |exposed| exposed.path.eq_ignore_ascii_case(&above));
        same.filter(move |exposed| {
            (whole || exposed.what == Sensitive::Admin) && (!exposed.strict || exposed.path == spelt)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_path_ends_at_a_slash() {
        assert_eq!(below("/api/metrics", "/api"), Some("/metrics"));
        assert_eq!(below("/API/metrics", "/api/"), Some("/metrics"));
        assert_eq!(below("/apix", "/api"), None);
        assert_eq!(below("/api", ""), Some("/api"));
        assert_eq!(below("/api", "/api"), Some(""));
    }
}

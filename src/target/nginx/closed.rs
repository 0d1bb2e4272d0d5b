//! Paths that nobody outside may ask for, in every spelling that a service answers: Express, for one, answers
//! `/METRICS` and `/metrics/` as it does `/metrics` (expressjs.com: API, "case sensitive routing", "strict routing").

use crate::hash::HashMap;
use crate::platform::exposure::{self, Exposed, below, trimmed};
use crate::platform::{Platform, RoutePath, RouteTarget, ServiceId, Site};

/// A path that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closed {
    path: String,
    /// Whether what lies below is closed as well.
    below: bool,
    /// The route in which it is closed; `None` where it is in all of them.
    within: Option<usize>,
}

/// What is closed on a site: routes that say `deny`, and other spellings of routes that not everybody may take, in every
/// route; and what nobody outside may see of the service that a route leads to, or of those that it hands requests on to.
pub(super) fn of(platform: &Platform, site: &Site) -> Vec<Closed> {
    let mut closed: Vec<Closed> = Vec::new();
    let mut known: HashMap<(ServiceId, usize), Vec<Exposed<'_>>> = HashMap::default();
    let mut close = |path: &str, below: bool, within: Option<usize>| {
        let it = Closed { path: trimmed(path).to_owned(), below, within };
        if !closed.contains(&it) {
            closed.push(it);
        }
    };
    for (at, route) in site.routes.iter().enumerate() {
        if matches!(route.to, RouteTarget::Deny) || route.from.is_some() || route.login.is_some() {
            close(route.path.path(), matches!(route.path, RoutePath::Prefix(_)), None);
        }
        let RoutePath::Prefix(path) = &route.path else { continue };
        // What the route takes off stands before what the service is asked for.
        let (inside, before) = if route.strip { ("", trimmed(path)) } else { (path.as_str(), "") };
        for (service, port, _) in route.ports() {
            // What is all of the route is a finding (SITE005), and stays open where the source allows it.
            let exposed = known.entry((service, port)).or_insert_with(|| platform.exposed(service, port));
            for exposed in exposure::within(exposed, inside) {
                if !below(&exposed.path, inside).is_none_or(str::is_empty) {
                    close(&format!("{before}{}", exposed.path), true, Some(at));
                }
            }
        }
    }
    closed
}

impl Closed {
    /// Whether another spelling of it may come to a route with a prefix above it.
    pub(super) fn concerns(&self, route: usize, prefix: &str) -> bool {
        self.within.is_none_or(|within| within == route)
            && below(&self.path, prefix).is_some_and(|rest| !rest.is_empty())
    }

    /// The pattern of its spellings.
    pub(super) fn pattern(&self) -> String {
        let mut out = format!("^{}", literal(&self.path));
        // `;` begins parameters of a path for servers in Java; a backslash is a slash for readers of URLs in JavaScript.
        out.push_str(if self.below { r"(?:[/;\\]|$)" } else { r"(?:/+|;.*)?$" });
        out
    }
}

/// The pattern of a text itself.
pub(super) fn literal(text: &str) -> String {
    let special = |c: char| c.is_ascii_punctuation() && !matches!(c, '/' | '-' | '_');
    text.chars().fold(String::new(), |mut out, c| {
        out.extend(special(c).then_some('\\'));
        out.push(c);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::Closed;

    #[test]
    fn every_spelling_is_closed() {
        let closed = Closed { path: "/api/metrics.json".to_owned(), below: true, within: None };
        assert_eq!(closed.pattern(), r"^/api/metrics\.json(?:[/;\\]|$)");
        assert!(closed.concerns(0, "/") && closed.concerns(0, "/API") && closed.concerns(0, "/api/"));
        assert!(!closed.concerns(0, "/ap") && !closed.concerns(0, "/api/metrics.json/"));
        let of_one = Closed { within: Some(1), ..closed };
        assert!(of_one.concerns(1, "/") && !of_one.concerns(0, "/"));
    }
}

//! Paths that nobody outside may ask for, in every spelling that a service answers: Express, for one, answers
//! `/METRICS` and `/metrics/` as it does `/metrics` (expressjs.com: API, "case sensitive routing", "strict routing").

use crate::platform::{Platform, Route, RoutePath, RouteTarget, Site};

/// A path that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closed {
    path: String,
    /// Whether what lies below is closed as well.
    below: bool,
}

/// What is closed on a site: routes that say `deny`, other spellings of routes that not everybody may take, and the
/// metrics of the services that its routes lead to. A route for exactly such a path is the source's own decision.
pub(super) fn of(platform: &Platform, site: &Site) -> Vec<Closed> {
    let mut closed: Vec<Closed> = Vec::new();
    let mut close = |it: Closed| {
        if !closed.contains(&it) {
            closed.push(it);
        }
    };
    for route in &site.routes {
        if matches!(route.to, RouteTarget::Deny) || route.from.is_some() || route.login.is_some() {
            let below = matches!(route.path, RoutePath::Prefix(_));
            close(Closed { path: trimmed(route.path.path()), below });
        }
        let (RouteTarget::Port(service, port), RoutePath::Prefix(path)) = (&route.to, &route.path) else {
            continue;
        };
        let metrics = platform[*service].metrics.as_ref().filter(|metrics| metrics.port == *port);
        let Some(metrics) = metrics.map(|metrics| trimmed(&metrics.path)) else { continue };
        if metrics != trimmed(path) && lies_below(&metrics, path) && !has_route(site, &metrics) {
            close(Closed { path: metrics, below: true });
        }
    }
    closed
}

/// Whether a route is for exactly a path, or for it and what lies below.
fn has_route(site: &Site, path: &str) -> bool {
    site.routes.iter().any(|route: &Route| trimmed(route.path.path()) == path)
}

/// A path without the slashes at its end; `/` is empty.
pub(super) fn trimmed(path: &str) -> String {
    path.trim_end_matches('/').to_owned()
}

/// Whether a path is another one, or lies below it, whatever its case.
fn lies_below(path: &str, above: &str) -> bool {
    let above = above.trim_end_matches('/');
    let start = path.get(..above.len());
    let rest = path.get(above.len()..);
    start.is_some_and(|start| start.eq_ignore_ascii_case(above))
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Closed {
    /// Whether another spelling of it may come to a prefix above it.
    pub(super) fn concerns(&self, prefix: &str) -> bool {
        self.path != trimmed(prefix) && lies_below(&self.path, prefix)
    }

    /// The pattern of its spellings.
    pub(super) fn pattern(&self) -> String {
        let mut out = String::from("^");
        for c in self.path.chars() {
            if c.is_ascii_punctuation() && !matches!(c, '/' | '-' | '_') {
                out.push('\\');
            }
            out.push(c);
        }
        // `;` begins parameters of a path for servers in Java; a backslash is a slash for readers of URLs in JavaScript.
        out.push_str(if self.below { r"(?:[/;\\]|$)" } else { r"(?:/+|;.*)?$" });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{Closed, lies_below};

    #[test]
    fn every_spelling_is_closed() {
        let closed = Closed { path: "/api/metrics.json".to_owned(), below: true };
        assert_eq!(closed.pattern(), r"^/api/metrics\.json(?:[/;\\]|$)");
        assert!(closed.concerns("/") && closed.concerns("/API") && closed.concerns("/api/"));
        assert!(
            !closed.concerns("/ap") && !closed.concerns("/api/metrics.json/") && !lies_below("/apix", "/api")
        );
    }
}

//! Paths that nobody outside may ask for, in every spelling that a service answers: Express, for one, answers
//! `/METRICS` and `/metrics/` as it does `/metrics` (expressjs.com: API, "case sensitive routing", "strict routing").

use crate::hash::HashMap;
use crate::platform::exposure::{self, Exposed, Sensitive, below, trimmed};
use crate::platform::{Platform, Route, RoutePath, RouteTarget, ServiceId, Site};

/// A path that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    path: String,
    /// Whether what lies below is closed as well.
    below: bool,
    /// Whether other spellings are other paths.
    strict: bool,
    /// The route in which it is closed; `None` where it is in all of them.
    within: Option<usize>,
}

/// All that is closed on a site.
#[derive(Debug)]
pub struct Closings {
    closed: Vec<Closed>,
    /// Routes whose services take no spelling for another one.
    strictly_read: Vec<usize>,
}

/// What is closed on a site: routes that say `deny`, and other spellings of routes that not everybody may take, in every
/// route; and what nobody outside may see of the service that a route leads to, or of those that it hands requests on to.
#[must_use]
pub fn of(platform: &Platform, site: &Site) -> Closings {
    let mut closed: Vec<Closed> = Vec::new();
    let mut known: HashMap<(ServiceId, usize), Vec<Exposed<'_>>> = HashMap::default();
    let mut close = |path: &str, (below, strict): (bool, bool), within: Option<usize>| {
        let it = Closed { path: trimmed(path).to_owned(), below, strict, within };
        if !closed.contains(&it) {
            closed.push(it);
        }
    };
    for (at, route) in site.routes.iter().enumerate() {
        if matches!(route.to, RouteTarget::Deny) || route.from.is_some() || route.login.is_some() {
            close(route.path.path(), (matches!(route.path, RoutePath::Prefix(_)), false), None);
        }
        let RoutePath::Prefix(path) = &route.path else { continue };
        // What the route takes off stands before what the service is asked for.
        let (inside, before) = if route.strip { ("", trimmed(path)) } else { (path.as_str(), "") };
        for (service, port, _) in route.ports() {
            // What is all of the route is a finding (SITE005), and stays open where the source allows it.
            let exposed = known.entry((service, port)).or_insert_with(|| platform.exposed(service, port));
            for exposed in exposure::within(exposed, inside) {
                if !below(&exposed.path, inside).is_none_or(str::is_empty) {
                    // Of what is read strictly, metrics are one path.
                    let below = !exposed.strict || exposed.what == Sensitive::Admin;
                    close(&format!("{before}{}", exposed.path), (below, exposed.strict), Some(at));
                }
            }
        }
    }
    // Where paths are read strictly, other spellings of routes are paths of their own.
    let loose = |route: &Route| {
        let mut ports = route.ports();
        !matches!(route.to, RouteTarget::Port(..))
            || ports.any(|(service, port, _)| !platform.reads_strictly(service, port))
    };
    let strictly_read = site.routes.iter().enumerate().filter(|(_, route)| !loose(route)).map(|(at, _)| at);
    let strictly_read: Vec<usize> = strictly_read.collect();
    Closings { closed, strictly_read }
}

impl Closings {
    /// What is closed in a route of a prefix below which its location is, in the order of the source.
    pub fn within(&self, route: usize, prefix: &str) -> impl Iterator<Item = &Closed> {
        self.closed.iter().filter(move |closed| {
            (closed.within.is_some() || !self.strictly_read.contains(&route))
                && closed.concerns(route, prefix)
        })
    }
}

impl Closed {
    /// Whether another spelling of it may come to a route with a prefix above it.
    fn concerns(&self, route: usize, prefix: &str) -> bool {
        self.within.is_none_or(|within| within == route)
            && below(&self.path, prefix).is_some_and(|rest| !rest.is_empty())
    }

    /// Whether its pattern is without regard to case.
    #[must_use]
    pub fn ignores_case(&self) -> bool {
        !self.strict
    }

    /// The pattern of its spellings.
    #[must_use]
    pub fn pattern(&self) -> String {
        let mut out = format!("^{}", literal(&self.path));
        // `;` begins parameters of a path for servers in Java; a backslash is a slash for readers of URLs in JavaScript.
        out.push_str(match (self.below, self.strict) {
            (true, false) => r"(?:[/;\\]|$)",
            (false, false) => r"(?:/+|;.*)?$",
            (true, true) => "(?:/|$)",
            (false, true) => "/*$",
        });
        out
    }

    /// Whether a path is one of its spellings: what its pattern says.
    pub(super) fn is_spelt(&self, path: &[u8]) -> bool {
        let Some((start, rest)) = path.split_at_checked(self.path.len()) else { return false };
        let own = self.path.as_bytes();
        if !start.eq_ignore_ascii_case(own) || (self.strict && start != own) {
            return false;
        }
        // A pattern ends also before a line end that is the last byte, and `.` is none.
        let ends = |rest: &[u8]| matches!(rest, b"" | b"\n");
        match rest.first() {
            _ if ends(rest) => true,
            Some(b'/') if self.below => true,
            Some(b';' | b'\\') if self.below && !self.strict => true,
            Some(b'/') => {
                let behind = rest.iter().position(|byte| *byte != b'/').unwrap_or(rest.len());
                ends(&rest[behind..])
            }
            Some(b';') if !self.below && !self.strict => {
                let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                ends(&rest[line..])
            }
            _ => false,
        }
    }

    /// The path that is closed.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// The pattern of a text itself.
#[must_use]
pub fn literal(text: &str) -> String {
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
        let closed =
            Closed { path: "/api/metrics.json".to_owned(), below: true, strict: false, within: None };
        assert_eq!(closed.pattern(), r"^/api/metrics\.json(?:[/;\\]|$)");
        assert!(closed.concerns(0, "/") && closed.concerns(0, "/API") && closed.concerns(0, "/api/"));
        assert!(!closed.concerns(0, "/ap") && !closed.concerns(0, "/api/metrics.json/"));
        let of_one = Closed { within: Some(1), ..closed };
        assert!(of_one.concerns(1, "/") && !of_one.concerns(0, "/"));
    }

    #[test]
    fn paths_are_closed_as_the_pattern_says() {
        let beginnings = ["/api/metrics", "/API/Metrics", "/api/metric", "/xapi/metrics"];
        let ends = [
            "", "/", "//", ";", ";a", ";a/", "/a", "\\a", "\n", "/\n", ";\n", ";a\n", ";a\nb", "x", "\n\n",
            "\na",
        ];
        for (below, strict) in [(true, false), (false, false), (true, true), (false, true)] {
            let closed = Closed { path: "/api/metrics".to_owned(), below, strict, within: None };
            // The pattern of nginx ends before a last line end as well.
            let pattern = closed.pattern().replace('$', "\n?$").replace(".*", "[^\n]*");
            let pattern = regex_lite::Regex::new(&format!("{}{pattern}", if strict { "" } else { "(?i)" }))
                .expect("a pattern");
            for (start, end) in beginnings.iter().flat_map(|start| ends.iter().map(move |end| (start, end))) {
                let path = format!("{start}{end}");
                assert_eq!(
                    closed.is_spelt(path.as_bytes()),
                    pattern.is_match(&path),
                    "{path:?} {below} {strict}"
                );
            }
        }
    }
}

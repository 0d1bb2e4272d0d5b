//! Which route a path comes to: exact before prefix, the longest prefix, and a prefix ends at a path part.

use crate::platform::exposure::trimmed;
use crate::platform::{RoutePath, Site};

/// The route for a path, an index into the routes of a site.
pub(super) fn route(site: &Site, path: &[u8]) -> Option<usize> {
    let routes = || site.routes.iter().map(|route| &route.path).enumerate();
    let exact = routes().find(|(_, of)| matches!(of, RoutePath::Exact(own) if own.as_bytes() == path));
    let fitting = routes().filter_map(|(at, of)| match of {
        RoutePath::Prefix(own) if is_at(trimmed(own), path) => Some((at, trimmed(own).len())),
        _ => None,
    });
    // Of two that are as long, the first: they are the same path.
    let longest = fitting.rev().max_by_key(|(_, length)| *length).map(|(at, _)| at);
    exact.map(|(at, _)| at).or(longest)
}

/// Whether a path is a prefix, or lies below it.
fn is_at(prefix: &str, path: &[u8]) -> bool {
    path.strip_prefix(prefix.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// The location for what lies below a route's path, where a path comes to it: `/api/`.
pub(super) fn location_below(of: &RoutePath, path: &[u8]) -> Option<String> {
    match of {
        RoutePath::Exact(_) => None,
        RoutePath::Prefix(own) => (path.len() > trimmed(own).len()).then(|| format!("{}/", trimmed(own))),
    }
}

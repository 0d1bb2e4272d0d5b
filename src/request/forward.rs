//! What services do with a request: each hands it on where a `forwards` of its port is for the path.

use super::{Entry, Step, Way, lossy};
use crate::platform::exposure::trimmed;
use crate::platform::{Forward, Platform, Port, RoutePath};

/// The most services that one request passes. Circles are errors; one may be allowed.
const HOPS: usize = 16;

/// The way of a request from the port where it comes in to the port that answers.
pub(super) fn way<'a>(platform: &'a Platform, entry: Entry, path: &[u8]) -> Way<'a> {
    let mut path = path.to_vec();
    let mut at = entry;
    let mut via = Vec::new();
    while via.len() < HOPS
        && let Some(port) = platform[at.service].ports.get(at.port)
        && let Some(forward) = forwarding(port, &path)
    {
        via.push(Step { service: at.service, port: at.port, path: lossy(&path), forward });
        if forward.strip {
            path.drain(..trimmed(forward.path.path()).len().min(path.len()));
            if path.first() != Some(&b'/') {
                path.insert(0, b'/');
            }
        }
        at = Entry { service: forward.to, port: forward.port };
    }
    Way { via, service: at.service, port: at.port, path: lossy(&path) }
}

/// The `forwards` that a path is handed on by: the exact one, else the longest prefix.
fn forwarding<'a>(port: &'a Port, path: &[u8]) -> Option<&'a Forward> {
    let fitting = port.forwards.iter().filter(|forward| takes(&forward.path, path, port.strict));
    let weight = |forward: &&Forward| match &forward.path {
        RoutePath::Exact(_) => (true, 0),
        RoutePath::Prefix(own) => (false, trimmed(own).len()),
    };
    fitting.rev().max_by_key(weight)
}

/// Whether a service takes a path for one that it hands on. One that reads loosely distinguishes neither case nor a slash at the
/// end apart.
fn takes(of: &RoutePath, path: &[u8], strict: bool) -> bool {
    let own = trimmed(of.path()).as_bytes();
    let Some((start, rest)) = path.split_at_checked(own.len()) else { return false };
    let same = if strict { start == own } else { start.eq_ignore_ascii_case(own) };
    match of {
        RoutePath::Exact(exact) if strict => path == exact.as_bytes(),
        RoutePath::Exact(_) => same && matches!(rest, b"" | b"/"),
        RoutePath::Prefix(_) => same && (rest.is_empty() || rest.starts_with(b"/")),
    }
}

//! Queries that are like sound ones are left out by rules. In debug builds each of them is judged by itself after all, and one of
//! which something is found panics. So every platform that a test compiles holds both to the same; here are large ones, in which
//! most queries are left out, and such in which one job differs from those that it is like.

#[path = "../benches/large/platform.rs"]
mod platform;

use infrac::platform::Runtime;
use infrac::source::{Found, Loader};

/// How many diagnostics a platform has.
fn compile(text: &str, environment: Option<&str>) -> usize {
    let load = |_: &str| Ok(Found::File(text.as_bytes().to_vec()));
    infrac::compile(&Loader { load: &load }, "platform.infra", environment, Runtime::Compose)
        .diagnostics
        .len()
}

/// The line of a service that declares what it counts; its other blocks stand before it.
const COUNTS: &str = "metric http_requests_total ";

/// A text in which words of one of the services that count requests, in the middle of them, are others.
fn changed(text: &str, from: &str, to: &str) -> String {
    let counting: Vec<usize> = text.match_indices(COUNTS).map(|(at, _)| at).collect();
    assert!(counting.len() > 2, "{} services count requests", counting.len());
    let start = counting[counting.len() / 2];
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    let at = text[..end].rfind(from).expect("the words of a service");
    format!("{}{to}{}", &text[..at], &text[at + from.len()..])
}

#[test]
fn what_is_left_out_is_sound_by_itself() {
    let large = platform::platform(200);
    for environment in [None, Some("production")] {
        compile(&large, environment);
    }
    let text = platform::platform(43);
    let before = compile(&text, None);
    let told = [
        (", \"status\"]", "]"),
        ("type = counter", "type = gauge"),
        (COUNTS, "metric http_request_total "),
        ("port = http }", "port = http, interval = 10m }"),
    ]
    .map(|(from, to)| compile(&changed(&text, from, to), None));
    assert!(told.iter().all(|told| *told > before), "a job that differs goes unseen: {told:?}");
}

//! Health checks that can run, and tell something else than whether the service works.

use std::collections::BTreeMap;

use super::address::{self, Directory, Said};
use crate::diagnostic::{Diagnostic, Help, Sink, codes, list_of};
use crate::origins::Origins;
use crate::platform::{FirstStart, Health, Platform, Service, ServiceId, Tree, Value, ValuePart};
use crate::source::Span;

/// HC002: a shorter interval for the start, of which nobody knows how long it lasts.
pub(super) fn start(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in &platform.services {
        let health = origins.service(service.id).health();
        let faster = health.filter(|_| service.times.start_interval.is_some());
        if let Some(origin) = faster.filter(|origin| !origin.has_start()) {
            sink.report(
                Diagnostic::new(
                    codes::HC002,
                    format!(
                        "`{}` is checked more often while it starts, and nothing says how long that is",
                        service.path
                    ),
                )
                .about(&service.path)
                .at(origin.span(), "has `start_interval` and no `start`")
                .help("write `start = 60s`, or as long as a slow start takes"),
            );
        }
        // Without times of its own the image's check is left as it is, and there is no period to add to.
        let bare = matches!(&service.health, Health::Builtin(times) if times.as_ref().is_none_or(|it| it.start.is_none()));
        for said in service.overrides.iter().filter(|_| bare) {
            let check = said.at(&["healthcheck"]);
            let has = |key: &str| matches!(check, Some(Tree::Map(entries)) if entries.contains_key(key));
            if has("start_interval") && !has("start_period") {
                sink.report(
                    Diagnostic::new(
                        codes::HC002,
                        format!("`{}` gets a `start_interval` without a `start_period`", service.path),
                    )
                    .about(&service.path)
                    .at(said.span, "compose refuses this")
                    .help(
                        "write `health { builtin = true, start = 60s, start_interval = 2s }` in place of it",
                    ),
                );
            }
        }
    }
}

/// HC003: a check that succeeds while the first start still goes on.
pub(super) fn too_early(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in platform.services.iter().filter(|service| !service.is_job()) {
        let Some(origin) = origins.service(service.id).health() else { continue };
        let Some(first) = platform.facts(service).and_then(|facts| facts.first_start.as_ref()) else {
            continue;
        };
        let fooled = match &service.health {
            Health::Tcp { .. } => first.port,
            Health::Exec(words) => {
                let words: Vec<String> = words.iter().map(|word| named(platform, word)).collect();
                proves_nothing(service, first, &words.join(" "))
            }
            Health::Shell(line) => proves_nothing(service, first, &named(platform, line)),
            Health::None { .. } | Health::Builtin(_) | Health::Http { .. } => false,
        };
        if !fooled || !happens(service, first) {
            continue;
        }
        sink.report(
            Diagnostic::new(
                codes::HC003,
                format!("the health check of `{}` succeeds before its first start is over", service.path),
            )
            .about(&service.path)
            .at(origin.span(), "a temporary server answers this")
            .at_maybe(
                service.base_name.as_ref().map(|name| name.span),
                "starts one as long as its data folder is being filled",
            )
            .help(format!(
                "ask in a `command` for what only the real server answers: with {}",
                list_of(first.proof.iter().filter(|proof| proof.starts_with('-')).map(String::as_str))
            )),
        );
    }
}

/// Whether anything makes the image start its temporary server.
fn happens(service: &Service, first: &FirstStart) -> bool {
    let below = |path: &str, folder: &str| {
        path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let paths: Vec<&str> = service
        .configs
        .iter()
        .map(|config| config.path.as_str())
        .chain(service.binds.iter().map(|bind| bind.path.as_str()))
        .chain(service.mounts.iter().map(|mount| mount.path.as_str()))
        .collect();
    let sets = |name: &str| {
        service
            .env
            .iter()
            .any(|variable| variable.name.strip_prefix(name).is_some_and(|rest| matches!(rest, "" | "_FILE")))
    };
    first.by.is_empty()
        || first
            .by
            .iter()
            .any(|by| sets(by) || paths.iter().any(|path| by.starts_with('/') && below(path, by)))
}

/// Parts of names of variables that may hold a whole address, with a host or a login in it.
const ADDRESSES: &[&str] = &["URL", "URI", "DSN", "HOST", "CONN", "OPT", "ARG", "ADDR"];

/// Whether a check asks with a client of the image, and nothing in it is for the real server only.
fn proves_nothing(service: &Service, first: &FirstStart, check: &str) -> bool {
    let apart = |c: char| c.is_whitespace() || "\"'`();|&/=".contains(c);
    let asks = check.split(apart).any(|word| first.clients.iter().any(|client| client == word));
    let words: Vec<&str> = check.split(|c: char| c.is_whitespace() || "\"'`".contains(c)).collect();
    let proof = first.proof.iter().any(|proof| {
        if proof.starts_with('-') {
            words.iter().any(|word| word.starts_with(proof.as_str()))
        } else {
            check.contains(proof.as_str()) || service.env.iter().any(|variable| variable.name == *proof)
        }
    });
    let unknown = check.contains("process.env")
        || check.match_indices('$').any(|(at, _)| {
            let name: String = check[at + 1..]
                .chars()
                .skip_while(|c| *c == '{')
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            ADDRESSES.iter().any(|part| name.contains(part))
        });
    asks && !proof && !unknown
}

/// Text with the names of what the operator sets.
fn named(platform: &Platform, value: &Value) -> String {
    let parts = value.parts.iter().map(|part| match part {
        ValuePart::Literal(text) => text.to_string(),
        ValuePart::Input(input) => format!("${}", platform[*input].name),
    });
    parts.collect()
}

/// HC004: a check of `localhost`, which may mean another address than the one that is listened on.
pub(super) fn localhost(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in &platform.services {
        for said in address::check(service, origins) {
            if !said.text.match_indices("localhost").any(|(at, name)| means_host(&said.text, at, name.len()))
            {
                continue;
            }
            sink.report(
                Diagnostic::new(
                    codes::HC004,
                    format!("the health check of `{}` asks `localhost`, which may be `::1`", service.path),
                )
                .about(&service.path)
                .at(said.span, "where few servers listen")
                .help(Help::instead("localhost", "127.0.0.1")),
            );
        }
    }
}

fn means_host(text: &str, at: usize, length: usize) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let (before, behind) = (&text[..at], &text[at + length..]);
    let whole = !before.ends_with(name) && !behind.starts_with(name);
    // A certificate is made out to a name, and a header only says one.
    let header = before.trim_end().as_bytes();
    let header = &header[header.len().saturating_sub("host:".len())..];
    // What stands behind the host of an address is its path.
    let word = before.rsplit(|c: char| c.is_whitespace() || "\"'`(".contains(c)).next().unwrap_or_default();
    let path = word.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#']));
    whole && !path && !before.ends_with("https://") && !header.eq_ignore_ascii_case(b"host:")
}

/// HC006: a check that fails where another service does.
pub(super) fn of_others(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let directory = Directory::new(&platform.services);
    for service in &platform.services {
        let Some(origin) = origins.service(service.id).health() else { continue };
        if let Health::Http { readiness, liveness: Some(liveness), .. } = &service.health
            // One path alone is both.
            && readiness == liveness
            && let (Some(live), Some((needed, needs))) = (origin.liveness(), origin.needs())
        {
            sink.report(
                Diagnostic::new(
                    codes::HC006,
                    format!("`{}` is started again where `{needed}` fails", service.path),
                )
                .about(&service.path)
                .at(
                    live,
                    if origin.readiness().is_some() { "the path of `readiness`" } else { "the only path" },
                )
                .at(needs, "looks at another service")
                .help("give `liveness` a path that looks at the service alone, or take it out"),
            );
        }
        for (to, span) in asked(&directory, service, origins) {
            let to = &platform[to];
            sink.report(
                Diagnostic::new(
                    codes::HC006,
                    format!("the health check of `{}` asks `{}`, and fails where that does", service.path, to.path),
                ).about(&service.path)
                .at(span, format!("asks `{}`", to.path))
                .at(to.span, "another service")
                .help(format!(
                    "ask `{0}` itself, at 127.0.0.1; that it starts after `{1}` is said by a reference, or by `after`",
                    service.path, to.path
                )),
            );
        }
    }
}

/// Arguments that a host follows.
const BEFORE_HOST: &[&str] = &["-h", "--host", "--hostname", "-H", "-z"];

/// The other services that a check names as a host.
fn asked(directory: &Directory<'_>, service: &Service, origins: &Origins) -> BTreeMap<ServiceId, Span> {
    let said: Vec<Said<'_>> = address::check(service, origins).collect();
    let words: Vec<(&str, Span)> = said
        .iter()
        .flat_map(|said| said.text.split([' ', '=', '"', '\'']).map(|word| (word, said.span)))
        .collect();
    let by_argument = words.windows(2).filter_map(|pair| match pair {
        [(argument, _), host] if BEFORE_HOST.contains(argument) => Some(*host),
        _ => None,
    });
    let mut found = BTreeMap::new();
    let mut asks = |host: &str, span: Span| {
        for to in directory.named(host).filter(|to| to.id != service.id && to.runs()) {
            found.entry(to.id).or_insert(span);
        }
    };
    for said in &said {
        address::addresses(said, |address| asks(address.host, said.span));
    }
    by_argument.for_each(|(host, span)| asks(host, span));
    found
}

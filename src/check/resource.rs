//! Memory: whether all limits fit on the host, and what must fit below a limit.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::formats;
use crate::origins::Origins;
use crate::platform::{MEMORY, Platform, RunKind, Service};
use crate::schema::Bytes;
use crate::source::Span;

/// How much of a host's memory limits may promise, in percent: the kernel and the engine need the rest.
const MOST: u64 = 85;

/// RES001: limits that promise more memory than the hosts have.
pub(super) fn sum(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let hosts = &platform.hosts;
    let memory: Option<Vec<u64>> = hosts.iter().map(|host| host.memory.map(|memory| memory.0)).collect();
    let (Some(memory), Some(host)) = (memory, hosts.first()) else { return };
    let there = memory.iter().fold(0u64, |sum, memory| sum.saturating_add(*memory));
    let mut parts: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    let mut largest: Option<(&Service, u64)> = None;
    // Jobs end, and what waits for them starts only then.
    for service in platform.services.iter().filter(|service| service.runs() && !service.is_job()) {
        let count = match service.run {
            RunKind::EachHost => hosts.len() as u64,
            _ => service.copies_on_one_host(),
        };
        let needs = service.resources.memory.0.saturating_mul(count);
        let part = parts.entry(platform.profile(service)).or_default();
        *part = part.saturating_add(needs);
        if largest.is_none_or(|(_, most)| needs > most) {
            largest = Some((service, needs));
        }
    }
    let all = parts.values().fold(0u64, |sum, part| sum.saturating_add(*part));
    if u128::from(all) * 100 <= u128::from(there) * u128::from(MOST) {
        return;
    }
    let of = if hosts.len() == 1 {
        format!("the {} of `{}`", gib(there), host.name)
    } else {
        format!("the {} of {} hosts", gib(there), hosts.len())
    };
    let profiles: Vec<String> = parts
        .iter()
        .filter_map(|(profile, part)| Some(format!("{1} with the profile `{0}`", (*profile)?, gib(*part))))
        .collect();
    let split = if profiles.is_empty() {
        String::new()
    } else {
        let core = parts.get(&None).copied().unwrap_or(0);
        format!(" ({} always, {})", gib(core), profiles.join(", "))
    };
    let percent = u128::from(all) * 100 / u128::from(there.max(1));
    let biggest = largest.map(|(service, needs)| {
        (place(service, origins), format!("the most has `{}`: {}", service.path, gib(needs)))
    });
    let (span, note) = biggest.unwrap_or((host.span, String::new()));
    sink.report(
        Diagnostic::new(
            codes::RES001,
            format!("limits of memory add up to {}, {percent}% of {of}", gib(all)),
        )
        .at(host.span, format!("more than {MOST}%: the kernel and the engine need some, too"))
        .at(span, note)
        .help(format!("take a larger host, lower limits, or start less at a time{split}")),
    );
}

/// Where a service says what it may use.
fn place(service: &Service, origins: &Origins) -> Span {
    origins.service(service.id).resources().unwrap_or(service.span)
}

/// A size for people, with one decimal.
fn gib(bytes: u64) -> String {
    let (unit, shift) = if bytes >= 1 << 30 { ("GiB", 30) } else { ("MiB", 20) };
    let tenths = (u128::from(bytes) * 10) >> shift;
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole}{unit}"),
        (whole, tenth) => format!("{whole}.{tenth}{unit}"),
    }
}

/// RES002: a Java heap that changes its size, or leaves too little of the limit to the rest.
pub(super) fn heaps(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in platform.services.iter().filter(|service| !service.is_job()) {
        let Some(name) = platform.facts(service).and_then(|facts| facts.heap.as_deref()) else { continue };
        let variable = service.env.iter().find(|variable| variable.name == name);
        let by_variable = variable.and_then(|said| Some((said.value.as_literal()?.to_owned(), said.span)));
        let files = service.configs.iter().filter(|config| config.path.contains("jvm.options"));
        let by_file = files.map(|config| (config.content.clone(), config.span));
        for (text, span) in by_variable.into_iter().chain(by_file) {
            heap(service, origins, (&text, span), sink);
        }
    }
}

fn heap(service: &Service, origins: &Origins, (text, span): (&str, Span), sink: &mut Sink) {
    // The last of several prevails.
    let last = |flag: &str| text.split_whitespace().rev().find_map(|word| size(word.strip_prefix(flag)?));
    let (least, most) = (last("-Xms"), last("-Xmx"));
    if let (Some(least), Some(most)) = (least, most)
        && least != most
    {
        sink.report(
            Diagnostic::new(
                codes::RES002,
                format!(
                    "the heap of `{}` starts with {} and may become {}",
                    service.path,
                    gib(least),
                    gib(most)
                ),
            )
            .about(&service.path)
            .at(span, "`-Xms` and `-Xmx` differ")
            .help(
                "give both the same size: a heap that grows stops everything, and cannot be locked in memory",
            ),
        );
    }
    let Some(heap) = most.or(least) else { return };
    let limit = service.resources.memory;
    if heap <= limit.0 / 2 {
        return;
    }
    let said = origins.service(service.id).memory().is_some();
    sink.report(
        Diagnostic::new(
            codes::RES002,
            format!(
                "the heap of `{}` is {}, more than half of its {}",
                service.path,
                gib(heap),
                gib(limit.0)
            ),
        )
        .about(&service.path)
        .at(span, format!("a heap of {}", gib(heap)))
        .at(
            place(service, origins),
            if said {
                format!("a limit of {}", gib(limit.0))
            } else {
                format!("no limit is said, so {}", gib(limit.0))
            },
        )
        .help(format!(
            "give it {} of memory or more, or a smaller heap: the rest is for the cache of files",
            gib(heap.saturating_mul(2))
        )),
    );
}

/// A size as Java reads it: powers of 1024 under one letter.
fn size(word: &str) -> Option<u64> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &word[digits.len()..] {
        "" => 0,
        "k" | "K" => 10,
        "m" | "M" => 20,
        "g" | "G" => 30,
        "t" | "T" => 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// RES003: an own service without a limit of its own, where somebody counts memory.
pub(super) fn unsaid(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let Some(host) = platform.hosts.iter().find(|host| host.memory.is_some()) else { return };
    for service in platform.services.iter().filter(|service| service.runs() && !service.is_job()) {
        let said = origins.service(service.id).memory().is_some();
        if said || service.image_facts.is_some() {
            continue;
        }
        let Bytes(default) = MEMORY;
        sink.report(
            Diagnostic::new(
                codes::RES003,
                format!("`{}` says no limit of memory, so it is ended above {}", service.path, gib(default)),
            )
            .about(&service.path)
            .at(service.span, "what it needs is not known")
            .at(host.span, "the memory of a host is counted here")
            .help("write `resources { memory = … }`, with what it needs at its busiest and a third more"),
        );
    }
}

/// RES004: proxies that end in the middle of a reload, because old processes and new ones do not fit.
pub(super) fn sites(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    if !platform.targets.contains(&&formats::NGINX) {
        return;
    }
    for (proxy, needed) in platform.memory_of_sites() {
        let proxy = &platform[proxy];
        let limit = proxy.resources.memory;
        if limit >= needed {
            continue;
        }
        let sites = platform.sites.iter().filter(|site| site.served_by == Some(proxy.id)).count();
        sink.report(
            Diagnostic::new(
                codes::RES004,
                format!("`{}` has {} of memory for {sites} sites", proxy.path, gib(limit.0)),
            )
            .about(&proxy.path)
            .at(
                origins.service(proxy.id).memory().unwrap_or_else(|| place(proxy, origins)),
                format!("about {} while it reads its files again", gib(needed.0)),
            )
            .help(format!("give it {} or more", gib(needed.0))),
        );
    }
}

/// RES005: paths in memory that the source asks for, and that may take all that the service may use: what lies in them counts as
/// memory of its containers (docs.kernel.org: admin-guide/cgroup-v2.rst, `memory.current`).
pub(super) fn files(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in platform.services.iter().filter(|service| service.runs()) {
        let asked = service.memory_paths.iter().filter(|path| !path.derived);
        let sum = asked.fold(0u64, |sum, path| sum.saturating_add(path.size.0));
        let origin = origins.service(service.id);
        let first = origin.memory_paths().next().filter(|_| sum >= service.resources.memory.0);
        let Some((_, said)) = first else { continue };
        sink.report(
            Diagnostic::new(
                codes::RES005,
                format!("files in memory may take all the memory of `{}`", service.path),
            )
            .about(&service.path)
            .at(said, format!("{} in all, which count to its memory", Bytes(sum)))
            .at_maybe(origin.resources(), format!("{} at most", service.resources.memory))
            .help("give it more memory than its files take, make them smaller, or use a volume"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{gib, size};

    #[test]
    fn sizes_are_read_as_java_reads_them() {
        for (word, expected) in
            [("1g", Some(1 << 30)), ("512M", Some(512 << 20)), ("64", Some(64)), ("1gb", None), ("g", None)]
        {
            assert_eq!(size(word), expected, "{word}");
        }
    }

    #[test]
    fn sizes_are_told_with_one_decimal() {
        assert_eq!([gib(7 << 30), gib((1 << 30) + (1 << 29)), gib(96 << 20)], ["7GiB", "1.5GiB", "96MiB"]);
    }
}

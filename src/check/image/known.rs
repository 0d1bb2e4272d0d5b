//! What the catalogue says of images, and that it says nothing.

use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::hash::HashSet;
use crate::notation::image::Reference;
use crate::platform::{Expects, ImageFacts, Platform, Runtime, Service, Version};
use crate::resolve::image::{is_of, namesake};
use crate::standard::images;

/// How many images one message names with their places.
const NAMED: usize = 6;

/// IMG005: images of which the catalogue knows nothing, all in one message.
pub(in crate::check) fn unknown(platform: &Platform, sink: &mut Sink) {
    let mut names: Vec<(&str, &Service)> = Vec::new();
    let mut seen = HashSet::default();
    for service in platform.services.iter().filter(|service| service.bears.unknown) {
        let Some(name) = &service.base_name else { continue };
        // An address is no name of an image, which is reported.
        if !name.repository.contains("://") && seen.insert(name.repository.as_str()) {
            names.push((&name.repository, service));
        }
    }
    let Some((first, _)) = names.first() else { return };
    let shown = names.iter().take(NAMED).map(|(name, _)| *name);
    let rest = names.len().saturating_sub(NAMED);
    let and = if rest > 0 { format!(", and {rest} more") } else { String::new() };
    let mut diagnostic = Diagnostic::new(
        codes::IMG005,
        format!(
            "nothing is known of what {}{and} {}",
            list_of(shown),
            if names.len() == 1 { "holds" } else { "hold" }
        ),
    );
    for (_, service) in names.iter().take(NAMED) {
        let Some(name) = &service.base_name else { continue };
        diagnostic = diagnostic.about(&service.path).at(
            name.span,
            if service.capabilities().next().is_some() {
                "its own user, a writable file system, and the capabilities to change users and owners"
            } else {
                "a writable file system"
            },
        );
    }
    let like = names.iter().find_map(|(name, service)| Some((*name, namesake(name)?, *service)));
    sink.report(diagnostic.help(match like {
        Some((name, like, service)) => {
            let tag = service.base_name.as_ref().and_then(|name| name.tag.as_deref()).unwrap_or("TAG");
            let prefix = name.strip_suffix(like).unwrap_or(name).trim_end_matches('/');
            format!(
                "`{name}` is called like `{like}`: where it is a copy, write `{{ base = \"{like}:{tag}\" }}` behind it, or for all of that registry `mirror \"{prefix}\" = \"docker.io\"`"
            )
        }
        None => format!(
            "say what it is made of (`image = \"{first}:TAG\" {{ base = \"debian:13\" }}`) or what it holds (`image \"{first}\" {{ user = \"1000:1000\", … }}`), and it is locked up; what it needs besides goes into `security`"
        ),
    }));
}

/// IMG006: versions that get no updates any more.
pub(in crate::check) fn ended(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        let (Some(name), Some(facts)) = (&service.base_name, platform.facts(service)) else { continue };
        let Some(tag) = name.tag.as_deref() else { continue };
        let over = facts.ended.iter().find(|(line, _)| is_of(line, tag));
        let Some((_, month)) = over.filter(|(_, month)| month.as_str() <= images::MONTH) else { continue };
        sink.report(
            Diagnostic::new(
                codes::IMG006,
                format!("`{}:{tag}` gets no updates since {}", name.repository, said(month)),
            )
            .about(&service.path)
            .at(name.span, "what is found in it from then on stays open")
            .help(newer(facts)),
        );
    }
}

/// Systems whose kernel is known to be so new that an image does not run on it: Ubuntu 26.04 comes with 7.0
/// (docker-library/mongo#765). Of others `scripts/setup-aws.sh` and `scripts/deploy.sh` look at the host.
const KERNELS: &[(&str, Version)] = &[("ubuntu-26.04", Version(7, 0))];

/// IMG008: images that do not run on the kernel of the host's system.
pub(in crate::check) fn kernels(platform: &Platform, sink: &mut Sink) {
    if platform.runtime != Runtime::Compose {
        return;
    }
    for host in &platform.hosts {
        let Some(image) = host.image.as_deref() else { continue };
        let Some((_, kernel)) = KERNELS.iter().find(|(system, _)| *system == image) else { continue };
        for service in &platform.services {
            let (Some(name), Some(below)) = (&service.base_name, service.kernel_below) else { continue };
            if *kernel < below {
                continue;
            }
            sink.report(
                Diagnostic::new(
                    codes::IMG008,
                    format!("`{}` does not run on the kernel of `{image}`", service.path),
                )
                .about(&service.path)
                .at(name.span, format!("runs on kernels below {below}"))
                .at(host.span, format!("comes with {kernel}"))
                .help("take a system with an older kernel, such as `image = \"ubuntu-24.04\"`"),
            );
        }
    }
}

fn newer(facts: &ImageFacts) -> String {
    let repository = Reference::parse(&facts.image).repository;
    match &facts.current {
        Some(tag) => format!("`{repository}:{tag}` is kept up; how data moves there is in its documentation"),
        None => "take a version that is kept up".to_owned(),
    }
}

/// A month in words: `2025-07` is July 2025.
fn said(month: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let words = month.split_once('-').and_then(|(year, number)| {
        let number: usize = number.parse().ok()?;
        Some(format!("{} {year}", MONTHS.get(number.checked_sub(1)?)?))
    });
    words.unwrap_or_else(|| month.to_owned())
}

/// IMG007: something that an image has to be given, and is not.
pub(in crate::check) fn expected(platform: &Platform, sink: &mut Sink) {
    for service in platform.services.iter().filter(|service| !service.is_job()) {
        let (Some(name), Some(facts)) = (&service.base_name, platform.facts(service)) else { continue };
        // Another program is started, or an override may say it.
        if service.entrypoint.is_some() || starts_another(service) || !service.overrides.is_empty() {
            continue;
        }
        for expects in facts.expects.iter().filter(|expects| !given(service, facts, expects)) {
            let ways = expects.any.iter().map(String::as_str);
            sink.report(
                Diagnostic::new(
                    codes::IMG007,
                    format!("the image of `{}` {}", service.path, expects.otherwise),
                )
                .about(&service.path)
                .at(name.span, format!("is given none of what `{}` needs", name.repository))
                .help(if expects.any.len() == 1 {
                    format!("give it {}", list_of(ways))
                } else {
                    format!("give it one of {}", list_of(ways))
                }),
            );
        }
    }
}

/// Whether the command is a program of its own, and no arguments of the image's.
fn starts_another(service: &Service) -> bool {
    let first = service.command.as_ref().and_then(|words| words.first());
    first.is_some_and(|word| {
        word.as_literal().is_none_or(|word| word.contains('/') || word == "sh" || word == "bash")
    })
}

fn given(service: &Service, facts: &ImageFacts, expects: &Expects) -> bool {
    let mounted = || {
        let volumes = service.volumes.iter().map(|volume| volume.path.as_str());
        let mounts = service.mounts.iter().map(|mount| mount.path.as_str());
        let binds = service.binds.iter().map(|bind| bind.path.as_str());
        let configs = service.configs.iter().map(|config| config.path.as_str());
        volumes.chain(mounts).chain(binds).chain(configs)
    };
    let words = || service.command.iter().flatten().filter_map(crate::platform::Value::as_literal);
    expects.any.iter().any(|way| {
        if way.starts_with('/') {
            mounted().any(|path| path.starts_with(way.as_str()) || way.starts_with(&format!("{path}/")))
        } else if way.starts_with(|c: char| c == '-' || c.is_ascii_lowercase()) {
            words().any(|word| word.starts_with(way.as_str()))
        } else {
            let stem = way.strip_suffix('*');
            service.env.iter().any(|variable| match stem {
                Some(stem) => variable.name.starts_with(stem),
                None => {
                    variable.name == *way
                        || variable.name.strip_suffix(facts.file_suffix.as_str()) == Some(way)
                }
            })
        }
    })
}

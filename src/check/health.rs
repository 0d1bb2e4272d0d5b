//! Health checks: whether they can run in the image, and ask for something that is there.

mod line;

use super::address::{self, Said};
use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::hash::{HashMap, HashSet};
use crate::origins::Origins;
use crate::platform::{Health, ImageFacts, Platform, Runtime, Service, TCP_TOOLS};
use crate::source::Span;

/// HC001: a check by a tool that the image does not hold.
pub(super) fn tools(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let known = Programs::new(platform);
    for service in &platform.services {
        let Some(origin) = origins.service(service.id).health() else { continue };
        let facts = platform.facts(service).filter(|facts| facts.tools_known);
        match &service.health {
            Health::Http { tool: None, .. } | Health::Tcp { possible: false, .. } => {
                // On Kubernetes the kubelet asks, from outside of the container.
                if platform.runtime == Runtime::Compose {
                    unknown_tool(service, facts, origin.span(), sink);
                }
            }
            Health::Builtin(_) if origin.has_builtin() => {
                if let Some(facts) = platform.facts(service).filter(|facts| !facts.builtin_health) {
                    sink.report(
                        Diagnostic::new(
                            codes::HC001,
                            format!("`{}` has no health check of its own", image(service)),
                        )
                        .about(&service.path)
                        .at(origin.span(), "uses the image's own check")
                        .at_maybe(service.base_name.as_ref().map(|name| name.span), "the image")
                        .help(held(facts)),
                    );
                }
            }
            Health::Http { tool: Some(tool), .. } => {
                if let Some(facts) = facts.filter(|facts| !holds(facts, tool.word())) {
                    absent(service, facts, tool.word(), origin.span(), sink);
                }
            }
            Health::Exec(_) | Health::Shell(_) => {
                if let Some(facts) = facts {
                    command(service, origins, facts, &known, sink);
                }
            }
            Health::None { .. } | Health::Builtin(_) | Health::Tcp { .. } => {}
        }
    }
}

/// The shells whose lines are read.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash"];

/// Programs that ask servers, of which every entry says whether they are there.
const ASKING: &[&str] = &["bash", "curl", "nc", "node", "perl", "python3", "wget"];

/// What images hold beside the tools of their own entries.
struct Programs<'a> {
    /// By the image that brings them; where several entries have the name, the last one, which is the platform's.
    of: HashMap<&'a str, &'a [String]>,
    /// What any of them brings.
    common: HashSet<&'a str>,
}

impl<'a> Programs<'a> {
    fn new(platform: &'a Platform) -> Self {
        let named = || platform.catalogue.iter().filter(|facts| !facts.programs.is_empty());
        Self {
            of: named().map(|facts| (facts.image.as_str(), facts.programs.as_slice())).collect(),
            common: named().flat_map(|facts| &facts.programs).map(String::as_str).collect(),
        }
    }

    /// Whether an image holds a program by what it is made of. Of an image with a shell of which nobody says that,
    /// what comes with others is not missed.
    fn holds(&self, facts: &ImageFacts, program: &str) -> bool {
        match facts.on.as_deref() {
            Some(on) => self.of.get(on).is_some_and(|programs| programs.iter().any(|known| known == program)),
            None => {
                facts.programs.is_empty()
                    && SHELLS.iter().any(|shell| holds(facts, shell))
                    && self.common.contains(program)
            }
        }
    }
}

/// Whether an option says that a line follows: `-c`, `-ec`.
fn is_line(option: &str) -> bool {
    option.strip_prefix('-').is_some_and(|letters| !letters.starts_with('-') && letters.ends_with('c'))
}

/// A command that calls programs which are not there.
fn command(service: &Service, origins: &Origins, facts: &ImageFacts, known: &Programs<'_>, sink: &mut Sink) {
    let said: Vec<Said<'_>> = address::check(service, origins).collect();
    let texts: Vec<(&str, Span)> = said.iter().map(|said| (said.text.as_ref(), said.span)).collect();
    let mut called: Vec<(Vec<String>, Span)> = Vec::new();
    match (&service.health, texts.as_slice()) {
        (Health::Shell(_), [(line, span)]) => {
            called.push((vec!["sh".to_owned()], *span));
            called.extend(line::programs(line).into_iter().map(|ways| (ways, *span)));
        }
        (_, [(shell, first), (option, _), (text, span), ..])
            if is_line(option) && line::program(shell).is_some_and(|shell| SHELLS.contains(&shell)) =>
        {
            called.extend(line::program(shell).map(|shell| (vec![shell.to_owned()], *first)));
            called.extend(line::programs(text).into_iter().map(|ways| (ways, *span)));
        }
        (_, [(word, span), ..]) => {
            called.extend(line::program(word).map(|program| (vec![program.to_owned()], *span)));
        }
        _ => {}
    }
    let there = |program: &String| {
        let may_be = facts.unlisted && !ASKING.contains(&program.as_str());
        holds(facts, program) || may_be || known.holds(facts, program)
    };
    let missing = called.iter().find(|(ways, _)| !ways.iter().any(there));
    if let Some(([program, ..], span)) = missing.map(|(ways, span)| (ways.as_slice(), *span)) {
        absent(service, facts, program, span, sink);
    }
}

fn holds(facts: &ImageFacts, tool: &str) -> bool {
    facts.tools.iter().chain(&facts.programs).any(|known| known == tool)
}

fn image(service: &Service) -> &str {
    service.base_name.as_ref().map_or("its image", |name| name.repository.as_str())
}

/// What the catalogue says that an image holds, as a way out.
fn held(facts: &ImageFacts) -> String {
    if facts.tools.is_empty() {
        "it holds no tool at all: write `health { none = \"…\" }` with the reason".to_owned()
    } else {
        format!("it holds {}", list_of(facts.tools.iter().map(String::as_str)))
    }
}

fn absent(service: &Service, facts: &ImageFacts, tool: &str, span: Span, sink: &mut Sink) {
    let help = held(facts);
    sink.report(
        Diagnostic::new(
            codes::HC001,
            format!(
                "the health check of `{}` uses `{tool}`, which `{}` does not hold",
                service.path,
                image(service)
            ),
        )
        .about(&service.path)
        .at(span, format!("needs `{tool}`"))
        .at_maybe(service.base_name.as_ref().map(|name| name.span), "the image")
        .help(help),
    );
}

fn unknown_tool(service: &Service, facts: Option<&ImageFacts>, span: Span, sink: &mut Sink) {
    // That there is no image is reported, or it could not be read.
    if service.image.is_none() && service.build.is_none() {
        return;
    }
    let help = match facts {
        Some(facts) if facts.tools.is_empty() => {
            "the image holds no tool at all: write `health { none = \"…\" }` with the reason".to_owned()
        }
        Some(facts) => format!(
            "the image holds {}: use one of them in `command`",
            list_of(facts.tools.iter().map(String::as_str))
        ),
        None if matches!(service.health, Health::Tcp { .. }) => format!(
            "declare what the image holds: `image \"{}\" {{ tools = [\"nc\"] }}`; {} can try a port",
            image(service),
            list_of(TCP_TOOLS.iter().copied())
        ),
        None => format!(
            "where the image holds one of {}, say which: `tool = …`, or for every check `image \"{}\" {{ tools = [ … ] }}`; else ask with a program of its own in `command`, or write `none = \"…\"` with the reason",
            list_of(["curl", "wget", "node", "python3", "perl"]),
            image(service)
        ),
    };
    sink.report(
        Diagnostic::new(
            codes::HC001,
            format!("nothing is known in the image of `{}` that could ask for its health", service.path),
        )
        .about(&service.path)
        .at(span, "asks from inside the container")
        .at_maybe(service.base_name.as_ref().map(|name| name.span), "the image")
        .help(help),
    );
}

/// HC005: a health path that the service does not serve.
pub(super) fn paths(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in &platform.services {
        let Health::Http { port, readiness, liveness, startup, .. } = &service.health else { continue };
        let Some(origin) = origins.service(service.id).health() else { continue };
        let own = service.ports.get(*port).map(|port| port.paths.as_slice()).unwrap_or_default();
        let of_image = platform.facts(service).map(|facts| facts.endpoints.as_slice()).unwrap_or_default();
        let known = if own.is_empty() { of_image } else { own };
        if known.is_empty() {
            continue;
        }
        let paths = [
            (Some(readiness), origin.readiness()),
            (liveness.as_ref(), origin.liveness()),
            (startup.as_ref(), origin.startup()),
        ];
        for (text, span) in paths.into_iter().filter_map(|(text, span)| text.zip(span)) {
            let asked = text.split('?').next().unwrap_or(text);
            if known.iter().any(|known| known == asked) {
                continue;
            }
            let help = sink.did_you_mean(asked, known.iter().map(String::as_str));
            sink.report(
                Diagnostic::new(codes::HC005, format!("`{}` does not serve `{asked}`", service.path))
                    .about(&service.path)
                    .at(span, "asked for its health")
                    .help(help.unwrap_or_else(|| {
                        format!("it serves {}", list_of(known.iter().map(String::as_str))).into()
                    })),
            );
        }
    }
}

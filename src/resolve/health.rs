//! How a service is known to work, and where its metrics are.

use super::place::optional;
use super::text::{Mentions, Texts, Thing};
use super::workload;
use crate::diagnostic::{Diagnostic, cause, codes};
use crate::model::{Command, Tool};
use crate::platform::{Health, ImageFacts, Metrics, Service, TCP_TOOLS};
use crate::schema::Reference;
use crate::source::Span;

/// In which order tools are preferred where the image holds several.
const TOOLS: [Tool; 5] = [Tool::Curl, Tool::Wget, Tool::Node, Tool::Python, Tool::Perl];

/// What the `health` block says, or the image.
pub(super) fn health(
    service: &Service,
    facts: Option<&ImageFacts>,
    mentions: &mut Mentions,
    texts: &mut Texts<'_>,
) -> Health {
    let builtin = facts.is_some_and(|facts| facts.builtin_health);
    let Some(block) = &texts.names.block(service.id).health else {
        return if builtin { Health::Builtin(None) } else { Health::None { reason: None } };
    };
    for reference in block.needs.iter().flat_map(|list| &list.items) {
        match texts.find(&reference.0, &mut Mentions::default()) {
            Some(Thing::Service(_) | Thing::Port(..)) | None => {}
            Some(thing) => texts.wrong_kind(&reference.0, &thing, "a service"),
        }
    }
    // What a check mentions it asks itself: that is no connection, and no order.
    let mut own = Mentions::default();
    if let Some(reason) = &block.none {
        return Health::None { reason: Some(texts.constant(reason)) };
    }
    if let Some(command) = &block.command {
        return match command {
            Command::Exec(words) => {
                Health::Exec(words.iter().map(|word| texts.template(word, &mut own)).collect())
            }
            Command::Shell(line) => Health::Shell(texts.template(line, &mut own)),
        };
    }
    mentions.jobs.extend(own.jobs);
    if let Some(tcp) = &block.tcp {
        let tools = facts.map(|facts| facts.tools.as_slice()).unwrap_or_default();
        let possible = tools.iter().any(|tool| TCP_TOOLS.contains(&tool.as_str()));
        return own_port(service, tcp, texts)
            .map_or(Health::None { reason: None }, |port| Health::Tcp { port, possible });
    }
    let paths = [&block.readiness, &block.liveness, &block.startup];
    let Some(first) = paths.into_iter().flatten().next() else {
        if block.builtin != Some(true) {
            texts.sink.report(
                Diagnostic::new(codes::TYP006, format!("the health of `{}` says no check", service.path))
                    .at(block.span, "incomplete")
                    .help("give `readiness = \"/path\"`, `tcp = PORT`, `command = [ … ]`, `builtin = true` or `none = \"reason\"`"),
            );
        }
        return Health::Builtin(workload::own_times(block));
    };
    let port = match &block.port {
        Some(port) => own_port(service, port, texts),
        None => first_http(service, first.span, texts),
    };
    let readiness = texts.constant(block.readiness.as_ref().unwrap_or(first));
    let tool = block.tool.or_else(|| {
        let tools = &facts?.tools;
        TOOLS.into_iter().find(|tool| tools.iter().any(|known| known == tool.word()))
    });
    match port {
        None => Health::None { reason: None },
        Some(port) => Health::Http {
            port,
            readiness,
            liveness: optional(block.liveness.as_deref(), texts),
            startup: optional(block.startup.as_deref(), texts),
            tool,
        },
    }
}

/// What the `metrics` block says.
pub(super) fn metrics(service: &Service, texts: &mut Texts<'_>) -> Option<Metrics> {
    let block = texts.names.block(service.id).metrics.as_ref()?;
    let port = match &block.port {
        Some(port) => own_port(service, port, texts)?,
        None => first_http(service, block.span, texts)?,
    };
    let path = optional(block.path.as_deref(), texts).unwrap_or_else(|| "/metrics".to_owned());
    Some(Metrics { port, path, span: block.span })
}

fn first_http(service: &Service, span: Span, texts: &mut Texts<'_>) -> Option<usize> {
    let http =
        service.http_port().and_then(|port| service.ports.iter().position(|other| other.name == port.name));
    // One that could not be read may be it.
    if http.is_none()
        && !texts.absent.lost.contains("port")
        && !texts.absent.lost.contains(texts.names.block(service.id).name.text.as_str())
    {
        texts.sink.report(
            Diagnostic::new(codes::TYP006, format!("`{}` has no port that answers HTTP", service.path))
                .at(span, "asks over HTTP")
                .help("write `port http = NUMBER`, or `protocol = http` at the port that is meant"),
        );
    }
    http
}

/// A port of the service itself, by its name or by a path that leads to it.
fn own_port(service: &Service, reference: &Reference, texts: &mut Texts<'_>) -> Option<usize> {
    let path = &reference.0;
    let by_name = |name: &str| service.ports.iter().position(|port| port.name == name);
    if let Some(at) = path.word().and_then(by_name) {
        return Some(at);
    }
    if path.segments.len() > 1 {
        return match texts.find(path, &mut Mentions::default())? {
            Thing::Port(of, port) if of == service.id.0 => Some(port),
            thing => {
                texts.wrong_kind(path, &thing, "a port of this service");
                None
            }
        };
    }
    let known = service.ports.iter().map(|port| port.name.as_str());
    let help = texts.sink.did_you_mean(&path.text(), known);
    texts.sink.report(
        Diagnostic::new(codes::NAM001, format!("`{}` has no port `{}`", service.path, path.text()))
            .at(path.span, "no such port")
            .help(help.unwrap_or_else(|| format!("declare `port {} = NUMBER`", path.text()).into()))
            .because(cause::name(&format!("{}-{}", service.name, path.text()))),
    );
    None
}

//! Ports: those named past the model, those published twice, and those that must not be published.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::model::{Access, Command, Protocol, RouteTarget};
use crate::platform::{OutsideKind, Platform, Port, Service, Value, ValuePart};
use crate::schema::Template;
use crate::source::Span;
use crate::syntax::Part;

/// PORT001: text that names a service with a port it does not listen on.
pub(super) fn literals(platform: &Platform, sink: &mut Sink) {
    let services: HashMap<&str, &Service> =
        platform.services.iter().map(|service| (service.name.as_str(), service)).collect();
    for service in &platform.services {
        for variable in &service.env {
            in_value(&variable.value, variable.span, &services, sink);
        }
        let words = service.command.iter().chain(&service.entrypoint).flatten();
        let spans =
            service.block.command.iter().chain(&service.block.entrypoint).flat_map(|list| &list.items);
        for (word, template) in words.zip(spans) {
            in_value(word, template.span, &services, sink);
        }
        for config in &service.configs {
            in_text(&config.content, config.span, &services, sink);
        }
        if let Some(Command::Shell(line)) =
            service.block.health.as_ref().and_then(|health| health.command.as_ref())
        {
            in_template(line, &services, sink);
        }
    }
    for site in &platform.sites {
        for route in &site.block.route {
            if let RouteTarget::Literal(template) = &route.target {
                in_template(template, &services, sink);
            }
        }
    }
}

fn in_template(template: &Template, services: &HashMap<&str, &Service>, sink: &mut Sink) {
    for part in &template.text.parts {
        if let Part::Literal(text) = part {
            in_text(text, template.span, services, sink);
        }
    }
}

fn in_value(value: &Value, span: Span, services: &HashMap<&str, &Service>, sink: &mut Sink) {
    for part in &value.parts {
        if let ValuePart::Literal(text) = part {
            in_text(text, span, services, sink);
        }
    }
}

/// Looks for `name:number`, where a service has that name.
fn in_text(text: &str, span: Span, services: &HashMap<&str, &Service>, sink: &mut Sink) {
    for (colon, _) in text.match_indices(':') {
        let digits: String = text[colon + 1..].chars().take_while(char::is_ascii_digit).collect();
        let behind = &text[colon + 1 + digits.len()..];
        // `name:1234@` is a password, `name:12h` and `name:1.4` are no ports either.
        let mut behind = behind.chars();
        let ends = match behind.next() {
            Some('.') => !behind.next().is_some_and(|next| next.is_ascii_digit()),
            Some(next) => next != '@' && next != '-' && next != '_' && !next.is_alphanumeric(),
            None => true,
        };
        let Some(number) = digits.parse::<u16>().ok().filter(|_| ends) else { continue };
        let name_start = text[..colon]
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == '_'))
            .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
        let host = &text[name_start..colon];
        let Some(service) = services.get(host) else { continue };
        if service.ports.iter().any(|port| port.number == number) || service.ports.is_empty() {
            continue;
        }
        let listening: Vec<String> =
            service.ports.iter().map(|port| format!("{} ({})", port.number, port.name)).collect();
        let first = &service.ports[0];
        sink.report(
            Diagnostic::new(codes::PORT001, format!("`{}` does not listen on {number}", service.path))
                .at(span, format!("names `{host}:{number}`"))
                .at(first.span, format!("it listens on {}", listening.join(", ")))
                .help(format!("refer to the port by its name: `{}.{}.address`", service.path, first.name)),
        );
    }
}

/// PORT002: two services that publish the same port of the host.
pub(super) fn clashes(platform: &Platform, sink: &mut Sink) {
    let mut published: BTreeMap<(u16, bool), Vec<(&Service, &Port)>> = BTreeMap::new();
    for service in &platform.services {
        for port in &service.ports {
            let Some(publish) = &port.publish else { continue };
            let udp = port.protocol == Protocol::Udp;
            published.entry((publish.host_port, udp)).or_default().push((service, port));
        }
    }
    for ((number, _), ports) in published {
        let Some(((first, first_port), rest)) = ports.split_first() else { continue };
        for (service, port) in rest {
            let (Some(here), Some(there)) = (&port.publish, &first_port.publish) else { continue };
            sink.report(
                Diagnostic::new(
                    codes::PORT002,
                    if first.id == service.id {
                        format!("`{}` publishes port {number} of the host twice", service.path)
                    } else {
                        format!(
                            "`{}` and `{}` both publish port {number} of the host",
                            first.path, service.path
                        )
                    },
                )
                .at(port.span.to(here.span), "this one")
                .at(first_port.span.to(there.span), "and this one")
                .help("give one of them another port of the host: `publish = … { port = NUMBER }`"),
            );
        }
    }
}

/// PORT004 and PORT005: ports that are published to whom they are not meant for.
pub(super) fn access(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        for port in &service.ports {
            let Some(publish) = &port.publish else { continue };
            let everybody = platform[publish.to].kind == OutsideKind::Internet;
            match port.access {
                Some(Access::Internal) => sink.report(
                    Diagnostic::new(
                        codes::PORT005,
                        format!("`{}.{}` is published, and it is meant for the platform only", service.path, port.name),
                    )
                    .at(publish.span, "published here")
                    .at(port.span, "has `access = internal`")
                    .help("take `publish` out; services of the platform reach it without"),
                ),
                Some(Access::Admin) if everybody => sink.report(
                    Diagnostic::new(
                        codes::PORT004,
                        format!("everybody can reach `{}.{}`, an administration interface", service.path, port.name),
                    )
                    .at(publish.span, "published to everybody")
                    .at(port.span, "has `access = admin`")
                    .help("publish it to `localhost`, or to an `outside` with the addresses of those who run the platform"),
                ),
                _ => {}
            }
        }
    }
}

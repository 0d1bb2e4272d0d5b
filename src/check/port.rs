//! Ports: those named past the model, those published twice, and those that must not be published.

use std::collections::BTreeMap;

use super::address::{self, Address, Named, Place, Said};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::origins::Origins;
use crate::platform::{Platform, Port, Protocol, RouteTarget, Service, ServiceId, ValuePart};
use crate::source::Span;

/// How many ports of a service a message lists.
const MOST_LISTED: usize = 12;

/// PORT001: text that names a service with a port it does not listen on.
pub(super) fn literals(platform: &Platform, named: &Named<'_>, sink: &mut Sink) {
    let mut services = Services::new(platform);
    for (service, said) in named.texts {
        let about = platform[*service].path.as_str();
        let is_other = |start: usize| said.is_no_address(start);
        in_text(&said.text, said.span, Some(about), &mut services, &is_other, sink);
    }
    for site in &platform.sites {
        for route in &site.routes {
            let RouteTarget::Address(address) = &route.to else { continue };
            for part in &address.parts {
                let ValuePart::Literal(text) = part else { continue };
                in_text(text, route.target_span, None, &mut services, &|_| false, sink);
            }
        }
    }
}

/// Services by their names in artifacts, with the numbers that those listen on which texts name with one.
struct Services<'a> {
    by_name: HashMap<&'a str, &'a Service>,
    listened: HashMap<ServiceId, HashSet<u16>>,
}

impl<'a> Services<'a> {
    fn new(platform: &'a Platform) -> Self {
        let by_name = platform.services.iter().map(|service| (service.name.as_str(), service)).collect();
        Self { by_name, listened: HashMap::default() }
    }

    /// The service of a name, where it has ports, and none of them has the number.
    fn without(&mut self, name: &str, number: u16) -> Option<(&'a Service, &'a Port)> {
        let service = *self.by_name.get(name)?;
        let first = service.ports.first()?;
        let listened = self.listened.entry(service.id).or_insert_with(|| listened(service));
        (!listened.contains(&number)).then_some((service, first))
    }
}

/// Looks for `name:number`, where a service has that name, in a text of the service of the path `about`.
fn in_text(
    text: &str,
    span: Span,
    about: Option<&str>,
    services: &mut Services<'_>,
    is_other: &dyn Fn(usize) -> bool,
    sink: &mut Sink,
) {
    let bytes = text.as_bytes();
    for colon in memchr::memchr_iter(b':', bytes) {
        let length = bytes[colon + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, behind) = text[colon + 1..].split_at(length);
        let Ok(number) = digits.parse::<u16>() else { continue };
        // `name:1234@` is a password, `name:12h` and `name:1.4` are no ports either.
        let mut behind = behind.chars();
        let ends = match behind.next() {
            Some('.') => !behind.next().is_some_and(|next| next.is_ascii_digit()),
            Some(next) => next != '@' && next != '-' && next != '_' && !next.is_alphanumeric(),
            None => true,
        };
        let start = address::start_of(&bytes[..colon], |byte| matches!(byte, b'-' | b'.' | b'_'));
        let host = &text[start..colon];
        let Some((service, first)) = services.without(host, number).filter(|_| ends) else { continue };
        if is_other(start) {
            continue;
        }
        sink.about(about, |sink| {
            sink.report(
                Diagnostic::new(codes::PORT001, format!("`{}` does not listen on {number}", service.path))
                    .at(span, format!("names `{host}:{number}`"))
                    .at(first.span, format!("it listens on {}", listed(service)))
                    .help(format!(
                        "refer to the port that is meant: `{}.{}.address` is port {}; where `{0}` listens on {number} as well, declare it: `port NAME = {number}`",
                        service.path, first.name, first.number
                    )),
            );
        });
    }
}

/// PORT003: an address with a port that the service behind it does not declare: its own, or that of
/// a service without any port.
pub(super) fn undeclared(platform: &Platform, named: &Named<'_>, sink: &mut Sink) {
    let without_ports = without_ports(platform);
    let numbers = Numbers::new(platform);
    for service in &platform.services {
        let by_service = named.by(service.id);
        // On the host's network its own address is the host's.
        if !service.exception(|security| security.host_network) {
            asked(service, named.origins, sink);
            let mut own = Own::new(service, named.origins);
            for (said, address) in by_service {
                own_address(&numbers, &mut own, said, *address, sink);
            }
        }
        for (said, address) in by_service {
            portless(service, &without_ports, said, *address, sink);
        }
    }
}

/// The services without a port that run, by their names in artifacts.
fn without_ports(platform: &Platform) -> HashMap<&str, &Service> {
    let mut by_name = HashMap::default();
    for service in &platform.services {
        if service.ports.is_empty() && service.runs() {
            by_name.insert(service.name.as_str(), service);
        } else if !by_name.is_empty() {
            // Names that clash are told of; the last service has the name.
            by_name.remove(service.name.as_str());
        }
    }
    by_name
}

/// A health check that asks a port of its own container.
fn asked(service: &Service, origins: &Origins, sink: &mut Sink) {
    let said: Vec<Said<'_>> = address::check(service, origins).collect();
    if said.is_empty() {
        return;
    }
    let mut ports: Vec<(u16, Span)> = Vec::new();
    for said in &said {
        address::addresses(said, |address| {
            let usual = match address.scheme {
                Some("http") => Some(80),
                Some("https") => Some(443),
                _ => None,
            };
            let port = address.port.or(usual).filter(|_| address.is_own());
            ports.extend(port.map(|port| (port, said.span)));
        });
    }
    // `nc -z 127.0.0.1 5432`, and the path of bash: `/dev/tcp/127.0.0.1/5432`.
    let mut words: Vec<(&str, Span)> = Vec::new();
    for said in &said {
        let by_path = said.text.contains("/dev/tcp/");
        let apart = |c: char| c == ' ' || (by_path && c == '/');
        words.extend(said.text.split(apart).map(|word| (word, said.span)));
    }
    for pair in words.windows(2) {
        let [(host, _), (port, span)] = pair else { continue };
        if address::is_own(host) {
            ports.extend(port.parse().ok().map(|port| (port, *span)));
        }
    }
    let own = listened(service);
    for (number, span) in ports {
        if own.contains(&number) {
            continue;
        }
        sink.report(
            Diagnostic::new(
                codes::PORT003,
                format!(
                    "the health check of `{}` asks port {number}, which it does not declare",
                    service.path
                ),
            )
            .about(&service.path)
            .at(span, format!("asks port {number}"))
            .at(service.ports.first().map_or(service.span, |port| port.span), declared(service))
            .help(match service.ports.first() {
                Some(port) => format!(
                    "refer to the port: `${{{}.{}.number}}`; or declare `port NAME = {number}`",
                    service.path, port.name
                ),
                None => format!("declare `port NAME = {number}`"),
            }),
        );
    }
}

/// The numbers that a service listens on.
fn listened(service: &Service) -> HashSet<u16> {
    service.ports.iter().map(|port| port.number).collect()
}

fn declared(service: &Service) -> String {
    if service.ports.is_empty() {
        return "declares no port".to_owned();
    }
    format!("it declares {}", listed(service))
}

fn listed(service: &Service) -> String {
    let ports = service.ports.iter().take(MOST_LISTED);
    let mut ports: Vec<String> = ports.map(|port| format!("{} ({})", port.number, port.name)).collect();
    if service.ports.len() > MOST_LISTED {
        ports.push(format!("{} more", service.ports.len() - MOST_LISTED));
    }
    ports.join(", ")
}

/// What is known of a number on any service.
struct Numbers<'a> {
    /// The first port of each number.
    listening: HashMap<u16, (&'a Service, &'a Port)>,
    /// Numbers on the host.
    published: HashSet<u16>,
}

impl<'a> Numbers<'a> {
    fn new(platform: &'a Platform) -> Self {
        let mut listening = HashMap::default();
        let mut published = HashSet::default();
        for service in &platform.services {
            for port in &service.ports {
                listening.entry(port.number).or_insert((service, port));
                published.extend(port.publish.as_ref().map(|publish| publish.host_port));
            }
        }
        Self { listening, published }
    }
}

/// A service that may name its own container, with what is known of it once it does.
struct Own<'a> {
    service: &'a Service,
    origins: &'a Origins,
    listened: Option<HashSet<u16>>,
    said: Option<HashSet<u16>>,
}

impl<'a> Own<'a> {
    fn new(service: &'a Service, origins: &'a Origins) -> Self {
        Self { service, origins, listened: None, said: None }
    }

    /// Whether it listens on a number, or may.
    fn listens(&mut self, number: u16) -> bool {
        let service = self.service;
        self.listened.get_or_insert_with(|| listened(service)).contains(&number)
            || self.said.get_or_insert_with(|| numbers_in(service, self.origins)).contains(&number)
    }
}

/// An address of the own container, where nothing listens that is declared.
fn own_address(
    numbers: &Numbers<'_>,
    own: &mut Own<'_>,
    said: &Said<'_>,
    address: Address<'_>,
    sink: &mut Sink,
) {
    let (Some(scheme), Some(number)) = (address.scheme, address.port) else { return };
    if !address.is_own() || said.place == Place::Health {
        return;
    }
    let other = numbers.listening.get(&number);
    let known = match scheme {
        // It may be for a browser on somebody's own machine, which is named so.
        "http" | "https" | "ws" | "wss" => {
            other.is_some() || (said.place == Place::File && address.host != "localhost")
        }
        // As likely what it listens on: `tcp://`, or the listeners that some brokers name in capitals.
        "tcp" | "udp" | "unix" => other.is_some(),
        scheme => address.host != "0.0.0.0" && scheme == scheme.to_lowercase(),
    };
    if !known || numbers.published.contains(&number) || own.listens(number) {
        return;
    }
    let path = &own.service.path;
    let message = format!("`{path}` names port {number} of its own container, which it does not declare");
    let diagnostic = Diagnostic::new(codes::PORT003, message)
        .about(path)
        .at(said.span, format!("`{}` is the container itself", address.text()));
    sink.report(match other {
        Some((other, port)) => diagnostic
            .at(port.span, format!("this is a port of `{}`", other.path))
            .help(format!("refer to it: `{}.{}.address`", other.path, port.name)),
        None => diagnostic.help(format!(
            "declare `port NAME = {number}` where it listens there, or refer to the port that is meant"
        )),
    });
}

/// Numbers in the texts of a service that are not ports of addresses that are asked: the service may listen there
/// for itself.
fn numbers_in(service: &Service, origins: &Origins) -> HashSet<u16> {
    let apart = |c: char| c.is_whitespace() || "\"'`,;(".contains(c);
    let mut numbers = HashSet::default();
    for said in address::texts(service, origins) {
        for word in said.text.split(apart) {
            // What stands before `://` does not belong to it.
            let own = word.find("://").map_or(word, |at| &word[..at]);
            let digits = own.split(|c: char| !c.is_ascii_digit());
            numbers.extend(
                digits
                    .filter(|digits| !digits.starts_with('0'))
                    .filter_map(|digits| digits.parse::<u16>().ok()),
            );
        }
    }
    numbers
}

/// An address of a service that declares no port at all.
fn portless(
    service: &Service,
    without_ports: &HashMap<&str, &Service>,
    said: &Said<'_>,
    address: Address<'_>,
    sink: &mut Sink,
) {
    let (Some(number), Some(to)) = (address.port, without_ports.get(address.host)) else { return };
    // `worker:2` can be anything; as a whole value with a port's number it is an address.
    let meant = address.scheme.is_some() || (said.text == address.text() && number >= 1024);
    if !meant {
        return;
    }
    sink.report(
        Diagnostic::new(
            codes::PORT003,
            format!("`{}` asks port {number} of `{}`, which declares no port", service.path, to.path),
        )
        .about(&service.path)
        .at(said.span, format!("names `{}`", address.text()))
        .at(to.span, "declares no port")
        .help(format!("write `port main = {number}` in `{0}`, and refer to it: `{0}.main.address`", to.path)),
    );
}

/// PORT002: two services that take the same port of the host: one that they publish, or listen on in its network.
pub(super) fn clashes(platform: &Platform, sink: &mut Sink) {
    let mut taken: BTreeMap<(u16, bool), Vec<(&Service, &Port)>> = BTreeMap::new();
    for service in &platform.services {
        let on_host = service.exception(|security| security.host_network);
        for port in &service.ports {
            let udp = port.protocol == Protocol::Udp;
            let number = port.publish.as_ref().map(|publish| publish.host_port);
            if let Some(number) = if on_host { Some(port.number) } else { number } {
                taken.entry((number, udp)).or_default().push((service, port));
            }
        }
    }
    for ((number, _), ports) in taken {
        let Some(((first, first_port), rest)) = ports.split_first() else { continue };
        let whole =
            |port: &Port| port.publish.as_ref().map_or(port.span, |publish| port.span.to(publish.span));
        for (service, port) in rest {
            let on_host = [first, service]
                .into_iter()
                .find(|service| service.exception(|security| security.host_network));
            let message = match on_host {
                _ if first.id == service.id => {
                    format!("`{}` publishes port {number} of the host twice", service.path)
                }
                None => {
                    format!("`{}` and `{}` both publish port {number} of the host", first.path, service.path)
                }
                Some(_) => {
                    format!("`{}` and `{}` both take port {number} of the host", first.path, service.path)
                }
            };
            let help = match on_host {
                None => {
                    "give one of them another port of the host: `publish = … { port = NUMBER }`".to_owned()
                }
                Some(on_host) => format!(
                    "let one of them listen elsewhere: `{}` has the host's network, so its ports are the host's",
                    on_host.path
                ),
            };
            sink.report(
                Diagnostic::new(codes::PORT002, message)
                    .about(&service.path)
                    .about(&first.path)
                    .at(whole(port), "this one")
                    .at(whole(first_port), "and this one")
                    .help(help),
            );
        }
    }
}

//! Ports: those named past the model, those published twice, and those that must not be published.

use std::collections::BTreeMap;

use super::address::{self, Address, Place, Said};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::model::{Protocol, RouteTarget};
use crate::platform::{Platform, Port, Service};
use crate::schema::Template;
use crate::source::Span;
use crate::syntax::Part;

/// How many ports of a service a message lists.
const MOST_LISTED: usize = 12;

/// Services by their names in artifacts, each with the numbers it listens on.
type Services<'a> = HashMap<&'a str, (&'a Service, HashSet<u16>)>;

/// PORT001: text that names a service with a port it does not listen on.
pub(super) fn literals(platform: &Platform, sink: &mut Sink) {
    let services: Services<'_> = platform
        .services
        .iter()
        .map(|service| (service.name.as_str(), (service, listened(service))))
        .collect();
    for service in &platform.services {
        for said in address::texts(service) {
            sink.about(Some(&service.path), |sink| {
                in_text(&said.text, said.span, &services, &|start| said.is_no_address(start), sink);
            });
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

fn by_name(platform: &Platform) -> HashMap<&str, &Service> {
    platform.services.iter().map(|service| (service.name.as_str(), service)).collect()
}

fn in_template(template: &Template, services: &Services<'_>, sink: &mut Sink) {
    for part in &template.text.parts {
        if let Part::Literal(text) = part {
            in_text(text, template.span, services, &|_| false, sink);
        }
    }
}

/// Looks for `name:number`, where a service has that name.
fn in_text(
    text: &str,
    span: Span,
    services: &Services<'_>,
    is_other: &dyn Fn(usize) -> bool,
    sink: &mut Sink,
) {
    for colon in memchr::memchr_iter(b':', text.as_bytes()) {
        if !text.as_bytes().get(colon + 1).is_some_and(u8::is_ascii_digit) {
            continue;
        }
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
        let Some((service, numbers)) = services.get(host) else { continue };
        if numbers.contains(&number) || numbers.is_empty() || is_other(name_start) {
            continue;
        }
        let first = &service.ports[0];
        sink.report(
            Diagnostic::new(codes::PORT001, format!("`{}` does not listen on {number}", service.path))
                .at(span, format!("names `{host}:{number}`"))
                .at(first.span, format!("it listens on {}", listed(service)))
                .help(format!("refer to the port by its name: `{}.{}.address`", service.path, first.name)),
        );
    }
}

/// PORT003: an address with a port that the service behind it does not declare: its own, or that of
/// a service without any port.
pub(super) fn undeclared(platform: &Platform, sink: &mut Sink) {
    let services = by_name(platform);
    let numbers = Numbers::new(platform);
    for service in &platform.services {
        let texts = address::texts(service);
        let named: Vec<(&Said<'_>, Vec<Address<'_>>)> =
            texts.iter().map(|said| (said, address::addresses(said))).collect();
        // On the host's network its own address is the host's.
        if !service.exception(|security| security.host_network) {
            asked(service, sink);
            own_address(&numbers, service, &texts, &named, sink);
        }
        portless(service, &services, &named, sink);
    }
}

/// A health check that asks a port of its own container.
fn asked(service: &Service, sink: &mut Sink) {
    let said = address::check(service);
    if said.is_empty() {
        return;
    }
    let mut ports: Vec<(u16, Span)> = Vec::new();
    for said in &said {
        for address in address::addresses(said).iter().filter(|address| address.is_own()) {
            let usual = match address.scheme {
                Some("http") => Some(80),
                Some("https") => Some(443),
                _ => None,
            };
            ports.extend(address.port.or(usual).map(|port| (port, said.span)));
        }
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
            .at(service.ports.first().map_or(service.span(), |port| port.span), declared(service))
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

/// An address of the own container, where nothing listens that is declared.
fn own_address(
    numbers: &Numbers<'_>,
    service: &Service,
    texts: &[Said<'_>],
    named: &[(&Said<'_>, Vec<Address<'_>>)],
    sink: &mut Sink,
) {
    let mut own: Option<HashSet<u16>> = None;
    let mut listens: Option<HashSet<u16>> = None;
    for (said, addresses) in named.iter().filter(|(said, _)| said.place != Place::Health) {
        for address in addresses {
            let (true, Some(scheme), Some(number)) = (address.is_own(), address.scheme, address.port) else {
                continue;
            };
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
            if !known
                || own.get_or_insert_with(|| listened(service)).contains(&number)
                || numbers.published.contains(&number)
                || listens.get_or_insert_with(|| numbers_in(texts)).contains(&number)
            {
                continue;
            }
            let message = format!(
                "`{}` names port {number} of its own container, which it does not declare",
                service.path
            );
            let diagnostic = Diagnostic::new(codes::PORT003, message)
                .about(&service.path)
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
    }
}

/// Numbers in the texts of a service that are not ports of addresses that are asked: the service may listen there
/// for itself.
fn numbers_in(texts: &[Said<'_>]) -> HashSet<u16> {
    let apart = |c: char| c.is_whitespace() || "\"'`,;(".contains(c);
    let mut numbers = HashSet::default();
    for said in texts {
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
    services: &HashMap<&str, &Service>,
    named: &[(&Said<'_>, Vec<Address<'_>>)],
    sink: &mut Sink,
) {
    for (said, addresses) in named {
        for address in addresses {
            let (Some(number), Some(to)) = (address.port, services.get(address.host)) else { continue };
            // `worker:2` can be anything; as a whole value with a port's number it is an address.
            let meant = address.scheme.is_some() || (said.text == address.text() && number >= 1024);
            if !to.ports.is_empty() || !meant || !to.runs() {
                continue;
            }
            sink.report(
                Diagnostic::new(
                    codes::PORT003,
                    format!("`{}` asks port {number} of `{}`, which declares no port", service.path, to.path),
                )
                .about(&service.path)
                .at(said.span, format!("names `{}`", address.text()))
                .at(to.span(), "declares no port")
                .help(format!(
                    "write `port main = {number}` in `{0}`, and refer to it: `{0}.main.address`",
                    to.path
                )),
            );
        }
    }
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

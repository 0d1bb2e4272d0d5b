//! What a request meets, in lines: what it passes, each with its place in the source, and what is answered.

use std::fmt::Write as _;

use crate::platform::{Forward, Limit, Platform, Protocol, Role, Route, RouteTarget, ServiceId, Site};
use crate::request::{
    Answer, Client, Meeting, Onward, Reason, Request, Silence, TIMEOUT, Way, max_body, timeout,
};
use crate::source::{Sources, Span};

/// Something that the request passes: its name, what is known of it, and the place that says so.
struct Line {
    name: String,
    is: String,
    place: Option<Span>,
}

/// What a request meets.
pub(super) fn text(
    platform: &Platform,
    sources: &Sources,
    request: &Request<'_>,
    meeting: &Meeting<'_>,
) -> String {
    let mut lines = Vec::new();
    entry(platform, meeting, &mut lines);
    site(platform, meeting, &mut lines);
    if let Answer::Onward(onward) = &meeting.answer {
        for way in &onward.ways {
            services(platform, meeting, way, &mut lines);
        }
    }
    let mut out = format!("{}\n", asked(request, meeting));
    if !lines.is_empty() {
        out.push('\n');
    }
    let width = |of: &dyn Fn(&Line) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let (name, is) =
        (width(&|line| line.name.chars().count()), width(&|line| line.is.chars().count().min(60)));
    for line in &lines {
        let place = line.place.map(|span| place(sources, span)).unwrap_or_default();
        let row = format!("  {:name$}  {:is$}  {place}", line.name, line.is);
        let _ = writeln!(out, "{}", row.trim_end());
    }
    let _ = writeln!(out, "\n{}", answered(platform, request, meeting));
    out
}

/// A place: `platform.infra:12`.
fn place(sources: &Sources, span: Span) -> String {
    let file = sources.file(span.file);
    format!("{}:{}", file.name(), file.line_of(span.start) + 1)
}

fn asked(request: &Request<'_>, meeting: &Meeting<'_>) -> String {
    let scheme = if request.tls { "https" } else { "http" };
    let usual = if request.tls { 443 } else { 80 };
    let port = if request.port == usual { String::new() } else { format!(":{}", request.port) };
    let from = match request.client {
        Client::Anybody => "from anybody".to_owned(),
        Client::Address(address) => format!("from {address}"),
    };
    let raw = request.target.split(['?', '#']).next().unwrap_or_default();
    let compared = if meeting.path.is_empty() || meeting.path == raw {
        String::new()
    } else {
        format!("; the path is compared as `{}`", meeting.path)
    };
    format!("{} {scheme}://{}{port}{}, {from}{compared}", request.method, request.host, request.target)
}

fn entry(platform: &Platform, meeting: &Meeting<'_>, lines: &mut Vec<Line>) {
    let Some(entry) = meeting.entry else { return };
    let service = &platform[entry.service];
    let Some(port) = service.ports.get(entry.port) else { return };
    let Some(publish) = &port.publish else { return };
    let to = &platform[publish.to].name;
    lines.push(Line {
        name: format!("{}.{}", service.path, port.name),
        is: format!("published to `{to}` as {}", publish.host_port),
        place: Some(publish.span),
    });
}

fn site(platform: &Platform, meeting: &Meeting<'_>, lines: &mut Vec<Line>) {
    let Some(site) = meeting.site else { return };
    lines.push(Line {
        name: format!("site {}", site.name),
        is: site.names().collect::<Vec<_>>().join(", "),
        place: Some(site.span),
    });
    let Some(route) = meeting.routed() else { return };
    let exact = matches!(route.path, crate::platform::RoutePath::Exact(_));
    let path = format!("\"{}{}\"", if exact { "= " } else { "" }, route.path.path());
    lines.push(Line { name: format!("route {path}"), is: goes(platform, route), place: Some(route.span) });
    let mut more = |name: &str, is: String, place| lines.push(Line { name: format!("  {name}"), is, place });
    if matches!(route.to, RouteTarget::Port(..) | RouteTarget::Address(_)) {
        let most = max_body(platform, route);
        more("body", if most.0 == 0 { "of any size".to_owned() } else { format!("at most {most}") }, None);
        more("timeout", format!("{}", timeout(platform, route).unwrap_or(TIMEOUT)), None);
        if route.websocket {
            more("websocket", "may be upgraded".to_owned(), None);
        }
        if let Some(cache) = route.cache {
            more("cache", format!("answers are kept for {cache}"), None);
        }
    }
    if !matches!(route.to, RouteTarget::Deny) {
        for (limit, of) in [(&route.limit, ""), (&site.limit, ", of the whole site")] {
            if let Some(limit) = limit {
                more("limit", format!("{}{of}: 429 beyond", rate(limit)), None);
            }
        }
        if let Some(from) = route.from.map(|from| &platform[from]) {
            more("from", format!("`{}` alone: 403 for others", from.name), from.span);
        }
        if let Some(login) = route.login.map(|login| &platform[login]) {
            more("login", format!("users of `{}`: 401 without", login.name), Some(login.span));
        }
    }
}

fn rate(limit: &Limit) -> String {
    let burst = limit.burst.map(|burst| format!(", {burst} more at once")).unwrap_or_default();
    format!("{} in {} of one address{burst}", limit.rate, limit.per)
}

/// Where a route goes, as the source has it.
fn goes(platform: &Platform, route: &Route) -> String {
    match &route.to {
        RouteTarget::Port(..) => {
            let ports = route.ports().map(|(service, port, _)| named(platform, service, port));
            let strip = if route.strip { ", without the path" } else { "" };
            format!("{}{strip}", ports.collect::<Vec<_>>().join(", "))
        }
        RouteTarget::Address(address) => address.as_literal().unwrap_or("set by the operator").to_owned(),
        RouteTarget::Files { root, .. } => format!("files of {root}"),
        RouteTarget::Deny => "deny".to_owned(),
        RouteTarget::Redirect { to, .. } => format!("redirect to {to}"),
        RouteTarget::Respond { status, .. } => format!("respond {status}"),
    }
}

fn services(platform: &Platform, meeting: &Meeting<'_>, way: &Way<'_>, lines: &mut Vec<Line>) {
    for step in &way.via {
        let Forward { path, strip, span, .. } = step.forward;
        let strip = if *strip { ", without it" } else { "" };
        lines.push(Line {
            name: named(platform, step.service, step.port),
            is: format!(
                "hands `{}` on to `{}`{strip}",
                path.path(),
                named(platform, step.forward.to, step.forward.port)
            ),
            place: Some(*span),
        });
    }
    let service = &platform[way.service];
    let entry = meeting.entry.is_some_and(|entry| entry.service == way.service);
    if let Some(port) = service.ports.get(way.port).filter(|_| !entry || !way.via.is_empty()) {
        lines.push(Line {
            name: named(platform, way.service, way.port),
            is: format!("port {}, which answers", port.number),
            place: Some(port.span),
        });
    }
}

fn named(platform: &Platform, service: ServiceId, port: usize) -> String {
    let service = &platform[service];
    service
        .ports
        .get(port)
        .map_or_else(|| service.path.clone(), |port| format!("{}.{}", service.path, port.name))
}

/// The last line: what is answered, and why.
fn answered(platform: &Platform, request: &Request<'_>, meeting: &Meeting<'_>) -> String {
    match &meeting.answer {
        Answer::Nothing(why) => format!("nothing answers: {}", silent(platform, request, meeting, *why)),
        Answer::Status(status, reason) => format!("{status}: {}", because(platform, meeting, reason)),
        Answer::Redirect(status, to) => format!("{status}: it is sent on to {to}"),
        Answer::File(path) => format!("200: the file {path} of the proxy, or 404 where there is none"),
        Answer::Onward(onward) => answers(platform, onward),
    }
}

fn answers(platform: &Platform, onward: &Onward<'_>) -> String {
    let of_way = |way: &Way<'_>| {
        let name = named(platform, way.service, way.port);
        let protocol = platform[way.service].ports.get(way.port).map(|port| port.protocol);
        let usual =
            |protocol: &Protocol| matches!(protocol, Protocol::Http | Protocol::Https | Protocol::Tcp);
        let speaks = protocol.filter(|protocol| !usual(protocol));
        let speaks =
            speaks.map(|protocol| format!(", which speaks `{}`", protocol.word())).unwrap_or_default();
        format!("`{name}` answers to {}{speaks}", way.path)
    };
    let address = onward.address.iter().map(|address| format!("{address} answers to {}", onward.path));
    let all: Vec<String> = address.chain(onward.ways.iter().map(of_way)).collect();
    format!("what {}", all.join(", or "))
}

fn silent(platform: &Platform, request: &Request<'_>, meeting: &Meeting<'_>, why: Silence) -> String {
    let unserved = |site: &&Site| {
        site.served_by.is_none() && site.names().any(|name| name.eq_ignore_ascii_case(request.host))
    };
    match why {
        Silence::NoSite | Silence::Handshake if meeting.entry.is_none() => {
            "no site of the platform is called so; another one of the host may be".to_owned()
        }
        Silence::NoPort => match platform.sites.iter().find(unserved) {
            Some(site) => match &platform.settings.kubernetes.gateway {
                Some(gateway) => format!(
                    "no proxy of the platform serves `{}`: on Kubernetes {} of the cluster does, of the class `{}`",
                    site.name,
                    gateway.kind.name(),
                    gateway.class
                ),
                None => format!("no proxy of the platform serves `{}`", site.name),
            },
            None => format!("no service publishes port {}", request.port),
        },
        Silence::NotLetIn => {
            let port = meeting.entry.and_then(|entry| platform[entry.service].ports.get(entry.port));
            let to =
                port.and_then(|port| port.publish.as_ref()).map_or("", |it| platform[it.to].name.as_str());
            format!("the port is published to `{to}` alone")
        }
        Silence::Handshake => {
            format!("no site is called `{}` over TLS, and the handshake is refused", request.host)
        }
        Silence::NoSite => {
            let proxies = platform.with_role(Role::Proxy).count();
            let of = if proxies > 1 { " of this proxy" } else { "" };
            format!("no site{of} is called so, and the connection is closed")
        }
        Silence::NoTls => "no TLS is spoken there".to_owned(),
        Silence::Closed => "the route closes the connection".to_owned(),
    }
}

fn because(platform: &Platform, meeting: &Meeting<'_>, reason: &Reason<'_>) -> String {
    match reason {
        Reason::Malformed => "the request is none of HTTP".to_owned(),
        Reason::PlainText => "TLS is expected on this port".to_owned(),
        Reason::Method => "the proxy does not take this method here".to_owned(),
        Reason::Size(most) => format!("the body is larger than {most}"),
        Reason::Route => "the route says so".to_owned(),
        Reason::Closed(path) => format!("`{path}` is closed in every spelling"),
        Reason::NoRoute => "the site has no route for this path".to_owned(),
        Reason::Limit(limit) => format!("more than {}", rate(limit)),
        Reason::From => {
            let from =
                meeting.routed().and_then(|route| route.from).map_or("", |from| platform[from].name.as_str());
            format!("the address is none of `{from}`")
        }
        Reason::Maintenance => "the site is shut for a while".to_owned(),
        Reason::Health => "the proxy is there".to_owned(),
        Reason::Login => "no login that the proxy knows".to_owned(),
    }
}

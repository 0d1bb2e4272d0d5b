//! Sites: names, routes and proxies that no proxy can serve as the source has them.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::formats;
use crate::notation::authority::Authority;
use crate::origins::Origins;
use crate::platform::{Limit, Platform, Role, RouteTarget, Service, Site};
use crate::source::Span;

/// What reads the files.
const NAME: &str = formats::NGINX.name;

/// SITE001: host names that no browser asks for, or that are known only when the operator sets them.
pub(super) fn names(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for site in platform.sites.iter().filter(|site| platform.serves(site)) {
        let proxy = site.served_by.map(|proxy| platform[proxy].span);
        let Some(domain) = site.domain.as_literal() else {
            sink.report(
                Diagnostic::new(codes::SITE001, format!("`{}` has no name before it is started", site.name))
                    .at(site.domain_span, "set by the operator, and the configuration of the proxy is a file")
                    .at_maybe(proxy, "the proxy")
                    .help("write the host name, and another one in the environment that has another one"),
            );
            continue;
        };
        // What leads nowhere is reported there.
        let is_written = || origins.site(site).is_some_and(|origin| origin.domain().is(domain));
        if domain.is_empty() && !is_written() {
            continue;
        }
        for name in std::iter::once(domain).chain(site.aliases.iter().map(String::as_str)) {
            if !is_host(name) {
                sink.report(
                    Diagnostic::new(codes::SITE001, format!("`{name}` is no host name"))
                        .at(site.domain_span, "names of this site")
                        .help(meant(name)),
                );
            }
        }
    }
}

/// What to write in place of what is no host name.
fn meant(name: &str) -> String {
    let behind = name.split_once("://").map_or(name, |(_, rest)| rest);
    let host = behind.split(['/', ':', '?', '#']).next().unwrap_or_default();
    if host.len() < name.len() && is_host(host) {
        return format!(
            "write `{host}`: the scheme follows from `tls`, the port from what the proxy publishes, and paths are routes"
        );
    }
    if name.is_ascii() {
        "letters, digits and hyphens between dots, such as `shop.example.com`".to_owned()
    } else {
        "a name with other letters is written as in DNS: `xn--…`".to_owned()
    }
}

/// Labels between dots (RFC 1123, section 2.1), the first of which may be `*`.
pub(super) fn is_host(name: &str) -> bool {
    let rest = name.strip_prefix("*.").unwrap_or(name);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    rest.len() <= 253 && rest.split('.').all(label)
}

/// SITE002: sites of which nothing says which proxy serves them, or whose proxy has no port for them.
pub(super) fn listeners(platform: &Platform, sink: &mut Sink) {
    let mut proxies = platform.with_role(Role::Proxy);
    if let (Some(first), Some(second)) = (proxies.next(), proxies.next()) {
        // One that is named and is no proxy was reported.
        let nobody = |site: &&Site| {
            site.served_by.is_none()
                && site.served_by_span.is_none()
                && !platform.settings.nginx.host
                && platform.gateway_of(site).is_none()
        };
        for site in platform.sites.iter().filter(nobody) {
            sink.report(
                Diagnostic::new(codes::SITE002, format!("no proxy serves `{}`", site.name))
                    .at(site.span, "has no `served_by`")
                    .at(first.span, "one proxy")
                    .at(second.span, "and another one")
                    .help(format!("say which one: `served_by = {}`, or another", first.path)),
            );
        }
    }
    for (site, proxy) in served(platform) {
        let wanted =
            [("http", proxy.http().is_some()), ("https", site.tls.is_none() || proxy.https().is_some())];
        for (protocol, there) in wanted {
            if !there {
                sink.report(
                    Diagnostic::new(
                        codes::SITE002,
                        format!("`{}` listens nowhere for `{}` with `{protocol}`", proxy.path, site.name),
                    )
                    .about(&proxy.path)
                    .at(site.span, if protocol == "https" { "is served over TLS" } else { "is served by it" })
                    .at(proxy.span, format!("has no port with `protocol = {protocol}`"))
                    .help(format!(
                        "give the proxy such a port: `port {protocol} = 8080 {{ protocol = {protocol} }}`"
                    )),
                );
            }
        }
    }
}

/// NGX001: what nginx has no words for.
pub(super) fn unsayable(platform: &Platform, sink: &mut Sink) {
    for site in platform.sites.iter().filter(|site| platform.serves_by_nginx(site)) {
        limit(site.limit.as_ref(), site.span, sink);
        for (name, value) in &site.headers {
            long(value, site.span, &format!("header `{name}`"), sink);
        }
        if let Some(shut) = &site.maintenance {
            long(shut.body.as_deref().unwrap_or(""), site.span, "text", sink);
        }
        for route in &site.routes {
            limit(route.limit.as_ref(), route.span, sink);
            match &route.to {
                RouteTarget::Redirect { to, .. } => long(to, route.span, "address", sink),
                RouteTarget::Respond { status, body } => {
                    long(body.as_deref().unwrap_or(""), route.span, "body", sink);
                    // ngx_http_rewrite_module, `return`: behind these the text is an address.
                    if body.is_some() && matches!(status, 301 | 302 | 303 | 307 | 308) {
                        sink.report(
                            Diagnostic::new(
                                codes::NGX001,
                                format!("{NAME} answers {status} with an address only"),
                            )
                            .at(route.span, "has a body")
                            .help("write `redirect { to = … }`, or another status"),
                        );
                    }
                }
                RouteTarget::Address(value) => {
                    let literal = value.as_literal();
                    if !literal.is_some_and(is_address) {
                        let what =
                            literal.map_or("what the operator sets".to_owned(), |text| format!("`{text}`"));
                        sink.report(
                            Diagnostic::new(
                                codes::NGX001,
                                format!("{NAME} cannot hand requests on to {what}"),
                            )
                            .at(route.target_span, "no host with a port")
                            .help(match literal.filter(|text| text.starts_with('/')) {
                                Some(folder) => {
                                    format!("files of the proxy are served by `files {{ root = \"{folder}\" }}`")
                                }
                                None => "name a port of a service, or write an address such as `\"api:8080\"`".to_owned(),
                            }),
                        );
                    }
                }
                _ => {}
            }
        }
    }
}

fn is_address(text: &str) -> bool {
    Authority::parse(text)
        .is_some_and(|it| (is_host(it.host) || it.address().is_some()) && it.number().is_some())
}

fn limit(limit: Option<&Limit>, span: Span, sink: &mut Sink) {
    let Some(limit) = limit.filter(|limit| limit.rate > 0 && limit.per.0 > 0) else { return };
    if limit.rate().is_none() {
        sink.report(
            Diagnostic::new(codes::NGX001, format!("{NAME} cannot count {} in {}", limit.rate, limit.per))
                .at(span, "its rates are whole requests a second or a minute, from one a minute on")
                .help("write a rate such as `rate = 10, per = 1m`"),
        );
    }
}

/// `NGX_CONF_BUFFER` is 4096 (nginx/nginx:src/core/ngx_conf_file.c), and a dollar sign takes nine of them.
fn long(text: &str, span: Span, what: &str, sink: &mut Sink) {
    let bytes: usize = text
        .bytes()
        .map(|byte| if byte == b'$' { 9 } else { 1 + usize::from(byte < 32 || b"\"\\".contains(&byte)) })
        .sum();
    if bytes > 4_000 {
        sink.report(
            Diagnostic::new(codes::NGX001, format!("the {what} is longer than {NAME} reads"))
                .at(span, format!("{bytes} bytes, and 4,000 fit"))
                .help("put a long text into a file, and serve that with `files`"),
        );
    }
}

/// The sites that a proxy serves.
fn served(platform: &Platform) -> impl Iterator<Item = (&Site, &Service)> {
    let nginx = platform.targets.contains(&&formats::NGINX);
    let sites = platform.sites.iter().filter(move |_| nginx);
    sites.filter_map(|site| Some((site, &platform[site.served_by?])))
}

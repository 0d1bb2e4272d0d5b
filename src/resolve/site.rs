//! Sites, with their routes bound.

mod lines;
mod parts;
mod room;
mod upstreams;
mod visit;

pub(super) use room::room;

use super::issuer::{self, Issuers};
use super::outside;
use super::place::optional;
use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, Help, codes};
use crate::model::{self, Document, Respond, Role};
use crate::platform::{
    Forward, InputId, Limit, OutsideId, Platform, Route, RoutePath, RouteTarget, ServiceId, Site, Tls,
};
use crate::source::Span;
use crate::syntax::Name;

/// Binds every site. A route whose target leads nowhere is left out, which is reported.
pub(super) fn sites(
    document: &Document,
    issuers: &Issuers,
    platform: &Platform,
    texts: &mut Texts<'_>,
) -> Vec<Site> {
    document.site.iter().map(|block| site(block, issuers, platform, texts)).collect()
}

fn site(block: &model::Site, issuers: &Issuers, platform: &Platform, texts: &mut Texts<'_>) -> Site {
    let tls = block.tls.as_ref().filter(|tls| tls.enabled).and_then(|said| tls(said, issuers, texts));
    Site {
        name: block.name.text.as_str().to_owned(),
        description: optional(block.description.as_ref(), texts),
        domain: texts.template(&block.domain, &mut Mentions::default()),
        domain_span: block.domain.span,
        served_by: proxy(block, platform, texts),
        served_by_span: block.served_by.as_ref().map(|named| named.0.span),
        trusted: trusted(block, platform, texts),
        aliases: block
            .aliases
            .iter()
            .flat_map(|list| &list.items)
            .map(|alias| texts.constant(alias))
            .collect(),
        routes: block.route.iter().filter_map(|block| route(block, platform, texts)).collect(),
        headers: block
            .headers
            .iter()
            .flat_map(|headers| &headers.entries)
            .map(|(name, value)| lines::header(name, value, texts))
            .collect(),
        limit: block.limit.as_ref().map(|block| limit(block, texts)),
        maintenance: block.maintenance.as_ref().and_then(|block| visit::maintenance(block, texts)),
        probe: visit::probed(block.probe.as_ref(), tls.as_ref(), texts),
        probe_span: block.probe.as_ref().map(|said| said.span),
        tls,
        span: block.name.span,
    }
}

/// The load balancers that a site names.
fn trusted(block: &model::Site, platform: &Platform, texts: &mut Texts<'_>) -> Vec<(OutsideId, Span)> {
    let named = block.trusted.iter().flat_map(|list| &list.items);
    named.filter_map(|it| Some((outside::comes_in(it, platform, texts)?, it.0.span))).collect()
}

/// How a site is served over TLS. An issuer that leads nowhere is reported.
fn tls(block: &model::Tls, issuers: &Issuers, texts: &mut Texts<'_>) -> Option<Tls> {
    let email = block.email.as_ref().map(|said| issuer::email(said, texts));
    let issuer = issuers.find(block.issuer.as_ref(), texts)?;
    let span = block.issuer.as_ref().map_or(block.span, |word| word.span);
    Some(Tls { issuer, email, span })
}

/// The proxy that a site names, or the only one there is.
fn proxy(site: &model::Site, platform: &Platform, texts: &mut Texts<'_>) -> Option<ServiceId> {
    let Some(named) = &site.served_by else {
        let mut proxies = platform.with_role(Role::Proxy);
        return proxies.next().filter(|_| proxies.next().is_none()).map(|service| service.id);
    };
    match texts.find(&named.0, &mut Mentions::default())? {
        Thing::Service(at) => {
            let service = platform.services.get(at)?;
            if service.role == Some(Role::Proxy) {
                return Some(service.id);
            }
            texts.sink.report(
                Diagnostic::new(codes::NAM004, format!("`{}` is not a proxy", service.path))
                    .at(named.0.span, "cannot serve a site")
                    .at(service.span, "has no `role = proxy`")
                    .help("name an instance of a component with `role = proxy`"),
            );
            None
        }
        thing => {
            texts.wrong_kind(&named.0, &thing, "a service");
            None
        }
    }
}

fn route(block: &model::Route, platform: &Platform, texts: &mut Texts<'_>) -> Option<Route> {
    parts::expect(block, texts);
    let path = path(&block.path, texts);
    // Each part is bound, whatever is wrong with another one.
    if let Some(said) = block.timeout.filter(|said| said.value.0 == 0) {
        texts.sink.report(
            Diagnostic::new(codes::TYP003, "`timeout` leaves no time to answer")
                .at(said.span, "every request would end with 504 at once")
                .help("write how long a service may be silent, such as `30s`; without it that is a minute"),
        );
    }
    let from = block.from.as_ref().and_then(|from| outside::comes_in(from, platform, texts));
    let login = block.login.as_ref().and_then(|login| texts.secret(login));
    let limit = block.limit.as_ref().map(|block| limit(block, texts));
    let upstreams = block.upstream.iter().filter_map(|block| upstreams::upstream(block, texts)).collect();
    Some(Route {
        path,
        to: target(block, texts)?,
        websocket: block.websocket.is_some_and(|said| said.value),
        max_body: block.max_body.map(|said| said.value),
        timeout: block.timeout.map(|said| said.value),
        cache: block.cache.map(|said| said.value),
        strip: block.strip.is_some_and(|said| said.value),
        buffer: block.buffer.is_none_or(|said| said.value),
        share: upstreams::share(block.weight, block.max_fails, false, texts),
        upstreams,
        from,
        login,
        limit,
        span: block.span,
        target_span: block.target.span,
    })
}

/// Requests that a service hands on. What leads nowhere is left out, which is reported.
pub(super) fn forward(block: &model::Forward, texts: &mut Texts<'_>) -> Option<Forward> {
    let path = path(&block.path, texts);
    match texts.find(&block.to.0, &mut Mentions::default())? {
        Thing::Port(to, port) => Some(Forward {
            path,
            to: ServiceId(to),
            port,
            strip: block.strip.unwrap_or(false),
            span: block.span,
            to_span: block.to.0.span,
        }),
        thing => {
            texts.wrong_kind(&block.to.0, &thing, "a port");
            None
        }
    }
}

/// `/path` is a prefix, `= /path` is exactly one.
fn path(name: &Name, texts: &mut Texts<'_>) -> RoutePath {
    let said = name.text.as_str();
    let (exact, path) = match said.strip_prefix('=') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, said),
    };
    if !path.starts_with('/') {
        let equals = if exact { "= " } else { "" };
        let help = if path.starts_with(['~', '^', '@']) {
            Help::from("a route is for a path and what lies below it; patterns are not known")
        } else {
            Help::write(format!("\"{equals}/{path}\""))
        };
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{said}` is no path of a site"))
                .at(name.span, "starts with `/`, or with `= /` for exactly one path")
                .help(help),
        );
    }
    lines::path(path, name.span, texts);
    if exact { RoutePath::Exact(path.to_owned()) } else { RoutePath::Prefix(path.to_owned()) }
}

/// Where a route goes. What it lacks was reported with its parts.
fn target(block: &model::Route, texts: &mut Texts<'_>) -> Option<RouteTarget> {
    let target = match &block.target.value {
        model::RouteTarget::To(path) => match texts.find(path, &mut Mentions::default())? {
            Thing::Port(service, port) => RouteTarget::Port(ServiceId(service), port),
            thing => {
                texts.wrong_kind(path, &thing, "a port");
                return None;
            }
        },
        model::RouteTarget::Literal(address) => {
            RouteTarget::Address(texts.template(address, &mut Mentions::default()))
        }
        model::RouteTarget::Do(Respond::Deny) => RouteTarget::Deny,
        model::RouteTarget::Do(Respond::Files) => RouteTarget::Files {
            root: block.root.as_ref().map(|root| lines::folder(root, texts))?,
            index: optional(block.index.as_ref(), texts),
        },
        model::RouteTarget::Do(Respond::Redirect) => RouteTarget::Redirect {
            to: block.to.as_ref().map(|to| lines::address(to, texts))?,
            permanent: block.permanent.is_some_and(|said| said.value),
        },
        model::RouteTarget::Do(Respond::Respond) => RouteTarget::Respond {
            status: match &block.status {
                Some(said) => u16::try_from(said.value.0).ok()?,
                None => OK,
            },
            body: optional(block.body.as_ref(), texts),
        },
    };
    Some(target)
}

/// The status of an answer that says none: RFC 9110, section 15.3.1.
const OK: u16 = 200;

fn limit(block: &model::Limit, texts: &mut Texts<'_>) -> Limit {
    for (key, zero) in [("rate", block.rate.0 == 0), ("per", block.per.0 == 0)] {
        if zero {
            out_of_range(format!("`{key}` of a limit is zero"), block.span, "more than zero", texts);
        }
    }
    Limit { rate: block.rate.0, per: block.per, burst: block.burst.map(|burst| burst.0) }
}

fn out_of_range(message: String, span: Span, note: &str, texts: &mut Texts<'_>) {
    texts.sink.report(Diagnostic::new(codes::TYP003, message).at(span, note));
}

/// Hands the users of logins over to the proxies that ask for them, and keys of accounts to what orders certificates, as
/// files.
pub(super) fn hand_over(platform: &mut Platform) {
    let mut found: Vec<(ServiceId, InputId)> = Vec::new();
    // A random text is no line of a user, nor the key of an account at an authority.
    for site in &platform.sites {
        for InputId(login) in site.routes.iter().filter_map(|route| route.login) {
            platform.inputs[login].is_login = true;
            platform.inputs[login].issued_elsewhere = true;
        }
        for InputId(key) in site.tls.iter().filter_map(|tls| issuer::secret(&tls.issuer)) {
            platform.inputs[key].issued_elsewhere = true;
        }
    }
    for site in &platform.sites {
        let Some(proxy) = site.served_by else { continue };
        found.extend(site.routes.iter().filter_map(|route| Some((proxy, route.login?))));
    }
    for service in platform.with_role(Role::Certificates) {
        let issuers = platform.certificates_of(service).filter_map(|site| site.tls.as_ref());
        found.extend(issuers.filter_map(|tls| Some((service.id, issuer::secret(&tls.issuer)?))));
    }
    found.sort_unstable();
    found.dedup();
    for (proxy, login) in found {
        platform.services[proxy.0].secret_files.push(login);
    }
}

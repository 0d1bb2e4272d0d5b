//! Which parts a route may have, by where it goes.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Respond, Route, RouteTarget};
use crate::resolve::text::Texts;
use crate::source::Span;

/// A kind of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Port,
    Files,
    Deny,
    Redirect,
    Respond,
}

impl To {
    fn of(target: &RouteTarget) -> Self {
        match target {
            RouteTarget::To(_) | RouteTarget::Literal(_) => Self::Port,
            RouteTarget::Do(Respond::Files) => Self::Files,
            RouteTarget::Do(Respond::Deny) => Self::Deny,
            RouteTarget::Do(Respond::Redirect) => Self::Redirect,
            RouteTarget::Do(Respond::Respond) => Self::Respond,
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Self::Port => "a route to a port",
            Self::Files => "`files`",
            Self::Deny => "`deny`",
            Self::Redirect => "`redirect`",
            Self::Respond => "`respond`",
        }
    }
}

/// The targets that take a part, and the way out where a route has another one.
type Takes = (&'static [To], &'static str);

const PORT: Takes = (&[To::Port], "is for routes to a port");
const CONTENT: Takes = (&[To::Port, To::Files], "is for routes to a port and for `files`");
const FILES: Takes = (&[To::Files], "is for `files`");
const REDIRECT: Takes = (&[To::Redirect], "is for `redirect`");
const RESPOND: Takes = (&[To::Respond], "is for `respond`");
const OPEN: Takes =
    (&[To::Port, To::Files, To::Redirect, To::Respond], "is for routes that let clients in: take it out");

/// The parts that a route has, each with its place, and the targets that take it.
fn said(route: &Route) -> impl Iterator<Item = (&'static str, Span, Takes)> {
    let parts: [(&str, Option<Span>, Takes); 18] = [
        ("websocket", route.websocket.map(|said| said.span), PORT),
        ("max_body", route.max_body.map(|said| said.span), PORT),
        ("timeout", route.timeout.map(|said| said.span), PORT),
        ("cache", route.cache.map(|said| said.span), CONTENT),
        ("strip", route.strip.map(|said| said.span), PORT),
        ("buffer", route.buffer.map(|said| said.span), PORT),
        ("weight", route.weight.map(|said| said.span), PORT),
        ("max_fails", route.max_fails.map(|said| said.span), PORT),
        ("upstream", route.upstream.first().map(|said| said.span), PORT),
        ("to", route.to.as_ref().map(|said| said.span), REDIRECT),
        ("permanent", route.permanent.map(|said| said.span), REDIRECT),
        ("status", route.status.map(|said| said.span), RESPOND),
        ("body", route.body.as_ref().map(|said| said.span), RESPOND),
        ("root", route.root.as_ref().map(|said| said.span), FILES),
        ("index", route.index.as_ref().map(|said| said.span), FILES),
        ("from", route.from.as_ref().map(|said| said.0.span), OPEN),
        ("login", route.login.as_ref().map(|said| said.0.span), OPEN),
        ("limit", route.limit.as_ref().map(|said| said.span), OPEN),
    ];
    parts.into_iter().filter_map(|(key, span, takes)| Some((key, span?, takes)))
}

/// Reports parts that mean nothing where a route goes, parts that are missing there, and a status that is none.
pub(super) fn expect(route: &Route, texts: &mut Texts<'_>) {
    let to = To::of(&route.target.value);
    for (key, span, (takes, help)) in said(route) {
        if takes.contains(&to) {
            continue;
        }
        texts.sink.report(
            Diagnostic::new(codes::TYP008, format!("{} takes no `{key}`", to.describe()))
                .at(span, "does not belong here")
                .at(route.target.span, "where the route goes")
                .help(format!("`{key}` {help}")),
        );
    }
    for (key, span, why, help) in idle(route) {
        texts.sink.report(
            Diagnostic::new(codes::TYP008, format!("`{key}` means nothing here: {why}"))
                .at(span, "changes nothing")
                .at(route.target.span, "where the route goes")
                .help(help),
        );
    }
    match to {
        To::Redirect if route.to.is_none() => {
            missing(route, "`redirect` leads nowhere", "redirect { to = \"/new\" }", texts);
        }
        To::Files if route.root.is_none() => {
            missing(route, "`files` has no folder", "files { root = \"/srv/www\" }", texts);
        }
        _ => {}
    }
    if let Some(said) = route.status.filter(|said| to == To::Respond && !STATUS.contains(&said.value.0)) {
        texts.sink.report(
            Diagnostic::new(codes::TYP003, format!("`{}` is no status", said.value.0))
                .at(said.span, format!("from {} to {}", STATUS.start(), STATUS.end())),
        );
    }
}

/// Parts that change nothing beside the others of a route to a port.
fn idle(route: &Route) -> Vec<(&'static str, Span, &'static str, &'static str)> {
    let path = route.path.text.trim_start_matches('=').trim();
    let strips = route.strip.filter(|said| said.value && path == "/");
    let streams = route.buffer.is_some_and(|said| !said.value);
    let cached = route.cache.filter(|_| streams);
    let weighted = route.weight.filter(|_| route.upstream.is_empty());
    let found = [
        strips.map(|said| ("strip", said.span, "the path is `/`", "take it out")),
        cached.map(|said| {
            ("cache", said.span, "what goes on as it comes is not kept", "take `buffer = false` out, or this")
        }),
        weighted.map(|said| {
            (
                "weight",
                said.span,
                "there is one upstream",
                "take it out, or name another port with `upstream`",
            )
        }),
    ];
    found.into_iter().flatten().collect()
}

/// The status codes of HTTP: RFC 9110, section 15.
const STATUS: std::ops::RangeInclusive<u64> = 100..=599;

fn missing(route: &Route, message: &str, example: &str, texts: &mut Texts<'_>) {
    texts.sink.report(
        Diagnostic::new(codes::TYP006, message)
            .at(route.target.span, "incomplete")
            .help(format!("say where, such as `{example}`")),
    );
}

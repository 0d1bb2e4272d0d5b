//! What rules find and the source means: `allow fragile-dependency { reason = "…" }` at the thing it concerns, by the
//! name of the code or by the code.

use crate::check::RULES;
use crate::diagnostic::{Code, Diagnostic, Help, Sink, codes, did_you_mean, once};
use crate::hash::HashSet;
use crate::model::{Allow as Model, Document};
use crate::schema::{Decode as _, Decoder};
use crate::source::Span;
use crate::syntax::{Entry, Name, Value, ValueKind};

/// Codes beside those of [`RULES`] that can be allowed: what targets leave out.
const OF_TARGETS: [&Code; 2] = [codes::TGT001, codes::TGT002];

/// Everything that a source allows.
#[derive(Debug, Default)]
pub(crate) struct Allows {
    list: Vec<Allow>,
    regions: Vec<Region>,
    /// The names of services, each of whom findings can be about.
    heads: HashSet<Span>,
    /// Whether the source can be compiled otherwise as well: with another environment.
    varied: bool,
}

#[derive(Debug)]
struct Allow {
    /// What the source calls it.
    name: Name,
    /// The code of that name.
    code: &'static str,
    /// Which of the regions it is for; `None` at the top level, where it is for the whole platform.
    within: Option<usize>,
    /// Whether it allows something; what is wrong with it by itself was told already.
    used: bool,
}

/// A block, and what other places brought into it: those of its component, of an environment, of defaults.
#[derive(Debug)]
struct Region {
    /// The path of the service that it is, or stands in.
    service: Option<String>,
    own: Span,
    head: Span,
    brought: Vec<Span>,
}

/// What holds keys of its own, in which `allow` is one of them.
const FREE: [&str; 4] = ["env", "labels", "override", "output"];

impl Allows {
    /// Nothing yet, of a source that has environments or not.
    #[must_use]
    pub(crate) fn new(varied: bool) -> Self {
        Self { varied, ..Self::default() }
    }

    /// Collects what a part of an expanded tree allows, and reports codes that cannot be allowed.
    pub(crate) fn of(entries: &[Entry], sink: &mut Sink) -> Self {
        let mut allows = Self::default();
        allows.collect(entries, None, None, sink);
        allows
    }

    /// Adds what is allowed further down.
    pub(crate) fn append(&mut self, behind: Self) {
        let before = self.regions.len();
        self.regions.extend(behind.regions);
        let list = behind.list.into_iter();
        self.list.extend(list.map(|allow| Allow { within: allow.within.map(|at| before + at), ..allow }));
    }

    /// Notes where services are, when something is allowed at all.
    pub(crate) fn know(&mut self, document: &Document) {
        if !self.list.is_empty() {
            self.heads = document.service.iter().map(|service| service.span).collect();
        }
    }

    /// Collects those of `block`, which stands in the service of the path `service`.
    fn collect(&mut self, entries: &[Entry], block: Option<&Entry>, service: Option<&str>, sink: &mut Sink) {
        let mut within = None;
        for entry in entries {
            if let (true, Some(name)) = (entry.key.text == "allow", &entry.label) {
                let sound = reason(entry, name, block, sink);
                let Some(code) = allowed(&name.text) else {
                    refuse(name, sink);
                    continue;
                };
                let region = block.map(|block| {
                    *within.get_or_insert_with(|| {
                        self.regions.push(Region::new(block, service));
                        self.regions.len() - 1
                    })
                });
                self.list.push(Allow { name: name.clone(), code, within: region, used: !sound });
            } else if !entry.entries().is_empty() && !FREE.contains(&entry.key.text.as_str()) {
                let own = (entry.key.text == "service").then(|| path(service, entry));
                self.collect(entry.entries(), Some(entry), own.as_deref().or(service), sink);
            }
        }
    }

    /// Reports everything that is not allowed, each once.
    pub(crate) fn filter(&mut self, diagnostics: Vec<Diagnostic>, sink: &mut Sink) {
        let mut told = Vec::with_capacity(diagnostics.len());
        for diagnostic in diagnostics {
            // What several have in common is allowed where each of them does.
            let services = diagnostic.about.as_slice();
            let parts: Vec<&[String]> = match services {
                [_, _, ..] if diagnostic.of_all => services.chunks(1).collect(),
                services => vec![services],
            };
            let mut allowed = true;
            for about in parts {
                let allowing = self.list.iter().position(|allow| self.covers(allow, &diagnostic, about));
                match allowing.and_then(|at| self.list.get_mut(at)) {
                    Some(allow) => allow.used = true,
                    None => allowed = false,
                }
            }
            if !allowed {
                told.push(diagnostic);
            }
        }
        for diagnostic in once(told) {
            sink.report(diagnostic);
        }
    }

    /// Reports what allows nothing, where this is known of one compilation: what another environment needs is known when
    /// that is put in.
    pub(crate) fn unused(&self, sink: &mut Sink) {
        if !self.varied {
            self.idle().for_each(|name| sink.report(nothing(name)));
        }
    }

    /// What allows nothing with any of several environments, for each of them what it is the first to hold.
    #[must_use]
    pub(crate) fn unused_in_all(compiled: &[&Self]) -> Vec<Vec<Diagnostic>> {
        let used = compiled.iter().flat_map(|allows| &allows.list).filter(|allow| allow.used);
        let mut known: HashSet<Span> = used.map(|allow| allow.name.span).collect();
        let varied = compiled.iter().map(|allows| {
            let idle = allows.idle().filter(|_| allows.varied);
            idle.filter(|name| known.insert(name.span)).map(nothing).collect()
        });
        varied.collect()
    }

    /// The codes that allow nothing, each place once: that of a component may allow something in one of its instances.
    fn idle(&self) -> impl Iterator<Item = &Name> {
        let used = self.list.iter().filter(|allow| allow.used);
        let mut known: HashSet<Span> = used.map(|allow| allow.name.span).collect();
        self.list.iter().map(|allow| &allow.name).filter(move |name| known.insert(name.span))
    }

    /// Whether something allows a finding about some of the services that it is about.
    fn covers(&self, allow: &Allow, diagnostic: &Diagnostic, about: &[String]) -> bool {
        if allow.code != diagnostic.code.id {
            return false;
        }
        let Some(region) = allow.within.and_then(|at| self.regions.get(at)) else { return true };
        let mut places = diagnostic.labels.iter().map(|label| label.span);
        if contains(region.own, allow.name.span) && places.clone().any(|place| contains(region.own, place)) {
            return true;
        }
        let Some(first) = diagnostic.labels.first().map(|label| label.span) else { return false };
        // What a component says is at the same place in all of its instances, and in what is nested in them.
        match &region.service {
            Some(service) if !about.is_empty() => {
                about.iter().any(|of| is_within(of, service)) && region.holds(first)
            }
            _ => {
                contains(region.own, first)
                    || region.holds(first)
                        && !places.any(|place| place != region.head && self.heads.contains(&place))
            }
        }
    }
}

impl Region {
    fn new(block: &Entry, service: Option<&str>) -> Self {
        let service = service.map(str::to_owned);
        let mut region = Self { service, own: whole(block), head: block.head(), brought: Vec::new() };
        region.add(block.entries());
        region
    }

    fn holds(&self, place: Span) -> bool {
        contains(self.own, place) || self.brought.iter().any(|brought| contains(*brought, place))
    }

    fn add(&mut self, entries: &[Entry]) {
        for entry in entries {
            // A key and its value may come from two places.
            let value = entry.value.as_ref().map(|value| value.span);
            let places = std::iter::once(entry.head()).chain(value);
            self.brought.extend(places.filter(|place| !contains(self.own, *place)));
            self.add(entry.entries());
        }
    }
}

/// The path of a service that stands in another one, or in none.
fn path(parent: Option<&str>, service: &Entry) -> String {
    let name = service.label_or_key().text.as_str();
    parent.map_or_else(|| name.to_owned(), |parent| format!("{parent}.{name}"))
}

/// Whether the path of a service is that of another one, or of what is nested in it.
fn is_within(path: &str, service: &str) -> bool {
    path.strip_prefix(service).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// An entry with all that stands in it.
fn whole(entry: &Entry) -> Span {
    entry.body.as_ref().map_or(entry.head(), |body| entry.head().to(body.span))
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Whether an `allow` says why; it is reported where it does not. Those of the platform and of services are decoded with them.
fn reason(allow: &Entry, code: &Name, block: Option<&Entry>, sink: &mut Sink) -> bool {
    let said = allow.field("reason").and_then(|reason| reason.value.as_ref());
    if let Some(Value { kind: ValueKind::Text(text), span }) = said
        && text.as_literal().is_some_and(|text| text.trim().is_empty())
    {
        sink.report(
            Diagnostic::new(codes::TYP006, format!("`allow {}` says no reason", code.text))
                .at(*span, "empty")
                .help("write why it is meant, for whoever reviews it: `reason = \"…\"`"),
        );
        return false;
    }
    if block.is_some_and(|block| block.key.text != "service") {
        Model::decode(allow, &mut Decoder::new(sink));
    }
    said.is_some()
}

fn nothing(code: &Name) -> Diagnostic {
    Diagnostic::new(codes::ALW001, format!("`allow {}` allows nothing", code.text))
        .at(code.span, "nothing of that code is found here")
        .help("take it out; what it was for is mended, or lies elsewhere")
}

/// The code of a name, or of the code itself, where it can be allowed.
fn allowed(name: &str) -> Option<&'static str> {
    codes_to_allow().find(|code| code.id == name || code.name == name).map(|code| code.id)
}

fn codes_to_allow() -> impl Iterator<Item = &'static Code> {
    RULES.iter().flat_map(|rule| rule.codes.iter().copied()).chain(OF_TARGETS)
}

fn refuse(code: &Name, sink: &mut Sink) {
    let capitals = code.text.to_uppercase();
    let (message, help) = if codes::find(&code.text).is_some() && allowed(&capitals).is_none() {
        (
            format!("`{}` cannot be allowed", code.text),
            Some("only what a rule says of a sound platform can".into()),
        )
    } else if allowed(&capitals).is_some() {
        (format!("there is no code `{}`", code.text), Some(Help::meant(&code.text, &capitals)))
    } else {
        let known = codes_to_allow().flat_map(|code| [code.id, code.name]);
        (format!("there is no code `{}`", code.text), did_you_mean(&code.text, known))
    };
    sink.report(
        Diagnostic::new(codes::ALW002, message).at(code.span, "not a code to allow").help_maybe(help),
    );
}

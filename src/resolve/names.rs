//! What is declared under which name, and what each name stands for.

use std::sync::Arc;

use smallvec::SmallVec;
use smol_str::{SmolStr, format_smolstr};

use super::{expect_dns_label, is_dns_label};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::model::{Document, Service};
use crate::platform::ServiceId;
use crate::source::Span;
use crate::syntax::Name;

/// Outsides that need no declaration.
pub(super) const BUILT_IN: [&str; 2] = ["internet", "localhost"];

/// How many characters of a service's name go on: more than the 63 that DNS takes.
const MOST_COPIED: usize = 80;

/// A thing of the platform's own namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    /// A variable or secret, by its place among the inputs.
    Input(usize),
    /// A service that is not nested, by its place among all services.
    Service(usize),
    /// A site.
    Site(usize),
    /// An outside; the built-in ones come first.
    Outside(usize),
}

/// A service and where it stands.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) block: &'a Arc<Service>,
    pub(super) path: SmolStr,
    pub(super) name: SmolStr,
    pub(super) parent: Option<usize>,
    pub(super) members: Members,
}

/// What the names of a service's members stand for, in the order of the names: nearly every service has one or two.
#[derive(Debug, Default)]
pub(super) struct Members(SmallVec<[(SmolStr, Member); 2]>);

impl Members {
    /// Of several members with one name the first one counts.
    fn new(members: impl Iterator<Item = (SmolStr, Member)>) -> Self {
        let mut members: SmallVec<[(SmolStr, Member); 2]> = members.collect();
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        members.dedup_by(|(later, _), (first, _)| later == first);
        Self(members)
    }

    pub(super) fn get(&self, name: &str) -> Option<Member> {
        let at = self.0.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.0.get(at).map(|(_, member)| *member)
    }
}

/// What a service has under a name. Each is the place among its like; of a nested service, among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Service(usize),
    Port(usize),
    Output(usize),
    Child(usize),
}

/// Every name of a platform.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    pub(super) symbols: HashMap<SmolStr, (Symbol, Option<Span>)>,
    /// Names that are declared twice: what a reference to one of them means is not known.
    pub(super) ambiguous: HashSet<SmolStr>,
    pub(super) networks: HashMap<SmolStr, usize>,
    pub(super) groups: HashMap<SmolStr, usize>,
    pub(super) volumes: HashMap<SmolStr, usize>,
    /// Every service, a nested one behind the one it belongs to.
    pub(super) services: Vec<Placed<'a>>,
    /// The first nested service of each name.
    pub(super) nested: HashMap<SmolStr, usize>,
}

impl<'a> Names<'a> {
    /// Collects the names of a document with its services, and reports those that clash or cannot be names.
    pub(super) fn new(document: &'a Document, services: &'a [Arc<Service>], sink: &mut Sink) -> Self {
        let mut names = Self::default();
        for (at, name) in BUILT_IN.iter().enumerate() {
            names.symbols.insert((*name).into(), (Symbol::Outside(at), None));
        }
        let variables = document.variable.iter().map(|variable| &variable.name);
        let secrets = document.secret.iter().map(|secret| &secret.name);
        let mut inputs: Vec<&Name> = variables.chain(secrets).collect();
        inputs.sort_by_key(|name| name.span);
        for (at, name) in inputs.into_iter().enumerate() {
            expect_env_name(name, sink);
            names.declare(name, Symbol::Input(at), sink);
        }
        for (at, outside) in document.outside.iter().enumerate() {
            expect_dns_label(&outside.name, sink);
            names.declare(&outside.name, Symbol::Outside(at + BUILT_IN.len()), sink);
        }
        for (at, site) in document.site.iter().enumerate() {
            expect_dns_label(&site.name, sink);
            names.declare(&site.name, Symbol::Site(at), sink);
        }
        for service in services {
            let at = names.place(service, None, sink);
            names.declare(&service.name, Symbol::Service(at), sink);
        }
        names.networks = indices(document.network.iter().map(|network| &network.name), sink);
        names.groups = indices(document.group.iter().map(|group| &group.name), sink);
        names.volumes = indices(document.volume.iter().map(|volume| &volume.name), sink);
        names.artifact_clashes(sink);
        names.volume_clashes(document, sink);
        names
    }

    /// The block of a service.
    pub(super) fn block(&self, service: ServiceId) -> &'a Service {
        self.services[service.0].block
    }

    fn declare(&mut self, name: &Name, symbol: Symbol, sink: &mut Sink) {
        let reserved = name.text == "platform" || name.text == "self";
        if let Some((_, first)) = self.symbols.get(&name.text) {
            self.ambiguous.insert(name.text.clone());
            let diagnostic = Diagnostic::new(codes::NAM002, format!("`{}` stands for two things", name.text))
                .at(name.span, "declared again here")
                .help("variables, secrets, services, sites and outsides share one namespace");
            sink.report(match first {
                Some(first) => diagnostic.at(*first, "declared first here"),
                None => diagnostic.help(format!("`{}` is built in", name.text)),
            });
        } else if reserved {
            sink.report(
                Diagnostic::new(codes::NAM002, format!("`{}` stands for two things", name.text))
                    .at(name.span, "declared here")
                    .help(format!("`{}` is a word of the language", name.text)),
            );
        } else {
            self.symbols.insert(name.text.clone(), (symbol, Some(name.span)));
        }
    }

    fn place(&mut self, block: &'a Arc<Service>, parent: Option<usize>, sink: &mut Sink) -> usize {
        let at = self.services.len();
        // A longer one is a mistake, which must not be copied to everything that stands in the service.
        let own = block.name.text.char_indices().nth(MOST_COPIED);
        let own = own.map_or_else(|| block.name.text.clone(), |(end, _)| block.name.text[..end].into());
        let (path, name) = match parent.and_then(|parent| self.services.get(parent)) {
            Some(parent) => {
                (format_smolstr!("{}.{own}", parent.path), format_smolstr!("{}-{own}", parent.name))
            }
            None => (own.clone(), own),
        };
        expect_dns_label(&block.name, sink);
        if parent.is_some() && is_dns_label(&block.name.text) && !is_dns_label(&name) {
            sink.report(
                Diagnostic::new(codes::TYP007, format!("`{name}` is too long for a name in DNS"))
                    .at(block.name.span, "at most 63 characters with the names around it"),
            );
        }
        expect_members(block, sink);
        self.services.push(Placed { block, path, name, parent, members: Members::default() });
        let mut nested = Vec::with_capacity(block.service.len());
        for service in &block.service {
            let index = self.place(service, Some(at), sink);
            nested.push((service.name.text.clone(), Member::Service(index)));
            self.nested.entry(service.name.text.clone()).or_insert(index);
        }
        let ports = block.port.iter().map(|port| &port.name);
        let outputs = block.output.iter().map(|output| &output.name);
        let children = block.child.iter().map(|child| &child.name);
        let ports = ports.enumerate().map(|(at, name)| (name, Member::Port(at)));
        let outputs = outputs.enumerate().map(|(at, name)| (name, Member::Output(at)));
        let children = children.enumerate().map(|(at, name)| (name, Member::Child(at)));
        let others = ports.chain(outputs).chain(children).map(|(name, member)| (name.text.clone(), member));
        let members = Members::new(nested.into_iter().chain(others));
        if let Some(placed) = self.services.get_mut(at) {
            placed.members = members;
        }
        at
    }

    /// Volumes of services and shared ones have one namespace in artifacts.
    fn volume_clashes(&self, document: &Document, sink: &mut Sink) {
        let shared =
            document.volume.iter().map(|volume| (volume.name.text.as_str().to_owned(), volume.name.span));
        let own = self.services.iter().flat_map(|placed| {
            let volumes = placed.block.volume.iter();
            volumes.map(|volume| (format!("{}-{}", placed.name, volume.name.text), volume.name.span))
        });
        let mut seen: HashMap<String, Span> = HashMap::default();
        for (name, span) in shared.chain(own) {
            if let Some(first) = seen.get(&name) {
                sink.report(
                    Diagnostic::new(codes::NAM005, format!("two volumes are both `{name}` in artifacts"))
                        .at(span, "this one")
                        .at(*first, "and this one")
                        .help("give one of them another name"),
                );
            } else {
                seen.insert(name, span);
            }
        }
    }

    fn artifact_clashes(&self, sink: &mut Sink) {
        let mut seen: HashMap<&str, &Placed<'_>> = HashMap::default();
        for placed in &self.services {
            if let Some(first) = seen.insert(&placed.name, placed)
                && first.path != placed.path
            {
                sink.report(
                    Diagnostic::new(
                        codes::NAM005,
                        format!(
                            "`{}` and `{}` are both `{}` in artifacts",
                            first.path, placed.path, placed.name
                        ),
                    )
                    .at(placed.block.name.span, "this one")
                    .at(first.block.name.span, "and this one")
                    .help("give one of them another name"),
                );
            }
        }
    }
}

/// Reports names that an instance gives twice: ports, children, outputs and nested services share
/// one namespace.
fn expect_members(block: &Service, sink: &mut Sink) {
    let ports = block.port.iter().map(|port| &port.name);
    let children = block.child.iter().map(|child| &child.name);
    let outputs = block.output.iter().map(|output| &output.name);
    let nested = block.service.iter().map(|service| &service.name);
    let members = block.port.len() + block.child.len() + block.output.len() + block.service.len();
    // One name, as nearly every service has it, is not there twice.
    let names = ports.chain(children).chain(outputs).chain(nested).filter(|_| members > 1);
    let mut seen: HashMap<&SmolStr, Span> = HashMap::default();
    for name in names {
        if let Some(first) = seen.insert(&name.text, name.span) {
            sink.report(
                Diagnostic::new(
                    codes::NAM002,
                    format!("`{}` stands for two things in `{}`", name.text, block.name.text),
                )
                .at(name.span, "declared again here")
                .at(first, "declared first here")
                .help("ports, children, outputs and nested services share one namespace"),
            );
        }
    }
    for port in &block.port {
        expect_dns_label(&port.name, sink);
        // Kubernetes wants a letter in the name of a port (RFC 6335, section 5.1).
        if is_dns_label(&port.name.text) && !port.name.text.contains(|c: char| c.is_ascii_alphabetic()) {
            sink.report(
                Diagnostic::new(codes::TYP007, format!("`{}` cannot be the name of a port", port.name.text))
                    .at(port.name.span, "holds no letter")
                    .help("the name says what it is for, such as `http`; the number is the value: `port http = 8080`"),
            );
        }
    }
    for volume in &block.volume {
        expect_dns_label(&volume.name, sink);
    }
}

fn indices<'n>(names: impl Iterator<Item = &'n Name>, sink: &mut Sink) -> HashMap<SmolStr, usize> {
    names
        .enumerate()
        .map(|(at, name)| {
            expect_dns_label(name, sink);
            (name.text.clone(), at)
        })
        .collect()
}

/// Whether a name can be that of an environment variable: POSIX.1-2024, Base Definitions, section 8.1.
pub(super) fn is_env_name(name: &str) -> bool {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(valid) && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn expect_env_name(name: &Name, sink: &mut Sink) {
    if is_env_name(&name.text) {
        return;
    }
    let suggestion = in_plain_letters(&name.text).replace(['-', ' ', '.'], "_");
    let can = Some(format!("`{suggestion}` can")).filter(|_| is_env_name(&suggestion));
    sink.report(
        Diagnostic::new(
            codes::TYP007,
            format!("`{}` cannot be the name of an environment variable", name.text),
        )
        .at(name.span, "letters, digits and `_`, and no digit first")
        .help_maybe(can),
    );
}

/// Letters of other alphabets that are written with plain ones, each as it is written where it has to be.
const LETTERS: &[(&str, &str)] = &[
    ("ä", "ae"),
    ("ö", "oe"),
    ("ü", "ue"),
    ("ß", "ss"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("ø", "oe"),
    ("å", "aa"),
    ("þ", "th"),
    ("àáâãā", "a"),
    ("çćč", "c"),
    ("ðďđ", "d"),
    ("èéêëēęě", "e"),
    ("ìíîïī", "i"),
    ("ł", "l"),
    ("ñńň", "n"),
    ("òóôõō", "o"),
    ("ř", "r"),
    ("śšş", "s"),
    ("ťţ", "t"),
    ("ùúûūů", "u"),
    ("ýÿ", "y"),
    ("źżž", "z"),
    ("ğ", "g"),
    ("ı", "i"),
];

/// A text with plain letters in place of others, where these are written so: `zähler` is `zaehler`.
pub(super) fn in_plain_letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let small = c.to_lowercase().next().unwrap_or(c);
        let plain = LETTERS.iter().find(|(letters, _)| letters.contains(small)).map(|(_, plain)| *plain);
        match plain {
            Some(plain) if c == small => out.push_str(plain),
            Some(plain) => out.push_str(&plain.to_uppercase()),
            None => out.push(c),
        }
    }
    out
}

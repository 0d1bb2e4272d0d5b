//! What a source uses and no target of the platform writes: nothing is passed over in silence.
//!
//! Each target declares of every field what becomes of it ([`Target::coverage`]); the decoder counts the fields that the
//! source uses ([`Uses`]). This room compares the two.

mod compiler;
pub mod lists;
mod overrides;
mod version;

pub use version::too_old;

use crate::diagnostic::{Code, Diagnostic, Sink, codes, list_of, list_of_some};
use crate::formats::{self, Format};
use crate::model::Document;
use crate::model::fields::{NetworkField, RouteField, ServiceField, SiteField, SourceField};
use crate::origins::Origins;
use crate::platform::{Platform, Role};
use crate::schema::{self, Fields as _, Uses};
use crate::source::Span;
use crate::standard;
use crate::target::{self, Coverage, TARGETS, Target};
use smallvec::SmallVec;

/// How many targets a help names; others are counted.
const MOST_NAMED: usize = 4;

/// Reports the fields that the source uses and no target of the platform writes, each kind of block once; and those
/// that restrict access where a target writes what they stand at without them.
pub fn unwritten(uses: &Uses, platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let targets: Vec<&'static Target> = targets(platform).collect();
    // What is written on another runtime is not lost: the platform is compiled for that one as well.
    let mut everywhere = targets.clone();
    let elsewhere = origins.targets().filter(|it| it.runtime.is_some_and(|it| it != platform.runtime));
    everywhere.extend(elsewhere.filter_map(|format| target::find(format.name)));
    let at_gateway = platform.settings.kubernetes.gateway.is_some();
    let mut losses = Losses { uses, targets: &everywhere, at_gateway, found: Vec::new() };
    losses.below(Document::SCHEMA, 0);
    for found in losses.found {
        sink.report(found.diagnostic(platform));
    }
    overrides::unwritten(platform, origins, &everywhere, sink);
    unenforced(uses, &targets, sink);
}

/// Reports what overrides remove and their targets do not write, and what does not hold behind them. Only of a source without mistakes is it known what they
/// write.
pub fn unremoved(platform: &Platform, sink: &mut Sink) {
    let targets: Vec<&'static Target> = targets(platform).collect();
    overrides::missed(platform, &targets, sink);
    overrides::broken(platform, &targets, sink);
}

/// The targets of the platform that write something: the services that read their files are there.
fn targets(platform: &Platform) -> impl Iterator<Item = &'static Target> {
    let reads = |role| platform.with_role(role).next().is_some();
    let on_host = |target: &Target| *target.format == formats::NGINX && platform.settings.nginx.host;
    let targets = target::of(&platform.targets).into_iter();
    targets.filter(move |target| target.format.reader.is_none_or(reads) || on_host(target))
}

/// Whether a target carries a field out. The documentation describes nearly everything; that counts where no other target does more.
fn writes(target: &Target, field: SourceField) -> bool {
    let written = |target: &Target| (target.coverage)(field) == Coverage::Written;
    let describes = |target: &Target| *target.format == formats::DOCS;
    written(target) && !(describes(target) && TARGETS.iter().any(|other| !describes(other) && written(other)))
}

/// Looks for fields that come to nothing.
struct Losses<'a> {
    uses: &'a Uses,
    targets: &'a [&'static Target],
    /// Whether the gateway of a cluster serves sites: what it has no words for is an error (K8S021), and elsewhere it serves none.
    at_gateway: bool,
    found: Vec<Lost>,
}

/// Fields of one block that come to nothing.
struct Lost {
    /// The key of the block; empty for the top level.
    block: &'static str,
    /// Each with the reason of a target that cannot express it, where there is one.
    fields: Vec<LostField>,
}

struct LostField {
    key: &'static str,
    times: u32,
    places: SmallVec<[Span; 2]>,
    reason: Option<(&'static str, &'static str)>,
    /// Targets that the platform does not have, and which write it.
    others: Vec<&'static Format>,
}

impl Losses<'_> {
    /// Looks at the fields of a block, which has a number itself.
    fn below(&mut self, block: &'static schema::Block, number: u32) {
        let mut lost = Vec::new();
        for below in block.below() {
            let (number, nested) = (number + below.number, below.block);
            let end = number + below.count;
            // A block without fields says nothing that could be lost.
            if !(number..end).any(|number| SourceField::at(number).is_some()) {
                continue;
            }
            let Some(used) = self.used(number..end) else { continue };
            if (number..end).any(|number| self.is_written(number)) {
                if let Some(nested) = nested {
                    self.below(nested, number);
                }
                continue;
            }
            lost.push(LostField {
                key: below.key.unwrap_or(block.key),
                times: self.uses.times(used),
                places: self.uses.places(used),
                reason: (number..end).find_map(|number| self.reason(number)),
                others: self.others(number..end),
            });
        }
        if !lost.is_empty() {
            let block = if number == 0 { "" } else { block.key };
            self.found.push(Lost { block, fields: lost });
        }
    }

    /// The number of a field that is used, or of the first below it.
    fn used(&self, mut numbers: std::ops::Range<u32>) -> Option<u32> {
        numbers.find(|number| self.uses.times(*number) > 0)
    }

    fn is_written(&self, number: u32) -> bool {
        let Some(field) = SourceField::at(number) else { return false };
        let of_site = matches!(field, SourceField::site(_) | SourceField::issuer(_));
        let by_target = |target: &&Target| {
            let at_gateway = *target.format == formats::KUBERNETES && of_site;
            writes(target, field) && (self.at_gateway || !at_gateway)
        };
        compiler::uses(field) || (self.at_gateway && of_site) || self.targets.iter().any(by_target)
    }

    fn reason(&self, number: u32) -> Option<(&'static str, &'static str)> {
        let field = SourceField::at(number)?;
        self.targets.iter().find_map(|target| match (target.coverage)(field) {
            Coverage::Lost(reason) => Some((target.format.name, reason)),
            _ => None,
        })
    }

    /// Targets beside those of the platform that write a field.
    fn others(&self, numbers: std::ops::Range<u32>) -> Vec<&'static Format> {
        let is_of_platform =
            |target: &Target| self.targets.iter().any(|known| known.format.name == target.format.name);
        let writes = |target: &&Target| {
            // These write what others are for: one where a gateway is named, one to close it.
            let beside = |field: SourceField| match field {
                SourceField::site(_) | SourceField::issuer(_) => *target.format == formats::KUBERNETES,
                SourceField::service(ServiceField::metrics(_)) => *target.format == formats::NGINX,
                _ => false,
            };
            if numbers.clone().filter_map(SourceField::at).any(beside) {
                return false;
            }
            let mut fields = numbers.clone().filter_map(SourceField::at);
            fields.any(|field| self::writes(target, field))
        };
        let others = TARGETS.iter().filter(|target| !is_of_platform(target)).filter(writes);
        others.map(|target| target.format).collect()
    }
}

impl Lost {
    fn diagnostic(&self, platform: &Platform) -> Diagnostic {
        let of = if self.block.is_empty() { String::new() } else { format!(" of `{}`", self.block) };
        let names = list_of(self.fields.iter().map(|field| field.key));
        let are = if self.fields.len() == 1 { "is" } else { "are" };
        let times = match self.fields.as_slice() {
            [field] if field.times > 1 => format!(", {} times", field.times),
            _ => String::new(),
        };
        let mut diagnostic =
            Diagnostic::new(self.code(), format!("{names}{of} {are} in no artifact of this platform{times}"));
        let mut reasons: Vec<&str> = Vec::new();
        for field in &self.fields {
            let why = match field.reason {
                // A reason that several fields share stands at the first of them.
                Some((_, reason)) if reasons.contains(&reason) => "likewise".to_owned(),
                Some((target, reason)) => {
                    reasons.push(reason);
                    format!("{target}: {reason}")
                }
                None => "no target of the platform writes it".to_owned(),
            };
            for (at, place) in field.places.iter().enumerate() {
                diagnostic = diagnostic.at(*place, if at == 0 { why.as_str() } else { "likewise" });
            }
        }
        diagnostic.help_maybe(self.help(platform))
    }

    /// Which targets would write the fields, and what each of them wants for it.
    fn help(&self, platform: &Platform) -> Option<String> {
        let mut others: Vec<&Format> =
            self.fields.iter().flat_map(|field| field.others.iter().copied()).collect();
        others.sort_unstable_by_key(|format| format.name);
        others.dedup_by_key(|format| format.name);
        let lacks =
            |format: &&Format| format.reader.filter(|role| platform.with_role(*role).next().is_none());
        let (of_roles, of_targets): (Vec<&Format>, Vec<&Format>) =
            others.into_iter().partition(|format| lacks(format).is_some());
        let roles: Vec<Role> = of_roles.iter().filter_map(lacks).collect();
        let components: Vec<String> = roles
            .iter()
            .filter_map(|role| standard::with_role(role.word()))
            .map(|it| format!("{it} {{}}"))
            .collect();
        let names = |formats: &[&Format]| list_of_some(formats.iter().map(|format| format.name), MOST_NAMED);
        let of_roles = (!roles.is_empty()).then(|| {
            let write =
                if roles.len() == 1 { "writes this for a service" } else { "write this for services" };
            let with: Vec<String> = roles.iter().map(|role| format!("role = {}", role.word())).collect();
            let such = if components.is_empty() {
                String::new()
            } else {
                format!(", such as {}", list_of(components.iter().map(String::as_str)))
            };
            format!("{} {write} with {}{such}", names(&of_roles), list_of(with.iter().map(String::as_str)))
        });
        let of_targets = match of_targets.as_slice() {
            [] => None,
            [one] => Some(format!("`{0}` writes this where `targets` of the platform holds `{0}`", one.name)),
            several => Some(format!(
                "{} write this where `targets` of the platform holds one of them",
                names(several)
            )),
        };
        let ways: Vec<String> = of_roles.into_iter().chain(of_targets).collect();
        (!ways.is_empty()).then(|| ways.join("; "))
    }

    fn code(&self) -> &'static Code {
        if self.fields.iter().any(|field| field.reason.is_some()) { codes::TGT002 } else { codes::TGT001 }
    }
}

/// Whether a field restricts who reaches what: without it, what it stands at is open.
fn restricts(field: SourceField) -> bool {
    use SiteField::{limit, route};
    matches!(
        field,
        SourceField::site(
            limit(_) | route(RouteField::from(_) | RouteField::login(_) | RouteField::limit(_))
        ) | SourceField::network(NetworkField::internal(_))
            | SourceField::policy(_)
    )
}

/// TGT007: a target writes what a field stands at, and cannot express the field, which restricts access.
fn unenforced(uses: &Uses, targets: &[&Target], sink: &mut Sink) {
    for number in 0..SourceField::COUNT {
        let used = SourceField::at(number).filter(|_| uses.times(number) > 0);
        let Some(field) = used.filter(|field| restricts(*field)) else { continue };
        for target in targets {
            if let Coverage::Lost(reason) = (target.coverage)(field) {
                sink.report(
                    Diagnostic::new(
                        codes::TGT007,
                        format!("the target `{}` serves this without the restriction", target.format.name),
                    )
                    .at_maybe(uses.places(number).first().copied(), reason)
                    .help(format!(
                        "take `{}` out of the targets of the platform, or the restriction out of the source",
                        target.format.name
                    )),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Uses, unenforced};
    use crate::diagnostic::Sink;
    use crate::hash::HashSet;
    use crate::model::Document;
    use crate::model::fields::{RouteField, SiteField, SourceField};
    use crate::source::{Sources, Span};
    use crate::syntax;
    use crate::target::{Coverage, TARGETS, Target};

    /// What a text uses of the language.
    fn uses(text: &str) -> Uses {
        let mut sources = Sources::default();
        let id = sources.add("a.infra", text.to_owned());
        let file = syntax::parse(&sources, id, &mut Sink::default());
        let (origin, none) = (Span::new(id, 0, 0), HashSet::default());
        let (_, (_, uses)) = Document::part(file.entries, origin, &[], &none, &mut Sink::default());
        uses
    }

    /// A target that serves sites and knows no logins.
    fn without_logins(field: SourceField) -> Coverage {
        match field {
            SourceField::site(SiteField::route(RouteField::login(_))) => Coverage::Lost("it knows no logins"),
            SourceField::site(_) => Coverage::Written,
            _ => Coverage::NotConcerned,
        }
    }

    #[test]
    fn a_restriction_that_a_target_leaves_out_is_an_error() {
        let target = Target { coverage: without_logins, ..TARGETS[0] };
        let codes = |text: &str| {
            let mut sink = Sink::default();
            unenforced(&uses(text), &[&target], &mut sink);
            sink.finish().iter().map(|found| (found.code.id, found.is_error())).collect::<Vec<_>>()
        };
        let site = |route: &str| format!("site a = \"a.example\" {{ route \"/\" = b.http {{ {route} }} }}");
        assert_eq!(codes(&site("login = USERS")), [("TGT007", true)]);
        assert_eq!(codes(&site("websocket = true")), []);
    }
}

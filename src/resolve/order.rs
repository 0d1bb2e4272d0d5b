//! What starts before what, derived from references, `after` and `wait`.

use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::{HashMap, HashSet};
use crate::model::{Condition, Role, RunKind};
use crate::platform::{Dependency, Platform, Service, ServiceId};
use crate::source::Span;
use crate::syntax::{Path, Scope};

/// Fills in the dependencies of every service.
pub(super) fn order(platform: &mut Platform, mentions: &[Mentions], texts: &mut Texts<'_>) {
    let mut all = Vec::with_capacity(platform.services.len());
    let signers = platform.with_role(Role::Certificates).filter(|service| service.is_job());
    let mut signers_of: HashMap<ServiceId, Vec<&Service>> = HashMap::default();
    for signer in signers {
        if let Some(proxy) = signer.parent {
            signers_of.entry(proxy).or_default().push(signer);
        }
    }
    for (service, mentioned) in platform.services.iter().zip(mentions) {
        let mut dependencies = Dependencies { of: service, list: Vec::new(), known: HashSet::default() };
        waits(&mut dependencies, platform, texts);
        dependencies.known.extend(dependencies.list.iter().map(|dependency| dependency.on));
        for (at, span) in after(service, texts) {
            dependencies.derive(platform, at, span);
        }
        for &(at, _, span) in &mentioned.ports {
            dependencies.derive(platform, at, span);
        }
        for &(at, span) in &mentioned.jobs {
            dependencies.derive(platform, at, span);
        }
        // A proxy whose certificates are signed here starts behind that, so that its first answer is one over TLS.
        for job in signers_of.get(&service.id).into_iter().flatten() {
            dependencies.derive(platform, job.id.0, job.span);
        }
        let (without, mut list): (Vec<Dependency>, Vec<Dependency>) =
            dependencies.list.into_iter().partition(|dependency| dependency.condition == Condition::Nothing);
        list.sort_by_key(|dependency| dependency.on);
        all.push((list, without.iter().map(|dependency| dependency.on).collect()));
    }
    for (service, (dependencies, starts_without)) in platform.services.iter_mut().zip(all) {
        service.dependencies = dependencies;
        service.starts_without = starts_without;
    }
}

struct Dependencies<'a> {
    of: &'a Service,
    list: Vec<Dependency>,
    /// Whom it is known to wait for.
    known: HashSet<ServiceId>,
}

impl Dependencies<'_> {
    /// Adds what a mention means, unless the source says it otherwise.
    fn derive(&mut self, platform: &Platform, at: usize, span: Span) {
        let on = ServiceId(at);
        let Some(service) = platform.services.get(at) else { return };
        // A service without a container of its own stands for what is nested in it.
        if on == self.of.id || !service.runs() || self.known.contains(&on) {
            return;
        }
        let condition = match service.run {
            // It runs when it is due; nobody can wait for that.
            RunKind::Schedule => return,
            RunKind::Once => Condition::Completed,
            RunKind::Always | RunKind::EachHost if service.health.is_checked() => Condition::Healthy,
            RunKind::Always | RunKind::EachHost => Condition::Started,
        };
        self.known.insert(on);
        self.list.push(Dependency { on, condition, said: false, span });
    }
}

fn waits(dependencies: &mut Dependencies<'_>, platform: &Platform, texts: &mut Texts<'_>) {
    for wait in &texts.names.block(dependencies.of.id).wait {
        let segments = wait.service.text.split('.').map(Into::into).collect();
        let path = Path { segments, span: wait.service.span, scope: Scope::Platform };
        match texts.find(&path, &mut Mentions::default()) {
            Some(Thing::Service(at)) if at == dependencies.of.id.0 => texts.sink.report(
                Diagnostic::new(codes::DEP002, format!("`{}` waits for itself", dependencies.of.path))
                    .at(path.span, "is this very service"),
            ),
            Some(Thing::Service(at)) if platform.services.get(at).is_some_and(|on| !on.runs()) => {
                texts.sink.report(
                    Diagnostic::new(
                        codes::NAM004,
                        format!("`{}` runs nothing itself, so nobody can wait for it", path.text()),
                    )
                    .at(path.span, "a service that runs is needed here")
                    .help("wait for one of the services that are nested in it"),
                );
            }
            Some(Thing::Service(at)) if at < platform.services.len() => dependencies.list.push(Dependency {
                on: ServiceId(at),
                condition: wait.condition,
                said: true,
                span: wait.span,
            }),
            Some(thing) => texts.wrong_kind(&path, &thing, "a service"),
            None => {}
        }
    }
}

fn after(service: &Service, texts: &mut Texts<'_>) -> Vec<(usize, Span)> {
    let list =
        texts.names.block(service.id).after.as_ref().map(|list| list.items.as_slice()).unwrap_or_default();
    let mut found = Vec::with_capacity(list.len());
    for item in list {
        match texts.find(&item.0, &mut Mentions::default()) {
            Some(Thing::Service(at)) if at == service.id.0 => texts.sink.report(
                Diagnostic::new(codes::DEP002, format!("`{}` waits for itself", service.path))
                    .at(item.0.span, "is this very service")
                    .help("take it out: `after` names the others that start before it"),
            ),
            Some(Thing::Service(at) | Thing::Port(at, _)) => found.push((at, item.0.span)),
            Some(thing) => texts.wrong_kind(&item.0, &thing, "a service"),
            None => {}
        }
    }
    found
}

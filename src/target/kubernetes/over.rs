//! Overrides of objects: what the source writes at a service or for the whole platform, put over the objects that are made
//! of it, and whether what comes out still holds.
//!
//! The compiler proves things of what it writes: that selectors match, that pods keep to the Pod Security Standards, that
//! rules of the network follow the ports. An override is put over all of that, so what is merged is looked at again:
//! [`kept`] for what the compiler derives, [`steps`] for pods that copy, [`level`] for pods, `super::api` for what an API server
//! refuses.

mod findings;
mod kept;
mod level;
mod steps;

use findings::Findings;

use super::object::{Object, Stage};
use super::objects;
use crate::digest::Digest;
use crate::emit;
use crate::formats::KUBERNETES;
use crate::hash::{HashMap, IndexMap};
use crate::platform::{ObjectName, Override, Platform, Service, ServiceId};
use crate::target::{Fault, FaultKind, Files, Missed, order, overrides};

/// The overrides of this target, each with the service that it stands in.
fn each(platform: &Platform) -> impl Iterator<Item = (&Override, Option<&Service>)> {
    let own = platform.overrides.iter().map(|over| (over, None));
    let of_services = platform.services.iter().filter(|service| service.runs());
    let of_services =
        of_services.flat_map(|service| service.overrides.iter().map(move |over| (over, Some(service))));
    own.chain(of_services).filter(|(over, _)| *over.target == KUBERNETES)
}

/// Whether overrides extend objects of a service, or those that are made of the platform itself.
pub(super) fn extends(platform: &Platform, service: Option<&Service>) -> bool {
    let overrides = service.map_or(&platform.overrides, |service| &service.overrides);
    overrides.iter().any(|over| *over.target == KUBERNETES)
}

/// Whether overrides extend any object.
pub(super) fn is_used(platform: &Platform) -> bool {
    each(platform).next().is_some()
}

/// The objects of a platform by what they are made of.
struct Owned<'a> {
    objects: Vec<&'a Object>,
    places: HashMap<Option<ServiceId>, Vec<usize>>,
}

impl<'a> Owned<'a> {
    fn new(objects: impl Iterator<Item = &'a Object>) -> Self {
        let objects: Vec<&Object> = objects.collect();
        let mut places: HashMap<Option<ServiceId>, Vec<usize>> = HashMap::default();
        for (at, object) in objects.iter().enumerate() {
            places.entry(object.owner).or_default().push(at);
        }
        Self { objects, places }
    }

    /// The objects that are made of a service, or of the platform itself.
    fn of(&self, service: Option<&Service>) -> impl Iterator<Item = (usize, &'a Object)> {
        let places = self.places.get(&service.map(|service| service.id)).map(Vec::as_slice);
        let objects = &self.objects;
        places.unwrap_or_default().iter().filter_map(move |at| Some((*at, *objects.get(*at)?)))
    }

    /// The place of the object that an override extends: of its kind and name; without a name it is called as the service is,
    /// or the only one of its kind.
    fn find(&self, wanted: &ObjectName, service: Option<&Service>) -> Option<usize> {
        let of_kind: Vec<(usize, &Object)> =
            self.of(service).filter(|(_, object)| object.kind == wanted.kind).collect();
        let named = |name: &str| of_kind.iter().find(|(_, object)| object.name == name).map(|(at, _)| *at);
        match (&wanted.name, service, of_kind.as_slice()) {
            (Some(name), ..) => named(name),
            (None, _, [(only, _)]) => Some(*only),
            (None, Some(service), _) => named(&service.name),
            (None, None, _) => None,
        }
    }
}

/// Puts the overrides of a platform over its objects.
pub(super) fn apply(platform: &Platform, objects: &mut [&mut Object]) {
    if is_used(platform) {
        put(platform, objects);
    }
}

/// Objects that overrides have changed, by their places: the overrides, and the service that they stand in.
type Changed<'a> = IndexMap<usize, (Vec<&'a Override>, Option<&'a Service>)>;

/// The same; the objects that have changed, with the overrides that changed them, and what is removed and was not there.
fn put<'a>(platform: &'a Platform, objects: &mut [&mut Object]) -> (Changed<'a>, Vec<Missed>) {
    let mut changed = Changed::default();
    let mut missed = Vec::new();
    let found: Vec<_> = {
        let owned = Owned::new(objects.iter().map(|object| &**object));
        let find = |(over, service): (&'a Override, Option<&'a Service>)| {
            let at = owned.find(over.object.as_ref()?, service)?;
            Some((at, over, service))
        };
        each(platform).filter_map(find).collect()
    };
    for (at, over, service) in found {
        let Some(object) = objects.get_mut(at) else { continue };
        // A kind without keys was reported.
        let Some((kind, _)) = KUBERNETES.keys().and_then(|keys| keys.named(&object.kind)) else {
            continue;
        };
        missed.extend(overrides::extend(&KUBERNETES, kind, over, &mut object.tree));
        changed.entry(at).or_insert_with(|| (Vec::new(), service)).0.push(over);
    }
    for at in changed.keys() {
        let Some(object) = objects.get_mut(*at) else { continue };
        object.settle();
        if object.stage == Stage::Job && object.kind == "Job" {
            rename(object);
        }
    }
    (changed, missed)
}

/// Gives a Job a name by what it now does: it cannot be changed.
fn rename(job: &mut Object) {
    let digest = Digest::of(emit::json(&job.tree).as_bytes()).short();
    let Some((service, _)) = job.name.rsplit_once('-') else { return };
    let name = format!("{service}-{}", digest.get(..8).unwrap_or(&digest));
    job.rename(&name);
}

/// What overrides remove and is not there.
pub(super) fn missed(platform: &Platform) -> Vec<Missed> {
    with_files(platform, |files| {
        let mut objects = objects::plain(platform, files);
        put(platform, &mut objects.iter_mut().collect::<Vec<_>>()).1
    })
}

/// What overrides break.
pub(super) fn faults(platform: &Platform) -> Vec<Fault> {
    if !is_used(platform) {
        return Vec::new();
    }
    with_files(platform, |files| {
        let before = objects::plain(platform, files);
        let mut faults = Vec::new();
        let owned = Owned::new(before.iter());
        for (over, service) in each(platform) {
            faults.extend(unmet(over, service, &owned, platform));
        }
        let mut merged = before.clone();
        let (changed, _) = put(platform, &mut merged.iter_mut().collect::<Vec<_>>());
        for (at, (overrides, service)) in &changed {
            let (Some(before), Some(after)) = (before.get(*at), merged.get(*at)) else { continue };
            let mut found = Findings { faults: Vec::new(), overrides, object: after };
            kept::look(before, after, *service, &mut found);
            level::look(after, *service, &mut found);
            found.refused(platform.settings.kubernetes.written_for());
            faults.append(&mut found.faults);
        }
        faults
    })
}

/// Calls a function with the files that services mount.
pub(super) fn with_files<T>(platform: &Platform, then: impl FnOnce(&Files<'_>) -> T) -> T {
    let mounted = order::mounted(platform);
    then(&Files::new(&mounted))
}

/// An override of an object that is not there.
fn unmet(
    over: &Override,
    service: Option<&Service>,
    owned: &Owned<'_>,
    platform: &Platform,
) -> Option<Fault> {
    let wanted = over.object.as_ref()?;
    if owned.find(wanted, service).is_some() {
        return None;
    }
    let taken = |object: &Object| KUBERNETES.keys().is_some_and(|keys| keys.get(&object.kind).is_some());
    let there: Vec<&Object> =
        owned.of(service).map(|(_, object)| object).filter(|object| taken(object)).collect();
    let of_kind: Vec<&Object> = there.iter().copied().filter(|object| object.kind == wanted.kind).collect();
    let of = service
        .map_or_else(|| format!("platform `{}`", platform.name), |service| format!("`{}`", service.path));
    let names = |objects: &[&Object]| objects.iter().map(|object| object.name.clone()).collect::<Vec<_>>();
    let (label, word, choices) = match (&wanted.name, of_kind.as_slice()) {
        (_, []) => {
            let mut kinds: Vec<String> = there.iter().map(|object| object.kind.clone()).collect();
            kinds.dedup();
            (format!("{of} has no {}", wanted.kind), wanted.kind.clone(), kinds)
        }
        (Some(name), several) => {
            (format!("{of} has no {} of this name", wanted.kind), name.clone(), names(several))
        }
        (None, several) => (
            format!("{of} has {} of this kind: name one", several.len()),
            wanted.kind.clone(),
            names(several),
        ),
    };
    Some(Fault {
        kind: FaultKind::NoObject,
        span: over.span,
        about: service.map(|service| service.path.clone()),
        message: format!("`{wanted}` of `override {}` is in no artifact", over.target.name),
        label,
        help: None,
        wanted: word,
        choices,
    })
}

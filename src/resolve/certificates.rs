//! What gets certificates, fitted to the sites: a service with `role = certificates` is there where its proxy serves a
//! site whose certificate something of the platform has to get; it is a job where all of these sign themselves. And
//! volumes that a nested service mounts of the service it stands in, which become shared ones.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use crate::hash::HashMap;
use crate::model::{Document, Mount, Role, Run, RunKind, Service, Volume};
use crate::platform::{ACCOUNTS, ACME};
use crate::schema::Constant;

/// What has to be done for the sites of a proxy.
#[derive(Debug, Default, Clone, Copy)]
struct Work {
    signs: bool,
    orders: bool,
}

/// Takes out what no site needs, and shares what nested services mount.
pub(super) fn fit(document: &mut Document) {
    let work = work(document);
    let mut volumes = Vec::new();
    for service in &mut document.service {
        if !service.service.is_empty() {
            let (path, name) = (service.name.text.clone(), service.name.text.clone());
            fit_service(service, (&path, &name), &work, &mut volumes);
        }
    }
    document.volume.append(&mut volumes);
}

/// The work for each proxy, by its path.
fn work(document: &Document) -> HashMap<SmolStr, Work> {
    let mut proxies = Vec::new();
    for service in &document.service {
        collect(service, service.name.text.clone(), &mut proxies);
    }
    let only = if let [proxy] = proxies.as_slice() { Some(proxy) } else { None };
    let mut work: HashMap<SmolStr, Work> = HashMap::default();
    for site in &document.site {
        let Some(tls) = site.tls.as_ref().filter(|tls| tls.enabled) else { continue };
        let proxy = site.served_by.as_ref().map(|proxy| SmolStr::from(proxy.0.text()));
        let Some(proxy) = proxy.or_else(|| only.cloned()) else { continue };
        let work = work.entry(proxy).or_default();
        match tls.issuer.as_ref().map(|word| word.text.as_str()) {
            Some("self") => work.signs = true,
            Some("files") => {}
            _ => work.orders = true,
        }
    }
    work
}

fn collect(service: &Service, path: SmolStr, proxies: &mut Vec<SmolStr>) {
    for nested in &service.service {
        collect(nested, format_smolstr!("{path}.{}", nested.name.text), proxies);
    }
    if service.role == Some(Role::Proxy) {
        proxies.push(path);
    }
}

/// `names` are the path of the service and what artifacts call it.
fn fit_service(
    service: &mut Arc<Service>,
    (path, name): (&str, &str),
    work: &HashMap<SmolStr, Work>,
    volumes: &mut Vec<Volume>,
) {
    let is_shared = |nested: &Service| nested.mount.iter().any(|mount| own(mount, path).is_some());
    let gets = |nested: &Service| nested.role == Some(Role::Certificates);
    let concerned = |nested: &Arc<Service>| {
        gets(nested) || is_shared(nested) || nested.service.iter().any(|inner| !inner.service.is_empty())
    };
    if !service.service.iter().any(concerned) && service.service.iter().all(|it| it.service.is_empty()) {
        return;
    }
    let service = Arc::make_mut(service);
    fit_work(service, path, work.get(path).copied().unwrap_or_default());
    for nested in &mut service.service {
        let (path, name) = (format!("{path}.{}", nested.name.text), format!("{name}-{}", nested.name.text));
        fit_service(nested, (&path, &name), work, volumes);
    }
    share(service, (path, name), volumes);
}

/// The volume of the service at a path that a mount names: `proxy.certificates` is the one of `proxy`.
fn own<'m>(mount: &'m Mount, path: &str) -> Option<&'m str> {
    mount.name.text.strip_prefix(path)?.strip_prefix('.').filter(|volume| !volume.contains('.'))
}

/// Leaves of the services that get certificates, and of their volumes, what the work needs.
fn fit_work(service: &mut Service, path: &str, work: Work) {
    if !service.service.iter().any(|nested| nested.role == Some(Role::Certificates)) {
        return;
    }
    let mut unneeded: Vec<SmolStr> = Vec::new();
    for nested in service.service.iter_mut().filter(|nested| nested.role == Some(Role::Certificates)) {
        let nested = Arc::make_mut(nested);
        if work.orders {
            continue;
        }
        let is_needed =
            |path: &Constant| work.signs && !matches!(path.text.as_literal(), Some(ACME | ACCOUNTS));
        let dropped = nested.mount.iter().filter(|mount| !is_needed(&mount.path));
        unneeded.extend(dropped.filter_map(|mount| own(mount, path)).map(SmolStr::from));
        nested.mount.retain(|mount| is_needed(&mount.path));
        nested.volume.retain(|volume| is_needed(&volume.path));
        // What signs ends, so it is not asked how it does.
        nested.run = Some(Run {
            span: nested.span,
            kind: RunKind::Once,
            cron: None,
            zone: None,
            deadline: None,
            overlap: None,
        });
        nested.health = None;
    }
    if !work.orders && !work.signs {
        service.service.retain(|nested| nested.role != Some(Role::Certificates));
    }
    service.volume.retain(|volume| volume.read_only != Some(true) || !unneeded.contains(&volume.name.text));
}

/// Makes shared volumes of those that nested services mount.
fn share(service: &mut Service, (path, name): (&str, &str), volumes: &mut Vec<Volume>) {
    let mut kept = Vec::with_capacity(service.volume.len());
    for volume in std::mem::take(&mut service.volume) {
        let of_it = |mount: &Mount| own(mount, path) == Some(volume.name.text.as_str());
        if !service.service.iter().any(|nested| nested.mount.iter().any(of_it)) {
            kept.push(volume);
            continue;
        }
        let mut shared = volume.name.clone();
        shared.text = format_smolstr!("{name}-{}", volume.name.text);
        for nested in service.service.iter_mut().filter(|nested| nested.mount.iter().any(of_it)) {
            for mount in Arc::make_mut(nested).mount.iter_mut().filter(|mount| of_it(mount)) {
                mount.name.text = shared.text.clone();
            }
        }
        service.mount.push(Mount {
            span: volume.span,
            name: shared.clone(),
            path: volume.path,
            read_only: volume.read_only,
        });
        volumes.push(Volume {
            span: volume.span,
            name: shared,
            size: volume.size,
            description: volume.description,
            backup: volume.backup,
            concurrent: None,
        });
    }
    service.volume = kept;
}

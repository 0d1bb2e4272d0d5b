//! Scrape jobs, and what probes look at.

use super::certificates;
use super::exports::Tables;
use crate::platform::observe::{Job, Metric, Module, Probe, SCRAPE_INTERVAL, SCRAPE_TIMEOUT};
use crate::platform::{Platform, Role, Service};
use crate::resolve::text::Texts;

/// The scrape jobs: one of each service with metrics, and of a probe also those of what it looks at.
pub(super) fn jobs(platform: &Platform, tables: &mut Tables<'_>, texts: &mut Texts<'_>) -> Vec<Job> {
    let mut jobs = Vec::new();
    for service in &platform.services {
        let Some(metrics) = &service.metrics else { continue };
        let said = texts.names.block(service.id).metrics.as_ref();
        let interval = said.and_then(|metrics| metrics.interval).unwrap_or(SCRAPE_INTERVAL);
        let timeout = said.and_then(|metrics| metrics.timeout);
        let job = Job {
            name: service.name.clone(),
            service: service.id,
            port: metrics.port,
            path: metrics.path.clone(),
            interval,
            interval_said: said.is_some_and(|metrics| metrics.interval.is_some()),
            timeout: timeout.unwrap_or(SCRAPE_TIMEOUT.min(interval)),
            timeout_said: timeout.is_some(),
            probes: Vec::new(),
            exports: tables.of(service, texts),
            span: metrics.span,
        };
        let probes = probes(platform, service);
        let looks = (!probes.is_empty()).then(|| {
            let mut exports = job.exports.clone();
            // What a program exports of itself is not among the answers about sites.
            let answers = |metric: &Metric| metric.path.iter().any(|path| path == PROBE_PATH);
            exports.shared.retain(|table| table.metrics.iter().any(answers));
            let name = format!("{}-sites", service.name);
            Job { name, path: PROBE_PATH.to_owned(), probes, exports, ..job.clone() }
        });
        let of_certificates = looks.iter().flat_map(|looks| {
            certificates::by_issuer(platform).into_iter().map(|(issuer, (_, probes))| Job {
                name: certificates::job(service, issuer),
                probes,
                ..looks.clone()
            })
        });
        let of_certificates: Vec<Job> = of_certificates.collect();
        jobs.push(job);
        jobs.extend(looks);
        jobs.extend(of_certificates);
    }
    jobs
}

/// Where a probe answers what it was asked for (prometheus/blackbox_exporter:README.md).
pub(super) const PROBE_PATH: &str = "/probe";

/// The sites that a probe looks at, each with the address that it asks for. A name that the operator sets is not known here,
/// and one that begins with `*` is no host (OBS011).
fn probes(platform: &Platform, service: &Service) -> Vec<Probe> {
    if service.role != Some(Role::Probe) {
        return Vec::new();
    }
    // Of a site that is shut nobody need hear that it does not answer.
    let open = platform.sites.iter().filter(|site| site.maintenance.is_none());
    let known = open.filter_map(|site| Some((site, site.host()?, site.probe.as_deref()?)));
    known
        .map(|(site, host, path)| {
            let usual = if site.tls.is_some() { 443 } else { 80 };
            let port = Some(platform.asked_at(site)).filter(|port| *port != usual);
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            let address = format!("{}://{host}{port}{}", site.scheme(), if path == "/" { "" } else { path });
            let unknown = site.tls.as_ref().is_some_and(|tls| !tls.issuer.public);
            let module = if unknown { Module::Unverified } else { Module::Answer };
            Probe { site: site.name.clone(), address, module }
        })
        .collect()
}

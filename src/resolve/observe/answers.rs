//! Which of the alerts that components bring have somebody who evaluates them, and series.

use std::sync::OnceLock;

use super::jobs::PROBE_PATH;
use super::query::Written;
use crate::hash::HashSet;
use crate::model::{self, Role};
use crate::platform::observe::{Job, Observed};
use crate::platform::{Platform, ServiceId};
use crate::source::FileId;
use crate::standard::exports;

/// What is looked up for every alert.
pub(super) struct Answers<'a> {
    platform: &'a Platform,
    observed: &'a Observed,
    /// The files that are a part of the compiler.
    embedded: &'a HashSet<FileId>,
    /// Whether anybody evaluates rules.
    evaluated: bool,
    /// Whether a job may export anything.
    open: bool,
    /// The metrics that programs are known to export; read when one is first asked for that the platform has not.
    known: OnceLock<HashSet<&'static str>>,
}

impl<'a> Answers<'a> {
    pub(super) fn new(platform: &'a Platform, observed: &'a Observed, embedded: &'a HashSet<FileId>) -> Self {
        Self {
            platform,
            observed,
            embedded,
            evaluated: platform.with_role(Role::Metrics).next().is_some(),
            open: observed.is_open(),
            known: OnceLock::new(),
        }
    }

    /// Whether an alert has an answer. One that the platform's source says must have it, wherever it stands there.
    /// One that comes with a standard component may need a metrics server, a site to probe, or the metrics of
    /// another component, which are known, and not there.
    pub(super) fn are_there(
        &self,
        written: &Written,
        owner: Option<ServiceId>,
        block: &model::Alert,
    ) -> bool {
        let brought = owner.filter(|_| self.embedded.contains(&block.name.span.file));
        let Some(owner) = brought else { return true };
        if self.platform[owner].role == Some(Role::Probe) && self.is_of_sites(written, owner) {
            return false;
        }
        self.evaluated && (self.open || !written.metrics().any(|metric| self.is_of_others(metric)))
    }

    /// Whether it asks about sites, of which the probe has none, or none with TLS.
    fn is_of_sites(&self, written: &Written, owner: ServiceId) -> bool {
        let jobs: Vec<&Job> = self.observed.jobs.iter().filter(|job| job.service == owner).collect();
        let none = jobs.iter().all(|job| job.probes.is_empty());
        let no_tls = jobs.iter().any(|job| job.is_without_tls());
        let of_sites = |metric: &str| {
            let found = jobs.iter().find_map(|job| job.exports.series(metric));
            found.is_some_and(|found| {
                found.metric.path.iter().any(|path| path == PROBE_PATH)
                    && (none || no_tls && found.metric.tls)
            })
        };
        (none || no_tls) && written.metrics().any(of_sites)
    }

    /// Whether programs are known to export a metric, of which the platform has none.
    fn is_of_others(&self, metric: &str) -> bool {
        let exported = self.observed.exporters(metric).next().is_some();
        let known = || exports::EXPORTS.iter().flat_map(|(_, _, source)| exports::names(source)).collect();
        !exported && !self.observed.is_elsewhere(metric) && self.known.get_or_init(known).contains(metric)
    }
}

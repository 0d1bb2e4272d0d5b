//! Backups: for each a CronJob whose pods take a copy, and one that stands still, of which a Job is made to bring a copy back.
//!
//! A copy is what `scripts/backup.sh` makes on a host: the same files, the same digests, in the same place of a bucket. It lies in
//! a claim of its own, as it lies in a folder there, so `keep`, `retention` and `upload` mean the same. The commands of the `dump`
//! run in the service's image and reach the server by its address; the programs around them stand in `targets/kubernetes/backup/`.

mod facts;
mod place;
mod pod;
mod runbook;

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec, JobSpec, JobTemplateSpec};
use k8s_openapi::api::core::v1::{ConfigMap, PodSpec, PodTemplateSpec, ServiceAccount};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::config::Config;
use super::{Context, claim, labels};
use crate::platform::{Backup, Service};
use crate::target::kubernetes::object::{Object, Stage};
use crate::target::scripts;

/// The programs, as a ConfigMap holds them beside what is known of one backup.
const PROGRAMS: [(&str, &str); 12] = [
    ("choose.sh", include_str!("../../../../targets/kubernetes/backup/choose.sh")),
    ("common.sh", include_str!("../../../../targets/kubernetes/backup/common.sh")),
    ("compare.sh", include_str!("../../../../targets/kubernetes/backup/compare.sh")),
    ("counts.sh", scripts::COUNTS),
    ("fetch.sh", include_str!("../../../../targets/kubernetes/backup/fetch.sh")),
    ("finish.sh", include_str!("../../../../targets/kubernetes/backup/finish.sh")),
    ("prune.sh", include_str!("../../../../targets/kubernetes/backup/prune.sh")),
    ("restore.sh", include_str!("../../../../targets/kubernetes/backup/restore.sh")),
    ("save.sh", include_str!("../../../../targets/kubernetes/backup/save.sh")),
    ("seal.sh", include_str!("../../../../targets/kubernetes/backup/seal.sh")),
    ("upload.sh", include_str!("../../../../targets/kubernetes/backup/upload.sh")),
    ("verify.sh", include_str!("../../../../targets/kubernetes/backup/verify.sh")),
];

/// Where a container sees them.
const FOLDER: &str = "/infrac";

/// Where it sees the claim of copies, in which these programs look for them.
const COPIES: &str = "/copies";

/// Where programs look for the volumes whose files are copied.
const VOLUMES: &str = "/volumes";

/// How late a run may start, in seconds: an hour, as every other one of a schedule.
const DEADLINE: i64 = 3_600;

/// How often a copy is tried: rules of the network may come a little later than the pod (cloudnativelabs/kube-router#873).
const RETRIES: i32 = 3;

/// A day that no year has, for what a person alone starts: a schedule is required, and this one holds should the CronJob be switched
/// on by mistake.
const NEVER: &str = "0 0 30 2 *";

/// The longest that a restore may take, in seconds: a day. One that hangs would keep the services that stand still from coming back.
const RESTORE_ENDS: i64 = 86_400;

/// The longest that a run with all of its retries may take, in seconds. One that hangs would keep all later ones from starting.
fn taking_ends(backup: &Backup) -> i64 {
    i64::try_from(backup.alert_after.0 / 2_000).unwrap_or(i64::MAX).max(1)
}

/// What the backups of a service are made of.
#[derive(Debug, Default)]
pub(super) struct Copied {
    pub(super) objects: Vec<Object>,
}

impl Copied {
    /// The objects that have pods.
    pub(super) fn workloads(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| object.stage == Stage::Job)
    }
}

/// The backups of a service that a cluster takes.
pub(super) fn of_service(cluster: &Context<'_>, service: &Service, configs: &[Config], file: &str) -> Copied {
    let platform = cluster.platform;
    let own = platform.taken().filter(|backup| backup.of == service.id);
    let objects = own.flat_map(|backup| {
        let one = One { cluster, service, backup, configs };
        [
            one.account(&backup.of_taker(), file),
            one.account(&backup.of_restorer(), file),
            one.programs(file),
            claim::of_copies(platform, backup),
            one.taker(file),
            one.restorer(file),
        ]
    });
    Copied { objects: objects.collect() }
}

/// One backup, with what its objects are made of.
struct One<'a> {
    cluster: &'a Context<'a>,
    service: &'a Service,
    backup: &'a Backup,
    configs: &'a [Config],
}

impl One<'_> {
    fn metadata(&self, name: String, label: &str) -> ObjectMeta {
        let platform = self.cluster.platform;
        ObjectMeta {
            name: Some(name),
            namespace: Some(platform.namespace_of(self.service)),
            labels: Some(labels::of_copier(platform, label)),
            ..ObjectMeta::default()
        }
    }

    fn account(&self, name: &str, file: &str) -> Object {
        let metadata = self.metadata(name.to_owned(), name);
        // No pod of it asks the API.
        let account = ServiceAccount {
            metadata,
            automount_service_account_token: Some(false),
            ..ServiceAccount::default()
        };
        Object::new(file, Stage::Account, &account)
    }

    fn programs(&self, file: &str) -> Object {
        let name = self.backup.of_taker();
        let programs = PROGRAMS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let platform = self.cluster.platform;
        let known = [
            ("facts.sh".to_owned(), facts::text(platform, self.service, self.backup)),
            ("places".to_owned(), place::table(platform, self.backup)),
        ];
        let data: BTreeMap<String, String> = programs.chain(known).collect();
        let map = ConfigMap {
            metadata: self.metadata(name.clone(), &name),
            data: Some(data),
            ..ConfigMap::default()
        };
        Object::new(file, Stage::Config, &map)
    }

    fn taker(&self, file: &str) -> Object {
        let backup = self.backup;
        let label = backup.of_taker();
        let job = self.job(&label, pod::taking(self), RETRIES, taking_ends(backup));
        let spec = schedule(backup.schedule.clone(), false, job);
        let job = CronJob { metadata: self.metadata(backup.taker(), &label), spec, ..CronJob::default() };
        let kept = match backup.retention {
            Some(retention) => format!("; one is removed after {retention}"),
            None => String::new(),
        };
        Object::new(file, Stage::Job, &job).with_comment([format!(
            "Takes a copy of {}, verifies it, and keeps {} at least{kept}.",
            self.service.path, backup.keep
        )])
    }

    fn restorer(&self, file: &str) -> Object {
        let (platform, backup) = (self.cluster.platform, self.backup);
        let label = backup.of_restorer();
        // What failed in the middle is looked at before it is tried again.
        let job = self.job(&label, pod::restoring(self), 0, RESTORE_ENDS);
        let spec = schedule(NEVER.to_owned(), true, job);
        let job = CronJob { metadata: self.metadata(backup.restorer(), &label), spec, ..CronJob::default() };
        Object::new(file, Stage::Job, &job).with_comment(runbook::lines(platform, self.service, backup))
    }

    fn job(&self, label: &str, spec: PodSpec, retries: i32, ends: i64) -> JobTemplateSpec {
        let platform = self.cluster.platform;
        let labels = || Some(labels::of_copier(platform, label));
        JobTemplateSpec {
            metadata: Some(ObjectMeta { labels: labels(), ..ObjectMeta::default() }),
            spec: Some(JobSpec {
                backoff_limit: Some(retries),
                active_deadline_seconds: Some(ends),
                template: PodTemplateSpec {
                    metadata: Some(ObjectMeta { labels: labels(), ..ObjectMeta::default() }),
                    spec: Some(spec),
                },
                ..JobSpec::default()
            }),
        }
    }
}

/// One at a time, in UTC.
fn schedule(schedule: String, suspend: bool, job_template: JobTemplateSpec) -> CronJobSpec {
    CronJobSpec {
        schedule,
        // Said in either case: a person suspends it while a copy comes back, and the next apply lets it go on.
        suspend: Some(suspend),
        time_zone: Some("Etc/UTC".to_owned()),
        concurrency_policy: Some("Forbid".to_owned()),
        starting_deadline_seconds: Some(DEADLINE),
        failed_jobs_history_limit: Some(3),
        successful_jobs_history_limit: Some(3),
        job_template,
    }
}

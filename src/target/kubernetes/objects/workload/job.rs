//! Jobs: pods that run to their end, once or by a schedule.

use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::digest::Digest;
use crate::emit;
use crate::platform::{Overlap, Service};
use crate::schema::Duration;
use crate::target::kubernetes::objects::config::Config;
use crate::target::kubernetes::objects::{Context, labels, pod};

/// How often a job is tried again: what it waits for may start at the same time, and rules of the network may come a little
/// later than the pod (cloudnativelabs/kube-router#873).
const RETRIES: i32 = 6;

/// How late a run may start where the source says nothing. A controller that counts a hundred runs missed gives up, so
/// this is an hour even for what runs each minute (kubernetes/kubernetes:pkg/controller/cronjob/utils.go).
const DEADLINE: Duration = Duration(3_600_000);

/// When a run is given up, in seconds: a day. What hangs would keep a schedule from starting the next run, and an apply from
/// putting another Job in its place, and no alert would see it; what has work for longer says so in an override.
const ENDS: i64 = 86_400;

/// A Job cannot be changed, so its name holds the digest of what it does: another one is another Job. It stays when it is
/// done, since what is gone would run again with the next apply.
pub(super) fn once(cluster: &Context<'_>, service: &Service, configs: &[Config]) -> Job {
    let spec = spec(cluster, service, configs, RETRIES);
    // A text of the type, which holds everything that the Job is.
    let digest = Digest::of(emit::json(&spec).as_bytes()).short();
    let metadata = labels::metadata_of_workload(cluster.platform, service);
    Job {
        metadata: ObjectMeta { name: Some(named(service, &digest)), ..metadata },
        spec: Some(spec),
        ..Job::default()
    }
}

/// The name of a Job by what it does.
fn named(service: &Service, digest: &str) -> String {
    format!("{}-{}", service.name, digest.get(..8).unwrap_or(digest))
}

pub(super) fn scheduled(cluster: &Context<'_>, service: &Service, configs: &[Config]) -> CronJob {
    let schedule = service.schedule.as_deref();
    let overlap = schedule.map_or(Overlap::Forbid, |schedule| schedule.overlap);
    let deadline = schedule.and_then(|schedule| schedule.deadline).unwrap_or(DEADLINE);
    CronJob {
        metadata: labels::metadata_of_workload(cluster.platform, service),
        spec: CronJobSpec {
            // A service that runs on a schedule has one (TYP006).
            schedule: schedule.map(|schedule| schedule.cron.clone()).unwrap_or_default(),
            // Without one it would be that of the controller (kubernetes/website:content/en/docs/concepts/workloads/
            // controllers/cron-jobs.md, "Time zones").
            time_zone: Some(schedule.and_then(|schedule| schedule.zone.clone()).unwrap_or_else(utc)),
            concurrency_policy: Some(
                match overlap {
                    Overlap::Forbid => "Forbid",
                    Overlap::Allow => "Allow",
                    Overlap::Replace => "Replace",
                }
                .to_owned(),
            ),
            starting_deadline_seconds: i64::try_from(deadline.0.div_ceil(1_000)).ok(),
            // Enough to see whether it always fails.
            failed_jobs_history_limit: Some(3),
            successful_jobs_history_limit: Some(3),
            job_template: JobTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels::of_workload(cluster.platform, service)),
                    ..ObjectMeta::default()
                }),
                spec: Some(spec(cluster, service, configs, 3)),
            },
            ..CronJobSpec::default()
        },
        ..CronJob::default()
    }
}

/// When certificates that sign themselves are looked at: each week. They hold for months, and are signed anew when two thirds of
/// that are over.
const RENEWAL: &str = "41 3 * * 1";

/// When a renewal is given up, in seconds: signing takes less than one.
const RENEWAL_ENDS: i64 = 600;

/// What signs certificates anew. The Job that signs the first ones has ended, and no apply runs it again.
pub(super) fn renewing(cluster: &Context<'_>, service: &Service, configs: &[Config]) -> CronJob {
    let mut job = scheduled(cluster, service, configs);
    RENEWAL.clone_into(&mut job.spec.schedule);
    // One that hangs would keep all later ones from starting.
    if let Some(spec) = &mut job.spec.job_template.spec {
        spec.active_deadline_seconds = Some(RENEWAL_ENDS);
    }
    job
}

fn utc() -> String {
    "Etc/UTC".to_owned()
}

fn spec(cluster: &Context<'_>, service: &Service, configs: &[Config], retries: i32) -> JobSpec {
    let mut template = pod::template(cluster, service, configs);
    if let Some(spec) = &mut template.spec {
        // Each try is a pod of its own, whose log stays.
        spec.restart_policy = Some("Never".to_owned());
    }
    JobSpec {
        backoff_limit: Some(retries),
        active_deadline_seconds: Some(ENDS),
        template,
        ..JobSpec::default()
    }
}

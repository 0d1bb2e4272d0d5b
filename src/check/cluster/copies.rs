//! Backups on a cluster: names of their objects, and those that it does not take.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::{Backup, Platform, RunKind, Runtime, Untaken};

/// The most characters that the name of a CronJob has
/// (kubernetes/kubernetes:pkg/apis/batch/validation/validation.go, `ValidateCronJobCreate`).
const NAME: usize = 52;

/// The backups that a cluster takes.
fn taken(platform: &Platform) -> impl Iterator<Item = &Backup> {
    let on = platform.runtime == Runtime::Kubernetes;
    platform.taken().filter(move |_| on)
}

/// K8S001 and K8S010: the names of the CronJobs of a backup.
pub(in crate::check) fn names(platform: &Platform, sink: &mut Sink) {
    for backup in taken(platform) {
        for name in [backup.taker(), backup.restorer()] {
            if name.len() > NAME {
                sink.report(
                    Diagnostic::new(codes::K8S001, format!("`{name}` is too long for the name of an object"))
                        .at(
                            backup.span,
                            format!("{} characters, of which a cluster takes {NAME} here", name.len()),
                        )
                        .help("the Jobs of a CronJob are called `NAME-` and ten digits: give the backup a shorter name"),
                );
                break;
            }
            let namespace = platform.namespace_of(&platform[backup.of]);
            let clash = platform.services.iter().find(|service| {
                let scheduled = service.run == RunKind::Schedule || platform.renews(service);
                scheduled && service.name == name && platform.namespace_of(service) == namespace
            });
            if let Some(service) = clash {
                sink.report(
                    Diagnostic::new(
                        codes::K8S010,
                        format!("two CronJobs of a cluster would be called `{name}`"),
                    )
                    .about(&service.path)
                    .at(service.span, "runs on a schedule")
                    .at(backup.span, "is taken, and brought back, by CronJobs of such names")
                    .help("give one of the two another name"),
                );
            }
        }
    }
}

/// K8S016: a backup that the cluster does not take.
pub(in crate::check) fn untaken(platform: &Platform, sink: &mut Sink) {
    if platform.runtime != Runtime::Kubernetes {
        return;
    }
    for backup in &platform.backups {
        let service = &platform[backup.of];
        // BKP001 says what else is wrong with it.
        if service.dump.is_none() && platform.copied_volumes(service).next().is_none() {
            continue;
        }
        let Some(why) = platform.untaken(backup) else { continue };
        let (label, help) = match why {
            Untaken::OfCluster => (
                "is the cluster's own: nothing of the platform runs it",
                "its data is copied by what runs it",
            ),
            Untaken::StandsStill => (
                "its files are a valid copy while it stands still, and no Job may stop it",
                "write `copy = running` in its volumes where they are a valid copy at any time, a `dump` where its program has a way of its own, or take snapshots of them by the cluster (VolumeSnapshot, Velero)",
            ),
            Untaken::Several => (
                "each of its pods has files of its own",
                "write a `dump`, or take snapshots of its volumes by the cluster (VolumeSnapshot, Velero)",
            ),
            Untaken::NoUser => {
                ("nothing says by number which user its files belong to", "write `user = \"UID:GID\"` in it")
            }
        };
        sink.report(
            Diagnostic::new(codes::K8S016, format!("the cluster does not take the backup `{}`", backup.name))
                .about(&service.path)
                .at(backup.of_span, label)
                .at(service.span, "whose data would be lost")
                .help(help),
        );
    }
}

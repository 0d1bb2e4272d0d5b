//! Backups: whether there is something to copy, somewhere to take it, and long enough to see that it is missing.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::formats;
use crate::hash::HashSet;
use crate::platform::{Backup, DestinationKind, Platform, Role, Service, Switch, VolumeCopy};
use crate::schema::Duration;

/// A place keeps copies for so many times the age at which an alert fires: so there is time to see the alert and to mend what is
/// broken before the rules of the place have removed the last good copy.
const TIMES: u64 = 7;

/// BKP001: a backup with nothing to copy, or of files that are no valid copy.
pub(super) fn empty(platform: &Platform, sink: &mut Sink) {
    for backup in &platform.backups {
        let service = &platform[backup.of];
        if service.dump.is_some() {
            continue;
        }
        let never = service.volumes.iter().find(|volume| volume.copy == VolumeCopy::Never);
        if let Some(volume) = never.filter(|volume| volume.backup) {
            sink.report(
                Diagnostic::new(
                    codes::BKP001,
                    format!("a copy of the files of `{}` is no backup", service.path),
                )
                .about(&service.path)
                .at(backup.of_span, "has no `dump`")
                .at(volume.span, "says `copy = never`")
                .help("its program has a way of its own to copy data: write it as `dump`"),
            );
        } else if platform.copied_volumes(service).next().is_none() {
            sink.report(
                Diagnostic::new(codes::BKP001, format!("`{}` has nothing to copy", service.path))
                    .about(&service.path)
                    .at(backup.of_span, "has no `dump`, and no volume with `backup = true`")
                    .help("write a `dump` in its block, or `backup = true` in a volume"),
            );
        }
    }
}

/// BKP002: a database that no backup copies, where backups are taken at all.
pub(super) fn uncopied(platform: &Platform, sink: &mut Sink) {
    let scripts = platform.targets.iter().any(|format| format.name == formats::SCRIPTS.name);
    if !scripts && platform.backups.is_empty() {
        return;
    }
    let copied: HashSet<_> = platform.backups.iter().map(|backup| backup.of).collect();
    let holds = |service: &&Service| {
        service.role == Some(Role::Database)
            && service.volumes.iter().any(|volume| volume.backup)
            && !copied.contains(&service.id)
    };
    for service in platform.services.iter().filter(holds) {
        sink.report(
            Diagnostic::new(codes::BKP002, format!("no backup copies the data of `{}`", service.path))
                .about(&service.path)
                .at(service.span, "a database")
                .help(format!("write `backup NAME {{ of = {}, to = … }}`, or `allow` it", service.path)),
        );
    }
}

/// BKP003: copies that are gone before an alert about a missing one has been seen to.
pub(super) fn short(platform: &Platform, sink: &mut Sink) {
    for backup in &platform.backups {
        for to in &backup.to {
            let Some(kept) = platform.kept_at(to.kind) else { continue };
            let least = Duration(backup.alert_after.0.saturating_mul(TIMES));
            if kept.0 >= least.0 {
                continue;
            }
            let name = platform.destination_name(to.kind);
            sink.report(
                Diagnostic::new(
                    codes::BKP003,
                    format!(
                        "`{name}` keeps copies for {kept}, and `{}` is missed after {}",
                        backup.name, backup.alert_after
                    ),
                )
                .at(to.span, format!("removes copies after {kept}, also where no new ones come"))
                .at(backup.span, format!("an alert fires after {}", backup.alert_after))
                .help(format!("keep them for {least} or longer, or set a shorter `alert_after`")),
            );
        }
    }
}

/// BKP004: copies that cannot be taken to their place, or lie in what they are copies of.
pub(super) fn places(platform: &Platform, sink: &mut Sink) {
    for backup in &platform.backups {
        for to in &backup.to {
            let DestinationKind::Bucket { bucket, account, .. } = to.kind else { continue };
            let name = platform.destination_name(to.kind);
            if platform[bucket].of == backup.of {
                sink.report(
                    Diagnostic::new(
                        codes::BKP004,
                        format!(
                            "`{}` takes copies of `{}` into itself",
                            backup.name, platform[backup.of].path
                        ),
                    )
                    .at(to.span, "lost together with the data")
                    .help("name a bucket elsewhere, such as an `offsite`"),
                );
            } else if account.is_none() && is_uploaded(backup) {
                sink.report(
                    Diagnostic::new(codes::BKP004, format!("`{}` has no account at `{name}`", backup.name))
                        .at(to.span, "copies are to be taken there")
                        .at(backup.span, "lacks `account`")
                        .help("write `account = …`: one of the instance with the bucket in its `write`"),
                );
            }
        }
    }
}

/// BKP005: copies in a bucket of the platform that no declared account may read back: none is ever restored from there.
pub(super) fn unreadable(platform: &Platform, sink: &mut Sink) {
    for backup in platform.backups.iter().filter(|backup| Platform::is_uploaded(backup)) {
        for to in &backup.to {
            let DestinationKind::Bucket { bucket, account: Some(account), reader: None } = to.kind else {
                continue;
            };
            let (bucket, account) = (&platform[bucket], &platform[account]);
            // CMP005 says so of an account of another instance.
            if account.of != bucket.of {
                continue;
            }
            let name = platform.destination_name(to.kind);
            let instance = &platform[bucket.of].path;
            sink.report(
                Diagnostic::new(
                    codes::BKP005,
                    format!("no account may read the copies of `{}` in `{name}`", backup.name),
                )
                .at(to.span, "copies are taken there")
                .at(backup.span, "names no `reader`")
                .at(account.span, format!("lacks `{}` in its `read`", bucket.name))
                .help(format!(
                    "declare an account of `{instance}` with `read = [{}]`, and name it as `reader`",
                    bucket.name
                )),
            );
        }
    }
}

/// Whether the source asks for it. A store may know no accounts; then copies stay on the host.
fn is_uploaded(backup: &Backup) -> bool {
    matches!(backup.upload, Some(Switch::Always | Switch::Variable(_)))
}

//! Copies of data: when they are taken, where they go, and how they come back.

use serde::Serialize;

use super::commands::word;
use super::markdown::code;
use super::services::{Command, link, running};
use crate::platform::{DestinationKind, Platform, Runtime, Service, Switch, Timers};
use crate::target::compose;

/// What there is of copies.
#[derive(Serialize)]
pub(super) struct Copies {
    backups: Vec<Backup>,
    /// What keeps data of which no copy is taken, as links.
    without: Vec<String>,
    /// Whether nothing in this runtime takes what is declared.
    nobody: bool,
    /// What looks after them.
    looks: Vec<Command>,
    /// What is looked at before data is brought back.
    looks_first: Vec<Command>,
    /// The command that brings it back; empty where no script does.
    returns: String,
}

pub(super) fn copies(platform: &Platform, scripts: bool) -> Copies {
    let backups = backups(platform);
    let first = platform.backups.first().filter(|_| scripts);
    let command = |title: &str, line: String| Command { title: title.to_owned(), line };
    let looks = first.into_iter().flat_map(|backup| {
        let (project, name) = (compose::project(platform), &backup.name);
        let log = match platform.settings.scripts.timers {
            Some(Timers::Cron) => format!("--identifier {}", word(&format!("{project}-backup"))),
            _ => format!("--unit {}", word(&format!("{project}-backup-{name}"))),
        };
        [
            command("What is declared, and the copies on this host", "scripts/backup.sh --list".to_owned()),
            command("The log of the last runs", format!("journalctl {log} --lines 100 --no-pager")),
            command("A copy now", format!("scripts/backup.sh {}", word(name))),
            command("Let the host take them by their schedules", "sudo scripts/install-timers.sh".to_owned()),
        ]
    });
    let restore = |how: &str| first.map(|backup| format!("scripts/restore.sh {} {how}", word(&backup.name)));
    let before = [
        ("Can the newest copy be read to its end?", "--verify"),
        ("Try it beside the platform", "--drill"),
        ("What would be replaced", "--dry-run"),
    ];
    let before = before.iter().filter_map(|(title, how)| Some(command(title, restore(how)?)));
    let is_copied = |service: &Service| platform.backups.iter().any(|backup| backup.of == service.id);
    let without = running(platform).filter(|service| !service.volumes.is_empty() && !is_copied(service));
    Copies {
        nobody: !backups.is_empty() && platform.runtime != Runtime::Compose,
        without: without.map(|it| format!("[{}]({})", code(&it.name), link(it))).collect(),
        looks: looks.collect(),
        looks_first: before.collect(),
        returns: restore("--yes").unwrap_or_default(),
        backups,
    }
}

#[derive(Serialize)]
struct Backup {
    name: String,
    of: String,
    to: String,
    schedule: String,
    kept: String,
    alert_after: String,
    upload: String,
    drill: String,
}

/// A place that copies are taken to.
fn destination(platform: &Platform, kind: DestinationKind) -> String {
    match kind {
        DestinationKind::Bucket { bucket, .. } => {
            let bucket = &platform[bucket];
            format!("{} of {}", code(&bucket.name), code(&platform[bucket.of].name))
        }
        DestinationKind::Store(id) => {
            let store = &platform[id];
            let folder = if store.prefix.is_empty() { String::new() } else { format!("/{}", store.prefix) };
            format!(
                "{} ({} at {})",
                code(&store.name),
                code(&format!("{}{folder}", store.bucket)),
                code(&store.endpoint)
            )
        }
    }
}

fn backups(platform: &Platform) -> Vec<Backup> {
    let rows = platform.backups.iter().map(|backup| Backup {
        name: code(&backup.name),
        of: code(&platform[backup.of].name),
        to: backup.to.iter().map(|to| destination(platform, to.kind)).collect::<Vec<_>>().join(", "),
        schedule: code(&backup.schedule),
        kept: match backup.retention {
            Some(age) => format!("{}, at least {}", code(&age.to_string()), backup.keep),
            None => format!("{} copies", backup.keep),
        },
        drill: backup.drill.as_deref().map(code).unwrap_or_default(),
        alert_after: code(&backup.alert_after.to_string()),
        upload: match backup.upload {
            Some(Switch::Always) => "always".to_owned(),
            Some(Switch::Never) => "never".to_owned(),
            Some(Switch::Variable(input)) => {
                format!("where {} is {}", code(&platform[input].name), code("true"))
            }
            None => String::new(),
        },
    });
    rows.collect()
}

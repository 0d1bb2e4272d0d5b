//! Copies of data: when they are taken, where they go, and how they come back.

use serde::Serialize;

use super::alerts::is_about_copies;
use super::commands::word;
use super::markdown::code;
use super::services::{Command, link, running};
use crate::platform::{DestinationKind, Platform, Runtime, Service, Switch, Timers};
use crate::standard::images;
use crate::target::compose;

/// What there is of copies.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks for each by its name")]
pub(super) struct Copies {
    backups: Vec<Backup>,
    /// What keeps data of which no copy is taken, as links.
    without: Vec<String>,
    /// The declared ones that nothing in this runtime takes.
    untaken: Vec<String>,
    /// Whether there is anything in these columns.
    uploads: bool,
    drills: bool,
    alerts: bool,
    /// Places from which a script fetches copies, and those that no account may read.
    fetched: Vec<String>,
    unread: Vec<String>,
    /// Places that go with the host.
    beside: Vec<String>,
    /// What is typed where the server of a copy does not start for its files.
    damaged: Vec<Damaged>,
    /// In a cluster: what takes a copy at once, and what brings one back.
    cluster: Vec<Command>,
    restorers: Vec<String>,
    /// What looks after them.
    looks: Vec<Command>,
    /// What is looked at before a copy takes the place of the data.
    looks_first: Vec<Command>,
    /// The command that puts the copy in place; empty where no script does.
    returns: String,
    /// Whether there is a line for each of several.
    several: bool,
}

/// How a server gets an empty volume in the place of a damaged one, which is kept.
#[derive(Serialize)]
struct Damaged {
    name: String,
    lines: Vec<String>,
}

fn damaged(platform: &Platform, backup: &crate::platform::Backup) -> Damaged {
    let service = &platform[backup.of];
    let (base, name) = (compose::COMMAND, word(&service.name));
    let mut stopped: Vec<String> =
        platform.users_of(service).into_iter().map(|user| word(&user.name)).collect();
    let is_used = !stopped.is_empty();
    stopped.push(name.clone());
    let project = compose::project(platform);
    let volumes: Vec<String> = service.volumes.iter().map(|it| format!("{project}_{}", it.name)).collect();
    let mut lines = vec![format!("{base} stop {}", stopped.join(" "))];
    for volume in &volumes {
        lines.push(format!("docker volume create {volume}-damaged"));
        lines.push(format!(
            "docker run --rm --network none --volume {volume}:/from:ro --volume {volume}-damaged:/to {} sh -c '[ -z \"$(ls -A /to)\" ] && cp -a /from/. /to/'",
            images::HELPER
        ));
    }
    lines.push(format!("{base} rm --force {name}"));
    lines.extend(volumes.iter().map(|volume| format!("docker volume rm {volume}")));
    lines.push(format!("{base} up -d --no-deps --wait {name}"));
    lines.push(format!("scripts/restore.sh {} --yes --no-copy", word(&backup.name)));
    if is_used {
        lines.push(format!("{base} up -d"));
    }
    Damaged { name: code(&service.name), lines }
}

/// What is typed of copies in a cluster.
fn of_cluster(platform: &Platform) -> (Vec<Command>, Vec<String>) {
    if platform.runtime != Runtime::Kubernetes {
        return (Vec::new(), Vec::new());
    }
    let mut lines = Vec::new();
    let mut restorers = Vec::new();
    for backup in platform.taken() {
        let base = format!("kubectl --namespace {}", word(&platform.namespace_of(&platform[backup.of])));
        let taker = backup.taker();
        lines.push(Command {
            title: format!("{}: a copy now", backup.name),
            line: format!("{base} create job --from=cronjob/{taker} {taker}-now"),
        });
        lines.push(Command {
            title: "What became of it, and of those by the schedule".to_owned(),
            line: format!("{base} get jobs"),
        });
        restorers.push(code(&backup.restorer()));
    }
    (lines, restorers)
}

pub(super) fn copies(platform: &Platform, scripts: bool) -> Copies {
    let backups = backups(platform);
    let by_script: &[crate::platform::Backup] = if scripts { &platform.backups } else { &[] };
    // A line for each of them.
    let each = |line: &dyn Fn(&crate::platform::Backup) -> String| {
        let lines: Vec<String> = by_script.iter().map(line).collect();
        lines.join("\n")
    };
    let command = |title: &str, line: String| Command { title: title.to_owned(), line };
    let project = compose::project(platform);
    let log = |which: String| format!("journalctl {which} --lines 100 --no-pager");
    let logs = match platform.settings.scripts.timers {
        Some(Timers::Cron) => log(format!("--identifier {}", word(&format!("{project}-backup")))),
        _ => each(&|it| log(format!("--unit {}", word(&format!("{project}-backup-{}", it.name))))),
    };
    let looks = [
        command("What is declared, and the copies on this host", "scripts/backup.sh --list".to_owned()),
        command("The log of the last runs", logs),
        command("A copy now", each(&|it| format!("scripts/backup.sh {}", word(&it.name)))),
        command("Let the host take them by their schedules", "sudo scripts/install-timers.sh".to_owned()),
    ];
    let looks = looks.into_iter().filter(|_| !by_script.is_empty());
    let restore = |how: &str| each(&|it| format!("scripts/restore.sh {} {how}", word(&it.name)));
    let before = [
        ("Can the newest copy be read to its end?", "--verify"),
        ("Try it beside the platform", "--drill"),
        ("What would be replaced", "--dry-run"),
    ];
    let before = before.iter().map(|(title, how)| command(title, restore(how)));
    let before = before.filter(|_| !by_script.is_empty());
    let is_copied = |service: &Service| platform.backups.iter().any(|backup| backup.of == service.id);
    let mut places: [Vec<String>; 3] = Default::default();
    let goes_there = platform.backups.iter().filter(|backup| scripts && Platform::is_uploaded(backup));
    for to in goes_there.flat_map(|backup| &backup.to) {
        let name = code(&platform.destination_name(to.kind));
        let readable = !matches!(to.kind, DestinationKind::Bucket { reader: None, .. });
        let beside = matches!(to.kind, DestinationKind::Bucket { .. });
        for (at, holds) in [readable, !readable, beside].into_iter().enumerate() {
            if holds && !places[at].contains(&name) {
                places[at].push(name.clone());
            }
        }
    }
    let [fetched, unread, beside] = places;
    let untaken = platform
        .backups
        .iter()
        .filter(|backup| platform.runtime == Runtime::Kubernetes && platform.untaken(backup).is_some());
    let servers = platform.backups.iter().filter(|backup| {
        scripts && platform[backup.of].dump.is_some() && !platform[backup.of].volumes.is_empty()
    });
    let (cluster, restorers) = of_cluster(platform);
    let alerts: Vec<_> = platform.observed.alerts.iter().collect();
    let without = running(platform).filter(|service| !service.volumes.is_empty() && !is_copied(service));
    Copies {
        untaken: untaken.map(|it| code(&it.name)).collect(),
        uploads: backups.iter().any(|it| !it.upload.is_empty()),
        drills: backups.iter().any(|it| !it.drill.is_empty()),
        alerts: is_about_copies(&alerts),
        damaged: servers.map(|it| damaged(platform, it)).collect(),
        fetched,
        unread,
        beside,
        cluster,
        restorers,
        without: without
            .map(|it| format!("[{}]({})", code(&it.name), link(it)))
            .chain(shared_without(platform))
            .collect(),
        looks: looks.collect(),
        looks_first: before.collect(),
        several: by_script.len() > 1,
        returns: restore("--yes"),
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

/// Shared volumes, and folders of the host that services write to, of which no copy is taken.
fn shared_without(platform: &Platform) -> Vec<String> {
    let copied = |name: &str| {
        let mut volumes = platform.backups.iter().flat_map(|it| platform.copied_volumes(&platform[it.of]));
        volumes.any(|volume| volume.name == name)
    };
    let mut all: Vec<String> = Vec::new();
    for service in running(platform) {
        let mounts = service.mounts.iter().map(|mount| &platform[mount.volume].name);
        let mounts =
            mounts.filter(|name| !copied(name)).map(|name| format!("the shared volume {}", code(name)));
        let folders = service.binds.iter().filter(|bind| !bind.read_only);
        let folders = folders.map(|bind| format!("the folder {} of the host", code(&bind.source)));
        for one in mounts.chain(folders) {
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    all
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

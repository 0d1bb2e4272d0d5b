//! What `backup.sh` and `restore.sh` know of the platform: which backups there are, where they go, and the commands of each
//! service that copy its data and bring it back.

use std::fmt::Write as _;

use super::facts::{set, table};
use super::quote::quoted;
use crate::hash::HashSet;
use crate::platform::{
    AccountId, Backup, DestinationKind, Dump, Input, InputId, Platform, Service, Switch, Value, ValuePart,
};
use crate::standard::images;

/// The program that both are called by, and what it is for.
pub(super) fn text(out: &mut String, platform: &Platform) {
    if platform.backups.is_empty() {
        return;
    }
    out.push('\n');
    for (name, value) in [
        ("HELPER_IMAGE", images::HELPER),
        ("TRANSFER_IMAGE", transfer_image(platform)),
        ("BACKUPS", platform.settings.scripts.backups.as_deref().unwrap_or_default()),
        ("METRICS", platform.textfile_folder().unwrap_or_default().as_str()),
    ] {
        set(out, name, value);
    }
    backups(out, platform);
    places(out, platform);
    place(out, platform);
    upload(out, platform);
    let services = services(platform);
    commands(out, platform, &services);
    images(out, platform, &services);
    files(out, platform, &services);
    jobs(out, platform, &services);
}

/// The image of the client of object stores.
fn transfer_image(platform: &Platform) -> &str {
    platform.settings.scripts.transfer_image.as_deref().unwrap_or(images::TRANSFER)
}

/// The services of which there are backups, each once.
fn services(platform: &Platform) -> Vec<&Service> {
    let mut seen = HashSet::default();
    platform.backups.iter().filter(|backup| seen.insert(backup.of)).map(|backup| &platform[backup.of]).collect()
}

fn backups(out: &mut String, platform: &Platform) {
    let line = |backup: &Backup| {
        let service = &platform[backup.of];
        let dump = service.dump.as_deref();
        let kind = if dump.is_some() { "dump" } else { "files" };
        let retention = backup.retention.map_or("-".to_owned(), |it| (it.0 / 1_000).to_string());
        let alert = backup.alert_after.0 / 1_000;
        let suffix = dump.and_then(|dump| dump.suffix.as_deref()).unwrap_or("dump");
        let drill = if backup.drill.is_some() { "drill" } else { "-" };
        format!("{} {} {kind} {} {retention} {alert} {suffix} {drill}", backup.name, service.name, backup.keep)
    };
    table(
        out,
        "backups",
        "A line each: its name; the service; `dump` or `files`; how many copies are kept at least; the age in seconds at which \
         one goes, `-` for none; how old the last success may be; what files end with; `drill` where one is due regularly.",
        platform.backups.iter().map(line),
    );
}

fn places(out: &mut String, platform: &Platform) {
    let lines = platform.backups.iter().flat_map(|backup| {
        backup.to.iter().map(|to| format!("{} {}", backup.name, platform.destination_name(to.kind)))
    });
    out.push_str("\n# places BACKUP: a line for each place that its copies are taken to, with the name of the backup before it.\n");
    out.push_str("places() {\n  grep \"^$1 \" <<'END'\n");
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str("END\n}\n");
}

/// What is known of each place, as variables and as functions that print who writes and reads there.
fn place(out: &mut String, platform: &Platform) {
    out.push_str("\n# place BACKUP PLACE: sets what is known of a place.\nplace() {\n  place_name=$2\n  case \"$1 $2\" in\n");
    for backup in &platform.backups {
        for to in &backup.to {
            let name = platform.destination_name(to.kind);
            let _ = writeln!(out, "    {})", quoted(&format!("{} {name}", backup.name)));
            one_place(out, platform, backup, to.kind);
            out.push_str("      ;;\n");
        }
    }
    out.push_str("  esac\n}\n");
}

fn one_place(out: &mut String, platform: &Platform, backup: &Backup, to: DestinationKind) {
    let nothing = String::new;
    let (network, endpoint, bucket, prefix, region, check);
    let accounts: [(&str, String, String); 2];
    match to {
        DestinationKind::Bucket { bucket: held, account, reader } => {
            let store = platform[held].of;
            let common = platform[backup.of].networks.iter().find(|it| platform[store].networks.contains(it));
            network = common.map(|it| platform[*it].name.clone()).unwrap_or_default();
            endpoint = platform.bucket_endpoint(held).unwrap_or_default();
            bucket = platform[held].name.clone();
            (prefix, region) = (nothing(), nothing());
            // It lies beside the data, so to read all of it costs nothing.
            check = "--download";
            let of = |account: Option<AccountId>| match account.map(|id| &platform[id]) {
                Some(account) => {
                    let secret = account.secrets.first().map(|(_, input)| setting(platform, *input));
                    (format!("printf '%s' {}", quoted(&account.name)), secret.unwrap_or_else(|| ":".to_owned()))
                }
                None => (":".to_owned(), ":".to_owned()),
            };
            let ((writer, writer_secret), (reader, reader_secret)) = (of(account), of(reader));
            accounts = [("writer", writer, writer_secret), ("reader", reader, reader_secret)];
        }
        DestinationKind::Store(id) => {
            let store = &platform[id];
            network = nothing();
            endpoint = store.endpoint.clone();
            bucket = store.bucket.clone();
            prefix = store.prefix.clone();
            region = store.region.clone().unwrap_or_default();
            check = "";
            let key = format!("printf '%s' {}", value(platform, &store.access_key));
            let secret = setting(platform, store.secret_key);
            accounts = [("writer", key.clone(), secret.clone()), ("reader", key, secret)];
        }
    }
    for (name, value) in [
        ("network", network.as_str()),
        ("endpoint", &endpoint),
        ("bucket", &bucket),
        ("prefix", &prefix),
        ("region", &region),
        ("check", check),
    ] {
        let _ = writeln!(out, "      place_{name}={}", quoted(value));
    }
    for (role, name, secret) in accounts {
        let _ = writeln!(out, "      place_{role}() {{ {name}; }}\n      place_{role}_secret() {{ {secret}; }}");
    }
}

/// The command that prints an input as compose has it.
fn setting(platform: &Platform, input: InputId) -> String {
    let Input { name, default, .. } = &platform[input];
    format!("setting {name} {}", quoted(default.as_deref().unwrap_or_default()))
}

/// A value as a word of the shell.
fn value(platform: &Platform, value: &Value) -> String {
    let parts = value.parts.iter().map(|part| match part {
        ValuePart::Literal(text) => quoted(text),
        ValuePart::Input(input) => format!("\"$({})\"", setting(platform, *input)),
    });
    let text: String = parts.collect();
    if text.is_empty() { "''".to_owned() } else { text }
}

fn upload(out: &mut String, platform: &Platform) {
    out.push_str("\n# upload_wanted BACKUP: whether its copies are taken to its places.\nupload_wanted() {\n  case $1 in\n");
    for backup in &platform.backups {
        let wanted = match backup.upload {
            Some(Switch::Never) => "false".to_owned(),
            Some(Switch::Variable(input)) => format!("[ \"$({})\" = true ]", setting(platform, input)),
            Some(Switch::Always) | None => "true".to_owned(),
        };
        let _ = writeln!(out, "    {}) {wanted} ;;", quoted(&backup.name));
    }
    out.push_str("  esac\n}\n");
}

/// The commands of each dump, as words.
fn commands(out: &mut String, platform: &Platform, services: &[&Service]) {
    out.push_str(
        "\n# backup_words SERVICE COMMAND: the words of a command of its dump, in `words`; none where it has no such command.\n\
         backup_words() {\n  words=()\n  case \"$1 $2\" in\n",
    );
    for service in services {
        let Some(dump) = service.dump.as_deref() else { continue };
        for (name, words) in named(dump) {
            let words: Vec<String> = words.iter().map(|it| value(platform, it)).collect();
            let _ = writeln!(out, "    '{} {name}') words=({}) ;;", service.name, words.join(" "));
        }
    }
    out.push_str("  esac\n}\n");
}

fn named(dump: &Dump) -> Vec<(&'static str, &[Value])> {
    let restore = if dump.offline { "restore_offline" } else { "restore" };
    let all = [
        ("parts", dump.parts.as_deref()),
        ("save", Some(dump.save.as_slice())),
        (restore, Some(dump.restore.as_slice())),
        ("verify", dump.verify.as_deref()),
        ("count", dump.count.as_deref()),
        ("server_version", dump.server_version.as_deref()),
        ("check", dump.check.as_deref()),
    ];
    all.into_iter().filter_map(|(name, words)| Some((name, words?))).collect()
}

fn images(out: &mut String, platform: &Platform, services: &[&Service]) {
    out.push_str("\n# image_of SERVICE: the image of this build.\nimage_of() {\n  case $1 in\n");
    for service in services {
        let image = service.image.as_ref().map_or_else(|| "''".to_owned(), |image| value(platform, image));
        let _ = writeln!(out, "    {}) printf '%s' {image} ;;", service.name);
    }
    out.push_str("  esac\n}\n");
}

/// Volumes, and what stands still while they are copied.
fn files(out: &mut String, platform: &Platform, services: &[&Service]) {
    let list = |service: &Service| platform.copied_volumes(service).map(|it| it.name.to_owned()).collect();
    lines(out, "volumes_to_copy SERVICE: the volumes whose files are copied.", services, list);
    let stopped = |service: &Service| {
        platform.stopped_for_copies(service).into_iter().map(|it| it.name.clone()).collect()
    };
    lines(out, "to_stop SERVICE: what stands still meanwhile.", services, stopped);
}

/// What prepares a service after its data came back: jobs of its instance, which state the wanted end.
fn jobs(out: &mut String, platform: &Platform, services: &[&Service]) {
    let jobs = |service: &Service| {
        let of = platform.services.iter().filter(|it| it.parent == Some(service.id) && it.is_job());
        of.map(|it| it.name.clone()).collect()
    };
    lines(out, "jobs_after SERVICE: the jobs that prepare it, which run again when its data came back.", services, jobs);
}

fn lines(out: &mut String, meaning: &str, services: &[&Service], list: impl Fn(&Service) -> Vec<String>) {
    let name = meaning.split(' ').next().unwrap_or_default();
    let _ = writeln!(out, "\n# {meaning}\n{name}() {{\n  case $1 in");
    for service in services {
        let names: Vec<String> = list(service).iter().map(|name| quoted(name)).collect();
        if !names.is_empty() {
            let _ = writeln!(out, "    {}) printf '%s\\n' {} ;;", service.name, names.join(" "));
        }
    }
    out.push_str("    *) ;;\n  esac\n}\n");
}

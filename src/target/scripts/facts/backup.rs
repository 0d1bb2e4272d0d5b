//! What `backup.sh` and `restore.sh` know of the platform: which backups there are, where they go, and the commands of each
//! service that copy its data and bring it back.

use std::fmt::Write as _;

use super::timers;
use super::timers::days_between;
use crate::hash::HashSet;
use crate::platform::{
    AccountId, Backup, Destination, DestinationKind, Dump, Input, InputId, Platform, Service, Switch, Value,
    ValuePart,
};
use crate::standard::images;
use crate::target::compose;
use crate::target::scripts::quote::{quoted, word};
use crate::target::scripts::table::{set, table};

/// The program that both are called by, and what it is for.
pub(super) fn text(out: &mut String, platform: &Platform) {
    if platform.backups.is_empty() {
        return;
    }
    out.push('\n');
    for (name, value) in [
        ("HELPER_IMAGE", images::HELPER),
        ("DRILL_FILE", compose::drill::FILE),
        ("TRANSFER_IMAGE", transfer_image(platform)),
        ("BACKUPS", platform.settings.scripts.backups.as_deref().unwrap_or_default()),
        ("METRICS", platform.textfile_folder().unwrap_or_default().as_str()),
    ] {
        set(out, name, value);
    }
    timers::text(out, platform);
    backups(out, platform);
    places(out, platform);
    place(out, platform);
    upload(out, platform);
    let services = services(platform);
    commands(out, platform, &services);
    images(out, platform, &services);
    files(out, platform, &services);
    readers(out, platform, &services);
    jobs(out, platform, &services);
}

/// The image of the client of object stores.
fn transfer_image(platform: &Platform) -> &str {
    platform.settings.scripts.transfer_image.as_deref().unwrap_or(images::TRANSFER)
}

/// The services of which there are backups, each once.
fn services(platform: &Platform) -> Vec<&Service> {
    let mut seen = HashSet::default();
    platform
        .backups
        .iter()
        .filter(|backup| seen.insert(backup.of))
        .map(|backup| &platform[backup.of])
        .collect()
}

/// How many days a drill may be late before an alert fires: one that fails is tried again by hand, on a day of work.
const LATE: u64 = 2;

fn backups(out: &mut String, platform: &Platform) {
    let line = |backup: &Backup| {
        let service = &platform[backup.of];
        let dump = service.dump.as_deref();
        let kind = if dump.is_some() { "dump" } else { "files" };
        let retention = backup.retention.map_or("-".to_owned(), |it| (it.0 / 1_000).to_string());
        let alert = backup.alert_after.0 / 1_000;
        let suffix = dump.and_then(|dump| dump.suffix.as_deref()).unwrap_or("dump");
        let drill = backup.drill.as_deref().and_then(days_between);
        let drill = drill.map_or("-".to_owned(), |days| ((days + LATE) * 86_400).to_string());
        format!(
            "{} {} {kind} {} {retention} {alert} {suffix} {drill}",
            backup.name, service.name, backup.keep
        )
    };
    table(
        out,
        "backups",
        "A line each: its name; the service; `dump` or `files`; how many copies are kept at least; the age in seconds at which \
         one goes, `-` for none; how old the last success may be; what files end with; how old the last drill may be, `-` where none is due.",
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

/// What is known of each place, as variables, and who writes and reads there.
fn place(out: &mut String, platform: &Platform) {
    let every =
        || platform.backups.iter().flat_map(|backup| backup.to.iter().map(move |to| (backup, to.kind)));
    out.push_str("\n# place BACKUP PLACE: sets what is known of a place.\nplace() {\n  place_name=$2\n  case \"$1 $2\" in\n");
    for (backup, to) in every() {
        let _ =
            writeln!(out, "    {})", quoted(&format!("{} {}", backup.name, platform.destination_name(to))));
        for (name, value) in Place::of(platform, backup, to).variables() {
            let _ = writeln!(out, "      place_{name}={}", quoted(&value));
        }
        out.push_str("      ;;\n");
    }
    out.push_str("  esac\n}\n");
    out.push_str("\n# place_key BACKUP PLACE writer|reader: the access key of that account.\nplace_key() {\n  case \"$1 $2 $3\" in\n");
    for (backup, to) in every() {
        let place = Place::of(platform, backup, to);
        for (role, account) in [("writer", &place.writer), ("reader", &place.reader)] {
            let Some((key, _)) = account else { continue };
            let case = format!("{} {} {role}", backup.name, platform.destination_name(to));
            let _ = writeln!(out, "    {}) printf '%s' {key} ;;", quoted(&case));
        }
    }
    out.push_str("    *) ;;\n  esac\n}\n");
}

/// A place in the settings of the client of object stores.
struct Place {
    /// The network that leads there; every other place is outside.
    network: Option<String>,
    endpoint: String,
    bucket: String,
    prefix: String,
    region: String,
    /// How what lies there is compared.
    check: &'static str,
    /// The access key of who writes there as a word of the shell, and the secret that holds the key to it.
    writer: Option<(String, InputId)>,
    /// The same of who reads there.
    reader: Option<(String, InputId)>,
    secrets: [String; 2],
}

impl Place {
    fn of(platform: &Platform, backup: &Backup, to: DestinationKind) -> Self {
        let place = match to {
            DestinationKind::Bucket { bucket, account, reader } => {
                let store = &platform[platform[bucket].of];
                let common = platform[backup.of].networks.iter().find(|it| store.networks.contains(it));
                let of = |account: Option<AccountId>| {
                    let account = &platform[account?];
                    Some((quoted(&account.name), account.secrets.first()?.1))
                };
                Self {
                    network: common.map(|it| platform[*it].name.clone()),
                    endpoint: platform.bucket_endpoint(bucket).unwrap_or_default(),
                    bucket: platform[bucket].name.clone(),
                    prefix: String::new(),
                    region: String::new(),
                    // It lies beside the data, so to read all of it costs nothing.
                    check: "--download",
                    writer: of(account),
                    reader: of(reader),
                    secrets: <_>::default(),
                }
            }
            DestinationKind::Store(id) => {
                let store = &platform[id];
                let account = Some((value(platform, &store.access_key), store.secret_key));
                Self {
                    network: None,
                    endpoint: store.endpoint.clone(),
                    bucket: store.bucket.clone(),
                    prefix: store.prefix.clone(),
                    region: store.region.clone().unwrap_or_default(),
                    check: "",
                    writer: account.clone(),
                    reader: account,
                    secrets: <_>::default(),
                }
            }
        };
        let name = |account: &Option<(String, InputId)>| {
            account.as_ref().map(|(_, secret)| platform[*secret].name.clone()).unwrap_or_default()
        };
        let secrets = [name(&place.writer), name(&place.reader)];
        Self { secrets, ..place }
    }

    fn variables(self) -> [(&'static str, String); 8] {
        let [writer, reader] = self.secrets;
        [
            ("network", self.network.unwrap_or_default()),
            ("endpoint", self.endpoint),
            ("bucket", self.bucket),
            ("prefix", self.prefix),
            ("region", self.region),
            ("check", self.check.to_owned()),
            ("writer_secret", writer),
            ("reader_secret", reader),
        ]
    }
}

/// The command that prints an input as compose has it.
fn setting(platform: &Platform, input: InputId) -> String {
    let Input { name, default, .. } = &platform[input];
    format!("setting {name} {}", word(default.as_deref().unwrap_or_default()))
}

/// A value as a word of the shell.
fn value(platform: &Platform, value: &Value) -> String {
    let parts = value.parts.iter().map(|part| match part {
        ValuePart::Literal(text) => word(text),
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
            Some(Switch::Always) => "true".to_owned(),
            // Nobody could take them there.
            None => {
                let lacks =
                    |to: &Destination| matches!(to.kind, DestinationKind::Bucket { account: None, .. });
                (!backup.to.iter().any(lacks)).to_string()
            }
        };
        let _ = writeln!(out, "    {}) {wanted} ;;", word(&backup.name));
    }
    out.push_str("  esac\n}\n");
    out.push_str("\n# upload_switch BACKUP: what would have its copies taken to its places.\nupload_switch() {\n  case $1 in\n");
    for backup in &platform.backups {
        if let Some(Switch::Variable(input)) = backup.upload {
            let said = format!(": that is done where {} is true", platform[input].name);
            let _ = writeln!(out, "    {}) printf '%s' {} ;;", word(&backup.name), word(&said));
        }
    }
    out.push_str("    *) ;;\n  esac\n}\n");
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

/// What uses a service, and stands still while its data comes back.
fn readers(out: &mut String, platform: &Platform, services: &[&Service]) {
    let of = |service: &Service| platform.users_of(service).into_iter().map(|it| it.name.clone()).collect();
    lines(
        out,
        "users_of SERVICE: what works with its data, and stands still while that comes back.",
        services,
        of,
    );
}

/// What prepares a service after its data came back: jobs of its instance, which state the wanted end.
fn jobs(out: &mut String, platform: &Platform, services: &[&Service]) {
    let jobs = |service: &Service| {
        let of = platform.services.iter().filter(|it| it.parent == Some(service.id) && it.is_job());
        of.map(|it| it.name.clone()).collect()
    };
    lines(
        out,
        "jobs_after SERVICE: the jobs that prepare it, which run again when its data came back.",
        services,
        jobs,
    );
}

fn lines(out: &mut String, meaning: &str, services: &[&Service], list: impl Fn(&Service) -> Vec<String>) {
    let name = meaning.split(' ').next().unwrap_or_default();
    let _ = writeln!(out, "\n# {meaning}\n{name}() {{\n  case $1 in");
    for service in services {
        let names: Vec<String> = list(service).iter().map(|name| word(name)).collect();
        if !names.is_empty() {
            let _ = writeln!(out, "    {}) printf '%s\\n' {} ;;", service.name, names.join(" "));
        }
    }
    out.push_str("    *) ;;\n  esac\n}\n");
}

//! The places that copies are taken to, as the client of object stores knows them.

use std::fmt::Write as _;

use k8s_openapi::api::core::v1::EnvVar;

use crate::platform::{AccountId, Backup, DestinationKind, InputId, Platform, Value, ValuePart};
use crate::target::kubernetes::objects::pod::env::{self, INPUT};
use crate::target::kubernetes::objects::text;

/// A place, with what each of its accounts logs in by.
struct Place {
    name: String,
    endpoint: String,
    /// The bucket and the folder below which the copies of the backup lie.
    path: String,
    region: Option<String>,
    /// How what lies there is compared.
    options: &'static str,
    writer: Option<Login>,
    reader: Option<Login>,
}

#[derive(Clone)]
struct Login {
    key: Value,
    secret: InputId,
}

fn places(platform: &Platform, backup: &Backup) -> Vec<Place> {
    let place = |kind: DestinationKind| {
        let name = platform.destination_name(kind);
        match kind {
            DestinationKind::Bucket { bucket, account, reader } => {
                let login = |account: Option<AccountId>| {
                    let account = &platform[account?];
                    let key = [ValuePart::Literal(account.name.as_str().into())].into_iter().collect();
                    Some(Login { key: Value { parts: key }, secret: account.secrets.first()?.1 })
                };
                Place {
                    name,
                    endpoint: platform.bucket_endpoint(bucket).unwrap_or_default(),
                    path: format!("{}/{}", platform[bucket].name, backup.name),
                    region: None,
                    // It lies beside the data, so to read all of it costs nothing.
                    options: " --download",
                    writer: login(account),
                    reader: login(reader),
                }
            }
            DestinationKind::Store(id) => {
                let store = &platform[id];
                let login = Login { key: store.access_key.clone(), secret: store.secret_key };
                let folder =
                    if store.prefix.is_empty() { String::new() } else { format!("{}/", store.prefix) };
                Place {
                    name,
                    endpoint: store.endpoint.clone(),
                    path: format!("{}/{folder}{}", store.bucket, backup.name),
                    region: store.region.clone(),
                    options: "",
                    writer: Some(login.clone()),
                    reader: Some(login),
                }
            }
        }
    };
    backup.to.iter().map(|to| place(to.kind)).collect()
}

/// A line each: its name, its number, the path there, `reader` where an account may read it back, and how that is compared.
pub(super) fn table(platform: &Platform, backup: &Backup) -> String {
    let mut out = String::new();
    for (number, place) in places(platform, backup).iter().enumerate() {
        let reader = if place.reader.is_some() { "reader" } else { "-" };
        let _ = writeln!(out, "{} {} {} {reader}{}", place.name, number + 1, place.path, place.options);
    }
    out
}

/// The command that says whether copies are taken to their places.
pub(super) fn wanted(platform: &Platform, backup: &Backup) -> String {
    match backup.switch() {
        Some(input) => format!("[ \"${{{INPUT}{}}}\" = true ]", platform[input].name),
        _ if Platform::is_uploaded(backup) => "true".to_owned(),
        _ => "false".to_owned(),
    }
}

/// The variables of the container that takes copies to their places.
pub(super) fn of_writers(platform: &Platform, backup: &Backup) -> Vec<EnvVar> {
    let places = places(platform, backup);
    let mut out = Variables { platform, secret: backup.of_taker(), entries: client() };
    if let Some(input) = backup.switch() {
        out.input(input);
    }
    for (number, place) in places.iter().enumerate() {
        for (role, login) in [("WRITER", &place.writer), ("READER", &place.reader)] {
            out.remote(&format!("{role}{}", number + 1), place, login.as_ref());
        }
    }
    out.entries
}

/// Those of the container that fetches a copy.
pub(super) fn of_readers(platform: &Platform, backup: &Backup) -> Vec<EnvVar> {
    let mut out = Variables { platform, secret: backup.of_taker(), entries: client() };
    for (number, place) in places(platform, backup).iter().enumerate() {
        out.remote(&format!("READER{}", number + 1), place, place.reader.as_ref());
    }
    out.entries
}

/// The names of the places that a copy can be fetched from.
pub(super) fn readable(platform: &Platform, backup: &Backup) -> Vec<String> {
    let places = places(platform, backup).into_iter();
    places.filter(|place| place.reader.is_some()).map(|place| place.name).collect()
}

/// The names of the places that copies go to, and that no account may read.
pub(super) fn unreadable(platform: &Platform, backup: &Backup) -> Vec<String> {
    let places = places(platform, backup).into_iter();
    places.filter(|place| place.reader.is_none()).map(|place| place.name).collect()
}

/// No file of settings.
fn client() -> Vec<EnvVar> {
    vec![literal("RCLONE_CONFIG", "")]
}

fn literal(name: &str, value: &str) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(value.to_owned()), value_from: None }
}

struct Variables<'a> {
    platform: &'a Platform,
    /// The Secret that holds what the operator sets.
    secret: String,
    entries: Vec<EnvVar>,
}

impl Variables<'_> {
    /// An input as a variable that others may be built from.
    fn input(&mut self, id: InputId) -> String {
        let name = format!("{INPUT}{}", self.platform[id].name);
        if self.entries.iter().all(|entry| entry.name != name) {
            self.entries.push(env::input(self.platform, &self.secret, &name, id, false));
        }
        name
    }

    /// A remote of the client (rclone/rclone:docs/content/docs.md, "Config file", "Environment Variables").
    fn remote(&mut self, remote: &str, place: &Place, login: Option<&Login>) {
        let Some(login) = login else { return };
        let name = |key: &str| format!("RCLONE_CONFIG_{remote}_{key}");
        let known: Vec<(InputId, String)> = login.key.inputs().map(|id| (id, self.input(id))).collect();
        let of = |id: InputId| {
            known.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone()).unwrap_or_default()
        };
        let key = text::value(&login.key, &of);
        let plain = [
            ("TYPE", "s3"),
            ("PROVIDER", "Other"),
            ("ENDPOINT", place.endpoint.as_str()),
            // The bucket is there; to look whether it is takes a right that a writer has not.
            ("NO_CHECK_BUCKET", "true"),
            ("ACCESS_KEY_ID", key.as_str()),
        ];
        self.entries.extend(plain.map(|(key, value)| literal(&name(key), value)));
        self.entries.extend(place.region.iter().map(|region| literal(&name("REGION"), region)));
        let secret = name("SECRET_ACCESS_KEY");
        self.entries.push(env::input(self.platform, &self.secret, &secret, login.secret, false));
    }
}

//! What pods of backups get of the secrets of their service: what the commands that they run read, and no more.

use std::collections::BTreeSet;
use std::fs;

use super::super::built::{Built, all};
use super::super::cluster::{Cluster, list, text};
use crate::fixtures::project::compile_text;

/// The secrets of a step: the keys of its variables, and the paths of its files.
fn secrets(cluster: &Cluster, job: &str, step: &str) -> BTreeSet<String> {
    let pod = cluster.pods().find(|pod| pod.workload.name() == job).expect("it is there");
    let container = pod.containers().find(|it| it.name() == step).expect("it is there");
    let keys = list(&container.value["env"]).iter().map(|it| &it["valueFrom"]["secretKeyRef"]["key"]);
    let mut found: BTreeSet<String> =
        keys.filter(|key| !key.is_null()).map(|key| text(key).to_owned()).collect();
    for mount in list(&container.value["volumeMounts"]) {
        let volume = list(&pod.spec()["volumes"]).iter().find(|it| it["name"] == mount["name"]);
        let secret = &volume.expect("it is declared")["secret"];
        found.extend(list(&secret["items"]).iter().map(|item| text(&item["path"]).to_owned()));
    }
    found
}

fn of(name: &str) -> Cluster {
    all().iter().find(|built| built.name == name).expect("it is built").cluster()
}

#[test]
fn a_pod_gets_the_secrets_that_its_commands_read() {
    for (platform, job, step, expected) in [
        ("cluster-backups", "backup-orders", "save", &["POSTGRES_PASSWORD"] as &[_]),
        ("cluster-backups", "restore-orders", "restore", &["POSTGRES_PASSWORD"]),
        ("cluster-backups", "backup-sessions", "save", &["REDIS_PASSWORD"]),
        // It stands still, and is not asked.
        ("cluster-backups", "restore-sessions", "restore", &[]),
        ("cluster-backups", "backup-books", "save", &["ledger_password"]),
        ("cluster-backups", "restore-books", "restore", &["ledger_password"]),
        ("cluster-backups", "backup-albums", "save", &[]),
        ("platform", "backup-nightly", "save", &["MONGO_BACKUP_PASSWORD"]),
        ("platform", "restore-nightly", "restore", &["MONGO_BACKUP_PASSWORD", "mongo_initdb_root_password"]),
    ] {
        let found = secrets(&of(platform), job, step);
        assert_eq!(found, expected.iter().map(|&it| it.to_owned()).collect(), "{platform}: {job}: {step}");
    }
}

/// A program that nobody says anything of logs in by what it finds.
#[test]
fn a_pod_gets_all_secrets_where_nothing_names_one() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ok/cluster-backups.infra");
    let source = fs::read_to_string(source).expect("a fixture");
    for (reads, expected) in [
        ("", &["LEDGER_LICENCE", "ledger_password", "ledger_signing_key"] as &[_]),
        ("reads = []", &[]),
        ("reads = [LEDGER_LICENCE]", &["LEDGER_LICENCE"]),
    ] {
        let changed = source.replace("reads = [LEDGER_PASSWORD]", reads);
        assert_ne!(source, changed);
        let platform = compile_text(&changed).platform.expect("it compiles");
        let cluster = Built::lowered(reads.to_owned(), platform).cluster();
        for (job, step) in [("backup-books", "save"), ("restore-books", "restore")] {
            let found = secrets(&cluster, job, step);
            assert_eq!(found, expected.iter().map(|&it| it.to_owned()).collect(), "{reads}: {job}");
        }
    }
}

//! Secrets out of `.env`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::shell::{Project, Shell, said};
use crate::judge::Judge;
use crate::kubernetes::built;

const TABLE: &str = "\
# namespace secret workload key…
@platform shop
shop api deployment/api DB_PASSWORD TOKEN?
shop db statefulset/db DB_PASSWORD
shop setup job/setup-12345678 DB_PASSWORD
";

pub(super) fn project(env: &str) -> Project {
    let project = Project::new();
    project.write("scripts/secrets-kubernetes.sh", &super::secrets_script());
    project.write("kubernetes/overlays/prod/secrets.conf", TABLE);
    project.write(".env", env);
    project
}

/// The values of a Secret as the cluster would hand them out.
fn values(manifest: &str) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_str(manifest).expect("it is JSON");
    let data = manifest["data"].as_object().expect("it holds data");
    let text =
        |value: &Value| String::from_utf8(decoded(value.as_str().expect("it is text"))).expect("it is UTF-8");
    data.iter().map(|(key, value)| (key.clone(), text(value))).collect()
}

/// Base64, read.
fn decoded(text: &str) -> Vec<u8> {
    let digit = |byte: u8| {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        alphabet.iter().position(|known| *known == byte).expect("it is a digit")
    };
    let bytes = text.trim_end_matches('=').as_bytes();
    let mut out = Vec::new();
    for chunk in bytes.chunks(4) {
        let number =
            chunk.iter().fold(0, |number, byte| number << 6 | digit(*byte)) << (6 * (4 - chunk.len()));
        let all =
            [number >> 16, number >> 8, number].map(|byte| u8::try_from(byte & 0xff).expect("it is a byte"));
        out.extend(&all[..chunk.len() - 1]);
    }
    out
}

/// Values that shells and readers of `.env` take apart.
const HARD: &[&str] = &[
    "plain",
    "a b",
    " a ",
    "a$b",
    "${HOME}",
    "$(id)",
    "`id`",
    "a#b",
    "# a",
    "\\n",
    "a\\b",
    "%s%n",
    "\"",
    "a\"b",
    "*",
    "~",
    "!",
    "ä€😀",
    "a;b&c|d",
    "-n",
    "-e x",
    "=",
    "a=b",
    "$$",
    "\\\\x",
];

#[test]
fn values_arrive_as_compose_reads_them() {
    for shell in Shell::all() {
        for hard in HARD {
            let env = format!("# a comment\nDB_PASSWORD='{hard}'\n\nOTHER=1\n");
            let project = project(&env);
            let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
            assert!(output.status.success(), "{}: {hard}: {}", shell.name, said(&output));
            let given = project.given();
            let names: Vec<String> = given.iter().map(|it| name(it)).collect();
            assert_eq!(names, ["api", "db", "setup"], "{}", shell.name);
            for manifest in &given {
                assert_eq!(values(manifest)["DB_PASSWORD"], *hard, "{}", shell.name);
            }
            // It stands on no command line, and in no message.
            let loud = format!("{}{}", project.calls(), said(&output));
            assert!(hard.len() < 5 || !loud.contains(hard), "{}: {loud}", shell.name);
        }
    }
}

#[test]
fn compose_reads_the_same() {
    let Some(compose) = Judge::find("docker-compose") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = "{ services: { a: { image: b, environment: { X: \"${DB_PASSWORD}\" } } } }";
    std::fs::write(folder.path().join("compose.yaml"), file).expect("a file can be written");
    for hard in HARD {
        std::fs::write(folder.path().join(".env"), format!("DB_PASSWORD='{hard}'\n"))
            .expect("a file can be written");
        let verdict = compose.ask(folder.path(), &["config", "--format", "json"], "");
        let config: Value = serde_json::from_str(&verdict.output).expect("it is JSON");
        // Compose writes its own escapes.
        let value = config["services"]["a"]["environment"]["X"].as_str().map(|it| it.replace("$$", "$"));
        assert_eq!(value.as_deref(), Some(*hard), "{}", verdict.complaint);
    }
}

fn name(manifest: &str) -> String {
    let manifest: Value = serde_json::from_str(manifest).expect("it is JSON");
    manifest["metadata"]["name"].as_str().expect("it has a name").to_owned()
}

#[test]
fn what_readers_differ_about_is_refused_before_anything_is_done() {
    for (env, reason) in [
        ("DB_PASSWORD=a b\n", ".env:1: the value of DB_PASSWORD must stand between ' and '"),
        ("DB_PASSWORD=a$b\n", "between ' and '"),
        ("DB_PASSWORD=a # b\n", "between ' and '"),
        ("DB_PASSWORD='a'b'\n", "holds a quote"),
        ("DB_PASSWORD='a\\'\n", "ends with \\"),
        ("DB_PASSWORD='a\n", "the value of DB_PASSWORD has no second quote"),
        ("DB_PASSWORD='a' # b\n", "between ' and '"),
        ("DB_PASSWORD='\n", "no second quote"),
        ("DB_PASSWORD=\"a\"\n", "the value of DB_PASSWORD must stand between ' and ', or without quotes"),
        ("TOKEN=\"a\"\nDB_PASSWORD=a\n", "the value of TOKEN must stand"),
        ("OTHER=\"a\nDB_PASSWORD=b\n", ".env:1: a value stands on one line, and that of OTHER"),
        ("DB_PASSWORD=a\nDB_PASSWORD=b\n", ".env:2: DB_PASSWORD is set above already"),
        ("DB_PASSWORD=a\r\n", "Windows"),
        ("export DB_PASSWORD=a\n", "letters, digits and _"),
        ("DB PASSWORD=a\n", "letters, digits and _"),
        ("DB_PASSWORD\n", "no NAME=value"),
        ("DB_PASSWORD=\n", ".env does not set: DB_PASSWORD"),
        ("OTHER=a\n", ".env does not set: DB_PASSWORD"),
    ] {
        for shell in Shell::all() {
            let project = project(env);
            let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
            assert_eq!(output.status.code(), Some(1), "{}: {env:?}: {}", shell.name, said(&output));
            assert!(said(&output).contains(reason), "{}: {env:?}: {}", shell.name, said(&output));
            assert_eq!(project.calls(), "", "{}: {env:?}", shell.name);
        }
    }
}

#[test]
fn nothing_of_the_file_is_run() {
    for shell in Shell::all() {
        let project = project("DB_PASSWORD='$(touch run)`touch run`'\n$(touch run)=a\n");
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        let project = self::project("DB_PASSWORD='$(touch run)`touch run`'\n");
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}", said(&output));
        assert!(!project.is_there("run"));
    }
}

#[test]
fn what_may_be_missing_is_left_out() {
    for shell in Shell::all() {
        for (env, keys) in [
            ("DB_PASSWORD=a\n", vec!["DB_PASSWORD"]),
            ("DB_PASSWORD=a\nTOKEN=\n", vec!["DB_PASSWORD"]),
            ("DB_PASSWORD=a\nTOKEN=b", vec!["DB_PASSWORD", "TOKEN"]),
        ] {
            let project = project(env);
            let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
            assert!(output.status.success(), "{}", said(&output));
            let values = values(&project.given()[0]);
            assert_eq!(values.keys().collect::<Vec<_>>(), keys, "{}", shell.name);
        }
    }
}

/// Server-side apply takes away what the same manager no longer applies: a Secret that is applied for one reader after the other
/// holds the keys of the last one.
#[test]
fn a_secret_is_applied_once_with_the_keys_of_all_its_readers() {
    let lines =
        "shop db cronjob/backup-nightly BACKUP_PASSWORD?\nshop db job/restore-1 TOKEN BACKUP_PASSWORD\n";
    for shell in Shell::all() {
        let project = project("DB_PASSWORD=a\nTOKEN=b\nBACKUP_PASSWORD=c\n");
        project.write("kubernetes/overlays/prod/secrets.conf", &format!("{TABLE}{lines}"));
        project.answer("get secret db", 0, &["1", "2"]);
        project.answer("get statefulset/db", 0, &["db 1"]);
        project.answer("get job/restore-1", 0, &["restore-1 "]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}: {}", shell.name, said(&output));
        let given = project.given();
        assert_eq!(given.iter().map(|it| name(it)).collect::<Vec<_>>(), ["api", "db", "setup"]);
        let keys: Vec<String> = values(&given[1]).into_keys().collect();
        assert_eq!(keys, ["BACKUP_PASSWORD", "DB_PASSWORD", "TOKEN"], "{}", shell.name);
        let calls = project.calls();
        assert!(calls.contains("annotate job/restore-1 secrets/db=1"), "{}: {calls}", shell.name);
        assert!(calls.contains("delete job/restore-1 --ignore-not-found"), "{}: {calls}", shell.name);
        // A key that one of them needs is missed.
        let project = self::project("DB_PASSWORD=a\nTOKEN=b\n");
        project.write("kubernetes/overlays/prod/secrets.conf", &format!("{TABLE}{lines}"));
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(said(&output).contains(".env does not set: BACKUP_PASSWORD"), "{}", said(&output));
    }
}

/// Each Secret of a platform is applied once, with every key that an object of the build asks it for.
#[test]
fn no_reader_of_a_platform_lacks_a_key() {
    let shell = &Shell::all()[0];
    let mut shared = false;
    for built in built::all() {
        let Some(table) = built.files.get(&format!("{}/secrets.conf", built.root)) else { continue };
        // What values are to be like is another test's.
        let plain: String = table.split_inclusive('\n').filter(|line| !line.starts_with("@value")).collect();
        let keys: BTreeSet<&str> = lines_of(&plain).flat_map(|(_, keys)| keys).collect();
        let project = project(&keys.iter().fold(String::new(), |env, key| env + key + "='of " + key + "'\n"));
        project.write("kubernetes/overlays/prod/secrets.conf", &plain);
        let output = project.run(shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}: {}", built.name, said(&output));
        let mut held: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for manifest in project.given() {
            let read: Value = serde_json::from_str(&manifest).expect("it is JSON");
            let namespace = read["metadata"]["namespace"].as_str().expect("it is text");
            let place = format!("{namespace} {}", name(&manifest));
            assert!(held.insert(place, values(&manifest)).is_none(), "{}: applied twice", built.name);
        }
        shared |= lines_of(&plain).count() > held.len();
        for (place, keys) in lines_of(&plain) {
            for key in keys {
                assert_eq!(held[&place].get(key), Some(&format!("of {key}")), "{}: {place}", built.name);
            }
        }
    }
    assert!(shared, "no Secret has several readers");
}

/// The Secrets of a table, with the keys that one reader asks for.
fn lines_of(table: &str) -> impl Iterator<Item = (String, Vec<&str>)> {
    table.lines().filter(|line| !line.starts_with(['#', '@'])).map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let keys = words[3..].iter().map(|key| key.trim_end_matches('?')).collect();
        (format!("{} {}", words[0], words[1]), keys)
    })
}

/// What restarts a workload, in short.
fn restarts(calls: &str) -> Vec<String> {
    let patches = calls.lines().filter(|call| call.contains(" patch "));
    let short = |call: &str| {
        let versions = call.split("secrets\":\"").nth(1).and_then(|rest| rest.split('"').next());
        format!("{} {}", call.split(" --type").next().unwrap_or(call), versions.unwrap_or("none"))
    };
    patches.map(short).collect()
}

#[test]
fn exactly_what_reads_a_changed_secret_restarts() {
    for shell in Shell::all() {
        let project = project("DB_PASSWORD=a\n");
        // `api` has changed, `db` has not, `setup` is new.
        project.answer("get secret api", 0, &["1", "2"]);
        project.answer("get secret db", 0, &["3", "3"]);
        project.answer("get secret setup", 0, &["", "4"]);
        project.answer("get deployment/api", 0, &["api "]);
        project.answer("get statefulset/db", 0, &["db 3"]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["--context", "east", "prod"]);
        assert!(output.status.success(), "{}", said(&output));
        let calls = project.calls();
        assert_eq!(
            restarts(&calls),
            ["--context east --namespace shop patch deployment/api 2"],
            "{}",
            shell.name
        );
        assert!(calls.lines().all(|call| call.starts_with("--context east ")), "{}: {calls}", shell.name);
    }
}

#[test]
fn a_run_that_was_cut_off_is_made_good_by_the_next() {
    for shell in Shell::all() {
        let project = project("DB_PASSWORD=a\n");
        // Nothing has changed in this run. Pods of `api` have an older version; those of `db` say nothing, as a first apply
        // by another tool leaves them.
        for name in ["api", "db", "setup"] {
            project.answer(&format!("get secret {name}"), 0, &["2"]);
        }
        project.answer("get deployment/api", 0, &["api 1"]);
        project.answer("get statefulset/db", 0, &["db "]);
        project.answer("get job/setup-12345678", 0, &["setup-12345678 2"]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(restarts(&project.calls()), ["--namespace shop patch deployment/api 2"], "{}", shell.name);
    }
}

#[test]
fn what_a_job_sets_is_set_before_anything_restarts() {
    for shell in Shell::all() {
        let project = project("DB_PASSWORD=a\n");
        for name in ["api", "db", "setup"] {
            project.answer(&format!("get secret {name}"), 0, &["1", "2"]);
        }
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}", said(&output));
        let calls = project.calls();
        assert!(calls.contains("delete job/setup-12345678 --ignore-not-found"), "{}: {calls}", shell.name);
        assert_eq!(restarts(&calls), [""; 0], "{}", shell.name);
        assert!(said(&output).contains("apply now: scripts/apply-kubernetes.sh prod"), "{}", said(&output));
    }
}

/// The run that changed a Secret was cut off before the Job went, which ran with the value before; or the Job has gone, and the
/// apply has not made it anew.
#[test]
fn a_job_that_ran_with_an_older_value_runs_again() {
    for (shell, job) in Shell::all().iter().flat_map(|shell| [(shell, "setup-12345678 1"), (shell, "")]) {
        let project = project("DB_PASSWORD=a\n");
        for name in ["api", "db", "setup"] {
            project.answer(&format!("get secret {name}"), 0, &["2"]);
        }
        project.answer("get job/setup-12345678", 0, &[job]);
        project.answer("get deployment/api", 0, &["api 1"]);
        let output = project.run(shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}", said(&output));
        let calls = project.calls();
        assert!(calls.contains("delete job/setup-12345678 --ignore-not-found"), "{}: {calls}", shell.name);
        assert_eq!(restarts(&calls), [""; 0], "{}", shell.name);
    }
}

/// Before a Secret changes, its Job is noted to have run with what it held.
#[test]
fn what_a_job_ran_with_is_noted_before_it_changes() {
    for shell in Shell::all() {
        let project = project("DB_PASSWORD=a\n");
        project.answer("get secret setup", 0, &["1", "2"]);
        project.answer("get job/setup-12345678", 0, &["setup-12345678 "]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}", said(&output));
        let calls = project.calls();
        let at = |text: &str| calls.find(text).unwrap_or_else(|| panic!("{text}: {calls}"));
        assert!(
            at("annotate job/setup-12345678 secrets/setup=1") < at("delete job/setup-12345678"),
            "{calls}"
        );
    }
}

#[test]
fn the_program_is_found_where_no_variable_names_it() {
    for shell in Shell::all() {
        let project = project("DB_PASSWORD=a\n");
        let output = project.run_by_path(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}: {}", shell.name, said(&output));
        assert_eq!(project.given().len(), 3, "{}", shell.name);
    }
}

#[test]
fn a_dry_run_changes_nothing() {
    for shell in Shell::all() {
        let project = project("DB_PASSWORD=a-secret\n");
        project.write("kubernetes/overlays/prod/secrets.conf", &format!("{TABLE}shop db x DB_PASSWORD\n"));
        let output = project.run(&shell, "secrets-kubernetes.sh", &["--dry-run", "prod"]);
        let (calls, said) = (project.calls(), said(&output));
        assert!(output.status.success() && calls.is_empty(), "{}: {calls}: {said}", shell.name);
        assert!(said.matches("shop/db would hold:").count() == 1 && !said.contains("a-secret"), "{said}");
    }
}

#[test]
fn a_secret_that_the_cluster_refuses_is_a_failure() {
    for shell in Shell::all() {
        let project = project("DB_PASSWORD=a\n");
        project.answer("infrac-secrets", 1, &[]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("shop/api is refused"), "{}", said(&output));
    }
}

/// A table that says what values are like, and which of them programs keep themselves.
const KEPT: &str = "\
@platform shop
shop db statefulset/db APP_PASSWORD KEY ROOT_PASSWORD TOKEN? HOOK?
shop api deployment/api APP_PASSWORD
shop setup job/setup-12345678 JOB_PASSWORD
@value APP_PASSWORD secret 12 url
@value KEY secret 0 -
@value ROOT_PASSWORD secret 12 -
@value TOKEN variable 0 -
@value HOOK secret 0 address
@choice TOKEN one word
@choice TOKEN other
@learn APP_PASSWORD change shop statefulset/db sh /etc/change.sh app 'two words'
@learn KEY hand shop statefulset/db Encrypt all anew.
@learn ROOT_PASSWORD change shop statefulset/db sh /etc/change.sh '@{ROOT_USER}'
";

fn kept(env: &str) -> Project {
    let project = project(env);
    project.write("kubernetes/overlays/prod/secrets.conf", KEPT);
    project
}

const GOOD: &str = "APP_PASSWORD=long-enough-it-is\nKEY=k-9-k-9-long-enough\nROOT_PASSWORD='long enough, it is'\nJOB_PASSWORD=x1\n";

#[test]
fn what_a_running_program_keeps_is_not_changed_behind_its_back() {
    for shell in Shell::all() {
        // Two have another value, one has the same, and the Secret of `api` is not there yet.
        let there = |project: &Project| {
            project.answer("get secret db --ignore-not-found -o jsonpath={.data.APP_PASSWORD}", 0, &["b2xk"]);
            project.answer("get secret db --ignore-not-found -o jsonpath={.data.KEY}", 0, &["b2xk"]);
            let same = "bG9uZyBlbm91Z2gsIGl0IGlz";
            project.answer("get secret db --ignore-not-found -o jsonpath={.data.ROOT_PASSWORD}", 0, &[same]);
        };
        let project = kept(GOOD);
        there(&project);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        let said = super::shell::said(&output);
        assert_eq!(output.status.code(), Some(1), "{}: {said}", shell.name);
        assert!(
            said.contains(
                "kubectl --namespace shop exec -i statefulset/db -- sh /etc/change.sh app 'two words'\n"
            ),
            "{said}"
        );
        assert!(said.contains("KEY has changed") && said.contains(": Encrypt all anew.\n"), "{said}");
        assert!(!said.contains("ROOT_PASSWORD"), "{said}");
        assert!(said.contains("add --known APP_PASSWORD --known KEY\n"), "{said}");
        assert!(!said.contains("long-enough") && !said.contains("b2xk"), "{said}");
        assert_eq!(project.given().len(), 0, "{}", shell.name);
        assert!(!project.calls().contains("apply"), "{}", project.calls());

        // Done by hand, one by one or both.
        let project = kept(GOOD);
        there(&project);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["--known", "KEY", "prod"]);
        let said = super::shell::said(&output);
        assert!(!output.status.success() && said.contains("add --known APP_PASSWORD\n"), "{said}");
        let both = ["--known", "KEY", "--known", "APP_PASSWORD", "prod"];
        let output = project.run(&shell, "secrets-kubernetes.sh", &both);
        assert!(output.status.success(), "{}: {}", shell.name, super::shell::said(&output));
        assert_eq!(project.given().len(), 3, "{}", shell.name);

        // Nothing is there yet.
        let project = kept(GOOD);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}: {}", shell.name, super::shell::said(&output));
    }
}

/// A command names what `.env` says, and not the name of the variable.
#[test]
fn a_command_holds_the_values_of_variables() {
    for shell in Shell::all() {
        let project = kept(&format!("{GOOD}ROOT_USER='the root'\n"));
        project.answer("get secret db --ignore-not-found -o jsonpath={.data.ROOT_PASSWORD}", 0, &["b2xk"]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        let said = super::shell::said(&output);
        assert!(said.contains("-- sh /etc/change.sh 'the root'\n"), "{}: {said}", shell.name);
    }
}

/// A Secret that lacks the key held the value under another name.
#[test]
fn a_secret_that_was_renamed_is_no_first_value() {
    for shell in Shell::all() {
        let project = kept(GOOD);
        let all = "get secret db --ignore-not-found -o jsonpath={.metadata.name} {.data.*}";
        project.answer(all, 0, &["db b2xk bG9uZyBlbm91Z2gsIGl0IGlz"]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        let said = super::shell::said(&output);
        assert_eq!(output.status.code(), Some(1), "{}: {said}", shell.name);
        // The value of one is there under another name, and those of two are not.
        assert!(
            said.contains("APP_PASSWORD is in no Secret yet") && said.contains("KEY is in no Secret yet"),
            "{said}"
        );
        assert!(!said.contains("ROOT_PASSWORD"), "{said}");
        assert!(!project.calls().contains("apply"), "{}", project.calls());
        // Another Secret holds it: a program begins to read what is known.
        let project = kept(GOOD);
        project.answer(
            "get secret api --ignore-not-found -o jsonpath={.metadata.name} {.data.*}",
            0,
            &["api b2xk"],
        );
        let same = "bG9uZy1lbm91Z2gtaXQtaXM=";
        project.answer("get secret db --ignore-not-found -o jsonpath={.data.APP_PASSWORD}", 0, &[same]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}: {}", shell.name, super::shell::said(&output));
    }
}

/// A dry run says what the real one would, as far as the cluster answers.
#[test]
fn a_dry_run_refuses_what_is_kept() {
    for shell in Shell::all() {
        let project = kept(GOOD);
        project.answer("get secret db --ignore-not-found -o jsonpath={.data.KEY}", 0, &["b2xk"]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["--dry-run", "prod"]);
        let said = super::shell::said(&output);
        assert!(!output.status.success() && said.contains("KEY has changed"), "{}: {said}", shell.name);
        let project = kept(GOOD);
        project.answer("get secret", 1, &[]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["--dry-run", "prod"]);
        let said = super::shell::said(&output);
        assert!(output.status.success() && said.contains("was not looked at"), "{}: {said}", shell.name);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(!output.status.success(), "{}", super::shell::said(&output));
    }
}

#[test]
fn a_name_that_no_program_keeps_is_not_known() {
    for shell in Shell::all() {
        for (name, expected) in [
            (
                "JOB_PASSWORD",
                "no program keeps a value of this name; there are: APP_PASSWORD KEY ROOT_PASSWORD\n",
            ),
            ("KEYS", "--known KEYS: no program"),
            ("K.Y", "secrets-kubernetes.sh [--dry-run]"),
        ] {
            let project = kept(GOOD);
            let output = project.run(&shell, "secrets-kubernetes.sh", &["--known", name, "prod"]);
            let said = super::shell::said(&output);
            assert!(!output.status.success() && said.contains(expected), "{}: {name}: {said}", shell.name);
            assert!(!project.calls().contains("apply"), "{}", project.calls());
        }
    }
}

#[test]
fn weak_values_are_refused_all_at_once() {
    for shell in Shell::all() {
        let env = "APP_PASSWORD='not/of an address'\nKEY=changeme\nROOT_PASSWORD=short1\nJOB_PASSWORD=x1\nTOKEN=third\n\
                   HOOK=hc-ping.com/5f0c\n";
        let project = kept(env);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        let said = super::shell::said(&output);
        assert_eq!(output.status.code(), Some(1), "{}: {said}", shell.name);
        for expected in [
            "APP_PASSWORD is part of an address",
            "KEY still is what an example says",
            "ROOT_PASSWORD is shorter than 12 characters",
            "TOKEN is none of one word, other",
            "HOOK is no address: https://HOST/PATH",
        ] {
            assert!(said.contains(expected), "{}: {expected}: {said}", shell.name);
        }
        for value in ["not/of", "changeme", "short1", "third", "5f0c"] {
            assert!(!said.contains(value), "{}: {value}: {said}", shell.name);
        }
        assert!(!project.calls().contains("apply"), "{}", project.calls());
        let project = kept(&format!("{GOOD}TOKEN='one word'\nHOOK=https://hc-ping.com/5f0c\n"));
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(output.status.success(), "{}: {}", shell.name, super::shell::said(&output));
    }
}

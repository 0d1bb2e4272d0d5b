//! What a source says comes out inert: make, bash, cron and systemd read names, paths and texts as what they are, whatever they
//! hold. Each text stands in one place of a platform at a time; what compiles is built, and read by the real programs. A text that
//! is run makes a file.

use std::fs;
use std::path::Path;

use infrac::platform::Runtime;

use super::engine::{Host, said, try_some};
use super::timers::{refused_by_cron, timers_of};
use crate::case::Case;
use crate::judge::Judge;

/// The places that scripts know of, and a line with a text, `@`, at each of them; `@/srv/` is the text in a path.
const PLACES: [(&str, &str); 14] = [
    ("platform.description", "platform shop { targets = [compose, scripts], description = @ }"),
    ("target.backups", "target scripts { backups = @/srv/ }"),
    ("host.path", "host main { path = @/srv/ }"),
    ("secret.description", "secret OTHER { description = @ }"),
    ("variable.default", "variable MODE = @"),
    ("variable.one_of", "variable CHOICE = \"a\" { one_of = [\"a\", @] }"),
    (
        "offsite.endpoint",
        "offsite away { endpoint = @, bucket = \"copies\", access_key = \"AKIA\", secret_key = AWAY }",
    ),
    (
        "offsite.prefix",
        "offsite away { endpoint = \"https://s3.example.com\", bucket = \"copies\", prefix = @, access_key = \"AKIA\", secret_key = AWAY }",
    ),
    (
        "offsite.access_key",
        "offsite away { endpoint = \"https://s3.example.com\", bucket = \"copies\", access_key = @, secret_key = AWAY }",
    ),
    ("dump.save", "dump { save = [\"tool\", @], restore = [\"tool\", @] }"),
    ("rotate.change", "rotate app { secret = KEY, change = [\"set\", @], check = [\"login\", @] }"),
    ("rotate.none", "rotate app { secret = KEY, none = @ }"),
    ("health.command", "health { command = [\"test\", @] }"),
    ("health.readiness", "health { readiness = @ }"),
];

/// Texts that mean something to one of the readers. `CANARY` is a file that nobody may make.
const TEXTS: [&str; 24] = [
    "it's \"two\" words",
    "$(touch CANARY)",
    "`touch CANARY`",
    "'; touch CANARY; '",
    "\"; touch CANARY; \"",
    "a\nEND\ntouch CANARY\n",
    "a\n\ttouch CANARY\n",
    "'\nEND\n}\ntouch CANARY\n",
    "$(shell touch CANARY)",
    "$$(touch CANARY) $@ $< ${PATH}",
    "%h %n %i %% 100%",
    "{{ 1 }} {% raw %} {# x #}",
    "# a comment",
    "a; touch CANARY",
    "a | touch CANARY & touch CANARY",
    "a > CANARY",
    "back\\slash \\' \\n \\",
    "-rf",
    "--help",
    "~/home ~root",
    "!history !!",
    "Käse, 日本, \u{1F980}",
    "*?[a-z]{a,b}",
    "\u{202e}reversed\u{7f}",
];

const SOURCE: [(&str, &str); 8] = [
    ("platform.", "platform shop { targets = [compose, scripts] }"),
    ("secret.KEY", "secret KEY"),
    ("network.", "network back"),
    ("backup.", "backup nightly { of = db, to = away, schedule = \"0 2 * * 1-5\", drill = \"0 4 1 * *\" }"),
    (
        "offsite.",
        "offsite away { endpoint = \"https://s3.example.com\", bucket = \"copies\", access_key = \"AKIA\", secret_key = AWAY }",
    ),
    ("dump.", "dump { save = [\"tool\"], restore = [\"tool\"] }"),
    ("rotate.", "rotate app { secret = KEY, change = [\"set\"], check = [\"login\"] }"),
    ("health.", "health { command = [\"true\"] }"),
];

/// The text as a source has it.
fn written(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.replace("${", "$${") + "\""
}

/// The platform with a text at one place.
fn source(place: &str, line: &str, text: &str) -> String {
    let kind = place.split_once('.').map_or(place, |(kind, _)| kind);
    let line = line.replace("@/srv/", &written(&format!("/srv/{text}"))).replace('@', &written(text));
    let of = |kind_of: &str| {
        let known = SOURCE.iter().find(|(start, _)| *start == format!("{kind_of}.")).map(|(_, line)| *line);
        if kind == kind_of { line.as_str() } else { known.unwrap_or_default() }.to_owned()
    };
    let (mut top, mut inner) = (Vec::new(), Vec::new());
    for kind_of in ["platform", "network", "offsite", "backup", "target", "host", "secret", "variable"] {
        top.push(of(kind_of));
    }
    for kind_of in ["dump", "rotate", "health"] {
        inner.push(of(kind_of));
    }
    format!(
        "{}\nsecret KEY\nsecret AWAY\nservice db {{\n  image = \"x/db:1\" {{ base = \"node:24\" }}\n  networks = [back]\n  port http = 8080\n  volume data = \"/data\" {{ backup = true }}\n  \
         env {{ KEY{}{}{} }}\n  {}\n}}\n",
        top.join("\n"),
        if kind == "secret" { ", OTHER" } else { "" },
        if place == "variable.default" { ", MODE" } else { "" },
        if place == "variable.one_of" { ", CHOICE" } else { "" },
        inner.join("\n  "),
    )
}

/// The build of a text; `None` where the compiler refuses it.
fn host(text: &str) -> Option<Host> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("text.infra"), text).expect("a file can be written");
    let case = Case {
        source: "text".to_owned(),
        environment: None,
        runtime: Runtime::Compose,
        root: folder.path().to_owned(),
        entry: "text.infra".to_owned(),
    };
    Some(Host::of(case.accepted()?))
}

/// What bash reads at each place of `scripts/lib/platform.sh`, each with a byte of zero behind it.
const READ: &str = r#"
. "$1/scripts/lib/common.sh"
. "$1/scripts/lib/env.sh"
for name in services limits timers backups inputs choices readers rotations endpoints sites replicas kernels; do
  if declare -F "$name" >/dev/null; then "$name" >/dev/null; fi
done
show() { printf '%s\0' "$@"; }
inside() { shift; show "$@"; }
show "$BACKUPS" "$INSTALL_PATH"
if declare -F choices >/dev/null; then show "$(choices)"; fi
if declare -F place >/dev/null; then place nightly away; show "$place_endpoint" "$place_prefix" "$(place_key nightly away writer)"; fi
words=()
if declare -F backup_words >/dev/null; then backup_words db save; show ${words[@]+"${words[@]}"}; fi
if declare -F rotation_words >/dev/null; then
  words=()
  rotation_words "$(rotations | awk 'NR == 1 { print $2 }')" change
  show ${words[@]+"${words[@]}"}
fi
if declare -F by_hand >/dev/null; then by_hand "$(rotations | awk 'NR == 1 { print $2 }')"; show; fi
own_check db db-1 || :
"#;

/// The places at which bash must read the very text, where such a text compiles.
const EXACT: [&str; 7] = [
    "target.backups",
    "offsite.prefix",
    "offsite.access_key",
    "dump.save",
    "rotate.change",
    "rotate.none",
    "health.command",
];

/// The places at which the compiler refuses every such text.
const REFUSED: [&str; 1] = ["host.path"];

#[test]
fn what_a_source_says_is_run_by_no_reader() {
    let cases: Vec<(&str, &str, &str)> = PLACES
        .iter()
        .flat_map(|(place, line)| TEXTS.iter().map(move |text| (*place, *line, *text)))
        .collect();
    let taken = std::sync::Mutex::new(Vec::new());
    try_some(&cases, 16, |(place, line, text)| {
        let Some(host) = host(&source(place, line, text)) else { return };
        taken.lock().expect("no test panics with it").push(*place);
        let what = format!("{place}: {text:?}");
        let filled = |name: &str| (format!("{name}=\n"), format!("{name}='a-long-value'\n"));
        let env = ["KEY", "AWAY"]
            .map(filled)
            .iter()
            .fold(host.read(".env.example"), |env, (empty, full)| env.replace(empty, full));
        host.write(".env", &env);
        host.write("read.sh", &format!("#!/usr/bin/env bash\n{READ}"));
        let reads = host.command("read.sh", &[&host.build().to_string_lossy()]).output().expect("bash runs");
        assert!(reads.status.success() && reads.stderr.is_empty(), "{what}: {}", said(&reads));
        let read: Vec<String> = reads
            .stdout
            .split(|byte| *byte == 0)
            .map(|it| String::from_utf8_lossy(it).into_owned())
            .collect();
        if EXACT.contains(place) {
            assert!(
                read.iter()
                    .any(|it| it.trim_start_matches("/srv/").trim_end_matches('\n')
                        == text.trim_end_matches('\n')),
                "{what}: {read:?}"
            );
        }
        for script in
            ["health-check.sh", "backup.sh", "rotate.sh", "deploy.sh", "install-timers.sh", "stack.sh"]
        {
            host.run(&format!("scripts/{script}"), &["--help"]);
        }
        host.run("scripts/backup.sh", &["--list"]);
        host.run("scripts/rotate.sh", &["--list"]);
        host.run("scripts/rotate.sh", &["KEY", "--dry-run"]);
        host.run("scripts/secrets.sh", &["--check"]);
        host.run("scripts/health-check.sh", &[]);
        let units = host.place("units");
        let timers = host.run("scripts/install-timers.sh", &["--to", &units.to_string_lossy()]);
        assert!(timers.status.success(), "{what}: {}", said(&timers));
        units_are_read(&units, &what);
        cron_is_read(&host, &what);
        if let Some(make) = Judge::find("make") {
            for goals in [&["-n", "help", "up", "health", "secrets", "backup", "restore"][..], &["help"]] {
                let verdict = make.ask(host.build(), goals, "");
                assert!(verdict.accepted, "{what}: {}", verdict.complaint);
            }
        }
        for folder in ["build", "home", "units", "build/scripts", "build/docker", ""] {
            assert!(!host.place(folder).join("CANARY").exists(), "{what}: it was run, in {folder}");
        }
    });
    // That none compiles would be no proof.
    let taken = taken.into_inner().expect("no test panics with it");
    for place in EXACT {
        assert!(taken.contains(&place) || !crate::sample::whole(), "no text compiles at {place}");
    }
    for place in REFUSED {
        assert!(!taken.contains(&place), "a text compiles at {place}");
    }
    assert!(taken.len() > 3, "{taken:?}");
}

/// The units of a folder are what systemd reads.
fn units_are_read(folder: &Path, what: &str) {
    let Some(judge) = Judge::find("systemd-analyze") else { return };
    let mut words = vec!["verify".to_owned(), "--man=no".to_owned()];
    for entry in fs::read_dir(folder).expect("it is written") {
        let path = entry.expect("an entry").path();
        words.extend((!path.to_string_lossy().contains('@')).then(|| path.display().to_string()));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let verdict = judge.ask(folder, &words, "");
    assert!(verdict.accepted, "{what}: {}", verdict.complaint);
}

/// The file for crond is what cron reads, and each line one program with the name of its backup: a `%` would end the command, and
/// what stands behind it would be its input (crontab(5)); the rest is the shell's.
fn cron_is_read(host: &Host, what: &str) {
    let folder = timers_of(host, "cron");
    for entry in fs::read_dir(&folder).expect("it is written") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a file");
        assert_eq!(refused_by_cron(&text), None, "{what}: {text}");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let commands: Vec<&str> = lines.filter_map(|line| Some(line.split_once(" root ")?.1)).collect();
        assert_eq!(commands.len(), 2, "{what}: a backup and its drill: {text}");
        for command in commands {
            assert!(!command.contains('%'), "{what}: {command}");
            let (program, _) = command.split_once(" 2>&1 | logger ").expect("it is logged");
            let shown = std::process::Command::new("sh")
                .args(["-c", &format!("printf '%s\\n' {program}")])
                .current_dir(&folder)
                .output()
                .expect("a shell");
            let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
            let words: Vec<&str> = shown.lines().collect();
            let script = words.first().copied().unwrap_or_default();
            assert!(script.starts_with(&*host.build().to_string_lossy()), "{what}: {words:?}");
            // The name of the backup, and the options that a timer gives.
            let given: Vec<&str> = words.iter().skip(1).copied().collect();
            let known = [&["--wait", "14400", "nightly"][..], &["nightly", "--drill", "--wait", "14400"]];
            assert!(known.contains(&given.as_slice()), "{what}: {words:?}");
        }
    }
}

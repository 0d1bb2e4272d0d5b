//! What the target prometheus writes, judged by promtool: configuration, rules and the alerts' own tests are
//! accepted, and broken twins are refused.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and run programs")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::case::{Case, build};
use crate::judge::{Judge, Verdict};
use crate::sample;
use infrac::target::Artifact;
use tempfile::TempDir;

/// Where the target writes.
const FOLDER: &str = "monitoring/prometheus";

/// The files of the target.
fn artifacts(case: &Case) -> Vec<Artifact> {
    let all = build(&case.compile());
    all.into_iter().filter(|artifact| artifact.path.starts_with(FOLDER)).collect()
}

/// The files in a folder of their own; `None` where a platform has no metrics server.
fn written(artifacts: &[Artifact]) -> Option<TempDir> {
    if artifacts.is_empty() {
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for artifact in artifacts {
        let path = folder.path().join(artifact.path.trim_start_matches(FOLDER).trim_start_matches('/'));
        fs::create_dir_all(path.parent().expect("it is below the folder")).expect("a new folder");
        fs::write(path, &artifact.content).expect("a new file");
    }
    Some(folder)
}

fn files(folder: &Path, below: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder.join(below)) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .map(|entry| format!("{below}/{}", entry.expect("a readable folder").file_name().to_string_lossy()))
        .collect();
    names.sort();
    names
}

/// What promtool says of a folder: of the first thing that it refuses, or of the last. Of rules and tests those
/// of one group, where it is named.
///
/// promtool looks for the files that a configuration names. A pod's token is in its pod alone.
fn judged(judge: &Judge, folder: &Path, group: &str) -> Verdict {
    let of_group = |below: &str| {
        let mut files = files(folder, below);
        files.retain(|file| file.contains(group));
        files
    };
    let (rules, tests) = (of_group("rules"), of_group("tests"));
    let with = |command: &[&'static str], files: &[String]| {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        judge.ask(folder, &[command, files.as_slice()].concat(), "")
    };
    let config = fs::read_to_string(folder.join("prometheus.yml")).unwrap_or_default();
    let syntax = config.contains("/var/run/secrets/kubernetes.io/").then_some("--syntax-only");
    let check: Vec<&str> = ["check", "config"].into_iter().chain(syntax).chain(["prometheus.yml"]).collect();
    let mut verdict = judge.ask(folder, &check, "");
    if verdict.accepted && !rules.is_empty() {
        verdict = with(&["check", "rules", "--lint=all", "--lint-fatal"], &rules);
    }
    if verdict.accepted && !tests.is_empty() {
        verdict = with(&["test", "rules"], &tests);
    }
    verdict
}

#[test]
fn promtool_2_accepts_everything_and_every_alert_behaves() {
    accepts_everything("promtool");
}

#[test]
fn promtool_3_accepts_everything_and_alerts_behave() {
    accepts_everything("promtool-new");
}

/// Of the groups of alerts outside the flagship, the oldest promtool tries one in so many.
const OLDEST: u64 = 2;

/// Of all groups of alerts, the newest one tries one in so many.
const NEWEST: u64 = 4;

/// One judge for all platforms. The tests of alerts take a minute and more, so each judge has a thread of its own.
fn accepts_everything(judge: &'static str) {
    let newest = judge == "promtool-new";
    let Some(judge) = Judge::find(judge) else { return };
    let mut complaints = Vec::new();
    let mut seen = 0;
    let mut known = BTreeSet::new();
    for case in Case::all() {
        let artifacts = artifacts(&case);
        let Some(folder) = written(&artifacts) else { continue };
        seen += 1;
        // Groups that are the same on both runtimes are tried once: their tests are most of the work.
        let tests = artifacts.iter().filter(|artifact| artifact.path.contains("/tests/"));
        for artifact in tests {
            let rules = artifact.path.replacen("/tests/", "/rules/", 1);
            let rules = artifacts.iter().find(|rules_of| rules_of.path == rules);
            let name = format!("{} {}", case.name(), artifact.path);
            let left_out = match (newest, case.source.as_str()) {
                (true, _) => !sample::takes(&name, NEWEST),
                (false, "platform") => false,
                (false, _) => !sample::takes(&name, OLDEST),
            };
            if left_out || !known.insert((artifact.content.clone(), rules.map(|rules| rules.content.clone())))
            {
                let path = artifact.path.trim_start_matches(FOLDER).trim_start_matches('/');
                drop(fs::remove_file(folder.path().join(path)));
            }
        }
        // An environment changes limits and sizes; the tests of alerts are long, and the same.
        if case.environment.is_some() {
            drop(fs::remove_dir_all(folder.path().join("tests")));
        }
        let verdict = judged(&judge, folder.path(), "");
        if !verdict.accepted {
            complaints.push(format!("{}: {}{}", case.name(), verdict.output, verdict.complaint));
        }
    }
    assert!(seen > 0, "no platform has a metrics server: the check is broken");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// A change of one of the files, and what the refusal must say.
struct Twin {
    wrong: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    told: &'static str,
}

const fn twin(
    wrong: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    told: &'static str,
) -> Twin {
    Twin { wrong, file, from, to, told }
}

const TWINS: &[Twin] = &[
    twin(
        "unknown key",
        "prometheus.yml",
        "  scrape_interval: 15s",
        "  scrape_intervall: 15s",
        "scrape_intervall",
    ),
    twin("bad duration", "prometheus.yml", "scrape_interval: 15s", "scrape_interval: 15 seconds", "duration"),
    twin(
        "timeout above the interval",
        "prometheus.yml",
        "scrape_timeout: 10s",
        "scrape_timeout: 1m",
        "timeout",
    ),
    twin("job twice", "prometheus.yml", "job_name: backend", "job_name: gateway", "multiple scrape configs"),
    twin("no rule files", "prometheus.yml", "[rules/*.yml]", "[rules/none.yml]", "none.yml"),
    twin("bad target", "prometheus.yml", "gateway:5921", "http://gateway:5921", "not a valid hostname"),
    twin("bad label", "prometheus.yml", "    platform: ", "    plat-form: ", "plat-form"),
    twin("malformed query", "rules/application.yml", "sum by (job)", "sum by (job", "parse error"),
    twin("unknown function", "rules/application.yml", "rate(http", "rates(http", "rates"),
    twin("wrong type", "rules/application.yml", "[5m]", "", "expected type range vector"),
    twin("unknown key of a rule", "rules/application.yml", "        for: ", "        fore: ", "fore"),
    twin(
        "bad record name",
        "rules/application.yml",
        "record: job:http_requests:rate5m",
        "record: job-http-requests",
        "recording rule name",
    ),
    twin("group twice", "rules/application.yml", "name: mongodb", "name: gateway", "repeated"),
    twin(
        "bad template",
        "rules/application.yml",
        "humanizePercentage",
        "humanisePercentage",
        "humanisePercentage",
    ),
    twin("wrong expectation", "tests/application.yml", "value: 1", "value: 0", "FAILED"),
    twin("another threshold", "rules/application.yml", "> 0.05", "> 0.95", "FAILED"),
    twin(
        "another comparison",
        "rules/application.yml",
        "mongodb_up{job=\"mongodb-exporter\"} == 0",
        "mongodb_up{job=\"mongodb-exporter\"} == 2",
        "FAILED",
    ),
];

#[test]
fn promtool_refuses_twins() {
    let Some(judge) = Judge::find("promtool") else { return };
    let flagship = artifacts(&Case::all().into_iter().next().expect("the flagship is the first case"));
    let mut complaints = Vec::new();
    for twin in TWINS {
        let folder = written(&flagship).expect("the flagship has a metrics server");
        let group =
            twin.file.rsplit('/').next().filter(|_| twin.file.contains('/')).unwrap_or("platform.yml");
        let path = folder.path().join(twin.file);
        let good = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", twin.file));
        if !good.contains(twin.from) {
            complaints.push(format!("{}: `{}` does not stand in {}", twin.wrong, twin.from, twin.file));
            continue;
        }
        fs::write(&path, good.replacen(twin.from, twin.to, 1)).expect("the file was written before");
        let verdict = judged(&judge, folder.path(), group);
        let said = format!("{}{}", verdict.output, verdict.complaint);
        if verdict.accepted || !said.contains(twin.told) {
            complaints.push(format!("{}: accepted: {}, said {said}", twin.wrong, verdict.accepted));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Templates whose syntax promtool judges; whether they can be run, it does not ask.
const TEMPLATES: &[&str] = &[
    "plain } text }}",
    "{{ $value }}",
    "{{$labels.job}}",
    "{{- $value -}}",
    "{{-$value}}",
    "{{ $value-}}",
    "{{/* a comment */}}",
    "{{- /* a comment */ -}}",
    "{{ /* no comment */ }}",
    "{{/* open }}",
    "{{/* a */ $value }}",
    "{{ $value",
    "{{ }}",
    "{{",
    "{{ ( }}",
    "{{ ) }}",
    "{{ () }}",
    "{{ ($value) }}",
    "{{ ($value).x }}",
    "{{ (1).x }}",
    "{{ \"a\".x }}",
    "{{ \"a\" }}",
    "{{ \"a }}",
    "{{ \"a\\q\" }}",
    "{{ \"a\\x41\\u00e9\\101\" }}",
    "{{ `a\\q` }}",
    "{{ `a }}",
    "{{ 'a' }}",
    "{{ 'ab' }}",
    "{{ '' }}",
    "{{ 1 }}",
    "{{ 1.5e3 }}",
    "{{ .5 }}",
    "{{ 0x1F }}",
    "{{ 0b12 }}",
    "{{ 1a }}",
    "{{ 1_000 }}",
    "{{ 1+2i }}",
    "{{ 1+2 }}",
    "{{ 1e }}",
    "{{ + }}",
    "{{ -1 }}",
    "{{ true }}",
    "{{ . }}",
    "{{ ..x }}",
    "{{ .Labels.job.more }}",
    "{{ $ }}",
    "{{ $.Value }}",
    "{{ $none }}",
    "{{ $x := 1 }}{{ $x }}",
    "{{ $x = 1 }}{{ $value = 2 }}",
    "{{ $x := }}",
    "{{ $x, $y := 1 }}",
    "{{ range $i, $x := query \"a\" }}{{ $i }}{{ $x }}{{ end }}",
    "{{ range $i, $x, $y := query \"a\" }}{{ end }}",
    "{{ range $x := query \"a\" }}{{ else }}{{ end }}{{ $x }}",
    "{{ range query \"a\" }}{{ break }}{{ continue }}{{ end }}",
    "{{ break }}",
    "{{ range }}{{ end }}",
    "{{ range 1 }}",
    "{{ if $value }}",
    "{{ if $value }}a{{ else }}b{{ end }}",
    "{{ if $value }}a{{ else if 1 }}b{{ else }}c{{ end }}",
    "{{ if $value }}a{{ else }}b{{ else }}c{{ end }}",
    "{{ if }}a{{ end }}",
    "{{ with $x := 1 }}{{ $x }}{{ end }}",
    "{{ with $x := 1 }}{{ end }}{{ $x }}",
    "{{ with 1 }}{{ else with 2 }}{{ end }}",
    "{{ with 1 }}{{ else if 2 }}{{ end }}",
    "{{ end }}",
    "{{ else }}",
    "{{ if 1 }}{{ end 1 }}",
    "{{ define \"a\" }}x{{ end }}{{ template \"a\" }}",
    "{{ define \"a\" }}{{ $labels.job }}{{ end }}",
    "{{ define \"a\" }}x",
    "{{ define a }}x{{ end }}",
    "{{ if 1 }}{{ define \"a\" }}x{{ end }}{{ end }}",
    "{{ block \"a\" . }}{{ $ }}{{ end }}",
    "{{ block \"a\" }}x{{ end }}",
    "{{ template \"a\" $value 1 }}{{ define \"a\" }}x{{ end }}",
    "{{ template a }}",
    "{{ $value | humanize }}",
    "{{ $value | humanizes }}",
    "{{ $value | 1 }}",
    "{{ | $value }}",
    "{{ $value || humanize }}",
    "{{ $value | if }}",
    "{{ printf \"%s\" if }}",
    "{{ $value, 1 }}",
    "{{ $value ; }}",
    "{{ a:b }}",
    "{{ $value:1 }}",
    "{{ humanize$value }}",
    "{{ humanize($value) }}",
    "{{ humanize ($value) | printf \"%s\" }}",
    "{{ index $labels \"a\" \"b\" }}",
    "{{ eq 1\n2 }}",
    "{{ tmpl \"a\" . }}",
    "{{ now }}",
    "{{ $value | toDuration }}",
    "{{ $é := 1 }}{{ $é }}",
    "{{ § }}",
    "{{ nil }}{{ printf \"%v\" nil.x }}",
];

#[test]
fn templates_are_read_as_promtool_reads_them() {
    let Some(judge) = Judge::find("promtool") else { return };
    let rules: Vec<serde_json::Value> = (TEMPLATES.iter().enumerate())
        .map(|(at, text)| {
            serde_json::json!({
                "alert": format!("A{at}"), "expr": format!("up > {at}"), "annotations": { "summary": text },
            })
        })
        .collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = serde_json::json!({ "groups": [{ "name": "templates", "rules": rules }] });
    fs::write(folder.path().join("rules.yml"), file.to_string()).expect("a new file");
    let verdict = judge.ask(folder.path(), &["check", "rules", "rules.yml"], "");
    let said = format!("{}{}", verdict.output, verdict.complaint);
    let mut differ = Vec::new();
    for (at, text) in TEMPLATES.iter().enumerate() {
        let refused = said.contains(&format!("\"A{at}\""));
        let read = infrac::promql::template::read(text);
        if refused && read.is_ok() {
            differ.push(format!("{text}: only promtool refuses it"));
        }
        if !refused
            && let Err(problem) = read
            && !ONLY_HERE.contains(text)
        {
            differ.push(format!("{text}: only here it is refused: {}", problem.message));
        }
    }
    assert!(said.contains("\"A7\"") || !verdict.accepted, "promtool judges no templates: {said}");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// Values of series. What promtool takes, and is not taken here, are sizes.
const VALUES: &[&str] = &[
    "1",
    "1 2 3",
    "1  2",
    " 1 ",
    "0x4",
    "0x0",
    "0+10x5",
    "0-10x5",
    "-1x3",
    "+1x3",
    "1+-2x3",
    "1.5e3x2",
    "1e-3",
    ".5x2",
    "5.",
    "_",
    "_x3",
    "_x",
    "_3",
    "_ x3",
    "stale",
    "stalex3",
    "Stale",
    "NaN",
    "nan",
    "Inf",
    "-Inf",
    "+inf",
    "--1",
    "-NaN",
    "NaNx3",
    "Infx3",
    "infinity",
    "1 x3",
    "1x",
    "x3",
    "1x3.5",
    "1x-3",
    "1+x3",
    "1+2",
    "1+2x",
    "1+2x3x4",
    "0x1F",
    "1e",
    "1_000",
    "foo",
    "1;2",
    "1,2",
    "{{}}",
    "{{count:1}}",
    "{{schema:1 sum:-0.3 count:3.1 z_bucket:7.1}}x3",
    "{{count:1}}+{{count:1}}x2",
    "{{count:1}",
    "{{count:1",
    "1 # comment",
];

#[test]
fn values_are_read_as_promtool_reads_them() {
    let Some(judge) = Judge::find("promtool") else { return };
    let mut differ = Vec::new();
    for text in VALUES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let series = serde_json::json!([{ "series": "x{a='b'}", "values": text }]);
        let file = serde_json::json!({ "tests": [{ "interval": "1m", "input_series": series }] });
        fs::write(folder.path().join("test.yml"), file.to_string()).expect("a new file");
        let verdict = judge.ask(folder.path(), &["test", "rules", "test.yml"], "");
        let read = infrac::promql::values(text);
        if verdict.accepted != read.is_ok() {
            differ.push(format!("`{text}`: promtool {}, here {read:?}", verdict.accepted));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// What can be read, and fails when the alert fires.
const ONLY_HERE: &[&str] = &["{{ $x = 1 }}{{ $value = 2 }}"];

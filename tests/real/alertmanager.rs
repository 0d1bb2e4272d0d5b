//! Who is told, by the program that comes with who tells: amtool reads the configuration, takes every alert through
//! its routes, and renders the messages.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use infrac::platform::Platform;
use infrac::platform::observe::Alert;
use infrac::platform::whose::Carried;
use infrac::platform::whose::WHOSE;
use tempfile::TempDir;

use super::none;
use crate::case::{Case, build};
use crate::judge::{Judge, Verdict};

/// Where the target writes.
const FOLDER: &str = "monitoring/alertmanager/";
const CONFIG: &str = "alertmanager.yml";
const MESSAGES: &str = "templates/messages.tmpl";

/// What the target writes, in a folder of its own.
struct Written {
    folder: TempDir,
    config: String,
}

impl Written {
    /// `None` where a platform tells nobody.
    fn of(platform: &Platform) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = None;
        for artifact in build(platform) {
            let Some(path) = artifact.path.strip_prefix(FOLDER) else { continue };
            if path == CONFIG {
                config = Some(artifact.content.clone());
            }
            let place = folder.path().join(path);
            fs::create_dir_all(place.parent().expect("it has a folder")).expect("a folder can be made");
            fs::write(place, artifact.content).expect("a file can be written");
        }
        Some(Self { folder, config: config? })
    }

    fn place(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.place(path), text).expect("a file can be written");
    }

    fn ask(&self, judge: &Judge, arguments: &[&str]) -> Verdict {
        judge.ask(self.folder.path(), arguments, "")
    }

    fn check(&self, judge: &Judge) -> Verdict {
        self.ask(judge, &["check-config", CONFIG])
    }

    /// What a definition of the messages says of an alert.
    fn render(&self, judge: &Judge, name: &str, data: &str) -> Verdict {
        let text = format!("--template.text={{{{ template \"infrac.{name}\" . }}}}");
        self.write("data.json", data);
        self.ask(
            judge,
            &["template", "render", "--template.glob=templates/*.tmpl", &text, "--template.data=data.json"],
        )
    }
}

/// Every case that tells anybody, each configuration once.
fn cases() -> Vec<(Case, Platform, Written)> {
    let mut seen = BTreeSet::new();
    let mut cases = Vec::new();
    for case in Case::all() {
        let platform = case.compile();
        let Some(written) = Written::of(&platform) else { continue };
        if seen.insert(written.config.clone()) {
            cases.push((case, platform, written));
        }
    }
    assert!(!cases.is_empty(), "no configuration is found: the check is broken");
    cases
}

/// The case with every way of telling.
fn tour() -> Written {
    let tour = Case::all().into_iter().find(|case| case.source == "tour").expect("there is a tour");
    Written::of(&tour.compile()).expect("it tells somebody")
}

#[test]
fn amtool_accepts_every_configuration() {
    let judges: Vec<Judge> = ["amtool", "amtool-new"].into_iter().filter_map(Judge::find).collect();
    let mut complaints = Vec::new();
    for (case, _, written) in cases() {
        for verdict in judges.iter().map(|judge| written.check(judge)) {
            if !verdict.accepted {
                complaints.push(format!("{}: {}{}", case.name(), verdict.output, verdict.complaint));
            }
        }
    }
    none(&complaints);
}

/// How many of the jobs that an alert may be about are tried.
const MOST_JOBS: usize = 4;

/// The labels an alert may fire with: those it always carries, what each receiver asks for beside them, and the jobs it
/// may be about, with what the metrics server adds for each.
fn fired<'a>(platform: &'a Platform, alert: &'a Alert) -> BTreeSet<Vec<(&'a str, String)>> {
    let always: Vec<(&str, String)> =
        platform.labels_of(alert).into_iter().map(|(label, value)| (label, value.to_owned())).collect();
    let mut fired = BTreeSet::from([always.clone()]);
    for receiver in platform.receivers() {
        for wanted in 0..2 {
            let mut labels = always.clone();
            for one in &receiver.matches {
                let known = labels.iter().any(|(label, _)| *label == one.label);
                if let (false, Some(wanted)) = (known, one.values.iter().cycle().nth(wanted)) {
                    labels.push((&one.label, wanted.text.replace('*', "x")));
                }
            }
            fired.insert(labels);
        }
    }
    if let Carried::OneOf(jobs) = platform.carried(alert, "job") {
        for job in jobs.into_iter().take(MOST_JOBS) {
            let mut labels = always.clone();
            labels.push(("job", job.to_owned()));
            for label in WHOSE {
                let value = platform.whose_job(job, label);
                if !value.is_empty() && !labels.iter().any(|(known, _)| *known == label) {
                    labels.push((label, value.to_owned()));
                }
            }
            fired.insert(labels);
        }
    }
    fired
}

#[test]
fn every_alert_takes_the_way_that_infrac_says() {
    let Some(judge) = Judge::find("amtool") else { return };
    let mut complaints = Vec::new();
    let mut several = 0;
    for (case, platform, written) in cases() {
        for alert in &platform.observed.alerts {
            for labels in fired(&platform, alert) {
                let labels: Vec<(&str, &str)> =
                    labels.iter().map(|(label, value)| (*label, value.as_str())).collect();
                let mut expected: Vec<&str> =
                    platform.told(&labels).map(|receiver| receiver.name.as_str()).collect();
                several += usize::from(expected.len() > 1);
                if expected.is_empty() {
                    expected.push("nobody");
                }
                let verify = format!("--verify.receivers={}", expected.join(","));
                let config = format!("--config.file={CONFIG}");
                let labels: Vec<String> =
                    labels.iter().map(|(label, value)| format!("{label}={value}")).collect();
                let mut arguments = vec!["config", "routes", "test", &config, &verify];
                arguments.extend(labels.iter().map(String::as_str));
                let verdict = written.ask(&judge, &arguments);
                if !verdict.accepted {
                    complaints.push(format!(
                        "{}: {labels:?} reaches {}, infrac says {expected:?}",
                        case.name(),
                        verdict.output.trim()
                    ));
                }
            }
        }
    }
    assert!(several > 0, "nothing is told to several: the check is broken");
    none(&complaints);
}

/// A change of the tour's configuration, and what the refusal must say.
const TWINS: &[(&str, &str, &str, &str)] = &[
    ("undefined receiver", "    - receiver: office", "    - receiver: offices", "undefined receiver"),
    ("a receiver twice", "  - name: audit", "  - name: office", "not unique"),
    ("unknown key", "  group_wait: 30s", "  group_waits: 30s", "group_waits"),
    ("no number", "repeat_interval: 11m", "repeat_interval: often", "often"),
    ("zero", "group_interval: 2m", "group_interval: 0s", "group_interval cannot be zero"),
    ("undefined hours", "active_time_intervals: [business]", "active_time_intervals: [holidays]", "holidays"),
    ("no matcher", "matchers: [severity=\"info\"]", "matchers: [severity]", "severity"),
    (
        "a bad pattern",
        "alertname=~\"Store.*\"]\n      group_by",
        "alertname=~\"Store(\"]\n      group_by",
        "Store(",
    ),
    ("no mail server", "  smtp_smarthost: smtp.example.com:587\n", "", "no global SMTP smarthost"),
    ("no sender", "  smtp_from: alerts@example.com\n", "", "no global SMTP from"),
    (
        "no webhook of Slack",
        "      - api_url_file: /run/secrets/slack_webhook\n        channel",
        "      - channel",
        "Slack API URL",
    ),
    (
        "no key of PagerDuty",
        "      - routing_key_file: /run/secrets/pagerduty_key\n        url",
        "      - url",
        "missing service or routing key",
    ),
    (
        "no key of Opsgenie",
        "      - api_key_file: /run/secrets/opsgenie_key\n        api_url",
        "      - api_url",
        "global OpsGenie API Key",
    ),
    (
        "no webhook of Teams",
        "      - webhook_url_file: /run/secrets/teams_webhook\n        send",
        "      - send",
        "webhook_url",
    ),
    ("no address", "      - url_file: /run/secrets/heartbeat_url\n        send", "      - send", "url_file"),
    ("no such day", "\"monday:friday\"", "\"monday:freitag\"", "freitag"),
    ("no such hour", "\"18:00\"", "\"25:00\"", "25:00"),
    ("no such place", "Europe/Berlin", "Europe/Bärlin", "Bärlin"),
];

#[test]
fn amtool_refuses_what_is_broken() {
    let Some(judge) = Judge::find("amtool") else { return };
    let good = tour();
    assert!(good.check(&judge).accepted, "the twins are made of what is refused itself");
    let mut complaints = Vec::new();
    for (wrong, from, to, told) in TWINS {
        assert!(good.config.contains(from), "{wrong}: `{from}` is not there");
        good.write(CONFIG, &good.config.replacen(from, to, 1));
        let verdict = good.check(&judge);
        let said = format!("{}{}", verdict.output, verdict.complaint);
        if verdict.accepted || !said.contains(told) {
            complaints.push(format!("{wrong}: {said}"));
        }
    }
    none(&complaints);
}

/// Two alerts as Alertmanager hands them to templates.
const DATA: &str = r#"{
  "receiver": "x", "status": "firing", "externalURL": "http://alerts",
  "groupLabels": {"alertname": "Down"},
  "commonLabels": {"alertname": "Down", "platform": "shop", "environment": "production", "severity": "critical"},
  "commonAnnotations": {"summary": "It is down"},
  "alerts": [
    {"status": "firing", "startsAt": "2026-01-02T03:04:05Z", "endsAt": "0001-01-01T00:00:00Z",
     "generatorURL": "http://metrics/graph", "labels": {"alertname": "Down", "severity": "critical", "job": "api"},
     "annotations": {"summary": "It is down", "description": "api:80 is silent", "runbook_url": "https://runbooks/Down"}},
    {"status": "resolved", "startsAt": "2026-01-02T03:04:05Z", "endsAt": "2026-01-02T04:04:05Z",
     "generatorURL": "", "labels": {"alertname": "Down"}, "annotations": {}}
  ]
}"#;

/// What each definition says of them.
const RENDERED: &[(&str, &str)] = &[
    ("title", "[FIRING:1] shop production: Down - It is down"),
    (
        "text",
        "FIRING Down (critical) since 2026-01-02 03:04 UTC\n\
         It is down\n\
         api:80 is silent\n\
         What to do: https://runbooks/Down\n\
         Why: http://metrics/graph\n\
         Labels: job=api\n\
         \n\
         RESOLVED Down since 2026-01-02 03:04 UTC until 2026-01-02 04:04 UTC\n",
    ),
    ("pagerduty.severity", "critical"),
    ("opsgenie.priority", "P1"),
];

#[test]
fn messages_read_well() {
    let Some(judge) = Judge::find("amtool") else { return };
    let written = tour();
    let messages = fs::read_to_string(written.place(MESSAGES)).expect("there are messages");
    for (name, expected) in RENDERED {
        assert!(written.config.contains(&format!("infrac.{name}\\\"")), "no message says {name}");
        let verdict = written.render(&judge, name, DATA);
        assert!(verdict.accepted, "{name}: {}{}", verdict.output, verdict.complaint);
        let said: Vec<&str> = verdict.output.lines().map(str::trim_end).collect();
        assert_eq!(said.join("\n").trim_end(), expected.trim_end(), "{name}");
    }
    // An alert that says nothing of itself, in a group without common labels.
    let bare =
        DATA.replace("\"alertname\": \"Down\", \"platform\"", "\"platform\"").replace("\"critical\"", "\"\"");
    for (name, expected) in
        [("title", "several alerts"), ("pagerduty.severity", "error"), ("opsgenie.priority", "P3")]
    {
        let verdict = written.render(&judge, name, &bare);
        assert!(verdict.accepted && verdict.output.contains(expected), "{name}: {}", verdict.output);
    }
    // The check itself.
    written.write(MESSAGES, &messages.replacen(".Status | toUpper", ".State | toUpper", 1));
    assert!(!written.render(&judge, "title", DATA).accepted, "a field that does not exist is rendered");
    written.write(MESSAGES, &messages.replacen("{{ end }}", "", 1));
    assert!(!written.render(&judge, "title", DATA).accepted, "a definition that does not end is rendered");
    assert!(!written.check(&judge).accepted, "a definition that does not end is accepted");
}

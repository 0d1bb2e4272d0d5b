//! What is written is what is read: odd texts in every place where text can stand, printed, and read back by readers of
//! YAML 1.1 and 1.2, by a shell, and by the programs that get the artifacts, old and new ones. Each program is started
//! once for all texts.

#![expect(clippy::disallowed_methods, reason = "tests write files and run programs")]

pub(crate) mod odd;
mod places;
pub(crate) mod source;

use std::fs;
use std::path::Path;
use std::process::Command;

use infrac::emit::{Apart, DoubleQuoted, Entries, FlowMap, FlowSeq, Node, yaml, yaml_documents};
use serde_json::{Value, json};

use crate::judge::Judge;
use odd::{escaped, texts};
use places::places;

/// Judges of one kind, old and new.
fn both(names: [&str; 2]) -> Option<[Judge; 2]> {
    Some([Judge::find(names[0])?, Judge::find(names[1])?])
}

fn none(complaints: &[String]) {
    let shown: Vec<&str> = complaints.iter().take(10).map(String::as_str).collect();
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), shown.join("\n\n"));
}

/// What is not read as it was meant, text by text.
fn differences(reader: &str, meant: &[Value], read: &[Value]) -> Vec<String> {
    assert_eq!(read.len(), meant.len(), "{reader}: not as many as were written");
    let pairs = meant.iter().zip(read).zip(texts()).filter(|((meant, read), _)| meant != read);
    pairs.map(|((meant, read), text)| format!("{reader}: {text:?}\nmeant {meant}\nread  {read}")).collect()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn readers_of_yaml_see_what_was_meant() {
    let texts = texts();
    let written: Vec<Node> =
        texts.iter().map(|text| Node::of(&Entries(vec![("places", places(text))]))).collect();
    let meant: Vec<Value> = texts.iter().map(|text| json!({ "places": places::meant(text) })).collect();
    let mut complaints = Vec::new();
    for (node, (meant, text)) in written.iter().zip(meant.iter().zip(&texts)) {
        let printed = yaml(&["made".to_owned(), text.clone()], node);
        match serde_yaml::from_str::<Value>(&printed) {
            Ok(read) if read == *meant => {}
            read => complaints.push(format!("YAML 1.2: {text:?}\n{printed}\n{read:?}")),
        }
    }
    none(&complaints);
    let Some(judge) = Judge::find("yaml-to-json") else { return };
    let verdict = judge.ask(folder().path(), &[], &yaml_documents(&[], &written));
    assert!(verdict.accepted, "{}", verdict.complaint);
    let read: Vec<Value> = serde_json::from_str(&verdict.output).expect("the judge writes JSON");
    none(&differences("YAML 1.1", &meant, &read));
}

#[test]
fn compose_sees_what_was_meant() {
    let Some(judges) = both(["docker-compose", "docker-compose-new"]) else { return };
    let texts: Vec<String> = texts();
    let service = |text: &str| {
        Node::of(&Entries(vec![
            ("image", Node::of("x")),
            ("command", Node::of(&FlowSeq(["run", text]))),
            ("entrypoint", Node::of(&vec![text, "x"])),
            ("environment", Node::of(&Entries(vec![("A", text)]))),
            ("labels", Node::of(&Entries(vec![("a", DoubleQuoted(text))]))),
            ("x-places", places(text)),
        ]))
    };
    let services: Entries<String, Node> =
        texts.iter().enumerate().map(|(at, text)| (format!("s{at}"), service(text))).collect();
    let file = Entries(vec![("name", Node::of("odd")), ("services", Node::of(&Apart(services)))]);
    let folder = folder();
    fs::write(folder.path().join("compose.yaml"), yaml(&[], &file)).expect("a file can be written");
    for (judge, version) in judges.iter().zip(["docker compose, old", "docker compose, new"]) {
        let arguments = ["-f", "compose.yaml", "config", "--no-interpolate", "--format", "json"];
        let verdict = judge.ask(folder.path(), &arguments, "");
        assert!(verdict.accepted, "{version}: {}", verdict.complaint);
        let read: Value = serde_json::from_str(&verdict.output).expect("compose writes JSON");
        let read: Vec<Value> = (0..texts.len())
            .map(|at| {
                let service = &read["services"][format!("s{at}")];
                let taken = ["command", "entrypoint", "environment", "labels", "x-places"];
                json!(taken.map(|key| service[key].clone()))
            })
            .collect();
        let meant: Vec<Value> = texts
            .iter()
            .map(
                |text| json!([["run", text], [text, "x"], { "A": text }, { "a": text }, places::meant(text)]),
            )
            .collect();
        none(&differences(version, &meant, &read));
    }
}

/// A recorded series has the text as a label, and the test of it, which is JSON and so says the text in another way,
/// expects that label.
#[test]
fn promtool_sees_what_was_meant() {
    let Some(judges) = both(["promtool", "promtool-new"]) else { return };
    // A label of no text is no label, and PromQL, which says what is expected, has no word for U+FFFD.
    let texts: Vec<String> =
        texts().into_iter().filter(|text| !text.is_empty() && text != "\u{fffd}").collect();
    let rules = texts.iter().enumerate().flat_map(|(at, text)| {
        let rule = |name: String, labels: Node| {
            Node::of(&Entries(vec![
                ("record", Node::of(&name)),
                ("expr", Node::of("vector(1)")),
                ("labels", labels),
            ]))
        };
        let labels = Entries(vec![("a", text)]);
        [rule(format!("block{at}"), Node::of(&labels)), rule(format!("flow{at}"), Node::of(&FlowMap(labels)))]
    });
    let group = Entries(vec![("name", Node::of("odd")), ("rules", Node::List(rules.collect()))]);
    let file = yaml(&[], &Entries(vec![("groups", vec![group])]));
    let expected = texts.iter().enumerate().flat_map(|(at, text)| {
        ["block", "flow"].map(|kind| {
            let labels = format!("{kind}{at}{{a={}}}", escaped(&json!(text)));
            let samples = json!([{ "labels": labels, "value": 1 }]);
            json!({ "expr": format!("{kind}{at}"), "eval_time": "1m", "exp_samples": samples })
        })
    });
    let tests = json!({
        "rule_files": ["rules.yml"],
        "tests": [{ "interval": "1m", "promql_expr_test": expected.collect::<Vec<_>>() }],
    });
    let folder = folder();
    fs::write(folder.path().join("rules.yml"), file).expect("a file can be written");
    fs::write(folder.path().join("tests.yml"), escaped(&tests)).expect("a file can be written");
    for (judge, version) in judges.iter().zip(["old", "new"]) {
        let verdict = judge.ask(folder.path(), &["test", "rules", "tests.yml"], "");
        assert!(verdict.accepted, "promtool, {version}: {}{}", verdict.output, verdict.complaint);
    }
}

/// What amtool shows of a tree of routes is the same where it is written as JSON.
#[test]
fn amtool_sees_what_was_meant() {
    let Some(judges) = both(["amtool", "amtool-new"]) else { return };
    let texts: Vec<String> = texts().into_iter().filter(|text| !text.is_empty()).collect();
    // What a matcher holds is amtool's own language.
    let is_plain = |text: &str| text.chars().all(|c| c == ' ' || c.is_ascii_graphic() && !"\\\"".contains(c));
    let matcher = |text: &str| if is_plain(text) { format!("a=\"{text}\"") } else { "a=b".to_owned() };
    let routes = texts.iter().map(|text| {
        Node::of(&Entries(vec![
            ("receiver", Node::of(text)),
            ("matchers", Node::of(&FlowSeq([matcher(text)]))),
        ]))
    });
    let receivers = texts.iter().map(|text| Node::of(&Entries(vec![("name", text)])));
    let root = Entries(vec![("receiver", Node::of("no")), ("routes", Node::List(routes.collect()))]);
    let ours = Entries(vec![("route", Node::of(&root)), ("receivers", Node::List(receivers.collect()))]);
    let routes: Vec<Value> =
        texts.iter().map(|text| json!({ "receiver": text, "matchers": [matcher(text)] })).collect();
    let receivers: Vec<Value> = texts.iter().map(|text| json!({ "name": text })).collect();
    let meant = json!({ "route": { "receiver": "no", "routes": routes }, "receivers": receivers });
    let folder = folder();
    fs::write(folder.path().join("ours.yml"), yaml(&[], &ours)).expect("a file can be written");
    fs::write(folder.path().join("meant.yml"), escaped(&meant)).expect("a file can be written");
    for (judge, version) in judges.iter().zip(["old", "new"]) {
        let show = |file: &str| {
            let verdict = judge.ask(folder.path(), &["config", "routes", "show", "--config.file", file], "");
            assert!(verdict.accepted, "amtool, {version}, {file}: {}{}", verdict.output, verdict.complaint);
            verdict.output
        };
        assert_eq!(show("ours.yml"), show("meant.yml"), "amtool, {version}");
    }
}

/// Every place of a source where text can stand, built to every target.
#[test]
fn what_stands_in_a_source_reaches_the_programs() {
    let mut built = Vec::new();
    let mut refused = Vec::new();
    let mut complaints = Vec::new();
    for text in texts() {
        let Some(artifacts) = source::build(&source::one(&text)) else {
            refused.push(text);
            continue;
        };
        complaints.extend(source::unlike(&text, &artifacts));
        built.push((text, artifacts));
    }
    none(&complaints);
    // The compiler says why it does not take characters that no program shows, and names of nothing.
    assert!(
        built.len() > 150,
        "{} of {} are refused: {refused:?}",
        refused.len(),
        refused.len() + built.len()
    );
    if let Some(judge) = Judge::find("yaml-to-json") {
        let files: Vec<&str> = built.iter().flat_map(|(_, it)| source::yaml_documents(it)).collect();
        let verdict = judge.ask(folder().path(), &[], &files.join("\n---\n"));
        assert!(verdict.accepted, "{}", verdict.complaint);
        let read: Vec<Value> = serde_json::from_str(&verdict.output).expect("the judge writes JSON");
        assert_eq!(read.len(), files.len());
        for (read, file) in read.iter().zip(files) {
            let new: Value = serde_yaml::from_str(&format!("{file}\n")).expect("it was read before");
            assert!(*read == new, "YAML 1.1 reads {read}\nof\n{file}");
        }
    }
    let taken: Vec<String> = built.into_iter().map(|(text, _)| text).collect();
    let artifacts = source::build(&source::all(&taken)).expect("what builds alone builds with others");
    let folder = folder();
    for artifact in &artifacts {
        let place = folder.path().join(&artifact.path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder can be made");
        fs::write(&place, &artifact.content).expect("a file can be written");
    }
    let example = fs::read_to_string(folder.path().join(".env.example")).expect("it was written");
    let filled = example.replace("\nADMIN_PASSWORD=\n", "\nADMIN_PASSWORD=something\n");
    fs::write(folder.path().join(".env"), filled).expect("a file can be written");
    if let Some(judges) = both(["docker-compose", "docker-compose-new"]) {
        for judge in judges {
            let arguments = ["--env-file", ".env", "-f", source::COMPOSE, "config", "--format", "json"];
            let verdict = judge.ask(folder.path(), &arguments, "");
            assert!(verdict.accepted, "{}", verdict.complaint);
            let read: Value = serde_json::from_str(&verdict.output).expect("compose writes JSON");
            none(&source::unlike_to_compose(&taken, &read));
        }
    }
    if let Some(judges) = both(["promtool", "promtool-new"]) {
        for judge in judges {
            let verdict = judge.ask(folder.path(), &["check", "config", source::PROMETHEUS], "");
            assert!(verdict.accepted, "{}{}", verdict.output, verdict.complaint);
        }
    }
    if let Some(judges) = both(["amtool", "amtool-new"]) {
        for judge in judges {
            let verdict = judge.ask(folder.path(), &["check-config", source::ALERTMANAGER], "");
            assert!(verdict.accepted, "{}{}", verdict.output, verdict.complaint);
        }
    }
    shell_reads(&taken, folder.path());
}

/// A shell sees the defaults of `.env.example`, and nothing else.
fn shell_reads(texts: &[String], folder: &Path) {
    // What compose has escapes for, and a shell has not.
    let is_shared = |text: &str| !(text.contains(['\n', '\r']) || text.contains('\'') && text.contains('`'));
    let script = "set -a; before=; . ./.env.example; env -0";
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin");
    let output = shell.output().expect("a shell runs");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8(output.stdout).expect("text");
    let set: Vec<(&str, &str)> = said.split('\0').filter_map(|line| line.split_once('=')).collect();
    let mut complaints = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let value = set.iter().find(|(name, _)| *name == source::variable(at)).map(|(_, value)| *value);
        if is_shared(text) && value != Some(text.as_str()) {
            complaints.push(format!("a shell reads {text:?} as {value:?}"));
        }
    }
    none(&complaints);
    let known =
        ["PATH", "PWD", "OLDPWD", "SHLVL", "_", "before", "ADMIN_PASSWORD", "ADMIN_BIND", "COMPOSE_PROFILES"];
    let is_ours =
        |name: &str| known.contains(&name) || (0..texts.len()).any(|at| source::variable(at) == name);
    let others: Vec<&str> = set.iter().map(|(name, _)| *name).filter(|name| !is_ours(name)).collect();
    assert!(others.is_empty(), "{others:?}");
}

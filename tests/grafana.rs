//! What the target grafana writes: dashboards are accepted by a schema made of Grafana's own types, their queries
//! by promtool, and what both let through is looked at here. Broken twins are refused.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and run programs")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::{Value, json};

use crate::case::{Case, build, extension};
use crate::judge::Judge;

/// Where the target writes.
const FOLDER: &str = "monitoring/grafana/";

/// A platform's dashboards by their paths, and the addresses of its data sources.
struct Written {
    case: String,
    dashboards: Vec<(String, String)>,
    sources: BTreeSet<String>,
}

fn written() -> Vec<Written> {
    let mut all = Vec::new();
    for case in Case::all() {
        let mut written = Written { case: case.name(), dashboards: Vec::new(), sources: BTreeSet::new() };
        for artifact in build(&case.compile()) {
            let Some(path) = artifact.path.strip_prefix(FOLDER) else { continue };
            if extension(path) == "json" {
                written.dashboards.push((path.to_owned(), artifact.content));
            } else if path.starts_with("provisioning/datasources/") {
                let sources: serde_yaml::Value = serde_yaml::from_str(&artifact.content).expect("YAML");
                let sources = sources["datasources"].as_sequence().expect("a list").clone();
                written.sources.extend(
                    sources.iter().map(|source| source["uid"].as_str().expect("an address").to_owned()),
                );
            }
        }
        all.push(written);
    }
    assert!(all.iter().any(|written| !written.dashboards.is_empty()), "no dashboard: the check is broken");
    all
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// A dashboard with every kind of panel.
fn sample() -> Value {
    let written = written();
    let all = written.iter().flat_map(|written| &written.dashboards).map(|(_, text)| read(text));
    let mut sample = Value::Null;
    let mut panels: Vec<Value> = Vec::new();
    for dashboard in all {
        for panel in dashboard["panels"].as_array().expect("panels") {
            if panels.iter().all(|known| known["type"] != panel["type"]) {
                let mut panel = panel.clone();
                panel["id"] = json!(panels.len() + 1);
                panel["gridPos"] = json!({ "h": 8, "w": 24, "x": 0, "y": 8 * panels.len() });
                panels.push(panel);
            }
        }
        if dashboard["templating"]["list"] != json!([]) {
            sample = dashboard;
        }
    }
    sample["panels"] = Value::Array(panels);
    sample
}

fn at<'a>(panels: &'a mut Value, kind: &str) -> &'a mut Value {
    let panels = panels["panels"].as_array_mut().expect("panels");
    panels.iter_mut().find(|panel| panel["type"] == kind).unwrap_or_else(|| panic!("no {kind}"))
}

#[test]
fn grafana_knows_every_field() {
    let Some(judge) = Judge::find("grafana-dashboard") else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut complaints = Vec::new();
    let mut seen = BTreeSet::new();
    for written in written() {
        for (path, text) in &written.dashboards {
            if seen.insert(text.clone()) {
                let verdict = judge.ask(folder, &[], text);
                if !verdict.accepted {
                    complaints.push(format!("{}: {path}: {}", written.case, verdict.complaint));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// A slip, and what it does to the sample.
type Twin = (&'static str, fn(&mut Value));

const FOR_THE_SCHEMA: &[Twin] = &[
    ("an unknown field of a dashboard", |it| it["titel"] = json!("x")),
    ("tags that are no list", |it| it["tags"] = json!("x")),
    ("no version of the schema", |it| {
        it.as_object_mut().expect("an object").remove("schemaVersion");
    }),
    ("a title that is no text", |it| it["title"] = json!(1)),
    ("an unknown kind of variable", |it| it["templating"]["list"][0]["type"] = json!("question")),
    ("an unknown kind of panel", |it| at(it, "stat")["type"] = json!("statistic")),
    ("a width that is no number", |it| at(it, "stat")["gridPos"]["w"] = json!("12")),
    ("an unknown field of a panel", |it| at(it, "gauge")["datasources"] = json!([])),
    ("a threshold without a colour", |it| {
        at(it, "gauge")["fieldConfig"]["defaults"]["thresholds"]["steps"] = json!([{ "value": null }]);
    }),
    ("a unit that is no text", |it| at(it, "timeseries")["fieldConfig"]["defaults"]["unit"] = json!(1)),
    ("an unknown mode of thresholds", |it| {
        at(it, "stat")["fieldConfig"]["defaults"]["thresholds"]["mode"] = json!("relative");
    }),
    ("an unknown mode of a colour", |it| {
        at(it, "stat")["fieldConfig"]["defaults"]["color"]["mode"] = json!("rainbow");
    }),
    ("an unknown mode of a tooltip", |it| at(it, "timeseries")["options"]["tooltip"]["mode"] = json!("all")),
    ("an unknown option of a stat", |it| at(it, "stat")["options"]["color"] = json!("red")),
    ("an unknown place of a bar's name", |it| at(it, "bargauge")["options"]["namePlacement"] = json!("x")),
    ("an unknown height of a cell", |it| at(it, "table")["options"]["cellHeight"] = json!("xl")),
    ("a heatmap's colour without a mode", |it| at(it, "heatmap")["options"]["color"]["mode"] = json!(1)),
    ("an unknown way to draw lines", |it| {
        at(it, "timeseries")["fieldConfig"]["defaults"]["custom"]["drawStyle"] = json!("curve");
    }),
    ("an unknown way to stack", |it| {
        at(it, "timeseries")["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] = json!("up");
    }),
    ("a transformation without options", |it| {
        at(it, "table")["transformations"] = json!([{ "id": "merge" }]);
    }),
];

#[test]
fn the_schema_refuses_broken_twins() {
    let Some(judge) = Judge::find("grafana-dashboard") else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sample = sample();
    let good = judge.ask(folder, &[], &sample.to_string());
    assert!(good.accepted, "{}", good.complaint);
    for (slip, damage) in FOR_THE_SCHEMA {
        let mut twin = sample.clone();
        damage(&mut twin);
        assert!(!judge.ask(folder, &[], &twin.to_string()).accepted, "accepted: {slip}");
    }
}

/// What the schema lets through, and is wrong all the same.
fn slips(dashboard: &Value, sources: &BTreeSet<String>) -> Vec<String> {
    let mut slips = Vec::new();
    let mut slip = |text: String| slips.push(text);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let uid = text(&dashboard["uid"]);
    if uid.is_empty() || uid.len() > 40 {
        slip(format!("address: {uid}"));
    }
    if !text(&dashboard["description"]).contains("Generated by infrac from ") {
        slip("does not say where it comes from".to_owned());
    }
    let empty = Vec::new();
    let variables: BTreeSet<String> = dashboard["templating"]["list"]
        .as_array()
        .unwrap_or(&empty)
        .iter()
        .map(|variable| text(&variable["name"]))
        .collect();
    let used = Regex::new(r"\$(\w+)").expect("a pattern");
    let mut ids = BTreeSet::new();
    let mut cells = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap_or(&empty) {
        let title = text(&panel["title"]);
        if !ids.insert(panel["id"].to_string()) {
            slip(format!("id twice: {title}"));
        }
        if title.is_empty() {
            slip("a panel without a title".to_owned());
        }
        let number = |key: &str| panel["gridPos"][key].as_u64().unwrap_or_default();
        let (x, y, w, h) = (number("x"), number("y"), number("w"), number("h"));
        if w == 0 || h == 0 || x + w > 24 {
            slip(format!("place: {title}"));
        }
        for cell in (y..y + h).flat_map(|y| (x..x + w).map(move |x| (x, y))) {
            if !cells.insert(cell) {
                slip(format!("overlap: {title}"));
                break;
            }
        }
        if panel["type"] == "row" {
            continue;
        }
        let targets = panel["targets"].as_array().unwrap_or(&empty);
        let refs: BTreeSet<String> = targets.iter().map(|target| text(&target["refId"])).collect();
        if targets.is_empty() || refs.len() < targets.len() || refs.contains("") {
            slip(format!("queries: {title}"));
        }
        for asked in targets.iter().chain([panel]) {
            if !sources.contains(&text(&asked["datasource"]["uid"])) {
                slip(format!("data source: {title}"));
            }
        }
        for target in targets {
            for name in used.captures_iter(&text(&target["expr"])) {
                if !name[1].starts_with("__") && !variables.contains(&name[1]) {
                    slip(format!("variable: {title}: {}", &name[1]));
                }
            }
        }
    }
    slips
}

#[test]
fn what_the_schema_lets_through_is_right_as_well() {
    let mut complaints = Vec::new();
    for written in written() {
        let (mut uids, mut titles) = (BTreeSet::new(), BTreeSet::new());
        for (path, content) in &written.dashboards {
            let dashboard = read(content);
            let found = slips(&dashboard, &written.sources);
            complaints.extend(found.into_iter().map(|slip| format!("{}: {path}: {slip}", written.case)));
            assert!(uids.insert(dashboard["uid"].to_string()), "{}: {path}: its address twice", written.case);
            assert!(
                titles.insert(dashboard["title"].to_string()),
                "{}: {path}: its title twice",
                written.case
            );
            assert_eq!(path, &format!("dashboards/{}.json", dashboard["uid"].as_str().expect("an address")));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

const FOR_RULES: &[Twin] = &[
    ("address", |it| it["uid"] = json!("x".repeat(41))),
    ("does not say", |it| it["description"] = json!("")),
    ("id twice", |it| it["panels"][1]["id"] = it["panels"][0]["id"].clone()),
    ("a panel without a title", |it| it["panels"][1]["title"] = json!("")),
    ("place", |it| it["panels"][1]["gridPos"]["x"] = json!(1)),
    ("place", |it| it["panels"][1]["gridPos"]["h"] = json!(0)),
    ("overlap", |it| it["panels"][1]["gridPos"]["y"] = json!(7)),
    ("queries", |it| at(it, "stat")["targets"] = json!([])),
    ("queries", |it| at(it, "stat")["targets"][0]["refId"] = json!("")),
    ("data source", |it| at(it, "stat")["datasource"]["uid"] = json!("other")),
    ("data source", |it| at(it, "stat")["targets"][0]["datasource"]["uid"] = json!("other")),
    ("variable", |it| at(it, "stat")["targets"][0]["expr"] = json!("up{a='$unknown'}")),
];

#[test]
fn the_rules_find_broken_twins() {
    let sources = BTreeSet::from(["prometheus".to_owned()]);
    let mut good = sample();
    // Panels of several dashboards stand in the sample.
    let names = ["job", "instance", "service"].map(|name| json!({ "name": name }));
    good["templating"]["list"] = json!(names);
    assert_eq!(slips(&good, &sources), Vec::<String>::new());
    for (told, damage) in FOR_RULES {
        let mut twin = good.clone();
        damage(&mut twin);
        let found = slips(&twin, &sources);
        assert!(found.iter().any(|slip| slip.starts_with(told)), "{told}: only {found:?}");
    }
}

/// The queries of panels as recording rules, with values in the place of variables.
fn rules<'a>(queries: impl Iterator<Item = &'a str>) -> String {
    let variable = Regex::new(r"\$(\w+)").expect("a pattern");
    let filled = |query: &str| {
        let filled = variable.replace_all(query, |name: &regex::Captures<'_>| {
            if name[1].starts_with("__") { "5m".to_owned() } else { "x".to_owned() }
        });
        filled.into_owned()
    };
    let rules: Vec<Value> = queries
        .enumerate()
        .map(|(at, query)| json!({ "record": format!("panel:{at}"), "expr": filled(query) }))
        .collect();
    json!({ "groups": [{ "name": "panels", "rules": rules }] }).to_string()
}

#[test]
fn promtool_reads_every_query() {
    let Some(judge) = Judge::find("promtool") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ask = |rules: &str| {
        fs::write(folder.path().join("rules.yml"), rules).expect("a new file");
        judge.ask(folder.path(), &["check", "rules", "--lint=none", "rules.yml"], "")
    };
    let mut queries = BTreeSet::new();
    for (_, text) in written().iter().flat_map(|written| &written.dashboards) {
        let dashboard = read(text);
        for panel in dashboard["panels"].as_array().expect("panels") {
            let targets = panel["targets"].as_array().map(Vec::as_slice).unwrap_or_default();
            let asks_metrics = |target: &&Value| target["datasource"]["type"] == "prometheus";
            let targets = targets.iter().filter(asks_metrics);
            queries.extend(targets.map(|target| target["expr"].as_str().expect("a query").to_owned()));
        }
    }
    assert!(queries.len() > 50, "only {} queries", queries.len());
    let verdict = ask(&rules(queries.iter().map(String::as_str)));
    assert!(verdict.accepted, "{}{}", verdict.output, verdict.complaint);
    for query in &queries {
        let twin = format!("{query})");
        assert!(!ask(&rules([twin.as_str()].into_iter())).accepted, "accepted: {twin}");
    }
}

/// The rates of a panel look back over the samples of whoever exports their metric: who is only named with them does not
/// count, unless nobody is known to export it.
#[test]
fn intervals_are_those_of_who_exports_the_metric() {
    let intervals = |query: &str| -> Vec<Option<String>> {
        let source = format!(
            r#"
            platform shop
            network net
            secret PW {{ description = "Password", min_length = 12 }}
            prometheus {{ networks = [net] }}
            grafana {{ networks = [net], admin_password = PW }}
            service api {{ image = "p/api:1.0", networks = [net], port http = 80, metrics {{}}, metric m {{ type = counter }} }}
            service apx {{ image = "p/apx:1.0", networks = [net], port http = 80, metrics {{ interval = 5m }} }}
            service apy {{
              image = "p/apy:1.0"
              networks = [net]
              port http = 80
              metrics {{ interval = 3m }}
              metric n {{ type = counter }}
            }}
            dashboard d {{ title = "D", panel "p" {{ query "q" = "{query}" }} }}
            "#
        );
        let load = |_: &str| Ok(infrac::source::Found::File(source.clone().into_bytes()));
        let compilation = infrac::compile(
            &infrac::source::Loader { load: &load },
            "platform.infra",
            None,
            infrac::platform::Runtime::Compose,
        );
        let platform = compilation.platform.as_ref().expect("a sound platform");
        let artifacts: Vec<_> = infrac::build(platform, &infrac::target::TARGETS.iter().collect::<Vec<_>>())
            .into_iter()
            .flat_map(|lowered| lowered.artifacts)
            .collect();
        let board = artifacts.iter().find(|it| it.path.ends_with("/d.json")).expect("the dashboard");
        let board = read(&board.content);
        let panels = board["panels"].as_array().expect("panels");
        let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets"));
        targets.map(|target| target["interval"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(intervals("rate(m[$__rate_interval])"), [None]);
    assert_eq!(intervals("rate(m{job=~'ap.*'}[$__rate_interval])"), [None]);
    assert_eq!(intervals("rate(n[$__rate_interval])"), [Some("3m".to_owned())]);
    assert_eq!(intervals("rate(n{job=~'ap.*'}[$__rate_interval])"), [Some("3m".to_owned())]);
}

/// Frames of a table, one for each query, joined as Grafana joins them: `filterFieldsByName` takes columns out, and `merge` makes one
/// line of lines that have the same in every column that both have (grafana/grafana:packages/grafana-data/src/transformations/
/// transformers/merge.ts).
fn joined(
    frames: Vec<Vec<BTreeMap<String, String>>>,
    transformations: &[Value],
) -> Vec<BTreeMap<String, String>> {
    let mut lines: Vec<BTreeMap<String, String>> = Vec::new();
    let excluded: BTreeSet<&str> = transformations
        .iter()
        .filter(|one| one["id"] == "filterFieldsByName")
        .flat_map(|one| one["options"]["exclude"]["names"].as_array().expect("names"))
        .filter_map(Value::as_str)
        .collect();
    let merges = transformations.iter().any(|one| one["id"] == "merge");
    for frame in frames {
        for mut line in frame {
            line.retain(|name, _| !excluded.contains(name.as_str()));
            let columns = line.clone();
            let same = |known: &&mut BTreeMap<String, String>| {
                columns.iter().all(|(name, value)| known.get(name).is_none_or(|known| known == value))
            };
            match lines.iter_mut().find(same).filter(|_| merges) {
                Some(known) => known.extend(line),
                None => lines.push(line),
            }
        }
    }
    lines
}

/// Each series stands in a table once, with the values of all queries, also where these are bare selectors, whose series carry the
/// names of their metrics.
#[test]
fn a_table_of_several_queries_has_a_line_for_each_series() {
    let mut tables = 0;
    for (path, text) in written().iter().flat_map(|written| &written.dashboards) {
        for panel in read(text)["panels"].as_array().expect("panels") {
            let targets = panel["targets"].as_array().map(Vec::as_slice).unwrap_or_default();
            if panel["type"] != "table" || targets.len() < 2 {
                continue;
            }
            tables += 1;
            let frame = |at: usize, target: &Value| {
                let line = |disk: &str| {
                    let value = format!("Value #{}", target["refId"].as_str().expect("a letter"));
                    let cells = [
                        ("Time".to_owned(), "now".to_owned()),
                        ("__name__".to_owned(), format!("metric_{at}")),
                        ("mountpoint".to_owned(), disk.to_owned()),
                        (value, format!("{at}")),
                    ];
                    BTreeMap::from(cells)
                };
                vec![line("/"), line("/data")]
            };
            let frames: Vec<_> = targets.iter().enumerate().map(|(at, target)| frame(at, target)).collect();
            let transformations = panel["transformations"].as_array().expect("transformations");
            let lines = joined(frames.clone(), transformations);
            let title = &panel["title"];
            assert_eq!(lines.len(), 2, "{path}: {title}: {lines:?}");
            assert!(lines.iter().all(|line| line.len() == 2 + targets.len()), "{path}: {title}: {lines:?}");
            // Without the first of them each series stands there once for each query.
            assert_eq!(joined(frames, &transformations[1..]).len(), 2 * targets.len(), "{path}: {title}");
        }
    }
    assert!(tables > 0, "no table of several queries: the check is broken");
}

//! Whether the tests of alerts hold them: every alert of every standard component, and those of the flagship, is
//! changed in its comparisons, its limits, its matchers, its sums, its products and its `for`, one change at a time. promtool runs the tests
//! of the changed alert, of which one must fail. What may survive stands below, with the reason.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and run programs")]

#[path = "mutants/mutate.rs"]
mod mutate;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_yaml::{Mapping, Value};

use crate::case::{Case, build};
use crate::judge::Judge;
use crate::sample;
use infrac::standard::COMPONENTS;
use mutate::mutants;

/// Mutants that no test can tell from the alert, each with the reason: alert, change, reason.
const SURVIVORS: &[(&str, &str, &str)] = &[
    ("AlertmanagerNotificationsFailing", "#1 > → >=", A_RATE),
    ("ContainerCpuHigh", "#1 > → >=", A_RATE),
    ("ContainerCpuThrottled", "#1 > → >=", A_RATE),
    ("HighErrorRate", "#1 > → >=", A_RATE),
    ("HighErrorRate", "#2 > → >=", A_RATE),
    ("HighRequestLatency", "#1 > → >=", A_RATE),
    ("HighRequestLatency", "#2 > → >=", A_RATE),
    ("HostCpuHigh", "#1 > → >=", A_RATE),
    ("HostCpuSteal", "#1 > → >=", A_RATE),
    ("MinioErrorRateHigh", "#1 > → >=", A_RATE),
    ("MinioErrorRateHigh", "#2 > → >=", A_RATE),
    ("MongodbNoOperations", "#2 > → >=", A_RATE),
    ("ContainerMemoryHigh", "#1 0 → 1", "no container is limited to a byte"),
    ("RedisMemoryHigh", "#1 0 → 1", "no server is limited to a byte"),
    ("HostDiskFillingUp", "#1 < → <=", "a disk that fills up is at the limit for a moment"),
    ("HostDiskFillingUp", "#2 < → <=", A_FORECAST),
    ("HostDiskFillingUp", "#2 0 → -1", A_FORECAST),
    ("HostDiskFillingUp", "#2 0 → 1", A_FORECAST),
    ("ContainerMemoryHigh", "#1 > → !=", NEVER_BELOW),
    ("ContainerOomKilled", "#1 > → !=", NEVER_BELOW),
    ("LogsDropped", "#1 > → !=", NEVER_BELOW),
    ("LogsNotShipped", "#1 > → !=", NEVER_BELOW),
    ("MinioDriveOffline", "#1 > → !=", NEVER_BELOW),
    ("PrometheusRuleFailures", "#1 > → !=", NEVER_BELOW),
    ("PrometheusTsdbCompactionsFailing", "#1 > → !=", NEVER_BELOW),
    ("RedisMemoryHigh", "#1 > → !=", NEVER_BELOW),
    ("LogsDropped", "sum #1 → max", ABOVE_TOGETHER),
    ("LogsNotShipped", "sum #1 → max", ABOVE_TOGETHER),
    ("LogsNotShipped", "sum #2 → max", ABOVE_TOGETHER),
    ("MongodbNoOperations", "sum #1 → max", ABOVE_TOGETHER),
    ("AlertmanagerNotificationsFailing", "sum #2 → max", ONE_SERIES),
    ("HostCpuSteal", "sum #1 → max", ONE_SERIES),
    ("ContainerCpuHigh", "without name #1", THE_OTHER_SIDE),
    ("ContainerCpuHigh", "without name #2", THE_OTHER_SIDE),
    ("ContainerCpuHigh", "without name #3", THE_OTHER_SIDE),
    ("ContainerCpuThrottled", "without name #1", THE_OTHER_SIDE),
    ("ContainerCpuThrottled", "without name #2", THE_OTHER_SIDE),
    ("ContainerMemoryHigh", "without name #1", THE_OTHER_SIDE),
    ("ContainerMemoryHigh", "without name #2", THE_OTHER_SIDE),
    ("ElasticsearchHeapHigh", "without area #1", THE_OTHER_SIDE),
    ("ElasticsearchHeapHigh", "without area #2", THE_OTHER_SIDE),
    ("HostDiskFillingUp", "without fstype #1", THE_OTHER_SIDE),
    ("HostDiskFillingUp", "without fstype #2", THE_OTHER_SIDE),
    ("HostDiskFillingUp", "without fstype #3", THE_OTHER_SIDE),
    ("HostDiskSpaceCritical", "without fstype #1", THE_OTHER_SIDE),
    ("HostDiskSpaceCritical", "without fstype #2", THE_OTHER_SIDE),
    ("HostDiskSpaceLow", "without fstype #1", THE_OTHER_SIDE),
    ("HostDiskSpaceLow", "without fstype #2", THE_OTHER_SIDE),
    ("ElasticsearchYellow", "#2 > → !=", "a cluster has a data node at least"),
];

const A_RATE: &str = "a rate is extrapolated, and never exactly at the limit";
const A_FORECAST: &str = "a forecast is never exact to a byte";
const NEVER_BELOW: &str = "a count, a size, and what a counter has grown by are never below zero";
const ABOVE_TOGETHER: &str = "of what is never below zero the sum is zero where the largest is";
const ONE_SERIES: &str = "there is one series for each of the labels that are kept";
const THE_OTHER_SIDE: &str = "the other sides ask for it, and both meet by all of these labels";

/// Alerts of which no change is tried, each with the reason.
const APART: &[(&str, &str)] = &[(
    "ReplicaMissing",
    "its limit is how many of a service run, and no test of the component has as many series",
)];

/// Where alerts of components have other limits.
const TUNED: &str = "tuned";

/// One change of how many is a sample.
const SAMPLE: u64 = 4;

/// How many changed alerts one run of promtool is asked about.
const BATCH: usize = 24;

/// The platform with every standard component that brings alerts.
fn every(environment: Option<&str>) -> Case {
    Case {
        source: "every".to_owned(),
        environment: environment.map(str::to_owned),
        runtime: infrac::platform::Runtime::Compose,
        root: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutants"),
        entry: "every.infra".to_owned(),
    }
}

/// A rule or a test, as the target writes it.
type Block = Mapping;

fn text<'a>(block: &'a Block, key: &str) -> &'a str {
    block.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The rules and the tests of a platform.
fn written(case: &Case) -> (Vec<Block>, Vec<Block>) {
    let (mut rules, mut tests) = (Vec::new(), Vec::new());
    for artifact in build(&case.compile()) {
        let Some(path) = artifact.path.strip_prefix("monitoring/prometheus/") else { continue };
        let file: Value =
            serde_yaml::from_str(&artifact.content).unwrap_or_else(|why| panic!("{path}: {why}"));
        let blocks = |list: &Value| -> Vec<Block> {
            list.as_sequence().into_iter().flatten().filter_map(|it| it.as_mapping().cloned()).collect()
        };
        if path.starts_with("rules/") {
            rules.extend(blocks(&file["groups"]).iter().flat_map(|group| blocks(&group["rules"])));
        } else if path.starts_with("tests/") {
            tests.extend(blocks(&file["tests"]));
        }
    }
    (rules, tests)
}

/// An alert with its tests and the records that it needs.
struct Tested {
    alert: Block,
    records: Vec<Block>,
    tests: Vec<Block>,
}

impl Tested {
    fn name(&self) -> &str {
        text(&self.alert, "alert")
    }
}

/// The alerts of a platform, each name once: several instances of a component have the same ones.
fn alerts(rules: &[Block], tests: &[Block], seen: &mut BTreeSet<String>) -> Vec<Tested> {
    let records: Vec<&Block> = rules.iter().filter(|rule| rule.contains_key("record")).collect();
    let mut found = Vec::new();
    for alert in rules.iter().filter(|rule| rule.contains_key("alert")) {
        if !seen.insert(text(alert, "alert").to_owned()) {
            continue;
        }
        let mut asked = text(alert, "expr").to_owned();
        let mut needed: Vec<Block> = Vec::new();
        while let Some(record) =
            records.iter().find(|record| asked.contains(text(record, "record")) && !needed.contains(record))
        {
            asked.push_str(text(record, "expr"));
            needed.insert(0, (*record).clone());
        }
        let start = format!("{}: ", text(alert, "alert"));
        // Of an alert of several services or jobs, those of the same one.
        let label = |name: &str| {
            let value = alert.get("labels").and_then(|labels| labels.get(name)?.as_str());
            value.map_or_else(String::new, |value| format!("{name}=\"{value}\""))
        };
        let (service, job) = (label("service"), label("job"));
        let asks = |test: &&Block| {
            let questions = test["promql_expr_test"].as_sequence().into_iter().flatten();
            questions
                .filter_map(|question| question["expr"].as_str())
                .all(|expr| expr.contains(&service) && expr.contains(&job))
        };
        let own = tests.iter().filter(|test| text(test, "name").starts_with(&start)).filter(asks);
        found.push(Tested { alert: alert.clone(), records: needed, tests: own.cloned().collect() });
    }
    found
}

/// Writes an alert and its tests; says how the file of the tests is called.
fn write(folder: &Path, number: usize, alert: &Block, tested: &Tested) -> String {
    let value = |blocks: &[Block]| Value::Sequence(blocks.iter().cloned().map(Value::Mapping).collect());
    let mut rules = tested.records.clone();
    rules.push(alert.clone());
    let mut group = Block::new();
    group.insert("name".into(), "mutant".into());
    group.insert("rules".into(), value(&rules));
    let mut file = Block::new();
    file.insert("groups".into(), value(&[group]));
    let mut tests = Block::new();
    tests.insert("rule_files".into(), Value::Sequence(vec![format!("{number}.rules.yml").into()]));
    tests.insert("evaluation_interval".into(), "15s".into());
    tests.insert("tests".into(), value(&tested.tests));
    let write = |name: &str, content: &Block| {
        let content = serde_yaml::to_string(content).expect("it was YAML before");
        fs::write(folder.join(name), content).expect("a new file");
    };
    let name = format!("{number}.yml");
    write(&format!("{number}.rules.yml"), &file);
    write(&name, &tests);
    name
}

/// What promtool says of each file: whether all of its tests pass.
fn verdicts(judge: &Judge, folder: &Path, files: &[String]) -> Vec<bool> {
    // A query that cannot be read fails every test, and says nothing about them.
    let rules: Vec<String> = files.iter().map(|file| file.replace(".yml", ".rules.yml")).collect();
    let ask = |command: [&str; 2], files: &[String]| {
        let arguments: Vec<&str> = command.into_iter().chain(files.iter().map(String::as_str)).collect();
        judge.ask(folder, &arguments, "")
    };
    let check = ask(["check", "rules"], &rules);
    assert!(check.accepted, "a change is no query: {}", check.complaint);
    let verdict = ask(["test", "rules"], files);
    let passed = |file: &String| {
        let mut lines = verdict.output.lines();
        let found = lines.find(|line| line.trim_start_matches("Unit Testing:").trim() == file);
        assert!(found.is_some(), "promtool says nothing of {file}: {}", verdict.output);
        lines.next().is_some_and(|line| line.trim() == "SUCCESS")
    };
    files.iter().map(passed).collect()
}

/// Every verdict, from as many runs at the same time as there are processors.
fn all_verdicts(judge: &Judge, folder: &Path, files: &[String]) -> Vec<bool> {
    let width = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut verdicts_of = vec![false; files.len()];
    let work: Vec<_> = files.chunks(BATCH).zip(verdicts_of.chunks_mut(BATCH)).collect();
    let queue = std::sync::Mutex::new(work);
    std::thread::scope(|scope| {
        for _ in 0..width {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no other thread panicked").pop();
                    let Some((files, places)) = next else { return };
                    places.copy_from_slice(&verdicts(judge, folder, files));
                }
            });
        }
    });
    verdicts_of
}

/// Whether a change of an alert is tried.
fn taken(alert: &str, change: &str) -> bool {
    sample::takes(&format!("{alert} {change}"), SAMPLE)
}

/// What is there on Kubernetes alone. Alerts are changed as compose has them.
const IN_CLUSTERS: &str = "kube-state-metrics";

#[test]
fn every_change_of_an_alert_fails_one_of_its_tests() {
    let Some(judge) = Judge::find("promtool") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut seen = BTreeSet::new();
    let mut complaints = Vec::new();
    // Each file with the alert, and the change; `None` is the alert as it is.
    let mut files: Vec<String> = Vec::new();
    let mut about: Vec<(String, Option<String>)> = Vec::new();
    let flagship = Case::all().into_iter().next().expect("the flagship is the first case");
    for case in [every(None), flagship] {
        let (rules, tests) = written(&case);
        for tested in alerts(&rules, &tests, &mut seen) {
            let name = tested.name().to_owned();
            let answers = |value: i64| {
                let questions = tested
                    .tests
                    .iter()
                    .flat_map(|test| test["promql_expr_test"].as_sequence().into_iter().flatten());
                let mut samples = questions
                    .flat_map(|question| question["exp_samples"].as_sequence().into_iter().flatten());
                samples.any(|sample| sample["value"].as_i64() == Some(value))
            };
            // What always fires can only fire.
            if !answers(1) || (!answers(0) && text(&tested.alert, "expr") != "vector(1)") {
                complaints
                    .push(format!("{name}: has no test in which it fires, or none in which it does not"));
            }
            files.push(write(folder.path(), files.len(), &tested.alert, &tested));
            about.push((name.clone(), None));
            for mutant in mutants(&tested.alert) {
                if !taken(&name, &mutant.change) {
                    continue;
                }
                files.push(write(folder.path(), files.len(), &mutant.alert, &tested));
                about.push((name.clone(), Some(mutant.change)));
            }
        }
    }
    let declared = regex::Regex::new(r"(?m)^  alert ([A-Za-z]+) ").expect("a pattern");
    for (component, source) in COMPONENTS {
        for found in declared.captures_iter(source) {
            if !seen.contains(&found[1])
                && *component != IN_CLUSTERS
                && !APART.iter().any(|(name, _)| *name == &found[1])
            {
                complaints.push(format!("{}: `{component}` is not in every.infra", &found[1]));
            }
        }
    }
    let mut survivors = BTreeSet::new();
    let mut killed = 0;
    for ((name, change), passes) in about.iter().zip(all_verdicts(&judge, folder.path(), &files)) {
        match change {
            None if !passes => complaints.push(format!("{name}: its own tests fail")),
            Some(change) if passes => {
                survivors.insert((name.as_str(), change.as_str()));
            }
            Some(_) => killed += 1,
            None => {}
        }
    }
    for (name, change) in &survivors {
        if !SURVIVORS.iter().any(|(known, what, _)| known == name && what == change) {
            complaints.push(format!("{name}: no test notices: {change}"));
        }
    }
    for (name, change, _) in SURVIVORS {
        if taken(name, change) && !survivors.contains(&(*name, *change)) {
            complaints
                .push(format!("{name}: is killed, or no change of it, take it from the list: {change}"));
        }
    }
    let least = if sample::whole() { 200 } else { 50 };
    assert!(killed > least, "{killed} mutants killed: the check is broken");
    assert!(
        complaints.is_empty(),
        "{killed} killed, {} complaints:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

/// Whoever sets another limit gets tests that hold for it.
#[test]
fn tests_follow_the_parameters() {
    let Some(judge) = Judge::find("promtool") else { return };
    let parameter = regex::Regex::new(r"(?m)^  parameter (alert_[a-z_]+) ").expect("a pattern");
    let source = fs::read_to_string(every(None).root.join("every.infra")).expect("the source");
    let (_, tuned) = source.split_once("environment tuned").expect("the environment");
    for (component, text) in COMPONENTS {
        // Alerts are changed as compose has them.
        for found in parameter.captures_iter(text).filter(|found| &found[1] != "alert_down_share") {
            if *component == IN_CLUSTERS {
                continue;
            }
            let start = regex::Regex::new(&format!(r"(?m)^( +)(.*[ {{])?{component} .*")).expect("a pattern");
            let start = start.captures(tuned).unwrap_or_else(|| panic!("`{component}` is not tuned"));
            let block = match &start[0] {
                line if line.ends_with('}') => line,
                line => {
                    let from = tuned.split_once(line).map_or("", |(_, rest)| rest);
                    from.split(&format!("\n{}}}", &start[1])).next().unwrap_or_default()
                }
            };
            let set = regex::Regex::new(&format!(r"\b{} +=", &found[1])).expect("a pattern");
            assert!(
                set.is_match(block),
                "`{}` of `{component}` has no other value in every.infra",
                &found[1]
            );
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (rules, tests) = written(&every(Some(TUNED)));
    let (usual, _) = written(&every(None));
    assert_ne!(rules, usual, "nothing is tuned");
    let alerts = alerts(&rules, &tests, &mut BTreeSet::new());
    let files: Vec<String> = alerts
        .iter()
        .enumerate()
        .map(|(number, tested)| write(folder.path(), number, &tested.alert, tested))
        .collect();
    let verdicts = all_verdicts(&judge, folder.path(), &files);
    let failed = alerts.iter().zip(verdicts).filter(|(_, passes)| !passes).map(|(tested, _)| tested.name());
    assert_eq!(failed.collect::<Vec<_>>(), Vec::<&str>::new(), "their tests hold for the usual limits only");
}

/// The parameters of alerts that have bounds of a kind, each with its component and the bound.
fn bounds(kind: &str) -> Vec<(&'static str, String, String)> {
    let parameter = regex::Regex::new(r"(?s)\n  parameter (alert_[a-z_]+|failing_for) += [^{]*\{(.*?)\}")
        .expect("a pattern");
    let bound = regex::Regex::new(&format!(r"\b{kind} += ([0-9.]+[a-z%]*)")).expect("a pattern");
    let mut found = Vec::new();
    for (component, text) in COMPONENTS {
        for said in parameter.captures_iter(text) {
            match bound.captures(&said[2]) {
                Some(value) => found.push((*component, said[1].to_owned(), value[1].to_owned())),
                None => assert_ne!(kind, "max", "`{}` of `{component}` may be anything", &said[1]),
            }
        }
    }
    found
}

/// The environment in which every parameter of alerts that has a bound of a kind is at it.
fn at(kind: &str, source: &str) -> String {
    let mut lines = vec![format!("environment {kind} {{")];
    let mut service = "";
    for line in source.split("environment tuned").next().unwrap_or_default().lines() {
        service = line.strip_prefix("service ").and_then(|rest| rest.split(' ').next()).unwrap_or(service);
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(component) = words.first() else { continue };
        let of_it = bounds(kind).into_iter().filter(|(known, ..)| known == component);
        let values: Vec<String> = of_it.map(|(_, name, value)| format!("{name} = {value}")).collect();
        let values = values.join(", ");
        if !values.is_empty() {
            lines.push(if line.starts_with("  ") {
                format!("  service {service} {{ {component} {{ {values} }} }}")
            } else {
                format!("  {component} {} {{ {values} }}", words[1])
            });
        }
    }
    lines.push("}\n".to_owned());
    lines.join("\n")
}

/// What a parameter takes, its alert's tests hold for.
#[test]
fn tests_hold_at_the_ends_of_the_ranges() {
    let Some(judge) = Judge::find("promtool") else { return };
    let source = fs::read_to_string(every(None).root.join("every.infra")).expect("the source");
    let root = tempfile::tempdir().expect("a temporary folder");
    let ends = ["min", "max"];
    let text = ends.iter().fold(source.clone(), |text, kind| text + &at(kind, &source));
    fs::write(root.path().join("every.infra"), text).expect("a new file");
    for kind in ends {
        let case = Case { root: root.path().to_owned(), ..every(Some(kind)) };
        let (rules, tests) = written(&case);
        let alerts = alerts(&rules, &tests, &mut BTreeSet::new());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files: Vec<String> = alerts
            .iter()
            .enumerate()
            .map(|(number, tested)| write(folder.path(), number, &tested.alert, tested))
            .collect();
        let verdicts = all_verdicts(&judge, folder.path(), &files);
        let failed =
            alerts.iter().zip(verdicts).filter(|(_, passes)| !passes).map(|(tested, _)| tested.name());
        assert_eq!(failed.collect::<Vec<_>>(), Vec::<&str>::new(), "their tests do not hold at `{kind}`");
    }
}

//! PromQL as people write it: what public rules and dashboards say must be read without a false error, and every
//! selector must be found where it stands.
//!
//! The few queries below stand for the forms of the language. A larger body is read from a file with a list of
//! queries (JSON or YAML) that `INFRAC_PROMQL_CORPUS` names; what promtool refuses, too, is no false error. It is not
//! part of the repository: others have written it. The queries of the standard components are, and are read as well;
//! of all of them, twins that are broken in one place must be refused.

#![expect(clippy::disallowed_methods, reason = "tests read files")]
#![expect(clippy::print_stderr, reason = "the large body says what it found")]

use infrac::promql::{
    Certain, Facts, Labels, Query, Selector, findings, fires_always, labels, quantiles, unmet,
};
use infrac::source::{Found, LoadError, Loader};

const FORMS: &[&str] = &[
    "up",
    "up == 0",
    "topk($top, x > $limit)",
    "{__name__=~\"node_.*\", job!=\"x\"}",
    "{job='a'}",
    "sum without (instance, pod) (rate(http_requests_total{code=~\"5..\"}[5m])) / ignoring (code) group_left sum(rate(x[5m]))",
    "sum(rate(x[5m])) by (job)",
    "topk(3, count by (a) (b{c=\"d\"}))",
    "count_values(\"version\", build_info)",
    "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))",
    "max_over_time(sum(rate(x[5m]))[1h:1m] offset 1d)",
    "x @ 1609746000 offset -5m",
    "x and on (a) y unless ignoring (b) z or w",
    "a > bool 1 < 2",
    "-x ^ 2 % 3 atan2 y",
    "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
    "absent(up{job=\"a\", instance=~\"b\"})",
    "time() - x{a=\"b\"} > 0x1F + 1e3 + Inf",
    "# a comment\nsum(x) # another {\n",
    "rate(x{a=\"$b\"}[$__rate_interval]) > ${limit}",
    "vector(1)",
    "job:requests:rate5m{job=~'a|b'}",
    "sum by (job) (x) > on () group_left () vector(1)",
    "predict_linear(x[6h], 24 * 3600) < 0",
    "x{}",
    "SUM(x) BY (job)",
];

/// What is wrong with how a query is read; `None` where nothing is.
fn problem(text: &str) -> Option<String> {
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(problem) => return Some(problem.message),
    };
    for selector in query.selectors() {
        let found = text.get(selector.place.clone()).unwrap_or_default();
        let metric = selector.metric.as_deref().unwrap_or_default();
        if found != metric && found != "{" {
            return Some(format!("`{metric}` is found at `{found}`"));
        }
    }
    // What is put in can be read again, and is there.
    let with = query.with_matchers(|_, matcher| matcher.push_str("zone=\"north\""));
    match Query::parse(&with) {
        Ok(again) => {
            let has = |matcher: &infrac::promql::Matcher| matcher.label == "zone";
            let lacks = again.selectors().iter().any(|selector| !selector.matchers.iter().any(has));
            lacks.then(|| format!("a selector of `{with}` got no matcher"))
        }
        Err(problem) => Some(format!("`{with}`: {}", problem.message)),
    }
}

/// What cannot be meant, whatever is exported.
fn slips(text: &str) -> Vec<String> {
    let Ok(query) = Query::parse(text) else { return Vec::new() };
    let any = |_: &Selector| Labels::Any;
    let kind = |_: &Selector| None;
    let facts = Facts { labels: &any, kind: &kind };
    let _ = labels(&query, &facts);
    let _ = fires_always(&query, &|_| false);
    let mut slips: Vec<String> =
        findings(&query, &facts, &|_| None).iter().map(|(finding, _)| format!("{finding:?}")).collect();
    slips.extend(unmet(&query, &facts, &|_| Certain::new()).iter().map(|unmet| format!("{unmet:?}")));
    slips.extend(quantiles(&query).iter().map(|(function, share)| format!("{function} of {share}")));
    slips
}

#[test]
fn every_form_is_read() {
    let problems: Vec<String> =
        FORMS.iter().filter_map(|text| Some(format!("{text}: {}", problem(text)?))).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_is_no_query_is_refused() {
    for text in [
        "",
        "1 +",
        "sum(rate(x))",
        "x{",
        "x}",
        "rate(x[5m]",
        "foo(x)",
        "x{a=b}",
        "x[5m] + 1",
        "'a",
        "sum by job (x)",
        "up[5m]",
        "'foo'",
    ] {
        assert!(Query::parse(text).is_err(), "{text} is read");
    }
    let deep = "(".repeat(100_000) + "x" + &")".repeat(100_000);
    assert!(Query::parse(&deep).is_err());
    let long = vec!["x"; 10_000].join("+");
    assert!(Query::parse(&long).is_err());
}

/// A query broken in one place: each must be refused.
fn twins(text: &str) -> Vec<String> {
    let mut twins =
        vec![format!("{text} +"), format!("({text}"), format!("{text})"), format!("sum by job ({text})")];
    for bracket in [')', ']', '}'] {
        // What Grafana puts in is read as it stands, `${` with and without an end.
        if let Some(rest) = text.strip_suffix(bracket).filter(|_| !text.contains("${")) {
            twins.push(rest.to_owned());
        }
    }
    twins
}

/// Every query of the flagship, with those that the standard components bring.
fn of_the_flagship() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/platform.infra"));
    let text = text.expect("the flagship");
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(text.as_bytes().to_vec())),
        _ => Err(LoadError::Missing),
    };
    let platform =
        infrac::compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose)
            .platform;
    let observed = platform.expect("it is sound").observed;
    let records = observed.records.iter().map(|record| &record.query);
    let alerts = observed.alerts.iter().map(|alert| &alert.query);
    let panels = observed.dashboards.iter().flat_map(infrac::platform::observe::Dashboard::queries);
    records.chain(alerts).chain(panels).map(|query| query.text.clone()).collect()
}

#[test]
fn broken_twins_are_refused() {
    let own = of_the_flagship();
    assert!(own.len() > 150, "{} queries", own.len());
    let mut complaints = Vec::new();
    for text in own.iter().map(String::as_str).chain(FORMS.iter().copied()) {
        complaints.extend(problem(text).map(|problem| format!("{text}: {problem}")));
        // Behind a comment, what is added says nothing.
        let twins = if text.contains('#') { Vec::new() } else { twins(text) };
        complaints.extend(
            twins.iter().filter(|twin| Query::parse(twin).is_ok()).map(|twin| format!("{twin} is read")),
        );
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_public_body_is_read() {
    let Some(path) = std::env::var_os("INFRAC_PROMQL_CORPUS") else { return };
    let text = std::fs::read_to_string(path).expect("the file that is named");
    let queries: Vec<String> = serde_yaml::from_str(&text).expect("a list of queries");
    let judge = crate::judge::Judge::find("promtool");
    let refused = |text: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let rule = format!("groups: [{{name: a, rules: [{{record: b, expr: {}}}]}}]", text_in_flow(text));
        std::fs::write(folder.path().join("rule.yml"), rule).expect("a new file");
        judge
            .as_ref()
            .is_some_and(|judge| !judge.ask(folder.path(), &["check", "rules", "rule.yml"], "").accepted)
    };
    let mut false_errors = Vec::new();
    for text in &queries {
        for slip in slips(text) {
            eprintln!("found {slip} in {text}");
        }
        if let Some(problem) = problem(text).filter(|_| !refused(text)) {
            false_errors.push(format!("{text}\n  -> {problem}"));
        }
        let twins = if text.contains('#') { Vec::new() } else { twins(text) };
        false_errors.extend(
            twins.iter().filter(|twin| Query::parse(twin).is_ok()).map(|twin| format!("{twin} is read")),
        );
    }
    eprintln!("{} queries, {} false errors", queries.len(), false_errors.len());
    assert!(false_errors.is_empty(), "{}", false_errors.join("\n"));
}

/// Text as a scalar of YAML in one line.
fn text_in_flow(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{escaped}\"")
}

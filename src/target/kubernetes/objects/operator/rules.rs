//! Rules, in an object for each file of them. What Prometheus' own configuration puts to alerts stands in the rules here, since
//! that configuration is the cluster's.

use super::{Names, metadata};
use crate::emit::{Map, Node};
use crate::hash::IndexMap;
use crate::platform::whose::WHOSE;
use crate::platform::{Operator, Platform, Role};
use crate::target::kubernetes::file;
use crate::target::kubernetes::object::{Custom, Object, Stage};
use crate::target::prometheus;

/// The rules of the platform.
pub(super) fn objects(platform: &Platform, operator: &Operator) -> Vec<Object> {
    let Some(server) = platform.with_role(Role::Metrics).next() else { return Vec::new() };
    let file = file::of_service(platform, server);
    let added = added(platform);
    let mut names = Names::default();
    let object = |(name, mut rules): (String, Node)| {
        each_alert(&mut rules, &|alert| label(alert, &added));
        let metadata = metadata(platform, operator, names.take(&name), platform.namespace().to_owned());
        let rule = Custom {
            api_version: "monitoring.coreos.com/v1",
            kind: "PrometheusRule",
            metadata,
            spec: None::<()>,
        };
        rule.object(&file, Stage::Monitor).with_spec(rules)
    };
    prometheus::rule_files(platform).into_iter().map(object).collect()
}

/// Labels of every alert that does not say them itself: its namespace, by which the operator's routes know whose it is; those
/// that Prometheus' configuration puts to whatever leaves it; and whose it is by its job, which templates of labels can ask
/// for (prometheus/prometheus:docs/configuration/alerting_rules.md, "Templating").
fn added(platform: &Platform) -> Vec<(String, String)> {
    let mut added = vec![("namespace".to_owned(), platform.namespace().to_owned())];
    let outward = platform.external_labels();
    added.extend(outward.into_iter().map(|(label, value)| (label.to_owned(), value.to_owned())));
    added.extend(WHOSE.iter().filter_map(|label| Some(((*label).to_owned(), whose(platform, label)?))));
    added
}

/// What a label is by the job of an alert; `None` where no job says it.
fn whose(platform: &Platform, label: &str) -> Option<String> {
    let mut jobs: IndexMap<&str, Vec<&str>> = IndexMap::default();
    for job in &platform.observed.jobs {
        if let Some(value) = platform.whose(job, label) {
            jobs.entry(value).or_default().push(&job.name);
        }
    }
    let (same, others): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|(value, jobs)| jobs.as_slice() == [*value]);
    let same: Vec<&str> = same.into_iter().map(|(value, _)| value).collect();
    let case =
        |jobs: &[&str], value: &str| format!("if match \"^(?:{})$\" $labels.job }}}}{value}", jobs.join("|"));
    let same = (!same.is_empty()).then(|| case(&same, "{{ $labels.job }}"));
    let cases: Vec<String> =
        same.into_iter().chain(others.iter().map(|(value, jobs)| case(jobs, value))).collect();
    (!cases.is_empty()).then(|| format!("{{{{ {}{{{{ end }}}}", cases.join("{{ else ")))
}

/// Calls a function with each alert of some rules.
fn each_alert(node: &mut Node, change: &dyn Fn(&mut Map)) {
    match node {
        Node::Map(entries) if entries.contains_key("alert") => change(entries),
        Node::Map(entries) => entries.values_mut().for_each(|value| each_alert(value, change)),
        Node::List(items) => items.iter_mut().for_each(|item| each_alert(item, change)),
        Node::Commented(_, inner) | Node::Styled(_, inner) => each_alert(inner, change),
        _ => {}
    }
}

/// Gives an alert labels that it does not have.
fn label(alert: &mut Map, added: &[(String, String)]) {
    if !alert.contains_key("labels") {
        alert.insert("labels", Node::empty());
        // Behind them stands what is said to people.
        if let Some(annotations) = alert.remove("annotations") {
            alert.insert("annotations", annotations);
        }
    }
    let Some(mut labels) = alert.get_mut("labels") else { return };
    while let Node::Commented(_, inner) | Node::Styled(_, inner) = labels {
        labels = inner;
    }
    if let Node::Map(labels) = labels {
        for (name, value) in added {
            labels.or_insert_with(name, || Node::Text(value.into()));
        }
    }
}

//! Rule files: one for each group of the platform, in it one rule group for each service.

use serde::Serialize;

use crate::emit::Entries;
use crate::hash::HashMap;
use crate::platform::observe::{Alert, Record};
use crate::platform::{Platform, ServiceId};

/// The file of what belongs to no group, and to no service.
const PLATFORM: &str = "platform";

/// A rule file: which rules are in it.
#[derive(Debug)]
pub(super) struct File {
    /// Its name, without an ending.
    pub(super) name: String,
    /// The rule groups, by the service at the top of their owners.
    groups: Vec<Group>,
}

/// The rules of a service, or of the platform.
#[derive(Debug)]
struct Group {
    owner: Option<ServiceId>,
    records: Vec<usize>,
    alerts: Vec<usize>,
}

impl File {
    /// Its recording rules.
    pub(super) fn records<'a>(&'a self, platform: &'a Platform) -> impl Iterator<Item = &'a Record> {
        let records = self.groups.iter().flat_map(|group| &group.records);
        records.filter_map(|at| platform.observed.records.get(*at))
    }

    /// Its alerts.
    pub(super) fn alerts<'a>(&'a self, platform: &'a Platform) -> impl Iterator<Item = &'a Alert> {
        let alerts = self.groups.iter().flat_map(|group| &group.alerts);
        alerts.filter_map(|at| platform.observed.alerts.get(*at))
    }
}

/// Sorts the rules into files: the platform's own first, then by group.
pub(super) fn files(platform: &Platform) -> Vec<File> {
    let mut files = vec![File { name: PLATFORM.to_owned(), groups: Vec::new() }];
    let groups = platform.groups.iter().filter(|group| group.name != PLATFORM);
    let by_group: HashMap<&str, usize> = groups.clone().map(|group| group.name.as_str()).zip(1..).collect();
    files.extend(groups.map(|group| File { name: group.name.clone(), groups: Vec::new() }));
    let mut places = HashMap::default();
    let mut place = |owner: Option<ServiceId>, files: &mut Vec<File>| {
        let owner = owner.map(|owner| platform.top(owner).id);
        *places.entry(owner).or_insert_with(|| {
            let group = owner.and_then(|owner| platform[owner].group);
            let file = group.and_then(|group| by_group.get(platform[group].name.as_str()));
            let file = file.copied().unwrap_or(0);
            files[file].groups.push(Group { owner, records: Vec::new(), alerts: Vec::new() });
            (file, files[file].groups.len() - 1)
        })
    };
    for (at, record) in platform.observed.records.iter().enumerate() {
        let (file, group) = place(record.owner, &mut files);
        files[file].groups[group].records.push(at);
    }
    for (at, alert) in platform.observed.alerts.iter().enumerate() {
        let (file, group) = place(alert.owner, &mut files);
        files[file].groups[group].alerts.push(at);
    }
    files.retain(|file| !file.groups.is_empty());
    files
}

#[derive(Debug, Serialize)]
pub(super) struct Rules<'a> {
    groups: Vec<RuleGroup<'a>>,
}

#[derive(Debug, Serialize)]
struct RuleGroup<'a> {
    name: &'a str,
    rules: Vec<Rule<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Rule<'a> {
    Record {
        record: &'a str,
        expr: &'a str,
        #[serde(skip_serializing_if = "Entries::is_empty")]
        labels: Entries<&'a str, &'a str>,
    },
    Alert {
        alert: &'a str,
        expr: &'a str,
        #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
        wait: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        keep_firing_for: Option<String>,
        #[serde(skip_serializing_if = "Entries::is_empty")]
        labels: Entries<&'a str, &'a str>,
        #[serde(skip_serializing_if = "Entries::is_empty")]
        annotations: Entries<&'a str, &'a str>,
    },
}

/// The rules of a file. Records stand before the alerts that may need them.
pub(super) fn rules<'a>(platform: &'a Platform, file: &'a File) -> Rules<'a> {
    let observed = &platform.observed;
    let groups = file.groups.iter().map(|group| RuleGroup {
        name: group.owner.map_or(PLATFORM, |owner| platform[owner].name.as_str()),
        rules: {
            let records = group.records.iter().filter_map(|at| observed.records.get(*at)).map(record);
            let alerts = group.alerts.iter().filter_map(|at| observed.alerts.get(*at)).map(alert);
            records.chain(alerts).collect()
        },
    });
    Rules { groups: groups.collect() }
}

fn record(record: &Record) -> Rule<'_> {
    Rule::Record { record: &record.name, expr: &record.query.text, labels: entries(&record.labels) }
}

fn alert(alert: &Alert) -> Rule<'_> {
    Rule::Alert {
        alert: &alert.name,
        expr: &alert.query.text,
        wait: alert.wait.map(|wait| wait.to_string()),
        keep_firing_for: alert.keep_firing_for.map(|time| time.to_string()),
        labels: entries(&alert.labels),
        annotations: alert
            .annotations
            .iter()
            .map(|annotation| (annotation.name.as_str(), annotation.text.as_str()))
            .collect(),
    }
}

fn entries(pairs: &[(String, String)]) -> Entries<&str, &str> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

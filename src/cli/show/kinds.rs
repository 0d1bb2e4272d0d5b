//! What has a name, by its kind.

use std::fmt::Write as _;

use super::{described, others};
use crate::platform::Platform;
use crate::view::{Model, Store};

/// The kind whose list needs no sound platform.
pub(super) const ENVIRONMENTS: &str = "environments";

/// Names of one kind.
pub(super) struct List {
    /// The kind, as the command line has it.
    pub(super) title: &'static str,
    /// Each name with what stands behind it in the overview.
    pub(super) named: Vec<(String, String)>,
    /// Whether the overview leaves it out: another list says it, or there are too many.
    is_detail: bool,
}

impl List {
    fn of(title: &'static str, named: impl Iterator<Item = (String, String)>) -> Self {
        let mut list = Self { title, named: Vec::new(), is_detail: false };
        for (name, behind) in named {
            if !list.named.iter().any(|(known, _)| *known == name) {
                list.named.push((name, behind));
            }
        }
        list
    }

    fn detail(self) -> Self {
        Self { is_detail: true, ..self }
    }

    /// Its names, a line each.
    pub(super) fn lines(&self) -> String {
        lines_of(self.named.iter().map(|(name, _)| name.as_str()))
    }
}

/// A name without the kind before it, where a thing of that kind is called like one: `dashboards.sites`.
pub(super) fn without_kind<'a>(name: &'a str, lists: &[List]) -> &'a str {
    let Some((kind, rest)) = name.split_once('.') else { return name };
    let is_kind = |word: &str| lists.iter().find(|list| list.title == word);
    let is_meant = is_kind(rest).is_some()
        && is_kind(kind).is_some_and(|list| list.named.iter().any(|(name, _)| name == rest));
    if is_meant { rest } else { name }
}

/// Names, a line each.
pub(super) fn lines_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.flat_map(|name| [name, "\n"]).collect()
}

/// Everything that has a name, by its kind.
pub(super) fn lists(
    model: &Model,
    platform: &Platform,
    environments: &[String],
    left_out: &[String],
) -> Vec<List> {
    let with = |name: &str, description: Option<&str>| (name.to_owned(), described(description));
    let plain = |name: &String| (name.clone(), String::new());
    let store = |it: &Store| (format!("{}.{}", it.of, it.name), format!(": {}", it.kind));
    let inputs = |secret: bool| model.inputs.iter().filter(move |it| it.secret == secret);
    let observed = &platform.observed;
    let ports = model.services.iter().flat_map(|service| {
        service
            .ports
            .iter()
            .map(|port| (format!("{}.{}", service.path, port.name), format!(": {}", port.number)))
    });
    let volumes = platform.volumes.iter().map(|it| with(&it.name, it.description.as_deref()));
    let volumes = volumes.chain(others::own_volumes(model).into_iter().map(|name| (name, String::new())));
    vec![
        List::of("services", model.services.iter().map(|it| with(&it.path, it.description.as_deref()))),
        List::of("left-out", left_out.iter().map(plain)),
        List::of("groups", platform.groups.iter().map(|it| with(&it.name, it.description.as_deref()))),
        List::of("networks", model.networks.iter().map(|it| with(&it.name, it.description.as_deref()))),
        List::of("outsides", model.outsides.iter().map(|it| plain(&it.name))),
        List::of("hosts", platform.hosts.iter().map(|it| plain(&it.name))),
        List::of("sites", model.sites.iter().map(|it| (it.name.clone(), format!(": {}", it.domain)))),
        List::of("ports", ports).detail(),
        List::of("volumes", volumes),
        List::of("variables", inputs(false).map(|it| plain(&it.name))),
        List::of("secrets", inputs(true).map(|it| plain(&it.name))),
        List::of("inputs", model.inputs.iter().map(|it| plain(&it.name))).detail(),
        List::of("stores", model.stores.iter().map(store)),
        List::of(
            "accounts",
            platform.accounts.iter().map(|it| plain(&format!("{}.{}", platform[it.of].path, it.name))),
        ),
        List::of("backups", model.backups.iter().map(|it| plain(&it.name))),
        List::of("offsites", platform.stores.iter().map(|it| plain(&it.name))),
        List::of("policies", platform.policies.iter().map(|it| plain(&it.sentence))),
        List::of("alerts", model.alerts.iter().map(|it| plain(&it.name))),
        List::of("records", observed.records.iter().map(|it| plain(&it.name))).detail(),
        List::of("dashboards", observed.dashboards.iter().map(|it| with(&it.name, Some(&it.title)))),
        List::of("datasources", observed.sources.iter().map(|it| with(&it.name, Some(&it.title)))),
        List::of("receivers", platform.receivers().map(|it| plain(&it.name))),
        List::of("hours", observed.hours.iter().map(|it| plain(&it.name))),
        List::of(ENVIRONMENTS, environments.iter().map(plain)),
    ]
}

/// All lists, one behind the other.
pub(super) fn overview(model: &Model, lists: &[List]) -> String {
    let mut out = format!("{}{}\n", model.name, described(model.description.as_deref()));
    for list in lists.iter().filter(|list| !list.named.is_empty() && !list.is_detail) {
        let names: Vec<String> = list.named.iter().map(|(name, behind)| format!("{name}{behind}")).collect();
        let _ = writeln!(out, "\n{} ({})\n  {}", list.title, names.len(), names.join("\n  "));
    }
    out
}

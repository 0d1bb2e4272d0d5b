//! What is shown of dashboards, data sources, records, hours, places off the site and accounts.

use super::Lines;
use crate::platform::{Grant, Platform, ValuePart};
use crate::source::{Sources, Span};
use crate::view::{Model, Said};

/// What is called so, each in lines of its own.
pub(super) fn things(model: &Model, platform: &Platform, sources: &Sources, name: &str) -> Vec<String> {
    let said = |span: Span| Said::at(sources, span);
    let mut out = Vec::new();
    for store in platform.stores.iter().filter(|store| store.name == name) {
        let mut lines = Lines::new("offsite", name, None, Some(&said(store.span)));
        lines.add("endpoint", &store.endpoint, None);
        lines.add("bucket", &store.bucket, None);
        if !store.prefix.is_empty() {
            lines.add("folder", &store.prefix, None);
        }
        lines.add("region", store.region.as_deref().unwrap_or("not said"), None);
        lines.add("access key", &text(platform, &store.access_key), None);
        lines.add("secret key", &platform[store.secret_key].name, None);
        let kept = store.retention.map_or_else(
            || "nothing is said: the rules of its provider decide".to_owned(),
            |age| format!("{age}, by the rules of the bucket"),
        );
        lines.add("is kept", &kept, None);
        let backups = model.backups.iter().filter(|it| it.to.iter().any(|to| to == name));
        lines.all("backups", backups.map(|it| (format!("{} of {}", it.name, it.of), Some(&it.said))));
        out.push(lines.text());
    }
    for account in &platform.accounts {
        let owner = &platform[account.of].path;
        if format!("{owner}.{}", account.name) != name {
            continue;
        }
        let mut lines =
            Lines::new("account", name, account.description.as_deref(), Some(&said(account.span)));
        lines.add("of", owner, None);
        lines.all(
            "logs in by",
            account.secrets.iter().map(|(key, input)| (format!("{key} = {}", platform[*input].name), None)),
        );
        for (key, grants) in
            [("reads", &account.read), ("writes", &account.write), ("deletes", &account.delete)]
        {
            lines.all(key, grants.iter().map(|grant| (granted(platform, grant), None)));
        }
        if !account.has_write {
            lines.add("writes", "to everything: its kind counts nothing", None);
        }
        out.push(lines.text());
    }
    let observed = &platform.observed;
    for record in observed.records.iter().filter(|record| record.name == name) {
        let mut lines = Lines::new("record", name, None, Some(&said(record.span)));
        if let Some(owner) = record.owner {
            lines.add("of", &platform[owner].path, None);
        }
        lines.add("is", &record.query.text.split_whitespace().collect::<Vec<&str>>().join(" "), None);
        lines.all("labels", record.labels.iter().map(|(label, value)| (format!("{label} = {value}"), None)));
        out.push(lines.text());
    }
    for dashboard in observed.dashboards.iter().filter(|dashboard| dashboard.name == name) {
        let place = said(dashboard.span);
        let mut lines = Lines::new("dashboard", name, dashboard.description.as_deref(), Some(&place));
        lines.add("title", &dashboard.title, None);
        if let Some(owner) = dashboard.owner {
            lines.add("of", &platform[owner].path, None);
        }
        lines.all("chosen by", dashboard.choices.iter().map(|choice| (choice.name.clone(), None)));
        lines.all("panels", dashboard.panels().map(|panel| (panel.title.to_string(), None)));
        out.push(lines.text());
    }
    for source in observed.sources.iter().filter(|source| source.name == name) {
        let mut lines = Lines::new("datasource", name, None, Some(&said(source.span)));
        lines.add("title", &source.title, None);
        lines.add("type", &source.kind, None);
        if let Some(url) = &source.url {
            lines.add("address", &text(platform, url), None);
        }
        lines.all("reads", source.inputs().map(|input| (platform[input].name.clone(), None)));
        out.push(lines.text());
    }
    for hours in observed.hours.iter().filter(|hours| hours.name == name) {
        let mut lines = Lines::new("hours", name, None, Some(&said(hours.span)));
        let days = if hours.days.is_empty() { "every day".to_owned() } else { hours.days.join(", ") };
        lines.add("days", &days, None);
        let times: Vec<String> = hours.times.iter().map(|(from, to)| format!("{from} to {to}")).collect();
        lines.add(
            "times",
            &if times.is_empty() { "the whole day".to_owned() } else { times.join(", ") },
            None,
        );
        lines.add("zone", hours.zone.as_deref().unwrap_or("UTC"), None);
        out.push(lines.text());
    }
    out
}

/// A value with `${NAME}` for what the operator sets.
fn text(platform: &Platform, value: &crate::platform::Value) -> String {
    let parts = value.parts.iter().map(|part| match part {
        ValuePart::Literal(text) => text.to_string(),
        ValuePart::Input(input) => format!("${{{}}}", platform[*input].name),
    });
    parts.collect()
}

fn granted(platform: &Platform, grant: &Grant) -> String {
    match grant {
        Grant::Bucket(id) => format!("the bucket {}", platform[*id].name),
        Grant::Index(id) => format!("the index {}", platform[*id].name),
        Grant::Database(id) => format!("the database {}", platform[*id].name),
        Grant::Named(name) => name.clone(),
    }
}

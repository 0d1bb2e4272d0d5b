//! What the standard components declare, by the names that diagnostics look for. They are parsed for it once, when a diagnostic
//! first asks.

use std::sync::LazyLock;

use super::{COMPONENTS, file_name};
use crate::diagnostic::Sink;
use crate::hash::HashMap;
use crate::notation::image::Reference;
use crate::source::Sources;
use crate::syntax::{self, Entry, Part, ValueKind};

/// Names, each with the first component that declares it.
#[derive(Default)]
struct Index {
    /// Alerts of components themselves, not of services nested in them.
    alerts: HashMap<String, &'static str>,
    /// Repositories of the images that they run.
    images: HashMap<String, &'static str>,
    /// Metrics that stand as defaults of parameters.
    metrics: HashMap<String, &'static str>,
    /// Words of the roles that their services always have.
    roles: HashMap<String, &'static str>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::default();
    for (name, source) in COMPONENTS {
        let mut sources = Sources::default();
        let id = sources.add_embedded(file_name(name), source);
        let file = syntax::parse(&sources, id, &mut Sink::default());
        for entry in file.entries.iter().filter(|entry| entry.key.text == "component") {
            let alerts = entry.entries().iter().filter(|entry| entry.key.text == "alert");
            for alert in alerts.filter_map(|alert| alert.label.as_ref()) {
                index.alerts.entry(alert.text.to_string()).or_insert(name);
            }
            index.take(name, entry);
        }
    }
    index
});

impl Index {
    /// Takes what an entry and those in it declare.
    fn take(&mut self, component: &'static str, entry: &Entry) {
        let value = entry.value.as_ref().map(|value| &value.kind);
        match (entry.key.text.as_str(), value) {
            ("image", Some(ValueKind::Text(text))) => {
                let parts = text.parts.iter().map(|part| match part {
                    Part::Literal(text) => text.as_str(),
                    Part::Reference(_) => "x",
                });
                let name: String = parts.collect();
                self.images.entry(Reference::parse(&name).repository.to_owned()).or_insert(component);
            }
            ("role", Some(ValueKind::Reference(path))) if entry.entries().is_empty() => {
                if let Some(role) = path.word() {
                    self.roles.entry(role.to_owned()).or_insert(component);
                }
            }
            ("parameter", Some(ValueKind::Text(text))) if is_metric(entry) => {
                if let Some(metric) = text.as_literal() {
                    self.metrics.entry(metric.to_owned()).or_insert(component);
                }
            }
            _ => {}
        }
        entry.entries().iter().for_each(|inner| self.take(component, inner));
    }
}

/// Whether a parameter takes the name of a metric.
fn is_metric(parameter: &Entry) -> bool {
    let kind = parameter.field("type").and_then(|entry| entry.value.as_ref());
    kind.is_some_and(|kind| matches!(&kind.kind, ValueKind::Reference(path) if path.word() == Some("metric")))
}

/// The standard component that brings an alert.
#[must_use]
pub fn with_alert(name: &str) -> Option<&'static str> {
    INDEX.alerts.get(name).copied()
}

/// The standard component that runs an image, by its repository.
#[must_use]
pub fn with_image(repository: &str) -> Option<&'static str> {
    INDEX.images.get(repository).copied()
}

/// The standard component that asks for a metric unless it is given another one.
#[must_use]
pub fn with_metric(name: &str) -> Option<&'static str> {
    INDEX.metrics.get(name).copied()
}

/// The standard component whose services have a role, by the word of the role.
#[must_use]
pub fn with_role(role: &str) -> Option<&'static str> {
    INDEX.roles.get(role).copied()
}

#[cfg(test)]
mod tests {
    use super::{with_alert, with_image, with_metric, with_role};

    #[test]
    fn components_are_found_by_what_they_declare() {
        assert_eq!(with_alert("PostgresDown"), Some("postgres"));
        assert_eq!(with_alert("NoSuchAlert"), None);
        assert_eq!(with_image("prom/prometheus"), Some("prometheus"));
        assert_eq!(with_image("quay.io/prometheuscommunity/postgres-exporter"), Some("postgres"));
        assert_eq!(with_metric("http_requests_total"), Some("http-service"));
        assert_eq!(with_metric("pg_up"), None);
        assert_eq!(with_role("proxy"), Some("nginx"));
        assert_eq!(with_role("certificates"), Some("nginx"));
        assert_eq!(with_role("kubelet"), Some("kube-state-metrics"));
    }
}

//! Rows whose panels need not be written: the standard panels, with what the services declare put in.

use super::super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::model::{self, MetricKind, Preset};
use crate::platform::{Platform, Runtime, Service, ServiceId};
use crate::schema::{Decode as _, Decoder, Reference, Visit as _};
use crate::source::{Sources, Span};
use crate::standard;
use crate::syntax::{self, Part, Text};

/// The name of the choice that presets follow.
const CHOICE: &str = "job";

/// Labels that say how a request ended, as a number of HTTP.
const STATUS: &[&str] = &["status", "status_code", "code", "http_status", "http_status_code"];

/// What stands in the standard panels' legends for the label that says how a request ended.
const STATUS_LEGEND: &str = "{{status}}";

/// A dashboard with the panels of its presets in front of each row's own. Inside a service they are about that one,
/// and what is nested in it.
pub(super) fn expand(
    block: &model::Dashboard,
    owner: Option<ServiceId>,
    platform: &Platform,
    texts: &mut Texts<'_>,
) -> model::Dashboard {
    let mut block = block.clone();
    let chosen = block.choose.iter().any(|choose| choose.name.text == CHOICE);
    for row in &mut block.row {
        let Some(preset) = row.preset else { continue };
        let place = row.title.span;
        let of = row.of.as_ref().map(|list| list.items.as_slice());
        let own = owner.filter(|_| of.is_none() && !chosen);
        let all = of.is_none() && own.is_none();
        let services = match own {
            Some(owner) => within(owner, platform),
            None => services(of, platform, texts),
        };
        let panels = match preset {
            Preset::Requests => red(&services, chosen && row.of.is_none(), place, texts),
            Preset::Resources => {
                let (is, pods) = match (all, chosen) {
                    (true, true) => (format!("=~'${CHOICE}'"), format!("=~'${CHOICE}-.+'")),
                    (true, false) => ("!=''".to_owned(), "!=''".to_owned()),
                    _ => (is_one_of(&services), are_pods_of(&services)),
                };
                let part = match platform.runtime {
                    Runtime::Compose => "use",
                    Runtime::Kubernetes => "use-in-a-cluster",
                };
                panels(&Facts { part, is: &is, pods: &pods, metric: "", status: "" })
            }
        };
        let own = std::mem::take(&mut row.panel);
        row.panel = panels.into_iter().map(|panel| at(panel, place)).chain(own).collect();
    }
    block
}

/// A service and those that are nested in it.
fn within(owner: ServiceId, platform: &Platform) -> Vec<&Service> {
    let mut services = vec![&platform[owner]];
    let mut at = 0;
    while let Some(outer) = services.get(at).map(|service| service.id) {
        services.extend(platform.services.iter().filter(|service| service.parent == Some(outer)));
        at += 1;
    }
    services
}

/// The services that a row is about; all where none is named.
fn services<'a>(of: Option<&[Reference]>, platform: &'a Platform, texts: &mut Texts<'_>) -> Vec<&'a Service> {
    let Some(of) = of else { return platform.services.iter().collect() };
    let mut services = Vec::new();
    for reference in of {
        match texts.find(&reference.0, &mut Mentions::default()) {
            Some(Thing::Service(at)) => services.extend(platform.services.get(at)),
            Some(thing) => texts.wrong_kind(&reference.0, &thing, "a service"),
            None => {}
        }
    }
    services
}

/// A comparison of a label with the names of services, which are DNS labels.
fn is_one_of(services: &[&Service]) -> String {
    match services {
        [service] => format!("='{}'", service.name),
        services => {
            let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
            format!("=~'{}'", names.join("|"))
        }
    }
}

/// A comparison of a label with the names of the pods of services.
fn are_pods_of(services: &[&Service]) -> String {
    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    format!("=~'({})-.+'", names.join("|"))
}

/// Rate and errors by every counter with a status, duration by every histogram of times.
fn red(services: &[&Service], chosen: bool, place: Span, texts: &mut Texts<'_>) -> Vec<model::Panel> {
    let mut found: Vec<(&str, &str, &str, Vec<&Service>)> = Vec::new();
    for service in services.iter().filter(|service| service.metrics.is_some()) {
        for metric in &texts.names.block(service.id).metric {
            let name = metric.name.text.as_str();
            let parts: &[(&str, &str)] = match (metric.type_, status(metric)) {
                (MetricKind::Counter, Some(status)) => &[("requests", status), ("errors", status)],
                (MetricKind::Histogram, _) if name.ends_with("_seconds") => &[("duration", "")],
                _ => continue,
            };
            for &(part, status) in parts {
                match found.iter_mut().find(|known| (known.0, known.1, known.2) == (part, name, status)) {
                    Some((.., of)) => of.push(service),
                    None => found.push((part, name, status, vec![service])),
                }
            }
        }
    }
    if found.is_empty() && !services.is_empty() {
        texts.sink.report(
            Diagnostic::new(
                codes::OBS002,
                "no service here declares a metric of requests for `preset = requests`",
            )
            .at(place, "would show nothing")
            .help(
                "write in a service with `metrics` what it exports: `metric http_requests_total { type = counter, labels = [status] }` \
                 and `metric http_request_duration_seconds { type = histogram }`, or `http-service {}`, which brings both",
            ),
        );
    }
    let several = |part: &str| found.iter().filter(|known| known.0 == part).count() > 1;
    let mut made = Vec::new();
    for (part, metric, status, of) in &found {
        let is = if chosen { format!("=~'${CHOICE}'") } else { is_one_of(of) };
        let panels = panels(&Facts { part, is: &is, pods: "", metric, status });
        made.extend(panels.into_iter().map(|mut panel| {
            if several(part) {
                panel.title.text = format!("{}: {metric}", panel.title.text).into();
            }
            panel
        }));
    }
    made
}

fn status(metric: &model::Metric) -> Option<&str> {
    let labels = metric.labels.as_ref()?;
    let known = |label: &&str| labels.items.iter().any(|word| word.text == *label);
    STATUS.iter().copied().find(known)
}

/// What is put into the standard panels.
struct Facts<'a> {
    part: &'a str,
    is: &'a str,
    /// The comparison of a pod's name.
    pods: &'a str,
    metric: &'a str,
    status: &'a str,
}

/// A part of the standard panels with the facts in it.
fn panels(facts: &Facts<'_>) -> Vec<model::Panel> {
    let part = parts().into_iter().find(|part| part.name.text == facts.part);
    let mut panels = part.map(|part| part.panel).unwrap_or_default();
    for panel in &mut panels {
        panel.visit_mut(&mut |constant| {
            let parts = constant.text.parts.iter().map(|part| match part {
                Part::Literal(literal) => literal.as_str(),
                Part::Reference(path) => fact(facts, &path.text()),
            });
            constant.text = Text::literal(parts.collect::<String>());
        });
        for query in &mut panel.query {
            let legend = query.legend.text.replace(STATUS_LEGEND, &format!("{{{{{}}}}}", facts.status));
            query.legend.text = legend.into();
        }
    }
    panels
}

fn fact<'a>(facts: &Facts<'a>, name: &str) -> &'a str {
    match name {
        "is" => facts.is,
        "pods" => facts.pods,
        "metric" => facts.metric,
        "status" => facts.status,
        _ => "",
    }
}

/// The standard panels. They are part of the compiler: a test reads them.
fn parts() -> Vec<model::Dashboard> {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let id = sources.add(standard::file_name("presets"), standard::PRESETS);
    let file = syntax::parse(&sources, id, &mut sink);
    let mut decoder = Decoder::new(&mut sink);
    file.entries.iter().filter_map(|entry| model::Dashboard::decode(entry, &mut decoder)).collect()
}

/// A panel whose places are all the one that asks for it.
fn at(mut panel: model::Panel, place: Span) -> model::Panel {
    panel.span = place;
    panel.title.span = place;
    panel.visit_mut(&mut |constant| constant.span = place);
    for query in &mut panel.query {
        query.legend.span = place;
    }
    panel
}

#[cfg(test)]
mod tests {
    use super::{Facts, panels};
    use crate::promql;

    #[test]
    fn every_part_is_read_and_its_queries_are_queries() {
        for (part, number) in
            [("requests", 1), ("errors", 2), ("duration", 2), ("use", 6), ("use-in-a-cluster", 5)]
        {
            let pods = "=~'$job-.+'";
            let facts = Facts { part, is: "=~'$job'", pods, metric: "requests_total", status: "code" };
            let panels = panels(&facts);
            assert_eq!(panels.len(), number, "{part}");
            for query in panels.iter().flat_map(|panel| &panel.query) {
                let text = query.expr.text.as_literal().unwrap_or_default();
                assert!(promql::Query::parse(text).is_ok(), "{text}");
                assert!(text.contains("=~'$job'") || text.contains(pods), "{text}");
            }
        }
        let facts =
            Facts { part: "errors", is: "='api'", pods: "", metric: "requests_total", status: "code" };
        let legends: Vec<String> = panels(&facts)
            .iter()
            .flat_map(|panel| &panel.query)
            .map(|query| query.legend.text.to_string())
            .collect();
        assert_eq!(legends, ["{{job}}", "{{code}}"]);
    }
}

//! ALR011: alerts that fire whatever the values are.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::platform::observe::Record;
use crate::platform::{Platform, Severity};
use crate::promql::{self, Always};

/// ALR011: alerts whose query has a result for every series. One that asks for no series, and one of severity
/// `none`, is to fire always.
pub(in crate::check) fn always(platform: &Platform, sink: &mut Sink) {
    let observed = &platform.observed;
    let mut records: HashMap<&str, Vec<&Record>> = HashMap::default();
    for record in &observed.records {
        records.entry(&record.name).or_default().push(record);
    }
    let mut known = HashMap::default();
    for alert in observed.alerts.iter().filter(|alert| alert.severity != Some(Severity::None)) {
        let Some(parsed) = &alert.query.parsed else { continue };
        for selector in parsed.selectors() {
            if let Some(metric) = &selector.metric {
                sometimes(metric, &records, &mut known);
            }
        }
        let Some(why) = promql::fires_always(parsed, &|metric| known.get(metric).copied().unwrap_or(false))
        else {
            continue;
        };
        let (note, help) = match why {
            Always::NoComparison => (
                "has a result for every series, whatever its value",
                "compare it with a limit; an alert that is to fire always has `severity = none`",
            ),
            Always::Bool => (
                "`bool` makes 0 of what is false, and that is a result, too",
                "take `bool` away: the comparison alone keeps what is true",
            ),
        };
        sink.about(platform.path(alert.owner), |sink| {
            sink.report(
                Diagnostic::new(codes::ALR011, format!("the alert `{}` fires always", alert.name))
                    .at(alert.query.said.span, note)
                    .help(help),
            );
        });
    }
}

/// Notes whether the series of a metric are there only at times: those that the server writes of alerts, and what
/// a record keeps only where it is true. One that leads back to itself may be.
fn sometimes<'a>(
    metric: &'a str,
    records: &HashMap<&'a str, Vec<&'a Record>>,
    known: &mut HashMap<&'a str, bool>,
) {
    // Records of records are walked with a stack of one's own, each behind those that it asks for.
    let mut open = vec![(metric, false)];
    let mut seen = HashSet::default();
    while let Some((metric, asked)) = open.pop() {
        if known.contains_key(metric) {
            continue;
        }
        let own = records.get(metric).map(Vec::as_slice).unwrap_or_default();
        let queries = || own.iter().filter_map(|record| record.query.parsed.as_ref());
        if !asked && !own.is_empty() && seen.insert(metric) {
            open.push((metric, true));
            let selectors = queries().flat_map(|query| query.selectors());
            open.extend(selectors.filter_map(|selector| Some((selector.metric.as_deref()?, false))));
            continue;
        }
        let of = |metric: &str| known.get(metric).copied().unwrap_or(true);
        let at_times = match own {
            [] => metric.starts_with("ALERTS"),
            _ if !asked => true,
            _ => queries().any(|query| promql::fires_always(query, &of).is_none()),
        };
        known.insert(metric, at_times);
    }
}

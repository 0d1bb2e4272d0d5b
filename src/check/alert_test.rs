//! Tests of alerts: whether promtool can run them, and whether they ask anything.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashSet;
use crate::platform::Platform;
use crate::platform::observe::{Alert, AlertTest, SaidSeries};
use crate::promql::{self, Problem};
use crate::schema::{Constant, Duration};

/// The time between two values where a test says none.
const INTERVAL: Duration = Duration(60_000);

/// The longest time of a test: promtool evaluates all rules every fifteen seconds of it.
const LONGEST: Duration = Duration(31 * 24 * 60 * 60 * 1000);

/// ALR008 and ALR012: tests that say nothing, and tests that cannot be run.
pub(super) fn tests(platform: &Platform, sink: &mut Sink) {
    let records = &platform.observed.records;
    let recorded: HashSet<&str> = records.iter().map(|record| record.name.as_str()).collect();
    for alert in &platform.observed.alerts {
        for test in &alert.tests {
            if sink.is_full() {
                return;
            }
            let sound = times(test, sink);
            let lengths: Vec<Option<u64>> = test.said.iter().map(|said| length(said, sink)).collect();
            if asks(test).is_empty() {
                sink.report(
                    Diagnostic::new(codes::ALR008, format!("the test `{}` asks nothing", test.name))
                        .at(test.span, "holds whatever the alert does")
                        .help("say `holds_from`, `silent_after`, `fires_at` or `silent_at`"),
                );
            } else if sound && let Some(lengths) = lengths.into_iter().collect::<Option<Vec<u64>>>() {
                nothing_there(&recorded, alert, test, &lengths, sink);
            }
        }
    }
}

/// The times that a test says, with their keys.
fn said(test: &AlertTest) -> impl Iterator<Item = (&'static str, Duration)> {
    let all = [
        ("interval", test.interval),
        ("fires_at", test.fires_at),
        ("silent_at", test.silent_at),
        ("holds_from", test.holds_from),
        ("silent_after", test.silent_after),
    ];
    all.into_iter().filter_map(|(key, time)| Some((key, time?)))
}

/// The keys by which a test asks.
fn asks(test: &AlertTest) -> Vec<&'static str> {
    said(test).map(|(key, _)| key).filter(|key| *key != "interval").collect()
}

/// Reports times that a test cannot have; says whether there are none.
fn times(test: &AlertTest, sink: &mut Sink) -> bool {
    let mut sound = true;
    for (key, time) in said(test) {
        let (message, help) = if key == "interval" && time.0 == 0 {
            let message = format!("the test `{}` has no time between two values", test.name);
            (message, "say another `interval`, or none: it is one minute then")
        } else if time > LONGEST {
            let message = format!(
                "the test `{}` says `{key} = {time}`, and no test is longer than {LONGEST}",
                test.name
            );
            (message, "take shorter times: values of series may stand for any")
        } else {
            continue;
        };
        sound = false;
        sink.report(Diagnostic::new(codes::ALR012, message).at(test.span, "cannot be run").help(help));
    }
    sound
}

/// How many values a series has; `None` where it cannot be read, which is reported.
fn length(said: &SaidSeries, sink: &mut Sink) -> Option<u64> {
    let mut told = |constant: &Constant, what: &str, problem: Problem, help: &str| {
        // What could not be settled was reported.
        if constant.text.as_literal().is_some() {
            let place = problem.place.and_then(|place| constant.part(place)).unwrap_or(constant.span);
            sink.report(
                Diagnostic::new(codes::ALR012, format!("{what} cannot be read: {}", problem.message))
                    .at(place, "here")
                    .help(help),
            );
        }
    };
    let values = promql::values(said.values.text.as_literal().unwrap_or_default());
    if let Err(problem) = said.parsed.clone() {
        let help = "write a metric and its labels: `series \"metric{label='value'}\" = \"0x10\"`";
        told(&said.series, "the series", problem, help);
    }
    match values {
        Ok(length) => Some(length).filter(|_| said.parsed.is_ok()),
        Err(problem) => {
            let help = "write values with spaces between them: `1`, `0x10` for eleven of it, `0+5x10` with a step, `_` for none, `stale`";
            told(&said.values, "the values of the series", problem, help);
            None
        }
    }
}

/// Reports tests that ask where there is no series, or none any more.
fn nothing_there(
    recorded: &HashSet<&str>,
    alert: &Alert,
    test: &AlertTest,
    lengths: &[u64],
    sink: &mut Sink,
) {
    let Some(query) = &alert.query.parsed else { return };
    let mut metrics = query.selectors().iter().filter_map(|selector| selector.metric.as_deref());
    // What a record keeps may be there without any series, and longer.
    if !promql::needs_series(query) || metrics.any(|metric| recorded.contains(metric)) {
        return;
    }
    let Some(longest) = lengths.iter().max() else {
        sink.report(
            Diagnostic::new(codes::ALR008, format!("the test `{}` has no series", test.name))
                .at(test.span, "silent whatever the alert does")
                .at(alert.query.said.span, "finds nothing")
                .help(
                    "write the series that the alert asks for: `series \"metric{label='value'}\" = \"0x10\"`",
                ),
        );
        return;
    };
    let interval = test.interval.unwrap_or(INTERVAL).0;
    let end = (longest - 1).saturating_mul(interval);
    let wait = alert.wait.map_or(0, |wait| wait.0);
    let Some(reach) = promql::reach(query) else { return };
    let reach = u64::try_from(reach.as_millis()).unwrap_or(u64::MAX);
    let last = end.saturating_add(reach).saturating_add(alert.keep_firing_for.map_or(0, |time| time.0));
    for (key, time) in said(test).filter(|(key, _)| *key != "interval") {
        let asked =
            time.0.saturating_add(if matches!(key, "holds_from" | "silent_after") { wait } else { 0 });
        if asked > last {
            sink.report(
                Diagnostic::new(
                    codes::ALR008,
                    format!(
                        "the test `{}` asks at {}, and its series end at {}",
                        test.name,
                        Duration(asked),
                        Duration(end)
                    ),
                )
                .at(test.span, format!("`{key}` asks where nothing is left"))
                .help("write more values, or ask earlier"),
            );
        }
    }
}

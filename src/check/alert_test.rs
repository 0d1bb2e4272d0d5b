//! Tests of alerts: whether promtool can run them, whether they ask anything, and whether they can pass.

mod reach;

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::platform::observe::{Alert, AlertTest, SaidSeries};
use crate::platform::{Platform, Severity};
use crate::promql::{self, Problem};
use crate::schema::{Constant, Duration};
use reach::Reach;

/// The time between two values where a test says none.
const INTERVAL: Duration = Duration(60_000);

/// The longest time of a test: promtool evaluates all rules every fifteen seconds of it.
const LONGEST: Duration = Duration(31 * 24 * 60 * 60 * 1000);

/// ALR008, ALR012, ALR018 and ALR019: tests that say nothing, that cannot be run, or that cannot pass; and where
/// nothing is wrong with any test of an alert, whether they see both sides of it.
pub(super) fn tests(platform: &Platform, sink: &mut Sink) {
    let mut reach = Reach::new(&platform.observed.records);
    let mut known = HashMap::default();
    for alert in &platform.observed.alerts {
        sink.about(platform.path(alert.owner), |sink| {
            let told = sink.len();
            for test in &alert.tests {
                if sink.is_full() {
                    return;
                }
                let sound = times(test, sink);
                let longest = longest(test, &mut known, sink);
                if asks(test).next().is_none() {
                    sink.report(
                        Diagnostic::new(codes::ALR008, format!("the test `{}` asks nothing", test.name))
                            .at(test.span, "holds whatever the alert does")
                            .help("say `holds_from`, `silent_after`, `fires_at` or `silent_at`"),
                    );
                } else if sound
                    && !too_early(alert, test, sink)
                    && let Some(longest) = longest
                {
                    nothing_there(&mut reach, alert, test, longest, sink);
                }
            }
            if sink.len() == told {
                one_sided(alert, sink);
            }
        });
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

/// The times by which a test asks, with their keys.
fn asks(test: &AlertTest) -> impl Iterator<Item = (&'static str, Duration)> {
    said(test).filter(|(key, _)| *key != "interval")
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

/// How many values there are, by their texts: tests of alerts that are alike have the same ones.
type Known<'a> = HashMap<&'a str, Result<u64, Problem>>;

/// How many values the longest series of a test has, 0 where there is no series; `None` where one cannot be read, which
/// is reported.
fn longest<'a>(test: &'a AlertTest, known: &mut Known<'a>, sink: &mut Sink) -> Option<u64> {
    let mut longest = Some(0);
    for said in test.said.iter() {
        let length = length(said, known, sink);
        longest = longest.zip(length).map(|(longest, length)| longest.max(length));
    }
    longest
}

/// How many values a series has; `None` where it cannot be read, which is reported.
fn length<'a>(said: &'a SaidSeries, known: &mut Known<'a>, sink: &mut Sink) -> Option<u64> {
    let text = said.values.text.as_literal().unwrap_or_default();
    let values = known.entry(text).or_insert_with(|| promql::values(text));
    if let (Ok(length), Ok(_)) = (&values, &said.parsed) {
        return Some(*length);
    }
    let mut told = |constant: &Constant, what: &str, problem: &Problem, help: &str| {
        // What could not be settled was reported.
        if constant.text.as_literal().is_some() {
            let place = problem.place.clone().and_then(|place| constant.part(place)).unwrap_or(constant.span);
            sink.report(
                Diagnostic::new(codes::ALR012, format!("{what} cannot be read: {}", problem.message))
                    .at(place, "here")
                    .help(help),
            );
        }
    };
    if let Err(problem) = &said.parsed {
        let help = "write a metric and its labels: `series \"metric{label='value'}\" = \"0x10\"`";
        told(&said.series, "the series", problem, help);
    }
    if let Err(problem) = values {
        let help = "write values with spaces between them: `1`, `0x10` for eleven of it, `0+5x10` with a step, `_` for none, `stale`";
        told(&said.values, "the values of the series", problem, help);
    }
    None
}

/// Reports tests that want an alert to fire before it has waited, or at a moment at which it must not; says whether
/// there is something.
fn too_early(alert: &Alert, test: &AlertTest, sink: &mut Sink) -> bool {
    let Some(fires) = test.fires_at else { return false };
    let wait = alert.wait.unwrap_or(Duration(0));
    let told = if fires < wait {
        Diagnostic::new(
            codes::ALR018,
            format!(
                "the test `{}` wants `{}` to fire at {fires}, and it waits {wait} first",
                test.name, alert.name
            ),
        )
        .at(test.span, format!("`fires_at = {fires}` is too early"))
        .at(alert.span, format!("has `for = {wait}`"))
        .help(format!(
            "say `fires_at = {wait}` or later; `holds_from` says when the condition begins to hold, and `for` is added"
        ))
    } else if test.silent_at == Some(fires) {
        Diagnostic::new(
            codes::ALR018,
            format!("the test `{}` wants `{}` to fire and to be silent at {fires}", test.name, alert.name),
        )
        .at(test.span, "asks for both")
        .help("take one of `fires_at` and `silent_at` away")
    } else {
        return false;
    };
    sink.report(told);
    true
}

/// Reports tests that ask where there is no series, or none any more: the alert cannot fire there, and is silent
/// whatever it is.
fn nothing_there<'a>(
    reach: &mut Reach<'a>,
    alert: &'a Alert,
    test: &AlertTest,
    longest: u64,
    sink: &mut Sink,
) {
    let Some(reach) = reach.of(&alert.query) else { return };
    let wanted = || format!("the test `{}` wants `{}` to fire", test.name, alert.name);
    if longest == 0 {
        let (code, message, note) = if test.fires_at.or(test.holds_from).is_some() {
            (codes::ALR018, format!("{}, and has no series", wanted()), "nothing can make it fire")
        } else {
            let message = format!("the test `{}` has no series", test.name);
            (codes::ALR008, message, "silent whatever the alert does")
        };
        sink.report(
            Diagnostic::new(code, message)
                .at(test.span, note)
                .at(alert.query.said.span, "finds nothing")
                .help(
                    "write the series that the alert asks for: `series \"metric{label='value'}\" = \"0x10\"`",
                ),
        );
        return;
    }
    let interval = test.interval.unwrap_or(INTERVAL).0;
    let end = (longest - 1).saturating_mul(interval);
    let wait = alert.wait.map_or(0, |wait| wait.0);
    let last = end.saturating_add(reach).saturating_add(alert.keep_firing_for.map_or(0, |time| time.0));
    for (key, time) in asks(test) {
        let asked =
            time.0.saturating_add(if matches!(key, "holds_from" | "silent_after") { wait } else { 0 });
        if asked <= last {
            continue;
        }
        let (asked, ended) = (Duration(asked), Duration(end));
        let told = if matches!(key, "holds_from" | "fires_at") {
            let message = format!("{} at {asked}, and its series end at {ended}", wanted());
            Diagnostic::new(codes::ALR018, message)
                .at(test.span, format!("at the moment of `{key}` nothing is left that could make it fire"))
        } else {
            let message = format!("the test `{}` asks at {asked}, and its series end at {ended}", test.name);
            Diagnostic::new(codes::ALR008, message)
                .at(test.span, format!("`{key}` asks where nothing is left"))
        };
        sink.report(told.help("write more values, or ask earlier"));
        return;
    }
}

/// Reports an alert of the source whose tests see one side only. One of severity `none` is to fire always.
fn one_sided(alert: &Alert, sink: &mut Sink) {
    if alert.brought || alert.tests.is_empty() || alert.severity == Some(Severity::None) {
        return;
    }
    let tests = || alert.tests.iter();
    let fires = tests().any(|test| test.fires_at.or(test.holds_from).is_some());
    // Before the condition holds it must not fire, where there is such a time.
    let begins = |test: &AlertTest| test.holds_from.is_some_and(|time| time.0 > 0);
    let silent = tests().any(|test| test.silent_at.or(test.silent_after).is_some() || begins(test));
    let (message, note, help) = match (fires, silent) {
        (true, false) => (
            format!("no test of `{}` says when it must not fire", alert.name),
            "may fire always, and its tests pass",
            "write a test with values at which nothing is wrong, and `silent_after`",
        ),
        (false, true) => (
            format!("no test of `{}` sees it fire", alert.name),
            "may never fire, and its tests pass",
            "write a test with values at which it must fire, and `holds_from`",
        ),
        _ => return,
    };
    sink.report(Diagnostic::new(codes::ALR019, message).at(alert.span, note).help(help));
}

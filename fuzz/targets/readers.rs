//! Readers of what stands in a source as text: queries, series and their values, templates of messages, credentials. Any text:
//! no panic, every place is one of the text, a query with a matcher put in is a query that asks for the same, and what hides
//! credentials changes nothing else.

#![no_main]

use std::ops::Range;
use std::time::Duration;

use infrac::diagnostic::Guarded;
use infrac::diagnostic::credential::file::in_file;
use infrac::diagnostic::credential::text::{in_arguments, in_source, in_text};
use infrac::promql::{self, Facts, Labels, Query, Selector, template};
use libfuzzer_sys::fuzz_target;

/// Names of files whose form the reader of credentials knows, and one that it does not.
const FILES: [&str; 6] =
    ["/x/.pgpass", "/x/.netrc", "/x/.htpasswd", "/x/config.json", "/x/a.yaml", "/x/messages.json"];

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    query(text);
    templates(text);
    credentials(text);
});

fn is_place(text: &str, place: &Range<usize>) {
    assert!(text.get(place.clone()).is_some(), "no place {place:?} of {} bytes", text.len());
}

fn query(text: &str) {
    if let Err(problem) = promql::values(text) {
        problem.place.iter().for_each(|place| is_place(text, place));
    }
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(problem) => {
            problem.place.iter().for_each(|place| is_place(text, place));
            return;
        }
    };
    for selector in query.selectors() {
        is_place(text, &selector.place);
        for matcher in &selector.matchers {
            is_place(text, &matcher.place);
            matcher.value_place.iter().for_each(|place| is_place(text, place));
            let _ = matcher.fits("a");
        }
    }
    query.label_uses().iter().for_each(|used| is_place(text, &used.place));
    if let Err(problem) = promql::expect_series(&query) {
        problem.place.iter().for_each(|place| is_place(text, place));
    }
    judged(&query);
    completed(&query);
}

/// What can be said of a query is said.
fn judged(query: &Query) {
    let labels = |_: &Selector| Labels::none().with(["job", "instance"]);
    let facts = Facts { labels: &labels, kind: &|_| None };
    let _ = promql::findings(query, &facts, &|_| Some(Duration::from_secs(15)));
    let _ = promql::quantiles(query);
    let _ = promql::labels(query, &facts);
    let _ = promql::labels_asking_all(query, &facts);
    let _ = promql::kind(query, &|_| None);
    let _ = promql::needs_series(query);
    let _ = promql::reach(query);
    let _ = promql::fires_always(query, &|_| true);
}

/// With `job` put in, the query asks for the same metrics, each of that job.
fn completed(query: &Query) {
    let selectors = query.selectors();
    if query.text().contains('$')
        || selectors.iter().any(|it| it.matchers.iter().any(|one| one.label == "job"))
    {
        return;
    }
    let metrics = |query: &Query| -> Vec<Option<String>> {
        query.selectors().iter().map(|selector| selector.metric.clone()).collect()
    };
    let made = query.with_matchers(|_, out| out.push_str("job=\"a\""));
    match Query::parse(&made) {
        Ok(again) => {
            assert_eq!(metrics(&again), metrics(query), "{made}");
            let of_job =
                |selector: &Selector| selector.matchers.iter().any(|it| it.label == "job" && it.value == "a");
            assert!(again.selectors().iter().all(of_job), "{made}");
        }
        Err(problem) => {
            // What was put in may be what is too much.
            assert!(
                made.len() > promql::MAX_BYTES || problem.message.contains("more than"),
                "{made}: {}",
                problem.message
            );
        }
    }
}

fn templates(text: &str) {
    match template::read(text) {
        Ok(shown) => shown.iter().for_each(|(_, place)| is_place(text, place)),
        Err(problem) => is_place(text, &problem.place),
    }
    template::value_shown(text).iter().for_each(|place| is_place(text, place));
}

fn credentials(text: &str) {
    for found in in_text(text).into_iter().chain(in_source(text)) {
        is_place(text, &found.place);
    }
    for file in FILES {
        in_file(file, text).iter().for_each(|found| is_place(text, &found.place));
    }
    let words: Vec<&str> = text.split(' ').collect();
    for (at, found) in in_arguments(&words) {
        is_place(words[at], &found.place);
    }
    let hidden = Guarded::new(text);
    assert_eq!(hidden.as_str().lines().count(), text.lines().count(), "lines are lost:\n{hidden}");
    let twice = Guarded::of_sources(text, &[text]);
    assert_eq!(twice.as_str().lines().count(), text.lines().count(), "lines are lost:\n{twice}");
}

//! From blocks to the chain between a metric and a person: scrape jobs, what they export, complete queries,
//! and rules, dashboards and receivers over them.

mod added;
mod answers;
mod backups;
mod certificates;
mod dashboard;
mod exports;
mod jobs;
mod names;
mod preset;
mod query;
mod said;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::constant::literal;
use super::names::Names;
use super::text::Texts;
use super::{guide, hours, mute, receiver, source};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::model::{self, Document, Role, Runbooks};
use crate::parallel;
use crate::platform::observe::{
    Alert, AlertTest, Annotation, Job, JobsAway, Observed, Record, SaidSeries, TARGET_LABELS,
};
use crate::platform::whose::WHOSE;
use crate::platform::{Platform, Service, ServiceId};
use crate::schema::{Constant, Map, Word};
use crate::source::Sources;
use crate::syntax::{Name, Text};
use answers::Answers;
use exports::Tables;
use query::{About, Queries, Reader, Written};
use said::{said_labels, said_series, test_labels};

/// How many alerts are completed together.
const PART: usize = 64;

/// Everything that is observed of a platform whose services are bound; with it the blocks of the dashboards.
pub(super) fn observe(
    document: &Document,
    platform: &Platform,
    texts: &mut Texts<'_>,
) -> (Observed, Vec<model::Dashboard>) {
    names::expect(document, texts);
    let all = texts.names;
    let records = records(document, all);
    let multiplied = multiplied(document, platform, all);
    let alerts = alerts(document, all, &multiplied);
    let dashboards = dashboard::expand(document, platform, texts);
    let reader = reader(&records, &alerts, &dashboards, &texts.absent.sources);
    let mut records: Vec<_> = read(&records, |record| &record.expr, &reader, texts.sink);
    let alerts: Vec<_> = read(&alerts, |alert| &alert.expr, &reader, texts.sink);
    let sources = source::sources(document, platform, texts);
    let mut dashboards = dashboard::read(dashboards, &sources, &reader, texts);
    let needed = needed(&records, &alerts, &dashboards, &reader);
    let mut tables = Tables::new(&document.exports, &needed);
    let mut jobs = jobs::jobs(platform, &mut tables, texts);
    // What a job exports that an override brings, nothing says.
    let brought = added::to_jobs(platform, &mut jobs);
    let unbound = |service: &&Service| service.metrics.is_none() && all.block(service.id).metrics.is_some();
    let lost = platform.services.iter().filter(unbound);
    let mut observed = Observed {
        jobs: jobs.into(),
        lost: lost.map(|service| service.name.clone()).chain(brought).collect(),
        metrics: document.metric.iter().map(exports::metric).collect(),
        server: tables.server(),
        hours: hours::hours(document, texts),
        receivers: receiver::receivers(document, texts),
        smtp: receiver::smtp(platform, texts),
        sources,
        ..Observed::default()
    };
    observed.index(&needed);
    records.retain(|(.., block)| names::is_free(&block.name, &observed, texts.sink));
    dashboard::expect_exports(&mut dashboards, &observed, texts.sink);
    let queries = Queries::new(&reader, &observed, platform, &records);
    let (named, in_family) = names_of_alerts(&alerts, platform);
    let answers = Answers::new(platform, &observed, texts.absent.sources.embedded());
    let mut kept: Vec<Record> = records
        .iter()
        .map(|(written, owner, block)| Record {
            name: block.name.text.to_string(),
            owner: *owner,
            query: queries.complete(written, About::of(*owner)),
            labels: words(block.labels.as_ref()),
            span: block.name.span,
        })
        .collect();
    tell_apart(&mut kept);
    let absent = texts.absent;
    // Nothing is known of a job that an override takes away, so none of these alerts is about it.
    let away = JobsAway::new(&platform.overrides);
    let complete = |(written, owner, block): &(Written, Option<ServiceId>, &model::Alert),
                    sink: &mut Sink| {
        let abouts: Vec<About<'_>> = match block.each_job {
            Some(true) => {
                if observed.jobs.is_empty() {
                    no_job(&block.name, sink);
                }
                let told = |(_, job): &(usize, &Job)| {
                    away.place(&job.name).is_none() && !tells_itself(&named, job, block)
                };
                let told = observed.jobs.iter().enumerate().filter(told);
                told.map(|(at, job)| About::Job(at, job)).collect()
            }
            _ => {
                alone(block, sink);
                // Where several services of a family have an alert of one name, their jobs tell them apart.
                let shares = |owner: &ServiceId| {
                    let key = (platform.top(*owner).id, block.name.text.as_str());
                    in_family.get(&key).is_some_and(|services| *services > 1)
                };
                let job = owner.filter(shares).and_then(|owner| queries.only_job(owner));
                vec![job.unwrap_or(About::of(*owner))]
            }
        };
        let brought = absent.sources.embedded().contains(&block.name.span.file);
        let said = Said::new(block, document, platform, &queries);
        let alert = |about| Alert { brought, ..alert(written, about, block, &said, platform, &queries) };
        abouts.into_iter().map(alert).collect::<Vec<_>>()
    };
    let parts: Vec<_> = alerts.chunks(PART).collect();
    let done = parallel::map(&parts, |part| {
        let mut sink = Sink::default();
        let there = part.iter().filter(|(written, owner, block)| answers.are_there(written, *owner, block));
        let alerts: Vec<Alert> = there.flat_map(|written| complete(written, &mut sink)).collect();
        (alerts, sink)
    });
    let mut alerts = Vec::new();
    for (part, found) in done {
        alerts.extend(part);
        texts.sink.take(found);
    }
    let (dashboards, blocks) =
        dashboard::complete(dashboards, platform, &queries, texts.absent.sources.embedded());
    observed.records = kept;
    observed.alerts = alerts;
    observed.dashboards = dashboards;
    observed.mutes = mute::mutes(document, &observed.alerts, texts);
    guide::expect_alerts(&observed.alerts, texts);
    (observed, blocks)
}

/// The names of the metrics that are asked for, in queries and in tests, and those of records.
fn needed(
    records: &[(Written, Option<ServiceId>, &model::Record)],
    alerts: &[(Written, Option<ServiceId>, &model::Alert)],
    dashboards: &[dashboard::Read],
    reader: &Reader,
) -> BTreeSet<String> {
    let written = records.iter().map(|(record, ..)| record);
    let written = written.chain(alerts.iter().map(|(alert, ..)| alert));
    let written = written.chain(dashboards.iter().flat_map(dashboard::Read::written));
    // Series of tests are looked up as queries are.
    let tests = alerts.iter().flat_map(|(.., block)| &block.test).flat_map(|test| &test.series);
    let series = tests.filter_map(|series| reader.get(&series.selector.text).ok());
    let mut needed = query::metrics(written, series);
    needed.extend(records.iter().map(|(.., block)| block.name.text.to_string()));
    needed
}

/// The names of alerts of each service, and how many services of a family have one of a name.
type NamesOfAlerts<'a> = (HashSet<(ServiceId, &'a str)>, HashMap<(ServiceId, &'a str), usize>);

fn names_of_alerts<'a>(
    alerts: &[(Written, Option<ServiceId>, &'a model::Alert)],
    platform: &Platform,
) -> NamesOfAlerts<'a> {
    let (mut named, mut in_family) = NamesOfAlerts::default();
    for (owner, name) in alerts.iter().filter_map(|(_, owner, block)| Some(((*owner)?, &block.name.text))) {
        if named.insert((owner, name.as_str())) {
            *in_family.entry((platform.top(owner).id, name.as_str())).or_default() += 1;
        }
    }
    (named, in_family)
}

/// Blocks of services, each with its owner, in the order of the services.
fn owned<'a, T: 'a>(
    names: &'a Names<'a>,
    blocks: impl Fn(&'a model::Service) -> &'a [T] + 'a,
) -> impl Iterator<Item = (Option<ServiceId>, &'a T)> {
    let services = names.services.iter().enumerate();
    services.flat_map(move |(at, placed)| {
        blocks(placed.block).iter().map(move |block| (Some(ServiceId(at)), block))
    })
}

/// Blocks with the service that each stands in.
type Owned<'a, T> = Vec<(Option<ServiceId>, &'a T)>;

fn records<'a>(document: &'a Document, names: &'a Names<'a>) -> Owned<'a, model::Record> {
    let top = document.record.iter().map(|record| (None, record));
    top.chain(owned(names, |service| &service.record)).collect()
}

fn alerts<'a>(
    document: &'a Document,
    names: &'a Names<'a>,
    multiplied: &'a [(ServiceId, model::Alert)],
) -> Owned<'a, model::Alert> {
    let once = |alert: &model::Alert| {
        [alert.each_scaled, alert.each_issuer, alert.each_backup].iter().all(|each| *each != Some(true))
    };
    let said = all_alerts(document, names).filter(|(_, alert)| once(alert));
    said.chain(multiplied.iter().map(|(service, alert)| (Some(*service), alert))).collect()
}

fn all_alerts<'a>(
    document: &'a Document,
    names: &'a Names<'a>,
) -> impl Iterator<Item = (Option<ServiceId>, &'a model::Alert)> {
    let top = document.alert.iter().map(|alert| (None, alert));
    top.chain(owned(names, |service| &service.alert))
}

/// What stands for the number of containers in the query of an alert that is one of each service of several.
const REPLICAS: &str = "$replicas";

/// The alerts that are one of each scraped service of which several run, each with the number in its query, those of probes that
/// are one of each issuer of certificates, and those of what watches a cluster that are one of each backup.
fn multiplied(document: &Document, platform: &Platform, names: &Names<'_>) -> Vec<(ServiceId, model::Alert)> {
    let mut made = Vec::new();
    let of_issuers = all_alerts(document, names).filter(|(_, block)| block.each_issuer == Some(true));
    for (owner, block) in of_issuers {
        let owner = owner.filter(|owner| platform[*owner].role == Some(Role::Probe));
        let alerts = owner.into_iter().flat_map(|owner| certificates::alerts(platform, owner, block));
        made.extend(owner.into_iter().flat_map(std::iter::repeat).zip(alerts));
    }
    for (owner, block) in all_alerts(document, names).filter(|(_, block)| block.each_backup == Some(true)) {
        let owner = owner.filter(|owner| platform[*owner].role == Some(Role::ClusterState));
        made.extend(
            owner.into_iter().flat_map(|owner| {
                backups::alerts(platform, block).into_iter().map(move |alert| (owner, alert))
            }),
        );
    }
    for (_, block) in all_alerts(document, names).filter(|(_, block)| block.each_scaled == Some(true)) {
        for service in &platform.services {
            let copies = service.copies_on_one_host();
            if service.metrics.is_none() || copies < 2 {
                continue;
            }
            let mut alert = block.clone();
            if let Some(text) = alert.expr.text.as_literal() {
                alert.expr.text = Text::literal(text.replace(REPLICAS, &copies.to_string()));
            }
            made.push((service.id, alert));
        }
    }
    made
}

/// What reads the queries of all of these, and the series of the alerts' tests.
fn reader<'s>(
    records: &Owned<'_, model::Record>,
    alerts: &Owned<'_, model::Alert>,
    dashboards: &[(Option<ServiceId>, model::Dashboard)],
    sources: &'s Sources,
) -> Reader<'s> {
    let rules = records.iter().map(|(_, record)| &record.expr);
    let rules = rules.chain(alerts.iter().map(|(_, alert)| &alert.expr));
    let panels = dashboards.iter().flat_map(|(_, dashboard)| dashboard.panels());
    let queries = rules.chain(panels.flat_map(|panel| panel.query.iter().map(|query| &query.expr)));
    let tests = alerts.iter().flat_map(|(_, alert)| &alert.test);
    let series = tests.flat_map(|test| test.series.iter().map(|series| series.selector.text.as_str()));
    Reader::new(queries.map(literal).chain(series), sources)
}

fn read<'a, T>(
    blocks: &Owned<'a, T>,
    expr: impl Fn(&'a T) -> &'a Constant,
    reader: &Reader<'_>,
    sink: &mut Sink,
) -> Vec<(Written, Option<ServiceId>, &'a T)> {
    blocks.iter().map(|&(owner, block)| (reader.rule(expr(block), sink), owner, block)).collect()
}

/// What an alert says, whichever job it is of.
struct Said {
    annotations: Arc<[Annotation]>,
    labels: Arc<[Annotation]>,
    /// The series of each test.
    tests: Vec<Arc<[SaidSeries]>>,
}

impl Said {
    fn new(block: &model::Alert, document: &Document, platform: &Platform, queries: &Queries<'_>) -> Self {
        let annotation = |name: &str, text: &Constant| Annotation {
            name: name.to_owned(),
            text: literal(text).to_owned(),
            span: text.span,
            source: queries.source(text.span),
        };
        let known = [
            ("summary", &block.summary),
            ("description", &block.description),
            ("runbook_url", &block.runbook),
        ];
        let known = known.into_iter().filter_map(|(name, text)| Some(annotation(name, text.as_ref()?)));
        let runbook = block.runbook.is_none().then(|| runbook(block, document, platform)).flatten();
        let more = block.annotations.iter().flat_map(|map| &map.entries);
        let more = more.map(|(name, text)| annotation(&name.text, text));
        Self {
            annotations: known.chain(runbook).chain(more).collect(),
            labels: said_labels(block, queries),
            tests: block.test.iter().map(|test| said_series(test, queries)).collect(),
        }
    }
}

fn alert(
    written: &Written,
    about: About<'_>,
    block: &model::Alert,
    said: &Said,
    platform: &Platform,
    queries: &Queries<'_>,
) -> Alert {
    let owner = about.service();
    let query = queries.complete(written, about);
    let mut labels: Vec<(String, String)> = Vec::new();
    if let Some(severity) = block.severity {
        labels.push(("severity".to_owned(), severity.word().to_owned()));
    }
    if let Some(owner) = owner.filter(|_| !queries.is_of_many(&query)) {
        labels.push((WHOSE[0].to_owned(), platform.top(owner).name.clone()));
        if let Some(group) = platform[owner].group {
            labels.push((WHOSE[1].to_owned(), platform[group].name.clone()));
        }
    }
    if let About::Job(_, job) = about {
        labels.push((TARGET_LABELS[0].to_owned(), job.name.clone()));
    }
    for (name, value) in words(block.labels.as_ref()) {
        labels.retain(|(known, _)| *known != name);
        labels.push((name, value));
    }
    let tests = block.test.iter().zip(&said.tests).map(|(test, said)| AlertTest {
        name: test.name.text.to_string(),
        said: Arc::clone(said),
        put_in: said.iter().map(|it| queries.job_of_series(it.parsed.as_ref().ok()?, about)).collect(),
        interval: test.interval,
        fires_at: test.fires_at,
        silent_at: test.silent_at,
        holds_from: test.holds_from,
        silent_after: test.silent_after,
        labels: test_labels(test),
        span: test.name.span,
    });
    Alert {
        name: block.name.text.to_string(),
        owner,
        brought: false,
        tests: tests.collect(),
        query,
        wait: block.for_,
        keep_firing_for: block.keep_firing_for,
        severity: block.severity,
        said_labels: Arc::clone(&said.labels),
        labels,
        annotations: Arc::clone(&said.annotations),
        span: block.name.span,
    }
}

/// Gives records of one name, which several services have, the job that each is of. Their series carry it already;
/// by the label they are different rules, which promtool's lint demands.
fn tell_apart(records: &mut [Record]) {
    let mut times: HashMap<String, usize> = HashMap::default();
    for record in records.iter() {
        *times.entry(record.name.clone()).or_default() += 1;
    }
    let several = |record: &&mut Record| times.get(&record.name).is_some_and(|times| *times > 1);
    for record in records.iter_mut().filter(several) {
        let job = TARGET_LABELS[0];
        if let [name] = record.query.jobs.as_slice()
            && record.query.labels.can_hold(job)
            && !record.labels.iter().any(|(label, _)| label == job)
        {
            record.labels.push((job.to_owned(), name.clone()));
        }
    }
}

/// Whether a scraped service has an alert that takes the place of one of each job.
fn tells_itself(named: &HashSet<(ServiceId, &str)>, job: &Job, block: &model::Alert) -> bool {
    let mut names = block.unless.iter().flat_map(|words| &words.items);
    names.any(|name| named.contains(&(job.service, name.text.as_str())))
}

/// Reports an `unless` of an alert that is not one of each job.
fn alone(block: &model::Alert, sink: &mut Sink) {
    let said = block.unless.iter().flat_map(|words| &words.items).next();
    if let Some(word) = said {
        sink.report(
            Diagnostic::new(codes::TYP008, "`unless` stands beside `each_job = true` alone")
                .at(word.span, "does not belong here")
                .at(block.name.span, "one alert, whatever others there are")
                .help("take it out, or write `each_job = true`"),
        );
    }
}

/// Reports an alert of each job where there is none.
fn no_job(name: &Name, sink: &mut Sink) {
    sink.report(
        Diagnostic::new(
            codes::OBS007,
            format!("`{}` is an alert of each scrape job, and there is none", name.text),
        )
        .at(name.span, "never fires")
        .help("give a service a `metrics` block"),
    );
}

/// The page of an alert where all runbooks are.
fn runbook(block: &model::Alert, document: &Document, platform: &Platform) -> Option<Annotation> {
    let (address, span) = match document.platform.first()?.runbooks.as_ref()? {
        Runbooks::At(base) => {
            ([literal(base).trim_end_matches('/'), "/", &block.name.text].concat(), base.span)
        }
        Runbooks::Generated(span) => (platform.address_of_page(&block.name.text)?, *span),
    };
    Some(Annotation { name: "runbook_url".to_owned(), text: address, span, source: None })
}

fn words(map: Option<&Map<Word>>) -> Vec<(String, String)> {
    let entries = map.map(|map| map.entries.as_slice()).unwrap_or_default();
    entries.iter().map(|(name, word)| (name.text.to_string(), word.text.clone())).collect()
}

//! `prometheus.yml` (prometheus/prometheus:docs/configuration/configuration.md).

mod discovery;

use serde::Serialize;

use super::super::overrides::{self, Missed};
use crate::emit::{Commented, DoubleQuoted, Entries, FlowMap, FlowSeq, Node};
use crate::formats::Place;
use crate::hash::IndexMap;
use crate::platform::observe::{Job, SCRAPE_INTERVAL, SCRAPE_TIMEOUT, TARGET_LABELS};
use crate::platform::whose::WHOSE;
use crate::platform::{Platform, Protocol, Retention as Kept, Role, Runtime, Service, Version};
use discovery::{Authorization, Discovery, Tls};

#[derive(Debug, Serialize)]
pub(super) struct Config<'a> {
    global: Global<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_files: Option<FlowSeq<[&'static str; 1]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alerting: Option<Alerting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage: Option<Storage>,
    scrape_configs: Vec<Entry<'a>>,
}

/// A scrape job as it is made, or with what its service's source puts over it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Typed(Box<Scrape<'a>>),
    Overridden(Node),
}

#[derive(Debug, Serialize)]
struct Global<'a> {
    scrape_interval: String,
    scrape_timeout: String,
    evaluation_interval: String,
    external_labels: Entries<&'a str, &'a str>,
}

#[derive(Debug, Serialize)]
struct Storage {
    tsdb: Tsdb,
}

#[derive(Debug, Serialize)]
struct Tsdb {
    retention: Retention,
}

#[derive(Debug, Serialize)]
struct Retention {
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<String>,
}

#[derive(Debug, Serialize)]
struct Alerting {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alert_relabel_configs: Vec<Whose>,
    alertmanagers: Vec<Alertmanager>,
}

/// Says whose an alert is that has a job and does not say it.
#[derive(Debug, Serialize)]
struct Whose {
    source_labels: FlowSeq<[&'static str; 2]>,
    regex: String,
    target_label: &'static str,
    replacement: String,
}

#[derive(Debug, Serialize)]
struct Alertmanager {
    static_configs: Vec<Static<'static>>,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the keys are Prometheus'")]
pub(super) struct Scrape<'a> {
    job_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scrape_interval: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scrape_timeout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback_scrape_protocol: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'static str>,
    metrics_path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<Params>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization: Option<Authorization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_config: Option<Tls>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    static_configs: Vec<Static<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dns_sd_configs: Vec<Dns<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kubernetes_sd_configs: Vec<Discovery>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) relabel_configs: Vec<Relabel>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) metric_relabel_configs: Vec<Commented<Relabel>>,
}

#[derive(Debug, Serialize)]
struct Params {
    module: FlowSeq<[&'static str; 1]>,
}

#[derive(Debug, Serialize)]
struct Static<'a> {
    targets: FlowSeq<Vec<DoubleQuoted<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<FlowMap<Entries<&'static str, &'a str>>>,
}

/// Several containers answer to one name: each of its addresses is a target.
#[derive(Debug, Serialize)]
struct Dns<'a> {
    names: FlowSeq<[&'a str; 1]>,
    r#type: &'static str,
    port: u16,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Relabel {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_labels: Option<FlowSeq<Vec<&'static str>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) regex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target_label: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replacement: Option<String>,
}

pub(super) fn config(platform: &Platform, rules: bool) -> Config<'_> {
    Config {
        global: Global {
            scrape_interval: SCRAPE_INTERVAL.to_string(),
            scrape_timeout: SCRAPE_TIMEOUT.to_string(),
            evaluation_interval: SCRAPE_INTERVAL.to_string(),
            external_labels: Entries(platform.external_labels()),
        },
        rule_files: rules.then_some(FlowSeq(["rules/*.yml"])),
        alerting: alerting(platform),
        storage: storage(platform),
        scrape_configs: platform.observed.jobs.iter().map(|job| entry(platform, job)).collect(),
    }
}

/// From when on the file says how long samples are kept (prometheus/prometheus:CHANGELOG.md, 3.8.0); the flags are
/// deprecated since 3.13.
const WITH_RETENTION: Version = Version(3, 8);

/// From when on a scrape without a content type fails, unless a protocol is named
/// (prometheus/prometheus:docs/migration.md, 3.0).
const WITH_FALLBACK: Version = Version(3, 0);

fn is_for(platform: &Platform, first: Version) -> bool {
    platform.settings.prometheus.is_for(first)
}

fn retention(kept: &Kept) -> Retention {
    Retention {
        time: kept.time.map(|time| format!("{}h", time.0 / 3_600_000)),
        size: kept.size.map(|size| format!("{}MB", size.0 >> 20)),
    }
}

fn storage(platform: &Platform) -> Option<Storage> {
    let said = platform.with_role(Role::Metrics).find_map(|service| service.retention.as_deref());
    let said = said.filter(|_| is_for(platform, WITH_RETENTION))?;
    Some(Storage { tsdb: Tsdb { retention: retention(said) } })
}

/// How long samples are kept, for versions whose file has no key for it.
pub(super) fn arguments(platform: &Platform, service: &Service) -> Vec<String> {
    let said = service.retention.as_deref().filter(|_| service.role == Some(Role::Metrics));
    let Some(said) = said.filter(|_| !is_for(platform, WITH_RETENTION)) else { return Vec::new() };
    let Retention { time, size } = retention(said);
    let flags = [("time", time), ("size", size)];
    flags
        .into_iter()
        .filter_map(|(key, value)| Some(format!("--storage.tsdb.retention.{key}={}", value?)))
        .collect()
}

fn alerting(platform: &Platform) -> Option<Alerting> {
    let targets = platform.with_role(Role::Alerts).filter_map(|teller| {
        let port = teller.http_port()?;
        Some(DoubleQuoted(teller.address(port)))
    });
    let targets: Vec<_> = targets.collect();
    (!targets.is_empty()).then(|| Alerting {
        alert_relabel_configs: WHOSE.iter().flat_map(|label| whose(platform, label)).collect(),
        alertmanagers: vec![Alertmanager {
            static_configs: vec![Static { targets: FlowSeq(targets), labels: None }],
        }],
    })
}

/// One rule for each value of a label; the values are joined by `;`, and an empty one stands for a label that is not
/// there (prometheus/prometheus:docs/configuration/configuration.md, `relabel_config`).
fn whose(platform: &Platform, label: &'static str) -> Vec<Whose> {
    let mut jobs: IndexMap<&str, Vec<&str>> = IndexMap::default();
    for job in &platform.observed.jobs {
        if let Some(value) = platform.whose(job, label) {
            jobs.entry(value).or_default().push(&job.name);
        }
    }
    // Most jobs are called as their service: one rule says it of all of these.
    let (same, others): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|(value, jobs)| jobs.as_slice() == [*value]);
    let same: Vec<&str> = same.into_iter().map(|(value, _)| value).collect();
    let rule = |jobs: &[&str], replacement: &str| Whose {
        source_labels: FlowSeq([label, TARGET_LABELS[0]]),
        regex: format!(";({})", jobs.join("|")),
        target_label: label,
        replacement: replacement.to_owned(),
    };
    let same = (!same.is_empty()).then(|| rule(&same, "$1"));
    same.into_iter().chain(others.iter().map(|(value, jobs)| rule(jobs, value))).collect()
}

fn entry<'a>(platform: &'a Platform, job: &'a Job) -> Entry<'a> {
    let scrape = scrape(platform, job);
    let said = &platform[job.service].overrides;
    match overrides::apply(super::TARGET.format, Place::Scraped, said, &overrides::constant, || {
        Node::of(&scrape)
    }) {
        Some(overridden) => Entry::Overridden(overridden),
        None => Entry::Typed(Box::new(scrape)),
    }
}

/// What the overrides of a job's service remove and is not there.
pub(super) fn missed(platform: &Platform, job: &Job) -> Vec<Missed> {
    let said = &platform[job.service].overrides;
    overrides::missed(super::TARGET.format, Place::Scraped, said, &overrides::constant, || {
        Node::of(&scrape(platform, job))
    })
}

fn scrape<'a>(platform: &'a Platform, job: &'a Job) -> Scrape<'a> {
    let service = &platform[job.service];
    let port = &service.ports[job.port];
    let mut scrape = Scrape {
        job_name: &job.name,
        scrape_interval: job.interval_said.then(|| job.interval.to_string()),
        scrape_timeout: (job.timeout_said || job.timeout != SCRAPE_TIMEOUT).then(|| job.timeout.to_string()),
        fallback_scrape_protocol: is_for(platform, WITH_FALLBACK).then_some("PrometheusText0.0.4"),
        scheme: (port.protocol == Protocol::Https && job.probes.is_empty()).then_some("https"),
        metrics_path: &job.path,
        params: None,
        authorization: None,
        tls_config: None,
        static_configs: Vec::new(),
        dns_sd_configs: Vec::new(),
        kubernetes_sd_configs: Vec::new(),
        relabel_configs: Vec::new(),
        metric_relabel_configs: Vec::new(),
    };
    if !job.probes.is_empty() {
        probe(&mut scrape, service.address(port), job);
    } else if platform.runtime == Runtime::Kubernetes {
        discovery::discover(&mut scrape, platform, job);
    } else if service.may_run_several_times() {
        scrape.dns_sd_configs = vec![Dns { names: FlowSeq([&service.name]), r#type: "A", port: port.number }];
    } else {
        let target = DoubleQuoted(service.address(port));
        scrape.static_configs = vec![Static { targets: FlowSeq(vec![target]), labels: None }];
    }
    scrape
}

/// Addresses that a probe is asked for: the address becomes a parameter and the label `instance`, and the
/// probe takes its place (prometheus/blackbox_exporter:README.md).
fn probe<'a>(scrape: &mut Scrape<'a>, address: String, job: &'a Job) {
    let mut modules = job.probes.iter().map(|probe| probe.module.name());
    let only = modules.next().filter(|first| modules.all(|module| module == *first));
    scrape.params = only.map(|module| Params { module: FlowSeq([module]) });
    scrape.static_configs = job
        .probes
        .iter()
        .map(|probe| {
            // A label of this name is a parameter as well, and no label of the series.
            let own = only.is_none().then(|| ("__param_module", probe.module.name()));
            let labels = [("site", probe.site.as_str())].into_iter().chain(own).collect();
            Static {
                targets: FlowSeq(vec![DoubleQuoted(probe.address.clone())]),
                labels: Some(FlowMap(Entries(labels))),
            }
        })
        .collect();
    let rule = |from: Option<&'static str>, target_label, replacement| Relabel {
        source_labels: from.map(|from| FlowSeq(vec![from])),
        target_label: Some(target_label),
        replacement,
        ..Relabel::default()
    };
    scrape.relabel_configs = vec![
        rule(Some("__address__"), "__param_target", None),
        rule(Some("__param_target"), "instance", None),
        rule(None, "__address__", Some(address)),
    ];
}

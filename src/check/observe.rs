//! Scrapes: whether they find metrics, and whether somebody reads them.

use super::query::missing::path_cause;
use crate::diagnostic::{Diagnostic, Sink, cause, codes, list_of};
use crate::origins::Origins;
use crate::platform::{Override, Platform, Role, Runtime, Service, Tree};
use crate::standard;

/// OBS001: scrape paths that the service does not answer metrics at.
pub(super) fn paths(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for job in platform.observed.jobs.iter().filter(|job| job.probes.is_empty()) {
        let service = &platform[job.service];
        let port = &service.ports[job.port];
        let table = job.exports.shared.iter().find(|table| !table.paths.is_empty());
        let (known, whose) = match table {
            Some(table) if !table.paths.contains(&job.path) && !is_said(service, &job.path) => {
                (&table.paths, format!("`{}`", table.name))
            }
            _ if !port.paths.is_empty() && !port.paths.contains(&job.path) => {
                (&port.paths, "the port".to_owned())
            }
            _ => continue,
        };
        let help = sink.did_you_mean(&job.path, known.iter().map(String::as_str));
        sink.report(
            Diagnostic::new(
                codes::OBS001,
                format!("`{}` is scraped at `{}`, where it has no metrics", service.path, job.path),
            )
            .about(&service.path)
            .at(
                origins.service(service.id).metrics_path().unwrap_or(job.span),
                format!("{whose} has them at {}", list_of(known.iter().map(String::as_str))),
            )
            .because(path_cause(job))
            .help(help.unwrap_or_else(|| {
                format!("write `path = \"{}\"`", known.first().map_or("", String::as_str)).into()
            })),
        );
    }
}

/// Whether an argument or a variable of the service names a path: it may set where metrics are.
fn is_said(service: &Service, path: &str) -> bool {
    let arguments = service.entrypoint.iter().chain(&service.command).flatten();
    let variables = service.env.iter().map(|variable| &variable.value);
    arguments.chain(variables).filter_map(|value| value.as_literal()).any(|text| text.contains(path))
}

/// What a scrape job is called, in the words of who reads the scrapes
/// (prometheus/prometheus:docs/configuration/configuration.md, `<scrape_config>`).
const JOB_NAME: &str = "job_name";

/// TGT006: scrape jobs that an override calls otherwise than every query does.
pub(super) fn renamed(platform: &Platform, sink: &mut Sink) {
    for job in platform.observed.jobs.iter().filter(|job| job.probes.is_empty()) {
        let service = &platform[job.service];
        let same = |tree: &Tree| matches!(tree.put(), Some(Tree::Text(name)) if name.as_literal() == Some(&job.name));
        let other = |over: &&Override| over.entries.get(JOB_NAME).is_some_and(|tree| !same(tree));
        for over in service.overrides.iter().filter(other) {
            sink.report(
                Diagnostic::new(
                    codes::TGT006,
                    format!("the scrape job `{}` is called otherwise by an override", job.name),
                )
                .at(over.span, "whatever asks for this job asks for nothing")
                .at(job.span, format!("`job=\"{}\"` in alerts, panels and receivers", job.name))
                .help(format!("take `{JOB_NAME}` out; the job is called as the service is")),
            );
        }
    }
}

/// OBS003: services that are known to export metrics, which nobody scrapes.
pub(super) fn unscraped(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    if platform.with_role(Role::Metrics).next().is_none() {
        return;
    }
    // Where there is a block that could not be bound, that was reported.
    let is_unscraped = |it: &&Service| !it.is_job() && origins.service(it.id).metrics().is_none();
    for service in platform.services.iter().filter(is_unscraped) {
        let images = [&service.base_name, &service.image_name];
        let known =
            images.into_iter().flatten().any(|image| standard::exports::source(&image.repository).is_some());
        let declared = origins.service(service.id).declared_metrics().next();
        if known || declared.is_some() {
            sink.report(
                Diagnostic::new(
                    codes::OBS003,
                    format!("`{}` exports metrics, and is not scraped", service.path),
                )
                .about(&service.path)
                .at(service.span, "has no `metrics` block")
                .at_maybe(declared.map(|(_, span)| span), "one of its metrics")
                .because(cause::job(&service.name))
                .help("write `metrics { path = \"/metrics\" }`, or `allow OBS003` with the reason"),
            );
        }
    }
}

/// OBS011: sites that a probe could look at, if their names were known, or one of them were a host.
pub(super) fn unprobed(platform: &Platform, sink: &mut Sink) {
    let Some(probe) = platform.with_role(Role::Probe).find(|service| service.metrics.is_some()) else {
        return;
    };
    for site in platform.sites.iter().filter(|site| site.host().is_none() && site.probe.is_some()) {
        let name = &site.name;
        let (reason, help) = match site.domain.as_literal() {
            None => (
                "set by the operator: what is asked for must be known before",
                format!(
                    "write the name here, and where it is another one: `environment production {{ site {name} = \"shop.example.com\" }}`"
                ),
            ),
            Some(domain) => (
                "stands for many hosts, and a probe asks one",
                format!(
                    "write one of them beside it, `aliases = [\"www{}\"]`, or `probe = false` where none is to be asked",
                    domain.trim_start_matches('*')
                ),
            ),
        };
        sink.report(
            Diagnostic::new(codes::OBS011, format!("`{}` does not look at the site `{name}`", probe.path))
                .at(site.domain_span, reason)
                .at(probe.span, "looks at every site whose name is known")
                .help(help),
        );
    }
}

/// OBS014: sites that nobody looks at from outside, where metrics are collected.
pub(super) fn probeless(platform: &Platform, sink: &mut Sink) {
    let there = |role| platform.with_role(role).next().is_some();
    let Some(first) = platform.sites.first().filter(|_| there(Role::Metrics) && !there(Role::Probe)) else {
        return;
    };
    let names = || list_of(platform.sites.iter().map(|site| site.name.as_str()));
    let (what, them) = match platform.sites.len() {
        1 => (format!("the site {}", names()), "it"),
        2..=6 => (format!("the sites {}", names()), "them"),
        many => (format!("{many} sites, `{}` among them,", first.name), "them"),
    };
    sink.report(
        Diagnostic::new(codes::OBS014, format!("nobody looks at {what} from outside"))
            .at(first.span, "nobody is told when it does not answer, or its certificate ends")
            .help(format!(
                "add an instance of a component with `role = probe`{}, which looks at {them}, or `allow OBS014` with the reason",
                standard::with_role(Role::Probe.word())
                    .map_or_else(String::new, |component| format!(", such as `{component} {{}}`"))
            )),
    );
}

/// OBS016, OBS017: targets that are not always there, and are missed while they are not.
pub(super) fn away(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let readers: Vec<Option<&str>> =
        platform.with_role(Role::Metrics).map(|reader| platform.profile(reader)).collect();
    if readers.is_empty() {
        return;
    }
    for job in platform.observed.jobs.iter().filter(|job| job.probes.is_empty()) {
        let service = &platform[job.service];
        if service.is_job() {
            sink.report(
                Diagnostic::new(
                    codes::OBS016,
                    format!("`{}` ends by itself, and is scraped as if it were always there", service.path),
                )
                .about(&service.path)
                .at(job.span, "is missed as soon as it has ended")
                .at_maybe(origins.service(service.id).run(), "ends")
                .because(cause::job(&service.name))
                .help("take `metrics` out, and what brings alerts about it; let it leave its time of success to something that is scraped"),
            );
            continue;
        }
        let Some(profile) = platform.profile(service).filter(|profile| !readers.contains(&Some(profile)))
        else {
            continue;
        };
        sink.report(
            Diagnostic::new(
                codes::OBS017,
                format!("`{}` is scraped, and starts only with the profile `{profile}`", service.path),
            )
            .about(&service.path)
            .at(
                origins.service(service.id).group().unwrap_or(service.span),
                "is missed wherever nobody asks for the profile",
            )
            .because(format!("profile {profile}"))
            .help("put what scrapes it into the same profile, take `metrics` out, or `allow OBS017` where the profile is always asked for"),
        );
    }
}

/// OBS010: alerts and records that nobody evaluates.
pub(super) fn unread(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let observed = &platform.observed;
    if platform.with_role(Role::Metrics).next().is_some() {
        return;
    }
    let Some(header) = origins.header() else { return };
    let number = observed.alerts.len() + observed.records.len();
    if number == 0 {
        return;
    }
    let what = if number == 1 { "a rule stands".to_owned() } else { format!("{number} rules stand") };
    sink.report(
        Diagnostic::new(codes::OBS010, format!("{what} in the source, and no service evaluates them"))
            .at(header.name(), "has no service with `role = metrics`")
            .because(cause::NO_METRICS_SERVER)
            .help("add an instance of a component that collects metrics, or `allow OBS010` with the reason"),
    );
}

/// OBS019: an exporter beside a service of several containers, which it asks by their one name: each answer is another one's, and
/// counters of one container are read as those of another. K8S014 says so of a cluster.
pub(super) fn one_exporter(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    if platform.runtime != Runtime::Compose || platform.with_role(Role::Metrics).next().is_none() {
        return;
    }
    let exporters = platform.services.iter().filter(|service| service.metrics.is_some() && !service.is_job());
    for exporter in exporters {
        let Some(observed) = exporter.parent.map(|parent| &platform[parent]) else { continue };
        let copies = observed.copies_on_one_host();
        if copies < 2 || !platform.connects(exporter.id, observed.id) {
            continue;
        }
        let said = origins.service(observed.id).scale();
        sink.report(
            Diagnostic::new(
                codes::OBS019,
                format!("each scrape of `{}` meets another container of `{}`", exporter.path, observed.path),
            )
            .about(&exporter.path)
            .at(
                exporter.span,
                format!("asks `{}` by a name that {copies} containers answer to", observed.path),
            )
            .at_maybe(said, "runs several times")
            .help(format!(
                "let `{}` export its metrics itself, where each container is a target, and take `{}` out, or run one; `allow OBS019` \
                 where sums over time do not matter",
                observed.path, exporter.name
            )),
        );
    }
}

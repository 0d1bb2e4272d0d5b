//! OBS002: metrics that nobody exports, or not as the service is set up.

use super::Context;
use crate::diagnostic::{Diagnostic, Help, Sink, cause, codes};
use crate::hash::{HashSet, IndexMap};
use crate::platform::observe::{Found, Job, Query};
use crate::platform::{Platform, Role, Service, Tree};
use crate::promql::Selector;
use crate::source::Span;
use crate::standard;

impl Context<'_> {
    /// What keeps a job from exporting a metric that it declares.
    pub(super) fn missing(&self, job: &Job, found: &Found<'_>) -> Option<Missing> {
        let service = &self.platform[job.service];
        let metric = found.metric;
        if let Some(path) = metric.path.first().filter(|_| !metric.is_at(&job.path)) {
            return Some(Missing::Path(path.clone()));
        }
        if metric.tls && job.is_without_tls() {
            return Some(Missing::Tls);
        }
        if !metric.with.is_empty() && !metric.with.iter().any(|flag| is_set(service, flag)) {
            return Some(Missing::With(metric.with.clone()));
        }
        let ended = metric.without.iter().find(|flag| is_set(service, flag));
        ended.map(|flag| Missing::Without(flag.clone()))
    }

    /// Whether a probe would export a metric of sites, of which there are none, or none with TLS: what a component says
    /// of them is for those that there will be.
    pub(super) fn has_no_sites(&self, job: &Job, found: &Found<'_>) -> bool {
        (found.metric.tls && job.is_without_tls())
            || (self.platform[job.service].role == Some(Role::Probe)
                && !found.metric.is_at(&job.path)
                && self.at_path(job, found).is_none())
    }

    /// The job of the same service that is scraped where a metric is.
    fn at_path(&self, job: &Job, found: &Found<'_>) -> Option<&Job> {
        let mut family = self.families.get(&self.platform.top(job.service).id).into_iter().flatten();
        family.find(|other| other.service == job.service && found.metric.is_at(&other.path)).copied()
    }

    /// The metrics of these jobs; of all, and what is recorded, where none is named.
    pub(super) fn metrics<'m>(&'m self, jobs: Option<&[&'m Job]>) -> HashSet<&'m str> {
        let all: Vec<&Job> = self.platform.observed.jobs.iter().collect();
        let mut names: HashSet<&str> = HashSet::default();
        for job in jobs.unwrap_or(&all) {
            names.extend(job.exports.names());
            for table in &job.exports.shared {
                names.extend(
                    standard::exports::source(&table.name).iter().flat_map(|it| standard::exports::names(it)),
                );
            }
        }
        if jobs.is_none() {
            names.extend(self.records.keys());
        }
        names
    }

    /// The service that declares a series and is not scraped.
    fn unscraped(&self, series: &str) -> Option<&Service> {
        let declaring = self.unscraped.get_or_init(|| {
            let origin = |service: &Service| self.origins.service(service.id);
            let services = self.platform.services.iter().filter(|it| origin(it).metrics().is_none());
            let declared = services.flat_map(|service| {
                origin(service).declared_metrics().map(move |(metric, _)| (metric, service))
            });
            declared.collect()
        });
        let bases = ["", "_bucket", "_sum", "_count"].iter().filter_map(|suffix| series.strip_suffix(suffix));
        bases.into_iter().find_map(|base| declaring.get(base).copied())
    }

    /// The diagnostic of a metric that no job exports.
    pub(super) fn unknown_metric(
        &self,
        query: &Query,
        selector: &Selector,
        metric: &str,
        jobs: Option<&[&Job]>,
        sink: &mut Sink,
    ) -> Diagnostic {
        let (told, help) = self.unknown(query, selector, metric, jobs, sink);
        told.help(help)
    }

    /// The same, and the way out beside it.
    pub(super) fn unknown(
        &self,
        query: &Query,
        selector: &Selector,
        metric: &str,
        jobs: Option<&[&Job]>,
        sink: &mut Sink,
    ) -> (Diagnostic, Help) {
        let known = std::iter::once_with(|| self.metrics(jobs)).flatten();
        let whom = match jobs {
            Some([job]) => format!("`{}` exports no metric `{metric}`", job.name),
            _ => format!("nothing exports a metric `{metric}`"),
        };
        let mut exporters = self.platform.observed.exporters(metric);
        let first = jobs.and_then(|_| exporters.clone().next());
        // Of the jobs of a service, the one that is scraped where the metric is.
        let elsewhere = first.and_then(|_| exporters.find(|(job, found)| self.missing(job, found).is_none()));
        let elsewhere = elsewhere.or(first);
        let place = query.part(selector.place.clone());
        if let Some((job, _)) = elsewhere {
            let told = Diagnostic::new(codes::OBS002, whom.clone()).because(whom);
            let told = by_mixin(told, metric)
                .at(place, "asked of the wrong job")
                .at(job.span, format!("`{}` exports it", job.name));
            let help = format!(
                "write `job=\"{}\"`; inside a service, `job` is put in where it is left out",
                job.name
            );
            return (told, help.into());
        }
        if let Some(service) = self.unscraped(metric) {
            let told = Diagnostic::new(codes::OBS002, whom)
                .because(cause::job(&service.name))
                .at(place, "not exported")
                .at_cause(service.span, "declares it, and has no `metrics` block");
            return (told, "give it a `metrics` block, or leave out what asks for its metrics".into());
        }
        let exports = |source: &str| standard::exports::names(source).any(|name| name == metric);
        let program = standard::exports::EXPORTS.iter().find(|(_, _, source)| exports(source));
        let told = Diagnostic::new(codes::OBS002, whom).at(place, "not exported");
        let told = match program {
            Some((name, ..)) => because_of(told, standard::with_image(name), name),
            None => by_mixin(told.because(format!("metric {metric}")), metric),
        };
        let program = program
            .map(|(name, ..)| format!("`{name}` exports it, and no service that is scraped runs that"));
        let help =
            program.map(Help::from).or_else(|| sink.did_you_mean(metric, known)).unwrap_or_else(|| {
                "declare it where it is exported: `metric NAME { type = … }` in the service".into()
            });
        (told, help)
    }

    /// Reports a metric that the job would export, if it were set up otherwise.
    pub(super) fn not_exported(
        &self,
        query: &Query,
        selector: &Selector,
        metric: &str,
        job: &Job,
        found: &Found<'_>,
        sink: &mut Sink,
    ) {
        let service = &self.platform[job.service];
        let origin = self.origins.service(service.id);
        let command = origin.command().unwrap_or(service.span);
        let at = query.part(selector.place.clone());
        let path = &service.path;
        // Whatever is asked of it and missing comes of how it is set up.
        let cause = format!("exports of {path}");
        let scraped = origin.metrics_path().unwrap_or(job.span);
        let told = match self.missing(job, found) {
            Some(Missing::Path(wanted)) => {
                let who = if job.name == service.name { String::new() } else { format!("`{}` ", job.name) };
                let told = Diagnostic::new(
                    codes::OBS002,
                    format!(
                        "`{path}` exports `{metric}` at `{wanted}`, and {who}is scraped at `{}`",
                        job.path
                    ),
                )
                .at(at, "not at the path that is scraped");
                if let Some(other) = self.at_path(job, found) {
                    let help = format!("the job at that path is `{0}`: write `job=\"{0}\"`", other.name);
                    sink.report(told.because(path_cause(job)).help(help));
                    return;
                }
                if service.role == Some(Role::Probe) {
                    told.at(service.span, "has no site to look at")
                        .help("declare a `site` whose name is known, or leave the query out")
                } else {
                    told.at_cause(scraped, format!("scrapes `{}`", job.path)).help(format!(
                        "set `path = \"{wanted}\"` in its `metrics`, or ask for what that path has"
                    ))
                }
            }
            Some(Missing::Tls) => Diagnostic::new(
                codes::OBS002,
                format!("`{path}` exports `{metric}` of sites with TLS, and looks at none"),
            )
            .at(at, "of no site")
            .at(service.span, "looks at sites without TLS alone")
            .help("give a site `tls`, or leave the query out"),
            Some(Missing::With(flags)) => Diagnostic::new(
                codes::OBS002,
                format!(
                    "`{path}` exports `{metric}` only with {}",
                    flags.iter().map(|flag| format!("`{flag}`")).collect::<Vec<_>>().join(" or ")
                ),
            )
            .at(at, "not exported as it is configured")
            .at_cause(command, "without it")
            .help(format!("add `\"{}\"` to its arguments", flags.first().map_or("", String::as_str))),
            Some(Missing::Without(flag)) => {
                Diagnostic::new(codes::OBS002, format!("`{path}` does not export `{metric}` with `{flag}`"))
                    .at(at, "not exported as it is configured")
                    .at_cause(command, "with it")
                    .help("take the argument away, or ask for another metric")
            }
            None => return,
        };
        sink.report(told.because(cause).because(path_cause(job)));
    }
}

/// What keeps a declared metric from being there.
pub(super) enum Missing {
    Path(String),
    Tls,
    With(Vec<String>),
    Without(String),
}

/// Whether native histograms are scraped, which have no series for each bucket: by a flag, or by a key of the
/// configuration (prometheus/prometheus:docs/feature_flags.md).
pub(super) fn scrapes_native(platform: &Platform) -> bool {
    let mut servers = platform.with_role(Role::Metrics);
    servers.any(|service| is_set(service, "--enable-feature=native-histograms"))
        || is_overridden(platform, "scrape_native_histograms")
}

/// Whether an override writes a key.
pub(super) fn is_overridden(platform: &Platform, key: &str) -> bool {
    let own = platform.services.iter().flat_map(|service| &service.overrides);
    platform.overrides.iter().chain(own).any(|it| holds(&it.entries, key))
}

fn holds(entries: &IndexMap<String, Tree>, key: &str) -> bool {
    entries.iter().any(|(known, tree)| known == key || below(tree, key))
}

fn below(tree: &Tree, key: &str) -> bool {
    match tree {
        Tree::Map(entries) => holds(entries, key),
        Tree::List(items) => items.iter().any(|item| below(item, key)),
        Tree::Edited(_, with) => with.as_ref().is_some_and(|tree| below(tree, key)),
        Tree::Text(_) | Tree::Integer(_) | Tree::Number(_) | Tree::Boolean(_) => false,
    }
}

/// Whether an argument or `VARIABLE=value` is set. An argument's value may be one of a list.
pub(super) fn is_set(service: &Service, flag: &str) -> bool {
    let (name, wanted) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
    if !name.starts_with('-') {
        let value = service.env.iter().find(|variable| variable.name == name).map(|variable| &variable.value);
        return value.is_some_and(|value| wanted.is_none_or(|wanted| value.as_literal() == Some(wanted)));
    }
    let arguments = service.entrypoint.iter().chain(&service.command).flatten();
    let mut arguments = arguments.filter_map(|argument| argument.as_literal());
    arguments.any(|argument| {
        let (known, value) =
            argument.split_once('=').map_or((argument, None), |(name, value)| (name, Some(value)));
        known.trim_start_matches('-') == name.trim_start_matches('-')
            && match wanted {
                None => value != Some("false"),
                Some(wanted) => value.is_some_and(|value| value.split(',').any(|item| item == wanted)),
            }
    })
}

/// What a metric comes of that a program exports which nobody runs: the component that would bring it.
fn because_of(told: Diagnostic, component: Option<&str>, program: &str) -> Diagnostic {
    match component {
        Some(name) => told.because(cause::component(name)).because(cause::name(name)),
        None => told.because(format!("program {program}")),
    }
}

/// What a metric comes of that a mixin declares: where that is not there, the alerts that it brings are missed, too.
fn by_mixin(told: Diagnostic, metric: &str) -> Diagnostic {
    match standard::with_metric(metric) {
        Some(component) => told.because(cause::component(component)),
        None => told,
    }
}

/// What an instance's own queries miss comes of what is nested in it, too.
pub(super) fn of_instance(
    mut told: Diagnostic,
    instance: &Service,
    taken_out: &[(String, Span)],
) -> Diagnostic {
    told.causes.insert(0, cause::name(&instance.name));
    let nested = |path: &str| path.strip_prefix(&instance.path).is_some_and(|rest| rest.starts_with('.'));
    // What is taken out with a service is told by the service.
    let outermost =
        taken_out.iter().filter(|(path, _)| nested(path)).min_by_key(|(path, _)| path.matches('.').count());
    match outermost {
        Some((path, place)) => told.at_cause(*place, format!("takes `{path}` out")),
        None => told,
    }
    .at(instance.span, "brings what asks for it")
}

/// The cause that a job is scraped where it has no metrics.
pub(in crate::check) fn path_cause(job: &Job) -> String {
    format!("path of {}", job.name)
}

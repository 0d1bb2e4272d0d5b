//! The rules: what must hold of a platform, one file a theme.
//!
//! A rule is a function over the resolved platform, listed once with the codes it reports. Rules
//! do not depend on each other, so a platform that breaks several is told of all of them.

mod access;
mod address;
mod alert;
mod alert_test;
mod api;
mod backup;
mod cloud;
mod cluster;
pub(crate) mod credential;
mod dashboard;
mod edge;
mod exposure;
mod gateway;
mod health;
mod host;
mod image;
mod input;
mod issuer;
mod mute;
mod network;
mod observe;
mod operator;
mod order;
mod panel;
mod policy;
mod port;
mod query;
mod readiness;
mod receiver;
mod resource;
mod route;
mod secret;
mod signed;
mod site;
mod stack;
mod twice;
mod unit;
mod volume;

use std::sync::LazyLock;

use crate::diagnostic::{Code, Diagnostic, Label, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::origins::Origins;
use crate::parallel;
use crate::platform::{Platform, Service};
use crate::source::FileId;
use Check::{Of, OfSource, OfTexts};

pub(crate) use address::Named;

/// A rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The codes it reports.
    pub codes: &'static [&'static Code],
    /// Reports what does not hold.
    pub check: Check,
}

/// A function that reports what does not hold, by what it looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    /// The platform alone.
    Of(fn(&Platform, &mut Sink)),
    /// Also the source behind the platform.
    OfSource(fn(&Platform, &Origins, &mut Sink)),
    /// Also what the texts of its services name, which is looked for once.
    OfTexts(fn(&Platform, &Named<'_>, &mut Sink)),
}

/// Every rule.
pub(crate) const RULES: &[Rule] = &[
    Rule { codes: &[codes::PORT001], check: OfTexts(port::literals) },
    Rule { codes: &[codes::PORT002], check: Of(port::clashes) },
    Rule { codes: &[codes::PORT003], check: OfTexts(port::undeclared) },
    Rule { codes: &[codes::PORT004, codes::PORT005], check: Of(access::access) },
    Rule { codes: &[codes::SEC010], check: Of(api::powerful) },
    Rule { codes: &[codes::NET001, codes::NET002, codes::NET003], check: OfSource(network::edges) },
    Rule { codes: &[codes::NET003], check: OfSource(network::probes) },
    Rule { codes: &[codes::NET004], check: OfSource(network::lonely) },
    Rule { codes: &[codes::NET005], check: OfSource(network::names_of_hosts) },
    Rule { codes: &[codes::NET006], check: OfSource(network::published) },
    Rule { codes: &[codes::SITE001], check: OfSource(site::names) },
    Rule { codes: &[codes::SITE002], check: Of(site::listeners) },
    Rule { codes: &[codes::SITE003], check: Of(twice::twice) },
    Rule { codes: &[codes::SITE005], check: Of(exposure::exposure) },
    Rule { codes: &[codes::SITE006], check: Of(exposure::hidden) },
    Rule { codes: &[codes::SITE007], check: Of(edge::plain_text) },
    Rule { codes: &[codes::SITE008], check: Of(edge::spoken) },
    Rule { codes: &[codes::SITE009], check: Of(edge::paths) },
    Rule { codes: &[codes::SITE010], check: Of(edge::own_networks) },
    Rule { codes: &[codes::SITE011], check: Of(edge::of_documents) },
    Rule { codes: &[codes::SITE012], check: Of(edge::idle) },
    Rule { codes: &[codes::SITE026], check: Of(edge::unseen) },
    Rule { codes: &[codes::SITE027], check: Of(edge::named_twice) },
    Rule { codes: &[codes::NGX001], check: Of(host::unreached) },
    Rule { codes: &[codes::HOST001], check: Of(stack::two_stacks) },
    Rule { codes: &[codes::SITE017], check: Of(twice::circles) },
    Rule { codes: &[codes::SITE018], check: Of(signed::logins) },
    Rule { codes: &[codes::SITE019], check: Of(signed::buckets) },
    Rule { codes: &[codes::SITE013], check: Of(issuer::brought) },
    Rule { codes: &[codes::SITE014], check: Of(issuer::issued) },
    Rule { codes: &[codes::SITE025], check: Of(issuer::proved) },
    Rule { codes: &[codes::POL001, codes::POL002], check: Of(policy::policies) },
    Rule { codes: &[codes::SITE010, codes::SITE023], check: Of(edge::trusted) },
    Rule { codes: &[codes::SITE020], check: Of(route::signed) },
    Rule { codes: &[codes::SITE021], check: Of(route::grpc) },
    Rule { codes: &[codes::SITE022], check: Of(route::shared) },
    Rule { codes: &[codes::SITE024], check: OfSource(route::probed) },
    Rule { codes: &[codes::NGX001], check: Of(site::unsayable) },
    Rule { codes: &[codes::NGX001], check: Of(route::failures) },
    Rule { codes: &[codes::VOL007], check: Of(volume::unused_buckets) },
    Rule { codes: &[codes::BKP001], check: Of(backup::empty) },
    Rule { codes: &[codes::BKP002], check: Of(backup::uncopied) },
    Rule { codes: &[codes::BKP003], check: Of(backup::short) },
    Rule { codes: &[codes::BKP004], check: Of(backup::places) },
    Rule { codes: &[codes::BKP005], check: Of(backup::unreadable) },
    Rule { codes: &[codes::DEP001, codes::DEP003], check: OfSource(order::conditions) },
    Rule { codes: &[codes::DEP002], check: Of(order::cycles) },
    Rule { codes: &[codes::DEP004], check: OfSource(order::absent) },
    Rule { codes: &[codes::DEP005, codes::NET001], check: OfTexts(order::literals) },
    Rule { codes: &[codes::HC001], check: OfSource(health::tools) },
    Rule { codes: &[codes::HC002], check: OfSource(readiness::start) },
    Rule { codes: &[codes::HC003], check: OfSource(readiness::too_early) },
    Rule { codes: &[codes::HC004], check: OfSource(readiness::localhost) },
    Rule { codes: &[codes::HC005], check: OfSource(health::paths) },
    Rule { codes: &[codes::HC006], check: OfSource(readiness::of_others) },
    Rule { codes: &[codes::SEC001], check: OfSource(secret::literals) },
    Rule { codes: &[codes::SEC001], check: OfSource(credential::variables) },
    Rule { codes: &[codes::SEC001], check: OfSource(credential::addresses) },
    Rule { codes: &[codes::SEC001], check: OfSource(credential::overrides) },
    Rule { codes: &[codes::SEC001], check: OfSource(credential::said::texts) },
    Rule { codes: &[codes::SEC001], check: OfSource(credential::said::defaults) },
    Rule { codes: &[codes::SEC002], check: OfSource(secret::files) },
    Rule { codes: &[codes::SEC003], check: Of(secret::twice) },
    Rule { codes: &[codes::SEC006], check: Of(secret::root_accounts) },
    Rule { codes: &[codes::SEC007], check: OfSource(secret::arguments) },
    Rule { codes: &[codes::SEC007], check: OfSource(credential::command_lines) },
    Rule { codes: &[codes::SEC008], check: OfSource(secret::read_only) },
    Rule { codes: &[codes::SEC008], check: OfSource(secret::logins) },
    Rule { codes: &[codes::SEC009], check: OfSource(secret::root) },
    Rule { codes: &[codes::K8S001], check: OfSource(cluster::names) },
    Rule { codes: &[codes::K8S010], check: Of(cluster::clashes) },
    Rule { codes: &[codes::K8S002], check: Of(cluster::ports) },
    Rule { codes: &[codes::K8S003], check: OfSource(cluster::labels) },
    Rule { codes: &[codes::K8S004], check: OfSource(cluster::images) },
    Rule { codes: &[codes::K8S005], check: OfSource(cluster::paths) },
    Rule { codes: &[codes::K8S006], check: Of(cluster::volumes) },
    Rule { codes: &[codes::K8S007], check: OfSource(cluster::probes) },
    Rule { codes: &[codes::K8S008], check: OfSource(cluster::scales) },
    Rule { codes: &[codes::K8S009], check: Of(cluster::files) },
    Rule { codes: &[codes::K8S011], check: Of(cluster::classes) },
    Rule { codes: &[codes::K8S012], check: OfSource(cluster::watched::volumes) },
    Rule { codes: &[codes::K8S013], check: Of(cluster::watched::probes) },
    Rule { codes: &[codes::K8S014], check: OfSource(cluster::watched::turns) },
    Rule { codes: &[codes::K8S015], check: OfSource(cluster::watched::single) },
    Rule { codes: &[codes::K8S001, codes::K8S010], check: Of(cluster::copies::names) },
    Rule { codes: &[codes::K8S016], check: Of(cluster::copies::untaken) },
    Rule { codes: &[codes::K8S020], check: Of(issuer::shared) },
    Rule { codes: &[codes::K8S001], check: Of(gateway::names) },
    Rule { codes: &[codes::K8S021], check: Of(gateway::unsaid) },
    Rule { codes: &[codes::K8S022], check: Of(gateway::one_gateway) },
    Rule { codes: &[codes::K8S023], check: Of(gateway::overlap) },
    Rule { codes: &[codes::SITE014], check: Of(gateway::proved) },
    Rule { codes: &[codes::K8S030], check: Of(cluster::patterns) },
    Rule { codes: &[codes::K8S031], check: Of(operator::left) },
    Rule { codes: &[codes::K8S032], check: Of(operator::unsaid) },
    Rule { codes: &[codes::AWS001], check: OfSource(cloud::open) },
    Rule { codes: &[codes::AWS002], check: OfSource(cloud::closed) },
    Rule { codes: &[codes::AWS003], check: OfSource(cloud::names) },
    Rule { codes: &[codes::AWS004], check: OfSource(cloud::hosts) },
    Rule { codes: &[codes::AWS005, codes::AWS012], check: OfSource(cloud::settings) },
    Rule {
        codes: &[codes::AWS006, codes::AWS008, codes::AWS009, codes::AWS011],
        check: OfSource(cloud::risks),
    },
    Rule { codes: &[codes::AWS005, codes::AWS007], check: OfSource(cloud::zones) },
    Rule { codes: &[codes::AWS010], check: OfSource(cloud::tags) },
    Rule { codes: &[codes::VOL001], check: Of(volume::data) },
    Rule { codes: &[codes::VOL002], check: Of(volume::scratch) },
    Rule { codes: &[codes::VOL003], check: OfSource(volume::writers) },
    Rule { codes: &[codes::VOL004], check: OfSource(volume::single_files) },
    Rule { codes: &[codes::VOL005], check: OfSource(volume::unwritable) },
    Rule { codes: &[codes::RES001], check: OfSource(resource::sum) },
    Rule { codes: &[codes::RES002], check: OfSource(resource::heaps) },
    Rule { codes: &[codes::RES003], check: OfSource(resource::unsaid) },
    Rule { codes: &[codes::RES004], check: OfSource(resource::sites) },
    Rule { codes: &[codes::RES005], check: OfSource(resource::files) },
    Rule { codes: &[codes::IMG001, codes::IMG004], check: Of(image::retired) },
    Rule { codes: &[codes::IMG002], check: Of(image::tags) },
    Rule { codes: &[codes::IMG003], check: Of(image::versions) },
    Rule { codes: &[codes::IMG005], check: Of(image::unknown) },
    Rule { codes: &[codes::IMG006], check: Of(image::ended) },
    Rule { codes: &[codes::IMG007], check: Of(image::expected) },
    Rule { codes: &[codes::IMG008], check: Of(image::kernels) },
    Rule {
        codes: &[
            codes::OBS002,
            codes::OBS004,
            codes::OBS005,
            codes::OBS006,
            codes::OBS007,
            codes::OBS009,
            codes::OBS012,
            codes::OBS013,
            codes::OBS015,
            codes::OBS018,
        ],
        check: OfSource(query::queries),
    },
    Rule { codes: &[codes::GRA001, codes::GRA004], check: Of(dashboard::shown) },
    Rule { codes: &[codes::GRA002], check: OfSource(dashboard::clashes) },
    Rule { codes: &[codes::GRA003], check: OfSource(dashboard::sizes) },
    Rule { codes: &[codes::GRA005, codes::GRA006], check: OfSource(panel::variables) },
    Rule { codes: &[codes::GRA007], check: OfSource(panel::legends) },
    Rule { codes: &[codes::GRA008], check: OfSource(panel::empty) },
    Rule { codes: &[codes::GRA011], check: OfSource(panel::thresholds) },
    Rule { codes: &[codes::GRA009], check: OfSource(unit::units) },
    Rule { codes: &[codes::GRA010], check: OfSource(unit::colours) },
    Rule { codes: &[codes::OBS001], check: OfSource(observe::paths) },
    Rule { codes: &[codes::OBS003], check: OfSource(observe::unscraped) },
    Rule { codes: &[codes::TGT006], check: Of(observe::renamed) },
    Rule { codes: &[codes::OBS010], check: OfSource(observe::unread) },
    Rule { codes: &[codes::OBS011], check: Of(observe::unprobed) },
    Rule { codes: &[codes::OBS014], check: Of(observe::probeless) },
    Rule { codes: &[codes::OBS016, codes::OBS017], check: OfSource(observe::away) },
    Rule { codes: &[codes::OBS019], check: OfSource(observe::one_exporter) },
    Rule { codes: &[codes::ALR003], check: OfSource(alert::incomplete) },
    Rule { codes: &[codes::ALR006, codes::ALR010, codes::ALR020], check: Of(alert::templates) },
    Rule {
        codes: &[codes::ALR008, codes::ALR012, codes::ALR018, codes::ALR019],
        check: Of(alert_test::tests),
    },
    Rule { codes: &[codes::OBS002, codes::OBS007, codes::ALR018], check: OfSource(query::series::series) },
    Rule { codes: &[codes::OBS007], check: OfSource(query::job::of_nobody) },
    Rule { codes: &[codes::OBS007], check: Of(query::removed::removed) },
    Rule { codes: &[codes::ALR011], check: Of(query::firing::always) },
    Rule { codes: &[codes::ENV002], check: OfSource(input::unused) },
    Rule { codes: &[codes::ENV003], check: OfSource(input::without_braces) },
    Rule { codes: &[codes::ALR001, codes::TYP007], check: OfSource(receiver::credentials) },
    Rule { codes: &[codes::ALR002, codes::ALR009], check: Of(receiver::reach::unreachable) },
    Rule { codes: &[codes::ALR002], check: OfSource(receiver::when::never) },
    Rule { codes: &[codes::ALR022], check: Of(receiver::when::unused) },
    Rule { codes: &[codes::ALR004, codes::ALR021], check: Of(mute::mutes) },
    Rule { codes: &[codes::ALR013], check: Of(receiver::untold) },
    Rule { codes: &[codes::ALR014], check: Of(mute::unsound) },
    Rule { codes: &[codes::ALR005], check: OfSource(receiver::heartbeat) },
    Rule { codes: &[codes::ALR015], check: Of(receiver::way::elsewhere) },
    Rule { codes: &[codes::ALR016], check: Of(receiver::way::groups) },
    Rule { codes: &[codes::ALR017], check: Of(receiver::way::beats) },
    Rule { codes: &[codes::ALR007], check: OfSource(receiver::nobody) },
    Rule { codes: &[codes::ALR007], check: OfSource(receiver::when::at_times) },
];

/// Shows the instance of a component where a finding has places in the compiler's own sources alone: the component is
/// nobody's to mend, and what the instance says, or does not, is the cause.
pub(crate) fn at_instances(findings: &mut [Diagnostic], platform: &Platform, embedded: &HashSet<FileId>) {
    let services: LazyLock<HashMap<&str, &Service>, _> =
        LazyLock::new(|| platform.services.iter().map(|service| (service.path.as_str(), service)).collect());
    for finding in findings {
        if finding.labels.is_empty()
            || !finding.labels.iter().all(|label| embedded.contains(&label.span.file))
        {
            continue;
        }
        let service = finding.about.first().and_then(|path| services.get(path.as_str()));
        let Some(service) = service else { continue };
        let span = platform.top(service.id).span;
        if !embedded.contains(&span.file) {
            let note = "this instance, by what it says or leaves to its component".to_owned();
            finding.labels.push(Label { span, note });
        }
    }
}

/// Checks every rule, all at the same time. What is found of each of several instances is told of each: one of them
/// may allow it.
#[must_use]
pub(crate) fn check(platform: &Platform, origins: &Origins) -> Vec<Diagnostic> {
    let texts = LazyLock::new(|| address::telling(platform, origins));
    let named = LazyLock::new(|| Named::new(platform, origins, &texts));
    let found = parallel::map(RULES, |rule| {
        let mut found = Sink::default();
        match rule.check {
            Of(check) => check(platform, &mut found),
            OfSource(check) => check(platform, origins, &mut found),
            OfTexts(check) => check(platform, &named, &mut found),
        }
        found.each()
    });
    found.into_iter().flatten().collect()
}

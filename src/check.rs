//! The rules: what must hold of a platform, one file a theme.
//!
//! A rule is a function over the resolved platform, listed once with the codes it reports. Rules
//! do not depend on each other, so a platform that breaks several is told of all of them.

mod access;
mod address;
mod alert;
mod alert_test;
mod credential;
mod dashboard;
mod health;
mod image;
mod input;
mod mute;
mod network;
mod observe;
mod order;
mod panel;
mod port;
mod query;
mod readiness;
mod receiver;
mod resource;
mod secret;
mod unit;
mod volume;

use crate::diagnostic::{Code, Diagnostic, Sink, codes};
use crate::parallel;
use crate::platform::Platform;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// The codes it reports.
    pub codes: &'static [&'static Code],
    /// Reports what does not hold.
    pub check: fn(&Platform, &mut Sink),
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule { codes: &[codes::PORT001], check: port::literals },
    Rule { codes: &[codes::PORT002], check: port::clashes },
    Rule { codes: &[codes::PORT003], check: port::undeclared },
    Rule { codes: &[codes::PORT004, codes::PORT005], check: access::access },
    Rule { codes: &[codes::NET001, codes::NET002, codes::NET003], check: network::edges },
    Rule { codes: &[codes::NET003], check: network::probes },
    Rule { codes: &[codes::NET004], check: network::lonely },
    Rule { codes: &[codes::NET005], check: network::names_of_hosts },
    Rule { codes: &[codes::NET006], check: network::published },
    Rule { codes: &[codes::DEP001, codes::DEP003], check: order::conditions },
    Rule { codes: &[codes::DEP002], check: order::cycles },
    Rule { codes: &[codes::DEP004], check: order::absent },
    Rule { codes: &[codes::DEP005, codes::NET001], check: order::literals },
    Rule { codes: &[codes::HC001], check: health::tools },
    Rule { codes: &[codes::HC002], check: readiness::start },
    Rule { codes: &[codes::HC003], check: readiness::too_early },
    Rule { codes: &[codes::HC004], check: readiness::localhost },
    Rule { codes: &[codes::HC005], check: health::paths },
    Rule { codes: &[codes::HC006], check: readiness::of_others },
    Rule { codes: &[codes::SEC001], check: secret::literals },
    Rule { codes: &[codes::SEC001], check: credential::variables },
    Rule { codes: &[codes::SEC001], check: credential::addresses },
    Rule { codes: &[codes::SEC001], check: credential::overrides },
    Rule { codes: &[codes::SEC001], check: credential::said::texts },
    Rule { codes: &[codes::SEC001], check: credential::said::defaults },
    Rule { codes: &[codes::SEC002], check: secret::files },
    Rule { codes: &[codes::SEC003], check: secret::twice },
    Rule { codes: &[codes::SEC006], check: secret::root_accounts },
    Rule { codes: &[codes::SEC007], check: secret::arguments },
    Rule { codes: &[codes::SEC008], check: secret::read_only },
    Rule { codes: &[codes::SEC009], check: secret::root },
    Rule { codes: &[codes::VOL001], check: volume::data },
    Rule { codes: &[codes::VOL002], check: volume::scratch },
    Rule { codes: &[codes::VOL003], check: volume::writers },
    Rule { codes: &[codes::VOL004], check: volume::single_files },
    Rule { codes: &[codes::VOL005], check: volume::unwritable },
    Rule { codes: &[codes::RES001], check: resource::sum },
    Rule { codes: &[codes::RES002], check: resource::heaps },
    Rule { codes: &[codes::RES003], check: resource::unsaid },
    Rule { codes: &[codes::IMG001, codes::IMG004], check: image::retired },
    Rule { codes: &[codes::IMG002], check: image::tags },
    Rule { codes: &[codes::IMG003], check: image::versions },
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
        ],
        check: query::queries,
    },
    Rule { codes: &[codes::GRA001, codes::GRA004], check: dashboard::shown },
    Rule { codes: &[codes::GRA002], check: dashboard::clashes },
    Rule { codes: &[codes::GRA003], check: dashboard::sizes },
    Rule { codes: &[codes::GRA005, codes::GRA006], check: panel::variables },
    Rule { codes: &[codes::GRA007], check: panel::legends },
    Rule { codes: &[codes::GRA008], check: panel::empty },
    Rule { codes: &[codes::GRA011], check: panel::thresholds },
    Rule { codes: &[codes::GRA009], check: unit::units },
    Rule { codes: &[codes::GRA010], check: unit::colours },
    Rule { codes: &[codes::OBS001], check: observe::paths },
    Rule { codes: &[codes::OBS003], check: observe::unscraped },
    Rule { codes: &[codes::TGT006], check: observe::renamed },
    Rule { codes: &[codes::OBS010], check: observe::unread },
    Rule { codes: &[codes::OBS011], check: observe::unprobed },
    Rule { codes: &[codes::OBS014], check: observe::probeless },
    Rule { codes: &[codes::OBS016, codes::OBS017], check: observe::away },
    Rule { codes: &[codes::ALR003], check: alert::incomplete },
    Rule { codes: &[codes::ALR006, codes::ALR010, codes::ALR020], check: alert::templates },
    Rule { codes: &[codes::ALR008, codes::ALR012, codes::ALR018, codes::ALR019], check: alert_test::tests },
    Rule { codes: &[codes::OBS002, codes::OBS007, codes::ALR018], check: query::series::series },
    Rule { codes: &[codes::OBS007], check: query::job::of_nobody },
    Rule { codes: &[codes::ALR011], check: query::firing::always },
    Rule { codes: &[codes::ENV002], check: input::unused },
    Rule { codes: &[codes::ALR001, codes::TYP007], check: receiver::credentials },
    Rule { codes: &[codes::ALR002, codes::ALR009], check: receiver::reach::unreachable },
    Rule { codes: &[codes::ALR002], check: receiver::when::never },
    Rule { codes: &[codes::ALR022], check: receiver::when::unused },
    Rule { codes: &[codes::ALR004, codes::ALR021], check: mute::mutes },
    Rule { codes: &[codes::ALR013], check: receiver::untold },
    Rule { codes: &[codes::ALR014], check: mute::unsound },
    Rule { codes: &[codes::ALR005], check: receiver::heartbeat },
    Rule { codes: &[codes::ALR015], check: receiver::way::elsewhere },
    Rule { codes: &[codes::ALR016], check: receiver::way::groups },
    Rule { codes: &[codes::ALR017], check: receiver::way::beats },
    Rule { codes: &[codes::ALR007], check: receiver::nobody },
    Rule { codes: &[codes::ALR007], check: receiver::when::at_times },
];

/// Checks every rule, all at the same time. What is found of each of several instances is told of each: one of them
/// may allow it.
#[must_use]
pub fn check(platform: &Platform) -> Vec<Diagnostic> {
    let found = parallel::map(RULES, |rule| {
        let mut found = Sink::default();
        (rule.check)(platform, &mut found);
        found.each()
    });
    found.into_iter().flatten().collect()
}

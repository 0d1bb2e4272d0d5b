//! The rules: what must hold of a platform, one file a theme.
//!
//! A rule is a function over the resolved platform, listed once with the codes it reports. Rules
//! do not depend on each other, so a platform that breaks several is told of all of them.

mod health;
mod image;
mod network;
mod order;
mod port;
mod query;
mod receiver;
mod secret;
mod volume;

use crate::diagnostic::{Code, Sink, codes};
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
    Rule { codes: &[codes::PORT004, codes::PORT005], check: port::access },
    Rule { codes: &[codes::NET001, codes::NET002, codes::NET003], check: network::edges },
    Rule { codes: &[codes::NET004], check: network::lonely },
    Rule { codes: &[codes::NET006], check: network::published },
    Rule { codes: &[codes::DEP001, codes::DEP003], check: order::conditions },
    Rule { codes: &[codes::DEP002], check: order::cycles },
    Rule { codes: &[codes::HC001], check: health::tools },
    Rule { codes: &[codes::HC005], check: health::paths },
    Rule { codes: &[codes::SEC001], check: secret::literals },
    Rule { codes: &[codes::SEC003], check: secret::twice },
    Rule { codes: &[codes::VOL001], check: volume::data },
    Rule { codes: &[codes::VOL003], check: volume::writers },
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
        ],
        check: query::queries,
    },
    Rule { codes: &[codes::ALR001], check: receiver::credentials },
    Rule { codes: &[codes::ALR002], check: receiver::unreachable },
    Rule { codes: &[codes::ALR004], check: receiver::mutes },
    Rule { codes: &[codes::ALR005], check: receiver::heartbeat },
    Rule { codes: &[codes::ALR007], check: receiver::nobody },
];

/// Checks every rule.
pub fn check(platform: &Platform, sink: &mut Sink) {
    for rule in RULES {
        (rule.check)(platform, sink);
    }
}

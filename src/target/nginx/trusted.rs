//! Load balancers in front of sites: the addresses that they ask from, and what is believed of them.

use serde::Serialize;

use super::quote::{Reading, word};
use crate::platform::{Platform, Site};

/// The load balancers in front of the sites of a proxy.
#[derive(Debug, Default, Serialize)]
pub(super) struct Trusted {
    /// Sets of addresses, each once.
    sets: Vec<Vec<String>>,
    /// Sites by the name that nginx knows their servers by, each with the number of its set.
    sites: Vec<(String, usize)>,
    /// The addresses of all sets, each once.
    ranges: Vec<String>,
}

impl Trusted {
    /// Those of a proxy's sites; `None` where no site has one.
    pub(super) fn of(platform: &Platform, sites: &[&Site]) -> Option<Self> {
        let mut trusted = Self::default();
        for site in sites.iter().filter(|site| !site.trusted.is_empty()) {
            let ranges = ranges(platform, site);
            let known = trusted.sets.iter().position(|set| *set == ranges);
            let set = known.unwrap_or_else(|| {
                trusted.sets.push(ranges.clone());
                trusted.sets.len() - 1
            });
            // The sign in front keeps a name apart from the words of `map`.
            let name = site.domain.as_literal().map(|name| word(&format!("={name}"), Reading::Plain));
            trusted.sites.extend(name.map(|name| (name, set + 1)));
            for range in ranges {
                if !trusted.ranges.contains(&range) {
                    trusted.ranges.push(range);
                }
            }
        }
        (!trusted.sets.is_empty()).then_some(trusted)
    }
}

/// The addresses of the load balancers of a site, each once.
pub(super) fn ranges(platform: &Platform, site: &Site) -> Vec<String> {
    let mut ranges: Vec<String> = Vec::new();
    for range in site.trusted.iter().flat_map(|(id, _)| &platform[*id].ranges) {
        if !ranges.contains(range) {
            ranges.push(range.clone());
        }
    }
    ranges
}

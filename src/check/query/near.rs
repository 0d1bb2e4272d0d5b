//! OBS002 where a service may export anything: names that are a letter away from a known one, and what a service of
//! which everything is known asks for itself.

use std::hash::BuildHasher as _;

use super::Context;
use crate::diagnostic::{Diagnostic, Help, Sink, codes};
use crate::hash::{HashMap, RandomState};
use crate::platform::ServiceId;
use crate::platform::observe::{Job, Query};
use crate::promql::Selector;

/// A letter makes a shorter name another one.
const SHORTEST: usize = 8;

/// Nothing is near a name longer than this.
const LONGEST: usize = 80;

/// Names by what is left of them without one letter: of two that are one mistake apart, something is the same.
#[derive(Default)]
pub(super) struct Near {
    names: Vec<String>,
    by_rest: HashMap<u64, Vec<usize>>,
    hash: RandomState,
}

impl Near {
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut near = Self::default();
        let mut names: Vec<&str> = names.filter(|name| is_of_length(name)).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let at = near.names.len();
            for rest in near.rests(name) {
                near.by_rest.entry(rest).or_default().push(at);
            }
            near.names.push(name.to_owned());
        }
        near
    }

    /// The known name that another one is a letter away from. Names that are counted differ by a digit, and are meant.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        if !is_of_length(name) {
            return None;
        }
        let rests = self.rests(name);
        let near = rests.iter().filter_map(|rest| self.by_rest.get(rest)).flatten();
        let near = near.filter_map(|at| self.names.get(*at)).filter(|known| {
            strsim::osa_distance(name, known) == 1 && without_digits(name) != without_digits(known)
        });
        near.min().map(String::as_str)
    }

    /// The name itself, and what is left of it without each of its letters.
    fn rests(&self, name: &str) -> Vec<u64> {
        let mut rests = vec![self.hash.hash_one(name)];
        // Names of metrics are ASCII; of another one nothing is near.
        for at in (0..name.len()).filter(|_| name.is_ascii()) {
            rests.push(self.hash.hash_one(format!("{}{}", &name[..at], &name[at + 1..])));
        }
        rests.sort_unstable();
        rests.dedup();
        rests
    }
}

fn is_of_length(name: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&name.len())
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}

impl<'a> Context<'a> {
    /// The jobs of a service and of those it belongs together with, where all that they export is known.
    pub(super) fn known_jobs(&self, owner: ServiceId) -> Option<&[&'a Job]> {
        let jobs = self.families.get(&self.platform.top(owner).id)?;
        let known = self.platform.observed.lost.is_empty() && !jobs.iter().any(|job| job.exports.unknown);
        known.then_some(jobs.as_slice())
    }

    /// What is said of a metric that a service may export of which nothing is known, where its name is a letter away
    /// from one that is.
    pub(super) fn nearly(&self, query: &Query, selector: &Selector, metric: &str) -> Option<Diagnostic> {
        let near = self.near.get_or_init(|| Near::new(self.metrics(None).into_iter()));
        let known = near.find(metric).map(str::to_owned).or_else(|| {
            // A histogram and a summary are declared by the name that their series begin with.
            ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|suffix| Some(format!("{}{suffix}", near.find(metric.strip_suffix(suffix)?)?)))
        })?;
        Some(
            Diagnostic::new(codes::OBS002, format!("nothing is known to export a metric `{metric}`"))
                .because(format!("metric {metric}"))
                .at(query.part(selector.place.clone()), format!("a letter away from `{known}`"))
                .help(Help::meant(metric, &known).and(&format!(
                    " Where it is meant as it is, say whose it is, `job=\"…\"`, or declare it there: `metric {metric} {{ type = … }}`"
                ))),
        )
    }

    /// What is said of a metric that an alert of a service asks for, of which all is known, where another one may
    /// export it.
    pub(super) fn not_of_itself(
        &self,
        query: &Query,
        selector: &Selector,
        metric: &str,
        own: &[&Job],
        sink: &mut Sink,
    ) -> Diagnostic {
        let (told, help) = self.unknown(query, selector, metric, Some(own), sink);
        let open = self.platform.observed.jobs.iter().find(|job| job.exports.unknown);
        told.help(match open {
            Some(open) => help.further(&format!("where `{0}` exports it, say so: `job=\"{0}\"`", open.name)),
            None => help,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Near;

    #[test]
    fn one_letter_is_near_and_one_digit_is_not() {
        let near = Near::new(["http_requests_total", "queue_length", "up", "shard_1_bytes"].into_iter());
        for (name, known) in [
            ("http_request_total", Some("http_requests_total")),
            ("http_requestss_total", Some("http_requests_total")),
            ("queue_lenght", Some("queue_length")),
            ("queue_lengtj", Some("queue_length")),
            ("queue_lengths", Some("queue_length")),
            ("proxy_requests_total", None),
            ("shard_2_bytes", None),
            ("shard_12_bytes", None),
            ("uo", None),
            ("", None),
        ] {
            assert_eq!(near.find(name), known, "{name}");
        }
    }
}

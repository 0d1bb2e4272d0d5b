//! Who is told of an alert: the way that its labels take through the receivers.
//!
//! Every receiver whose match fits is told. What labels an alert carries is known in part: those of its rule
//! and of the platform always, those of its query only when it fires.

mod alerts;
mod equal;

use std::collections::BTreeSet;

pub use self::alerts::{Alerts, among};
pub use self::equal::{Equals, Possible};
use super::Platform;
use super::observe::{Alert, TARGET_LABELS};
use super::receiver::{LabelMatch, Mute, Receiver};
use super::whose::{Carried, WHOSE};
use crate::promql;

/// The label that holds an alert's name.
pub const NAME: &str = "alertname";

/// Whether a match fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It does not.
    No,
    /// The firing alert tells.
    Perhaps,
    /// It does.
    Yes,
}

impl Platform {
    /// What an alert carries under a label.
    #[must_use]
    pub fn carried<'a>(&'a self, alert: &'a Alert, label: &str) -> Carried<'a> {
        if label == NAME {
            return Carried::Known(&alert.name);
        }
        if let Some((_, value)) = alert.labels.iter().find(|(known, _)| known == label) {
            // A template is put in when the alert fires.
            return if value.contains("{{") { Carried::Any } else { Carried::Known(value) };
        }
        if alert.query.labels.can_hold(label) {
            // Who is scraped is called as one of the jobs, unless series come from elsewhere, or are named anew.
            let named = || alert.query.parsed.as_ref().is_some_and(|it| it.calls(promql::RELABEL));
            return if label == TARGET_LABELS[0] && !named() && self.is_of_jobs(alert) {
                let jobs = self.observed.jobs_of(&alert.query).map(|job| job.name.as_str());
                Carried::OneOf(jobs.collect::<BTreeSet<&str>>().into_iter().collect())
            } else {
                Carried::Any
            };
        }
        if WHOSE.contains(&label) {
            return self.by_job(alert, label);
        }
        let external = self.external_labels().into_iter().find(|(known, _)| *known == label);
        Carried::Known(external.map_or("", |(_, value)| value))
    }

    /// Whether the series of an alert are those of jobs: there are no others, or it asks for jobs by their names.
    fn is_of_jobs(&self, alert: &Alert) -> bool {
        let selectors = || alert.query.parsed.iter().flat_map(|parsed| parsed.selectors());
        let named = |selector: &promql::Selector| {
            selector.matchers.iter().any(|it| it.label == TARGET_LABELS[0] && it.op == promql::Op::Equal)
        };
        self.observed.metrics.is_empty()
            || (selectors().next().is_some()
                && selectors().all(|selector| !alert.query.jobs.is_empty() || named(selector)))
    }

    /// What a firing alert carries under a label, of which some are given.
    #[must_use]
    pub fn carried_with<'a>(
        &'a self,
        alert: &'a Alert,
        label: &str,
        given: &'a [(&'a str, &'a str)],
    ) -> Carried<'a> {
        if let Some(given) = known(given, label) {
            return given;
        }
        let own = alert.labels.iter().any(|(known, _)| known == label) || alert.query.labels.can_hold(label);
        match known(given, TARGET_LABELS[0]) {
            Some(Carried::Known(job)) if !own && WHOSE.contains(&label) => {
                Carried::Known(self.whose_job(job, label))
            }
            _ => self.carried(alert, label),
        }
    }

    /// The labels that an alert always carries, each with its value, its name first.
    #[must_use]
    pub fn labels_of<'a>(&'a self, alert: &'a Alert) -> Vec<(&'a str, &'a str)> {
        let own = alert.labels.iter().map(|(label, value)| (label.as_str(), value.as_str()));
        let mut labels = vec![(NAME, alert.name.as_str())];
        labels.extend(own.filter(|(_, value)| !value.contains("{{")));
        for (label, value) in self.external_labels() {
            let own = alert.labels.iter().any(|(known, _)| known == label);
            if !own && !alert.query.labels.can_hold(label) {
                labels.push((label, value));
            }
        }
        labels
    }

    /// The receivers in the order in which alerts meet them: those that listen for silence first.
    pub fn receivers(&self) -> impl Iterator<Item = &Receiver> {
        let all = &self.observed.receivers;
        let heartbeats = all.iter().filter(|receiver| receiver.is_heartbeat());
        heartbeats.chain(all.iter().filter(|receiver| !receiver.is_heartbeat()))
    }

    /// Whether a receiver is told of an alert.
    #[must_use]
    pub fn tells(&self, receiver: &Receiver, alert: &Alert) -> Fit {
        fit(&receiver.matches, |label| self.carried(alert, label))
    }

    /// The receivers that are told of an alert with these labels, and no others.
    pub fn told<'a>(&'a self, labels: &'a [(&'a str, &'a str)]) -> impl Iterator<Item = &'a Receiver> {
        self.receivers().filter(move |receiver| {
            fit(&receiver.matches, |label| known(labels, label).unwrap_or(Carried::Known(""))) == Fit::Yes
        })
    }

    /// The alerts that can explain another one, each with what mutes the other one then.
    pub fn muted_by<'a>(&'a self, alert: &'a Alert) -> impl Iterator<Item = (&'a Mute, &'a Alert)> {
        let mutes = self.observed.mutes.iter();
        let mutes = mutes.filter(|mute| fit(&mute.target, |label| self.carried(alert, label)) != Fit::No);
        let alerts = Alerts::new(self);
        let equals = Equals::new(self);
        mutes.flat_map(move |mute| {
            let own: Vec<(&str, Possible<'_>)> =
                mute.equal.iter().map(|(label, _)| (label.as_str(), equals.possible(alert, label))).collect();
            let sources = alerts.fitting(mute.source.iter()).map(|(_, source, _)| source);
            let meets =
                |source: &&Alert| own.iter().all(|(label, own)| equals.possible(source, label).meets(own));
            sources.filter(meets).map(|source| (mute, source)).collect::<Vec<_>>()
        })
    }
}

/// What is known of a label by a list of labels.
#[must_use]
pub fn known<'a>(labels: &'a [(&'a str, &'a str)], label: &str) -> Option<Carried<'a>> {
    let found = labels.iter().rev().find(|(known, _)| *known == label);
    found.map(|(_, value)| Carried::Known(value))
}

/// Whether all of some matches fit.
pub fn fit<'a>(matches: &[LabelMatch], carried: impl Fn(&str) -> Carried<'a>) -> Fit {
    let one = |one: &LabelMatch| fits(one, &carried(&one.label));
    matches.iter().map(one).min().unwrap_or(Fit::Yes)
}

/// Whether a match fits what is carried.
#[must_use]
pub fn fits(one: &LabelMatch, carried: &Carried<'_>) -> Fit {
    match carried {
        Carried::Known(value) if one.fits(value) => Fit::Yes,
        Carried::Known(_) => Fit::No,
        Carried::OneOf(values) if !values.iter().any(|value| one.fits(value)) => Fit::No,
        Carried::OneOf(_) | Carried::Any => Fit::Perhaps,
    }
}

//! Hours: whether a receiver is ever told, and whether somebody is at every time.

use std::collections::{BTreeMap, BTreeSet};

use super::{Asks, MOST_NAMED, asks, names, severity};
use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::hash::{HashMap, HashSet};
use crate::origins::Origins;
use crate::platform::observe::Alert;
use crate::platform::receiver::{Hours, Receiver};
use crate::platform::tell::Alerts;
use crate::platform::{Platform, Role, Severity};
use crate::source::Span;

/// The minutes of a day, and of a week.
const DAY: usize = 24 * 60;
const WEEK: usize = 7 * DAY;

/// The days as they are counted (prometheus/alertmanager:docs/configuration.md, `time_interval`).
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// When a receiver is told: its `only` and its `mute`.
type When = (Option<usize>, Option<usize>);

fn when(receiver: &Receiver) -> When {
    (receiver.only, receiver.mute)
}

/// The minutes of the week that hours hold.
fn week(hours: &Hours) -> Vec<bool> {
    let mut minutes = vec![false; WEEK];
    let day = |name: &str| DAYS.iter().position(|known| *known == name);
    let days: Vec<usize> = if hours.days.is_empty() {
        (0..DAYS.len()).collect()
    } else {
        let range = |said: &String| {
            let (first, last) = said.split_once(':').unwrap_or((said, said));
            Some(day(first)?..=day(last)?)
        };
        hours.days.iter().filter_map(range).flatten().collect()
    };
    let minute = |time: &str| {
        let (hour, minute) = time.split_once(':')?;
        Some((hour.parse::<usize>().ok()? * 60 + minute.parse::<usize>().ok()?).min(DAY))
    };
    let times: Vec<(usize, usize)> = if hours.times.is_empty() {
        vec![(0, DAY)]
    } else {
        hours.times.iter().filter_map(|(from, to)| Some((minute(from)?, minute(to)?))).collect()
    };
    for day in days {
        for (from, to) in &times {
            if let Some(part) = minutes.get_mut(day * DAY + from..day * DAY + to) {
                part.fill(true);
            }
        }
    }
    minutes
}

fn zone(platform: &Platform, at: usize) -> Option<&str> {
    platform.observed.hours.get(at).map(|hours| hours.zone.as_deref().unwrap_or("UTC"))
}

/// The minutes of the week in which who has these hours is told; `None` where they are of several time zones.
fn told(platform: &Platform, (only, mute): When) -> Option<Vec<bool>> {
    if let (Some(only), Some(mute)) = (only, mute)
        && only != mute
        && zone(platform, only) != zone(platform, mute)
    {
        return None;
    }
    let mut minutes = vec![true; WEEK];
    for (at, wanted) in [(only, true), (mute, false)] {
        let Some(at) = at else { continue };
        let within = week(platform.observed.hours.get(at)?);
        minutes.iter_mut().zip(within).for_each(|(told, within)| *told &= within == wanted);
    }
    Some(minutes)
}

/// ALR002: a receiver whose hours leave no time in which it is told.
pub(in crate::check) fn never(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for (receiver, origin) in platform.observed.receivers.iter().zip(origins.receivers()) {
        let (Some(_), Some(_)) = when(receiver) else { continue };
        if told(platform, when(receiver)).is_none_or(|minutes| minutes.contains(&true)) {
            continue;
        }
        let (Some(only), Some(mute)) = (origin.only(), origin.mute()) else { continue };
        sink.report(
            Diagnostic::new(codes::ALR002, format!("`{}` is told at no time", receiver.name))
                .at(only, "told in these hours alone")
                .at(mute, "and in none of them")
                .help("take one of both out, or name other hours"),
        );
    }
}

/// ALR007: critical alerts of which nobody is told at some hours.
pub(in crate::check) fn at_times(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let observed = &platform.observed;
    let there = |role| platform.with_role(role).next().is_some();
    let has_hours = |receiver: &Receiver| when(receiver) != (None, None);
    if !there(Role::Alerts) || !there(Role::Metrics) || !observed.receivers.iter().any(has_hours) {
        return;
    }
    // Receivers that ask for the same are looked at once, and hear of an alert at all of their hours.
    let mut known: HashMap<Asks<'_>, usize> = HashMap::default();
    let mut whens: Vec<BTreeSet<When>> = Vec::new();
    let mut heard: Vec<Vec<usize>> = vec![Vec::new(); observed.alerts.len()];
    let alerts = Alerts::new(platform);
    for receiver in &observed.receivers {
        let next = whens.len();
        let group = *known.entry(asks(receiver.matches.iter())).or_insert(next);
        if group == next {
            whens.push(BTreeSet::new());
            alerts.fitting(receiver.matches.iter()).for_each(|(at, ..)| heard[at].push(group));
        }
        whens[group].insert(when(receiver));
    }
    let of =
        |groups: &[usize]| -> BTreeSet<When> { groups.iter().flat_map(|at| &whens[*at]).copied().collect() };
    let mut covered: HashMap<&[usize], bool> = HashMap::default();
    let mut late: BTreeMap<BTreeSet<When>, Vec<&Alert>> = BTreeMap::new();
    let mut seen: BTreeSet<Span> = BTreeSet::new();
    for (alert, groups) in observed.alerts.iter().zip(&heard) {
        let critical = severity(alert) == Some(Severity::Critical.word()) && !origins.is_lost(&alert.name);
        if !critical || groups.is_empty() {
            continue;
        }
        let all = covered.entry(groups).or_insert_with(|| at_every_time(platform, &of(groups)));
        // One of each job, or of each instance, is one alert of the source.
        if !*all && seen.insert(alert.span) {
            late.entry(of(groups)).or_default().push(alert);
        }
    }
    for (whens, untold) in late {
        sink.report(told_late(platform, origins, &whens, &untold));
    }
}

/// What is said of critical alerts of which people are told at these times alone.
fn told_late(
    platform: &Platform,
    origins: &Origins,
    whens: &BTreeSet<When>,
    untold: &[&Alert],
) -> Diagnostic {
    let observed = &platform.observed;
    let named = |at: &Option<usize>| Some(observed.hours.get((*at)?)?.name.as_str());
    let only: BTreeSet<&str> = whens.iter().filter_map(|(only, _)| named(only)).collect();
    let mute = whens.iter().filter_map(|(only, mute)| named(mute).filter(|_| only.is_none()));
    let mute: BTreeSet<&str> = mute.collect();
    let times = if mute.is_empty() {
        format!("outside of {}", list_of(only))
    } else {
        format!("in {}", list_of(mute))
    };
    let mut told = Diagnostic::new(codes::ALR007, format!("nobody is told of {} {times}", names(untold)));
    let mut places = observed.receivers.iter().zip(origins.receivers());
    if let Some((receiver, origin)) = places.find(|(receiver, _)| whens.contains(&when(receiver))) {
        let span = origin.only().or(origin.mute()).unwrap_or(receiver.span);
        told = told.at(span, "is told at times alone");
    }
    for alert in untold.iter().take(MOST_NAMED) {
        told = told.at(alert.span, "critical: somebody must know now");
    }
    told.help("write a receiver of critical alerts without hours, or one for the other hours")
}

/// Whether somebody of several is told at every time. Of several time zones nobody says here how they meet.
fn at_every_time(platform: &Platform, whens: &BTreeSet<When>) -> bool {
    let hours = whens.iter().flat_map(|(only, mute)| [*only, *mute]).flatten();
    let zones: BTreeSet<Option<&str>> = hours.map(|at| zone(platform, at)).collect();
    if whens.contains(&(None, None)) || zones.len() > 1 {
        return true;
    }
    let mut all = vec![false; WEEK];
    for when in whens {
        let Some(told) = told(platform, *when) else { return true };
        all.iter_mut().zip(told).for_each(|(all, told)| *all |= told);
    }
    !all.contains(&false)
}

/// ALR022: hours that no receiver names.
pub(in crate::check) fn unused(platform: &Platform, sink: &mut Sink) {
    // Another environment may name them.
    if platform.varied {
        return;
    }
    let receivers = platform.observed.receivers.iter();
    let named: HashSet<usize> =
        receivers.flat_map(|receiver| [receiver.only, receiver.mute]).flatten().collect();
    for (at, hours) in platform.observed.hours.iter().enumerate() {
        let name = &hours.name;
        if !named.contains(&at) {
            sink.report(
                Diagnostic::new(codes::ALR022, format!("no receiver names the hours `{name}`"))
                    .at(hours.span, "change nothing")
                    .help(format!(
                        "write `only = {name}` or `mute = {name}` in a receiver, or take them out"
                    )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, WEEK, week};
    use crate::platform::receiver::Hours;
    use crate::source::{Sources, Span};

    #[test]
    fn hours_hold_their_minutes() {
        let of = |days: &[&str], times: &[(&str, &str)]| {
            let days = days.iter().map(|day| (*day).to_owned()).collect();
            let times = times.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
            let span = Span::new(Sources::default().add("x", ""), 0, 0);
            week(&Hours { name: "x".to_owned(), days, times, zone: None, span })
        };
        for (days, times, minutes) in [
            (&[][..], &[][..], WEEK),
            (&["monday:friday"], &[("08:00", "18:00")], 5 * 10 * 60),
            (&["saturday", "sunday"], &[], 2 * DAY),
            (&[], &[("00:00", "08:00"), ("18:00", "24:00")], 7 * 14 * 60),
        ] {
            let found = of(days, times).iter().filter(|within| **within).count();
            assert_eq!(found, minutes, "{days:?} {times:?}");
        }
    }
}

//! Mutes: whether they silence what they are meant to, and nothing else.

use std::collections::BTreeSet;

use super::receiver::{always_fires, said};
use crate::diagnostic::{Diagnostic, Help, Sink, codes, did_you_mean};
use crate::hash::HashMap;
use crate::platform::Platform;
use crate::platform::observe::{Alert, TARGET_LABELS};
use crate::platform::receiver::{LabelMatch, Mute};
use crate::platform::tell::{Alerts, Equals};
use crate::platform::whose::{Carried, WHOSE};
use crate::source::Span;

/// How many pairs of alerts are looked at for those that mute each other.
const MOST_PAIRS: usize = 10_000;

/// ALR004 and ALR021: a label that is to be equal and that neither side carries, so that it is, and mutes that leave
/// out which service is meant.
pub(super) fn mutes(platform: &Platform, sink: &mut Sink) {
    let alerts = Alerts::new(platform);
    let equals = Equals::new(platform);
    for mute in &platform.observed.mutes {
        let mut told = false;
        for (label, span) in &mute.equal {
            if let Some(span) = span {
                told |= neither(&alerts, &equals, (mute, platform), (label, *span), sink);
            }
        }
        if !told && let Some(place) = place(&mute.source) {
            of_others(platform, &alerts, &equals, mute, place, sink);
        }
    }
}

fn neither<'a>(
    alerts: &Alerts<'a>,
    equals: &Equals<'a>,
    (mute, platform): (&Mute, &'a Platform),
    (label, span): (&str, Span),
    sink: &mut Sink,
) -> bool {
    let lacks = |alert: &&'a Alert| equals.possible(alert, label).is_nothing();
    let Some(source) = sources(alerts, mute).find(lacks) else { return false };
    let Some(target) = targets(alerts, mute).find(lacks) else { return false };
    let both = platform.labels_of(source).into_iter().map(|(label, _)| label).chain(["job", "instance"]);
    let both = both.filter(|label| {
        [source, target].iter().all(|alert| platform.carried(alert, label) != Carried::Known(""))
    });
    let near = did_you_mean(said(label), both.map(said)).filter(Help::is_near);
    let otherwise = "keep the label in both queries, or leave it out of `equal` where that is meant";
    sink.report(
        Diagnostic::new(
            codes::ALR004,
            format!(
                "neither `{}` nor `{}` carries `{}`: every `{0}` mutes every `{1}`",
                source.name,
                target.name,
                said(label)
            ),
        )
        .at(span, "equal, because it is missing on both")
        .help(near.unwrap_or_else(|| otherwise.into())),
    );
    true
}

/// A mute between alerts of several services each, of which nothing says that they must be of the same one.
fn of_others<'a>(
    platform: &'a Platform,
    alerts: &Alerts<'a>,
    equals: &Equals<'a>,
    mute: &Mute,
    place: Span,
    sink: &mut Sink,
) {
    let both = || sources(alerts, mute).chain(targets(alerts, mute));
    if mute.equal.iter().any(|(label, _)| !equals.of_all(both(), label).is_one()) {
        return;
    }
    let services = |of: &mut dyn Iterator<Item = &'a Alert>| -> BTreeSet<&'a str> {
        of.flat_map(|alert| about(platform, alert)).collect()
    };
    let by = services(&mut sources(alerts, mute));
    let of = services(&mut targets(alerts, mute));
    // One dead thing may explain all others, and many may explain one.
    let (Some(first), Some(other)) = (by.first(), of.iter().find(|name| by.first() != Some(name))) else {
        return;
    };
    if by.len() < 2 || of.len() < 2 {
        return;
    }
    let divides = |label: &&&str| {
        let all = equals.of_all(both(), label);
        !all.values.contains("") && !all.is_one()
    };
    let told = Diagnostic::new(
        codes::ALR021,
        format!(
            "`{first}` mutes the alerts of `{other}`, too: nothing says that both must be of the same service"
        ),
    );
    let told = match mute.equal.iter().find_map(|(label, span)| Some((label, (*span)?))) {
        Some((label, span)) => told.at(span, format!("`{}` is the same on all of them", said(label))),
        None => told.at(place, "of any service"),
    };
    let label = [WHOSE[0], TARGET_LABELS[0], TARGET_LABELS[1]];
    sink.report(told.help(match label.iter().find(divides) {
        Some(label) => format!("write `equal = [{label}]`, or `allow ALR021` with the reason"),
        None => "keep a label that tells them apart in all queries, and name it in `equal`".to_owned(),
    }));
}

/// The services that an alert can be of, or their jobs; none where that is not known.
fn about<'a>(platform: &'a Platform, alert: &'a Alert) -> Vec<&'a str> {
    let of = |label| match platform.carried(alert, label) {
        Carried::Known(value) => vec![value],
        Carried::OneOf(values) => values,
        Carried::Any => Vec::new(),
    };
    let named = |label| of(label).into_iter().filter(|value| !value.is_empty()).collect::<Vec<_>>();
    let services = named(WHOSE[0]);
    if services.is_empty() { named(TARGET_LABELS[0]) } else { services }
}

/// The alerts that a mute starts from.
fn sources<'a>(alerts: &Alerts<'a>, mute: &Mute) -> impl Iterator<Item = &'a Alert> {
    alerts.fitting(mute.source.iter()).map(|(_, alert, _)| alert)
}

/// The alerts that a mute is about.
fn targets<'a>(alerts: &Alerts<'a>, mute: &Mute) -> impl Iterator<Item = &'a Alert> {
    alerts.fitting(mute.target.iter()).map(|(_, alert, _)| alert)
}

/// ALR014: mutes that silence the sign of life, that never apply, or that leave nobody told.
pub(super) fn unsound(platform: &Platform, sink: &mut Sink) {
    // Those that the compiler adds have no place, and are sound.
    let mutes = platform.observed.mutes.iter();
    let said: Vec<(&Mute, Span)> = mutes.filter_map(|mute| Some((mute, place(&mute.source)?))).collect();
    let alerts = Alerts::new(platform);
    let equals = Equals::new(platform);
    for (mute, by) in &said {
        if let Some(beat) = targets(&alerts, mute).find(|alert| always_fires(alert)) {
            sink.report(
                Diagnostic::new(
                    codes::ALR014,
                    format!("this mutes `{}` as well, whose silence is an alarm", beat.name),
                )
                .at(place(&mute.target).unwrap_or(*by), "fits it")
                .at(beat.span, "always fires, as a sign of life")
                .help("name the alerts that are meant"),
            );
        }
        for (label, span) in &mute.equal {
            if let Some(span) = span {
                never_equal(&equals, &alerts, mute, label, *span, sink);
            }
        }
    }
    each_other(&alerts, &said, sink);
}

fn place(matches: &[LabelMatch]) -> Option<Span> {
    matches.iter().flat_map(|one| &one.values).find_map(|wanted| wanted.span)
}

/// A label under which no alert of the one side can have a value of the other side.
fn never_equal<'a>(
    equals: &Equals<'a>,
    alerts: &Alerts<'a>,
    mute: &Mute,
    label: &str,
    span: Span,
    sink: &mut Sink,
) {
    let by = equals.of_all(sources(alerts, mute), label);
    let of = equals.of_all(targets(alerts, mute), label);
    let (Some(source), Some(target)) = (sources(alerts, mute).next(), targets(alerts, mute).next()) else {
        return;
    };
    if by.meets(&of) {
        return;
    }
    let says = |alert: &'a Alert| {
        let possible = equals.possible(alert, label);
        let values: Vec<&str> = possible.values.iter().copied().filter(|value| !value.is_empty()).collect();
        match values.as_slice() {
            [] if possible.any => format!("`{}` has one", alert.name),
            [] => format!("`{}` has none", alert.name),
            [value] => format!("`{}` has `{value}`", alert.name),
            [first, ..] => format!("`{}` has another, such as `{first}`", alert.name),
        }
    };
    sink.report(
        Diagnostic::new(
            codes::ALR014,
            format!("under `{}` these alerts are never equal, so nothing is muted", said(label)),
        )
        .at(span, format!("{}, and {}", says(source), says(target)))
        .help("leave the label out of `equal`, or keep it on both sides"),
    );
}

/// Two alerts that mute each other: where both fire, nobody is told of either.
fn each_other(alerts: &Alerts<'_>, said: &[(&Mute, Span)], sink: &mut Sink) {
    let mut pairs: HashMap<(&str, &str), Span> = HashMap::default();
    for (mute, span) in said {
        for source in sources(alerts, mute) {
            for target in targets(alerts, mute) {
                if pairs.len() >= MOST_PAIRS {
                    return;
                }
                if let Some(other) = pairs.get(&(target.name.as_str(), source.name.as_str())) {
                    sink.report(
                        Diagnostic::new(
                            codes::ALR014,
                            format!("`{}` and `{}` mute each other", target.name, source.name),
                        )
                        .at(*span, "mutes the one that mutes it")
                        .at(*other, "and this one the other")
                        .help("decide which of both explains the other: where both fire, nobody is told"),
                    );
                    return;
                }
                pairs.entry((&source.name, &target.name)).or_insert(*span);
            }
        }
    }
}

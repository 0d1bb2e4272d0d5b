//! Mutes: whether they silence what they are meant to, and nothing else.

use super::receiver::{always_fires, said};
use crate::diagnostic::{Diagnostic, Sink, codes, did_you_mean};
use crate::hash::{HashMap, HashSet};
use crate::platform::Platform;
use crate::platform::observe::Alert;
use crate::platform::receiver::{LabelMatch, Mute};
use crate::platform::tell::{Alerts, Carried};
use crate::source::Span;

/// How many pairs of alerts are looked at for those that mute each other.
const MOST_PAIRS: usize = 10_000;

/// ALR004: a label that is to be equal and that neither side carries, so that it is.
pub(super) fn mutes(platform: &Platform, sink: &mut Sink) {
    let alerts = Alerts::new(platform);
    for mute in &platform.observed.mutes {
        for (label, span) in &mute.equal {
            if let Some(span) = span {
                neither(platform, &alerts, mute, label, *span, sink);
            }
        }
    }
}

fn neither(platform: &Platform, alerts: &Alerts<'_>, mute: &Mute, label: &str, span: Span, sink: &mut Sink) {
    let lacks = |alert: &&Alert| platform.carried(alert, label) == Carried::Known("");
    let Some(source) = sources(alerts, mute).find(lacks) else { return };
    let Some(target) = targets(alerts, mute).find(lacks) else { return };
    let both = platform.labels_of(source).into_iter().map(|(label, _)| label).chain(["job", "instance"]);
    let both = both.filter(|label| {
        [source, target].iter().all(|alert| platform.carried(alert, label) != Carried::Known(""))
    });
    let near = did_you_mean(said(label), both.map(said)).filter(|help| help.starts_with("did you mean"));
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
        .help(near.unwrap_or_else(|| otherwise.to_owned())),
    );
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
                never_equal(platform, &alerts, mute, label, *span, sink);
            }
        }
    }
    each_other(&alerts, &said, sink);
}

fn place(matches: &[LabelMatch]) -> Option<Span> {
    matches.iter().flat_map(|one| &one.values).find_map(|wanted| wanted.span)
}

/// A label under which no alert of the one side has a value of the other side.
fn never_equal(
    platform: &Platform,
    alerts: &Alerts<'_>,
    mute: &Mute,
    label: &str,
    span: Span,
    sink: &mut Sink,
) {
    let known = |alert| match platform.carried(alert, label) {
        Carried::Known(value) => Some((alert, value.to_owned())),
        Carried::OneOf(_) | Carried::Any => None,
    };
    let sources: Option<Vec<(&Alert, String)>> = sources(alerts, mute).map(known).collect();
    let targets: Option<Vec<(&Alert, String)>> = targets(alerts, mute).map(known).collect();
    let (Some(sources), Some(targets)) = (sources, targets) else { return };
    let (Some((source, left)), Some((target, right))) = (sources.first(), targets.first()) else { return };
    let values: HashSet<&str> = targets.iter().map(|(_, value)| value.as_str()).collect();
    if sources.iter().any(|(_, value)| values.contains(value.as_str())) {
        return;
    }
    let says = |alert: &Alert, value: &str| match value {
        "" => format!("`{}` has none", alert.name),
        value => format!("`{}` has `{value}`", alert.name),
    };
    sink.report(
        Diagnostic::new(
            codes::ALR014,
            format!("under `{}` these alerts are never equal, so nothing is muted", said(label)),
        )
        .at(span, format!("{}, and {}", says(source, left), says(target, right)))
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

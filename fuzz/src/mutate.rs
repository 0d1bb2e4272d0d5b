//! Mutations that know the language. Bytes that are changed at random stop at the parser; here entries are moved,
//! copied, taken over from other sources or made from the schema, and names and values are exchanged, so that most
//! inputs get as far as the checks.

use infrac::diagnostic::Sink;
use infrac::model::Document;
use infrac::source::Sources;
use infrac::syntax::{self, Entry, Value, ValueKind};
use libfuzzer_sys::fuzzer_mutate;

use crate::random::Random;
use crate::words;

/// One mutation, in libFuzzer's buffer: the new size.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random::new(seed);
    let bytes = data.get(..size).unwrap_or_default();
    let text = std::str::from_utf8(bytes).ok().filter(|_| random.below(5) > 0).map(ToOwned::to_owned);
    let Some(mut text) = text else { return fuzzer_mutate(data, size, max_size) };
    for _ in 0..=random.below(3) {
        if let Some(changed) = change(&text, &mut random) {
            text = changed;
        }
    }
    if text.len() > max_size || text.as_bytes() == bytes {
        return fuzzer_mutate(data, size, max_size);
    }
    match data.get_mut(..text.len()) {
        Some(place) => {
            place.copy_from_slice(text.as_bytes());
            text.len()
        }
        None => fuzzer_mutate(data, size, max_size),
    }
}

/// Where something stands in a text.
#[derive(Clone, Copy)]
struct Place {
    start: usize,
    end: usize,
}

/// What there is to change in a text.
#[derive(Default)]
struct Parts<'a> {
    /// Entries, each with its key.
    entries: Vec<(Place, &'a str)>,
    values: Vec<Place>,
    names: Vec<Place>,
    /// Places behind the `{` of a body, each with the key it belongs to.
    bodies: Vec<(usize, &'a str)>,
}

fn parts(text: &str) -> Parts<'_> {
    let mut sources = Sources::default();
    let id = sources.add("", text.to_owned());
    let mut parts = Parts::default();
    // Where reading it changes the text, places would be those of another one.
    if sources.file(id).text() == text {
        let file = syntax::parse(&sources, id, &mut Sink::default());
        file.entries.iter().for_each(|entry| collect(entry, text, &mut parts));
    }
    parts
}

fn collect<'a>(entry: &Entry, text: &'a str, parts: &mut Parts<'a>) {
    let place = |span: infrac::source::Span| Place { start: span.start as usize, end: span.end as usize };
    let key = place(entry.key.span);
    let word = text.get(key.start..key.end).unwrap_or_default();
    let mut end = place(entry.head()).end;
    parts.names.push(key);
    parts.names.extend(entry.label.iter().map(|label| place(label.span)));
    if let Some(value) = &entry.value {
        end = end.max(place(value.span).end);
        collect_value(value, text, parts);
    }
    if let Some(body) = &entry.body {
        end = end.max(place(body.span).end);
        parts.bodies.push((place(body.span).start + 1, word));
        body.entries.iter().for_each(|entry| collect(entry, text, parts));
    }
    parts.entries.push((Place { start: key.start, end }, word));
}

fn collect_value<'a>(value: &Value, text: &'a str, parts: &mut Parts<'a>) {
    parts.values.push(Place { start: value.span.start as usize, end: value.span.end as usize });
    match &value.kind {
        ValueKind::List(items) => items.iter().for_each(|item| collect_value(item, text, parts)),
        ValueKind::Body(body) => body.entries.iter().for_each(|entry| collect(entry, text, parts)),
        _ => {}
    }
}

fn change(text: &str, random: &mut Random) -> Option<String> {
    let found = parts(text);
    let slice = |place: Place| text.get(place.start..place.end).unwrap_or_default();
    let entry = |random: &mut Random| found.entries.get(random.below(found.entries.len())).copied();
    let value = |random: &mut Random| found.values.get(random.below(found.values.len())).copied();
    let name = |random: &mut Random| found.names.get(random.below(found.names.len())).copied();
    let nothing = |at: usize| Place { start: at, end: at };
    match random.below(11) {
        0 => replace(text, entry(random)?.0, ""),
        1 => {
            let (copied, _) = entry(random)?;
            replace(text, nothing(copied.end), &format!("\n{}", slice(copied)))
        }
        // One entry in the place of another.
        2 => {
            let (taken, _) = entry(random)?;
            replace(text, entry(random)?.0, slice(taken))
        }
        // An entry of another source, at the top or in a body.
        3 | 4 => {
            let donors = words::donors();
            let donor = random.one_of(&donors)?;
            let others = parts(donor);
            let (taken, _) = others.entries.get(random.below(others.entries.len()))?;
            let taken = donor.get(taken.start..taken.end)?;
            insert(text, &found, taken, random)
        }
        // What the schema allows where it is put.
        5 | 6 => {
            let names: Vec<&str> = found.names.iter().map(|place| slice(*place)).collect();
            let at = found.bodies.get(random.below(found.bodies.len() + 1));
            let (at, block) = match at {
                Some((at, key)) => (*at, words::block(key)?),
                None => (text.len(), Document::SCHEMA),
            };
            let field = block.fields.get(random.below(block.fields.len()))?;
            let made = words::entry(field, &names, 3, random);
            replace(text, nothing(at), &format!("\n{made}\n"))
        }
        7 => replace(text, value(random)?, words::hard(random)),
        8 => {
            let taken = slice(value(random)?);
            replace(text, value(random)?, taken)
        }
        9 => {
            let taken = slice(name(random)?);
            replace(text, name(random)?, taken)
        }
        // One name for another, wherever it stands.
        _ => {
            let (from, to) = (slice(name(random)?), slice(name(random)?));
            (!from.is_empty()).then(|| text.replace(from, to))
        }
    }
}

fn insert(text: &str, found: &Parts<'_>, entry: &str, random: &mut Random) -> Option<String> {
    let at = found.bodies.get(random.below(found.bodies.len() + 1)).map_or(text.len(), |(at, _)| *at);
    replace(text, Place { start: at, end: at }, &format!("\n{entry}\n"))
}

fn replace(text: &str, place: Place, with: &str) -> Option<String> {
    Some(format!("{}{with}{}", text.get(..place.start)?, text.get(place.end..)?))
}

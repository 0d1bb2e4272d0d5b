//! From entries to typed blocks, reporting every problem of a block.

mod help;
mod raw;

use std::sync::Arc;

use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

use super::uses::Counter;
use super::{Block, Field, Fields, Kind, Leaf, Presence, Scalar, Uses};
use crate::diagnostic::{Diagnostic, Help, Sink, codes, did_you_mean, list_of};
use crate::hash::HashSet;
use crate::parallel;
use crate::source::{FileId, Span};
use crate::syntax::{Entry, Name, Value, ValueKind};
pub use help::{decimal_commas, of_top};

pub use raw::Raw;

/// The number of blocks of a kind in one part; parts are decoded at the same time.
const MANY: usize = 128;

/// The greatest number of keys that a message lists.
const MOST_KEYS: usize = 12;

/// A type that an entry is decoded to.
pub trait Decode: Sized + Send + Sync {
    /// The fields below it.
    type Fields: Fields;

    /// The expected form.
    fn kind() -> Kind;

    /// Decodes an entry. Problems are reported; `None` where nothing usable is left.
    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self>;
}

impl<T: Scalar> Decode for T {
    type Fields = Leaf;

    fn kind() -> Kind {
        T::shape()
    }

    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self> {
        if let Some(label) = &entry.label {
            decoder.no_label(entry, label, true);
            entry.value.as_ref()?;
        }
        if let Some(body) = &entry.body {
            let mut diagnostic =
                Diagnostic::new(codes::TYP008, format!("`{}` takes no body", entry.key.text))
                    .at(Span { end: body.span.start + 1, ..body.span }, "a value is all it takes");
            if entry.value.is_none() {
                diagnostic =
                    diagnostic.help(format!("write `{} = …`: {}", entry.key.text, T::shape().describe()));
                decoder.report(diagnostic);
                return None;
            }
            decoder.report(diagnostic);
        }
        match &entry.value {
            Some(value) => T::read(value, decoder),
            None => {
                decoder.missing(
                    entry.head(),
                    format!("`{}` has no value", entry.key.text),
                    format!("write `{} = …`: {}", entry.key.text, T::shape().describe()),
                );
                None
            }
        }
    }
}

/// A block that the document and the resolved platform share, or a large one that few blocks have.
impl<T: Decode> Decode for Arc<T> {
    type Fields = T::Fields;

    fn kind() -> Kind {
        T::kind()
    }

    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self> {
        T::decode(entry, decoder).map(Self::new)
    }
}

/// A body of free keys.
#[derive(Debug, Clone)]
pub struct Map<T> {
    /// The entries, in their order.
    pub entries: Vec<(Name, T)>,
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<T: Decode> Decode for Map<T> {
    type Fields = T::Fields;

    fn kind() -> Kind {
        Kind::Map(T::kind)
    }

    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self> {
        decoder.body_only(entry);
        let place = decoder.place;
        let all = entry.entries();
        let mut one = |(at, item): (usize, &Entry)| {
            decoder.place = place;
            if let Some(comma) = help::decimal_comma(all, at) {
                decoder.report(comma);
                return None;
            }
            Some((item.key.clone(), T::decode(item, decoder)?))
        };
        Some(Self { entries: all.iter().enumerate().filter_map(&mut one).collect() })
    }
}

/// The state of a decoding.
#[derive(Debug)]
pub struct Decoder<'a> {
    sink: &'a mut Sink,
    /// Labels of blocks that could not be decoded, so that references to them are not reported. Also the keys of repeatable
    /// blocks of which none is left.
    lost: HashSet<SmolStr>,
    /// The names of components, which suggestions offer beside the keys of a service.
    components: &'a [SmolStr],
    /// The keys of the top level, for suggestions.
    top: &'static [Field],
    /// The number of the field that is decoded ([`Fields`]).
    place: u32,
    /// The counter of used fields, where they are counted.
    counter: Option<Counter<'a>>,
    /// The place of the last label that was reported: a missing part beside it is reported there.
    reported: Option<Span>,
    /// The probable meanings of values of another type, with their places.
    meant: Vec<(Span, Help)>,
}

impl<'a> Decoder<'a> {
    /// A decoder that reports to `sink`.
    pub fn new(sink: &'a mut Sink) -> Self {
        Self {
            sink,
            lost: HashSet::default(),
            components: &[],
            top: &[],
            place: 0,
            counter: None,
            reported: None,
            meant: Vec::new(),
        }
    }

    /// The decoder with a counter of used fields in all sources but the compiler's own.
    #[must_use]
    pub fn counting(self, embedded: &'a HashSet<FileId>) -> Self {
        Self { counter: Some(Counter::new(embedded)), ..self }
    }

    /// The decoder with the names of components and the keys of the top level.
    #[must_use]
    pub fn knowing(self, components: &'a [SmolStr], top: &'static [Field]) -> Self {
        Self { components, top, ..self }
    }

    /// The labels of blocks that could not be decoded, the keys of repeatable ones among them, and the used fields.
    #[must_use]
    pub fn finish(self) -> (HashSet<SmolStr>, Uses) {
        (self.lost, self.counter.map(|counter| counter.uses).unwrap_or_default())
    }

    /// The number of the field that is decoded.
    #[must_use]
    pub(crate) fn place(&self) -> u32 {
        self.place
    }

    /// Steps to a field of the block at `place`.
    pub(crate) fn field<'f>(&mut self, place: u32, found: Option<(&'f Option<u32>, u32)>) -> Place<'f> {
        let (found, number) = found?;
        self.place = place + number;
        Some(found)
    }

    /// Steps to a block of the same kind as the one at `place`: its uses count as that one's.
    pub(crate) fn itself<'f>(&mut self, place: u32, found: Option<(&'f Option<u32>, u32)>) -> Place<'f> {
        self.place = place;
        found.map(|(found, _)| found)
    }

    /// Reports a problem.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.sink.report(diagnostic);
    }

    /// Reports a misplaced part.
    pub fn unexpected(&mut self, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::new(codes::TYP008, message).at(span, "does not belong here"));
    }

    /// Reports a missing part.
    pub fn missing(&mut self, span: Span, message: impl Into<String>, help: impl Into<Help>) {
        self.report(Diagnostic::new(codes::TYP006, message).at(span, "incomplete").help(help));
    }

    /// Notes the probable meaning of a value of another type.
    pub(super) fn mean(&mut self, value: &Value, help: Option<Help>) {
        self.meant.extend(help.map(|help| (value.span, help)));
    }

    /// What a value of another type was meant to be.
    pub(super) fn meant(&mut self, value: &Value) -> Option<Help> {
        let at = self.meant.iter().position(|(span, _)| *span == value.span)?;
        Some(self.meant.swap_remove(at).1)
    }

    /// Reports a value of another type.
    pub fn mismatch<T>(&mut self, value: &Value, expected: &str) -> Option<T> {
        let found = value.kind.describe();
        let meant = self.meant(value);
        let meant = meant.or_else(|| help::of_nothing(value));
        self.report(
            Diagnostic::new(codes::TYP001, format!("expected {expected}, found {found}"))
                .at(value.span, format!("this is {found}"))
                .help_maybe(meant),
        );
        None
    }

    /// Checks the parts of a block against its schema, and returns the first entry of each field.
    pub fn open(&mut self, entry: &Entry, schema: &Block) -> Found {
        if let (None, Some(label)) = (&schema.label, &entry.label) {
            self.no_label(entry, label, schema.value.is_some());
        }
        if let (None, Some(value)) = (&schema.value, &entry.value) {
            self.report(
                Diagnostic::new(codes::TYP008, format!("`{}` takes no value", schema.key))
                    .at(value.span, "does not belong here")
                    .help(help::of_a_value(entry, schema)),
            );
        }
        if let (Some(counter), Some(_), Some(_)) = (&mut self.counter, &schema.value, &entry.value) {
            counter.count(self.place + 1, entry);
        }
        self.meant.extend(help::of_another_key(entry, schema));
        let mut found: Found = smallvec![None; schema.fields.len()];
        for (at, item) in entry.entries().iter().enumerate() {
            if let Some(field) = schema.fields.iter().position(|field| field.key == item.key.text) {
                self.meant.extend(help::of_a_count(item, &schema.fields[field], schema));
                // Of two that are alike the merge has reported one; one with a label is another entry, and nothing reads it.
                if let (Some(label), true, Presence::Required | Presence::Optional) =
                    (&item.label, found[field].is_some(), schema.fields[field].presence)
                {
                    self.no_label(item, label, false);
                }
                found[field].get_or_insert(u32::try_from(at).unwrap_or(u32::MAX));
                if let (Some(counter), Some(number)) = (&mut self.counter, schema.numbers.get(field)) {
                    counter.count(self.place + number, item);
                }
                continue;
            }
            if let Some(comma) = help::decimal_comma(entry.entries(), at) {
                self.report(comma);
                continue;
            }
            // What a rule finds may be meant wherever it points: `allow` reads that itself.
            if item.key.text != "allow" || item.label.is_none() {
                self.unknown_key(item, entry, schema);
                // What is missing may be what this key was meant to be.
                self.lose(entry);
            }
        }
        found
    }

    /// The required label of a block.
    pub fn label(&mut self, entry: &Entry) -> Option<Name> {
        if entry.label.is_none() {
            self.missing(
                entry.key.span,
                format!("`{}` has no name", entry.key.text),
                help::of_no_name(entry),
            );
        }
        entry.label.clone()
    }

    /// The required main value of a block, and its meaning.
    pub fn value<T: Scalar>(&mut self, entry: &Entry, says: &str) -> Option<T> {
        let is_reported =
            self.reported.is_some() && self.reported == entry.label.as_ref().map(|label| label.span);
        if entry.value.is_none() && !is_reported {
            let name = entry.label_or_key();
            let help = help::of_no_value(entry, says, &T::shape().describe());
            self.missing(entry.head(), format!("`{}` has no value", name.text), help);
        }
        let value = self.maybe_value(entry);
        if value.is_none() {
            self.lose(entry);
        }
        value
    }

    /// The optional main value of a block.
    pub fn maybe_value<T: Scalar>(&mut self, entry: &Entry) -> Option<T> {
        entry.value.as_ref().and_then(|value| T::read(value, self))
    }

    /// A required field, at the entry that was found.
    pub fn required<T: Decode>(&mut self, entry: &Entry, key: &str, found: Place<'_>) -> Option<T> {
        let Some(field) = at(entry, found) else {
            let label = entry.label.as_ref().map(|label| format!(" {}", label.text)).unwrap_or_default();
            self.missing(
                entry.head(),
                format!("`{}{label}` has no `{key}`", entry.key.text),
                format!("`{key}` must be given: {}", T::kind().describe()),
            );
            self.lose(entry);
            return None;
        };
        let decoded = T::decode(field, self);
        if decoded.is_none() {
            self.lose(entry);
        }
        decoded
    }

    /// An optional field, at the entry that was found.
    pub fn optional<T: Decode>(&mut self, entry: &Entry, found: Place<'_>) -> Option<T> {
        let field = at(entry, found)?;
        let decoded = T::decode(field, self);
        if decoded.is_none() {
            self.lose(entry);
        }
        decoded
    }

    /// A field with an entry for each label, from the first one that was found.
    pub fn many<T: Decode>(&mut self, entry: &Entry, key: &str, found: Place<'_>) -> Vec<T> {
        let Some(Some(first)) = found else { return Vec::new() };
        let rest = entry.entries().get(*first as usize..).unwrap_or_default();
        let fields = rest.iter().filter(|item| item.key.text == key);
        let place = self.place;
        if rest.len() < MANY {
            return fields.filter_map(|item| self.one(place, item)).collect();
        }
        let fields: Vec<&Entry> = fields.collect();
        let parts: Vec<&[&Entry]> = fields.chunks(MANY).collect();
        let (components, top) = (self.components, self.top);
        let embedded = self.counter.as_ref().map(Counter::embedded);
        let decoded = parallel::map(&parts, |part| {
            let mut sink = Sink::default();
            let mut decoder = Decoder::new(&mut sink).knowing(components, top);
            if let Some(embedded) = embedded {
                decoder = decoder.counting(embedded);
            }
            let blocks: Vec<T> = part.iter().filter_map(|item| decoder.one(place, item)).collect();
            (blocks, decoder.finish(), sink)
        });
        let mut blocks = Vec::with_capacity(fields.len());
        for (part, (lost, uses), found) in decoded {
            blocks.extend(part);
            self.lost.extend(lost);
            if let Some(counter) = &mut self.counter {
                counter.uses.append(&uses);
            }
            self.sink.take(found);
        }
        blocks
    }

    /// One of several blocks of a kind.
    fn one<T: Decode>(&mut self, place: u32, entry: &Entry) -> Option<T> {
        self.place = place;
        let decoded = T::decode(entry, self);
        if decoded.is_none() {
            self.lost.insert(entry.key.text.clone());
        }
        decoded
    }

    /// A word of an enumeration.
    pub fn word(
        &mut self,
        value: &Value,
        words: &'static [(&'static str, &'static str)],
    ) -> Option<&'static str> {
        let word = match &value.kind {
            ValueKind::Reference(path) => path.text(),
            ValueKind::Boolean(true) => "true".to_owned(),
            ValueKind::Boolean(false) => "false".to_owned(),
            ValueKind::Text(text) => {
                let quoted = text.as_literal().unwrap_or_default();
                if words.iter().any(|(known, _)| *known == quoted) {
                    self.report(
                        Diagnostic::new(codes::TYP001, "expected a bare word, found text")
                            .at(value.span, "a word of the language needs no quotes")
                            .help(Help::write(quoted)),
                    );
                    return None;
                }
                quoted.to_owned()
            }
            ValueKind::Number(number) => number.to_string(),
            ValueKind::List(_) | ValueKind::Body(_) => {
                return self.mismatch(value, &Kind::Choice(words).describe());
            }
        };
        if let Some((known, _)) = words.iter().find(|(known, _)| *known == word) {
            return Some(known);
        }
        let choices = words.iter().map(|(known, _)| *known);
        let help = help::of_a_schedule(&word, words).or_else(|| did_you_mean(&word, choices.clone()));
        self.report(
            Diagnostic::new(codes::TYP004, format!("`{word}` is none of the words known here"))
                .at(value.span, "unknown word")
                .help(help.unwrap_or_else(|| format!("known here: {}", list_of(choices)).into())),
        );
        None
    }

    /// Reports a label or value of an entry that takes only a body.
    pub fn body_only(&mut self, entry: &Entry) {
        if let Some(label) = &entry.label {
            self.unexpected(label.span, format!("`{}` takes no label", entry.key.text));
        }
        if let Some(value) = &entry.value {
            self.report(
                Diagnostic::new(codes::TYP008, format!("`{}` takes no value", entry.key.text))
                    .at(value.span, "does not belong here")
                    .help(format!("its entries stand in a body: `{} {{ NAME = … }}`", entry.key.text)),
            );
        }
    }

    fn lose(&mut self, entry: &Entry) {
        if let Some(label) = &entry.label {
            self.lost.insert(label.text.clone());
        }
    }
}

/// The first entry of each field of a block among the entries of its body, in the order of the schema.
pub type Found = SmallVec<[Option<u32>; 16]>;

/// One of [`Found`].
pub type Place<'a> = Option<&'a Option<u32>>;

/// The entry that was found.
fn at<'e>(entry: &'e Entry, found: Place<'_>) -> Option<&'e Entry> {
    entry.entries().get(found.copied()?? as usize)
}

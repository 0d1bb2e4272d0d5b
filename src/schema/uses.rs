//! How often a source uses each field, by the number of the field ([`super::Fields`]).

use smallvec::SmallVec;

use crate::hash::HashSet;
use crate::source::{FileId, Span};
use crate::syntax::Entry;

/// The greatest distance between a key and its value, in bytes.
const NEAR: u32 = 64;

/// The number of places that are kept of a field.
const MOST: usize = 8;

/// The uses of every field. The compiler's own sources do not count, unless a value comes from the platform's: a parameter of a
/// component counts as the field that it fills in.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    /// The number of uses of each field.
    times: Vec<u32>,
    /// The first places of each field with its number, in the order of the source.
    places: Vec<(u32, Span)>,
}

impl Uses {
    /// The number of uses of a field.
    #[must_use]
    pub fn times(&self, number: u32) -> u32 {
        self.times.get(number as usize).copied().unwrap_or(0)
    }

    /// The first places where a field is used, in the order of the source.
    #[must_use]
    pub fn places(&self, number: u32) -> SmallVec<[Span; 2]> {
        let places = self.places.iter().filter(|(of, _)| *of == number);
        places.map(|(_, place)| *place).take(MOST).collect()
    }

    /// Appends the uses of a later part.
    pub fn append(&mut self, behind: &Self) {
        // Of those before it, a field has as many places as it has uses, or the most.
        let before = &self.times;
        let has_room = |(number, _): &&(u32, Span)| {
            before.get(*number as usize).is_none_or(|times| (*times as usize) < MOST)
        };
        self.places.extend(behind.places.iter().filter(has_room));
        if self.times.len() < behind.times.len() {
            self.times.resize(behind.times.len(), 0);
        }
        for (times, more) in self.times.iter_mut().zip(&behind.times) {
            *times += more;
        }
    }

    fn add(&mut self, number: u32, place: Span) {
        let at = number as usize;
        if at >= self.times.len() {
            self.times.resize(at + 1, 0);
        }
        if let Some(times) = self.times.get_mut(at) {
            if (*times as usize) < MOST {
                self.places.push((number, place));
            }
            *times += 1;
        }
    }
}

/// Counts uses while a source is decoded.
#[derive(Debug)]
pub(super) struct Counter<'a> {
    pub(super) uses: Uses,
    /// The compiler's own sources.
    embedded: &'a HashSet<FileId>,
    /// The last file, and whether it is embedded: entries of one file mostly stand together.
    last: Option<(FileId, bool)>,
}

impl<'a> Counter<'a> {
    pub(super) fn new(embedded: &'a HashSet<FileId>) -> Self {
        Self { uses: Uses::default(), embedded, last: None }
    }

    /// The compiler's own sources.
    pub(super) fn embedded(&self) -> &'a HashSet<FileId> {
        self.embedded
    }

    /// Counts an entry as the use of a field. The value's place counts where it is far from the key: it is an environment's or
    /// a parameter's.
    pub(super) fn count(&mut self, number: u32, entry: &Entry) {
        let head = entry.head();
        let place = match &entry.value {
            None => Some(head).filter(|head| !self.is_embedded(head.file)),
            Some(value) => {
                let value = value.span;
                let is_near =
                    value.file == head.file && value.start >= head.end && value.start < head.end + NEAR;
                let (first, second) = if is_near { (head, value) } else { (value, head) };
                if self.is_embedded(first.file) {
                    Some(second).filter(|second| !self.is_embedded(second.file))
                } else {
                    Some(first)
                }
            }
        };
        if let Some(place) = place {
            self.uses.add(number, place);
        }
    }

    fn is_embedded(&mut self, file: FileId) -> bool {
        match self.last {
            Some((last, embedded)) if last == file => embedded,
            _ => {
                let embedded = self.embedded.contains(&file);
                self.last = Some((file, embedded));
                embedded
            }
        }
    }
}

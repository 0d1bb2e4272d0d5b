//! How often a source uses each field, by the number of the field ([`super::Fields`]).

use smallvec::SmallVec;

use crate::hash::HashSet;
use crate::source::{FileId, Span};
use crate::syntax::Entry;

/// How many bytes may stand between a key and its value.
const NEAR: u32 = 64;

/// How many places of a field are kept.
const MOST: usize = 8;

/// Where a source uses a field, and how often it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The first places, in the order of the source.
    pub places: SmallVec<[Span; 2]>,
    /// How many places there are.
    pub times: u32,
}

/// The uses of every field. What stands in the compiler's own sources does not count, unless its value comes from the
/// source: a parameter of a component counts as the field that it fills in.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    by_number: Vec<Option<Use>>,
}

impl Uses {
    /// The use of a field.
    #[must_use]
    pub fn of(&self, number: u32) -> Option<&Use> {
        self.by_number.get(number as usize)?.as_ref()
    }

    /// Adds what stands further down.
    pub fn append(&mut self, behind: &Self) {
        for (number, used) in (0..).zip(&behind.by_number) {
            if let Some(used) = used {
                self.add(number, &used.places, used.times);
            }
        }
    }

    fn add(&mut self, number: u32, places: &[Span], times: u32) {
        let number = number as usize;
        if number >= self.by_number.len() {
            self.by_number.resize(number + 1, None);
        }
        if let Some(place) = self.by_number.get_mut(number) {
            let used = place.get_or_insert_with(|| Use { places: SmallVec::new(), times: 0 });
            used.times += times;
            used.places.extend(places.iter().copied().take(MOST.saturating_sub(used.places.len())));
        }
    }
}

/// Counts uses while a source is decoded.
#[derive(Debug)]
pub(super) struct Counter<'a> {
    pub(super) uses: Uses,
    /// The compiler's own sources.
    embedded: &'a HashSet<FileId>,
    /// Entries of one file mostly stand together.
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

    /// Counts an entry as the use of a field.
    pub(super) fn count(&mut self, number: u32, entry: &Entry) {
        let head = entry.head();
        let value = entry.value.as_ref().map(|value| value.span);
        // A value that stands elsewhere is an environment's, or that of a parameter: who wrote it is to know.
        let far = value
            .filter(|value| value.file != head.file || !(head.end..head.end + NEAR).contains(&value.start));
        if let Some(span) =
            [far, Some(head), value].into_iter().flatten().find(|span| !self.is_embedded(span.file))
        {
            self.uses.add(number, &[span], 1);
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

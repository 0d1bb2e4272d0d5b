//! The alerts by what they carry, so that whoever asks for one value of a label does not look at all of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::rc::Rc;

use super::{Fit, fits};
use crate::hash::HashMap;
use crate::platform::Platform;
use crate::platform::observe::Alert;
use crate::platform::receiver::{LabelMatch, Wanted};
use crate::platform::whose::Carried;

/// All alerts, and what they carry under each label that was asked for.
#[derive(Debug)]
pub struct Alerts<'a> {
    platform: &'a Platform,
    labels: RefCell<HashMap<String, Rc<Label<'a>>>>,
}

/// What alerts carry under a label.
#[derive(Debug)]
struct Label<'a> {
    /// Of each alert, in their order.
    carried: Vec<Carried<'a>>,
    /// The alerts that carry a value and no other.
    known: BTreeMap<&'a str, Vec<usize>>,
    /// The alerts of which only the firing one tells.
    open: Vec<usize>,
}

impl<'a> Alerts<'a> {
    /// The alerts of a platform.
    #[must_use]
    pub fn new(platform: &'a Platform) -> Self {
        Self { platform, labels: RefCell::default() }
    }

    /// The alerts that matches fit, or may fit, by their place among all, each with how.
    pub fn fitting<'m, M: Iterator<Item = &'m LabelMatch>>(
        &self,
        matches: M,
    ) -> impl Iterator<Item = (usize, &'a Alert, Fit)> + use<'a, 'm, M> {
        let matches = self.matches(matches);
        let all = &self.platform.observed.alerts;
        let places = match matches.fewest() {
            Some(few) => Places::Some(few.into_iter()),
            None => Places::All(0..all.len()),
        };
        places
            .filter_map(move |at| Some((at, all.get(at)?, matches.fit(at))))
            .filter(|(.., fit)| *fit != Fit::No)
    }

    /// Whether matches fit, or may fit, one of some alerts, by their places in their order.
    pub fn fit_any<'m>(&self, matches: impl Iterator<Item = &'m LabelMatch>, these: &[usize]) -> bool {
        let matches = self.matches(matches);
        let fits = |at: &usize| matches.fit(*at) != Fit::No;
        match matches.fewest().filter(|few| few.len() < these.len()) {
            Some(few) => few.iter().any(|at| these.binary_search(at).is_ok() && fits(at)),
            None => these.iter().any(fits),
        }
    }

    fn matches<'m>(&self, matches: impl Iterator<Item = &'m LabelMatch>) -> Matches<'a, 'm> {
        Matches(matches.map(|one| (one, self.label(&one.label))).collect())
    }

    fn label(&self, name: &str) -> Rc<Label<'a>> {
        if let Some(known) = self.labels.borrow().get(name) {
            return Rc::clone(known);
        }
        let label = Rc::new(Label::new(self.platform, name));
        self.labels.borrow_mut().insert(name.to_owned(), Rc::clone(&label));
        label
    }
}

/// Matches, each with what alerts carry under its label.
struct Matches<'a, 'm>(Vec<(&'m LabelMatch, Rc<Label<'a>>)>);

impl Matches<'_, '_> {
    /// The alerts that the strictest of them may fit; `None` where all only say what must not be.
    fn fewest(&self) -> Option<Vec<usize>> {
        self.0.iter().filter_map(|(one, label)| label.candidates(one)).min_by_key(Vec::len)
    }

    /// Whether all fit an alert.
    fn fit(&self, at: usize) -> Fit {
        let mut least = Fit::Yes;
        for (one, label) in &self.0 {
            least = least.min(label.carried.get(at).map_or(Fit::No, |carried| fits(one, carried)));
            if least == Fit::No {
                break;
            }
        }
        least
    }
}

/// Where the alerts are that may fit.
enum Places {
    Some(std::vec::IntoIter<usize>),
    All(std::ops::Range<usize>),
}

impl Iterator for Places {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        match self {
            Self::Some(places) => places.next(),
            Self::All(places) => places.next(),
        }
    }
}

impl<'a> Label<'a> {
    fn new(platform: &'a Platform, name: &str) -> Self {
        let alerts = platform.observed.alerts.iter();
        let carried: Vec<Carried<'a>> = alerts.map(|alert| platform.carried(alert, name)).collect();
        let mut label = Self { carried: Vec::new(), known: BTreeMap::new(), open: Vec::new() };
        for (at, carried) in carried.iter().enumerate() {
            match carried {
                Carried::Known(value) => label.known.entry(value).or_default().push(at),
                Carried::OneOf(_) | Carried::Any => label.open.push(at),
            }
        }
        Self { carried, ..label }
    }

    /// The alerts that a match may fit, in their order; `None` where it says what must not be.
    fn candidates(&self, one: &LabelMatch) -> Option<Vec<usize>> {
        if one.negated {
            return None;
        }
        let mut places = self.open.clone();
        for wanted in &one.values {
            places.extend(among(&self.known, wanted).flat_map(|(_, places)| places));
        }
        places.sort_unstable();
        places.dedup();
        Some(places)
    }
}

/// What a wanted value stands for, among values in their order.
pub fn among<'m, V>(
    known: &'m BTreeMap<&str, V>,
    wanted: &'m Wanted,
) -> impl Iterator<Item = (&'m str, &'m V)> {
    let begins = wanted.text.split('*').next().unwrap_or_default();
    let behind = known.range::<str, _>((Bound::Included(begins), Bound::Unbounded));
    let near =
        behind.take_while(
            move |(value, _)| {
                if wanted.is_pattern() { value.starts_with(begins) } else { **value == begins }
            },
        );
    near.map(|(value, places)| (*value, places)).filter(|(value, _)| wanted.fits(value))
}

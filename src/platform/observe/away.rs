//! Scrape jobs that overrides of Prometheus take away.

use crate::hash::{HashMap, HashSet};
use crate::model::Role;
use crate::platform::{Override, Removed, Tree};
use crate::source::Span;

const JOBS: &str = "scrape_configs";
const JOB_NAME: &str = "job_name";

/// Which scrape jobs overrides of the whole file take away: all of them, or some by their names, less those that the same
/// override writes anew.
#[derive(Debug, Default)]
pub struct JobsAway<'a> {
    all: Option<Span>,
    named: HashMap<&'a str, Span>,
    anew: HashSet<&'a str>,
}

impl<'a> JobsAway<'a> {
    /// What some overrides take away.
    #[must_use]
    pub fn new(overrides: &'a [Override]) -> Self {
        let mut away = Self::default();
        for over in overrides.iter().filter(|over| over.target.reader == Some(Role::Metrics)) {
            let Some(Tree::Edited(removed, with)) = over.entries.get(JOBS) else { continue };
            match removed {
                Removed::All(span) => away.all = Some(*span),
                Removed::Named(names) => {
                    away.named.extend(names.iter().map(|(name, span)| (name.as_str(), *span)));
                }
            }
            if let Some(Tree::List(items)) = with.as_deref() {
                away.anew.extend(items.iter().filter_map(name_of));
            }
        }
        away
    }

    /// Whether no job is taken away.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_none() && self.named.is_empty()
    }

    /// Where a job is taken away; `None` where it stays.
    #[must_use]
    pub fn place(&self, job: &str) -> Option<Span> {
        self.named.get(job).copied().or(self.all).filter(|_| !self.anew.contains(job))
    }
}

fn name_of(item: &Tree) -> Option<&str> {
    let Tree::Map(entries) = item else { return None };
    match entries.get(JOB_NAME)?.put()? {
        Tree::Text(value) => value.as_literal(),
        _ => None,
    }
}

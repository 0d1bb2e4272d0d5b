//! Scrape jobs, found by what they are called: by a name, and by matchers of it.

use std::ops::Deref;
use std::sync::OnceLock;

use smol_str::SmolStr;

use super::Job;
use crate::hash::HashMap;
use crate::promql::{Matcher, Op};

/// Scrape jobs in the order of their services.
#[derive(Debug, Default)]
pub struct Jobs {
    all: Vec<Job>,
    by_name: HashMap<SmolStr, usize>,
    /// Where they are, in the order of their names: patterns alone ask for it.
    in_order: OnceLock<Vec<usize>>,
}

impl Deref for Jobs {
    type Target = [Job];

    fn deref(&self) -> &[Job] {
        &self.all
    }
}

impl From<Vec<Job>> for Jobs {
    fn from(all: Vec<Job>) -> Self {
        let by_name = all.iter().enumerate().map(|(at, job)| (job.name.as_str().into(), at)).collect();
        Self { all, by_name, in_order: OnceLock::new() }
    }
}

impl<'a> IntoIterator for &'a Jobs {
    type Item = &'a Job;
    type IntoIter = std::slice::Iter<'a, Job>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

impl Jobs {
    /// The job of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Job> {
        self.all.get(*self.by_name.get(name)?)
    }

    /// The jobs that matchers of the label `job` let through.
    #[must_use]
    pub fn fitting(&self, matchers: &[&Matcher]) -> Vec<&Job> {
        if let [matcher] = matchers
            && matcher.op == Op::Equal
        {
            return self.named(&matcher.value).into_iter().collect();
        }
        let fits = |job: &&Job| matchers.iter().all(|matcher| matcher.fits(&job.name));
        let begin = matchers.iter().map(|matcher| matcher.beginning()).max_by_key(|begin| begin.len());
        let begin = begin.unwrap_or_default();
        let jobs = self.in_order();
        let name = |at: usize| self.all[at].name.as_str();
        let from = jobs.partition_point(|at| name(*at) < begin);
        let near = jobs[from..].iter().copied().take_while(|at| name(*at).starts_with(begin));
        let mut found: Vec<usize> = near.collect();
        found.sort_unstable();
        found.into_iter().filter_map(|at| self.all.get(at)).filter(fits).collect()
    }

    fn in_order(&self) -> &[usize] {
        self.in_order.get_or_init(|| {
            let mut places: Vec<usize> = (0..self.all.len()).collect();
            places.sort_unstable_by_key(|at| self.all[*at].name.as_str());
            places
        })
    }
}

//! How long the last values of a test's series count for an alert, also by way of what records keep.

use crate::hash::HashMap;
use crate::platform::observe::{Query, Record};
use crate::promql;

/// Through how many records an alert is followed.
const MOST_RECORDS: usize = 50;

/// Records by their names, and what was found of them.
pub(super) struct Reach<'a> {
    records: HashMap<&'a str, Vec<&'a Record>>,
    known: HashMap<&'a str, Option<u64>>,
}

impl<'a> Reach<'a> {
    pub(super) fn new(records: &'a [Record]) -> Self {
        let mut by_name: HashMap<&str, Vec<&Record>> = HashMap::default();
        for record in records {
            by_name.entry(&record.name).or_default().push(record);
        }
        Self { records: by_name, known: HashMap::default() }
    }

    /// How many milliseconds behind the last value of all series a query may still have a result; `None` where it may
    /// have one without any series, or looks at other moments.
    pub(super) fn of(&mut self, query: &'a Query) -> Option<u64> {
        self.through(query, MOST_RECORDS)
    }

    fn through(&mut self, query: &'a Query, depth: usize) -> Option<u64> {
        let parsed = query.parsed.as_ref()?;
        if depth == 0 || !promql::needs_series(parsed) {
            return None;
        }
        let own = u64::try_from(promql::reach(parsed)?.as_millis()).unwrap_or(u64::MAX);
        let mut behind = 0;
        for selector in parsed.selectors() {
            // Those of alerts are written while rules are evaluated, and a selector without a name may mean any.
            let metric = selector.metric.as_deref().filter(|metric| !metric.starts_with("ALERTS"))?;
            behind = behind.max(self.record(metric, depth)?);
        }
        Some(own.saturating_add(behind))
    }

    /// How long what a record keeps is written behind the last value; nothing is of what is no record.
    fn record(&mut self, metric: &str, depth: usize) -> Option<u64> {
        let Some((name, own)) = self.records.get_key_value(metric).map(|(name, own)| (*name, own.clone()))
        else {
            return Some(0);
        };
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        // One that leads back to itself never ends.
        self.known.insert(name, None);
        let found = own
            .into_iter()
            .try_fold(0, |longest: u64, record| Some(longest.max(self.through(&record.query, depth - 1)?)));
        self.known.insert(name, found);
        found
    }
}

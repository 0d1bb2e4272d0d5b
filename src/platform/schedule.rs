//! The schedule of a service with `run = schedule`.

use crate::model::Overlap;
use crate::schema::Duration;

/// When a service runs, and what becomes of a run that comes too late or too early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The five fields of cron.
    pub cron: String,
    /// The time zone that the five fields are in, by its name in the IANA database; UTC where the source names none.
    pub zone: Option<String>,
    /// How late a run may start; any time where the source says nothing.
    pub deadline: Option<Duration>,
    /// What happens while the last run goes on; the new one is left out where the source says nothing.
    pub overlap: Overlap,
}

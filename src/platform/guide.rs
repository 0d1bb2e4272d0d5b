//! Guides: what operators of a platform need to know of a service.

/// What helps those who run a service.
#[derive(Debug, Clone, Default)]
pub struct Guide {
    /// What to do when it is down, in order.
    pub down: Vec<String>,
    /// What to look at when an alert fires, by its name.
    pub looks: Vec<(String, Vec<String>)>,
    /// Queries that show how it goes, each with what it shows.
    pub queries: Vec<(String, String)>,
    /// Commands in its container that show how it goes, each with what it shows.
    pub commands: Vec<(String, Vec<String>)>,
}

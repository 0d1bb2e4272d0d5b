//! Why connections exist.

/// Why a connection exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// `env`, `command`, `entrypoint` or `config` mentions it.
    Reference,
    /// `reaches` says so.
    Reaches,
    /// A site's route leads there.
    Route,
    /// Requests are handed on there.
    Forward,
    /// Metrics are scraped there.
    Scrape,
    /// Alerts are handed over there.
    Alerting,
    /// Dashboards show what is asked there.
    DataSource,
    /// A receiver is notified there.
    Receiver,
    /// A backup is taken there.
    Backup,
    /// A certificate is ordered there, or the way to its proof is tried.
    Certificate,
}

impl Cause {
    /// The cause in words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Reaches => "reaches",
            Self::Route => "route",
            Self::Forward => "forwards",
            Self::Scrape => "scrape",
            Self::Alerting => "alerting",
            Self::DataSource => "data source",
            Self::Receiver => "receiver",
            Self::Backup => "backup",
            Self::Certificate => "certificate",
        }
    }
}

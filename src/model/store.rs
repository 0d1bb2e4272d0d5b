//! Copies of data.

use crate::schema::{Constant, Duration, Reference, Word, block};

block! {
    /// A copy of data, made regularly.
    "backup" => Backup / BackupField {
        label name = "What it is called.";
        /// The instance whose data is copied; its component says how (`dump`).
        required of: Reference,
        /// Where the copies go: a bucket.
        required to: Reference,
        /// When, as cron says it, in UTC.
        required schedule: Constant,
        /// How long a copy is kept on the host.
        optional retention: Duration,
        /// After what time without a copy an alert fires.
        optional alert_after: Duration,
        /// Whether copies are taken to the bucket: a variable, or `true`.
        optional upload: Word,
        /// The account that they are taken there with.
        optional account: Reference,
    }
}

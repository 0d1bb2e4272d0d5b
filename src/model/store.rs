//! Copies of data, and places for them that are off the site.

use crate::schema::{
    Bytes, Constant, Cron, Duration, Integer, Placed, Reference, References, SecretName, Template, Word,
    block,
};

block! {
    /// A copy of data, made regularly.
    "backup" => Backup / BackupField {
        label name = "What it is called.";
        /// The instance whose data is copied: by the commands of its `dump`, or else its volumes with `backup = true`.
        required of: Reference,
        /// Where the copies go: a bucket, an `offsite`, or a list of them.
        required to: References,
        /// When, as cron says it, in UTC.
        required schedule: Cron,
        /// The age at which a copy on the host is removed. The newest verified one is kept at any age.
        optional retention: Placed<Duration>,
        /// How many verified copies are kept on the host at least; 7 where neither this nor `retention` is set, else 1.
        optional keep: Placed<Integer>,
        /// How much room its copies have on a cluster, where they lie in a claim of their own; where nothing is set, as
        /// much as the volumes of the service for each copy that is kept and the one being taken, eight at most.
        optional size: Bytes,
        /// After what time without a copy an alert fires; two days where nothing is set.
        optional alert_after: Placed<Duration>,
        /// Whether copies are taken to these places: a variable, or `true`.
        optional upload: Word,
        /// The account that they are taken to buckets with.
        optional account: Reference,
        /// The account that copies are read back with, where `account` may only write.
        optional reader: Reference,
        /// When a copy is restored into a scratch server and compared, as cron says it, in UTC.
        optional drill: Cron,
    }
}

block! {
    /// A bucket off the site, at any address that speaks S3.
    "offsite" => OffSite / OffSiteField {
        label name = "What it is called.";
        /// Its address: `https://s3.eu-central-1.amazonaws.com`.
        required endpoint: Constant,
        /// The name of the bucket there, which is there already.
        required bucket: Constant,
        /// The folder in the bucket.
        optional prefix: Constant,
        /// The region, as the provider calls it.
        optional region: Constant,
        /// The access key: a variable, a secret or text.
        required access_key: Template,
        /// The secret key.
        required secret_key: SecretName,
        /// The age at which the bucket's own rules remove objects.
        optional retention: Duration,
    }
}

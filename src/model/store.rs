//! Backups, and buckets outside the platform.

use crate::schema::{
    Bytes, Constant, Cron, Duration, Integer, Placed, Reference, References, SecretName, Template, Word,
    block,
};

block! {
    /// A copy of data, taken regularly.
    "backup" => Backup / BackupField {
        label name = "The name.";
        /// The instance with the data: its `dump` copies it, or else its volumes with `backup = true` are copied.
        required of: Reference,
        /// The places of the copies: a bucket, an `offsite`, or a list of them.
        required to: References,
        /// The times of the copies in cron's form, in UTC.
        required schedule: Cron,
        /// The age at which a copy on the host is removed. The newest verified one is kept at any age.
        optional retention: Placed<Duration>,
        /// The least number of verified copies on the host; 7 where neither this nor `retention` is set, else 1.
        optional keep: Placed<Integer>,
        /// The room of the copies on a cluster, in a claim of their own; by default as much as the volumes of the service for
        /// each kept copy and the one being taken, eight at most.
        optional size: Bytes,
        /// The time without a copy after which an alert fires; two days by default.
        optional alert_after: Placed<Duration>,
        /// Whether copies go to these places: a variable, or `true`.
        optional upload: Word,
        /// The account that writes to buckets: one of the instance that holds the bucket, with the bucket in its `write`.
        optional account: Reference,
        /// The account that reads copies back, where `account` may only write. Without one, uploads are not compared, and a
        /// restore from the bucket is not possible.
        optional reader: Reference,
        /// The times at which a copy is restored into a scratch server and compared, in cron's form, in UTC.
        optional drill: Cron,
    }
}

block! {
    /// A bucket outside the platform, at any address that speaks S3.
    "offsite" => OffSite / OffSiteField {
        label name = "The name.";
        /// The address: `https://s3.eu-central-1.amazonaws.com`.
        required endpoint: Constant,
        /// The name of the bucket, which exists already.
        required bucket: Constant,
        /// The folder in the bucket; in an environment its name by default, so that environments share no copies.
        optional prefix: Constant,
        /// The region in the provider's words.
        optional region: Constant,
        /// The access key: a variable, a secret or text.
        required access_key: Template,
        /// The secret key.
        required secret_key: SecretName,
        /// The age at which the bucket's own rules remove objects.
        optional retention: Duration,
    }
}

//! Backups: which data is copied where, and how the data of a service is copied.

use super::{AccountId, BucketId, Cause, EdgeEnd, InputId, Platform, Service, ServiceId, StoreId, Value};
use crate::model::{Protocol, VolumeCopy};
use crate::schema::{Bytes, Duration};
use crate::source::Span;

/// A copy of data, made regularly.
#[derive(Debug, Clone)]
pub struct Backup {
    /// What it is called.
    pub name: String,
    /// The service whose data is copied.
    pub of: ServiceId,
    /// The places that copies are taken to, in the order of the source.
    pub to: Vec<Destination>,
    /// Whether copies are taken there; `None` where the source leaves it open.
    pub upload: Option<Switch>,
    /// When, as cron says it, in UTC.
    pub schedule: String,
    /// The age at which a copy on the host is removed; the newest verified one is kept at any age.
    pub retention: Option<Duration>,
    /// How many verified copies are kept on the host at least; not zero.
    pub keep: u64,
    /// How much room its copies have on a cluster.
    pub size: Option<Bytes>,
    /// After what time without a copy an alert fires.
    pub alert_after: Duration,
    /// When a copy is restored into a scratch server, as cron says it, in UTC.
    pub drill: Option<String>,
    /// The place of its key and name.
    pub span: Span,
    /// The place that names the service.
    pub of_span: Span,
}

/// How many copies are kept where the source says nothing.
pub const KEEP: u64 = 7;

/// After what time without a copy an alert fires where the source says nothing: two runs of a nightly backup.
pub const ALERT_AFTER: Duration = Duration(2 * 86_400_000);

/// A place that copies are taken to.
#[derive(Debug, Clone)]
pub struct Destination {
    /// What it is.
    pub kind: DestinationKind,
    /// The place that names it.
    pub span: Span,
}

/// What copies are taken to.
#[derive(Debug, Clone, Copy)]
pub enum DestinationKind {
    /// A bucket of the platform.
    Bucket {
        /// The bucket.
        bucket: BucketId,
        /// The account that puts copies there.
        account: Option<AccountId>,
        /// The account that reads them back.
        reader: Option<AccountId>,
    },
    /// A bucket off the site.
    Store(StoreId),
}

/// A bucket off the site.
#[derive(Debug, Clone)]
pub struct OffSite {
    /// What it is called.
    pub name: String,
    /// Its address, without a slash at the end.
    pub endpoint: String,
    /// The name of the bucket there.
    pub bucket: String,
    /// The folder in the bucket, without slashes around it; empty where there is none.
    pub prefix: String,
    /// The region.
    pub region: Option<String>,
    /// The access key.
    pub access_key: Value,
    /// The secret key.
    pub secret_key: InputId,
    /// The age at which the bucket's own rules remove objects.
    pub retention: Option<Duration>,
    /// The place of its key and name.
    pub span: Span,
}

/// What is on, off, or decided by the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    Always,
    /// Off.
    Never,
    /// On where the variable says `true`.
    Variable(InputId),
}

/// The flag by which the exporter of a host reads files of metrics (prometheus/node_exporter README, "Textfile Collector").
const TEXTFILES: &str = "--collector.textfile.directory=";

impl Platform {
    /// The folder of the host whose files an exporter of the platform reads metrics from; `None` where there is no such exporter.
    #[must_use]
    pub fn textfile_folder(&self) -> Option<String> {
        self.services.iter().find_map(|service| {
            let mut words = service.command.iter().flatten().filter_map(Value::as_literal);
            let inside = words.find_map(|word| word.strip_prefix(TEXTFILES))?;
            let of = |bind: &super::HostPath| {
                let below = inside.strip_prefix(bind.path.trim_end_matches('/'))?;
                (below.is_empty() || below.starts_with('/'))
                    .then(|| format!("{}{below}", bind.source.trim_end_matches('/')))
            };
            service
                .binds
                .iter()
                .filter_map(|bind| Some((bind.path.len(), of(bind)?)))
                .max()
                .map(|(_, path)| path)
        })
    }

    /// The address of the server that holds a bucket: `http://minio:9000`.
    #[must_use]
    pub fn bucket_endpoint(&self, bucket: BucketId) -> Option<String> {
        let service = &self[self[bucket].of];
        let port = service.http_port()?;
        let scheme = if port.protocol == Protocol::Https { "https" } else { "http" };
        Some(format!("{scheme}://{}:{}", service.name, port.number))
    }

    /// What copies of a place are kept for by the rules of its bucket; `None` where they stay.
    #[must_use]
    pub fn kept_at(&self, destination: DestinationKind) -> Option<Duration> {
        match destination {
            DestinationKind::Bucket { bucket, .. } => self[bucket].retention,
            DestinationKind::Store(store) => self[store].retention,
        }
    }

    /// The name of a place, as the source writes it: `minio.backups`, `offsite`.
    #[must_use]
    pub fn destination_name(&self, destination: DestinationKind) -> String {
        match destination {
            DestinationKind::Bucket { bucket, .. } => {
                format!("{}.{}", self[self[bucket].of].path, self[bucket].name)
            }
            DestinationKind::Store(store) => self[store].name.clone(),
        }
    }
}

/// A volume whose files are copied.
#[derive(Debug, Clone, Copy)]
pub struct CopiedVolume<'a> {
    /// What artifacts call it.
    pub name: &'a str,
    /// Where it is in the service.
    pub path: &'a str,
    /// When its files are a valid copy.
    pub copy: VolumeCopy,
}

impl Platform {
    /// The volumes of a service whose files are copied: those with `backup = true`, where it has no `dump`. Of a shared one
    /// nothing says that its files are a valid copy while services run that write to it.
    pub fn copied_volumes<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = CopiedVolume<'a>> {
        let own = service.volumes.iter().filter(|volume| volume.backup);
        let own = own.map(|it| CopiedVolume { name: &it.name, path: &it.path, copy: it.copy });
        let shared = service.mounts.iter().filter(|mount| self[mount.volume].backup);
        let shared = shared.map(|it| CopiedVolume {
            name: &self[it.volume].name,
            path: &it.path,
            copy: VolumeCopy::Stopped,
        });
        own.chain(shared).filter(|_| service.dump.is_none())
    }

    /// The services that stand still while the volumes of one are copied: itself, and those that write to the same volumes.
    #[must_use]
    pub fn stopped_for_copies(&self, service: &Service) -> Vec<&Service> {
        if !self.copied_volumes(service).any(|volume| volume.copy == VolumeCopy::Stopped) {
            return Vec::new();
        }
        let shared = |other: &Service| {
            other.mounts.iter().any(|mount| {
                let copied = service.mounts.iter().any(|own| own.volume == mount.volume);
                copied && !mount.read_only && self[mount.volume].backup
            })
        };
        self.services.iter().filter(|other| other.id == service.id || shared(other)).collect()
    }

    /// What works with the data of a service: services that reach it by a reference, other than its own parts and jobs.
    #[must_use]
    pub fn users_of(&self, service: &Service) -> Vec<&Service> {
        let mut users: Vec<&Service> = Vec::new();
        for edge in &self.edges {
            let reaches = matches!(edge.to, EdgeEnd::Service(to, _) if to == service.id)
                && matches!(edge.cause, Cause::Reference | Cause::Reaches);
            let from = &self[edge.from];
            let own = from.id == service.id || from.parent == Some(service.id);
            if reaches && !own && !from.is_job() && users.iter().all(|user| user.id != from.id) {
                users.push(from);
            }
        }
        users
    }
}

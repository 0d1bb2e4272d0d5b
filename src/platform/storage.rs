//! Storage: volumes, mounts, paths of the host and paths in memory.

use smol_str::SmolStr;

use super::{Platform, Runtime, Service, Value, Version, VolumeId};
use crate::formats::Format;
use crate::model::{Propagation, VolumeCopy};
use crate::schema::Bytes;
use crate::source::Span;

/// The size of a path in memory where the source says none.
pub const MEMORY_PATH: Bytes = Bytes(64 << 20);

/// The path in memory that every service has whose root file system cannot be written to.
pub const TEMPORARY: &str = "/tmp";

/// A volume that several services share.
#[derive(Debug, Clone)]
pub struct SharedVolume {
    /// What it is called.
    pub name: String,
    /// What is kept there.
    pub description: Option<String>,
    /// How much it holds; as much as there is where the source says nothing.
    pub size: Option<Bytes>,
    /// Whether it is part of a backup.
    pub backup: bool,
    /// Whether several services may write to it at the same time.
    pub concurrent: bool,
    /// The place of its key and name.
    pub span: Span,
}

/// A volume of a service.
#[derive(Debug, Clone)]
pub struct OwnVolume {
    /// What artifacts call it: `mongodb-data`.
    pub name: String,
    /// Where it is in the container.
    pub path: String,
    /// What is kept there.
    pub description: Option<String>,
    /// How much it holds; as much as there is where the source says nothing.
    pub size: Option<Bytes>,
    /// Whether it is part of a backup.
    pub backup: bool,
    /// When its files are a valid copy.
    pub copy: VolumeCopy,
    /// Whether the service only reads it.
    pub read_only: bool,
    /// The place of its key and name.
    pub span: Span,
}

impl OwnVolume {
    /// Its name in the pods of its own service: `data` of `mongodb-data`.
    #[must_use]
    pub fn short(&self, service: &Service) -> &str {
        self.name.strip_prefix(&service.name).map_or(self.name.as_str(), |rest| rest.trim_start_matches('-'))
    }
}

/// A shared volume in a service.
#[derive(Debug, Clone)]
pub struct SharedMount {
    /// The volume.
    pub volume: VolumeId,
    /// Where it is in the container.
    pub path: String,
    /// Whether the service only reads it.
    pub read_only: bool,
    /// The place.
    pub span: Span,
}

/// A folder of what a target writes, in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mounted {
    /// The target.
    pub target: &'static Format,
    /// The folder, below the target's own; `""` is that one.
    pub folder: &'static str,
    /// Where it is in the container.
    pub path: String,
}

impl Mounted {
    /// The folder below the output folder, for the service that mounts it.
    #[must_use]
    pub fn source(&self, service: &Service) -> String {
        let slash = if self.folder.is_empty() { "" } else { "/" };
        format!("{}{slash}{}", self.target.folder_of(service), self.folder)
    }
}

/// What a target writes to start a program with that reads its files again when they have changed.
pub const RUN: &str = "run.sh";

impl Platform {
    /// Whether a service reads a folder of a target again by itself when a file of it has changed: it is started by a program
    /// that looks at them, or by a flag that makes it look.
    #[must_use]
    pub fn reads_again(&self, service: &Service, mounted: &Mounted) -> bool {
        let program = format!("{}/{RUN}", mounted.path.trim_end_matches('/'));
        let words = || service.entrypoint.iter().chain(&service.command).flatten();
        let has = |flag: &str| words().filter_map(Value::as_literal).any(|word| word == flag);
        let by_flag = |flag: &str| has(flag) || self.reload_flag(service) == Some(flag);
        has(&program) || self.reloads_by(service, mounted).is_some_and(by_flag)
    }

    /// The flag to add to the command of a service, so that it reads the files of a target again by itself: on Kubernetes, where
    /// the files of a pod that runs are exchanged.
    #[must_use]
    pub fn reload_flag(&self, service: &Service) -> Option<&str> {
        let command = service.command.as_ref().filter(|_| self.runtime == Runtime::Kubernetes)?;
        let flag = service.artifacts.iter().find_map(|mounted| self.reloads_by(service, mounted))?;
        let says = |word: &Value| word.as_literal().is_some_and(|word| word.split('=').next() == Some(flag));
        (!command.iter().any(says)).then_some(flag)
    }

    /// The flag with which a service would read a folder of a target again by itself; `None` where its version has none.
    fn reloads_by(&self, service: &Service, mounted: &Mounted) -> Option<&str> {
        let facts = self.facts(service)?;
        let (since, flag) = facts.reload_flag.as_ref()?;
        let tag = service.image_name.as_ref()?.tag.as_deref()?;
        let path = mounted.path.trim_end_matches('/');
        let lies = facts.reloads.iter().any(|folder| {
            path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        (lies && Version::of_tag(tag)? >= *since).then_some(flag)
    }
}

impl Format {
    /// The folder of what it writes for a service, below the output folder.
    #[must_use]
    pub fn folder_of(&self, service: &Service) -> String {
        if self.per_reader { format!("{}/{}", self.root, service.name) } else { self.root.to_owned() }
    }
}

/// A path of the host in a service.
#[derive(Debug, Clone)]
pub struct HostPath {
    /// The host's path.
    pub source: String,
    /// Where it is in the container.
    pub path: String,
    /// Whether the service only reads it.
    pub read_only: bool,
    /// Whether mounts below it appear in the container, too.
    pub propagation: Option<Propagation>,
}

/// A path in memory: one of the source, or one that a service needs whose root file system cannot be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryPath {
    /// Where it is in the container.
    pub path: SmolStr,
    /// How much it holds.
    pub size: Bytes,
    /// Whether the service needs it, and the source does not ask for memory.
    pub derived: bool,
}

//! Files that the compiler writes for a service: where they stand beside the compose file, and how
//! they get into the container.

use indexmap::IndexSet;

use crate::emit;
use crate::platform::{Platform, Service};
use crate::target::{Artifact, Files, digest};

/// What containers see of generated files.
pub(super) struct Seen<'a> {
    /// Whose containers they are.
    pub(super) platform: &'a Platform,
    /// Those of other targets.
    pub(super) mounted: &'a Files<'a>,
    /// Those that this target writes.
    pub(super) configs: Files<'a>,
}

impl Seen<'_> {
    /// Changes with whatever a service sees; `None` where that is nothing.
    pub(super) fn digest(&self, service: &Service) -> Option<String> {
        let mounted = service.artifacts.iter().filter(|mounted| !self.platform.reads_again(service, mounted));
        let mounted =
            mounted.flat_map(|mounted| self.mounted.below(&mounted.source(service)).iter().copied());
        let files = self.configs.below(&folder(service)).iter().copied().chain(mounted);
        Some(digest(files)?.short())
    }
}

/// The files of a service, below the output folder.
fn folder(service: &Service) -> String {
    format!("docker/config/{}", service.name)
}

/// What the container sees: a path beside the compose file, and the path inside.
pub(super) fn mounts(service: &Service) -> Vec<(String, String)> {
    let mut mounts: IndexSet<(String, String)> = IndexSet::new();
    for config in &service.configs {
        let seen = config.whole_folder().map_or_else(|| config.below_root(), str::to_owned);
        mounts.insert((format!("./config/{}/{seen}", service.name), format!("/{seen}")));
    }
    mounts.into_iter().collect()
}

/// The files of a service, each under the path it has in the container.
pub(super) fn artifacts<'a>(
    service: &'a Service,
    header: &'a [String],
) -> impl Iterator<Item = Artifact> + 'a {
    service.configs.iter().map(|config| {
        let path = config.below_root();
        // A file of the project is passed on byte for byte.
        let content = if config.from_file {
            config.content.clone()
        } else {
            emit::with_header(&path, header, &config.content)
        };
        Artifact::new(format!("{}/{path}", folder(service)), content).with_mode(config.mode)
    })
}

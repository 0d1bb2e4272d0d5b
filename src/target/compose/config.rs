//! Files that the compiler writes for a service: where they stand beside the compose file, and how
//! they get into the container.

use indexmap::IndexSet;

use crate::emit;
use crate::platform::Service;
use crate::target::Artifact;

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
        Artifact {
            // A file of the project is passed on byte for byte.
            content: if config.from_file {
                config.content.clone()
            } else {
                emit::with_header(&path, header, &config.content)
            },
            path: format!("docker/config/{}/{path}", service.name),
            mode: config.mode,
        }
    })
}

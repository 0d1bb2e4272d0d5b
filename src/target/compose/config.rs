//! Files that the compiler writes for a service: where they stand beside the compose file, and how
//! they get into the container.

use indexmap::IndexSet;

use crate::emit;
use crate::platform::Service;
use crate::target::{Artifact, FILE, PROGRAM};

/// Folders that images keep empty for files from outside, to be mounted as a whole.
///
/// Every other file is mounted by itself, since a folder would hide what the image holds there. A file
/// that is mounted by itself keeps its old content until the container is restarted, because it is
/// replaced by another one, not written to (moby/moby#15793).
const FOLDERS: &[&str] = &[
    // docker-entrypoint.sh of the databases of docker-library, which have it from one another.
    "docker-entrypoint-initdb.d",
];

/// What the container sees: a path beside the compose file, and the path inside.
pub(super) fn mounts(service: &Service) -> Vec<(String, String)> {
    let mut mounts: IndexSet<(String, String)> = IndexSet::new();
    for config in &service.configs {
        let path = below_root(&config.path);
        let seen = FOLDERS.iter().copied().find(|folder| lies_in(&path, folder)).unwrap_or(&path);
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
        let path = below_root(&config.path);
        Artifact {
            // A file of the project is passed on byte for byte.
            content: if config.from_file {
                config.content.clone()
            } else {
                emit::with_header(&path, header, &config.content)
            },
            path: format!("docker/config/{}/{path}", service.name),
            mode: config.mode.unwrap_or_else(|| mode(&config.content)),
        }
    })
}

/// The mode of a file that says none.
fn mode(content: &str) -> u32 {
    if content.starts_with("#!") { PROGRAM } else { FILE }
}

/// An absolute path without its first `/`, and without parts that lead elsewhere.
fn below_root(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    parts.join("/")
}

fn lies_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

//! What stands in a container's file system beside its image.

use super::file::{Bind, Mount};
use super::{config, text};
use crate::emit::FlowMap;
use crate::platform::{MemoryPath, Platform, Propagation, Service};

/// Volumes, then files that are written for the service, by this target and others, then paths of the host.
pub(super) fn volumes(platform: &Platform, service: &Service) -> Vec<Mount> {
    let own = service
        .volumes
        .iter()
        .map(|volume| mount("volume", &volume.name, &volume.path, volume.read_only, None));
    let shared = service
        .mounts
        .iter()
        .map(|shared| mount("volume", &platform[shared.volume].name, &shared.path, shared.read_only, None));
    let configs =
        config::mounts(service).into_iter().map(|(source, path)| mount("bind", &source, &path, true, None));
    // Both stand below the output folder, wherever that is.
    let artifacts = service
        .artifacts
        .iter()
        .map(|mounted| mount("bind", &format!("../{}", mounted.source(service)), &mounted.path, true, None));
    let binds = service.binds.iter().map(|bind| {
        let propagation = bind.propagation.map(Propagation::word);
        mount("bind", &from_compose_file(platform, &bind.source), &bind.path, bind.read_only, propagation)
    });
    own.chain(shared).chain(configs).chain(artifacts).chain(binds).collect()
}

/// A path of the project as the compose file sees it from its folder `docker/`. Others stay.
pub(super) fn from_compose_file(platform: &Platform, path: &str) -> String {
    match platform.project.as_str() {
        "." => below("..", path),
        project => below(&format!("../{project}"), path),
    }
}

fn below(project: &str, path: &str) -> String {
    if path.starts_with(['/', '~']) || path.contains("://") {
        return path.to_owned();
    }
    match path.trim_start_matches("./").trim_end_matches('/') {
        "" | "." => project.to_owned(),
        path => format!("{project}/{path}"),
    }
}

pub(super) fn mount(
    kind: &'static str,
    source: &str,
    path: &str,
    read_only: bool,
    propagation: Option<&'static str>,
) -> Mount {
    let (source, target) = (text::literal(source), text::literal(path));
    if source.contains(':') || target.contains(':') {
        let bind = propagation.map(|propagation| FlowMap(Bind { propagation }));
        return Mount::Long { r#type: kind, source, target, read_only, bind };
    }
    let options: Vec<&str> = read_only.then_some("ro").into_iter().chain(propagation).collect();
    let colon = if options.is_empty() { "" } else { ":" };
    Mount::Short(format!("{source}:{target}{colon}{}", options.join(",")))
}

/// Paths in memory. Everybody may write there, since Docker gives such a path to root.
pub(super) fn tmpfs(service: &Service) -> Vec<String> {
    let option = |memory: &MemoryPath| {
        let size = text::size(memory.size).to_lowercase();
        format!("{}:size={size},mode=1777", text::literal(&memory.path))
    };
    service.memory_paths.iter().map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn paths_of_the_project_are_seen_from_the_compose_file() {
        for (path, expected) in [
            (".", ".."),
            ("./worker", "../worker"),
            ("worker/", "../worker"),
            ("../other", "../../other"),
            ("/srv/x", "/srv/x"),
            ("https://example.com/x.git#main", "https://example.com/x.git#main"),
        ] {
            assert_eq!(below("..", path), expected);
        }
    }
}

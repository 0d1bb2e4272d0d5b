//! Where a service keeps what it writes: volumes, mounts, paths of the host and paths in memory.

use smallvec::SmallVec;

use super::absolute::expect_absolute;
use super::constant::literal;
use super::text::Texts;
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::HashSet;
use crate::model;
use crate::platform::{
    HostPath, ImageFacts, MEMORY_PATH, MemoryPath, OwnVolume, Service, SharedMount, TEMPORARY, VolumeId,
};
use crate::schema::Constant;
use crate::source::Span;

pub(super) fn volumes(block: &model::Service, name: &str, texts: &mut Texts<'_>) -> Vec<OwnVolume> {
    let volumes = block.volume.iter().map(|volume| OwnVolume {
        name: format!("{name}-{}", volume.name.text),
        path: absolute(&volume.path, texts),
        description: volume.description.as_ref().map(|text| literal(text).to_owned()),
        size: volume.size,
        backup: volume.backup.unwrap_or(false),
        copy: volume.copy.unwrap_or(model::VolumeCopy::Stopped),
        read_only: volume.read_only.unwrap_or(false),
        span: volume.span,
    });
    volumes.collect()
}

pub(super) fn mounts(block: &model::Service, texts: &mut Texts<'_>) -> Vec<SharedMount> {
    let mut mounts = Vec::with_capacity(block.mount.len());
    for mount in &block.mount {
        let path = crate::syntax::Path {
            segments: vec![mount.name.text.clone()],
            span: mount.name.span,
            scope: crate::syntax::Scope::Platform,
        };
        let Some(at) = texts.own_namespace(&path, "volume", &texts.names.volumes) else { continue };
        mounts.push(SharedMount {
            volume: VolumeId(at),
            path: absolute(&mount.path, texts),
            read_only: mount.read_only.unwrap_or(false),
            span: mount.span,
        });
    }
    mounts
}

pub(super) fn binds(block: &model::Service, texts: &mut Texts<'_>) -> Vec<HostPath> {
    for tmpfs in &block.tmpfs {
        expect_absolute(&tmpfs.path.text, tmpfs.path.span, texts);
    }
    for bind in &block.bind {
        let source = bind.source.text.as_str();
        if !source.starts_with('/') && crate::source::join("", source).is_none() {
            texts.sink.report(
                Diagnostic::new(codes::IMP003, format!("`{source}` leads out of the project"))
                    .at(bind.source.span, "relative paths stay below the project")
                    .help("a path of the host starts with `/`"),
            );
        }
    }
    let binds = block.bind.iter().map(|bind| HostPath {
        source: bind.source.text.as_str().to_owned(),
        path: absolute(&bind.path, texts),
        read_only: bind.read_only.unwrap_or(false),
        propagation: bind.propagation,
    });
    binds.collect()
}

/// Its paths in memory: those of the source, and, where its root file system cannot be written to, those that its
/// image writes to and [`TEMPORARY`], unless something else is mounted there.
pub(super) fn memory_paths(
    service: &Service,
    block: &model::Service,
    facts: Option<&ImageFacts>,
) -> SmallVec<[MemoryPath; 1]> {
    let said = block.tmpfs.iter().map(|tmpfs| MemoryPath {
        path: tmpfs.path.text.clone(),
        size: tmpfs.size.unwrap_or(MEMORY_PATH),
        derived: false,
    });
    let mut paths: SmallVec<[MemoryPath; 1]> = said.collect();
    if !service.is_read_only() {
        return paths;
    }
    let writes = facts.map(|facts| facts.writes.as_slice()).unwrap_or_default();
    let needed = writes.iter().map(String::as_str).chain([TEMPORARY]);
    let mounted = |path: &str| {
        service.volumes.iter().any(|volume| volume.path == path)
            || service.mounts.iter().any(|mount| mount.path == path)
            || service.binds.iter().any(|bind| bind.path == path)
            || block.tmpfs.iter().any(|tmpfs| tmpfs.path.text == path)
    };
    paths.extend(needed.filter(|path| !mounted(path)).map(|path| MemoryPath {
        path: path.into(),
        size: MEMORY_PATH,
        derived: true,
    }));
    paths
}

/// Reports two things that are mounted in the same place, and files where another file's folder is.
pub(super) fn one_place_each(service: &Service, texts: &mut Texts<'_>) {
    let block = texts.names.block(service.id);
    let volumes = service.volumes.iter().zip(&block.volume);
    let volumes = volumes.map(|(volume, said)| (volume.path.as_str(), said.path.span));
    let mounts = service.mounts.iter().map(|mount| (mount.path.as_str(), mount.span));
    let binds =
        service.binds.iter().zip(&block.bind).map(|(bind, said)| (bind.path.as_str(), said.path.span));
    let memory = block.tmpfs.iter().map(|tmpfs| (tmpfs.path.text.as_str(), tmpfs.path.span));
    let configs = service.configs.iter().map(|config| (config.path.as_str(), config.span));
    let artifacts = block.artifacts.iter().map(|folder| (folder.path.text.as_str(), folder.path.span));
    let mut places: Vec<(&str, Span)> =
        volumes.chain(mounts).chain(binds).chain(memory).chain(configs).chain(artifacts).collect();
    if places.len() < 2 {
        return;
    }
    places.sort_unstable();
    not_in_artifacts(service, &places, texts);
    let files: HashSet<&str> = service.configs.iter().map(|config| config.path.as_str()).collect();
    for pair in places.windows(2) {
        let [(first, first_span), (second, second_span)] = pair else { continue };
        let file = files.contains(first);
        let below = second.strip_prefix(first).is_some_and(|rest| rest.starts_with('/'));
        if first == second || (file && below) {
            texts.sink.report(
                Diagnostic::new(codes::NAM002, format!("`{second}` of `{}` is taken twice", service.path))
                    .at(*second_span, "this one")
                    .at(*first_span, "and this one")
                    .help("each path in a container holds one thing"),
            );
        }
    }
}

/// Reports what is mounted below a folder that a target writes: the container has that folder to be read only, so the engine
/// cannot make a file or a folder in it to mount something at. A folder that the target itself writes there is no such thing.
fn not_in_artifacts(service: &Service, places: &[(&str, Span)], texts: &mut Texts<'_>) {
    for mounted in &service.artifacts {
        let mut declared = texts.names.block(service.id).artifacts.iter();
        let Some(said) = declared.find(|said| said.path.text == mounted.path) else {
            continue;
        };
        let folder = format!("{}/", mounted.path.trim_end_matches('/'));
        let first = places.partition_point(|(path, _)| *path < folder.as_str());
        // A point of partition lies within the list, or at its end.
        let below = places[first..].iter().take_while(|(path, _)| path.starts_with(&folder));
        for (path, span) in below {
            let own = format!("{}/{}", mounted.folder, &path[folder.len()..]);
            let own = own.trim_matches('/');
            if own.is_empty() || mounted.target.folders.contains(&own) {
                continue;
            }
            texts.sink.report(
                Diagnostic::new(
                    codes::VOL006,
                    format!(
                        "`{path}` of `{}` cannot be mounted: the folder above is read-only",
                        service.path
                    ),
                )
                .at(*span, "this one")
                .at(
                    said.path.span,
                    format!("the folder above, which the target {} writes", mounted.target.name),
                )
                .help(
                    mounted
                        .target
                        .adds
                        .unwrap_or("mount it elsewhere, at a path that the program reads as well"),
                ),
            );
        }
    }
}

fn absolute(path: &Constant, texts: &mut Texts<'_>) -> String {
    let text = texts.constant(path);
    expect_absolute(&text, path.span, texts);
    text
}

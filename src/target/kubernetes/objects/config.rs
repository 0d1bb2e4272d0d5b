//! ConfigMaps: files that the compiler writes for a service, and those of other targets that it mounts.
//!
//! Their names stay, whatever is in them: a pod that starts again while a new version is rolled out finds its files, and
//! a rollback finds something to go back to. What does not read its files again gets a checksum, which starts it anew.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{Context, labels};
use crate::emit;
use crate::hash::{HashSet, IndexMap};
use crate::platform::{ConfigFile, FILE, Service};
use crate::target::kubernetes::object::{Object, Stage};
use crate::target::{Artifact, digest, generated};

/// How much of a ConfigMap is filled before the next one is begun: a client that applies keeps a copy in an annotation, which has
/// room for 256 KiB (kubernetes/apimachinery:pkg/api/validation/objectmeta.go, `TotalAnnotationSizeLimitB`).
const ROOM: usize = 200 << 10;

/// A file as a ConfigMap holds it.
#[derive(Debug)]
pub(super) struct File {
    pub(super) key: String,
    /// Its path in the volume.
    pub(super) path: String,
    /// Where the container sees it.
    pub(super) at: String,
    /// Its mode, where it is not the usual one.
    pub(super) mode: Option<u32>,
    content: String,
}

/// A ConfigMap.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) name: String,
    pub(super) files: Vec<File>,
}

/// Where files are mounted.
#[derive(Debug)]
pub(super) enum Mount {
    /// As a folder, which holds nothing else.
    Folder(String),
    /// Each by itself, since its folder holds files of the image.
    Files(Vec<Place>),
}

/// Where one file is mounted.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) at: String,
}

/// Files that one volume brings.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) volume: String,
    pub(super) maps: Vec<Map>,
    pub(super) mount: Mount,
}

/// Everything that a service gets as files, by volumes.
pub(super) fn of(cluster: &Context<'_>, service: &Service) -> Vec<Config> {
    let mut configs = own(cluster, service);
    for mounted in &service.artifacts {
        let source = mounted.source(service);
        let suffix = if mounted.folder.is_empty() {
            mounted.target.name.to_owned()
        } else {
            // The whole path: two folders may end with the same word.
            format!("{}-{}", mounted.target.name, mounted.folder.replace('/', "-"))
        };
        let files =
            cluster.mounted(service, mounted).map(|artifact| of_target(artifact, &source, &mounted.path));
        let files = files.collect();
        let maps = split(&format!("{}-{suffix}", service.name), files);
        configs.push(Config { volume: suffix, maps, mount: Mount::Folder(mounted.path.clone()) });
    }
    configs
}

fn of_target(artifact: &Artifact, source: &str, folder: &str) -> File {
    let path = artifact.path.strip_prefix(source).unwrap_or(&artifact.path).trim_start_matches('/');
    File {
        key: path.replace('/', "_"),
        at: format!("{}/{path}", folder.trim_end_matches('/')),
        path: path.to_owned(),
        mode: (artifact.mode != FILE).then_some(artifact.mode),
        content: artifact.content.clone(),
    }
}

/// The files that the source writes for a service. Those of a folder that its image keeps empty for them are mounted as
/// that folder.
fn own(cluster: &Context<'_>, service: &Service) -> Vec<Config> {
    let header = [generated(cluster.platform)];
    let mut folders: IndexMap<&str, Vec<File>> = IndexMap::default();
    let mut single = Vec::new();
    for config in &service.configs {
        let path = config.below_root();
        let content = if config.from_file {
            config.content.clone()
        } else {
            emit::with_header(&path, &header, &config.content)
        };
        match config.whole_folder() {
            Some(folder) => {
                let below = path.strip_prefix(folder).unwrap_or(&path).trim_start_matches('/').to_owned();
                folders.entry(folder).or_default().push(file(config, below, content));
            }
            None => single.push(file(config, path, content)),
        }
    }
    let of_folders = folders.into_iter().map(|(folder, files)| {
        let last = folder.rsplit('/').next().unwrap_or(folder);
        let maps = split(&format!("{}-{last}", service.name), files);
        Config { volume: last.to_owned(), maps, mount: Mount::Folder(format!("/{folder}")) }
    });
    let mut configs: Vec<Config> = of_folders.collect();
    if !single.is_empty() {
        let places =
            single.iter().map(|file| Place { path: file.path.clone(), at: file.at.clone() }).collect();
        let maps = split(&format!("{}-files", service.name), single);
        configs.push(Config { volume: "files".to_owned(), maps, mount: Mount::Files(places) });
    }
    configs
}

fn file(config: &ConfigFile, path: String, content: String) -> File {
    File {
        key: path.replace('/', "_"),
        path,
        at: format!("/{}", config.below_root()),
        mode: (config.mode != FILE).then_some(config.mode),
        content,
    }
}

/// Divides files among ConfigMaps, each with as much as a client can apply. Keys are made what they may be: letters, digits,
/// `-`, `_` and `.`.
fn split(name: &str, files: Vec<File>) -> Vec<Map> {
    let mut maps = vec![Map { name: name.to_owned(), files: Vec::new() }];
    let mut room = ROOM;
    let mut taken: HashSet<String> = HashSet::default();
    for mut file in files {
        file.key = file
            .key
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' })
            .collect();
        while !taken.insert(file.key.clone()) {
            file.key.push('_');
        }
        let size = file.content.len();
        let full = size > room && maps.last().is_some_and(|map| !map.files.is_empty());
        if full {
            let number = maps.len() + 1;
            maps.push(Map { name: format!("{name}-{number}"), files: Vec::new() });
            room = ROOM;
        }
        room = room.saturating_sub(size);
        if let Some(map) = maps.last_mut() {
            map.files.push(file);
        }
    }
    maps
}

/// The ConfigMaps of a service.
pub(super) fn objects(
    cluster: &Context<'_>,
    service: &Service,
    configs: &[Config],
    file: &str,
) -> Vec<Object> {
    let platform = cluster.platform;
    // A folder that is mounted at two paths is one ConfigMap.
    let mut seen: HashSet<&str> = HashSet::default();
    let maps = configs.iter().flat_map(|config| &config.maps).filter(|map| seen.insert(&map.name));
    let object = |map: &Map| {
        let data: BTreeMap<String, String> =
            map.files.iter().map(|file| (file.key.clone(), file.content.clone())).collect();
        let out = ConfigMap {
            metadata: ObjectMeta {
                name: Some(map.name.clone()),
                namespace: Some(platform.namespace_of(service)),
                labels: Some(labels::of_service(platform, service)),
                ..ObjectMeta::default()
            },
            data: Some(data),
            ..ConfigMap::default()
        };
        Object::new(file, Stage::Config, &out)
    };
    maps.map(object).collect()
}

/// Changes with the files that a service sees and does not read again by itself; `None` where there are none.
pub(super) fn checksum(cluster: &Context<'_>, service: &Service) -> Option<String> {
    let header = [generated(cluster.platform)];
    let own: Vec<Artifact> = service
        .configs
        .iter()
        .map(|config| {
            let path = config.below_root();
            let content = emit::with_header(&path, &header, &config.content);
            Artifact::new(path, content).with_mode(config.mode)
        })
        .collect();
    let mounted = service.artifacts.iter().filter(|mounted| !cluster.platform.reads_again(service, mounted));
    let mounted = mounted.flat_map(|mounted| cluster.mounted(service, mounted));
    Some(digest(own.iter().chain(mounted))?.short())
}

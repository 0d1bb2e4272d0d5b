//! Volumes: data that is lost with the container, and data that two write.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashSet;
use crate::origins::Origins;
use crate::platform::{Account, BucketId, DestinationKind, Grant, MemoryPath, Platform, Service, ServiceId};
use crate::source::Span;

/// VOL001: data that is lost with the container.
pub(super) fn data(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        // A job of the same image keeps nothing: it uses its programs.
        if service.is_job() {
            continue;
        }
        let Some(facts) = platform.facts(service) else { continue };
        for path in facts.data.iter().filter(|path| !kept(service, path)) {
            sink.report(
                Diagnostic::new(
                    codes::VOL001,
                    format!("`{}` keeps data in `{path}`, which is on no volume", service.path),
                )
                .about(&service.path)
                .at(service.span, "its data is lost with the container")
                .at_maybe(service.base_name.as_ref().map(|name| name.span), "the image")
                .help(format!(
                    "write `volume data = \"{path}\"`; or `tmpfs \"{path}\"`, where it may be lost"
                )),
            );
        }
    }
}

/// The paths in memory that the source asks for.
fn asked(service: &Service) -> impl Iterator<Item = &MemoryPath> {
    service.memory_paths.iter().filter(|path| !path.derived)
}

/// Whether a path outlives the container or is said not to.
fn kept(service: &Service, path: &str) -> bool {
    let volumes = service.volumes.iter().map(|volume| volume.path.as_str());
    let mounts = service.mounts.iter().map(|mount| mount.path.as_str());
    let binds = service.binds.iter().map(|bind| bind.path.as_str());
    let memory = asked(service).map(|memory| memory.path.as_str());
    // Not a folder above it: where the image declares a volume, that lies over what is mounted above.
    volumes
        .chain(mounts)
        .chain(binds)
        .chain(memory)
        .any(|mounted| mounted.trim_end_matches('/') == path.trim_end_matches('/'))
}

/// VOL007: a bucket that no account has a right on, no backup goes to, and no service mentions.
pub(super) fn unused_buckets(platform: &Platform, sink: &mut Sink) {
    let grants =
        |account: &Account| [&account.read, &account.write, &account.delete].map(Vec::clone).concat();
    let mut used: HashSet<BucketId> = HashSet::default();
    used.extend(platform.accounts.iter().flat_map(grants).filter_map(|grant| match grant {
        Grant::Bucket(bucket) => Some(bucket),
        _ => None,
    }));
    used.extend(platform.backups.iter().flat_map(|backup| &backup.to).filter_map(|to| match to.kind {
        DestinationKind::Bucket { bucket, .. } => Some(bucket),
        DestinationKind::Store(_) => None,
    }));
    // Of a store without accounts nobody knows who has a right there.
    let with_accounts: HashSet<ServiceId> = platform.accounts.iter().map(|account| account.of).collect();
    for (at, bucket) in platform.buckets.iter().enumerate() {
        if !with_accounts.contains(&bucket.of) {
            continue;
        }
        if bucket.public || bucket.mentioned || used.contains(&BucketId(at)) {
            continue;
        }
        let store = &platform[bucket.of].path;
        sink.report(
            Diagnostic::new(
                codes::VOL007,
                format!("nothing writes to the bucket `{}` of `{store}`, and nothing reads it", bucket.name),
            )
            .about(store)
            .at(bucket.span, "stays empty")
            .help(format!(
                "name it in `read` or `write` of an account of `{store}`, take a backup to it, or take it out"
            )),
        );
    }
}

/// VOL003: two services that write to the same volume.
pub(super) fn writers(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    // Who writes to each, with the first place that says so.
    let mut writers: Vec<Vec<(&Service, Span)>> = vec![Vec::new(); platform.volumes.len()];
    for service in &platform.services {
        for mount in service.mounts.iter().filter(|mount| !mount.read_only) {
            let writers = &mut writers[mount.volume.0];
            if writers.last().is_none_or(|(last, _)| last.id != service.id) {
                writers.push((service, mount.span));
            }
        }
    }
    for service in &platform.services {
        for own in &service.volumes {
            let otherwise = "declare it as a `volume` of the platform with `concurrent = true`";
            copies(service, origins, (&own.name, own.span), otherwise, sink);
        }
    }
    for (volume, writers) in platform.volumes.iter().zip(writers) {
        if volume.concurrent {
            continue;
        }
        let [(first, first_span), (second, second_span), ..] = writers[..] else {
            if let [(only, span)] = writers[..] {
                copies(only, origins, (&volume.name, span), "say `concurrent = true` at the volume", sink);
            }
            continue;
        };
        sink.report(
            Diagnostic::new(
                codes::VOL003,
                format!("`{}` and `{}` both write to the volume `{}`", first.path, second.path, volume.name),
            )
            .about(&first.path)
            .about(&second.path)
            .at(second_span, "this one writes")
            .at(first_span, "and so does this one")
            .at(volume.span, "the volume")
            .help("let one of them read only (`read_only = true`), or say `concurrent = true` at the volume"),
        );
    }
}

/// VOL003: copies of one service that write to the same volume.
fn copies(
    service: &Service,
    origins: &Origins,
    (volume, span): (&str, Span),
    otherwise: &str,
    sink: &mut Sink,
) {
    let copies = service.copies_on_one_host();
    if copies < 2 {
        return;
    }
    sink.report(
        Diagnostic::new(
            codes::VOL003,
            format!("the {copies} copies of `{}` all write to the volume `{volume}`", service.path),
        )
        .about(&service.path)
        .at(span, "all of them write")
        .at_maybe(origins.service(service.id).scale(), "runs several times")
        .help(format!(
            "let one run (`scale` out), or let them only read; where they agree among themselves, {otherwise}"
        )),
    );
}

/// VOL002: a volume of the image that nothing is mounted at, so that each start leaves one behind.
pub(super) fn scratch(platform: &Platform, sink: &mut Sink) {
    for service in platform.services.iter().filter(|service| !service.is_job()) {
        let Some(facts) = platform.facts(service) else { continue };
        for path in facts.scratch.iter().filter(|path| !kept(service, path)) {
            sink.report(
                Diagnostic::new(
                    codes::VOL002,
                    format!("nothing is mounted at `{path}`, a volume of the image of `{}`", service.path),
                )
                .about(&service.path)
                .at(service.span, "each new container leaves a volume without a name behind")
                .at_maybe(service.base_name.as_ref().map(|name| name.span), "the image")
                .help(format!(
                    "write `tmpfs \"{path}\" {{ size = 16MiB }}`, or a volume where it shall be kept"
                )),
            );
        }
    }
}

/// VOL004: a single file of configuration from the host, which the program would read again.
pub(super) fn single_files(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in &platform.services {
        let Some(facts) = platform.facts(service) else { continue };
        for (bind, (said, _)) in service.binds.iter().zip(origins.service(service.id).binds()) {
            let Some(folder) = facts.reloads.iter().find(|folder| lies_below(&bind.path, folder)) else {
                continue;
            };
            // Folders have dots, too: `conf.d`.
            let file = |path: &str| {
                let name = path.rsplit('/').next().unwrap_or(path);
                name.rsplit_once('.')
                    .is_some_and(|(stem, kind)| !stem.is_empty() && !kind.is_empty() && kind != "d")
            };
            if !file(&bind.path) || !file(&bind.source) {
                continue;
            }
            let above = |path: &str| path.rsplit_once('/').map_or(".", |(above, _)| above).to_owned();
            sink.report(
                Diagnostic::new(
                    codes::VOL004,
                    format!(
                        "`{}` keeps reading the old `{}` when the file is replaced",
                        service.path, bind.path
                    ),
                )
                .about(&service.path)
                .at(said, "a single file, mounted by itself")
                .help(format!(
                    "mount its folder: `bind \"{}\" = \"{}\" {{ read_only = true }}`",
                    above(&bind.source),
                    if above(&bind.path).is_empty() { folder.clone() } else { above(&bind.path) }
                )),
            );
        }
    }
}

/// VOL005: a path that the image writes to, where nothing can be written, or nothing is left of the image.
pub(super) fn unwritable(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in platform.services.iter().filter(|service| !service.is_job()) {
        let Some(facts) = platform.facts(service) else { continue };
        for path in facts.data.iter().chain(&facts.writes).chain(&facts.filled) {
            if let Some(span) = read_only(service, origins, path) {
                sink.report(
                    Diagnostic::new(
                        codes::VOL005,
                        format!("the image of `{}` writes to `{path}`, which is read-only", service.path),
                    )
                    .about(&service.path)
                    .at(span, "mounted to be read only")
                    .at_maybe(service.base_name.as_ref().map(|name| name.span), "the image")
                    .help("take `read_only = true` out, or mount it at another path"),
                );
            }
        }
        for path in &facts.filled {
            let mut memory = asked(service).zip(origins.service(service.id).memory_paths());
            let memory = memory.find(|(memory, _)| memory.path == *path).map(|(_, (span, _))| span);
            let told = if let Some(memory) = memory {
                Diagnostic::new(
                    codes::VOL005,
                    format!(
                        "the image of `{}` has files in `{path}`, and memory lies over them",
                        service.path
                    ),
                )
                .about(&service.path)
                .at(memory, "empty at each start")
            } else if service.is_read_only() && !kept(service, path) {
                Diagnostic::new(
                    codes::VOL005,
                    format!("the image of `{}` writes to `{path}`, which is read-only", service.path),
                )
                .about(&service.path)
                .at(service.span, "its root file system cannot be written to")
                .at_maybe(service.base_name.as_ref().map(|name| name.span), "the image")
            } else {
                continue;
            };
            let first = if memory.is_some() { "take `tmpfs` out, and write" } else { "write" };
            sink.report(told.help(format!(
                "{first} `security {{ writable = true, reason = \"…\" }}`; or `volume config = \"{path}\"`, which starts with the files of the image"
            )));
        }
    }
}

/// The place where the folder of a path is mounted to be read only; the innermost mount decides.
fn read_only(service: &Service, origins: &Origins, path: &str) -> Option<Span> {
    let volumes = service.volumes.iter();
    let volumes = volumes.map(|volume| (volume.path.as_str(), volume.read_only.then_some(volume.span)));
    let memory = asked(service).map(|memory| (memory.path.as_str(), None));
    let mounts =
        service.mounts.iter().map(|mount| (mount.path.as_str(), mount.read_only.then_some(mount.span)));
    let binds = service.binds.iter().zip(origins.service(service.id).binds());
    let binds = binds.map(|(bind, (said, _))| (bind.path.as_str(), bind.read_only.then_some(said)));
    let all = volumes.chain(memory).chain(mounts).chain(binds);
    let above = all.filter(|(mounted, _)| path == *mounted || lies_below(path, mounted));
    above.max_by_key(|(mounted, _)| mounted.len()).and_then(|(_, span)| span)
}

fn lies_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}

//! Volumes: data that is lost with the container, and data that two write.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::{Platform, Service, VolumeId};

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
                .at(service.span(), "its data is lost with the container")
                .at_maybe(service.base_name.as_ref().map(|name| name.span), "the image")
                .help(format!(
                    "write `volume data = \"{path}\"`; or `tmpfs \"{path}\"`, where it may be lost"
                )),
            );
        }
    }
}

/// Whether a path outlives the container or is said not to.
fn kept(service: &Service, path: &str) -> bool {
    let volumes = service.volumes.iter().map(|volume| volume.path.as_str());
    let mounts = service.mounts.iter().map(|mount| mount.path.as_str());
    let binds = service.binds.iter().map(|bind| bind.path.as_str());
    let memory = service.block.tmpfs.iter().map(|tmpfs| tmpfs.path.text.as_str());
    // Not a folder above it: where the image declares a volume, that lies over what is mounted above.
    volumes
        .chain(mounts)
        .chain(binds)
        .chain(memory)
        .any(|mounted| mounted.trim_end_matches('/') == path.trim_end_matches('/'))
}

/// VOL003: two services that write to the same volume.
pub(super) fn writers(platform: &Platform, sink: &mut Sink) {
    for (at, volume) in platform.volumes.iter().enumerate() {
        if volume.block.concurrent == Some(true) {
            continue;
        }
        let writes = |service: &&Service| {
            service.mounts.iter().any(|mount| mount.volume == VolumeId(at) && !mount.read_only)
        };
        let mut writers = platform.services.iter().filter(writes);
        let (Some(first), Some(second)) = (writers.next(), writers.next()) else { continue };
        let place = |service: &Service| {
            service
                .mounts
                .iter()
                .find(|mount| mount.volume == VolumeId(at) && !mount.read_only)
                .map(|mount| mount.span)
        };
        sink.report(
            Diagnostic::new(
                codes::VOL003,
                format!("`{}` and `{}` both write to the volume `{}`", first.path, second.path, volume.name),
            )
            .at_maybe(place(second), "this one writes")
            .at_maybe(place(first), "and so does this one")
            .help("let one of them read only (`read_only = true`), or say `concurrent = true` at the volume"),
        );
    }
}

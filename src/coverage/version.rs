//! Versions of servers that do not read what a target writes for them.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::{Platform, Version};
use crate::target::TARGETS;

/// TGT005: services whose image is older than what a target's files hold, or are written for; and settings of versions
/// that do not read what the source asks for.
pub fn too_old(platform: &Platform, sink: &mut Sink) {
    for target in TARGETS {
        let version = (target.version)(platform);
        let (said, written) = (version.map(|it| it.span), version.map(|it| it.value));
        // The latest tells of all.
        let need = (target.needs)(platform).into_iter().rev().max_by_key(|need| need.since);
        let mut lacks = false;
        for reader in target.format.reader.into_iter().flat_map(|role| platform.with_role(role)) {
            let image = reader.image_name.as_ref();
            let Some(runs) = image.and_then(|image| image.tag.as_deref()).and_then(Version::of_tag) else {
                continue;
            };
            if let Some(need) = need.filter(|need| runs < need.since) {
                lacks = true;
                sink.report(
                    Diagnostic::new(
                        codes::TGT005,
                        format!("`{}` is version {runs}, and does not know {}", reader.path, need.what),
                    )
                    .at(need.span, format!("is {}, since {}", need.what, need.since))
                    .at(reader.span, format!("runs {runs}"))
                    .help(format!(
                        "give the service an image of {} or later, or do without this",
                        need.since
                    )),
                );
            } else if written.is_some_and(|written| runs < written) {
                sink.report(
                    Diagnostic::new(
                        codes::TGT005,
                        format!(
                            "`{}` is version {runs}, and its files are written for a later one",
                            reader.path
                        ),
                    )
                    .at_maybe(said, "what is written for it, an older one may refuse")
                    .at(reader.span, format!("runs {runs}"))
                    .help(format!("write `version = \"{runs}\"`, or give the service a newer image")),
                );
            }
        }
        if let (Some(need), Some(written), false) = (need, written, lacks)
            && written < need.since
        {
            sink.report(
                Diagnostic::new(
                    codes::TGT005,
                    format!("files for {} {written} cannot hold {}", target.format.name, need.what),
                )
                .at_maybe(said, "an older version than is needed")
                .at(need.span, format!("is {}, since {}", need.what, need.since))
                .help(format!("write `version = \"{}\"` or later, or do without this", need.since)),
            );
        }
    }
}

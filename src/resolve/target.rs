//! What the source says of targets: which there are, their settings, and what services mount of theirs.

use super::absolute::expect_absolute;
use super::setting::{dns_name, ranges, version};
use super::text::Texts;
use super::{cluster, is_dns_label, terraform};
use crate::diagnostic::{Diagnostic, Help, codes};
use crate::formats::{self, FORMATS, Format};
use crate::model::{self, Document};
use crate::platform::{Mounted, Override, Platform, Runtime, Service, Settings};
use crate::schema::{Constant, List, Word, part_of};
use crate::source::Span;

/// The target of a name; a name that none has is reported.
pub(super) fn named(name: &str, span: Span, texts: &mut Texts<'_>) -> Option<&'static Format> {
    let found = formats::find(name);
    if found.is_none() {
        let help = formats::of_another_name(name)
            .map(|format| Help::write(format.name))
            .or_else(|| texts.sink.did_you_mean(name, FORMATS.iter().map(|format| format.name)));
        texts.sink.report(
            Diagnostic::new(codes::NAM001, format!("there is no target `{name}`"))
                .at(span, "unknown target")
                .help_maybe(help),
        );
    }
    found
}

/// The targets of the platform on its runtime, in the order of the table: those that it names, or the default, and those
/// whose files a service mounts. Where it names one of any runtime, what this runtime starts is among them.
pub(super) fn targets(
    document: &Document,
    platform: &Platform,
    texts: &mut Texts<'_>,
) -> Vec<&'static Format> {
    let mut wanted = match document.platform.first().and_then(|platform| platform.targets.as_ref()) {
        Some(list) => listed(list, texts).unwrap_or_else(|| FORMATS.to_vec()),
        None => formats::DEFAULT.to_vec(),
    };
    if wanted.iter().any(|format| format.runtime.is_some()) {
        wanted.retain(|format| format.runtime.is_none_or(|runtime| runtime == platform.runtime));
        wanted.extend(formats::of_runtime(platform.runtime));
    }
    let mounted =
        platform.services.iter().flat_map(|service| &service.artifacts).map(|mounted| mounted.target);
    wanted.extend(mounted);
    FORMATS.iter().copied().filter(|format| wanted.contains(format)).collect()
}

/// The runtimes that the platform names targets of.
pub(super) fn runtimes(document: &Document) -> Vec<Runtime> {
    let list = document.platform.first().and_then(|platform| platform.targets.as_ref());
    let named = list.into_iter().flat_map(|list| &list.items).filter_map(|item| formats::find(&item.text));
    formats::runtimes(&named.collect::<Vec<_>>())
}

/// The targets that the platform names; `None` where that cannot be known, which is reported. All are assumed then, so that
/// nothing is reported as lost.
fn listed(list: &List<Word>, texts: &mut Texts<'_>) -> Option<Vec<&'static Format>> {
    if list.items.is_empty() {
        texts.sink.report(
            Diagnostic::new(codes::TYP006, "`targets` of the platform names none")
                .at(list.span, "empty")
                .help(format!("leave it out for `{}`, or name one", formats::DEFAULT[0].name)),
        );
        return None;
    }
    let found: Vec<_> = list.items.iter().map(|item| named(&item.text, item.span, texts)).collect();
    found.into_iter().collect()
}

/// What a service mounts of the files of targets.
pub(super) fn mounted(block: &model::Service, texts: &mut Texts<'_>) -> Vec<Mounted> {
    let mut mounted = Vec::with_capacity(block.artifacts.len());
    for artifacts in &block.artifacts {
        if let Some((target, folder)) = folder(&artifacts.folder, texts) {
            mounted.push(Mounted { target, folder, path: artifacts.path.text.as_str().to_owned() });
        }
    }
    mounted
}

/// `TARGET` or `TARGET/FOLDER`.
fn folder(said: &Word, texts: &mut Texts<'_>) -> Option<(&'static Format, &'static str)> {
    let (name, below) = said.text.split_once('/').unwrap_or((&said.text, ""));
    let part = |range| part_of(&said.text, said.span, range).unwrap_or(said.span);
    let target = named(name, part(0..name.len()), texts)?;
    let folder = target.folder(below);
    if folder.is_none() {
        let diagnostic = if target.folders.is_empty() {
            Diagnostic::new(codes::NAM001, format!("`{name}` writes nothing that services mount"))
                .at(said.span, "nothing to mount")
        } else {
            let known = target.folders.iter().filter(|folder| !folder.is_empty());
            let help = texts.sink.did_you_mean(below, known.copied());
            let start = said.text.len() - below.len();
            Diagnostic::new(codes::NAM001, format!("`{name}` writes no folder `{below}`"))
                .at(part(start..said.text.len()), "no such folder")
                .help_maybe(help)
        };
        texts.sink.report(diagnostic);
    }
    Some((target, folder?))
}

/// The settings of all targets. Of one that has several blocks the last counts.
pub(super) fn settings(document: &Document, texts: &mut Texts<'_>) -> Settings {
    let mut settings = Settings::default();
    for target in &document.target {
        let Some(block) = &target.settings else {
            named(&target.name.text, target.name.span, texts);
            continue;
        };
        if let Some(said) = &block.compose {
            let project = said.project.as_ref().map(|project| texts.constant(project));
            settings.compose.project = project.or(settings.compose.project);
        }
        if let Some(said) = &block.prometheus {
            let version = version(said.version.as_ref(), texts);
            settings.prometheus.version = version.or(settings.prometheus.version);
        }
        if let Some(said) = &block.alertmanager {
            let version = version(said.version.as_ref(), texts);
            settings.alertmanager.version = version.or(settings.alertmanager.version);
        }
        if let Some(said) = &block.nginx {
            let version = version(said.version.as_ref(), texts);
            settings.nginx.version = version.or(settings.nginx.version);
            settings.nginx.host = said.host.unwrap_or(settings.nginx.host);
            settings.nginx.ipv6 = said.ipv6.or(settings.nginx.ipv6);
        }
        if let Some(said) = &block.docs {
            let folder = said.folder.as_ref().and_then(|said| dns_name(said, texts));
            settings.docs.folder = folder.or(settings.docs.folder);
            let address = said.address.as_ref().map(|said| texts.constant(said));
            settings.docs.address = address.or(settings.docs.address);
        }
        if let Some(said) = &block.scripts {
            let scripts = &mut settings.scripts;
            if let Some(folder) = &said.backups {
                let path = texts.constant(folder);
                expect_absolute(&path, folder.span, texts);
                scripts.backups = Some(path);
            }
            let image = said.transfer_image.as_ref().map(|image| texts.constant(image));
            scripts.transfer_image = image.or(scripts.transfer_image.take());
            scripts.timers = said.timers.or(scripts.timers);
        }
        if let Some(said) = &block.kubernetes {
            let namespace = said.namespace.as_ref().and_then(|namespace| self::namespace(namespace, texts));
            let kubernetes = &mut settings.kubernetes;
            kubernetes.namespace = namespace.or(kubernetes.namespace.take());
            for (said, setting) in [
                (&said.storage_class, &mut kubernetes.storage_class),
                (&said.shared_storage_class, &mut kubernetes.shared_storage_class),
                (&said.domain, &mut kubernetes.domain),
                (&said.keda, &mut kubernetes.keda),
            ] {
                let name = said.as_ref().and_then(|said| dns_name(said, texts));
                *setting = name.or(setting.take());
            }
            if let Some(secrets) = &said.pull_secrets {
                kubernetes.pull_secrets =
                    secrets.items.iter().filter_map(|name| dns_name(name, texts)).collect();
            }
            kubernetes.pull_policy = said.pull_policy.or(kubernetes.pull_policy);
            kubernetes.wait = said.wait.unwrap_or(kubernetes.wait);
            if let Some(said) = &said.nodes {
                kubernetes.nodes = said.0.iter().filter_map(|said| ranges(said, texts)).collect();
            }
            kubernetes.gateway = super::gateway::gateway(said, texts).or(kubernetes.gateway.take());
            if let Some(said) = &said.proxy_protocol {
                kubernetes.proxy_protocol = said.0.iter().filter_map(|said| ranges(said, texts)).collect();
            }
            cluster::settings(said, kubernetes, texts);
        }
        if let Some(said) = &block.terraform {
            terraform::settings(said, &mut settings.terraform, texts);
        }
    }
    settings
}

/// What the names of namespaces end with that stand beside the platform's (`target/kubernetes/namespace.rs`).
const BESIDE: &str = "-privileged";

/// The name of a namespace; what cannot be one is reported.
fn namespace(said: &Constant, texts: &mut Texts<'_>) -> Option<String> {
    let text = texts.constant(said);
    if is_dns_label(&text) && text.len() + BESIDE.len() <= 63 {
        return Some(text);
    }
    let most = 63 - BESIDE.len();
    texts.sink.report(
        Diagnostic::new(codes::TYP007, format!("`{text}` cannot be a namespace"))
            .at(said.span, format!("lower-case letters, digits and hyphens inside, at most {most}"))
            .help(format!(
                "others stand beside it, such as `NAME{BESIDE}`, and a name has at most 63 characters"
            )),
    );
    None
}

/// TGT004: overrides that their targets do not take where they stand.
pub(super) fn untaken(platform: &Platform, texts: &mut Texts<'_>) {
    for over in &platform.overrides {
        expect_taken(over, None, texts);
    }
    for service in &platform.services {
        for over in &service.overrides {
            expect_taken(over, Some(service), texts);
        }
    }
}

fn expect_taken(over: &Override, service: Option<&Service>, texts: &mut Texts<'_>) {
    if over.is_taken(service.map(|service| texts.names.block(service.id).metrics.is_some())) {
        return;
    }
    let of = service.map(|service| format!(" of `{}`", service.path)).unwrap_or_default();
    let (name, takes) = (over.target.name, over.target.overrides);
    let diagnostic = Diagnostic::new(codes::TGT004, format!("`override {name}`{of} is in no artifact"));
    texts.sink.report(if takes.is_empty() {
        diagnostic.at(over.span, format!("`{name}` takes no overrides"))
    } else {
        let places: Vec<&str> = takes.iter().map(|place| place.describe()).collect();
        diagnostic
            .at(over.span, format!("`{name}` takes none here"))
            .help(format!("it takes overrides {}", places.join(", or ")))
    });
}

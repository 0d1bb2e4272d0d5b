//! Images: those that are gone, tags that change, and versions that must agree.

mod known;

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, IndexMap};
use crate::platform::{ImageFacts, ImageName, Input, Platform, Service, ValuePart};
use crate::source::Span;

/// The image of a service that is pulled, not the one it is built on.
fn pulled(service: &Service) -> Option<&ImageName> {
    service.image_name.as_ref()
}

/// What the catalogue knows of it.
fn facts<'a>(platform: &'a Platform, service: &Service) -> Option<&'a ImageFacts> {
    platform.catalogue.get(service.image_facts?)
}

/// IMG001 and IMG004: images that are gone, or get no updates.
pub(super) fn retired(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        let (Some(name), Some(facts)) = (pulled(service), facts(platform, service)) else { continue };
        let help = facts.instead.as_ref().map(|instead| {
            // In words, where there is no one image for all of them.
            if instead.contains(' ') { format!("use {instead}") } else { format!("use `{instead}`") }
        });
        if let Some(reason) = &facts.gone {
            sink.report(
                Diagnostic::new(
                    codes::IMG001,
                    format!("the image `{}` can no longer be pulled", name.repository),
                )
                .about(&service.path)
                .at(name.span, reason.clone())
                .help_maybe(help),
            );
        } else if let Some(reason) = &facts.discontinued {
            sink.report(
                Diagnostic::new(
                    codes::IMG004,
                    format!("the image `{}` gets no updates any more", name.repository),
                )
                .about(&service.path)
                .at(name.span, reason.clone())
                .help_maybe(help),
            );
        }
    }
}

/// Tags that mean another image from one day to the next.
const FLOATING: &[&str] = &["latest", "main", "master", "edge", "nightly", "stable"];

/// IMG002: tags that change what they mean.
pub(super) fn tags(platform: &Platform, sink: &mut Sink) {
    // What a component says is said of several.
    let mut users: HashMap<Span, usize> = HashMap::default();
    for name in platform.services.iter().filter_map(pulled) {
        *users.entry(name.span).or_default() += 1;
    }
    for service in &platform.services {
        let Some(name) = pulled(service) else { continue };
        if name.digest.is_some() {
            continue;
        }
        let message = match name.tag.as_deref() {
            None => format!("`{}` has no tag, which means `latest`", name.repository),
            Some(tag) if FLOATING.contains(&tag) => {
                format!("the tag `{tag}` of `{}` changes what it means", name.repository)
            }
            Some(_) => match default(platform, service, name) {
                Some(input) => format!(
                    "the tag `{}` of `{}`, the default of `{}`, changes what it means",
                    input.default.as_deref().unwrap_or_default(),
                    name.repository,
                    input.name
                ),
                None => continue,
            },
        };
        let top = platform.top(service.id);
        let several = users.get(&name.span).is_some_and(|users| *users > 1);
        let of = elsewhere(top, name).or(several.then_some(top.span));
        sink.report(
            Diagnostic::new(codes::IMG002, message)
                .about(&service.path)
                .at(name.span, "another image from one day to the next")
                .at_maybe(default(platform, service, name).map(|input| input.span), "its default")
                .at_maybe(of, format!("the image of `{}`", service.path))
                .help("pin a version, and a digest where the image must never change"),
        );
    }
}

/// The variable that is the whole tag of an image, where its default changes what it means.
fn default<'a>(platform: &'a Platform, service: &Service, name: &ImageName) -> Option<&'a Input> {
    let [.., ValuePart::Literal(before), ValuePart::Input(input)] = service.image.as_ref()?.parts.as_slice()
    else {
        return None;
    };
    let input = &platform[*input];
    (name.tag.is_some() && before.ends_with(':') && FLOATING.contains(&input.default.as_deref()?))
        .then_some(input)
}

pub(super) use known::{ended, expected, kernels, unknown};

/// The place of the service at the top, where its image is said in another file: in its component.
fn elsewhere(top: &Service, image: &ImageName) -> Option<Span> {
    Some(top.span).filter(|span| span.file != image.span.file)
}

/// The services of one repository, by tag.
type Versions<'a> = IndexMap<&'a str, Vec<(&'a Service, &'a ImageName)>>;

/// IMG003: images that only work in the same version, in different ones.
pub(super) fn versions(platform: &Platform, sink: &mut Sink) {
    // By repository and tag: those of the same one need not be compared.
    let mut of_image: HashMap<&str, Versions<'_>> = HashMap::default();
    for service in &platform.services {
        if let Some((name, tag)) = pulled(service).and_then(|name| Some((name, name.tag.as_deref()?))) {
            of_image.entry(&name.repository).or_default().entry(tag).or_default().push((service, name));
        }
    }
    for service in &platform.services {
        if sink.is_full() {
            return;
        }
        let Some(other) = facts(platform, service).and_then(|facts| facts.same_version_as.as_deref()) else {
            continue;
        };
        let Some(name) = pulled(service) else { continue };
        let Some(tag) = name.tag.as_deref() else { continue };
        // What the operator sets is not known here.
        let apart = |peer_tag: &str| tag != peer_tag && !tag.contains("${") && !peer_tag.contains("${");
        let others = of_image.get(other).into_iter().flatten().filter(|(peer_tag, _)| apart(peer_tag));
        for (peer_tag, (peer, peer_name)) in
            others.flat_map(|(peer_tag, peers)| peers.iter().map(move |peer| (peer_tag, peer)))
        {
            if sink.is_full() {
                return;
            }
            let (of, of_peer) = (platform.top(service.id), platform.top(peer.id));
            let told = Diagnostic::new(
                codes::IMG003,
                format!("`{}` is version {tag} and `{}` is version {peer_tag}, and they only work in the same one", service.path, peer.path),
            )
            .about(&service.path)
            .about(&peer.path)
            .at(name.span, format!("version {tag}"))
            .at(peer_name.span, format!("version {peer_tag}"))
            .at_maybe(elsewhere(of, name), format!("version {tag}"))
            .at_maybe(elsewhere(of_peer, peer_name), format!("version {peer_tag}"))
            // What is nested in the two has their versions, and stands behind them.
            .because(format!("versions {} {}", of.path, of_peer.path));
            let nested = service.parent.is_some() || peer.parent.is_some();
            let told = if nested { told.because("nested") } else { told };
            sink.report(told.help("give both the same version"));
        }
    }
}

//! The image that a service runs.

use super::Images;
use crate::diagnostic::{Diagnostic, codes};
use crate::model;
use crate::platform::{ImageName, Platform, Role, Runtime, Service, Value};
use crate::resolve::text::{Mentions, Texts};

/// The image of a service, and its names.
pub(in crate::resolve) struct Runs {
    /// The image with its tag.
    pub(in crate::resolve) image: Option<Value>,
    /// Its name, where the operator does not set all of it.
    pub(in crate::resolve) image_name: Option<ImageName>,
    /// The name of the image of the catalogue that it is, or that it is made of.
    pub(in crate::resolve) base_name: Option<ImageName>,
}

/// What a service runs.
pub(in crate::resolve) fn runs(
    block: &model::Service,
    parent: Option<&Service>,
    platform: &Platform,
    images: &Images,
    mentions: &mut Mentions,
    texts: &mut Texts<'_>,
) -> Runs {
    let image = said_image(block, platform.runtime, mentions, texts);
    let said = image.as_ref().zip(block.image.as_ref());
    let mut image_name = said.and_then(|(image, block)| super::name(image, block.name.span));
    let original = |name: ImageName| images.original(name);
    let default = |(image, block): (&Value, &model::ImageUse)| {
        super::by_default(image, &platform.inputs, block.name.span)
    };
    let mut base_name = super::base(block, texts).or_else(|| said.and_then(default)).map(original);
    let mut image = image;
    if let Some(parent) = parent.filter(|_| from_component(block, texts))
        && let (Some(own), Some(other)) = (&base_name, &parent.base_name)
        && own.repository == other.repository
        && parent.image.is_some()
        && !from_component(texts.names.block(parent.id), texts)
    {
        // What a component runs beside its main service is the same image: it comes from where that one comes from.
        image.clone_from(&parent.image);
        image_name.clone_from(&parent.image_name);
        base_name.clone_from(&parent.base_name);
    }
    Runs { image, image_name, base_name }
}

/// Whether the image is a component's of the compiler.
fn from_component(block: &model::Service, texts: &Texts<'_>) -> bool {
    let image = block.image.as_ref();
    image.is_some_and(|image| texts.absent.sources.embedded().contains(&image.name.span.file))
}

fn said_image(
    block: &model::Service,
    runtime: Runtime,
    mentions: &mut Mentions,
    texts: &mut Texts<'_>,
) -> Option<Value> {
    match (&block.image, &block.build) {
        (Some(image), _) => {
            let value = texts.template(&image.name, mentions);
            if value.inputs().any(|input| texts.is_secret(input)) {
                texts.literal(&value, image.name.span);
            }
            Some(value)
        }
        (None, Some(_)) => None,
        (None, None) => {
            // A component without a main service is a name for what is nested in it; the kubelet is there already.
            let lost = |name: &str| texts.absent.lost.contains(name);
            let of_node = block.role == Some(Role::Kubelet);
            let is_name = !block.service.is_empty() || (of_node && runtime == Runtime::Kubernetes);
            if !is_name && !lost(&block.name.text) && !lost("image") && !lost("build") {
                let told = Diagnostic::new(codes::PLT002, format!("`{}` runs nothing", block.name.text));
                texts.sink.report(if of_node {
                    told.at(block.span, format!("there is no kubelet on {}", runtime.name()))
                        .help("write `when = runtime.kubernetes` in it")
                } else {
                    told.at(block.span, "has neither an image nor a build")
                        .help("write `image = \"repository:tag\"` or `build = \"./folder\"`")
                });
            }
            None
        }
    }
}

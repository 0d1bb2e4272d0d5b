//! An entry of the catalogue as the platform holds it.

use super::super::place::optional;
use super::super::text::Texts;
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::HashMap;
use crate::model::{Access, Image};
use crate::platform::{Expects, FirstStart, ImageFacts, Version};
use crate::schema::{Constant, List};

/// How often an entry may lead on to another one.
const MOST_ALIKE: usize = 8;

/// Every entry, completed by the one that it is like.
pub(in crate::resolve) fn catalogue(
    shipped: &[Image],
    own: &[Image],
    texts: &mut Texts<'_>,
) -> Vec<ImageFacts> {
    let entries = || shipped.iter().chain(own);
    let labels: HashMap<&str, &Image> = entries().map(|image| (image.name.text.as_str(), image)).collect();
    entries().map(|image| facts(&whole(image, &labels), texts)).collect()
}

/// An entry with what it takes over from the one that it is like.
fn whole(image: &Image, labels: &HashMap<&str, &Image>) -> Image {
    let mut whole = image.clone();
    for _ in 0..MOST_ALIKE {
        let like = whole.like.take().and_then(|like| like.text.as_literal().map(str::to_owned));
        let Some(other) = like.and_then(|like| labels.get(like.as_str())) else { break };
        complete(&mut whole, other);
    }
    whole
}

macro_rules! take_over {
    ($into:ident, $from:ident, $($field:ident),+) => {
        $(if $into.$field.is_none() { $into.$field.clone_from(&$from.$field); })+
    };
}

fn complete(into: &mut Image, from: &Image) {
    let Image {
        span: _,
        name: _,
        // What is known of one repository, and not of its copies.
        gone: _,
        discontinued: _,
        since: _,
        expects,
        ended,
        kernel_below,
        reload_flag,
        ..
    } = from;
    if into.expects.is_empty() {
        into.expects.clone_from(expects);
    }
    if into.ended.is_empty() {
        into.ended.clone_from(ended);
    }
    if into.kernel_below.is_empty() {
        into.kernel_below.clone_from(kernel_below);
    }
    if into.reload_flag.is_empty() {
        into.reload_flag.clone_from(reload_flag);
    }
    take_over!(
        into,
        from,
        user,
        like,
        tools,
        on,
        programs,
        unlisted,
        data,
        scratch,
        writes,
        filled,
        reloads,
        admin_ports,
        internal_ports,
        endpoints,
        file_variables,
        file_suffix,
        root_variables,
        heap,
        first_start,
        builtin_health,
        starts_as_root,
        capabilities,
        root_capabilities,
        writable,
        owned,
        open,
        nofile,
        hostname_is_state,
        same_version_as,
        instead,
        current
    );
}

fn facts(image: &Image, texts: &mut Texts<'_>) -> ImageFacts {
    ImageFacts {
        image: image.name.text.as_str().to_owned(),
        user: optional(image.user.as_ref(), texts),
        tools: list(image.tools.as_ref(), texts),
        tools_known: image.tools.is_some(),
        on: optional(image.on.as_ref(), texts),
        programs: list(image.programs.as_ref(), texts),
        unlisted: image.unlisted.unwrap_or(false),
        data: list(image.data.as_ref(), texts),
        scratch: list(image.scratch.as_ref(), texts),
        writes: list(image.writes.as_ref(), texts),
        filled: list(image.filled.as_ref(), texts),
        reloads: list(image.reloads.as_ref(), texts),
        reload_flag: image
            .reload_flag
            .first()
            .and_then(|flag| Some((Version::parse(flag.since.text.as_str())?, texts.constant(&flag.flag)))),
        root_variables: list(image.root_variables.as_ref(), texts),
        heap: optional(image.heap.as_ref(), texts),
        first_start: image.first_start.as_ref().map(|start| FirstStart {
            by: list(start.by.as_ref(), texts),
            clients: list(start.clients.as_ref(), texts),
            proof: list(start.proof.as_ref(), texts),
            port: start.port.unwrap_or(false),
        }),
        files_known: image.file_variables.is_some(),
        ports: [(&image.admin_ports, Access::Admin), (&image.internal_ports, Access::Internal)]
            .into_iter()
            .flat_map(|(said, access)| {
                said.iter().flat_map(|list| &list.items).map(move |port| (port.0, access))
            })
            .collect(),
        endpoints: list(image.endpoints.as_ref(), texts),
        file_variables: list(image.file_variables.as_ref(), texts),
        file_suffix: optional(image.file_suffix.as_ref(), texts).unwrap_or_else(|| "_FILE".to_owned()),
        builtin_health: image.builtin_health.unwrap_or(false),
        starts_as_root: image.starts_as_root.unwrap_or(false),
        capabilities: list(image.capabilities.as_ref(), texts),
        root_capabilities: list(image.root_capabilities.as_ref(), texts),
        writable: image.writable.unwrap_or(false),
        owned: list(image.owned.as_ref(), texts),
        open: list(image.open.as_ref(), texts),
        nofile: image.nofile.map(|nofile| nofile.0),
        hostname_is_state: image.hostname_is_state.unwrap_or(false),
        expects: image
            .expects
            .iter()
            .map(|expects| Expects {
                otherwise: expects.otherwise.text.as_str().to_owned(),
                any: list(Some(&expects.any), texts),
            })
            .collect(),
        same_version_as: optional(image.same_version_as.as_ref(), texts),
        gone: optional(image.gone.as_ref(), texts),
        discontinued: optional(image.discontinued.as_ref(), texts),
        since: optional(image.since.as_ref(), texts),
        instead: optional(image.instead.as_ref(), texts),
        ended: image
            .ended
            .iter()
            .map(|ended| (ended.versions.text.as_str().to_owned(), texts.constant(&ended.month)))
            .collect(),
        kernel_below: image
            .kernel_below
            .iter()
            .filter_map(|below| {
                let kernel = texts.constant(&below.kernel);
                let read = Version::parse(&kernel);
                if read.is_none() && !kernel.is_empty() {
                    texts.sink.report(
                        Diagnostic::new(codes::TYP007, format!("`{kernel}` is no version of a kernel"))
                            .at(below.kernel.span, "two numbers, such as `\"6.19\"`"),
                    );
                }
                Some((below.versions.text.as_str().to_owned(), read?))
            })
            .collect(),
        current: optional(image.current.as_ref(), texts),
    }
}

fn list(list: Option<&List<Constant>>, texts: &mut Texts<'_>) -> Vec<String> {
    let items = list.map(|list| list.items.as_slice()).unwrap_or_default();
    items.iter().map(|item| texts.constant(item)).collect()
}

//! The memory of a proxy whose component gives it some: as much as its sites need.

use crate::platform::Platform;
use crate::resolve::text::Texts;

/// Raises the memory of proxies to what their sites need, where nobody but a standard component says how much it is.
pub(in crate::resolve) fn room(platform: &mut Platform, texts: &Texts<'_>) {
    for (proxy, needed) in platform.memory_of_sites() {
        let Some(service) = platform.services.get_mut(proxy.0) else { continue };
        let said = texts.names.block(proxy).resources.as_ref().and_then(|resources| resources.memory);
        let of_a_component =
            said.is_none_or(|said| texts.absent.sources.embedded().contains(&said.span.file));
        if of_a_component && service.resources.memory < needed {
            service.resources.memory = needed;
        }
    }
}

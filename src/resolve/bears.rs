//! How far a service can be locked up: what its image is known to bear.

use crate::model;
use crate::platform::{Bears, ImageFacts, Service};

/// How far a service can be locked up. An image that nothing is known of may start as root, give its files away, change
/// its user, listen on a low port and write wherever it likes.
pub(super) fn bears(service: &Service, block: &model::Service, known: Option<&ImageFacts>) -> Bears {
    let user = service.user.as_deref().and_then(|user| user.split(':').next());
    let privileged = service.exception(|security| security.privileged);
    // `security { writable = false }` is a promise of the source.
    let security = block.security.as_ref();
    let locked = security.is_some_and(|security| security.writable == Some(false));
    let Some(facts) = known else {
        let unknown = service.image.is_some();
        let some_user = user.is_some_and(|user| !matches!(user, "0" | "root"));
        let capabilities = if unknown && !some_user && !privileged { UNKNOWN } else { &[] };
        return Bears {
            unknown,
            writable: unknown && !locked,
            capabilities: capabilities.iter().map(|&name| name.to_owned()).collect(),
            ..Bears::default()
        };
    };
    let as_root = match user {
        Some(user) => matches!(user, "0" | "root"),
        None => facts.starts_as_root || service.exception(|security| security.root),
    };
    let of_root = facts.root_capabilities.iter().filter(|_| as_root);
    Bears {
        unknown: false,
        writable: facts.writable && !locked,
        capabilities: facts.capabilities.iter().chain(of_root).filter(|_| !privileged).cloned().collect(),
        nofile: facts.nofile,
        hostname_is_state: facts.hostname_is_state,
    }
}

/// What the entrypoints of images need that start as root: `chown`, folders of others, a change of the user, a
/// signal to it, a low port (capabilities(7)). They are half of what the engine gives (moby/moby:oci/caps/defaults.go).
const UNKNOWN: &[&str] = &["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];

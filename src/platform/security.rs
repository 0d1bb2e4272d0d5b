//! Security: the confinement of every container, and the exceptions of a service.

use super::Service;

/// The exceptions of a service from the safe defaults.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an exception of its own, in any combination")]
pub struct Security {
    /// The root file system can be written to.
    pub writable: bool,
    /// Everything of the host is open to it.
    pub privileged: bool,
    /// It runs as root, as its image means it to.
    pub root: bool,
    /// It sees the processes of the host.
    pub host_pid: bool,
    /// It is on the network of the host.
    pub host_network: bool,
    /// Capabilities that it keeps.
    pub capabilities: Vec<String>,
    /// Devices of the host.
    pub devices: Vec<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What a container is held to: the base that all services share, with the exceptions of one put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confinement {
    /// Whether its root file system cannot be written to.
    pub read_only: bool,
    /// Whether it loses every capability that is not in [`Service::capabilities`].
    pub drops_capabilities: bool,
    /// Whether a program in it cannot get more privileges than it was started with.
    pub no_new_privileges: bool,
}

/// How far a service can be locked up, and what its image needs besides.
#[derive(Debug, Clone, Default)]
pub struct Bears {
    /// Whether nothing is known of its image.
    pub unknown: bool,
    /// Whether its root file system stays writable where the source says nothing.
    pub writable: bool,
    /// The capabilities without which it does not start.
    pub capabilities: Vec<String>,
    /// How many files it wants to be able to open.
    pub nofile: Option<u64>,
    /// Whether its data is bound to the name of its host.
    pub hostname_is_state: bool,
}

impl Service {
    /// What its container is held to.
    #[must_use]
    pub fn confinement(&self) -> Confinement {
        let privileged = self.exception(|security| security.privileged);
        Confinement {
            read_only: !privileged && !self.bears.writable && !self.exception(|security| security.writable),
            drops_capabilities: !privileged,
            no_new_privileges: true,
        }
    }

    /// Whether its root file system cannot be written to.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.confinement().read_only
    }

    /// The capabilities that it keeps: those that the source says, then those that its image needs.
    pub fn capabilities(&self) -> impl Iterator<Item = &str> {
        let said = self.security.as_deref().map(|security| security.capabilities.as_slice());
        let said = said.unwrap_or_default();
        let needed = self.bears.capabilities.iter().filter(|name| !said.contains(name));
        said.iter().chain(needed).map(String::as_str)
    }

    /// Whether an exception of its `security` block is set.
    #[must_use]
    pub fn exception(&self, field: impl Fn(&Security) -> bool) -> bool {
        self.security.as_deref().is_some_and(field)
    }
}

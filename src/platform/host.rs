//! Hosts: machines that the platform runs on.

use super::{OutsideId, Platform};
use crate::schema::Bytes;
use crate::source::Span;

/// A machine to run on.
#[derive(Debug, Clone)]
pub struct Host {
    /// What it is called.
    pub name: String,
    /// The size, as the cloud calls it.
    pub size: Option<String>,
    /// How much memory it has.
    pub memory: Option<Bytes>,
    /// How large its disk is.
    pub disk: Option<Bytes>,
    /// The operating system's image.
    pub image: Option<String>,
    /// The name or the IP address that people reach it by.
    pub address: Option<String>,
    /// Who may log in; `None` where the source lets nobody in.
    pub ssh: Option<OutsideId>,
    /// Whether its firewall guards what is published to a named outside.
    pub firewall: bool,
    /// Kernel settings, in the order of the source.
    pub sysctl: Vec<(String, u64)>,
    /// The place of its key and name.
    pub span: Span,
}

impl Platform {
    /// Whether a host's firewall guards what is published to a named outside.
    #[must_use]
    pub fn firewall(&self) -> bool {
        self.hosts.iter().any(|host| host.firewall)
    }
}

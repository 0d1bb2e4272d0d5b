//! Hosts: machines that the platform runs on.

use super::{OutsideId, Platform, Service};
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
    /// Where the build stands on it, with the place where the source says so: the host that carries the compose stack.
    pub path: Option<(String, Span)>,
    /// Kernel settings, in the order of the source.
    pub sysctl: Vec<(String, u64)>,
    /// The place of its key and name.
    pub span: Span,
}

impl Platform {
    /// What a build refers to in the project's own folder, in words: an archive does not hold it, and no other folder does.
    #[must_use]
    pub fn of_the_project(&self) -> Vec<String> {
        let is_below = |path: &str| !path.starts_with(['/', '~']) && !path.contains("://");
        let of_one = |service: &Service| {
            let builds = service.build.iter().filter(|_| service.image.is_none());
            let builds = builds.map(|build| format!("`{}` is built in `{}`", service.path, build.context));
            let binds = service.binds.iter().filter(|bind| is_below(&bind.source));
            let binds = binds.map(|bind| format!("`{}` mounts `{}`", service.path, bind.source));
            builds.chain(binds).collect::<Vec<String>>()
        };
        self.services.iter().flat_map(of_one).collect()
    }

    /// Where the build stands on the host that carries the compose stack.
    #[must_use]
    pub fn install_path(&self) -> String {
        let said = self.hosts.iter().find_map(|host| host.path.as_ref());
        said.map_or_else(|| format!("/opt/{}", self.name), |(path, _)| path.clone())
    }

    /// Whether a host's firewall guards what is published to a named outside.
    #[must_use]
    pub fn firewall(&self) -> bool {
        self.hosts.iter().any(|host| host.firewall)
    }
}

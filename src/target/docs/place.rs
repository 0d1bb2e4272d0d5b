//! Where the platform stands on its host, and how one gets there.

use serde::Serialize;

use super::commands::word;
use super::markdown::code;
use crate::formats;
use crate::platform::{Platform, Runtime};

#[derive(Serialize)]
pub(super) struct Place {
    /// The folder.
    path: String,
    /// The command that logs in; empty where the source has no host.
    login: String,
}

/// The place; `None` where nothing says it.
pub(super) fn place(platform: &Platform) -> Option<Place> {
    let host = platform.hosts.first();
    let scripts = platform.targets.contains(&&formats::SCRIPTS);
    if platform.runtime != Runtime::Compose || (host.is_none() && !scripts) {
        return None;
    }
    let login = host.map(|host| {
        let made = platform.targets.contains(&&formats::TERRAFORM);
        let user = host.system().filter(|_| made).map_or("USER", |system| system.user);
        code(&format!("ssh {user}@{}", word(host.address.as_deref().unwrap_or("ADDRESS"))))
    });
    Some(Place { path: code(&platform.install_path()), login: login.unwrap_or_default() })
}

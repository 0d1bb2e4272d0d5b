//! Where the platform stands on its host, and how one gets there.

use serde::Serialize;

use super::commands::word;
use super::markdown::code;
use crate::formats;
use crate::platform::{Host, Platform, Runtime};
use crate::target::terraform;

#[derive(Serialize)]
pub(super) struct Place {
    /// The folder.
    path: String,
    /// The command that logs in; empty where the source has no host.
    login: String,
    /// What stands for the address in it, and what the login needs; empty where the source says the address.
    address: String,
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
    let address = host.filter(|host| host.address.is_none()).map(|host| address(platform, host));
    Some(Place {
        path: code(&platform.install_path()),
        login: login.unwrap_or_default(),
        address: address.unwrap_or_default(),
    })
}

/// Where the address of a host comes from: a name that leads to it, or what made it. Then the key of the login.
fn address(platform: &Platform, host: &Host) -> String {
    let made = platform.targets.contains(&&formats::TERRAFORM);
    let name = platform.site_names().find(|name| !name.starts_with('*'));
    let mut from: Vec<String> = Vec::new();
    if made {
        let folder = format!("{}/{}", formats::TERRAFORM.root, terraform::folder(platform));
        from.push(format!("what {} says", code(&format!("terraform -chdir={folder} output"))));
    }
    from.extend(name.map(|name| format!("{}, a site that leads there", code(name))));
    if from.is_empty() {
        from.push(format!("that of the host {}", code(&host.name)));
    }
    let key = platform.settings.terraform.key_pair.as_ref().filter(|_| made);
    let key =
        key.map(|key| format!("; the key is that of the key pair {}", code(&key.value))).unwrap_or_default();
    format!("{} is {}{key}.", code("ADDRESS"), from.join(", or "))
}

//! Files: which one an object stands in, below the folder of a build.

use crate::platform::{Platform, Service};
use crate::target::generated_for;

/// The folder of a platform's files: what environments are patches of, or one of them as it is built alone.
pub(super) fn root(platform: &Platform) -> &'static str {
    if platform.environment.is_some() { "kubernetes" } else { "kubernetes/base" }
}

/// The line above every file.
pub(super) fn header(platform: &Platform) -> String {
    generated_for(platform, platform.environment.as_deref())
}

/// The environment; no name is like what stands for a platform as it stands.
pub(super) fn environment(platform: &Platform) -> &str {
    platform.environment.as_deref().unwrap_or("-")
}

/// The file of the namespaces, in a folder of its own: `kubectl delete -k` of the platform does not reach it, which
/// would take every claim of the namespace with it.
pub(super) const NAMESPACES: &str = "namespaces";

/// The folder of that file.
pub(super) const FOLDER_OF_NAMESPACES: &str = "namespaces";

/// The file of the network policies: they are there before the pods of every other file.
pub(super) const POLICIES: &str = "network-policies";

/// The file of the ConfigMaps of variables.
pub(super) const VARIABLES: &str = "variables";

/// The file of the services without a group.
const PLATFORM: &str = "platform";

/// The file that the objects of a service stand in: its group's, and its own where it keeps data.
pub(super) fn of_service(platform: &Platform, service: &Service) -> String {
    // What is nested in a service stands beside it.
    let mut outermost = service;
    while let Some(parent) = outermost.parent {
        outermost = &platform[parent];
    }
    if !outermost.volumes.is_empty() {
        return of_name(&outermost.name);
    }
    match outermost.group.or(service.group) {
        Some(group) => of_name(&platform[group].name),
        None => PLATFORM.to_owned(),
    }
}

/// The files of the folder that are no service's and no group's.
const OTHERS: &[&str] = &["kustomization", NAMESPACES, POLICIES, VARIABLES, PLATFORM];

/// The file of what is called so. No name holds a dot.
fn of_name(name: &str) -> String {
    if OTHERS.contains(&name) { format!("{name}.services") } else { name.to_owned() }
}

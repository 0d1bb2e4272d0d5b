//! What the pod is to the system that it runs on.

use crate::target::kubernetes::api::Scope;
use crate::target::kubernetes::api::part::{Part, containers, is_set};

/// What a pod of Linux has and one of Windows lacks (`validateWindows`).
const OF_LINUX: &[&str] = &["hostIPC", "hostPID", "hostUsers", "shareProcessNamespace"];
const OF_LINUX_PODS: &[&str] = &[
    "appArmorProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsGroup",
    "runAsUser",
    "seLinuxChangePolicy",
    "seLinuxOptions",
    "seccompProfile",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "sysctls",
];
const OF_LINUX_CONTAINERS: &[&str] = &[
    "allowPrivilegeEscalation",
    "appArmorProfile",
    "capabilities",
    "privileged",
    "procMount",
    "readOnlyRootFilesystem",
    "runAsGroup",
    "runAsUser",
    "seLinuxOptions",
    "seccompProfile",
];

/// `validateLinux`, `validateWindows`, `validateWindowsHostProcessPod`
pub(in crate::target::kubernetes::api) fn system<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let containers = containers(part.node, &part.path);
    let contexts = containers.iter().filter_map(|container| {
        let node = crate::kustomize::field(container.node, "securityContext")?;
        Some(Part { node, path: format!("{}.securityContext", container.path) })
    });
    let contexts: Vec<Part<'_>> = contexts.collect();
    let of_pod = part.at("securityContext");
    let of_pod = of_pod.map(|node| Part { node, path: part.below("securityContext") });
    match part.text("os.name") {
        "linux" => {
            for context in contexts.iter().chain(&of_pod).filter(|context| context.is_set("windowsOptions")) {
                scope.refuse(context.below("windowsOptions"), "a pod of Linux has none", None);
            }
        }
        "windows" => {
            let label = "a pod of Windows has none: `remove` it";
            for key in OF_LINUX.iter().filter(|key| part.is_set(key) && !part.is_false(key)) {
                scope.refuse(part.below(key), label, None);
            }
            let pods = of_pod.iter().map(|context| (context, OF_LINUX_PODS));
            for (context, keys) in pods.chain(contexts.iter().map(|context| (context, OF_LINUX_CONTAINERS))) {
                for key in keys.iter().filter(|key| is_set(context.node, key)) {
                    scope.refuse(context.below(key), label, None);
                }
            }
        }
        _ => {}
    }
    host_processes(part, of_pod.as_ref(), (containers.len(), &contexts), scope);
}

/// Processes of the node: all containers or none, on its network.
fn host_processes(
    part: &Part<'_>,
    of_pod: Option<&Part<'_>>,
    (containers, contexts): (usize, &[Part<'_>]),
    scope: &mut Scope<'_>,
) {
    const KEY: &str = "windowsOptions.hostProcess";
    let by_pod = of_pod.is_some_and(|context| context.is_true(KEY));
    let own = contexts.iter().filter(|context| context.is_true(KEY)).count();
    let refusing = contexts.iter().filter(|context| context.is_false(KEY)).count();
    let of_node = if by_pod { containers - refusing } else { own };
    if of_node == 0 {
        return;
    }
    if of_node != containers {
        scope.refuse(part.below("containers"), "all containers are processes of the node, or none", None);
    }
    if !part.is_true("hostNetwork") {
        scope.refuse(&part.path, "processes of the node need `hostNetwork = true`", None);
    }
}

/// `validatePodSpecSecurityContext`, `ValidateHostSysctl`
pub(in crate::target::kubernetes::api) fn processes<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if part.is_true("shareProcessNamespace") && part.is_true("hostPID") {
        let label = "the processes are those of the node already: `hostPID`";
        scope.refuse(part.below("shareProcessNamespace"), label, None);
    }
    for sysctl in part.items("securityContext.sysctls") {
        let setting = crate::target::kubernetes::api::name(sysctl).replace('/', ".");
        let path = part.below(&format!("securityContext.sysctls[{setting}]"));
        if part.is_true("hostNetwork") && setting.starts_with("net.") {
            scope.refuse(path, "on the network of the node it would be the node's", None);
        } else if part.is_true("hostIPC") && is_memory(&setting) {
            scope.refuse(path, "with the memory of the node it would be the node's", None);
        }
    }
}

/// Settings of shared memory (kubernetes/component-helpers:node/util/sysctl/namespace.go).
fn is_memory(setting: &str) -> bool {
    ["kernel.shm", "kernel.msg", "fs.mqueue."].iter().any(|start| setting.starts_with(start))
        || setting == "kernel.sem"
}

/// The name of a user of Windows: `DOMAIN\USER` or `USER` (`validateWindowsSecurityContextOptions`).
pub(in crate::target::kubernetes::api) fn windows_user<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let Some(text) = part.at("runAsUserName").and_then(crate::kustomize::text) else { return };
    let (domain, user) = text.split_once('\\').map_or((None, text), |(domain, user)| (Some(domain), user));
    let is_user = (1..=104).contains(&user.len())
        && !user.chars().any(|c| c.is_control() || "\"/\\:;|=,+*?<>@[]".contains(c))
        && !user.chars().all(|c| c == '.' || c == ' ');
    let is_domain = domain.is_none_or(|domain| {
        let dns = domain.split('.').all(|part| {
            let plain = |c: char| c.is_ascii_alphanumeric();
            part.len() <= 63
                && part.starts_with(plain)
                && part.ends_with(plain)
                && part.chars().all(|c| plain(c) || c == '-')
        });
        let bios = (1..=15).contains(&domain.len())
            && !domain.starts_with('.')
            && !domain.chars().any(|c| "\\/:*?\"<>|".contains(c));
        domain.len() < 256 && (dns || bios)
    });
    if !is_user || !is_domain {
        let label = format!("`{text}` is no user of Windows");
        scope.refuse(part.below("runAsUserName"), label, Some("write `USER`, or `DOMAIN\\USER`"));
    }
}

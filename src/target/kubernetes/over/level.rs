//! Whether pods are still admitted to their namespace.
//!
//! <https://kubernetes.io/docs/concepts/security/pod-security-standards/>

use super::findings::Findings;
use crate::emit::Node;
use crate::kustomize::{bare, field, text};
use crate::platform::{BASELINE_CAPABILITIES, Level, Service};
use crate::target::FaultKind;
use crate::target::kubernetes::api::{Container, at, containers, items, name, template};
use crate::target::kubernetes::object::Object;

/// The kernel's settings that a pod of the level `baseline` may change.
const SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
];

/// The types of SELinux that `baseline` admits.
const SELINUX: &[&str] = &["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// The sources of volumes that `restricted` admits.
const VOLUMES: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// What annotations that name the profile of a container begin with.
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

struct Look<'a, 'f> {
    level: Level,
    found: &'a mut Findings<'f>,
}

pub(super) fn look(object: &Object, service: Option<&Service>, found: &mut Findings<'_>) {
    let (Some(path), Some(service)) = (template(&object.kind), service) else { return };
    let Some(spec) = at(&object.tree, &format!("{path}.spec")) else { return };
    let level = Level::of(service);
    if level == Level::Privileged {
        return;
    }
    let mut look = Look { level, found };
    look.of_annotations(at(&object.tree, &format!("{path}.metadata.annotations")), path);
    let path = format!("{path}.spec");
    look.of_pod(spec, &path);
    for container in containers(spec, &path) {
        look.of_container(&container, at(spec, "securityContext"));
    }
}

fn is_true(node: Option<&Node>) -> bool {
    node.is_some_and(|node| *bare(node) == Node::Boolean(true))
}

fn is_false(node: Option<&Node>) -> bool {
    node.is_some_and(|node| *bare(node) == Node::Boolean(false))
}

fn is_zero(node: Option<&Node>) -> bool {
    node.is_some_and(|node| *bare(node) == Node::Integer(0))
}

fn word(node: Option<&Node>) -> Option<&str> {
    node.and_then(text)
}

impl Look<'_, '_> {
    fn add(&mut self, path: &str, label: &str) {
        let help = "say it by `security { …, reason = \"…\" }` of the service: its pods then stand in a namespace that admits it";
        let label = format!("{label}: the namespace is held to `{}`", self.level.word());
        self.found.add(FaultKind::Security, path, label, Some(help));
    }

    /// The older form of an AppArmor profile, which is judged as long as clusters read it.
    fn of_annotations(&mut self, annotations: Option<&Node>, path: &str) {
        let Some(Node::Map(annotations)) = annotations.map(bare) else { return };
        for (key, value) in annotations.iter().filter(|(key, _)| key.starts_with(APPARMOR)) {
            let profile = text(value).unwrap_or_default();
            if !profile.is_empty() && profile != "runtime/default" && !profile.starts_with("localhost/") {
                self.add(&format!("{path}.metadata.annotations.{key}"), "unconfined");
            }
        }
    }

    fn of_pod(&mut self, spec: &Node, path: &str) {
        for (key, label) in [
            ("hostNetwork", "on the network of the node"),
            ("hostPID", "sees the processes of the node"),
            ("hostIPC", "shares the memory of the node"),
        ] {
            if is_true(field(spec, key)) {
                self.add(&format!("{path}.{key}"), label);
            }
        }
        for volume in items(field(spec, "volumes")) {
            let Node::Map(entries) = bare(volume) else { continue };
            for key in entries.keys().filter(|key| *key != "name") {
                let admitted = if self.level == Level::Baseline {
                    key != "hostPath"
                } else {
                    VOLUMES.contains(&key.as_str())
                };
                if !admitted {
                    self.add(
                        &format!("{path}.volumes[{}].{key}", name(volume)),
                        "a source that is not admitted",
                    );
                }
            }
        }
        let context = field(spec, "securityContext");
        self.of_context(context, &format!("{path}.securityContext"));
        for sysctl in items(context.and_then(|context| field(context, "sysctls"))) {
            if !SYSCTLS.contains(&name(sysctl)) {
                self.add(
                    &format!("{path}.securityContext.sysctls[{}]", name(sysctl)),
                    "a setting of the whole node",
                );
            }
        }
    }

    /// What pods and containers have in common.
    fn of_context(&mut self, context: Option<&Node>, path: &str) {
        let Some(context) = context else { return };
        for key in ["seccompProfile", "appArmorProfile"] {
            if word(at(context, &format!("{key}.type"))) == Some("Unconfined") {
                self.add(&format!("{path}.{key}.type"), "unconfined");
            }
        }
        if is_true(at(context, "windowsOptions.hostProcess")) {
            self.add(&format!("{path}.windowsOptions.hostProcess"), "a process of the node");
        }
        let linux = field(context, "seLinuxOptions");
        let of_linux = |key: &str| word(linux.and_then(|linux| field(linux, key))).unwrap_or_default();
        if !SELINUX.contains(&of_linux("type"))
            || !of_linux("user").is_empty()
            || !of_linux("role").is_empty()
        {
            self.add(&format!("{path}.seLinuxOptions"), "a role of its own");
        }
        if self.level == Level::Restricted {
            if is_zero(field(context, "runAsUser")) {
                self.add(&format!("{path}.runAsUser"), "root");
            }
            if is_false(field(context, "runAsNonRoot")) {
                self.add(&format!("{path}.runAsNonRoot"), "maybe root");
            }
        }
    }

    fn of_container(&mut self, container: &Container<'_>, of_pod: Option<&Node>) {
        let path = format!("{}.securityContext", container.path);
        let context = field(container.node, "securityContext");
        self.of_context(context, &path);
        let own = |key: &str| context.and_then(|context| at(context, key));
        if is_true(own("privileged")) {
            self.add(&format!("{path}.privileged"), "everything of the node");
        }
        if own("procMount").and_then(text).is_some_and(|mount| mount != "Default") {
            self.add(&format!("{path}.procMount"), "unmasked");
        }
        for port in items(field(container.node, "ports")) {
            if field(port, "hostPort").is_some() && !is_zero(field(port, "hostPort")) {
                self.add(&format!("{}.ports[{}].hostPort", container.path, name(port)), "a port of the node");
            }
        }
        let adds = items(own("capabilities.add"));
        let admitted = |capability: &&str| {
            if self.level == Level::Baseline {
                BASELINE_CAPABILITIES.contains(capability)
            } else {
                *capability == "NET_BIND_SERVICE"
            }
        };
        if !adds.iter().filter_map(text).all(|capability| admitted(&capability)) {
            self.add(&format!("{path}.capabilities.add"), "a capability that is not admitted");
        }
        self.of_requests(container);
        if self.level == Level::Restricted {
            self.restricted(container, of_pod);
        }
    }

    /// A kubelet asks the pod itself, from the network of the node: another host would be asked from there, too (held
    /// since 1.34: kubernetes/pod-security-admission:policy/check_hostProbesAndhostLifecycle.go).
    fn of_requests(&mut self, container: &Container<'_>) {
        let handlers =
            ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"];
        for handler in handlers {
            for kind in ["httpGet", "tcpSocket"] {
                let host = at(container.node, &format!("{handler}.{kind}.host"));
                if word(host).is_some_and(|host| !host.is_empty()) {
                    self.add(&format!("{}.{handler}.{kind}.host", container.path), "asks another host");
                }
            }
        }
    }

    fn restricted(&mut self, container: &Container<'_>, of_pod: Option<&Node>) {
        let path = format!("{}.securityContext", container.path);
        let context = field(container.node, "securityContext");
        let own = |key: &str| context.and_then(|context| at(context, key));
        let either = |key: &str| own(key).or_else(|| of_pod.and_then(|context| at(context, key)));
        if !is_false(own("allowPrivilegeEscalation")) {
            self.add(&format!("{path}.allowPrivilegeEscalation"), "not `false`");
        }
        if !is_true(either("runAsNonRoot")) {
            self.add(&format!("{path}.runAsNonRoot"), "not `true`");
        }
        if !matches!(word(either("seccompProfile.type")), Some("RuntimeDefault" | "Localhost" | "Unconfined"))
        {
            self.add(&format!("{path}.seccompProfile"), "neither `RuntimeDefault` nor `Localhost`");
        }
        if !items(own("capabilities.drop")).iter().filter_map(text).any(|capability| capability == "ALL") {
            self.add(&format!("{path}.capabilities.drop"), "does not drop `ALL`");
        }
    }
}

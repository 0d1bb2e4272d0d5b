//! Pod Security, as the labels of a namespace enforce it: the checks of
//! kubernetes/kubernetes:staging/src/k8s.io/pod-security-admission/policy (`check_*.go`), which
//! kubernetes/website:content/en/docs/concepts/security/pod-security-standards.md describes.

use serde_json::Value;

use super::cluster::{Cluster, Pod, list, pairs, text};

/// A namespace says what it enforces, and its pods keep to it.
pub(crate) fn admitted(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for namespace in cluster.of("Namespace") {
        let level = namespace.value["metadata"]["labels"]["pod-security.kubernetes.io/enforce"].as_str();
        if !matches!(level, Some("restricted" | "baseline" | "privileged")) {
            complaints.push(format!("{}: nothing is enforced in it", namespace.place()));
        }
    }
    for pod in cluster.pods() {
        let enforced =
            cluster.labels_of(pod.namespace()).and_then(|it| it.get("pod-security.kubernetes.io/enforce"));
        let problems = match enforced.and_then(Value::as_str) {
            Some("privileged") => Vec::new(),
            Some("baseline") => baseline(&pod),
            _ => restricted(&pod),
        };
        complaints.extend(problems.into_iter().map(|problem| format!("{}: {problem}", pod.place())));
    }
    complaints
}

/// A namespace that enforces less than `restricted` holds only pods that need it.
pub(crate) fn needed(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    // Pods of backups stand where the Secrets and the disks of their service are, and need less than it does.
    let is_copier = |pod: &Pod<'_>| text(&pod.labels()["app.kubernetes.io/name"]).contains('.');
    for pod in cluster.pods().filter(|pod| !is_copier(pod)) {
        let enforced =
            cluster.labels_of(pod.namespace()).and_then(|it| it.get("pod-security.kubernetes.io/enforce"));
        let idle = match enforced.and_then(Value::as_str) {
            Some("privileged") => baseline(&pod).is_empty(),
            Some("baseline") => restricted(&pod).is_empty(),
            _ => false,
        };
        if idle {
            complaints
                .push(format!("{}: it stands in a namespace that enforces less than it keeps", pod.place()));
        }
    }
    complaints
}

/// Capabilities that a container may add under `baseline` (`check_capabilities_baseline.go`).
const HARMLESS: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Those of the first version (`check_sysctls.go`); later ones let more through.
const SYSCTLS: [&str; 5] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_syncookies",
];

/// The security contexts of a pod: its own, and those of its containers, each with what it is called.
fn contexts<'a>(pod: &Pod<'a>) -> Vec<(String, &'a Value)> {
    let own = ("the pod".to_owned(), &pod.spec()["securityContext"]);
    let containers = pod.containers();
    let containers = containers.map(|it| (format!("container {}", it.name()), &it.value["securityContext"]));
    std::iter::once(own).chain(containers).collect()
}

fn baseline(pod: &Pod<'_>) -> Vec<String> {
    let spec = pod.spec();
    let mut problems = Vec::new();
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if spec[key] == true {
            problems.push(format!("{key} is no part of baseline"));
        }
    }
    for volume in list(&spec["volumes"]).iter().filter(|volume| !volume["hostPath"].is_null()) {
        problems.push(format!("hostPath is no part of baseline: {}", volume["name"]));
    }
    for (place, context) in contexts(pod) {
        let mut complain = |what: &str| problems.push(format!("{place}: {what} is no part of baseline"));
        let profile = |key: &str| text(&context[key]["type"]).to_owned();
        if context["privileged"] == true {
            complain("privileged");
        }
        if list(&context["capabilities"]["add"]).iter().any(|added| !HARMLESS.contains(&text(added))) {
            complain("an added capability");
        }
        if !matches!(text(&context["procMount"]), "" | "Default") {
            complain("procMount");
        }
        // `undefined` is let through, `Unconfined` is not (`check_seccompProfile_baseline.go`, `check_appArmorProfile.go`).
        if profile("seccompProfile") == "Unconfined" || profile("appArmorProfile") == "Unconfined" {
            complain("an unconfined profile");
        }
        let linux = &context["seLinuxOptions"];
        let types = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
        if !types.contains(&text(&linux["type"]))
            || !text(&linux["user"]).is_empty()
            || !text(&linux["role"]).is_empty()
        {
            complain("an option of SELinux");
        }
        if context["windowsOptions"]["hostProcess"] == true {
            complain("hostProcess");
        }
        if list(&context["sysctls"]).iter().any(|it| !SYSCTLS.contains(&text(&it["name"]))) {
            complain("a sysctl");
        }
    }
    if pod.ports().any(|port| port["hostPort"].as_u64().is_some_and(|port| port != 0)) {
        problems.push("hostPort is no part of baseline".to_owned());
    }
    // Since 1.34 (`check_hostProbesAndhostLifecycle.go`).
    for container in pod.containers() {
        for (what, handler) in super::references::handlers(&container) {
            if ["httpGet", "tcpSocket"].iter().any(|kind| !text(&handler[*kind]["host"]).is_empty()) {
                problems.push(format!("{what} of another host is no part of baseline"));
            }
        }
    }
    let unconfined = pairs(&pod.template["metadata"]["annotations"]).any(|(key, value)| {
        key.starts_with("container.apparmor.security.beta.kubernetes.io/") && value == "unconfined"
    });
    if unconfined {
        problems.push("an unconfined profile is no part of baseline".to_owned());
    }
    problems
}

/// Volumes of `check_restrictedVolumes.go`.
const VOLUMES: [&str; 8] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

fn restricted(pod: &Pod<'_>) -> Vec<String> {
    let spec = pod.spec();
    let own = &spec["securityContext"];
    let mut problems = baseline(pod);
    for volume in list(&spec["volumes"]) {
        if pairs(volume).any(|(key, _)| key != "name" && !VOLUMES.contains(&key)) {
            problems.push(format!("the volume {} is no part of restricted", volume["name"]));
        }
    }
    if own["runAsUser"] == 0 {
        problems.push("the pod: user 0 is no part of restricted".to_owned());
    }
    for container in pod.containers() {
        let context = &container.value["securityContext"];
        let mut complain = |what: &str| problems.push(format!("container {}: {what}", container.name()));
        let inherited = |key: &str| if context[key].is_null() { &own[key] } else { &context[key] };
        if context["allowPrivilegeEscalation"] != false {
            complain("it may gain privileges");
        }
        if *inherited("runAsNonRoot") != true {
            complain("it may run as root");
        }
        if context["runAsUser"] == 0 {
            complain("it runs as user 0");
        }
        if !matches!(text(&inherited("seccompProfile")["type"]), "RuntimeDefault" | "Localhost") {
            complain("it has no profile of seccomp");
        }
        let dropped = list(&context["capabilities"]["drop"]);
        if !dropped.iter().any(|capability| capability == "ALL") {
            complain("it keeps capabilities");
        }
        let added = list(&context["capabilities"]["add"]);
        if added.iter().any(|capability| capability != "NET_BIND_SERVICE") {
            complain("it adds capabilities");
        }
    }
    problems
}

/// What admission lets through and the platform promises: a number for the user, so that `runAsNonRoot` can be judged by the
/// kubelet, and a root that is read only, or writable for a reason that the image gives.
pub(crate) fn users(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for pod in cluster.pods() {
        let own = &pod.spec()["securityContext"];
        for container in pod.containers() {
            let context = &container.value["securityContext"];
            let inherited = |key: &str| if context[key].is_null() { &own[key] } else { &context[key] };
            if inherited("runAsNonRoot") == true && inherited("runAsUser").as_u64().is_none() {
                complaints.push(format!("{}: no number of its user", container.place(&pod)));
            }
            if context["privileged"] == true && context["allowPrivilegeEscalation"] == false {
                complaints.push(format!("{}: privileged, and may gain no privilege", container.place(&pod)));
            }
        }
    }
    complaints
}

/// A disk belongs to root until the pod names a group for it, which may be root's (bitnami/charts#7662).
pub(crate) fn disks(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for pod in cluster.pods() {
        let claims = list(&pod.workload.spec()["volumeClaimTemplates"]).iter();
        let claims = claims.map(|claim| text(&claim["metadata"]["name"]));
        let volumes = list(&pod.spec()["volumes"]).iter();
        let volumes = volumes.filter(|volume| volume["persistentVolumeClaim"].is_object());
        let disks: Vec<&str> = claims.chain(volumes.map(|volume| text(&volume["name"]))).collect();
        let context = &pod.spec()["securityContext"];
        let writes = pod.containers().any(|container| {
            let own = &container.value["securityContext"]["runAsUser"];
            let user = own.as_u64().or(context["runAsUser"].as_u64()).unwrap_or(0);
            let mut mounts = list(&container.value["volumeMounts"]).iter();
            user != 0
                && mounts.any(|mount| disks.contains(&text(&mount["name"])) && mount["readOnly"] != true)
        });
        if writes && !context["fsGroup"].is_u64() {
            complaints.push(format!("{}: no group that its disks would be given to", pod.place()));
        }
    }
    complaints
}

//! What people ran into with workloads: rollouts, disruption budgets, Jobs, disks.

use serde_json::Value;

use super::cluster::{Cluster, Object, Pod, list, selects, text};

fn each<'a>(cluster: &'a Cluster, kind: &'a str, read: impl Fn(&'a Object) -> Vec<String>) -> Vec<String> {
    let read = |object: &'a Object| {
        read(object).into_iter().map(|problem| format!("{}: {problem}", object.place())).collect::<Vec<_>>()
    };
    cluster.of(kind).flat_map(read).collect()
}

/// The one problem of an object where a condition does not hold.
fn unless(holds: bool, problem: &str) -> Vec<String> {
    if holds { Vec::new() } else { vec![problem.to_owned()] }
}

/// The object that scales a workload.
fn scaler<'a>(cluster: &'a Cluster, workload: &Object) -> Option<&'a Object> {
    cluster.of("HorizontalPodAutoscaler").chain(cluster.of("ScaledObject")).find(|scaler| {
        let target = &scaler.spec()["scaleTargetRef"];
        scaler.namespace() == workload.namespace()
            && target["name"] == workload.name()
            && target["kind"].as_str().unwrap_or("Deployment") == workload.kind()
    })
}

/// The least number of pods that a workload has.
fn least(cluster: &Cluster, workload: &Object) -> u64 {
    let Some(scaler) = scaler(cluster, workload) else {
        return workload.spec()["replicas"].as_u64().unwrap_or(1);
    };
    let keys = ["minReplicas", "minReplicaCount"];
    keys.iter()
        .find_map(|key| scaler.spec()[*key].as_u64())
        .unwrap_or(u64::from(scaler.kind() != "ScaledObject"))
}

/// A scaler alone says how many pods there are, and has a request to measure by.
pub(crate) fn scalers(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for kind in ["Deployment", "StatefulSet"] {
        complaints.extend(each(cluster, kind, |workload| {
            let scaled = scaler(cluster, workload).is_some();
            unless(!scaled || workload.spec()["replicas"].is_null(), "it has replicas, and a scaler")
        }));
    }
    complaints.extend(each(cluster, "HorizontalPodAutoscaler", |scaler| {
        let pods = cluster.pods_in(scaler.namespace());
        let name = &scaler.spec()["scaleTargetRef"]["name"];
        let pods = pods.filter(|pod| pod.workload.name() == text(name) && pod.workload.kind() != "Job");
        let mut problems = Vec::new();
        for pod in pods {
            for metric in list(&scaler.spec()["metrics"]) {
                let resource = &metric["resource"];
                // Utilisation is a share of requests: one container without one, and nothing is measured.
                let asked = |container: &Value| {
                    !container["resources"]["requests"][text(&resource["name"])].is_null()
                };
                let shared = !resource["target"]["averageUtilization"].is_null();
                if shared && !pod.containers().all(|container| asked(container.value)) {
                    problems.push(format!("{} has a container without a request", pod.place()));
                }
            }
        }
        problems
    }));
    complaints
}

/// A disruption budget over one pod protects nothing or stops every drain, and one that a sick pod holds up stops them, too
/// (equinor/radix-operator#1069).
pub(crate) fn budgets(cluster: &Cluster) -> Vec<String> {
    each(cluster, "PodDisruptionBudget", |budget| {
        let spec = budget.spec();
        let mut problems =
            unless(spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow", "a sick pod stops every drain");
        for pod in cluster.pods_in(budget.namespace()).filter(|pod| selects(&spec["selector"], pod.labels()))
        {
            let least = least(cluster, pod.workload);
            problems.extend(unless(least >= 2, "it is over one pod"));
            let kept = spec["minAvailable"].as_u64().unwrap_or(0);
            problems.extend(unless(kept < least, "no pod may go"));
        }
        problems
    })
}

/// Whether a Service, other than one without an address, sends traffic to a pod.
fn is_served(cluster: &Cluster, pod: &Pod<'_>) -> bool {
    cluster.of("Service").any(|service| {
        let selector = serde_json::json!({ "matchLabels": service.spec()["selector"] });
        service.namespace() == pod.namespace()
            && service.spec()["selector"].is_object()
            && selects(&selector, pod.labels())
    })
}

/// A pod that leaves is left out of the Service before it stops: the rule of its end points comes late
/// (mattrobinsonsre/terrapod#222: 5 s are too short).
pub(crate) fn stops(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for pod in cluster.pods().filter(|pod| pod.workload.kind() == "Deployment" && is_served(cluster, pod)) {
        let sleeps = |container: &Value| {
            container["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().unwrap_or(0) >= 15
        };
        if !pod.containers().filter(|container| !container.init).all(|container| sleeps(container.value)) {
            complaints.push(format!("{}: it stops before it is left out of its Service", pod.place()));
        }
        let strategy = &pod.workload.spec()["strategy"];
        if strategy["type"] != "Recreate" && strategy["rollingUpdate"]["maxUnavailable"] != 0 {
            complaints.push(format!("{}: a rollout takes pods away before new ones are there", pod.place()));
        }
    }
    complaints
}

/// Spread is counted among the pods of one rollout: those that go away count, too, and both new ones come to stand on one
/// node (kubernetes/kubernetes#98215).
pub(crate) fn spread(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for pod in cluster.pods().filter(|pod| pod.workload.kind() == "Deployment") {
        let constraints = list(&pod.spec()["topologySpreadConstraints"]);
        if constraints.iter().any(|it| list(&it["matchLabelKeys"]) != ["pod-template-hash"]) {
            complaints.push(format!("{}: its spread counts the pods that go away", pod.place()));
        }
        if constraints.is_empty() && least(cluster, pod.workload) >= 2 {
            complaints.push(format!("{}: nothing spreads its pods", pod.place()));
        }
    }
    complaints
}

/// A finished Job that is cleaned up is made again by the next apply; one that may not fail once fails because its network
/// policies come late (cloudnativelabs/kube-router#873).
pub(crate) fn jobs(cluster: &Cluster) -> Vec<String> {
    let mut complaints = each(cluster, "Job", |job| {
        let mut problems =
            unless(job.spec()["ttlSecondsAfterFinished"].is_null(), "it is made again when its time is over");
        problems.extend(unless(
            job.spec()["backoffLimit"].as_u64().unwrap_or(6) >= 3,
            "it may not fail three times",
        ));
        problems
    });
    complaints.extend(each(cluster, "CronJob", |job| {
        let spec = job.spec();
        let mut problems = unless(spec["timeZone"].is_string(), "its zone of time is the controller's");
        problems.extend(unless(
            spec["concurrencyPolicy"].is_string(),
            "two of it run at once, and nobody said so",
        ));
        problems.extend(unless(
            spec["startingDeadlineSeconds"].as_u64().is_some_and(|seconds| seconds >= 10),
            "a start that is missed is never made up for, or a hundred stop it for good",
        ));
        problems
    }));
    for pod in cluster.pods() {
        let expected: &[&str] = match pod.workload.kind() {
            "Job" | "CronJob" => &["OnFailure", "Never"],
            _ => &["", "Always"],
        };
        if !expected.contains(&text(&pod.spec()["restartPolicy"])) {
            complaints.push(format!("{}: no restart policy of it", pod.place()));
        }
    }
    complaints
}

/// Disks outlive what made them, and templates of claims hold nothing that changes
/// (pajikos/home-assistant-helm-chart#167; argoproj/argo-cd#16707; devantler-tech/platform#3369).
pub(crate) fn disks(cluster: &Cluster) -> Vec<String> {
    let mut complaints = each(cluster, "StatefulSet", |set| {
        let spec = set.spec();
        let mut problems = Vec::new();
        // OrderedReady never replaces a pod that is not ready: a bad image stays after it is mended (kubernetes/kubernetes#67250).
        problems.extend(unless(
            spec["podManagementPolicy"] == "Parallel",
            "a pod that never gets ready stays for ever",
        ));
        let templates = list(&spec["volumeClaimTemplates"]);
        for claim in templates {
            let metadata = &claim["metadata"];
            problems.extend(unless(claim["kind"] == "PersistentVolumeClaim", "a template without a kind"));
            problems.extend(unless(claim["apiVersion"] == "v1", "a template without a version"));
            problems.extend(unless(
                metadata["labels"].is_null() && metadata["annotations"].is_null(),
                "a template with labels or annotations can never change them",
            ));
        }
        let kept = &spec["persistentVolumeClaimRetentionPolicy"];
        problems.extend(unless(
            templates.is_empty() || kept["whenDeleted"] == "Retain" && kept["whenScaled"] == "Retain",
            "its disks are not said to stay",
        ));
        problems
    });
    // What prunes removes a namespace with every claim in it.
    for object in cluster.of("Namespace").chain(cluster.of("PersistentVolumeClaim")) {
        let notes = &object.value["metadata"]["annotations"];
        let argo = notes["argocd.argoproj.io/sync-options"].as_str().unwrap_or_default();
        if !argo.split(',').any(|option| option == "Prune=false")
            || notes["kustomize.toolkit.fluxcd.io/prune"] != "disabled"
        {
            complaints.push(format!("{}: a tool that prunes takes it", object.place()));
        }
    }
    for (place, claim) in super::values::claims(cluster) {
        if list(&claim["spec"]["accessModes"]).is_empty() {
            complaints.push(format!("{place}: a claim without a mode of access"));
        }
    }
    // Two pods of one Deployment on two nodes cannot have such a disk at once, and a rollout waits for ever.
    for pod in cluster.pods().filter(|pod| pod.workload.kind() == "Deployment") {
        let single = list(&pod.spec()["volumes"]).iter().any(|volume| {
            let name = text(&volume["persistentVolumeClaim"]["claimName"]);
            let claim = cluster.find("PersistentVolumeClaim", pod.namespace(), name);
            claim.is_some_and(|claim| !list(&claim.spec()["accessModes"]).contains(&"ReadWriteMany".into()))
        });
        if single && pod.workload.spec()["strategy"]["type"] != "Recreate" {
            complaints.push(format!("{}: its new pod waits for a disk that the old one has", pod.place()));
        }
    }
    complaints
}

/// Of every pod: no variables of links, requests, and a probe's timeout that is written.
pub(crate) fn settings(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for pod in cluster.pods() {
        if pod.spec()["enableServiceLinks"] != false {
            complaints.push(format!("{}: variables of Services come into it", pod.place()));
        }
        for container in pod.containers() {
            let resources = &container.value["resources"];
            for name in ["cpu", "memory"] {
                if resources["requests"][name].is_null() {
                    complaints.push(format!("{}: no request of {name}", container.place(&pod)));
                }
            }
            for (what, probe) in super::references::handlers(&container) {
                if what.ends_with("Probe") && probe["timeoutSeconds"].is_null() {
                    complaints.push(format!("{}: {what} has one second", container.place(&pod)));
                }
            }
        }
        complaints.extend(memory(&pod));
    }
    complaints
}

/// Whether a container lives is asked without a program of its own, and never as whether it is ready: each question costs a
/// process and a login, and under load both fail at once (portworx/helm#950, CloudPirates-io/helm-charts#1034).
pub(crate) fn liveness(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for pod in cluster.pods() {
        for container in pod.containers() {
            let (alive, ready) =
                (&container.value["livenessProbe"]["exec"], &container.value["readinessProbe"]["exec"]);
            if alive.is_object() && alive == ready {
                complaints.push(format!("{}: it is restarted when it is not ready", container.place(&pod)));
            }
        }
    }
    complaints
}

/// What is kept in memory counts as the container's.
fn memory(pod: &Pod<'_>) -> Option<String> {
    let unbounded = list(&pod.spec()["volumes"]).iter().find(|volume| {
        volume["emptyDir"]["medium"] == "Memory" && volume["emptyDir"]["sizeLimit"].is_null()
    })?;
    Some(format!("{}: {} takes all memory of the node", pod.place(), unbounded["name"]))
}

/// What keeps data may have to bring its files in order before it answers, and one that is killed meanwhile begins again
/// (cloudnative-pg/cloudnative-pg#11152). Its port says that it has started, and no command, which may ask for more.
pub(crate) fn recovery(cluster: &Cluster) -> Vec<String> {
    const LEAST: u64 = 3_600;
    let mut complaints = Vec::new();
    for pod in cluster.pods().filter(|pod| pod.workload.kind() == "StatefulSet") {
        for container in pod.containers().filter(|container| !container.init) {
            let (start, live) = (&container.value["startupProbe"], &container.value["livenessProbe"]);
            let times = |key: &str| start[key].as_u64().unwrap_or(0);
            let has_port = !list(&container.value["ports"]).is_empty();
            let place = container.place(&pod);
            if live.is_object() && start.is_null() {
                complaints.push(format!("{place}: it is restarted while it starts"));
            }
            if start.is_object() && times("periodSeconds") * times("failureThreshold") < LEAST {
                complaints.push(format!("{place}: it has less than an hour to start"));
            }
            if has_port && start["exec"].is_object() {
                complaints.push(format!("{place}: a command says that it has started, and it has a port"));
            }
        }
    }
    complaints
}

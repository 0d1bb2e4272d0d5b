//! What services may ask of the cluster that they run in.

use super::{Platform, Role, Runtime, Service};
use crate::model::Verb;
use crate::source::Span;

/// What a service may do with a kind of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAccess {
    /// The group of the API; empty for the first one.
    pub group: String,
    /// The kind, in the plural, or a part of it: `nodes/metrics`.
    pub resource: String,
    /// What may be done.
    pub verbs: Vec<Verb>,
    /// Whether it is about the whole cluster, and not about the namespaces of the platform.
    pub cluster: bool,
    /// The place that says so; `None` where it is derived.
    pub span: Option<Span>,
}

/// Kinds of objects that are in no namespace (kubernetes/website:content/en/docs/reference/kubernetes-api, and
/// `kubectl api-resources --namespaced=false`).
const OF_CLUSTER: &[&str] = &[
    "apiservices",
    "certificatesigningrequests",
    "clusterrolebindings",
    "clusterroles",
    "csidrivers",
    "csinodes",
    "customresourcedefinitions",
    "flowschemas",
    "ingressclasses",
    "mutatingwebhookconfigurations",
    "namespaces",
    "nodes",
    "persistentvolumes",
    "priorityclasses",
    "prioritylevelconfigurations",
    "runtimeclasses",
    "storageclasses",
    "subjectaccessreviews",
    "tokenreviews",
    "validatingadmissionpolicies",
    "validatingwebhookconfigurations",
    "volumeattachments",
];

impl ApiAccess {
    /// Of a kind as a source has it: `deployments.apps`, `nodes/metrics`, `deployments.apps/scale`.
    #[must_use]
    pub fn new(kind: &str, verbs: Vec<Verb>, cluster: Option<bool>, span: Option<Span>) -> Self {
        let (whole, part) = kind.split_once('/').map_or((kind, None), |(whole, part)| (whole, Some(part)));
        let (name, group) = whole.split_once('.').unwrap_or((whole, ""));
        let resource = part.map_or_else(|| name.to_owned(), |part| format!("{name}/{part}"));
        let cluster = cluster.unwrap_or_else(|| OF_CLUSTER.contains(&name));
        Self { group: group.to_owned(), resource, verbs, cluster, span }
    }
}

impl Platform {
    /// What a service may ask the API: what it says, and what the targets of a metrics server ask for. Nothing on a runtime
    /// without one.
    #[must_use]
    pub fn api_access(&self, service: &Service) -> Vec<ApiAccess> {
        if self.runtime != Runtime::Kubernetes || !service.runs() {
            return Vec::new();
        }
        let mut all = service.api.clone();
        if service.role == Some(Role::Metrics) {
            let follow = [Verb::Get, Verb::List, Verb::Watch];
            let mut add = |kind, verbs: &[Verb]| all.push(ApiAccess::new(kind, verbs.to_vec(), None, None));
            let kubelet = |role: Option<Role>| role == Some(Role::Kubelet);
            let jobs = || self.observed.jobs.iter().filter(|job| job.probes.is_empty());
            // prometheus/prometheus:documentation/examples/rbac-setup.yml, and no more than is discovered.
            if jobs().any(|job| !kubelet(self[job.service].role)) {
                for kind in ["endpointslices.discovery.k8s.io", "pods", "services"] {
                    add(kind, &follow);
                }
            }
            if jobs().any(|job| kubelet(self[job.service].role)) {
                add("nodes", &follow);
                add("nodes/metrics", &[Verb::Get]);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::ApiAccess;

    #[test]
    fn a_kind_has_a_group_and_perhaps_a_part() {
        for (kind, group, resource, cluster) in [
            ("pods", "", "pods", false),
            ("deployments.apps", "apps", "deployments", false),
            ("nodes/metrics", "", "nodes/metrics", true),
            ("deployments.apps/scale", "apps", "deployments/scale", false),
            ("endpointslices.discovery.k8s.io", "discovery.k8s.io", "endpointslices", false),
        ] {
            let access = ApiAccess::new(kind, Vec::new(), None, None);
            assert_eq!((access.group.as_str(), access.resource.as_str()), (group, resource), "{kind}");
            assert_eq!(access.cluster, cluster, "{kind}");
        }
    }
}

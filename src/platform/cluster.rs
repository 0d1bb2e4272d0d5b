//! The cluster that a platform runs in, as far as its objects depend on it.

use super::{Kubernetes, Platform, Role, RunKind, Runtime, Service, Version};
use crate::schema::Duration;

/// The versions of Kubernetes that objects are written for: the oldest that the schemas of the objects are of, and the newest
/// (crates.io:k8s-openapi 0.29, features `v1_33` to `v1_37`).
pub const KUBERNETES: (Version, Version) = (Version(1, 33), Version(1, 37));

/// Where the API server is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiServer {
    /// Its address ranges; none where the source says nothing.
    pub ranges: Vec<String>,
    /// Its ports; [`Kubernetes::api_ports`] has the default.
    pub ports: Vec<u16>,
}

/// Where names are resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dns {
    /// Address ranges besides the resolver's pods and the resolver of the node.
    pub ranges: Vec<String>,
    /// Ports; [`Kubernetes::dns_ports`] has the default.
    pub ports: Vec<u16>,
    /// The namespace of the resolver's pods, where it is not the default.
    pub namespace: Option<String>,
    /// The labels of the resolver's pods, where they are not the default.
    pub labels: Vec<(String, String)>,
}

/// The store that External Secrets Operator reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretStore {
    /// Its name in the cluster.
    pub name: String,
    /// Whether each namespace has one of its own.
    pub per_namespace: bool,
    /// Where values lie in it.
    pub entries: Entries,
    /// How often it is read.
    pub refresh: Duration,
}

/// A Prometheus and an Alertmanager that the cluster runs, by Prometheus Operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The namespace that they run in.
    pub namespace: String,
    /// Labels by which it finds monitors and rules.
    pub monitor_labels: Vec<(String, String)>,
}

impl Operator {
    /// The Service of a service that it runs (prometheus-operator/prometheus-operator:pkg/prometheus/statefulset.go and
    /// pkg/alertmanager/statefulset.go, `governingServiceName`).
    #[must_use]
    pub fn name_of(&self, service: &Service) -> &'static str {
        if service.role == Some(Role::Alerts) { "alertmanager-operated" } else { "prometheus-operated" }
    }

    /// The label that the pods of such a service are known by, `app.kubernetes.io/name` (the same files).
    #[must_use]
    pub fn label_of(&self, service: &Service) -> &'static str {
        if service.role == Some(Role::Alerts) { "alertmanager" } else { "prometheus" }
    }

    /// The port that such a service has.
    #[must_use]
    pub fn port_of(&self, service: &Service) -> u16 {
        if service.role == Some(Role::Alerts) { 9093 } else { 9090 }
    }
}

impl Platform {
    /// Whether the cluster runs a service by Prometheus Operator, and the platform does not.
    #[must_use]
    pub fn is_of_cluster(&self, service: &Service) -> bool {
        let role = matches!(service.role, Some(Role::Metrics | Role::Alerts));
        role && self.runtime == Runtime::Kubernetes && self.settings.kubernetes.operator.is_some()
    }

    /// Whether the Job of a service is run again by a schedule: certificates that sign themselves end.
    #[must_use]
    pub fn renews(&self, service: &Service) -> bool {
        self.runtime == Runtime::Kubernetes
            && service.run == RunKind::Once
            && service.role == Some(Role::Certificates)
    }
}

/// Where the values of a platform lie in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entries {
    /// All in the entry of this name, each as a property.
    Properties(String),
    /// Each in an entry of its own, whose name begins and ends with these.
    Own(String, String),
}

/// The ports of an API server: that of its Service, and the one behind it, which plug-ins judge by that look at a packet when
/// its address is translated (kubescape/helm-charts#762; kubernetes/kubernetes:cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go,
/// `DefaultAPIBindPort`).
const API: [u16; 2] = [443, 6443];

/// The port of names (RFC 1035, section 4.2).
const NAMES: [u16; 1] = [53];

impl Kubernetes {
    /// The version that objects are written for.
    #[must_use]
    pub fn written_for(&self) -> Version {
        self.version.map_or(KUBERNETES.0, |version| version.value)
    }

    /// The namespace of KEDA, as its documentation installs it (kedacore/keda-docs:content/docs/2.17/deploy.md).
    #[must_use]
    pub fn keda_namespace(&self) -> &str {
        self.keda.as_deref().unwrap_or("keda")
    }

    /// The ports of the API server.
    #[must_use]
    pub fn api_ports(&self) -> &[u16] {
        if self.api_server.ports.is_empty() { &API } else { &self.api_server.ports }
    }

    /// The ports of the resolvers.
    #[must_use]
    pub fn dns_ports(&self) -> &[u16] {
        if self.dns.ports.is_empty() { &NAMES } else { &self.dns.ports }
    }
}

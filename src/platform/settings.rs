//! What the source sets for each target.

use super::{AccountId, ApiServer, ClusterGateway, Dns, Operator, SecretStore, Version};
use crate::model::{PullPolicy, Timers};
use crate::schema::Placed;

/// The settings of every target.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Those of Docker Compose.
    pub compose: Compose,
    /// Those of Prometheus.
    pub prometheus: Reader,
    /// Those of Alertmanager.
    pub alertmanager: Reader,
    /// Those of nginx.
    pub nginx: Nginx,
    /// Those of Kubernetes.
    pub kubernetes: Kubernetes,
    /// Those of Terraform.
    pub terraform: Terraform,
    /// Those of the documentation.
    pub docs: Docs,
    /// Those of the scripts for operators.
    pub scripts: Scripts,
}

/// The settings of the scripts for operators.
#[derive(Debug, Clone, Default)]
pub struct Scripts {
    /// The folder of the host that copies of data lie in, where it is not the one beside the build.
    pub backups: Option<String>,
    /// The image of the client of object stores, where it is not the default.
    pub transfer_image: Option<String>,
    /// What starts backups, where the source says it.
    pub timers: Option<Timers>,
}

/// The settings of Docker Compose.
#[derive(Debug, Clone, Default)]
pub struct Compose {
    /// The project's name, where it is not the platform's.
    pub project: Option<String>,
}

/// The settings of the documentation.
#[derive(Debug, Clone, Default)]
pub struct Docs {
    /// The folder below `docs` that its pages stand in; `docs` itself where there is none.
    pub folder: Option<String>,
    /// The address at which that folder is read, where the source says it.
    pub address: Option<String>,
}

/// The settings of nginx.
#[derive(Debug, Clone, Default)]
pub struct Nginx {
    /// The version that the files are written for.
    pub version: Option<Placed<Version>>,
    /// Whether sites without a proxy are served by nginx of the host itself.
    pub host: bool,
    /// Whether that listens on IPv6, where the source says it.
    pub ipv6: Option<Placed<bool>>,
}

/// The settings of Kubernetes.
#[derive(Debug, Clone)]
pub struct Kubernetes {
    /// The namespace, where it is not called as the platform is.
    pub namespace: Option<String>,
    /// The storage class of volumes that one service mounts.
    pub storage_class: Option<String>,
    /// The storage class of volumes that pods on several nodes mount.
    pub shared_storage_class: Option<String>,
    /// The domain of the cluster, where it is not [`DOMAIN`].
    pub domain: Option<String>,
    /// The namespace of KEDA, where it is not `keda`.
    pub keda: Option<String>,
    /// The Secrets by which images are pulled.
    pub pull_secrets: Vec<String>,
    /// When an image is pulled, where the source says it.
    pub pull_policy: Option<PullPolicy>,
    /// Whether pods wait for what they depend on.
    pub wait: bool,
    /// The addresses of its nodes; none where nothing is known of them.
    pub nodes: Vec<String>,
    /// The addresses of load balancers that speak the PROXY protocol with proxies; none where nothing does.
    pub proxy_protocol: Vec<String>,
    /// What serves the sites of a cluster that no proxy of the platform serves.
    pub gateway: Option<ClusterGateway>,
    /// The version that the source sets.
    pub version: Option<Placed<Version>>,
    /// Where the API server is.
    pub api_server: ApiServer,
    /// Where names are resolved.
    pub dns: Dns,
    /// Whether Cilium is the network plug-in.
    pub cilium: bool,
    /// The store that Secrets are made from; `None` where a script makes them.
    pub store: Option<SecretStore>,
    /// The Prometheus and the Alertmanager of the cluster; `None` where the platform runs its own.
    pub operator: Option<Operator>,
    /// Whether Reloader restarts what reads a Secret that has changed.
    pub reloader: bool,
}

impl Default for Kubernetes {
    fn default() -> Self {
        Self {
            namespace: None,
            storage_class: None,
            shared_storage_class: None,
            domain: None,
            keda: None,
            pull_secrets: Vec::new(),
            pull_policy: None,
            wait: true,
            nodes: Vec::new(),
            proxy_protocol: Vec::new(),
            gateway: None,
            version: None,
            api_server: ApiServer::default(),
            dns: Dns::default(),
            cilium: false,
            store: None,
            operator: None,
            reloader: false,
        }
    }
}

/// The settings of Terraform.
#[derive(Debug, Clone)]
pub struct Terraform {
    /// The region.
    pub region: Option<Placed<String>>,
    /// The bucket of the state; `None` where it is a file beside the configuration.
    pub state: Option<Placed<String>>,
    /// The hosted zones that hold names of sites.
    pub zones: Vec<Placed<String>>,
    /// What the names of buckets begin with, where it does not follow from platform and account.
    pub bucket_prefix: Option<Placed<String>>,
    /// The key pair of the operators.
    pub key_pair: Option<Placed<String>>,
    /// The subnet of the host, where it has no network of its own.
    pub subnet: Option<Placed<String>>,
    /// Whether operators log in by Session Manager as well.
    pub session_manager: bool,
    /// The accounts whose rights the host has, each with its place.
    pub host_accounts: Vec<Placed<AccountId>>,
}

impl Default for Terraform {
    fn default() -> Self {
        Self {
            region: None,
            state: None,
            zones: Vec::new(),
            bucket_prefix: None,
            key_pair: None,
            subnet: None,
            session_manager: true,
            host_accounts: Vec::new(),
        }
    }
}

/// The default domain of a cluster (kubernetes/kubernetes:cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go).
pub const DOMAIN: &str = "cluster.local";

/// The settings of a target whose files one program reads.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// The version of that program that the files are written for.
    pub version: Option<Placed<Version>>,
}

impl Reader {
    /// Whether the files are written for a version, or a later one.
    #[must_use]
    pub fn is_for(&self, first: Version) -> bool {
        self.version.is_some_and(|version| version.value >= first)
    }
}

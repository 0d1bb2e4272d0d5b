//! The settings of targets: one block a target, with the name of the target.

use super::cluster::{ApiServer, Dns, Monitoring, SecretStore};
use super::place::Addresses;
use crate::schema::{Constant, Decode, Decoder, Kind, List, Placed, Reference, Visit, block, choice};
use crate::syntax::{Body, Entry, Name};

block! {
    /// Settings of Docker Compose.
    "compose" => ComposeSettings / ComposeSettingsField {
        /// The name of the project; the platform's name by default.
        optional project: Constant,
    }
}

block! {
    /// Settings of Prometheus.
    "prometheus" => PrometheusSettings / PrometheusSettingsField {
        /// The version of Prometheus that reads the files, such as `"3.13"`. Without it they hold nothing that promtool 2.53
        /// refuses.
        optional version: Constant,
    }
}

block! {
    /// Settings of Alertmanager.
    "alertmanager" => AlertmanagerSettings / AlertmanagerSettingsField {
        /// The version of Alertmanager that reads the files, such as `"0.30"`. Without it they hold nothing that amtool 0.28
        /// refuses.
        optional version: Constant,
    }
}

block! {
    /// Settings of Grafana: there are none yet.
    "grafana" => GrafanaSettings / GrafanaSettingsField {}
}

block! {
    /// Settings of nginx.
    "nginx" => NginxSettings / NginxSettingsField {
        /// The version of nginx that reads the files, such as `"1.26"`. Without it that of the proxy's image.
        optional version: Constant,
        /// Whether sites without a proxy are written for nginx of the host itself: a file for its `sites-available`, which
        /// hands requests on to published ports.
        optional host: bool,
        /// Whether nginx of the host listens on IPv6 as well: on a host without IPv6 it does not start then. A proxy does where
        /// a network of it has `ipv6`.
        optional ipv6: Placed<bool>,
    }
}

block! {
    /// Settings of Kubernetes.
    "kubernetes" => KubernetesSettings / KubernetesSettingsField {
        /// The namespace; the platform's name by default. Services below the strictest of the Pod Security Standards get
        /// namespaces of their own, whose names begin with this one.
        optional namespace: Constant,
        /// The storage class of volumes that one service mounts; the cluster's default otherwise.
        optional storage_class: Constant,
        /// The storage class of volumes that pods on several nodes mount at a time; it offers `ReadWriteMany`.
        optional shared_storage_class: Constant,
        /// The domain of the cluster, `cluster.local` by default.
        optional domain: Constant,
        /// The namespace of KEDA, `keda` by default: from there it asks the platform's Prometheus for the queries of `scale { on … }`.
        optional keda: Constant,
        /// The Secrets for pulling images; each namespace has them.
        optional pull_secrets: List<Constant>,
        /// The time at which an image is pulled that exists already.
        optional pull_policy: PullPolicy,
        /// Whether pods wait, for five minutes at most, until their dependencies accept connections; `true` by default.
        optional wait: bool,
        /// The address ranges of the nodes. Without them connections to a node, such as a scrape of its network, are opened to
        /// every address.
        optional nodes: Addresses,
        /// The address ranges of load balancers that speak the PROXY protocol with proxies, which names the client. A
        /// connection without it is closed. An annotation of the provider's own switches it on.
        optional proxy_protocol: Addresses,
        /// The Gateway of the cluster (Gateway API), which serves the sites that no proxy of the platform serves.
        optional gateway: GatewaySettings,
        /// The Ingress of the cluster, the older form: it serves the sites that no proxy of the platform serves.
        optional ingress: IngressSettings,
        /// The version of the cluster, from `"1.33"`, the default, to `"1.37"`. Objects hold nothing that it does not know, and
        /// namespaces keep to its edition of the Pod Security Standards where it is set.
        optional version: Constant,
        /// The address of the API server.
        optional api_server: ApiServer,
        /// The resolvers of names.
        optional dns: Dns,
        /// Whether Cilium is the cluster's network plug-in. Then outsides by name, nodes and the API server are opened exactly, by
        /// its own policies, and an outside may be a pattern, `"*.ingest.example.com:443"`.
        optional cilium: bool,
        /// The maker of Secrets: a script from `.env` by default.
        optional secrets: SecretStore,
        /// The Prometheus and the Alertmanager that watch the platform: its own by default.
        optional monitoring: Monitoring,
    }
}

block! {
    /// Settings of the cluster's Gateway.
    "gateway" => GatewaySettings / GatewaySettingsField {
        /// The GatewayClass: `kubectl get gatewayclass`.
        required class: Constant,
        /// The namespace of the pods that send requests. Without it the ports of routes are opened to every address.
        optional namespace: Constant,
        /// The ClusterIssuer of cert-manager. Without it an Issuer is written for that of the sites.
        optional issuer: Constant,
    }
}

block! {
    /// Settings of the cluster's Ingress.
    "ingress" => IngressSettings / IngressSettingsField {
        /// The IngressClass: `kubectl get ingressclass`.
        required class: Constant,
        /// The namespace of the pods that send requests. Without it the ports of routes are opened to every address.
        optional namespace: Constant,
        /// The ClusterIssuer of cert-manager. Without it an Issuer is written for that of each site.
        optional issuer: Constant,
    }
}

block! {
    /// Settings of the scripts for operators.
    "scripts" => ScriptsSettings / ScriptsSettingsField {
        /// The folder of the host with the copies; `.infrac/backups` beside the build by default.
        optional backups: Constant,
        /// The image of rclone, which takes copies to object stores.
        optional transfer_image: Constant,
        /// The program that starts backups on the host; timers of systemd by default.
        optional timers: Timers,
    }
}

choice! {
    /// A program that starts others by a schedule.
    Timers {
        /// Timers of systemd, which make up for a run while the host was off.
        Systemd = "systemd",
        /// A file in `/etc/cron.d`, for crond.
        Cron = "cron",
    }
}

choice! {
    /// The time at which an image is pulled.
    PullPolicy {
        /// At each start of a container.
        Always = "always",
        /// Where the node lacks it.
        Missing = "missing",
        /// At no time: the nodes hold the image already.
        Never = "never",
    }
}

impl PullPolicy {
    /// The name in Kubernetes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::Missing => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

block! {
    /// Settings of the documentation.
    "docs" => DocsSettings / DocsSettingsField {
        /// The folder below `docs` for its pages, where `docs` itself holds pages of the project.
        optional folder: Constant,
        /// The address of that folder in a browser, such as `"https://git.example.com/shop/platform/src/branch/main/docs"`:
        /// `runbooks = generated` leads alerts there. A `repository` at github.com or gitlab.com implies it.
        optional address: Constant,
    }
}

block! {
    /// Settings of Terraform: the host in the cloud of AWS, for Terraform and OpenTofu.
    "terraform" => TerraformSettings / TerraformSettingsField {
        /// The region, such as `"eu-central-1"`. It has no default: prices and laws depend on it.
        optional region: Constant,
        /// The bucket for the state of all environments, and its lock. `terraform/bootstrap` makes it. Without it the state is
        /// a file of the machine that Terraform runs on.
        optional state: Constant,
        /// The public hosted zones of Route 53 for the names of sites, such as `["example.com"]`. Other names are set
        /// elsewhere.
        optional zones: List<Constant>,
        /// The prefix of the buckets' names, before the name of the environment: names are unique among all accounts of AWS.
        /// Without it the name of the platform and the number of the account.
        optional bucket_prefix: Constant,
        /// The EC2 key pair of the operators. It exists already: a private key has no place in a state.
        optional key_pair: Constant,
        /// A subnet that exists, such as `"subnet-0123456789abcdef0"`. Without it the host has a network of its own.
        optional subnet: Constant,
        /// Whether operators log in by Session Manager as well, which needs no open port; `true` by default.
        optional session_manager: bool,
        /// Accounts of object stores whose rights on the twins of their buckets the host has as well, without a key, for
        /// requests from containers.
        optional host_accounts: List<Reference>,
    }
}

block! {
    /// The settings of targets, by the name of the target.
    "target" => TargetSettings / TargetField {
        /// Settings of Docker Compose.
        optional compose: ComposeSettings,
        /// Settings of Prometheus.
        optional prometheus: PrometheusSettings,
        /// Settings of Alertmanager.
        optional alertmanager: AlertmanagerSettings,
        /// Settings of Grafana.
        optional grafana: GrafanaSettings,
        /// Settings of nginx.
        optional nginx: NginxSettings,
        /// Settings of Kubernetes.
        optional kubernetes: KubernetesSettings,
        /// Settings of the scripts for operators.
        optional scripts: ScriptsSettings,
        /// Settings of Terraform.
        optional terraform: TerraformSettings,
        /// Settings of the documentation.
        optional docs: DocsSettings,
    }
}

/// Settings of one target: `target NAME { … }`.
#[derive(Debug, Clone)]
pub struct Target {
    /// The target.
    pub name: Name,
    /// The settings of that target alone; `None` where no target has this name.
    pub settings: Option<TargetSettings>,
}

impl Decode for Target {
    type Fields = TargetField;

    fn kind() -> Kind {
        Kind::Named(TargetSettings::SCHEMA)
    }

    /// Reads `target NAME { … }` as `target { NAME { … } }`. The settings of an unknown target are ignored.
    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self> {
        let name = decoder.label(entry)?;
        if !TargetSettings::SCHEMA.fields.iter().any(|field| field.key == name.text) {
            return Some(Self { name, settings: None });
        }
        let block = Entry { key: name.clone(), label: None, ..entry.clone() };
        let body = Body { entries: vec![block], span: name.span };
        let whole = Entry { label: None, value: None, body: Some(body), ..entry.clone() };
        let settings = TargetSettings::decode(&whole, decoder)?;
        Some(Self { name, settings: Some(settings) })
    }
}

impl Visit for Target {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        self.settings.visit(see);
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        self.settings.visit_mut(change);
    }
}

//! The settings of targets: one block a target, which is called as the target is.

use super::cluster::{ApiServer, Dns, Monitoring, SecretStore};
use super::place::Addresses;
use crate::schema::{Constant, Decode, Decoder, Kind, List, Placed, Reference, Visit, block, choice};
use crate::syntax::{Body, Entry, Name};

block! {
    /// Settings of Docker Compose.
    "compose" => ComposeSettings / ComposeSettingsField {
        /// The project's name, in place of the platform's.
        optional project: Constant,
    }
}

block! {
    /// Settings of Prometheus.
    "prometheus" => PrometheusSettings / PrometheusSettingsField {
        /// The version that its files are written for, such as `"3.13"`. Without it they hold nothing that promtool 2.53
        /// refuses.
        optional version: Constant,
    }
}

block! {
    /// Settings of Alertmanager.
    "alertmanager" => AlertmanagerSettings / AlertmanagerSettingsField {
        /// The version that its files are written for, such as `"0.30"`. Without it they hold nothing that amtool 0.28
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
        /// The version that its files are written for, such as `"1.26"`. Without it that of the proxy's image.
        optional version: Constant,
        /// Whether sites without a proxy are written for nginx of the host itself: a file for its `sites-available`, which
        /// hands requests on to the ports that services publish.
        optional host: bool,
        /// Whether nginx of the host listens on IPv6 as well: a host without IPv6 does not start with it. A proxy does where a
        /// network of it has `ipv6`.
        optional ipv6: Placed<bool>,
    }
}

block! {
    /// Settings of Kubernetes.
    "kubernetes" => KubernetesSettings / KubernetesSettingsField {
        /// The namespace, in place of the platform's name. What cannot be held to the strictest of the Pod Security Standards
        /// gets namespaces of its own beside it, whose names begin with this one.
        optional namespace: Constant,
        /// The storage class of volumes that one service mounts; the cluster's default where none is named.
        optional storage_class: Constant,
        /// The storage class of volumes that pods on several nodes mount at a time; it offers `ReadWriteMany`.
        optional shared_storage_class: Constant,
        /// The domain of the cluster, `cluster.local` by default.
        optional domain: Constant,
        /// The namespace of KEDA, `keda` by default: from there it asks the platform's Prometheus for the queries of `scale { on … }`.
        optional keda: Constant,
        /// The Secrets by which images are pulled; they are in each namespace.
        optional pull_secrets: List<Constant>,
        /// When an image is pulled that is there already.
        optional pull_policy: PullPolicy,
        /// Whether pods wait, for five minutes at most, until what they depend on accepts connections; `true` by default.
        optional wait: bool,
        /// The address ranges of the nodes. Without them what leads to a node, such as a scrape of what runs on its network, is
        /// opened for every address.
        optional nodes: Addresses,
        /// The address ranges from which load balancers speak the PROXY protocol with proxies. It says which client asks, and a
        /// connection without it is closed. The provider is asked for it by an annotation of its own.
        optional proxy_protocol: Addresses,
        /// The Gateway of the cluster (Gateway API), which serves the sites that no proxy of the platform serves.
        optional gateway: GatewaySettings,
        /// The Ingress of the cluster, the older form: it serves the sites that no proxy of the platform serves.
        optional ingress: IngressSettings,
        /// The version of the cluster, from `"1.33"`, the default, to `"1.37"`. Objects hold nothing that it does not know, and
        /// namespaces keep to its edition of the Pod Security Standards where it is set.
        optional version: Constant,
        /// Where the API server is.
        optional api_server: ApiServer,
        /// Where names are resolved.
        optional dns: Dns,
        /// Whether Cilium is the cluster's network plug-in. Then outsides by name, nodes and the API server are opened exactly, by
        /// its own policies, and an outside may be a pattern, `"*.ingest.example.com:443"`.
        optional cilium: bool,
        /// What makes Secrets: a script from `.env`, by default.
        optional secrets: SecretStore,
        /// Which Prometheus and which Alertmanager watch the platform: its own, by default.
        optional monitoring: Monitoring,
    }
}

block! {
    /// What a Gateway of the cluster is made of.
    "gateway" => GatewaySettings / GatewaySettingsField {
        /// The GatewayClass: `kubectl get gatewayclass`.
        required class: Constant,
        /// The namespace of the pods that requests come from. Without it the ports of routes are opened for every address.
        optional namespace: Constant,
        /// The ClusterIssuer of cert-manager that issues certificates. Without it an Issuer is written for the one of the sites.
        optional issuer: Constant,
    }
}

block! {
    /// What an Ingress of the cluster is made of.
    "ingress" => IngressSettings / IngressSettingsField {
        /// The IngressClass: `kubectl get ingressclass`.
        required class: Constant,
        /// The namespace of the pods that requests come from. Without it the ports of routes are opened for every address.
        optional namespace: Constant,
        /// The ClusterIssuer of cert-manager that issues certificates. Without it an Issuer is written for that of each site.
        optional issuer: Constant,
    }
}

block! {
    /// Settings of the scripts for operators.
    "scripts" => ScriptsSettings / ScriptsSettingsField {
        /// The folder of the host that copies of data lie in; `.infrac/backups` beside the build where nothing is set.
        optional backups: Constant,
        /// The image of rclone, which takes copies to object stores.
        optional transfer_image: Constant,
        /// What starts backups on the host; timers of systemd where nothing is set.
        optional timers: Timers,
    }
}

choice! {
    /// What starts programs by a schedule on a host.
    Timers {
        /// Timers of systemd, which make up for a run that the host was off for.
        Systemd = "systemd",
        /// A file in `/etc/cron.d`, where crond runs.
        Cron = "cron",
    }
}

choice! {
    /// When an image is pulled.
    PullPolicy {
        /// At each start of a container.
        Always = "always",
        /// Where it is not there.
        Missing = "missing",
        /// Never: the nodes hold the image already.
        Never = "never",
    }
}

impl PullPolicy {
    /// What Kubernetes calls it.
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
        /// The folder below `docs` that its pages stand in, where `docs` itself holds pages of the project's own.
        optional folder: Constant,
        /// The address at which that folder is read in a browser, such as `"https://git.example.com/shop/platform/src/branch/main/docs"`:
        /// `runbooks = generated` leads alerts there. Where `repository` is one of github.com or gitlab.com, it follows from that.
        optional address: Constant,
    }
}

block! {
    /// Settings of Terraform: the host in the cloud of AWS, for Terraform and OpenTofu.
    "terraform" => TerraformSettings / TerraformSettingsField {
        /// The region, such as `"eu-central-1"`. It has no default: what it costs, and which law holds, depends on it.
        optional region: Constant,
        /// The bucket that keeps the state of all environments, and its lock. `terraform/bootstrap` makes it. Without it the state
        /// is a file of the machine that Terraform runs on.
        optional state: Constant,
        /// The public hosted zones of Route 53, such as `["example.com"]`, that hold the names of sites. Names in none of them
        /// are set elsewhere.
        optional zones: List<Constant>,
        /// What the names of buckets begin with, before the name of the environment, since they are unique among all accounts of
        /// AWS. Without it the name of the platform and the number of the account.
        optional bucket_prefix: Constant,
        /// The EC2 key pair of the operators. It exists already: a private key has no place in a state.
        optional key_pair: Constant,
        /// A subnet that exists, such as `"subnet-0123456789abcdef0"`. Without it the host has a network of its own.
        optional subnet: Constant,
        /// Whether operators log in by Session Manager as well, which needs no open port; `true` by default.
        optional session_manager: bool,
        /// Accounts of object stores whose rights on the twins of their buckets the host has as well, without a key. Their
        /// requests come from containers.
        optional host_accounts: List<Reference>,
    }
}

block! {
    /// The settings of targets, by the name of the target.
    "target" => TargetSettings / TargetField {
        /// Those of Docker Compose.
        optional compose: ComposeSettings,
        /// Those of Prometheus.
        optional prometheus: PrometheusSettings,
        /// Those of Alertmanager.
        optional alertmanager: AlertmanagerSettings,
        /// Those of Grafana.
        optional grafana: GrafanaSettings,
        /// Those of nginx.
        optional nginx: NginxSettings,
        /// Those of Kubernetes.
        optional kubernetes: KubernetesSettings,
        /// Those of the scripts for operators.
        optional scripts: ScriptsSettings,
        /// Those of Terraform.
        optional terraform: TerraformSettings,
        /// Those of the documentation.
        optional docs: DocsSettings,
    }
}

/// Settings of one target: `target NAME { … }`.
#[derive(Debug, Clone)]
pub struct Target {
    /// The target.
    pub name: Name,
    /// What its block says, as the only one in here; `None` where no target has this name.
    pub settings: Option<TargetSettings>,
}

impl Decode for Target {
    type Fields = TargetField;

    fn kind() -> Kind {
        Kind::Named(TargetSettings::SCHEMA)
    }

    /// Reads `target NAME { … }` as `target { NAME { … } }`. What an unknown target is set to is not looked at.
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

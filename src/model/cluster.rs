//! Properties of a cluster: settings of target `kubernetes` that are blocks of their own.

use super::place::Addresses;
use crate::schema::{Constant, Duration, List, Map, Placed, PortNumber, block, choice};

block! {
    /// The address of the cluster's API server. Without it connections there are opened to every address.
    "api_server" => ApiServer / ApiServerField {
        value addresses: Addresses = "The address ranges: that of the Service `kubernetes`, and those of the servers behind it, since network plug-ins judge by either.";
        /// The ports, `[443, 6443]` by default: that of the Service, and that of the servers behind it.
        optional ports: List<PortNumber>,
    }
}

block! {
    /// Resolvers of names, in addition to the pods of the cluster's resolver and the resolver of the node.
    "dns" => Dns / DnsField {
        maybe addresses: Addresses = "Address ranges of further resolvers.";
        /// The ports of all resolvers, `[53]` by default.
        optional ports: List<PortNumber>,
        /// The namespace of the resolver's pods, `kube-system` by default.
        optional namespace: Constant,
        /// The labels of the resolver's pods, `k8s-app = "kube-dns"` by default.
        optional labels: Map<Constant>,
    }
}

block! {
    /// The maker of the Secrets that pods read.
    "secrets" => SecretStore / SecretStoreField {
        value by: SecretsBy = "The maker.";
        /// external: the store that the operator reads, by its name in the cluster.
        optional store: Constant,
        /// external: whether one store serves the cluster, the default, or one each namespace.
        optional kind: Placed<StoreKind>,
        /// external: the entry of the store with the values. With a `*` each value has an entry of its own, and the `*` is the
        /// name of the secret; `"*"` by default. Without a `*` one entry holds them all, each as a property by that name.
        optional entry: Constant,
        /// external: the time between two reads of the store, one hour by default.
        optional refresh: Placed<Duration>,
        /// Whether Reloader restarts the readers of a changed Secret. The script restarts them by itself.
        optional reloader: bool,
    }
}

choice! {
    /// The maker of Secrets.
    SecretsBy {
        /// A script, from `.env`.
        Script = "script",
        /// External Secrets Operator, from a store.
        External = "external",
    }
}

choice! {
    /// The owner of a store.
    StoreKind {
        /// The cluster: a `ClusterSecretStore`.
        Cluster = "cluster",
        /// A namespace: each of the platform's has a `SecretStore` of that name.
        Namespace = "namespace",
    }
}

block! {
    /// The Prometheus and the Alertmanager that watch a platform in a cluster.
    "monitoring" => Monitoring / MonitoringField {
        value by: MonitoringBy = "The owner.";
        /// operator: their namespace.
        optional namespace: Constant,
        /// operator: labels by which they find monitors and rules, such as `release = "monitoring"`.
        optional monitor_labels: Map<Constant>,
    }
}

choice! {
    /// The owner of Prometheus and Alertmanager.
    MonitoringBy {
        /// The platform: its services with `role = metrics` and `role = alerts` run.
        Own = "own",
        /// The cluster, by Prometheus Operator: these services are names for them, and objects that the operator reads hold
        /// their configuration.
        Operator = "operator",
    }
}

//! What a cluster is like that runs a platform: settings of target `kubernetes` that are blocks of their own.

use super::place::Addresses;
use crate::schema::{Constant, Duration, List, Map, Placed, PortNumber, block, choice};

block! {
    /// Where the API server of the cluster is. Without it the way there is opened for every address.
    "api_server" => ApiServer / ApiServerField {
        value addresses: Addresses = "Its address ranges: that of the Service `kubernetes`, and those of the servers behind it, since network plug-ins judge by either.";
        /// Its ports, `[443, 6443]` by default: that of the Service, and that of the servers behind it.
        optional ports: List<PortNumber>,
    }
}

block! {
    /// Where the cluster resolves names, in addition to the pods of its resolver and the resolver of the node.
    "dns" => Dns / DnsField {
        maybe addresses: Addresses = "Address ranges of further resolvers.";
        /// The ports of all of them, `[53]` by default.
        optional ports: List<PortNumber>,
        /// The namespace of the resolver's pods, `kube-system` by default.
        optional namespace: Constant,
        /// The labels of the resolver's pods, `k8s-app = "kube-dns"` by default.
        optional labels: Map<Constant>,
    }
}

block! {
    /// What makes the Secrets that pods read.
    "secrets" => SecretStore / SecretStoreField {
        value by: SecretsBy = "What makes them.";
        /// external: the store that the operator reads, by its name in the cluster.
        optional store: Constant,
        /// external: whether that is one store for the cluster, the default, or one of each namespace.
        optional kind: Placed<StoreKind>,
        /// external: the entry of the store where values lie. With a `*` in it each value has an entry of its own, and the `*` is
        /// the name of the secret; `"*"` by default. Without a `*` one entry holds them all, each as a property by that name.
        optional entry: Constant,
        /// external: how often the store is read, each hour by default.
        optional refresh: Placed<Duration>,
        /// Whether Reloader restarts what reads a Secret that has changed. The script restarts it by itself.
        optional reloader: bool,
    }
}

choice! {
    /// What makes Secrets.
    SecretsBy {
        /// A script, from `.env`.
        Script = "script",
        /// External Secrets Operator, from a store.
        External = "external",
    }
}

choice! {
    /// What a store belongs to.
    StoreKind {
        /// The cluster: a `ClusterSecretStore`.
        Cluster = "cluster",
        /// A namespace: each of the platform's has a `SecretStore` of that name.
        Namespace = "namespace",
    }
}

block! {
    /// Which Prometheus and which Alertmanager watch a platform in a cluster.
    "monitoring" => Monitoring / MonitoringField {
        value by: MonitoringBy = "Whose they are.";
        /// operator: the namespace that they run in.
        optional namespace: Constant,
        /// operator: labels by which it finds monitors and rules, such as `release = "monitoring"`.
        optional monitor_labels: Map<Constant>,
    }
}

choice! {
    /// Whose Prometheus and Alertmanager are.
    MonitoringBy {
        /// The platform's: its services with `role = metrics` and `role = alerts` run.
        Own = "own",
        /// The cluster's, run by Prometheus Operator: these services are names for them, and their configuration stands in
        /// objects that the operator reads.
        Operator = "operator",
    }
}

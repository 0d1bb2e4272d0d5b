//! Rights of a service at the API of its cluster.

use crate::schema::{List, block, choice};

block! {
    /// Rights of a service at the API of the cluster: in the namespaces of the platform, or in the cluster for kinds without a
    /// namespace. A service without any gets no token.
    "api_access" => Api / ApiField {
        label resource = "A kind of object, `deployments.apps`, or a part of one, `nodes/metrics`.";
        value verbs: List<Verb> = "The allowed actions on objects of that kind.";
        /// Whether objects of the kind belong to the whole cluster; known for the kinds of Kubernetes itself.
        optional cluster: bool,
    }
}

choice! {
    /// An action on objects of the API.
    Verb {
        /// One is read.
        Get = "get",
        /// All are listed.
        List = "list",
        /// Changes are followed.
        Watch = "watch",
        /// One is made.
        Create = "create",
        /// One is replaced.
        Update = "update",
        /// A part of one is changed.
        Patch = "patch",
        /// One is deleted.
        Delete = "delete",
    }
}

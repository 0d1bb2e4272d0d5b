//! What a service may ask of the cluster that it runs in.

use crate::schema::{List, block, choice};

block! {
    /// What a service may ask the API of the cluster. One that says nothing gets no token.
    "api_access" => Api / ApiField {
        label resource = "A kind of object, `deployments.apps`, or a part of one, `nodes/metrics`.";
        value verbs: List<Verb> = "What may be done with objects of that kind.";
        /// Whether objects of the kind belong to the whole cluster; by default what is known of it.
        optional cluster: bool,
    }
}

choice! {
    /// What may be done with objects of the API.
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

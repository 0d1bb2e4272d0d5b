//! Guides: help for the operators of a service.

use crate::schema::{Constant, List, block};

block! {
    /// Help for the operators of a service, in documentation and runbooks. Plain texts, one step or thought each.
    "guide" => Guide / GuideField {
        /// The steps when the service is down, in order.
        optional down: List<Constant>,
        /// The steps when an alert of the service fires.
        many look: Look,
        /// A query that shows the state of the service.
        many query: GuideQuery,
        /// A command in its container that shows the state of the service. It changes nothing.
        many command: GuideCommand,
    }
}

block! {
    /// The steps when an alert fires.
    "look" => Look / LookField {
        label alert = "The alert.";
        value steps: List<Constant> = "The steps, in the order in which they are done.";
    }
}

block! {
    /// A query that shows the state of a service.
    "query" => GuideQuery / GuideQueryField {
        label title = "The meaning of the answer.";
        value expr: Constant = "The query, in PromQL.";
    }
}

block! {
    /// A command that shows the state of a service.
    "command" => GuideCommand / GuideCommandField {
        label title = "The meaning of the answer.";
        value words: List<Constant> = "The program and its arguments.";
    }
}

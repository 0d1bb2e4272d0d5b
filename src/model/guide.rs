//! Guides: what operators of a platform need to know of a service.

use crate::schema::{Constant, List, block};

block! {
    /// What helps those who run the service: documentation and runbooks hold it. Plain texts, one step or thought each.
    "guide" => Guide / GuideField {
        /// What to do when it is down, in the order in which it is done.
        optional down: List<Constant>,
        /// What to look at when an alert of the service fires.
        many look: Look,
        /// A query that shows how it goes.
        many query: GuideQuery,
        /// A command in its container that shows how it goes. It changes nothing.
        many command: GuideCommand,
    }
}

block! {
    /// What to look at when an alert fires.
    "look" => Look / LookField {
        label alert = "The alert.";
        value steps: List<Constant> = "The steps, in the order in which they are done.";
    }
}

block! {
    /// A query that shows how a service goes.
    "query" => GuideQuery / GuideQueryField {
        label title = "What it shows.";
        value expr: Constant = "The query, in PromQL.";
    }
}

block! {
    /// A command that shows how a service goes.
    "command" => GuideCommand / GuideCommandField {
        label title = "What it shows.";
        value words: List<Constant> = "The program and its arguments.";
    }
}

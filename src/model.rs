//! The typed blocks of the language: one declaration per concept.
//!
//! A [`Document`] is what the source says after imports, the environment and components were put
//! in: typed, with every place, but with names not yet bound (that is `resolve`).

mod environment;
mod health;
mod observe;
mod parameter;
mod place;
mod port;
mod receiver;
mod route;
mod run;
mod service;
mod storage;
mod store;

use std::sync::Arc;

use crate::schema::{Constant, Map, block};

pub use environment::{Allow, Override, Secret, Target, Variable};
pub use health::{Command, Health, Metrics, Samples, Tool};
pub use observe::{
    Alert, AlertTest, Choose, Dashboard, Exports, Inhibit, Metric, MetricKind, Panel, PanelKind, Preset,
    Query, Record, Row, Series, Severity, Threshold,
};
pub use parameter::{ParameterBlock, ParameterType};
pub use place::{Addresses, Group, Host, Network, Outside, Policy, Reach, Volume};
pub use port::{Access, Port, Protocol, Publish};
pub use receiver::{Heartbeat, Hours, Opsgenie, PagerDuty, Receiver, Slack, Smtp, Teams, Webhook};
pub use route::{Limit, Respond, Route, RouteTarget, Site, Tls};
pub use run::{
    After, Condition, Overlap, Place, Requires, Reserve, Resources, Run, RunKind, Scale, ScaleOn, Security,
    Ulimit, Zone,
};
pub use service::{Build, Child, Dump, EnvForm, EnvValue, ImageUse, Output, Role, Service};
pub use storage::{Artifacts, Bind, Config, Mount, Propagation, ServiceVolume, Tmpfs};
pub use store::{Backup, FirstStart, Image};

block! {
    /// The platform: its name and whom it belongs to. It stands once.
    "platform" => PlatformBlock {
        label name = "What the platform is called in artifacts.";
        /// What it is for, in one line.
        optional description: Constant,
        /// Who answers for it.
        optional owner: Constant,
        /// Labels that every artifact carries where its format has labels.
        optional labels: Map<Constant>,
        /// Where runbooks are: the address of an alert's ends with the alert's name, where it says none.
        optional runbooks: Constant,
    }
}

block! {
    /// Everything that a platform's source can say.
    "source" => Document {
        /// The platform: its name and whom it belongs to.
        many platform: PlatformBlock,
        /// What the operator sets.
        many variable: Variable,
        /// What the operator sets and nobody may see.
        many secret: Secret,
        /// Who may talk to whom.
        many network: Network,
        /// Everything external, by name.
        many outside: Outside,
        /// Services that belong together.
        many group: Group,
        /// A volume that several services share.
        many volume: Volume,
        /// A machine to run on.
        many host: Host,
        /// Something that runs.
        many service: Arc<Service>,
        /// A public host name and what is served under it.
        many site: Site,
        /// A condition that a person is told of.
        many alert: Alert,
        /// A query that is computed regularly and kept under a name.
        many record: Record,
        /// A metric that none of the platform's services exports, but its metrics server knows.
        many metric: Metric,
        /// What programs of an image, or with a library, export.
        many exports: Exports,
        /// Who is told.
        many receiver: Receiver,
        /// Hours of the week.
        many hours: Hours,
        /// What mutes what.
        many inhibit: Inhibit,
        /// Panels that show how it goes.
        many dashboard: Dashboard,
        /// A copy of data, made regularly.
        many backup: Backup,
        /// What must never, or must always, be reachable.
        many policy: Policy,
        /// What an image contains.
        many image: Image,
        /// Settings of one target.
        many target: Target,
        /// What one target is told beside the language.
        many override_ as "override": Override,
        /// A rule code that is meant.
        many allow: Allow,
    }
}

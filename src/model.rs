//! The typed blocks of the language: one declaration per concept.
//!
//! A [`Document`] is what the source says after imports, the environment and components were put
//! in: typed, with every place, but with names not yet bound (that is `resolve`).

mod api;
mod cluster;
mod document;
mod environment;
pub mod fields;
mod guide;
mod health;
mod image;
mod issuer;
mod observe;
mod parameter;
mod place;
mod port;
mod receiver;
mod rotate;
mod route;
mod run;
mod runbooks;
mod runtime;
mod service;
mod source;
mod storage;
mod store;
mod target;

use crate::schema::{Constant, List, Map, Word, block};

pub use api::{Api, Verb};
pub use cluster::{ApiServer, Dns, Monitoring, MonitoringBy, SecretStore, SecretsBy, StoreKind};
pub use document::Document;
pub use environment::{Allow, Issued, Override, Secret, Variable, WrittenDown};
pub use guide::{Guide, GuideCommand, GuideQuery, Look};
pub use health::{Command, Health, Metrics, Samples, Tool};
pub use image::{Ended, Expects, FirstStart, Image, KernelBelow, Mirror};
pub use issuer::{Eab, Issuer};
pub use observe::{
    Alert, AlertTest, Choose, Dashboard, Exports, Inhibit, Metric, MetricKind, Panel, PanelKind, Preset,
    Query, Record, Row, Series, Severity, Threshold,
};
pub use parameter::{ParameterBlock, ParameterType};
pub use place::{Addresses, Group, Host, Network, Outside, Policy, Reach, Volume};
pub use port::{Access, Forward, PathsRead, Port, Protocol, Publish};
pub use receiver::{Heartbeat, Hours, Opsgenie, PagerDuty, Receiver, Slack, Smtp, Teams, Webhook};
pub use rotate::Rotate;
pub use route::{Limit, Maintenance, Probed, Respond, Route, RouteTarget, Site, Tls, Upstream};
pub use run::{
    After, Condition, Overlap, Place, Requires, Reserve, Resources, Run, RunKind, Scale, ScaleOn, Security,
    Ulimit, Zone,
};
pub use runbooks::Runbooks;
pub use runtime::Runtime;
pub use service::{Build, Child, Dump, EnvForm, EnvValue, ImageUse, Output, Role, Service};
pub use source::{DataSource, SourceAccess};
pub use storage::{Artifacts, Bind, Config, Mount, Propagation, ServiceVolume, Tmpfs, VolumeCopy};
pub use store::{Backup, OffSite};
pub use target::{
    AlertmanagerSettings, ComposeSettings, DocsSettings, GatewaySettings, GrafanaSettings, IngressSettings,
    KubernetesSettings, NginxSettings, PrometheusSettings, PullPolicy, ScriptsSettings, Target,
    TargetSettings, TerraformSettings, Timers,
};

block! {
    /// The platform: its name and whom it belongs to. It stands once.
    "platform" => PlatformBlock / PlatformField {
        label name = "What the platform is called in artifacts.";
        /// What it is for, in one line.
        optional description: Constant,
        /// Who answers for it.
        optional owner: Constant,
        /// Labels that every artifact carries where its format has labels.
        optional labels: Map<Constant>,
        /// Where runbooks are: the address of an alert's ends with the alert's name, where it says none. `generated` is where the
        /// pages of target `docs` are read.
        optional runbooks: Runbooks,
        /// Where its source is: the address that `git clone` takes.
        optional repository: Constant,
        /// Under which licence it is, in a word or a sentence.
        optional licence: Constant,
        /// Where those who run it ask for help: an address or a sentence.
        optional support: Constant,
        /// The targets that are built of it: `[compose, prometheus]`. Those whose files a service mounts (`artifacts`) are
        /// always among them; where none are said, `compose` is.
        optional targets: List<Word>,
    }
}

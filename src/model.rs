//! The typed blocks of the language: one declaration per concept.
//!
//! A [`Document`] is a source after imports, the environment and components are expanded: typed, with every place, and with
//! names not yet bound (`resolve` binds them).

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
    /// The name, the owner and the targets of the platform. The block stands once.
    "platform" => PlatformBlock / PlatformField {
        label name = "The name of the platform in artifacts.";
        /// The purpose of the platform, in one line.
        optional description: Constant,
        /// The person or the team that answers for the platform.
        optional owner: Constant,
        /// Labels that every artifact carries where its format has labels.
        optional labels: Map<Constant>,
        /// The address of the runbooks: an alert's own address is this one with its name behind it. `generated` leads to the
        /// pages of target `docs`.
        optional runbooks: Runbooks,
        /// The address of the source, for `git clone`.
        optional repository: Constant,
        /// The licence of the source, in a word or a sentence.
        optional licence: Constant,
        /// The address or the sentence with which operators ask for help.
        optional support: Constant,
        /// The targets of a build, such as `[compose, prometheus]`; `compose` by default. A target whose files a service mounts
        /// (`artifacts`) is always among them.
        optional targets: List<Word>,
    }
}

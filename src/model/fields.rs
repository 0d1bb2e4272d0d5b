//! The fields of every block, as enumerations ([`crate::schema::Fields`]). [`SourceField`] is the path of any field from
//! the top of the source.

pub use super::PlatformField;
pub use super::document::SourceField;
pub use super::environment::{AllowField, SecretField, TargetField, VariableField};
pub use super::health::{HealthField, MetricsField, SamplesField};
pub use super::observe::{AlertField, AlertTestField, ChooseField, DashboardField, ExportsField, InhibitField, MetricField, PanelField, QueryField, RecordField, RowField, SeriesField, ThresholdField};
pub use super::place::{GroupField, HostField, NetworkField, OutsideField, PolicyField, VolumeField};
pub use super::port::{PortField, PublishField};
pub use super::receiver::{HeartbeatField, HoursField, OpsgenieField, PagerDutyField, ReceiverField, SlackField, SmtpField, TeamsField, WebhookField};
pub use super::route::{LimitField, RouteField, SiteField, TlsField};
pub use super::run::{AfterField, PlaceField, RequiresField, ReserveField, ResourcesField, RunField, ScaleField, ScaleOnField, SecurityField};
pub use super::service::{BuildField, DumpField, EnvFormField, ImageUseField, ServiceField};
pub use super::storage::{ArtifactsField, BindField, ConfigField, MountField, ServiceVolumeField, TmpfsField};
pub use super::store::{BackupField, FirstStartField, ImageField};

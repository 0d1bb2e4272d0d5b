//! The fields of every block, as enumerations ([`crate::schema::Fields`]). [`SourceField`] is the path of any field from
//! the top of the source.

pub use super::PlatformField;
pub use super::api::ApiField;
pub use super::cluster::{ApiServerField, DnsField, MonitoringField, SecretStoreField};
pub use super::document::SourceField;
pub use super::environment::{AllowField, SecretField, VariableField};
pub use super::guide::{GuideCommandField, GuideField, GuideQueryField, LookField};
pub use super::health::{HealthField, MetricsField, SamplesField};
pub use super::image::{EndedField, ExpectsField, FirstStartField, ImageField, MirrorField};
pub use super::issuer::{EabField, IssuerField};
pub use super::observe::{
    AlertField, AlertTestField, ChooseField, DashboardField, ExportsField, InhibitField, MetricField,
    PanelField, QueryField, RecordField, RowField, SeriesField, ThresholdField,
};
pub use super::place::{GroupField, HostField, NetworkField, OutsideField, PolicyField, VolumeField};
pub use super::port::{ForwardField, PortField, PublishField};
pub use super::receiver::{
    HeartbeatField, HoursField, OpsgenieField, PagerDutyField, ReceiverField, SlackField, SmtpField,
    TeamsField, WebhookField,
};
pub use super::rotate::RotateField;
pub use super::route::{LimitField, MaintenanceField, RouteField, SiteField, TlsField, UpstreamField};
pub use super::run::{
    AfterField, PlaceField, RequiresField, ReserveField, ResourcesField, RunField, ScaleField, ScaleOnField,
    SecurityField,
};
pub use super::service::{BuildField, DumpField, EnvFormField, ImageUseField, ServiceField};
pub use super::source::DataSourceField;
pub use super::storage::{
    ArtifactsField, BindField, ConfigField, MountField, ServiceVolumeField, TmpfsField,
};
pub use super::store::{BackupField, OffSiteField};
pub use super::target::{
    AlertmanagerSettingsField, ComposeSettingsField, DocsSettingsField, GatewaySettingsField,
    GrafanaSettingsField, IngressSettingsField, KubernetesSettingsField, NginxSettingsField,
    PrometheusSettingsField, ScriptsSettingsField, TargetField, TerraformSettingsField,
};

#[cfg(test)]
mod tests {
    use super::{RouteField, SiteField, SourceField};
    use crate::model::Document;
    use crate::schema::{Block, Fields as _, Leaf};

    /// Every field of a block, with its path of keys, by the description of the block.
    fn paths(block: &'static Block, number: u32, path: &str, out: &mut Vec<(std::ops::Range<u32>, String)>) {
        for below in block.below() {
            let path = format!("{path}.{}", below.key.unwrap_or("value"));
            let number = number + below.number;
            match below.block {
                Some(block) => paths(block, number, &path, out),
                None => out.push((number..number + below.count, path)),
            }
        }
    }

    #[test]
    fn numbers_of_the_description_are_those_of_the_enumeration() {
        let mut found = Vec::new();
        paths(Document::SCHEMA, 0, "", &mut found);
        let last = found.last().map(|(numbers, _)| numbers.end);
        assert_eq!(last, Some(SourceField::COUNT));
        for (numbers, path) in &found {
            assert!(numbers.clone().any(|number| SourceField::at(number).is_some()), "{path}");
        }
        let at = |path: &str| found.iter().find(|(_, known)| known == path).map(|(numbers, _)| numbers.start);
        let field = at(".site.route.login").and_then(SourceField::at);
        assert_eq!(field, Some(SourceField::site(SiteField::route(RouteField::login(Leaf)))));
        assert_eq!(SourceField::at(SourceField::COUNT), None);
    }
}

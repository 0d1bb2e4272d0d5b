//! What the target of scripts says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{
    BackupField, DumpField, GroupField, HealthField, HostField, MaintenanceField, MetricsField, OffSiteField,
    PortField, PublishField, RequiresField, RotateField, RunField, SecretField, ServiceField,
    ServiceVolumeField, SiteField, SourceField, TargetField, TlsField, VariableField, VolumeField,
};
use crate::schema::Leaf;
use crate::target::Coverage;

#[expect(clippy::too_many_lines, reason = "a line for each field, and nothing else")]
pub(super) fn coverage(field: SourceField) -> Coverage {
    match field {
        SourceField::group(field) => match field {
            GroupField::profile(Leaf) => Written,
            GroupField::title(Leaf) | GroupField::description(Leaf) => NotConcerned,
        },
        SourceField::host(field) => match field {
            HostField::path(Leaf)
            | HostField::memory(Leaf)
            | HostField::disk(Leaf)
            | HostField::sysctl(Leaf) => Written,
            HostField::size(Leaf)
            | HostField::image(Leaf)
            | HostField::address(Leaf)
            | HostField::ssh(Leaf)
            | HostField::firewall(Leaf) => NotConcerned,
        },
        SourceField::target(field) => match field {
            TargetField::compose(_) | TargetField::scripts(_) => Written,
            TargetField::prometheus(_)
            | TargetField::alertmanager(_)
            | TargetField::grafana(_)
            | TargetField::nginx(_)
            | TargetField::kubernetes(_)
            | TargetField::terraform(_)
            | TargetField::docs(_) => NotConcerned,
        },
        SourceField::variable(field) => match field {
            VariableField::default(Leaf) | VariableField::one_of(Leaf) | VariableField::optional(Leaf) => {
                Written
            }
            VariableField::description(Leaf) => NotConcerned,
        },
        SourceField::secret(field) => match field {
            SecretField::optional(Leaf) | SecretField::min_length(Leaf) | SecretField::issued(Leaf) => {
                Written
            }
            SecretField::description(Leaf) | SecretField::value(Leaf) => NotConcerned,
        },
        SourceField::backup(field) => match field {
            // The disk of a host is what it is.
            BackupField::size(Leaf) => NotConcerned,
            BackupField::of(Leaf)
            | BackupField::to(Leaf)
            | BackupField::schedule(Leaf)
            | BackupField::retention(Leaf)
            | BackupField::keep(Leaf)
            | BackupField::alert_after(Leaf)
            | BackupField::upload(Leaf)
            | BackupField::account(Leaf)
            | BackupField::reader(Leaf)
            | BackupField::drill(Leaf) => Written,
        },
        SourceField::offsite(field) => match field {
            OffSiteField::endpoint(Leaf)
            | OffSiteField::bucket(Leaf)
            | OffSiteField::prefix(Leaf)
            | OffSiteField::region(Leaf)
            | OffSiteField::access_key(Leaf)
            | OffSiteField::secret_key(Leaf) => Written,
            // A rule holds it against the ages of backups.
            OffSiteField::retention(Leaf) => NotConcerned,
        },
        // The commands run in the service's own container.
        SourceField::service(ServiceField::dump(DumpField::reads(Leaf))) => NotConcerned,
        SourceField::service(ServiceField::dump(_)) => Written,
        SourceField::service(ServiceField::volume(
            ServiceVolumeField::backup(Leaf) | ServiceVolumeField::copy(Leaf),
        )) => Written,
        SourceField::volume(VolumeField::backup(Leaf)) => Written,
        SourceField::service(ServiceField::rotate(field)) => match field {
            RotateField::secret(Leaf)
            | RotateField::in_(Leaf)
            | RotateField::change(Leaf)
            | RotateField::check(Leaf)
            | RotateField::retire(Leaf)
            | RotateField::none(Leaf) => Written,
        },
        SourceField::service(ServiceField::requires(RequiresField::sysctl(Leaf))) => Written,
        // What health-check.sh asks and from where, and how long deploy.sh waits.
        SourceField::service(
            ServiceField::group(Leaf)
            | ServiceField::after(Leaf)
            | ServiceField::stop_grace(Leaf)
            | ServiceField::run(RunField::kind(Leaf))
            | ServiceField::port(
                PortField::number(Leaf)
                | PortField::protocol(Leaf)
                | PortField::publish(PublishField::to(Leaf) | PublishField::port(Leaf)),
            )
            | ServiceField::health(
                HealthField::readiness(Leaf)
                | HealthField::liveness(Leaf)
                | HealthField::startup(Leaf)
                | HealthField::port(Leaf)
                | HealthField::command(Leaf)
                | HealthField::tool(Leaf)
                | HealthField::interval(Leaf)
                | HealthField::timeout(Leaf)
                | HealthField::retries(Leaf)
                | HealthField::start(Leaf),
            )
            | ServiceField::metrics(MetricsField::path(Leaf) | MetricsField::port(Leaf)),
        )
        | SourceField::site(
            SiteField::domain(Leaf)
            | SiteField::served_by(Leaf)
            | SiteField::probe(Leaf)
            | SiteField::tls(TlsField::enabled(Leaf) | TlsField::issuer(Leaf))
            | SiteField::maintenance(MaintenanceField::enabled(Leaf)),
        ) => Written,
        SourceField::platform(_)
        | SourceField::network(_)
        | SourceField::outside(_)
        | SourceField::site(_)
        | SourceField::issuer(_)
        | SourceField::service(_)
        | SourceField::volume(_)
        | SourceField::alert(_)
        | SourceField::record(_)
        | SourceField::metric(_)
        | SourceField::exports(_)
        | SourceField::receiver(_)
        | SourceField::hours(_)
        | SourceField::inhibit(_)
        | SourceField::dashboard(_)
        | SourceField::datasource(_)
        | SourceField::policy(_)
        | SourceField::image(_)
        | SourceField::mirror(_)
        | SourceField::override_(Leaf)
        | SourceField::allow(_) => NotConcerned,
    }
}

//! Fields that the compiler itself uses: rules judge by them, and defaults follow from them.

use crate::model::fields::{
    BuildField, DataSourceField, DumpField, HealthField, HostField, ImageUseField, OffSiteField,
    PlatformField, PortField, RotateField, SecretField, ServiceField, SourceField, VolumeField,
};

/// Whether a rule or a default reads a field.
pub(super) fn uses(field: SourceField) -> bool {
    match field {
        // What images and programs hold, and what is allowed.
        SourceField::allow(_) | SourceField::image(_) | SourceField::mirror(_) | SourceField::exports(_) => {
            true
        }
        // A value is an error of its own.
        SourceField::secret(SecretField::value(_)) => true,
        // Two writers of a volume.
        SourceField::volume(VolumeField::concurrent(_)) => true,
        // Its own rules remove copies, which a rule holds against the ages of backups.
        SourceField::offsite(OffSiteField::retention(_)) => true,
        // The connection to a data source.
        SourceField::datasource(DataSourceField::via(_)) => true,
        // The sum of all limits.
        SourceField::host(HostField::memory(_)) => true,
        SourceField::service(field) => matches!(
            field,
            ServiceField::role(_)
                | ServiceField::reaches(_)
                | ServiceField::child(_)
                | ServiceField::output(_)
                | ServiceField::allow(_)
                | ServiceField::override_(_)
                | ServiceField::image(ImageUseField::base(_))
                | ServiceField::build(BuildField::base(_))
                | ServiceField::port(
                    PortField::access(_)
                        | PortField::paths(_)
                        | PortField::paths_read(_)
                        | PortField::forwards(_)
                )
                // The secret that a component is given stands in the platform; the commands stand in the component.
                | ServiceField::rotate(RotateField::secret(_))
                // On a host the commands run in the service's own container; each name has to be one of its variables.
                | ServiceField::dump(DumpField::reads(_))
                | ServiceField::health(HealthField::needs(_) | HealthField::none(_) | HealthField::tool(_))
        ),
        // Overrides are looked at one by one.
        SourceField::override_(_) => true,
        // What may reach what is judged.
        SourceField::policy(_) => true,
        // It decides what is built at all.
        SourceField::platform(PlatformField::targets(_)) => true,
        _ => false,
    }
}

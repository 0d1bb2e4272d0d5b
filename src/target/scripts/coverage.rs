//! What the target of scripts says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{
    GroupField, HostField, RequiresField, RotateField, SecretField, ServiceField, SourceField, TargetField,
    VariableField,
};
use crate::schema::Leaf;
use crate::target::Coverage;

pub(super) fn coverage(field: SourceField) -> Coverage {
    match field {
        SourceField::group(field) => match field {
            GroupField::profile(Leaf) => Written,
            GroupField::title(Leaf) | GroupField::description(Leaf) => NotConcerned,
        },
        SourceField::target(field) => match field {
            TargetField::compose(_) => Written,
            TargetField::prometheus(_)
            | TargetField::alertmanager(_)
            | TargetField::grafana(_)
            | TargetField::nginx(_)
            | TargetField::kubernetes(_)
            | TargetField::scripts(_)
            | TargetField::terraform(_) => NotConcerned,
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
        SourceField::service(ServiceField::rotate(field)) => match field {
            RotateField::secret(Leaf)
            | RotateField::in_(Leaf)
            | RotateField::change(Leaf)
            | RotateField::check(Leaf)
            | RotateField::retire(Leaf)
            | RotateField::none(Leaf) => Written,
        },
        SourceField::host(field) => match field {
            HostField::memory(Leaf) | HostField::disk(Leaf) | HostField::sysctl(Leaf) => Written,
            HostField::size(Leaf)
            | HostField::address(Leaf)
            | HostField::image(Leaf)
            | HostField::ssh(Leaf)
            | HostField::firewall(Leaf) => NotConcerned,
        },
        SourceField::service(ServiceField::requires(RequiresField::sysctl(Leaf))) => Written,
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
        | SourceField::backup(_)
        | SourceField::policy(_)
        | SourceField::image(_)
        | SourceField::mirror(_)
        | SourceField::override_(Leaf)
        | SourceField::allow(_) => NotConcerned,
    }
}

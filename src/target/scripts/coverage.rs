//! What the target of scripts says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{GroupField, SecretField, SourceField, TargetField, VariableField};
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
        SourceField::platform(_)
        | SourceField::network(_)
        | SourceField::outside(_)
        | SourceField::site(_)
        | SourceField::issuer(_)
        | SourceField::service(_)
        | SourceField::volume(_)
        | SourceField::host(_)
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

//! What the target of scripts says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{GroupField, SourceField, TargetField};
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
            | TargetField::docs(_) => NotConcerned,
        },
        SourceField::platform(_)
        | SourceField::variable(_)
        | SourceField::secret(_)
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

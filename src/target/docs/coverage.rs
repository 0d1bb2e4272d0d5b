//! What the documentation says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{
    AlertField, BackupField, DashboardField, GroupField, HostField, NetworkField, OffSiteField, OutsideField,
    PlatformField, RouteField, SecretField, ServiceField, SiteField, SourceField, TargetField, VariableField,
};
use crate::schema::Leaf;
use crate::target::Coverage;

#[expect(clippy::too_many_lines, reason = "a line for each field, and nothing else")]
pub(super) fn coverage(field: SourceField) -> Coverage {
    match field {
        SourceField::platform(field) => match field {
            PlatformField::description(Leaf)
            | PlatformField::owner(Leaf)
            | PlatformField::repository(Leaf)
            | PlatformField::licence(Leaf)
            | PlatformField::support(Leaf) => Written,
            PlatformField::labels(Leaf) | PlatformField::runbooks(Leaf) | PlatformField::targets(Leaf) => {
                NotConcerned
            }
        },
        SourceField::variable(field) => match field {
            VariableField::default(Leaf)
            | VariableField::description(Leaf)
            | VariableField::one_of(Leaf)
            | VariableField::optional(Leaf) => Written,
        },
        SourceField::secret(field) => match field {
            SecretField::description(Leaf) | SecretField::optional(Leaf) | SecretField::min_length(Leaf) => {
                Written
            }
            SecretField::value(Leaf) | SecretField::issued(Leaf) => NotConcerned,
        },
        SourceField::network(field) => match field {
            NetworkField::description(Leaf) | NetworkField::internal(Leaf) => Written,
            NetworkField::ipv6(Leaf) => NotConcerned,
        },
        SourceField::outside(field) => match field {
            OutsideField::addresses(Leaf) => Written,
            OutsideField::description(Leaf) => NotConcerned,
        },
        SourceField::group(field) => match field {
            GroupField::title(Leaf) | GroupField::description(Leaf) | GroupField::profile(Leaf) => Written,
        },
        SourceField::host(field) => match field {
            HostField::size(Leaf)
            | HostField::memory(Leaf)
            | HostField::disk(Leaf)
            | HostField::image(Leaf)
            | HostField::ssh(Leaf)
            | HostField::sysctl(_) => Written,
            _ => NotConcerned,
        },
        SourceField::service(field) => service(field),
        SourceField::site(field) => match field {
            SiteField::domain(Leaf)
            | SiteField::description(Leaf)
            | SiteField::served_by(Leaf)
            | SiteField::tls(_)
            | SiteField::route(
                RouteField::target(Leaf)
                | RouteField::to(Leaf)
                | RouteField::status(Leaf)
                | RouteField::from(Leaf)
                | RouteField::login(Leaf)
                | RouteField::root(Leaf),
            ) => Written,
            _ => NotConcerned,
        },
        SourceField::alert(field) => alert(field),
        SourceField::record(_)
        | SourceField::receiver(_)
        | SourceField::inhibit(_)
        | SourceField::policy(_) => Written,
        SourceField::dashboard(field) => dashboard(field),
        SourceField::backup(field) => match field {
            BackupField::of(Leaf)
            | BackupField::to(Leaf)
            | BackupField::schedule(Leaf)
            | BackupField::retention(Leaf)
            | BackupField::alert_after(Leaf)
            | BackupField::keep(Leaf)
            | BackupField::drill(Leaf)
            | BackupField::upload(Leaf) => Written,
            BackupField::account(Leaf) | BackupField::reader(Leaf) | BackupField::size(Leaf) => NotConcerned,
        },
        SourceField::offsite(field) => match field {
            OffSiteField::endpoint(Leaf) | OffSiteField::bucket(Leaf) | OffSiteField::prefix(Leaf) => Written,
            OffSiteField::region(Leaf)
            | OffSiteField::access_key(Leaf)
            | OffSiteField::secret_key(Leaf)
            | OffSiteField::retention(Leaf) => NotConcerned,
        },
        SourceField::target(field) => match field {
            TargetField::docs(_) => Written,
            TargetField::compose(_)
            | TargetField::prometheus(_)
            | TargetField::alertmanager(_)
            | TargetField::grafana(_)
            | TargetField::nginx(_)
            | TargetField::kubernetes(_)
            | TargetField::scripts(_)
            | TargetField::terraform(_) => NotConcerned,
        },
        SourceField::volume(_)
        | SourceField::issuer(_)
        | SourceField::metric(_)
        | SourceField::exports(_)
        | SourceField::hours(_)
        | SourceField::datasource(_)
        | SourceField::image(_)
        | SourceField::mirror(_)
        | SourceField::override_(Leaf)
        | SourceField::allow(_) => NotConcerned,
    }
}

fn alert(field: AlertField) -> Coverage {
    match field {
        AlertField::expr(Leaf)
        | AlertField::for_(Leaf)
        | AlertField::severity(Leaf)
        | AlertField::summary(Leaf)
        | AlertField::description(Leaf) => Written,
        _ => NotConcerned,
    }
}

fn dashboard(field: DashboardField) -> Coverage {
    match field {
        DashboardField::title(Leaf) | DashboardField::description(Leaf) => Written,
        _ => NotConcerned,
    }
}

fn service(field: ServiceField) -> Coverage {
    match field {
        ServiceField::description(Leaf)
        | ServiceField::group(Leaf)
        | ServiceField::image(_)
        | ServiceField::networks(Leaf)
        | ServiceField::port(_)
        | ServiceField::env(_)
        | ServiceField::health(_)
        | ServiceField::metrics(_)
        | ServiceField::reaches(Leaf)
        | ServiceField::guide(_)
        | ServiceField::record(_) => Written,
        ServiceField::alert(field) => alert(field),
        ServiceField::dashboard(field) => dashboard(field),
        _ => NotConcerned,
    }
}

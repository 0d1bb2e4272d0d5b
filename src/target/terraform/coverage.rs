//! What Terraform's target says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{
    HostField, NetworkField, NginxSettingsField, OutsideField, PlatformField, PortField, PublishField,
    ServiceField, SiteField, SourceField, TargetField, TerraformSettingsField,
};
use crate::schema::Leaf;
use crate::target::Coverage;

pub(super) fn coverage(field: SourceField) -> Coverage {
    match field {
        SourceField::host(field) => match field {
            HostField::size(Leaf)
            | HostField::memory(Leaf)
            | HostField::disk(Leaf)
            | HostField::image(Leaf)
            | HostField::ssh(Leaf)
            | HostField::firewall(Leaf) => Written,
            // Of a running system, whose first start is long past.
            HostField::sysctl(Leaf) | HostField::address(Leaf) | HostField::path(Leaf) => NotConcerned,
        },
        SourceField::target(field) => match field {
            TargetField::terraform(
                TerraformSettingsField::region(Leaf)
                | TerraformSettingsField::state(Leaf)
                | TerraformSettingsField::zones(Leaf)
                | TerraformSettingsField::bucket_prefix(Leaf)
                | TerraformSettingsField::key_pair(Leaf)
                | TerraformSettingsField::subnet(Leaf)
                | TerraformSettingsField::session_manager(Leaf)
                | TerraformSettingsField::host_accounts(Leaf),
            ) => Written,
            // Ports of nginx of the host.
            TargetField::nginx(NginxSettingsField::host(Leaf) | NginxSettingsField::ipv6(Leaf)) => Written,
            TargetField::nginx(NginxSettingsField::version(Leaf))
            | TargetField::compose(_)
            | TargetField::prometheus(_)
            | TargetField::alertmanager(_)
            | TargetField::grafana(_)
            | TargetField::kubernetes(_)
            | TargetField::scripts(_)
            | TargetField::docs(_) => NotConcerned,
        },
        // Tags.
        SourceField::platform(PlatformField::labels(Leaf)) => Written,
        SourceField::platform(
            PlatformField::description(Leaf)
            | PlatformField::owner(Leaf)
            | PlatformField::runbooks(Leaf)
            | PlatformField::repository(Leaf)
            | PlatformField::licence(Leaf)
            | PlatformField::support(Leaf)
            | PlatformField::targets(Leaf),
        ) => NotConcerned,
        // Who comes in, and by which addresses.
        SourceField::outside(OutsideField::addresses(Leaf))
        | SourceField::network(NetworkField::ipv6(Leaf)) => Written,
        SourceField::outside(OutsideField::description(Leaf))
        | SourceField::network(NetworkField::description(Leaf) | NetworkField::internal(Leaf)) => {
            NotConcerned
        }
        SourceField::service(field) => service(field),
        SourceField::site(field) => site(field),
        SourceField::variable(_)
        | SourceField::secret(_)
        | SourceField::group(_)
        | SourceField::volume(_)
        | SourceField::issuer(_)
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
        | SourceField::offsite(_)
        | SourceField::policy(_)
        | SourceField::image(_)
        | SourceField::mirror(_)
        | SourceField::override_(Leaf)
        | SourceField::allow(_) => NotConcerned,
    }
}

/// What of a service is seen from outside of the host.
fn service(field: ServiceField) -> Coverage {
    match field {
        ServiceField::port(
            PortField::number(Leaf)
            | PortField::protocol(Leaf)
            | PortField::publish(PublishField::to(Leaf) | PublishField::port(Leaf)),
        ) => Written,
        ServiceField::port(
            PortField::access(Leaf)
            | PortField::paths(Leaf)
            | PortField::paths_read(Leaf)
            | PortField::forwards(_)
            | PortField::description(Leaf),
        ) => NotConcerned,
        ServiceField::description(Leaf)
        | ServiceField::group(Leaf)
        | ServiceField::role(Leaf)
        | ServiceField::image(_)
        | ServiceField::build(_)
        | ServiceField::entrypoint(Leaf)
        | ServiceField::command(Leaf)
        | ServiceField::user(Leaf)
        | ServiceField::networks(Leaf)
        | ServiceField::env(_)
        | ServiceField::volume(_)
        | ServiceField::mount(_)
        | ServiceField::bind(_)
        | ServiceField::tmpfs(_)
        | ServiceField::api_access(_)
        | ServiceField::config(_)
        | ServiceField::artifacts(_)
        | ServiceField::health(_)
        | ServiceField::metrics(_)
        | ServiceField::samples(_)
        | ServiceField::smtp(_)
        | ServiceField::resources(_)
        | ServiceField::scale(_)
        | ServiceField::after(Leaf)
        | ServiceField::wait(_)
        | ServiceField::reaches(Leaf)
        | ServiceField::stop_grace(Leaf)
        | ServiceField::stop_signal(Leaf)
        | ServiceField::init(Leaf)
        | ServiceField::run(_)
        | ServiceField::labels(Leaf)
        | ServiceField::place(_)
        | ServiceField::ulimits(Leaf)
        | ServiceField::requires(_)
        | ServiceField::security(_)
        // Buckets and accounts are children of their store, whatever it is.
        | ServiceField::child(Leaf)
        | ServiceField::output(Leaf)
        | ServiceField::dump(_)
        | ServiceField::guide(_)
        | ServiceField::rotate(_)
        | ServiceField::alert(_)
        | ServiceField::record(_)
        | ServiceField::metric(_)
        | ServiceField::dashboard(_)
        | ServiceField::service(Leaf)
        | ServiceField::override_(Leaf)
        | ServiceField::allow(_) => NotConcerned,
    }
}

/// Names that lead to the host. What is served under them is the proxy's.
fn site(field: SiteField) -> Coverage {
    match field {
        SiteField::domain(Leaf) | SiteField::aliases(Leaf) => Written,
        SiteField::description(Leaf)
        | SiteField::tls(_)
        | SiteField::served_by(Leaf)
        | SiteField::trusted(Leaf)
        | SiteField::route(_)
        | SiteField::headers(Leaf)
        | SiteField::limit(_)
        | SiteField::maintenance(_)
        | SiteField::probe(Leaf) => NotConcerned,
    }
}

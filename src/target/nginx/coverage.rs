//! What nginx' target says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{
    EabField, IssuerField, KubernetesSettingsField, LimitField, MaintenanceField, MetricsField, NetworkField,
    NginxSettingsField, OutsideField, PortField, ResourcesField, RouteField, ServiceField, SiteField,
    SourceField, TargetField, TlsField, UpstreamField,
};
use crate::schema::Leaf;
use crate::target::Coverage;

pub(super) fn coverage(field: SourceField) -> Coverage {
    match field {
        SourceField::site(field) => site(field),
        SourceField::target(field) => match field {
            TargetField::nginx(
                NginxSettingsField::version(Leaf)
                | NginxSettingsField::host(Leaf)
                | NginxSettingsField::ipv6(Leaf),
            ) => Written,
            TargetField::kubernetes(KubernetesSettingsField::proxy_protocol(Leaf)) => Written,
            TargetField::compose(_)
            | TargetField::prometheus(_)
            | TargetField::alertmanager(_)
            | TargetField::grafana(_)
            | TargetField::kubernetes(_)
            | TargetField::scripts(_)
            | TargetField::terraform(_)
            | TargetField::docs(_) => NotConcerned,
        },
        // Addresses that may come in.
        SourceField::outside(field) => match field {
            OutsideField::addresses(Leaf) => Written,
            OutsideField::description(Leaf) => NotConcerned,
        },
        SourceField::network(field) => match field {
            NetworkField::ipv6(Leaf) => Written,
            NetworkField::description(Leaf) | NetworkField::internal(Leaf) => NotConcerned,
        },
        SourceField::issuer(field) => match field {
            // It decides how often certificates are looked at, and whether browsers are kept to TLS.
            IssuerField::url(Leaf)
            | IssuerField::ca(Leaf)
            | IssuerField::profile(Leaf)
            | IssuerField::lifetime(Leaf)
            | IssuerField::public(Leaf)
            | IssuerField::email(Leaf)
            | IssuerField::eab(EabField::id(Leaf) | EabField::key(Leaf)) => Written,
        },
        SourceField::service(field) => service(field),
        SourceField::platform(_)
        | SourceField::variable(_)
        | SourceField::secret(_)
        | SourceField::group(_)
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
        | SourceField::offsite(_)
        | SourceField::policy(_)
        | SourceField::image(_)
        | SourceField::mirror(_)
        | SourceField::override_(Leaf)
        | SourceField::allow(_) => NotConcerned,
    }
}

fn site(field: SiteField) -> Coverage {
    match field {
        SiteField::domain(Leaf)
        | SiteField::description(Leaf)
        | SiteField::served_by(Leaf)
        | SiteField::trusted(Leaf)
        | SiteField::aliases(Leaf)
        | SiteField::headers(Leaf) => Written,
        SiteField::tls(TlsField::enabled(Leaf) | TlsField::issuer(Leaf) | TlsField::email(Leaf)) => Written,
        SiteField::limit(field) => limit(field),
        SiteField::maintenance(
            MaintenanceField::enabled(Leaf)
            | MaintenanceField::body(Leaf)
            | MaintenanceField::page(Leaf)
            | MaintenanceField::retry(Leaf),
        ) => Written,
        // What looks at the site from outside reads it.
        SiteField::probe(Leaf) => NotConcerned,
        SiteField::route(field) => match field {
            RouteField::target(Leaf)
            | RouteField::websocket(Leaf)
            | RouteField::max_body(Leaf)
            | RouteField::timeout(Leaf)
            | RouteField::cache(Leaf)
            | RouteField::strip(Leaf)
            | RouteField::buffer(Leaf)
            | RouteField::weight(Leaf)
            | RouteField::max_fails(Leaf)
            | RouteField::to(Leaf)
            | RouteField::permanent(Leaf)
            | RouteField::status(Leaf)
            | RouteField::body(Leaf)
            | RouteField::from(Leaf)
            | RouteField::login(Leaf)
            | RouteField::root(Leaf)
            | RouteField::index(Leaf) => Written,
            RouteField::upstream(
                UpstreamField::port(Leaf)
                | UpstreamField::weight(Leaf)
                | UpstreamField::max_fails(Leaf)
                | UpstreamField::backup(Leaf),
            ) => Written,
            RouteField::limit(field) => limit(field),
        },
    }
}

fn limit(field: LimitField) -> Coverage {
    match field {
        LimitField::rate(Leaf) | LimitField::per(Leaf) | LimitField::burst(Leaf) => Written,
    }
}

/// Of a service its ports, of a proxy also what bounds it.
fn service(field: ServiceField) -> Coverage {
    match field {
        ServiceField::port(
            PortField::number(Leaf)
            | PortField::protocol(Leaf)
            | PortField::publish(_)
            | PortField::paths_read(Leaf)
            | PortField::forwards(_),
        )
        // A route above them closes them.
        | ServiceField::metrics(MetricsField::path(Leaf) | MetricsField::port(Leaf))
        | ServiceField::resources(ResourcesField::cpu(Leaf))
        | ServiceField::stop_grace(Leaf) => Written,
        _ => NotConcerned,
    }
}

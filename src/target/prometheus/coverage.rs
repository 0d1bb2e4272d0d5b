//! What Prometheus' target says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{
    AlertField, AlertTestField, DocsSettingsField, ExportsField, KubernetesSettingsField, MaintenanceField,
    MetricField, MetricsField, PlatformField, PortField, PrometheusSettingsField, RecordField, SamplesField,
    ScaleField, SeriesField, ServiceField, SiteField, SourceField, TargetField, TlsField,
};
use crate::schema::Leaf;
use crate::target::Coverage;

pub(super) fn coverage(field: SourceField) -> Coverage {
    match field {
        SourceField::platform(field) => match field {
            PlatformField::runbooks(Leaf) => Written,
            PlatformField::description(Leaf)
            | PlatformField::owner(Leaf)
            | PlatformField::labels(Leaf)
            | PlatformField::repository(Leaf)
            | PlatformField::licence(Leaf)
            | PlatformField::support(Leaf)
            | PlatformField::targets(Leaf) => NotConcerned,
        },
        SourceField::site(field) => match field {
            // Probes ask for it; a site without a probe is reported by a rule (OBS014).
            SiteField::domain(Leaf)
            | SiteField::tls(TlsField::enabled(Leaf) | TlsField::issuer(Leaf))
            | SiteField::maintenance(MaintenanceField::enabled(Leaf))
            | SiteField::probe(Leaf) => Written,
            SiteField::tls(TlsField::email(Leaf))
            | SiteField::description(Leaf)
            | SiteField::served_by(Leaf)
            | SiteField::trusted(Leaf)
            | SiteField::maintenance(_)
            | SiteField::aliases(Leaf)
            | SiteField::route(_)
            | SiteField::headers(Leaf)
            | SiteField::limit(_) => NotConcerned,
        },
        SourceField::alert(field) => alert(field),
        SourceField::record(field) => record(field),
        SourceField::metric(field) => metric(field),
        SourceField::exports(field) => match field {
            ExportsField::paths(Leaf) | ExportsField::includes(Leaf) => Written,
            ExportsField::metric(field) => metric(field),
        },
        SourceField::service(field) => service(field),
        SourceField::target(field) => match field {
            TargetField::prometheus(PrometheusSettingsField::version(Leaf))
            | TargetField::kubernetes(KubernetesSettingsField::namespace(Leaf))
            | TargetField::docs(DocsSettingsField::address(Leaf)) => Written,
            TargetField::compose(_)
            | TargetField::alertmanager(_)
            | TargetField::grafana(_)
            | TargetField::nginx(_)
            | TargetField::kubernetes(_)
            | TargetField::scripts(_)
            | TargetField::terraform(_)
            | TargetField::docs(_) => NotConcerned,
        },
        SourceField::override_(Leaf) => Written,
        SourceField::variable(_)
        | SourceField::secret(_)
        | SourceField::network(_)
        | SourceField::group(_)
        | SourceField::outside(_)
        | SourceField::volume(_)
        | SourceField::issuer(_)
        | SourceField::host(_)
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
        | SourceField::allow(_) => NotConcerned,
    }
}

fn service(field: ServiceField) -> Coverage {
    match field {
        ServiceField::metrics(field) => match field {
            MetricsField::path(Leaf)
            | MetricsField::port(Leaf)
            | MetricsField::interval(Leaf)
            | MetricsField::timeout(Leaf)
            | MetricsField::of(Leaf) => Written,
        },
        ServiceField::samples(SamplesField::time(Leaf) | SamplesField::size(Leaf)) => Written,
        ServiceField::port(PortField::number(Leaf) | PortField::protocol(Leaf)) => Written,
        ServiceField::port(
            PortField::publish(_)
            | PortField::access(Leaf)
            | PortField::paths(Leaf)
            | PortField::paths_read(Leaf)
            | PortField::forwards(_)
            | PortField::description(Leaf),
        ) => NotConcerned,
        // Each of several containers is scraped.
        ServiceField::scale(ScaleField::min(Leaf)) => Written,
        ServiceField::scale(
            ScaleField::max(Leaf) | ScaleField::cpu(Leaf) | ScaleField::memory(Leaf) | ScaleField::on(_),
        ) => NotConcerned,
        // Labels of alerts.
        ServiceField::group(Leaf) | ServiceField::service(Leaf) | ServiceField::override_(Leaf) => Written,
        ServiceField::alert(field) => alert(field),
        ServiceField::record(field) => record(field),
        ServiceField::metric(field) => metric(field),
        ServiceField::description(Leaf)
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
        | ServiceField::smtp(_)
        | ServiceField::resources(_)
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
        | ServiceField::child(Leaf)
        | ServiceField::output(Leaf)
        | ServiceField::dump(_)
        | ServiceField::guide(_)
        | ServiceField::rotate(_)
        | ServiceField::dashboard(_)
        | ServiceField::allow(_) => NotConcerned,
    }
}

fn alert(field: AlertField) -> Coverage {
    match field {
        AlertField::expr(Leaf)
        | AlertField::for_(Leaf)
        | AlertField::keep_firing_for(Leaf)
        | AlertField::severity(Leaf)
        | AlertField::summary(Leaf)
        | AlertField::description(Leaf)
        | AlertField::runbook(Leaf)
        | AlertField::each_job(Leaf)
        | AlertField::each_scaled(Leaf)
        | AlertField::each_issuer(Leaf)
        | AlertField::unless(Leaf)
        | AlertField::labels(Leaf)
        | AlertField::annotations(Leaf) => Written,
        AlertField::test(field) => match field {
            AlertTestField::series(SeriesField::values(Leaf))
            | AlertTestField::interval(Leaf)
            | AlertTestField::fires_at(Leaf)
            | AlertTestField::silent_at(Leaf)
            | AlertTestField::holds_from(Leaf)
            | AlertTestField::silent_after(Leaf)
            | AlertTestField::labels(Leaf) => Written,
        },
    }
}

fn record(field: RecordField) -> Coverage {
    match field {
        RecordField::expr(Leaf) | RecordField::labels(Leaf) => Written,
    }
}

/// What is exported decides which jobs a query is put to; the rest serves rules, and its meaning people.
fn metric(field: MetricField) -> Coverage {
    match field {
        MetricField::type_(Leaf)
        | MetricField::labels(Leaf)
        | MetricField::with(Leaf)
        | MetricField::without(Leaf)
        | MetricField::path(Leaf)
        | MetricField::tls(Leaf) => Written,
        MetricField::description(Leaf) => NotConcerned,
    }
}

//! What Grafana's target says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{
    ChooseField, DashboardField, DataSourceField, MetricsField, PanelField, PlatformField, QueryField,
    RowField, ServiceField, SourceField, ThresholdField,
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
        SourceField::dashboard(field) | SourceField::service(ServiceField::dashboard(field)) => {
            dashboard(field)
        }
        SourceField::datasource(field) => match field {
            DataSourceField::type_(Leaf)
            | DataSourceField::title(Leaf)
            | DataSourceField::url(Leaf)
            | DataSourceField::access(Leaf)
            | DataSourceField::user(Leaf)
            | DataSourceField::password(Leaf)
            | DataSourceField::json_data(Leaf)
            | DataSourceField::secure(Leaf) => Written,
            // A connection, which the networks are held against.
            DataSourceField::via(Leaf) => NotConcerned,
        },
        SourceField::service(field) => service(field),
        SourceField::variable(_)
        | SourceField::secret(_)
        | SourceField::network(_)
        | SourceField::outside(_)
        | SourceField::group(_)
        | SourceField::volume(_)
        | SourceField::issuer(_)
        | SourceField::host(_)
        | SourceField::site(_)
        | SourceField::alert(_)
        | SourceField::record(_)
        | SourceField::metric(_)
        | SourceField::exports(_)
        | SourceField::receiver(_)
        | SourceField::hours(_)
        | SourceField::inhibit(_)
        | SourceField::backup(_)
        | SourceField::offsite(_)
        | SourceField::policy(_)
        | SourceField::image(_)
        | SourceField::mirror(_)
        | SourceField::target(_)
        | SourceField::override_(Leaf)
        | SourceField::allow(_) => NotConcerned,
    }
}

/// The interval of a data source is that of the scrapes; panels of presets follow from what services export.
fn service(field: ServiceField) -> Coverage {
    match field {
        ServiceField::metrics(MetricsField::interval(Leaf) | MetricsField::of(Leaf))
        | ServiceField::service(Leaf)
        | ServiceField::metric(_) => Written,
        ServiceField::metrics(
            MetricsField::path(Leaf) | MetricsField::port(Leaf) | MetricsField::timeout(Leaf),
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
        | ServiceField::port(_)
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
        | ServiceField::samples(_)
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
        | ServiceField::child(Leaf)
        | ServiceField::output(Leaf)
        | ServiceField::dump(_)
        | ServiceField::guide(_)
        | ServiceField::rotate(_)
        | ServiceField::alert(_)
        | ServiceField::record(_)
        | ServiceField::dashboard(_)
        | ServiceField::override_(Leaf)
        | ServiceField::allow(_) => NotConcerned,
    }
}

fn dashboard(field: DashboardField) -> Coverage {
    match field {
        DashboardField::title(Leaf) | DashboardField::description(Leaf) | DashboardField::tags(Leaf) => {
            Written
        }
        DashboardField::choose(ChooseField::query(Leaf) | ChooseField::title(Leaf)) => Written,
        DashboardField::row(field) => match field {
            RowField::preset(Leaf) | RowField::of(Leaf) => Written,
            RowField::panel(field) => panel(field),
        },
        DashboardField::panel(field) => panel(field),
    }
}

fn panel(field: PanelField) -> Coverage {
    match field {
        PanelField::type_(Leaf)
        | PanelField::unit(Leaf)
        | PanelField::description(Leaf)
        | PanelField::width(Leaf)
        | PanelField::height(Leaf)
        | PanelField::datasource(Leaf)
        | PanelField::stacked(Leaf)
        | PanelField::query(QueryField::expr(Leaf))
        | PanelField::threshold(ThresholdField::from(Leaf)) => Written,
    }
}

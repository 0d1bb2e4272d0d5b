//! What the documentation says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{
    AlertField, BackupField, BuildField, ConfigField, DashboardField, DocsSettingsField, EnvFormField,
    GroupField, GuideCommandField, GuideField, GuideQueryField, HealthField, HeartbeatField, HostField,
    ImageUseField, InhibitField, LookField, MetricsField, NetworkField, OffSiteField, OpsgenieField,
    OutsideField, PagerDutyField, PlatformField, PortField, PublishField, ReceiverField, ResourcesField,
    RouteField, RunField, SecretField, SecurityField, ServiceField, ServiceVolumeField, SiteField,
    SlackField, SourceField, TargetField, TeamsField, TlsField, VariableField, WebhookField,
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
            OutsideField::addresses(Leaf) | OutsideField::description(Leaf) => Written,
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
            | HostField::sysctl(Leaf)
            | HostField::firewall(Leaf) => Written,
            HostField::address(Leaf) | HostField::path(Leaf) => NotConcerned,
        },
        SourceField::service(field) => service(field),
        SourceField::site(field) => match field {
            SiteField::domain(Leaf)
            | SiteField::description(Leaf)
            | SiteField::served_by(Leaf)
            | SiteField::tls(TlsField::enabled(Leaf)) => Written,
            SiteField::route(field) => route(field),
            SiteField::tls(TlsField::issuer(Leaf) | TlsField::email(Leaf))
            | SiteField::trusted(Leaf)
            | SiteField::maintenance(_)
            | SiteField::aliases(Leaf)
            | SiteField::headers(Leaf)
            | SiteField::limit(_)
            | SiteField::probe(Leaf) => NotConcerned,
        },
        SourceField::alert(field) => alert(field),
        SourceField::receiver(field) => receiver(field),
        SourceField::inhibit(field) => match field {
            InhibitField::by(Leaf) | InhibitField::of(Leaf) | InhibitField::equal(Leaf) => Written,
        },
        // The page has the sentence that a policy stands for; the rest is proved.
        SourceField::policy(_) => NotConcerned,
        // The page has its name.
        SourceField::record(_) => NotConcerned,
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
            TargetField::docs(DocsSettingsField::folder(Leaf)) => Written,
            TargetField::docs(DocsSettingsField::address(Leaf))
            | TargetField::compose(_)
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

fn route(field: RouteField) -> Coverage {
    match field {
        RouteField::target(Leaf)
        | RouteField::to(Leaf)
        | RouteField::status(Leaf)
        | RouteField::from(Leaf)
        | RouteField::login(Leaf)
        | RouteField::root(Leaf) => Written,
        RouteField::websocket(Leaf)
        | RouteField::max_body(Leaf)
        | RouteField::timeout(Leaf)
        | RouteField::cache(Leaf)
        | RouteField::strip(Leaf)
        | RouteField::buffer(Leaf)
        | RouteField::weight(Leaf)
        | RouteField::max_fails(Leaf)
        | RouteField::upstream(_)
        | RouteField::permanent(Leaf)
        | RouteField::body(Leaf)
        | RouteField::index(Leaf)
        | RouteField::limit(_) => NotConcerned,
    }
}

fn receiver(field: ReceiverField) -> Coverage {
    match field {
        ReceiverField::match_(Leaf)
        | ReceiverField::email(Leaf)
        | ReceiverField::repeat(Leaf)
        | ReceiverField::only(Leaf)
        | ReceiverField::mute(Leaf)
        | ReceiverField::slack(SlackField::channel(Leaf) | SlackField::webhook(Leaf)) => Written,
        ReceiverField::pagerduty(field) => match field {
            PagerDutyField::key(Leaf) => Written,
            PagerDutyField::via(Leaf) => NotConcerned,
        },
        ReceiverField::opsgenie(field) => match field {
            OpsgenieField::key(Leaf) => Written,
            OpsgenieField::via(Leaf) => NotConcerned,
        },
        ReceiverField::teams(field) => match field {
            TeamsField::webhook(Leaf) => Written,
            TeamsField::via(Leaf) => NotConcerned,
        },
        ReceiverField::webhook(field) => match field {
            WebhookField::address(Leaf) => Written,
            WebhookField::via(Leaf) => NotConcerned,
        },
        ReceiverField::heartbeat(field) => match field {
            HeartbeatField::address(Leaf) => Written,
            HeartbeatField::via(Leaf) => NotConcerned,
        },
        ReceiverField::slack(SlackField::via(Leaf))
        | ReceiverField::wait(Leaf)
        | ReceiverField::interval(Leaf)
        | ReceiverField::group_by(Leaf)
        | ReceiverField::resolved(Leaf) => NotConcerned,
    }
}

fn alert(field: AlertField) -> Coverage {
    match field {
        AlertField::expr(Leaf)
        | AlertField::for_(Leaf)
        | AlertField::severity(Leaf)
        | AlertField::summary(Leaf)
        | AlertField::description(Leaf) => Written,
        AlertField::keep_firing_for(Leaf)
        | AlertField::runbook(Leaf)
        | AlertField::each_job(Leaf)
        | AlertField::each_scaled(Leaf)
        | AlertField::each_issuer(Leaf)
        | AlertField::each_backup(Leaf)
        | AlertField::unless(Leaf)
        | AlertField::labels(Leaf)
        | AlertField::annotations(Leaf)
        | AlertField::test(_) => NotConcerned,
    }
}

fn dashboard(field: DashboardField) -> Coverage {
    match field {
        DashboardField::title(Leaf) | DashboardField::description(Leaf) => Written,
        DashboardField::tags(Leaf)
        | DashboardField::choose(_)
        | DashboardField::row(_)
        | DashboardField::panel(_) => NotConcerned,
    }
}

fn health(field: HealthField) -> Coverage {
    match field {
        HealthField::readiness(Leaf)
        | HealthField::liveness(Leaf)
        | HealthField::startup(Leaf)
        | HealthField::port(Leaf)
        | HealthField::tcp(Leaf)
        | HealthField::command(Leaf)
        | HealthField::builtin(Leaf)
        | HealthField::none(Leaf) => Written,
        HealthField::tool(Leaf)
        | HealthField::interval(Leaf)
        | HealthField::timeout(Leaf)
        | HealthField::retries(Leaf)
        | HealthField::start(Leaf)
        | HealthField::start_interval(Leaf)
        | HealthField::needs(Leaf) => NotConcerned,
    }
}

fn port(field: PortField) -> Coverage {
    match field {
        PortField::number(Leaf)
        | PortField::protocol(Leaf)
        | PortField::description(Leaf)
        | PortField::publish(PublishField::to(Leaf) | PublishField::port(Leaf)) => Written,
        PortField::access(Leaf)
        | PortField::paths(Leaf)
        | PortField::paths_read(Leaf)
        | PortField::forwards(_) => NotConcerned,
    }
}

fn service(field: ServiceField) -> Coverage {
    match field {
        ServiceField::description(Leaf)
        | ServiceField::group(Leaf)
        | ServiceField::networks(Leaf)
        | ServiceField::reaches(Leaf)
        | ServiceField::service(Leaf) => Written,
        ServiceField::image(field) => match field {
            ImageUseField::name(Leaf) => Written,
            ImageUseField::base(Leaf) => NotConcerned,
        },
        ServiceField::build(field) => match field {
            BuildField::context(Leaf) => Written,
            BuildField::dockerfile(Leaf)
            | BuildField::target(Leaf)
            | BuildField::args(Leaf)
            | BuildField::base(Leaf) => NotConcerned,
        },
        ServiceField::port(field) => port(field),
        // Which variable is used by whom.
        ServiceField::env(field) => match field {
            EnvFormField::value(Leaf) => Written,
            EnvFormField::file(Leaf) | EnvFormField::suffix(Leaf) => NotConcerned,
        },
        ServiceField::entrypoint(Leaf) | ServiceField::command(Leaf) => Written,
        ServiceField::volume(field) => match field {
            ServiceVolumeField::path(Leaf) | ServiceVolumeField::description(Leaf) => Written,
            ServiceVolumeField::read_only(Leaf)
            | ServiceVolumeField::size(Leaf)
            | ServiceVolumeField::backup(Leaf)
            | ServiceVolumeField::copy(Leaf) => NotConcerned,
        },
        ServiceField::config(field) => match field {
            ConfigField::description(Leaf) => Written,
            ConfigField::content(Leaf) | ConfigField::from(Leaf) | ConfigField::mode(Leaf) => NotConcerned,
        },
        ServiceField::health(field) => health(field),
        ServiceField::metrics(field) => match field {
            MetricsField::path(Leaf) | MetricsField::port(Leaf) | MetricsField::interval(Leaf) => Written,
            MetricsField::timeout(Leaf) | MetricsField::of(Leaf) => NotConcerned,
        },
        ServiceField::resources(field) => match field {
            ResourcesField::memory(Leaf) | ResourcesField::cpu(Leaf) => Written,
            ResourcesField::pids(Leaf) | ResourcesField::reserve(_) => NotConcerned,
        },
        // Jobs are left out of what runs all the time.
        ServiceField::run(field) => match field {
            RunField::kind(Leaf) => Written,
            RunField::cron(Leaf)
            | RunField::zone(Leaf)
            | RunField::deadline(Leaf)
            | RunField::overlap(Leaf) => NotConcerned,
        },
        ServiceField::security(field) => match field {
            SecurityField::reason(Leaf) => Written,
            SecurityField::writable(Leaf)
            | SecurityField::privileged(Leaf)
            | SecurityField::root(Leaf)
            | SecurityField::host_pid(Leaf)
            | SecurityField::host_network(Leaf)
            | SecurityField::capabilities(Leaf)
            | SecurityField::devices(Leaf) => NotConcerned,
        },
        ServiceField::guide(field) => match field {
            GuideField::down(Leaf)
            | GuideField::look(LookField::steps(Leaf))
            | GuideField::query(GuideQueryField::expr(Leaf))
            | GuideField::command(GuideCommandField::words(Leaf)) => Written,
        },
        ServiceField::alert(field) => alert(field),
        ServiceField::dashboard(field) => dashboard(field),
        ServiceField::role(Leaf)
        | ServiceField::user(Leaf)
        | ServiceField::mount(_)
        | ServiceField::bind(_)
        | ServiceField::tmpfs(_)
        | ServiceField::api_access(_)
        | ServiceField::artifacts(_)
        | ServiceField::smtp(_)
        | ServiceField::samples(_)
        | ServiceField::scale(_)
        | ServiceField::after(Leaf)
        | ServiceField::wait(_)
        | ServiceField::stop_grace(Leaf)
        | ServiceField::stop_signal(Leaf)
        | ServiceField::init(Leaf)
        | ServiceField::labels(Leaf)
        | ServiceField::place(_)
        | ServiceField::ulimits(Leaf)
        | ServiceField::requires(_)
        | ServiceField::child(Leaf)
        | ServiceField::output(Leaf)
        | ServiceField::dump(_)
        | ServiceField::rotate(_)
        | ServiceField::record(_)
        | ServiceField::metric(_)
        | ServiceField::override_(Leaf)
        | ServiceField::allow(_) => NotConcerned,
    }
}

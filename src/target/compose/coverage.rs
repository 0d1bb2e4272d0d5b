//! What compose says of each field of the language.

use Coverage::{Lost, NotConcerned, Written};

use crate::model::fields::{
    AfterField, ArtifactsField, BindField, BuildField, ComposeSettingsField, ConfigField, EnvFormField,
    GroupField, HealthField, HostField, ImageUseField, MountField, NetworkField, OutsideField, PlaceField,
    PlatformField, PortField, PublishField, RequiresField, ReserveField, ResourcesField, RunField,
    ScaleField, SecretField, SecurityField, ServiceField, ServiceVolumeField, SourceField, TargetField,
    TmpfsField, VariableField, VolumeField,
};
use crate::schema::Leaf;
use crate::target::Coverage;

const ONE_HOST: &str = "compose runs on one host";
const NO_SCALING: &str = "compose does not scale by load";
const NO_SCHEDULE: &str = "compose keeps no schedule";
const WHERE_STARTED: &str = "compose runs where it is started";
const NO_SETTINGS: &str = "compose does not change settings of the host";
const NO_LIMIT: &str = "volumes of the local driver have no limit";

pub(super) fn coverage(field: SourceField) -> Coverage {
    match field {
        SourceField::platform(field) => platform(field),
        SourceField::variable(field) => match field {
            VariableField::default(Leaf)
            | VariableField::description(Leaf)
            | VariableField::one_of(Leaf)
            | VariableField::optional(Leaf) => Written,
        },
        SourceField::secret(field) => match field {
            SecretField::description(Leaf)
            | SecretField::optional(Leaf)
            | SecretField::min_length(Leaf)
            | SecretField::issued(Leaf) => Written,
            SecretField::value(Leaf) => NotConcerned,
        },
        SourceField::network(field) => match field {
            NetworkField::description(Leaf) | NetworkField::internal(Leaf) | NetworkField::ipv6(Leaf) => {
                Written
            }
        },
        SourceField::outside(field) => match field {
            OutsideField::addresses(Leaf) => Written,
            OutsideField::description(Leaf) => NotConcerned,
        },
        SourceField::group(field) => match field {
            GroupField::profile(Leaf) => Written,
            GroupField::title(Leaf) | GroupField::description(Leaf) => NotConcerned,
        },
        SourceField::volume(field) => match field {
            VolumeField::description(Leaf) => Written,
            VolumeField::size(Leaf) => Lost(NO_LIMIT),
            VolumeField::backup(Leaf) | VolumeField::concurrent(Leaf) => NotConcerned,
        },
        SourceField::host(field) => match field {
            HostField::firewall(Leaf) | HostField::address(Leaf) => Written,
            HostField::size(Leaf)
            | HostField::memory(Leaf)
            | HostField::disk(Leaf)
            | HostField::image(Leaf)
            | HostField::ssh(Leaf) => Lost(WHERE_STARTED),
            HostField::sysctl(Leaf) => Lost(NO_SETTINGS),
            HostField::path(Leaf) => NotConcerned,
        },
        SourceField::service(field) => service(field),
        SourceField::target(field) => match field {
            TargetField::compose(ComposeSettingsField::project(Leaf)) => Written,
            TargetField::prometheus(_)
            | TargetField::alertmanager(_)
            | TargetField::grafana(_)
            | TargetField::nginx(_)
            | TargetField::kubernetes(_)
            | TargetField::scripts(_)
            | TargetField::terraform(_)
            | TargetField::docs(_) => NotConcerned,
        },
        SourceField::override_(Leaf) => Written,
        SourceField::site(_)
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
        | SourceField::allow(_) => NotConcerned,
    }
}

fn platform(field: PlatformField) -> Coverage {
    match field {
        PlatformField::description(Leaf) | PlatformField::labels(Leaf) => Written,
        PlatformField::owner(Leaf)
        | PlatformField::runbooks(Leaf)
        | PlatformField::repository(Leaf)
        | PlatformField::licence(Leaf)
        | PlatformField::support(Leaf)
        | PlatformField::targets(Leaf) => NotConcerned,
    }
}

fn port(field: PortField) -> Coverage {
    match field {
        PortField::number(Leaf) | PortField::protocol(Leaf) => Written,
        PortField::publish(PublishField::to(Leaf) | PublishField::port(Leaf)) => Written,
        PortField::access(Leaf)
        | PortField::paths(Leaf)
        | PortField::paths_read(Leaf)
        | PortField::forwards(_)
        | PortField::description(Leaf) => NotConcerned,
    }
}

#[expect(clippy::too_many_lines, reason = "a line for each field, and nothing else")]
fn service(field: ServiceField) -> Coverage {
    match field {
        ServiceField::description(Leaf)
        | ServiceField::group(Leaf)
        | ServiceField::entrypoint(Leaf)
        | ServiceField::command(Leaf)
        | ServiceField::user(Leaf)
        | ServiceField::networks(Leaf)
        | ServiceField::after(Leaf)
        | ServiceField::stop_grace(Leaf)
        | ServiceField::stop_signal(Leaf)
        | ServiceField::init(Leaf)
        | ServiceField::labels(Leaf)
        | ServiceField::ulimits(Leaf)
        | ServiceField::service(Leaf)
        | ServiceField::override_(Leaf) => Written,
        ServiceField::env(field) => match field {
            EnvFormField::value(Leaf) | EnvFormField::file(Leaf) | EnvFormField::suffix(Leaf) => Written,
        },
        ServiceField::mount(field) => match field {
            MountField::path(Leaf) | MountField::read_only(Leaf) => Written,
        },
        ServiceField::bind(field) => match field {
            BindField::path(Leaf) | BindField::read_only(Leaf) | BindField::propagation(Leaf) => Written,
        },
        ServiceField::api_access(_) => Lost("Docker has no API that containers may ask for themselves"),
        ServiceField::tmpfs(TmpfsField::size(Leaf))
        | ServiceField::artifacts(ArtifactsField::folder(Leaf))
        | ServiceField::wait(AfterField::condition(Leaf)) => Written,
        ServiceField::resources(field) => match field {
            ResourcesField::memory(Leaf) | ResourcesField::cpu(Leaf) | ResourcesField::pids(Leaf) => Written,
            ResourcesField::reserve(ReserveField::memory(Leaf) | ReserveField::cpu(Leaf)) => Written,
        },
        ServiceField::security(field) => match field {
            SecurityField::writable(Leaf)
            | SecurityField::privileged(Leaf)
            | SecurityField::root(Leaf)
            | SecurityField::host_pid(Leaf)
            | SecurityField::host_network(Leaf)
            | SecurityField::capabilities(Leaf)
            | SecurityField::devices(Leaf)
            | SecurityField::reason(Leaf) => Written,
        },
        ServiceField::image(field) => match field {
            ImageUseField::name(Leaf) => Written,
            ImageUseField::base(Leaf) => NotConcerned,
        },
        ServiceField::build(field) => match field {
            BuildField::context(Leaf)
            | BuildField::dockerfile(Leaf)
            | BuildField::target(Leaf)
            | BuildField::args(Leaf) => Written,
            BuildField::base(Leaf) => NotConcerned,
        },
        ServiceField::port(field) => port(field),
        ServiceField::volume(field) => match field {
            ServiceVolumeField::path(Leaf)
            | ServiceVolumeField::read_only(Leaf)
            | ServiceVolumeField::description(Leaf) => Written,
            ServiceVolumeField::size(Leaf) => Lost(NO_LIMIT),
            ServiceVolumeField::backup(Leaf) | ServiceVolumeField::copy(Leaf) => NotConcerned,
        },
        ServiceField::config(field) => match field {
            ConfigField::content(Leaf) | ConfigField::from(Leaf) | ConfigField::mode(Leaf) => Written,
            ConfigField::description(Leaf) => NotConcerned,
        },
        ServiceField::health(field) => health(field),
        ServiceField::scale(field) => match field {
            ScaleField::min(Leaf) => Written,
            ScaleField::max(Leaf) => Lost("compose starts a fixed number, `scale.min`"),
            ScaleField::cpu(Leaf) | ScaleField::memory(Leaf) | ScaleField::on(_) => Lost(NO_SCALING),
        },
        ServiceField::run(field) => match field {
            RunField::kind(Leaf) => Written,
            RunField::cron(Leaf) | RunField::zone(Leaf) => Lost(
                "compose keeps no schedule: the service gets the profile `scheduled`, and the line for crontab stands above it",
            ),
            RunField::deadline(Leaf) | RunField::overlap(Leaf) => Lost(NO_SCHEDULE),
        },
        ServiceField::place(field) => match field {
            PlaceField::gpu(Leaf) => Written,
            PlaceField::zone(Leaf) => Lost(ONE_HOST),
        },
        ServiceField::requires(field) => match field {
            RequiresField::sysctl(Leaf) => Lost(NO_SETTINGS),
        },
        ServiceField::role(Leaf)
        | ServiceField::reaches(Leaf)
        | ServiceField::child(Leaf)
        | ServiceField::output(Leaf) => NotConcerned,
        ServiceField::metrics(_)
        | ServiceField::smtp(_)
        | ServiceField::samples(_)
        | ServiceField::dump(_)
        | ServiceField::guide(_)
        | ServiceField::rotate(_)
        | ServiceField::alert(_)
        | ServiceField::record(_)
        | ServiceField::metric(_)
        | ServiceField::dashboard(_)
        | ServiceField::allow(_) => NotConcerned,
    }
}

fn health(field: HealthField) -> Coverage {
    match field {
        HealthField::readiness(Leaf)
        | HealthField::port(Leaf)
        | HealthField::tcp(Leaf)
        | HealthField::command(Leaf)
        | HealthField::builtin(Leaf)
        | HealthField::none(Leaf)
        | HealthField::tool(Leaf)
        | HealthField::interval(Leaf)
        | HealthField::timeout(Leaf)
        | HealthField::retries(Leaf)
        | HealthField::start(Leaf)
        | HealthField::start_interval(Leaf) => Written,
        HealthField::liveness(Leaf) => {
            Lost("a container has one check, and others wait for it: `health.readiness`")
        }
        HealthField::startup(Leaf) => Lost(
            "a container has one check, `health.readiness`, which does not count until `health.start` is over",
        ),
        HealthField::needs(Leaf) => NotConcerned,
    }
}

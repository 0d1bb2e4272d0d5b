//! What Kubernetes' target says of each field of the language.

use Coverage::{Lost, NotConcerned, Written};

use crate::model::fields::{
    AfterField, ApiServerField, ArtifactsField, BackupField, BindField, BuildField, ConfigField, DnsField,
    DumpField, EnvFormField, GatewaySettingsField, GroupField, HealthField, HostField, ImageUseField,
    IngressSettingsField, IssuerField, KubernetesSettingsField, MonitoringField, MountField, OffSiteField,
    OutsideField, PlaceField, PlatformField, PortField, PublishField, RequiresField, ReserveField,
    ResourcesField, RouteField, RunField, ScaleField, ScaleOnField, ScriptsSettingsField, SecretField,
    SecretStoreField, SecurityField, ServiceField, ServiceVolumeField, SiteField, SourceField, TargetField,
    TlsField, TmpfsField, UpstreamField, VariableField, VolumeField,
};
use crate::schema::Leaf;
use crate::target::Coverage;

const NODES: &str = "nodes belong to the cluster: this is set where they are made";
const NO_PROFILE: &str = "every group is applied: leave the file of one out of a kustomization of your own";
const NO_PIDS: &str = "processes are limited by the node (`podPidsLimit` of its kubelet) and not by the pod";
const NO_ULIMITS: &str = "limits of processes are those of the node's container runtime";
const NO_SIGNAL: &str = "pods are stopped by the signal that their image names (`STOPSIGNAL`): `lifecycle.stopSignal` is behind a gate of the cluster that is closed by default (`ContainerStopSignals`)";
const NO_BUILD: &str = "a cluster pulls images and builds none: name one by `image`";
const NO_DRILL: &str = "no scratch server is started on a schedule: every copy is verified to its end, and a restore into another environment is a drill";
const NO_DEVICES: &str = "devices need a device plugin of the cluster, or `privileged`";

#[expect(clippy::too_many_lines, reason = "a line for each kind of block, and nothing else")]
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
            SecretField::optional(Leaf)
            | SecretField::description(Leaf)
            | SecretField::min_length(Leaf)
            | SecretField::issued(Leaf) => Written,
            SecretField::value(Leaf) => NotConcerned,
        },
        SourceField::group(field) => match field {
            GroupField::profile(Leaf) => Lost(NO_PROFILE),
            GroupField::title(Leaf) | GroupField::description(Leaf) => NotConcerned,
        },
        SourceField::volume(field) => match field {
            VolumeField::size(Leaf) | VolumeField::description(Leaf) => Written,
            VolumeField::backup(Leaf) | VolumeField::concurrent(Leaf) => NotConcerned,
        },
        SourceField::host(field) => match field {
            HostField::size(Leaf)
            | HostField::memory(Leaf)
            | HostField::disk(Leaf)
            | HostField::image(Leaf)
            | HostField::address(Leaf)
            | HostField::ssh(Leaf)
            | HostField::firewall(Leaf)
            | HostField::path(Leaf)
            | HostField::sysctl(Leaf) => Lost(NODES),
        },
        SourceField::service(field) => service(field),
        SourceField::target(field) => match field {
            TargetField::kubernetes(field) => match field {
                KubernetesSettingsField::namespace(Leaf)
                | KubernetesSettingsField::storage_class(Leaf)
                | KubernetesSettingsField::shared_storage_class(Leaf)
                | KubernetesSettingsField::domain(Leaf)
                | KubernetesSettingsField::keda(Leaf)
                | KubernetesSettingsField::pull_secrets(Leaf)
                | KubernetesSettingsField::pull_policy(Leaf)
                | KubernetesSettingsField::wait(Leaf)
                | KubernetesSettingsField::nodes(Leaf)
                | KubernetesSettingsField::version(Leaf)
                | KubernetesSettingsField::cilium(Leaf)
                | KubernetesSettingsField::api_server(
                    ApiServerField::addresses(Leaf) | ApiServerField::ports(Leaf),
                )
                | KubernetesSettingsField::dns(
                    DnsField::addresses(Leaf)
                    | DnsField::ports(Leaf)
                    | DnsField::namespace(Leaf)
                    | DnsField::labels(Leaf),
                )
                | KubernetesSettingsField::secrets(
                    SecretStoreField::by(Leaf)
                    | SecretStoreField::store(Leaf)
                    | SecretStoreField::kind(Leaf)
                    | SecretStoreField::entry(Leaf)
                    | SecretStoreField::refresh(Leaf)
                    | SecretStoreField::reloader(Leaf),
                )
                | KubernetesSettingsField::monitoring(
                    MonitoringField::by(Leaf)
                    | MonitoringField::namespace(Leaf)
                    | MonitoringField::monitor_labels(Leaf),
                )
                | KubernetesSettingsField::gateway(
                    GatewaySettingsField::class(Leaf)
                    | GatewaySettingsField::namespace(Leaf)
                    | GatewaySettingsField::issuer(Leaf),
                )
                | KubernetesSettingsField::ingress(
                    IngressSettingsField::class(Leaf)
                    | IngressSettingsField::namespace(Leaf)
                    | IngressSettingsField::issuer(Leaf),
                ) => Written,
                // nginx reads it.
                KubernetesSettingsField::proxy_protocol(Leaf) => NotConcerned,
            },
            // The image of the client that takes copies to their places.
            TargetField::scripts(ScriptsSettingsField::transfer_image(Leaf)) => Written,
            TargetField::scripts(
                ScriptsSettingsField::backups(Leaf) | ScriptsSettingsField::timers(Leaf),
            ) => NotConcerned,
            TargetField::compose(_)
            | TargetField::prometheus(_)
            | TargetField::alertmanager(_)
            | TargetField::grafana(_)
            | TargetField::nginx(_)
            | TargetField::terraform(_)
            | TargetField::docs(_) => NotConcerned,
        },
        SourceField::outside(field) => match field {
            OutsideField::addresses(Leaf) => Written,
            OutsideField::description(Leaf) => NotConcerned,
        },
        SourceField::site(field) => site(field),
        SourceField::issuer(field) => match field {
            IssuerField::url(Leaf)
            | IssuerField::ca(Leaf)
            | IssuerField::profile(Leaf)
            | IssuerField::email(Leaf)
            | IssuerField::public(Leaf) => Written,
            // cert-manager renews by the authority's advice.
            IssuerField::lifetime(Leaf) => NotConcerned,
            // An error where the gateway of the cluster serves the site (K8S021).
            IssuerField::eab(_) => NotConcerned,
        },
        SourceField::override_(Leaf) => Written,
        SourceField::backup(field) => match field {
            BackupField::of(Leaf)
            | BackupField::to(Leaf)
            | BackupField::schedule(Leaf)
            | BackupField::retention(Leaf)
            | BackupField::keep(Leaf)
            | BackupField::size(Leaf)
            | BackupField::alert_after(Leaf)
            | BackupField::upload(Leaf)
            | BackupField::account(Leaf)
            | BackupField::reader(Leaf) => Written,
            BackupField::drill(Leaf) => Lost(NO_DRILL),
        },
        SourceField::offsite(field) => match field {
            OffSiteField::endpoint(Leaf)
            | OffSiteField::bucket(Leaf)
            | OffSiteField::prefix(Leaf)
            | OffSiteField::region(Leaf)
            | OffSiteField::access_key(Leaf)
            | OffSiteField::secret_key(Leaf) => Written,
            // A rule holds it against the ages of backups.
            OffSiteField::retention(Leaf) => NotConcerned,
        },
        SourceField::network(_)
        | SourceField::alert(_)
        | SourceField::record(_)
        | SourceField::metric(_)
        | SourceField::exports(_)
        | SourceField::receiver(_)
        | SourceField::hours(_)
        | SourceField::inhibit(_)
        | SourceField::dashboard(_)
        | SourceField::datasource(_)
        | SourceField::policy(_)
        | SourceField::image(_)
        | SourceField::mirror(_)
        | SourceField::allow(_) => NotConcerned,
    }
}

/// What the gateway of the cluster serves. What its API has no words for is an error there (K8S021).
fn site(field: SiteField) -> Coverage {
    match field {
        SiteField::domain(Leaf)
        | SiteField::description(Leaf)
        | SiteField::aliases(Leaf)
        | SiteField::headers(Leaf)
        | SiteField::tls(TlsField::enabled(Leaf) | TlsField::issuer(Leaf) | TlsField::email(Leaf)) => Written,
        SiteField::route(field) => match field {
            RouteField::target(Leaf)
            | RouteField::websocket(Leaf)
            | RouteField::timeout(Leaf)
            | RouteField::strip(Leaf)
            | RouteField::buffer(Leaf)
            | RouteField::weight(Leaf)
            | RouteField::to(Leaf)
            | RouteField::permanent(Leaf)
            | RouteField::upstream(UpstreamField::port(Leaf) | UpstreamField::weight(Leaf)) => Written,
            _ => NotConcerned,
        },
        SiteField::served_by(Leaf)
        | SiteField::trusted(Leaf)
        | SiteField::limit(_)
        | SiteField::maintenance(_)
        | SiteField::probe(Leaf) => NotConcerned,
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

#[expect(clippy::too_many_lines, reason = "a line for each field, and nothing else")]
fn service(field: ServiceField) -> Coverage {
    match field {
        ServiceField::description(Leaf)
        | ServiceField::group(Leaf)
        | ServiceField::entrypoint(Leaf)
        | ServiceField::command(Leaf)
        | ServiceField::user(Leaf)
        | ServiceField::stop_grace(Leaf)
        | ServiceField::init(Leaf)
        | ServiceField::labels(Leaf)
        | ServiceField::service(Leaf)
        | ServiceField::api_access(_) => Written,
        ServiceField::ulimits(Leaf) => Lost(NO_ULIMITS),
        ServiceField::stop_signal(Leaf) => Lost(NO_SIGNAL),
        ServiceField::env(field) => match field {
            EnvFormField::value(Leaf) | EnvFormField::file(Leaf) | EnvFormField::suffix(Leaf) => Written,
        },
        ServiceField::mount(field) => match field {
            MountField::path(Leaf) | MountField::read_only(Leaf) => Written,
        },
        ServiceField::bind(field) => match field {
            BindField::path(Leaf) | BindField::read_only(Leaf) | BindField::propagation(Leaf) => Written,
        },
        ServiceField::tmpfs(TmpfsField::size(Leaf))
        | ServiceField::artifacts(ArtifactsField::folder(Leaf)) => Written,
        ServiceField::resources(field) => match field {
            ResourcesField::memory(Leaf) | ResourcesField::cpu(Leaf) => Written,
            ResourcesField::pids(Leaf) => Lost(NO_PIDS),
            ResourcesField::reserve(ReserveField::memory(Leaf) | ReserveField::cpu(Leaf)) => Written,
        },
        ServiceField::security(field) => match field {
            SecurityField::writable(Leaf)
            | SecurityField::privileged(Leaf)
            | SecurityField::root(Leaf)
            | SecurityField::host_pid(Leaf)
            | SecurityField::host_network(Leaf)
            | SecurityField::capabilities(Leaf)
            | SecurityField::reason(Leaf) => Written,
            SecurityField::devices(Leaf) => Lost(NO_DEVICES),
        },
        ServiceField::image(field) => match field {
            ImageUseField::name(Leaf) => Written,
            ImageUseField::base(Leaf) => NotConcerned,
        },
        ServiceField::build(field) => match field {
            BuildField::context(Leaf)
            | BuildField::dockerfile(Leaf)
            | BuildField::target(Leaf)
            | BuildField::args(Leaf) => Lost(NO_BUILD),
            BuildField::base(Leaf) => NotConcerned,
        },
        ServiceField::port(field) => port(field),
        ServiceField::volume(field) => match field {
            ServiceVolumeField::path(Leaf)
            | ServiceVolumeField::read_only(Leaf)
            | ServiceVolumeField::size(Leaf)
            | ServiceVolumeField::description(Leaf) => Written,
            ServiceVolumeField::backup(Leaf) | ServiceVolumeField::copy(Leaf) => Written,
        },
        ServiceField::config(field) => match field {
            ConfigField::content(Leaf) | ConfigField::from(Leaf) | ConfigField::mode(Leaf) => Written,
            ConfigField::description(Leaf) => NotConcerned,
        },
        ServiceField::health(field) => health(field),
        ServiceField::scale(field) => match field {
            ScaleField::min(Leaf)
            | ScaleField::max(Leaf)
            | ScaleField::cpu(Leaf)
            | ScaleField::memory(Leaf) => Written,
            ScaleField::on(ScaleOnField::target(Leaf)) => Written,
        },
        ServiceField::run(field) => match field {
            RunField::kind(Leaf)
            | RunField::cron(Leaf)
            | RunField::zone(Leaf)
            | RunField::deadline(Leaf)
            | RunField::overlap(Leaf) => Written,
        },
        ServiceField::place(field) => match field {
            PlaceField::gpu(Leaf) | PlaceField::zone(Leaf) => Written,
        },
        ServiceField::requires(field) => match field {
            RequiresField::sysctl(Leaf) => Lost(NODES),
        },
        ServiceField::reaches(Leaf) => Written,
        ServiceField::role(Leaf)
        | ServiceField::networks(Leaf)
        | ServiceField::child(Leaf)
        | ServiceField::output(Leaf) => NotConcerned,
        ServiceField::after(Leaf) | ServiceField::wait(AfterField::condition(Leaf)) => Written,
        ServiceField::override_(Leaf) => Written,
        ServiceField::dump(field) => match field {
            DumpField::parts(Leaf)
            | DumpField::save(Leaf)
            | DumpField::restore(Leaf)
            | DumpField::offline(Leaf)
            | DumpField::suffix(Leaf)
            | DumpField::verify(Leaf)
            | DumpField::count(Leaf)
            | DumpField::server_version(Leaf)
            | DumpField::check(Leaf)
            | DumpField::reads(Leaf) => Written,
        },
        ServiceField::metrics(_)
        | ServiceField::smtp(_)
        | ServiceField::samples(_)
        | ServiceField::guide(_)
        | ServiceField::rotate(_)
        | ServiceField::alert(_)
        | ServiceField::record(_)
        | ServiceField::metric(_)
        | ServiceField::dashboard(_)
        | ServiceField::allow(_) => NotConcerned,
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

fn health(field: HealthField) -> Coverage {
    match field {
        HealthField::readiness(Leaf)
        | HealthField::liveness(Leaf)
        | HealthField::startup(Leaf)
        | HealthField::port(Leaf)
        | HealthField::tcp(Leaf)
        | HealthField::command(Leaf)
        | HealthField::builtin(Leaf)
        | HealthField::interval(Leaf)
        | HealthField::timeout(Leaf)
        | HealthField::retries(Leaf)
        | HealthField::start(Leaf)
        | HealthField::start_interval(Leaf)
        | HealthField::needs(Leaf) => Written,
        // The kubelet asks from outside of the container.
        HealthField::none(Leaf) | HealthField::tool(Leaf) => NotConcerned,
    }
}

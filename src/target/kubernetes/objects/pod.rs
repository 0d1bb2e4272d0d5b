//! Pods: what a workload makes of its template.

pub(super) mod env;
mod probe;
pub(super) mod security;
mod spread;
pub(super) mod volume;

use k8s_openapi::api::core::v1::{
    Container, ContainerPort, Lifecycle, LifecycleHandler, LocalObjectReference, PodDNSConfig,
    PodDNSConfigOption, PodSpec, PodTemplateSpec, SleepAction, Toleration, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::config::{self, Config};
use super::{Context, account, labels, resources, service as services, variables, wait};
use crate::platform::{OutsideKind, Platform, Port, Service, Value, ValuePart};
use crate::target::TARGETS;
use crate::target::kubernetes::kind::Kind;
use env::Env;
use volume::Volumes;

/// The template of a service's pods.
pub(super) fn template(cluster: &Context<'_>, service: &Service, configs: &[Config]) -> PodTemplateSpec {
    let mut annotations = labels::annotations(cluster.platform, service);
    if let Some(checksum) = config::checksum(cluster, service) {
        annotations.insert("checksum/files".to_owned(), checksum);
    }
    if let Some(checksum) = variables::checksum(cluster.platform, service) {
        annotations.insert("checksum/variables".to_owned(), checksum);
    }
    PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(labels::of_workload(cluster.platform, service)),
            annotations: (!annotations.is_empty()).then_some(annotations),
            ..ObjectMeta::default()
        }),
        spec: Some(spec(cluster, service, configs)),
    }
}

fn spec(cluster: &Context<'_>, service: &Service, configs: &[Config]) -> PodSpec {
    let platform = cluster.platform;
    let volumes = Volumes::new(cluster, service, configs);
    let host_network = service.exception(|security| security.host_network);
    let process = service.process.as_deref();
    PodSpec {
        service_account_name: Some(service.name.clone()),
        automount_service_account_token: Some(account::asks(cluster.platform, service)),
        // Else each Service is a variable as well, such as `API_PORT=tcp://…`, which programs take for their own.
        enable_service_links: Some(false),
        host_network: host_network.then_some(true),
        host_pid: service.exception(|security| security.host_pid).then_some(true),
        dns_policy: host_network.then(|| "ClusterFirstWithHostNet".to_owned()),
        hostname: service.bears.hostname_is_state.then(|| service.name.clone()),
        // The first process of a pod reaps what others leave behind.
        share_process_namespace: process.and_then(|process| process.init).filter(|init| *init),
        termination_grace_period_seconds: grace(platform, service),
        dns_config: Some(dns(platform, service)),
        image_pull_secrets: pull_secrets(platform),
        topology_spread_constraints: spread::spread(platform, service),
        affinity: spread::affinity(platform, service),
        init_containers: wait::container(cluster, service).map(|wait| vec![wait]),
        security_context: Some(security::pod(cluster, service)),
        // A node that takes no other pods has logs and figures, too.
        tolerations: (Kind::of(service) == Kind::DaemonSet)
            .then(|| vec![Toleration { operator: Some("Exists".to_owned()), ..Toleration::default() }]),
        containers: vec![container(cluster, service, volumes.mounts)],
        volumes: (!volumes.declared.is_empty()).then_some(volumes.declared),
        ..PodSpec::default()
    }
}

fn container(cluster: &Context<'_>, service: &Service, mounts: Vec<VolumeMount>) -> Container {
    let platform = cluster.platform;
    let env = Env::new(cluster, service);
    let probes = probe::lower(service, &env);
    let ports: Vec<ContainerPort> = service.ports.iter().map(port).collect();
    Container {
        name: service.name.clone(),
        image: service.image.as_ref().map(|image| constant(platform, image)),
        command: service.entrypoint.as_deref().map(|words| texts(&env, words)),
        args: arguments(platform, service, &env),
        image_pull_policy: platform.settings.kubernetes.pull_policy.map(|policy| policy.name().to_owned()),
        ports: (!ports.is_empty()).then_some(ports),
        lifecycle: lifecycle(platform, service),
        startup_probe: probes.startup,
        readiness_probe: probes.readiness,
        liveness_probe: probes.liveness,
        resources: Some(resources::lower(service)),
        security_context: Some(security::container(service)),
        volume_mounts: (!mounts.is_empty()).then_some(mounts),
        env: (!env.entries.is_empty()).then_some(env.entries),
        ..Container::default()
    }
}

/// The seconds that a pod goes on serving while the network takes it out of its Service, which happens after the signal
/// to stop (mattrobinsonsre/terrapod#222: 5 s were too short).
const LEAVE: i64 = 15;

/// The same where a load balancer sends requests to nodes that have a pod: it asks nodes every ten seconds or so, and believes the
/// third answer (kubernetes/cloud-provider-aws:docs/service_controller.md, `healthcheck-interval`, `unhealthy-threshold`).
const LEAVE_BALANCER: i64 = 30;

/// The default grace period of a pod, in seconds.
const GRACE: i64 = 30;

/// Whether others take over what a pod gets while it leaves.
fn leaves(service: &Service) -> bool {
    !service.ports.is_empty() && (Kind::of(service) == Kind::Deployment || service.may_run_several_times())
}

/// The time that a pod has to leave and to stop.
fn grace(platform: &Platform, service: &Service) -> Option<i64> {
    let said = service.process.as_deref().and_then(|process| process.stop_grace);
    let own = said.map_or(GRACE, |grace| i64::from(probe::seconds(grace)));
    let whole = if leaves(service) { own + leave(platform, service) } else { own };
    (whole != GRACE).then_some(whole)
}

/// The seconds that a pod goes on serving.
fn leave(platform: &Platform, service: &Service) -> i64 {
    let mut published = service.ports.iter().filter_map(|port| port.publish.as_ref());
    let balanced = published.any(|publish| platform[publish.to].kind != OutsideKind::Localhost);
    if balanced { LEAVE_BALANCER } else { LEAVE }
}

fn lifecycle(platform: &Platform, service: &Service) -> Option<Lifecycle> {
    leaves(service).then(|| Lifecycle {
        pre_stop: Some(LifecycleHandler {
            sleep: Some(SleepAction { seconds: leave(platform, service) }),
            ..LifecycleHandler::default()
        }),
        ..Lifecycle::default()
    })
}

/// A name with two dots is looked up as it is first: else each name outside is asked for with every ending before.
fn dns(platform: &Platform, service: &Service) -> PodDNSConfig {
    let searches = wait::searches(platform, service);
    PodDNSConfig {
        options: Some(vec![PodDNSConfigOption {
            name: Some("ndots".to_owned()),
            value: Some("2".to_owned()),
        }]),
        searches: (!searches.is_empty()).then_some(searches),
        nameservers: None,
    }
}

pub(super) fn pull_secrets(platform: &Platform) -> Option<Vec<LocalObjectReference>> {
    let names = &platform.settings.kubernetes.pull_secrets;
    let reference = |name: &String| LocalObjectReference { name: name.clone() };
    (!names.is_empty()).then(|| names.iter().map(reference).collect())
}

fn port(port: &Port) -> ContainerPort {
    ContainerPort {
        name: Some(port.name.clone()),
        container_port: i32::from(port.number),
        protocol: Some(services::protocol(port).to_owned()),
        ..ContainerPort::default()
    }
}

fn texts(env: &Env, words: &[Value]) -> Vec<String> {
    words.iter().map(|word| env.text(word)).collect()
}

/// The arguments of a command, with what targets' files cannot say behind them.
fn arguments(platform: &Platform, service: &Service, env: &Env) -> Option<Vec<String>> {
    let own = service.command.as_deref()?;
    let more = TARGETS.iter().flat_map(|target| (target.arguments)(platform, service));
    let more = more
        .chain(platform.reload_flag(service).map(str::to_owned))
        .map(|word| Value { parts: [ValuePart::Literal(word.into())].into_iter().collect() });
    Some(own.iter().cloned().chain(more).map(|word| env.text(&word)).collect())
}

/// A text that nobody can set later: variables are their defaults.
pub(super) fn constant(platform: &Platform, value: &Value) -> String {
    let parts = value.parts.iter().map(|part| match part {
        ValuePart::Literal(text) => text.to_string(),
        // One without a default is an error (K8S004).
        ValuePart::Input(id) => platform[*id].default.clone().unwrap_or_default(),
    });
    parts.collect()
}

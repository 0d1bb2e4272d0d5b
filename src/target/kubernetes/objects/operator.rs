//! Objects of Prometheus Operator, for a Prometheus and an Alertmanager that the cluster runs: rules, monitors, probes, and who
//! is notified.
//!
//! <https://prometheus-operator.dev/docs/api-reference/api/>

mod alerts;
mod monitor;
mod rules;

use k8s_openapi::api::core::v1::{Service as Out, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::external;
use super::labels;
use crate::hash::HashSet;
use crate::platform::{DOMAIN, Operator, Platform, Role, Service};
use crate::target::kubernetes::file;
use crate::target::kubernetes::object::{Object, Stage};

/// The objects for the cluster's Prometheus and Alertmanager; none where the platform runs its own.
pub(super) fn objects(platform: &Platform) -> Vec<Object> {
    let Some(operator) = &platform.settings.kubernetes.operator else { return Vec::new() };
    let mut objects = Vec::new();
    for service in platform.services.iter().filter(|service| platform.is_of_cluster(service)) {
        objects.extend(aliases(platform, operator, service));
        if service.role == Some(Role::Alerts)
            && let Some(alerts) = alerts::object(platform, operator, service)
        {
            objects.extend(external::objects(platform, service, &[&alerts], &alerts.file));
            objects.push(alerts);
        }
    }
    if platform.with_role(Role::Metrics).next().is_some() {
        objects.extend(rules::objects(platform, operator));
        objects.extend(monitor::objects(platform, operator));
    }
    objects
}

/// The name of a service of the cluster in each namespace that it is reached from.
fn aliases(platform: &Platform, operator: &Operator, service: &Service) -> Vec<Object> {
    let asks =
        |from: &Service| from.runs() && (platform.connects(from.id, service.id) || scales(from, service));
    let mut namespaces: Vec<String> = Vec::new();
    for from in platform.services.iter().filter(|from| asks(from)) {
        let namespace = platform.namespace_of(from);
        if !namespaces.contains(&namespace) {
            namespaces.push(namespace);
        }
    }
    let domain = platform.settings.kubernetes.domain.as_deref().unwrap_or(DOMAIN);
    let file = file::of_service(platform, service);
    let alias = |namespace: String| {
        let out = Out {
            metadata: ObjectMeta { namespace: Some(namespace), ..labels::metadata(platform, service) },
            spec: Some(ServiceSpec {
                type_: Some("ExternalName".to_owned()),
                external_name: Some(format!(
                    "{}.{}.svc.{domain}",
                    operator.name_of(service),
                    operator.namespace
                )),
                ..ServiceSpec::default()
            }),
            ..Out::default()
        };
        Object::new(&file, Stage::Service, &out).with_comment([format!(
            "Its name where it is reached from: the cluster runs it in {}.",
            operator.namespace
        )])
    };
    namespaces.into_iter().map(alias).collect()
}

/// Whether a service is scaled by queries that a metrics server answers.
fn scales(from: &Service, server: &Service) -> bool {
    server.role == Some(Role::Metrics) && from.scale.as_ref().is_some_and(|scale| !scale.on.is_empty())
}

/// The metadata of an object that the operator is to find.
fn metadata(platform: &Platform, operator: &Operator, name: String, namespace: String) -> ObjectMeta {
    let mut all = labels::of_platform(platform);
    all.extend(operator.monitor_labels.iter().cloned());
    ObjectMeta { name: Some(name), namespace: Some(namespace), labels: Some(all), ..ObjectMeta::default() }
}

/// Names of objects of one kind, each once.
#[derive(Debug, Default)]
struct Names(HashSet<String>);

impl Names {
    /// A name of lower-case letters, digits and hyphens that no other object has.
    fn take(&mut self, wanted: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let plain: String = wanted.chars().map(plain).take(LONGEST).collect();
        let plain = plain.trim_matches('-');
        let plain = if plain.is_empty() { "x" } else { plain };
        let mut name = plain.to_owned();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{plain}-{number}");
            number += 1;
        }
        name
    }
}

/// How long a name is before a number is put to it: one of DNS has 253 characters, and labels, which some are put into, 63.
const LONGEST: usize = 56;

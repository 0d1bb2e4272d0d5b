//! The name of a service in the namespaces of others that reach it: texts name a service alone, and a name is looked up in
//! the namespace of the one who asks.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Service as Out, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::hash::HashMap;
use crate::platform::{DOMAIN, EdgeEnd, Level, Platform, Service, ServiceId};
use crate::target::kubernetes::object::{Object, Stage};
use crate::target::kubernetes::objects::{Context, labels};

/// The namespaces from which each service is reached that stands in another one.
pub(in crate::target::kubernetes) type Askers = HashMap<ServiceId, BTreeSet<String>>;

/// Finds them, by one look at each connection.
pub(in crate::target::kubernetes) fn askers(platform: &Platform) -> Askers {
    let mut askers = Askers::default();
    for edge in &platform.edges {
        let EdgeEnd::Service(to, _) = edge.to else { continue };
        let (from, to) = (&platform[edge.from], &platform[to]);
        if from.runs() && to.runs() && Level::of(from) != Level::of(to) {
            askers.entry(to.id).or_default().insert(platform.namespace_of(from));
        }
    }
    askers
}

pub(super) fn objects(cluster: &Context<'_>, service: &Service, file: &str) -> Vec<Object> {
    let platform = cluster.platform;
    let Some(names) = cluster.askers.get(&service.id) else { return Vec::new() };
    let own = platform.namespace_of(service);
    let domain = platform.settings.kubernetes.domain.as_deref().unwrap_or(DOMAIN);
    let alias = |name: &String| {
        let out = Out {
            metadata: ObjectMeta { namespace: Some(name.clone()), ..labels::metadata(platform, service) },
            spec: Some(ServiceSpec {
                type_: Some("ExternalName".to_owned()),
                external_name: Some(format!("{}.{own}.svc.{domain}", service.name)),
                ..ServiceSpec::default()
            }),
            ..Out::default()
        };
        Object::new(file, Stage::Service, &out)
            .with_comment([format!("Its name where it is reached from: it runs in {own}.")])
    };
    names.iter().map(alias).collect()
}

//! Service accounts, one for each workload, so that what is granted to one is granted to it alone; and what is granted.
//!
//! <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{
    ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::labels;
use crate::platform::{ApiAccess, Platform, Service};
use crate::target::kubernetes::object::{Object, Stage};

const GROUP: &str = "rbac.authorization.k8s.io";

/// The account of a service, and what it may ask the API.
pub(super) fn objects(platform: &Platform, service: &Service, file: &str) -> Vec<Object> {
    let account = ServiceAccount {
        metadata: labels::metadata(platform, service),
        // A pod that asks the API says so itself; whatever else takes this account gets no token.
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    };
    let mut objects = vec![Object::new(file, Stage::Account, &account)];
    let access = platform.api_access(service);
    let (of_cluster, own): (Vec<&ApiAccess>, Vec<&ApiAccess>) =
        access.iter().partition(|access| access.cluster);
    if !own.is_empty() {
        for namespace in platform.namespaces() {
            objects.extend(in_namespace(platform, service, file, &namespace, &own));
        }
    }
    if !of_cluster.is_empty() {
        objects.extend(in_cluster(platform, service, file, &of_cluster));
    }
    objects
}

/// Whether the pods of a service ask the API, so that they get a token.
pub(super) fn asks(platform: &Platform, service: &Service) -> bool {
    !platform.api_access(service).is_empty()
}

fn in_namespace(
    platform: &Platform,
    service: &Service,
    file: &str,
    namespace: &str,
    access: &[&ApiAccess],
) -> [Object; 2] {
    let metadata =
        ObjectMeta { namespace: Some(namespace.to_owned()), ..labels::metadata(platform, service) };
    let role = Role { metadata: metadata.clone(), rules: Some(rules(access)) };
    let binding = RoleBinding {
        role_ref: role_ref("Role", &service.name),
        subjects: Some(vec![subject(platform, service)]),
        metadata,
    };
    [Object::new(file, Stage::Access, &role), Object::new(file, Stage::Access, &binding)]
}

fn in_cluster(platform: &Platform, service: &Service, file: &str, access: &[&ApiAccess]) -> [Object; 2] {
    let name = of_cluster(platform, &service.name);
    let metadata =
        ObjectMeta { name: Some(name.clone()), namespace: None, ..labels::metadata(platform, service) };
    let role =
        ClusterRole { metadata: metadata.clone(), rules: Some(rules(access)), ..ClusterRole::default() };
    let binding = ClusterRoleBinding {
        role_ref: role_ref("ClusterRole", &name),
        subjects: Some(vec![subject(platform, service)]),
        metadata,
    };
    [Object::new(file, Stage::Access, &role), Object::new(file, Stage::Access, &binding)]
}

/// The name of an object that belongs to the cluster: another platform there, or another environment of this one, has one of
/// its own.
fn of_cluster(platform: &Platform, name: &str) -> String {
    let environment = platform.environment.as_ref().map(|name| format!(".{name}")).unwrap_or_default();
    // No name of the three holds a dot, so no two of them make one.
    format!("{}{environment}.{name}", platform.name)
}

fn role_ref(kind: &str, name: &str) -> RoleRef {
    RoleRef { api_group: Some(GROUP.to_owned()), kind: kind.to_owned(), name: name.to_owned() }
}

fn subject(platform: &Platform, service: &Service) -> Subject {
    Subject {
        kind: "ServiceAccount".to_owned(),
        name: service.name.clone(),
        namespace: Some(platform.namespace_of(service)),
        ..Subject::default()
    }
}

/// One rule for each group of the API and what may be done with kinds of it.
fn rules(access: &[&ApiAccess]) -> Vec<PolicyRule> {
    let mut rules: Vec<(&ApiAccess, Vec<String>)> = Vec::new();
    for one in access {
        let same = |known: &ApiAccess| known.group == one.group && known.verbs == one.verbs;
        match rules.iter_mut().find(|(known, _)| same(known)) {
            Some((_, kinds)) if kinds.contains(&one.resource) => {}
            Some((_, kinds)) => kinds.push(one.resource.clone()),
            None => rules.push((one, vec![one.resource.clone()])),
        }
    }
    let rule = |(first, kinds): (&ApiAccess, Vec<String>)| PolicyRule {
        api_groups: Some(vec![first.group.clone()]),
        resources: Some(kinds),
        verbs: first.verbs.iter().map(|verb| verb.word().to_owned()).collect(),
        ..PolicyRule::default()
    };
    rules.into_iter().map(rule).collect()
}

//! Security contexts: what pods and containers are held to.

use k8s_openapi::api::core::v1::{Capabilities, PodSecurityContext, SeccompProfile, SecurityContext};

use super::volume;
use crate::platform::{Service, plain};
use crate::target::kubernetes::objects::Context;

/// The user and the group that a service runs as, where the source or its image say them by number.
fn ids(service: &Service) -> (Option<i64>, Option<i64>) {
    // No user is no number, as a name is none.
    let mut parts = service.user.as_deref().unwrap_or_default().split(':').map(|part| part.parse().ok());
    (parts.next().flatten(), parts.next().flatten())
}

/// What all containers of a pod are held to.
pub(in super::super) fn pod(cluster: &Context<'_>, service: &Service) -> PodSecurityContext {
    let (user, group) = ids(service);
    let group = group.or(user);
    // A disk belongs to root, and only a group that is named may write to it: that of root, too, where the user is another
    // (bitnami/charts#7662).
    let fs_group =
        group.filter(|group| (*group, user) != (0, Some(0)) && volume::needs_group(cluster, service));
    let privileged = service.exception(|security| security.privileged);
    PodSecurityContext {
        run_as_non_root: (!service.may_be_root()).then_some(true),
        run_as_user: user,
        run_as_group: group,
        fs_group,
        // A large volume is not walked through at each start.
        fs_group_change_policy: fs_group.map(|_| "OnRootMismatch".to_owned()),
        seccomp_profile: (!privileged)
            .then(|| SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
        ..PodSecurityContext::default()
    }
}

/// What a container is held to besides.
pub(in super::super) fn container(service: &Service) -> SecurityContext {
    let confinement = service.confinement();
    let privileged = service.exception(|security| security.privileged);
    let kept: Vec<String> = service.capabilities().map(|name| plain(name).to_owned()).collect();
    SecurityContext {
        // The API server refuses `false` beside `privileged`.
        allow_privilege_escalation: (confinement.no_new_privileges && !privileged).then_some(false),
        privileged: privileged.then_some(true),
        read_only_root_filesystem: Some(confinement.read_only),
        capabilities: confinement.drops_capabilities.then(|| Capabilities {
            drop: Some(vec!["ALL".to_owned()]),
            add: (!kept.is_empty()).then_some(kept),
        }),
        ..SecurityContext::default()
    }
}

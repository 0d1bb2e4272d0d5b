//! What services may ask of the cluster that they run in.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::{ApiAccess, Platform};

/// Kinds whose reading, or whose making, is as much as to own the namespace or the node, each with the reason
/// (kubernetes/website:content/en/docs/concepts/security/rbac-good-practices.md, "Privilege escalation risks").
const POWERFUL: &[(&str, &str)] = &[
    ("secrets", "whoever reads them has every password of the namespace"),
    ("nodes/proxy", "it runs commands in every pod of a node"),
    ("pods/exec", "it runs commands in every pod"),
    ("pods/attach", "it takes part in every pod"),
    ("pods/portforward", "it reaches every port past all policies"),
    ("pods/ephemeralcontainers", "it runs commands in every pod"),
    ("serviceaccounts/token", "it makes tokens of every account"),
    ("roles", "it grants itself anything"),
    ("rolebindings", "it grants itself anything"),
    ("clusterroles", "it grants itself anything"),
    ("clusterrolebindings", "it grants itself anything"),
    ("certificatesigningrequests/approval", "it makes certificates of every user"),
];

/// SEC010: access to the API by which a service could take over more than itself.
pub(super) fn powerful(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        for access in &service.api {
            let Some((reason, span)) = reason(access).zip(access.span) else { continue };
            sink.report(
                Diagnostic::new(
                    codes::SEC010,
                    format!("`{}` may ask the API for `{}`", service.path, access.resource),
                )
                .about(&service.path)
                .at(span, reason)
                .help("name only the kinds that it needs; where this one is meant, `allow powerful-api-access` says why"),
            );
        }
    }
}

fn reason(access: &ApiAccess) -> Option<&'static str> {
    if access.resource.contains('*') || access.group.contains('*') {
        return Some("every kind is among them, Secrets as well");
    }
    POWERFUL.iter().find(|(kind, _)| *kind == access.resource).map(|(_, reason)| *reason)
}

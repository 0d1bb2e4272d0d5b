//! Namespaces: the platform's own, under the strictest of the Pod Security Standards, and others for pods that cannot be
//! held to it.
//!
//! <https://kubernetes.io/docs/concepts/security/pod-security-standards/>

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::labels;
use crate::platform::{Level, Platform};
use crate::target::kubernetes::file;
use crate::target::kubernetes::object::{Object, Stage};

/// The namespaces, the platform's own first.
pub(super) fn objects(platform: &Platform) -> Vec<Object> {
    let of_level = |level: Level| {
        platform.services.iter().filter(move |service| service.runs() && Level::of(service) == level)
    };
    let object = |level: Level| {
        let comment = if level == Level::Restricted {
            platform.description.iter().cloned().collect()
        } else {
            let head = "What cannot be held to `restricted`, apart from what can:".to_owned();
            let lines = of_level(level)
                .map(|service| format!("  {}: {}", service.name, Level::reasons(service).join(", ")));
            std::iter::once(head).chain(lines).collect::<Vec<_>>()
        };
        Object::new(file::NAMESPACES, Stage::Namespace, &namespace(platform, level)).with_comment(comment)
    };
    platform.levels().map(object).collect()
}

/// The annotation that says of which environment the objects of a namespace are: `scripts/apply-kubernetes.sh` puts no other over it.
fn of_environment(platform: &Platform) -> (String, String) {
    ("infrac/environment".to_owned(), file::environment(platform).to_owned())
}

fn namespace(platform: &Platform, level: Level) -> Namespace {
    let mut labels = labels::of_platform(platform);
    // What is refused is also told to the person who applies it.
    for mode in ["enforce", "warn", "audit"] {
        labels.insert(format!("pod-security.kubernetes.io/{mode}"), level.word().to_owned());
        // A later edition of the standards, which an upgrade of the cluster brings, may refuse pods that ran until then
        // (kubernetes/website:content/en/docs/concepts/security/pod-security-admission.md).
        if let Some(version) = platform.settings.kubernetes.version {
            let edition = format!("v{}", version.value);
            labels.insert(format!("pod-security.kubernetes.io/{mode}-version"), edition);
        }
    }
    Namespace {
        metadata: ObjectMeta {
            name: Some(platform.namespace_at(level)),
            labels: Some(labels),
            annotations: Some(labels::kept().into_iter().chain([of_environment(platform)]).collect()),
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    }
}

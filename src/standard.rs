//! The standard components and the catalogue of images: `.infra` files in the compiler, written
//! in the language itself. Nothing in Rust knows any of them.

pub mod exports;
pub mod images;
mod index;

pub use index::{with_alert, with_image, with_metric, with_role};

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        /// The standard components, by name, each with its source.
        pub const COMPONENTS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("standard/", $name, ".infra")))),+];
    };
}

embedded! {
    "alertmanager",
    "blackbox",
    "cadvisor",
    "elasticsearch",
    "fluent-bit",
    "grafana",
    "http-service",
    "kibana",
    "kube-state-metrics",
    "minio",
    "mongodb",
    "nginx",
    "node-exporter",
    "own-service",
    "postgres",
    "prometheus",
    "redis",
}

macro_rules! examples {
    ($($name:literal),+ $(,)?) => {
        /// Platforms that use a component: of those that need another component, and so more than its own parameters.
        pub const EXAMPLES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("standard/examples/", $name, ".infra")))),+];
    };
}

examples! { "fluent-bit", "grafana", "kibana", "kube-state-metrics" }

/// The panels of presets.
pub const PRESETS: &str = include_str!("standard/presets.infra");

/// The name under which messages show an embedded source.
#[must_use]
pub fn file_name(name: &str) -> String {
    format!("<standard>/{name}.infra")
}

/// A standard component's name and source.
#[must_use]
pub fn component(name: &str) -> Option<(&'static str, &'static str)> {
    COMPONENTS.iter().find(|(known, _)| *known == name).copied()
}

//! The formats that a platform is lowered to, as far as a source speaks of them: their names and settings, the folders
//! that services mount, the places of overrides. How each is lowered is `target`.

mod keys;

use std::sync::LazyLock;

use crate::model::{
    AlertmanagerSettings, ComposeSettings, DocsSettings, GrafanaSettings, KubernetesSettings, NginxSettings,
    PrometheusSettings, Role, Runtime, ScriptsSettings, TerraformSettings,
};
use crate::schema::Block;

pub use keys::{Block as KeyBlock, Key, Keys, Kind, Merge, Name, Versions};

/// A format.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, in any combination")]
pub struct Format {
    /// What a source and `--target` call it.
    pub name: &'static str,
    /// What it writes, in one line.
    pub purpose: &'static str,
    /// What `target NAME { … }` may hold.
    pub settings: &'static Block,
    /// The runtime that reads its files. Others are written of the runtime of the platform, of the first where it has
    /// several.
    pub runtime: Option<Runtime>,
    /// Whether it is written of each runtime of the platform: people read it, and what they do differs.
    pub each_runtime: bool,
    /// The folder of what it writes for services, below the output folder.
    pub root: &'static str,
    /// Whether each service that reads its files has a folder of its own there, called as the service is.
    pub per_reader: bool,
    /// The folders of what it writes that a service may mount, below the folder of its own; `""` is that folder itself.
    pub folders: &'static [&'static str],
    /// The folders below its own whose files no program reads while it runs: they test the others.
    pub checks: &'static [&'static str],
    /// How a source adds to what it writes, where it may be taken for a folder to mount things in.
    pub adds: Option<&'static str>,
    /// Where it takes overrides.
    pub overrides: &'static [Place],
    /// The keys that overrides may write.
    keys: Option<&'static LazyLock<Keys>>,
    /// Whether its files may ask for what the operator sets. In others it would stay as it is written.
    pub inputs: bool,
    /// Whether its overrides may, too: its program replaces `${NAME}` wherever it stands.
    pub override_inputs: bool,
    /// Whether its files hold objects: an override names the kind of the one that it extends, and its name where there are
    /// several.
    pub objects: bool,
    /// The role of the services that read its files.
    pub reader: Option<Role>,
}

/// A place where an override may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The top level.
    Platform,
    /// A service.
    Service,
    /// A service that is scraped.
    Scraped,
}

impl Place {
    /// The place in words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Platform => "at the top level",
            Self::Service => "in a service",
            Self::Scraped => "in a service that is scraped",
        }
    }

    /// The block of keys that an override extends there.
    #[must_use]
    pub fn extends(self) -> &'static str {
        match self {
            Self::Platform => "file",
            Self::Service => "service",
            Self::Scraped => "scrape",
        }
    }
}

static COMPOSE_KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys::read(include_str!("../targets/compose/keys.txt")));
static PROMETHEUS_KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys::read(include_str!("../targets/prometheus/keys.txt")));
static ALERTMANAGER_KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys::read(include_str!("../targets/alertmanager/keys.txt")));
static KUBERNETES_KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys::read(include_str!("../targets/kubernetes/keys.txt")));

/// Docker Compose.
pub static COMPOSE: Format = Format {
    name: ComposeSettings::SCHEMA.key,
    purpose: "a Docker Compose file for one host, the files it mounts, and .env.example",
    settings: ComposeSettings::SCHEMA,
    runtime: Some(Runtime::Compose),
    each_runtime: false,
    root: "docker",
    per_reader: false,
    folders: &[],
    checks: &[],
    adds: None,
    overrides: &[Place::Platform, Place::Service],
    keys: Some(&COMPOSE_KEYS),
    inputs: true,
    override_inputs: true,
    objects: false,
    reader: None,
};

/// Prometheus.
pub static PROMETHEUS: Format = Format {
    name: PrometheusSettings::SCHEMA.key,
    purpose: "Prometheus' configuration, its rules by group, and promtool's tests of the alerts",
    settings: PrometheusSettings::SCHEMA,
    runtime: None,
    each_runtime: false,
    root: "monitoring/prometheus",
    per_reader: false,
    folders: &["", "rules", "tests"],
    checks: &["tests"],
    adds: None,
    overrides: &[Place::Platform, Place::Scraped],
    keys: Some(&PROMETHEUS_KEYS),
    inputs: false,
    override_inputs: false,
    objects: false,
    reader: Some(Role::Metrics),
};

/// Alertmanager.
pub static ALERTMANAGER: Format = Format {
    name: AlertmanagerSettings::SCHEMA.key,
    purpose: "Alertmanager's configuration, and the templates of its messages",
    settings: AlertmanagerSettings::SCHEMA,
    runtime: None,
    each_runtime: false,
    root: "monitoring/alertmanager",
    per_reader: false,
    folders: &["", "templates"],
    checks: &[],
    adds: None,
    overrides: &[Place::Platform],
    keys: Some(&ALERTMANAGER_KEYS),
    inputs: false,
    override_inputs: false,
    objects: false,
    reader: Some(Role::Alerts),
};

/// Grafana.
pub static GRAFANA: Format = Format {
    name: GrafanaSettings::SCHEMA.key,
    purpose: "Grafana's data sources and dashboards",
    settings: GrafanaSettings::SCHEMA,
    runtime: None,
    each_runtime: false,
    root: "monitoring/grafana",
    per_reader: false,
    folders: &["", "dashboards", "provisioning", "provisioning/dashboards", "provisioning/datasources"],
    checks: &[],
    adds: Some("declare a `datasource` or a `dashboard`: they are written there"),
    overrides: &[],
    keys: None,
    inputs: false,
    override_inputs: false,
    objects: false,
    reader: Some(Role::Dashboards),
};

/// nginx.
pub static NGINX: Format = Format {
    name: NginxSettings::SCHEMA.key,
    purpose: "nginx' configuration for each proxy, with one file a site",
    settings: NginxSettings::SCHEMA,
    runtime: None,
    each_runtime: false,
    root: "nginx",
    per_reader: true,
    folders: &["", "sites"],
    checks: &[],
    adds: None,
    overrides: &[],
    keys: None,
    inputs: false,
    override_inputs: false,
    objects: false,
    reader: Some(Role::Proxy),
};

/// Kubernetes.
pub static KUBERNETES: Format = Format {
    name: KubernetesSettings::SCHEMA.key,
    purpose: "objects of a Kubernetes cluster, in files for kustomize",
    settings: KubernetesSettings::SCHEMA,
    runtime: Some(Runtime::Kubernetes),
    each_runtime: false,
    root: "kubernetes",
    per_reader: false,
    folders: &[],
    checks: &[],
    adds: None,
    overrides: &[Place::Platform, Place::Service],
    keys: Some(&KUBERNETES_KEYS),
    inputs: true,
    override_inputs: false,
    objects: true,
    reader: None,
};

/// What operators run on a host.
pub static SCRIPTS: Format = Format {
    name: ScriptsSettings::SCHEMA.key,
    purpose: "scripts and make targets that run the platform on its host",
    settings: ScriptsSettings::SCHEMA,
    runtime: Some(Runtime::Compose),
    each_runtime: false,
    root: "scripts",
    per_reader: false,
    folders: &[],
    checks: &[],
    adds: None,
    overrides: &[],
    keys: None,
    inputs: false,
    override_inputs: false,
    objects: false,
    reader: None,
};

/// What people read.
pub static DOCS: Format = Format {
    name: DocsSettings::SCHEMA.key,
    purpose: "a page for those who run the platform, and a runbook for each alert",
    settings: DocsSettings::SCHEMA,
    runtime: None,
    each_runtime: true,
    root: "docs",
    per_reader: false,
    folders: &[],
    checks: &[],
    adds: None,
    overrides: &[],
    keys: None,
    inputs: false,
    override_inputs: false,
    objects: false,
    reader: None,
};

/// Terraform.
pub static TERRAFORM: Format = Format {
    name: TerraformSettings::SCHEMA.key,
    purpose: "the host in AWS for Terraform and OpenTofu: firewall, machine, disks, buckets, DNS",
    settings: TerraformSettings::SCHEMA,
    runtime: Some(Runtime::Compose),
    each_runtime: false,
    root: "terraform",
    per_reader: false,
    folders: &[],
    checks: &[],
    adds: None,
    overrides: &[],
    keys: None,
    inputs: false,
    override_inputs: false,
    objects: false,
    reader: None,
};

/// Every format, in the order in which they are built.
pub static FORMATS: [&Format; 9] =
    [&COMPOSE, &PROMETHEUS, &ALERTMANAGER, &GRAFANA, &NGINX, &KUBERNETES, &SCRIPTS, &TERRAFORM, &DOCS];

/// The formats of a platform that names none.
pub static DEFAULT: [&Format; 1] = [&COMPOSE];

impl PartialEq for Format {
    /// A name is one format's.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

impl Format {
    /// Whether it is written of a platform on a runtime, where `first` is the first runtime of the platform.
    #[must_use]
    pub fn is_written(&self, runtime: Runtime, first: Runtime) -> bool {
        self.each_runtime || self.runtime.unwrap_or(first) == runtime
    }

    /// The keys that overrides may write; `None` where it takes none.
    #[must_use]
    pub fn keys(&self) -> Option<&'static Keys> {
        self.keys.map(LazyLock::force)
    }

    /// The folder of a service's files by its path below the format's own; `None` where no service may mount it.
    #[must_use]
    pub fn folder(&self, path: &str) -> Option<&'static str> {
        self.folders.iter().copied().find(|folder| *folder == path)
    }
}

/// The runtimes that some formats are of, in their order; the first one where none of them names its own.
#[must_use]
pub fn runtimes(formats: &[&Format]) -> Vec<Runtime> {
    let named = |runtime: &Runtime| formats.iter().any(|format| format.runtime == Some(*runtime));
    let found: Vec<Runtime> = Runtime::ALL.into_iter().filter(named).collect();
    if found.is_empty() { vec![Runtime::ALL[0]] } else { found }
}

/// What a runtime reads to start the platform. Other formats of it are for who runs it there.
#[must_use]
pub fn of_runtime(runtime: Runtime) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.runtime == Some(runtime))
}

/// The format of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.name == name)
}

/// The format that people mean by the name of a program.
#[must_use]
pub fn of_another_name(name: &str) -> Option<&'static Format> {
    let meant = match name.to_lowercase().as_str() {
        "docker-compose" | "docker_compose" | "docker" => "compose",
        "k8s" | "kube" => "kubernetes",
        "tf" => "terraform",
        _ => return None,
    };
    find(meant)
}

#[cfg(test)]
mod tests {
    use super::FORMATS;
    use crate::model::TargetSettings;

    #[test]
    fn every_format_has_settings() {
        let formats: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        let settings: Vec<&str> = TargetSettings::SCHEMA.fields.iter().map(|field| field.key).collect();
        assert_eq!(settings, formats, "`TargetSettings` (src/model/target.rs) and `FORMATS` (here) differ");
    }
}

//! Commands as an operator types them, for the runtime that the page is of.

use crate::platform::{Platform, Runtime, Service};
use crate::target::{compose, kubernetes};

/// A word of a shell: in quotes where it needs some.
pub(super) fn word(said: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !said.is_empty() && said.chars().all(plain) {
        return said.to_owned();
    }
    format!("'{}'", said.replace('\'', "'\\''"))
}

/// Commands of a platform.
pub(super) struct Commands<'a> {
    platform: &'a Platform,
}

impl<'a> Commands<'a> {
    pub(super) fn of(platform: &'a Platform) -> Self {
        Self { platform }
    }

    fn is_compose(&self) -> bool {
        self.platform.runtime == Runtime::Compose
    }

    /// What every command begins with.
    pub(super) fn base(&self) -> String {
        match self.platform.runtime {
            Runtime::Compose => compose::COMMAND.to_owned(),
            Runtime::Kubernetes => format!("kubectl --namespace {}", word(self.platform.namespace())),
        }
    }

    /// What every command that is about a service of a cluster begins with.
    pub(super) fn of_service(&self, service: &Service) -> String {
        format!("kubectl --namespace {}", word(&self.platform.namespace_of(service)))
    }

    /// What runs a service in a cluster, as kubectl calls it.
    pub(super) fn workload(service: &Service) -> String {
        format!("{}/{}", kubernetes::workload(service), word(&service.name))
    }

    fn selector(service: &Service) -> String {
        format!("--selector app.kubernetes.io/name={}", word(&service.name))
    }

    /// The state of a service.
    pub(super) fn state(&self, service: &Service) -> String {
        if self.is_compose() {
            return format!("{} ps --all {}", self.base(), word(&service.name));
        }
        format!("{} get pods {}", self.of_service(service), Self::selector(service))
    }

    /// The end of its log.
    pub(super) fn log(&self, service: &Service) -> String {
        if self.is_compose() {
            return format!("{} logs --tail 200 {}", self.base(), word(&service.name));
        }
        format!("{} logs {} --tail 200 --all-containers", self.of_service(service), Self::selector(service))
    }

    /// Keeps its log in a file of the host: another container begins another one.
    pub(super) fn save(&self, service: &Service) -> String {
        if self.is_compose() {
            let name = word(&service.name);
            return format!("{} logs --no-color --timestamps {name} >{name}.log", self.base());
        }
        String::new()
    }

    /// Starts it again with what stands in the files and in `.env` now. Of several containers those that run stay as they are.
    pub(super) fn again(&self, service: &Service) -> String {
        if self.is_compose() && service.copies_on_one_host() > 1 {
            return format!("{} up -d --no-deps {}", self.base(), word(&service.name));
        }
        if self.is_compose() {
            return format!("{} up -d --no-deps --force-recreate {}", self.base(), word(&service.name));
        }
        if service.is_job() {
            // One that has failed runs again with the next apply; one that is due starts by itself.
            return "scripts/apply-kubernetes.sh".to_owned();
        }
        format!("{} rollout restart {}", self.of_service(service), Self::workload(service))
    }

    /// Runs a program in its container.
    pub(super) fn inside(&self, service: &Service, words: &[String]) -> String {
        let words: Vec<String> = words.iter().map(|it| word(it)).collect();
        let words = words.join(" ");
        if self.is_compose() {
            return format!("{} exec -T {} {words} </dev/null", self.base(), word(&service.name));
        }
        format!("{} exec {} -- {words}", self.of_service(service), Self::workload(service))
    }
}

/// The command that goes back to the build before.
pub(super) fn back(platform: &Platform) -> String {
    let environment = platform.environment.as_ref().map(|it| format!(" {}", word(it)));
    format!("scripts/deploy.sh{} --back", environment.unwrap_or_default())
}

/// The profiles of its groups, as `COMPOSE_PROFILES` lists them.
pub(super) fn profiles(platform: &Platform) -> String {
    let mut all: Vec<&str> = platform.groups.iter().filter_map(|group| group.profile.as_deref()).collect();
    all.dedup();
    all.join(",")
}

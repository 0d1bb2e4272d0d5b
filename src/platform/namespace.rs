//! The namespaces that a platform has in a cluster.

use super::{Platform, Service};

impl Platform {
    /// The namespace of the platform.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.name
    }

    /// All its namespaces, the one of the platform first.
    #[must_use]
    pub fn namespaces(&self) -> Vec<String> {
        let mut all = vec![self.namespace().to_owned()];
        for service in self.services.iter().filter(|service| service.runs()) {
            let namespace = self.namespace_of(service);
            if !all.contains(&namespace) {
                all.push(namespace);
            }
        }
        all
    }

    /// The namespace of a service.
    #[must_use]
    pub fn namespace_of(&self, _service: &Service) -> String {
        self.namespace().to_owned()
    }
}

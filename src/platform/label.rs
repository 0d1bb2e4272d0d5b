//! Labels of containers: the platform's, and those of each service.

use super::{Platform, Service};
use crate::hash::HashSet;

impl Platform {
    /// The labels of a service: the platform's, then its own, which prevail.
    pub fn container_labels<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = (&'a str, &'a str)> {
        let own: HashSet<&str> = service.labels.iter().map(|(key, _)| key.as_str()).collect();
        let shared = self.labels.iter().filter(move |(key, _)| !own.contains(key.as_str()));
        shared.chain(&service.labels).map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

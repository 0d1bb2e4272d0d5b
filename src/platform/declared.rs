//! The names that references lead to.

use super::Platform;
use crate::hash::HashSet;

impl Platform {
    /// Every name that a reference may consist of: services with their ports, networks, outsides, groups, volumes, sites, inputs,
    /// and what stores hold.
    #[must_use]
    pub fn names(&self) -> HashSet<String> {
        let mut names: HashSet<String> = HashSet::default();
        for service in &self.services {
            names.extend(service.ports.iter().map(|port| format!("{}.{}", service.path, port.name)));
            names.insert(service.path.clone());
        }
        names.extend(self.networks.iter().map(|it| it.name.clone()));
        names.extend(self.outsides.iter().map(|it| it.name.clone()));
        names.extend(self.groups.iter().map(|it| it.name.clone()));
        names.extend(self.volumes.iter().map(|it| it.name.clone()));
        names.extend(self.sites.iter().map(|it| it.name.clone()));
        names.extend(self.inputs.iter().map(|it| it.name.clone()));
        names.extend(self.buckets.iter().map(|it| format!("{}.{}", self[it.of].path, it.name)));
        names
    }
}

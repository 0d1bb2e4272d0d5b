//! The namespaces that a platform has in a cluster: its own, and one for each level of the Pod Security Standards that
//! some of its pods need besides.

use super::{Level, Platform, Service};

impl Platform {
    /// The namespace of the platform, which is held to the strictest level.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.settings.kubernetes.namespace.as_deref().unwrap_or(&self.name)
    }

    /// The levels that there are namespaces of, the strictest first.
    pub fn levels(&self) -> impl Iterator<Item = Level> {
        let needs =
            |level: Level| self.services.iter().any(|service| service.runs() && Level::of(service) == level);
        Level::ALL.into_iter().filter(move |level| *level == Level::Restricted || needs(*level))
    }

    /// All its namespaces, the one of the platform first.
    #[must_use]
    pub fn namespaces(&self) -> Vec<String> {
        self.levels().map(|level| self.namespace_at(level)).collect()
    }

    /// The namespace of a service.
    #[must_use]
    pub fn namespace_of(&self, service: &Service) -> String {
        self.namespace_at(Level::of(service))
    }

    /// The namespace of a level.
    #[must_use]
    pub fn namespace_at(&self, level: Level) -> String {
        match level {
            Level::Restricted => self.namespace().to_owned(),
            level => format!("{}-{}", self.namespace(), level.word()),
        }
    }
}

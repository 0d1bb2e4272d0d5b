//! What the services of a platform run on.

use crate::schema::choice;

choice! {
    /// What a platform runs on. One source describes it on each: `when = runtime.WORD` keeps an entry for one of them.
    Runtime {
        /// Docker Compose, on one host.
        Compose = "compose",
        /// Kubernetes, on the nodes of a cluster.
        Kubernetes = "kubernetes",
    }
}

impl Runtime {
    /// Every runtime, in the order in which they are compiled.
    pub const ALL: [Self; 2] = [Self::Compose, Self::Kubernetes];

    /// The runtime of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|runtime| runtime.word() == word)
    }

    /// Its name in sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Compose => "Docker Compose",
            Self::Kubernetes => "Kubernetes",
        }
    }
}

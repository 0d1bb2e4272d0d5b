//! The kinds of machines under a platform.

use crate::schema::choice;

choice! {
    /// The kind of machine under a platform. One source describes it for each: `when = runtime.WORD` keeps an entry for one of
    /// them.
    Runtime {
        /// Docker Compose, on one host.
        Compose = "compose",
        /// Kubernetes, on the nodes of a cluster.
        Kubernetes = "kubernetes",
    }
}

impl Runtime {
    /// Every runtime, in the order of compilation.
    pub const ALL: [Self; 2] = [Self::Compose, Self::Kubernetes];

    /// The runtime of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|runtime| runtime.word() == word)
    }

    /// The name in sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Compose => "Docker Compose",
            Self::Kubernetes => "Kubernetes",
        }
    }
}

//! Secrets as files: which ones a service gets, what they are called, and where they are in its container.

use indexmap::IndexSet;

use super::{EnvVar, Input, InputId, Platform, Service, ValuePart};

/// The folder of secrets in a container (compose-spec:09-secrets.md).
pub const SECRETS: &str = "/run/secrets";

impl Input {
    /// Whether its value is known where the operator sets none.
    #[must_use]
    pub fn is_default(&self) -> bool {
        !self.secret && (self.default.is_some() || self.optional)
    }

    /// The name of the file that hands a secret over.
    #[must_use]
    pub fn file_name(&self) -> String {
        self.name.to_lowercase()
    }

    /// The path of that file in a container.
    #[must_use]
    pub fn file_path(&self) -> String {
        format!("{SECRETS}/{}", self.file_name())
    }
}

impl EnvVar {
    /// The secret that is handed over as a file, with what the variable's name ends with that holds the path. A secret
    /// that may stay empty, or is part of a longer text, goes into the environment.
    #[must_use]
    pub fn secret_file(&self, platform: &Platform) -> Option<(&str, InputId)> {
        let suffix = self.file.as_deref()?;
        let [ValuePart::Input(id)] = self.value.parts.as_slice() else { return None };
        let input = &platform[*id];
        (input.secret && !input.optional).then_some((suffix, *id))
    }
}

impl Platform {
    /// The secrets that a service gets as files, each once: those of its environment first.
    #[must_use]
    pub fn secret_files(&self, service: &Service) -> IndexSet<InputId> {
        let of_env = service.env.iter().filter_map(|variable| variable.secret_file(self));
        of_env.map(|(_, input)| input).chain(service.secret_files.iter().copied()).collect()
    }

    /// The secrets that any service gets as a file, in the order of their declarations.
    pub fn secrets_as_files(&self) -> impl Iterator<Item = &Input> {
        let mut used = vec![false; self.inputs.len()];
        for service in &self.services {
            let of_env = service.env.iter().filter_map(|variable| variable.secret_file(self));
            for input in of_env.map(|(_, input)| input).chain(service.secret_files.iter().copied()) {
                used[input.0] = true;
            }
        }
        self.inputs.iter().zip(used).filter_map(|(input, used)| used.then_some(input))
    }
}

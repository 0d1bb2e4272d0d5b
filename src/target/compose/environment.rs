//! Environment variables, and secrets that are handed over as files.

use super::file::Secret;
use super::text;
use crate::emit::{Commented, Entries, FlowSeq};
use crate::platform::{EnvVar, Input, Platform, Service};

/// The variables of a service, in the order of the source.
pub(super) fn variables(platform: &Platform, service: &Service) -> Entries<String, String> {
    let variable = |variable: &EnvVar| match variable.secret_file(platform) {
        Some((suffix, input)) => (format!("{}{suffix}", variable.name), platform[input].file_path()),
        None => (variable.name.clone(), text::value(platform, &variable.value)),
    };
    service.env.iter().map(variable).collect()
}

/// The secrets that a service gets as files, each once. They belong to root and may be read by everybody in
/// the container: told another owner, the engine refuses users of the form `uid:gid` (moby/moby#49213).
pub(super) fn secret_files(platform: &Platform, service: &Service) -> Option<FlowSeq<Vec<String>>> {
    let files = platform.secret_files(service);
    (!files.is_empty()).then(|| FlowSeq(files.iter().map(|input| platform[*input].file_name()).collect()))
}

/// The secrets that any service gets as a file, in the order of their declarations. Compose makes such a file of one
/// variable of the operator, and none where that is empty (docker/compose:pkg/compose/secrets.go).
pub(super) fn secrets(platform: &Platform) -> Entries<String, Commented<Secret<'_>>> {
    let mut comment = Some("`x-required` stops compose while the variable is empty".to_owned());
    let secret = |input| {
        let (name, secret) = secret(input);
        (name, Commented::new(comment.take(), secret))
    };
    platform.secrets_as_files().map(secret).collect()
}

fn secret(input: &Input) -> (String, Secret<'_>) {
    (input.file_name(), Secret { environment: &input.name, required: text::required(input) })
}

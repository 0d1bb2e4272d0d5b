//! Environment variables, and secrets that are handed over as files.

use super::file::{Secret, SecretFile};
use super::text;
use crate::emit::{Commented, Entries};
use crate::platform::{EnvVar, Input, Platform, Service, ValuePart};

/// Readable by the service's user alone: Elasticsearch refuses a file that others may read
/// (elastic/elasticsearch#105828). Compose 2.26 takes an octal number in quotes for a decimal one.
const MODE: u32 = 0o400;

/// The variables of a service, in the order of the source.
pub(super) fn variables(platform: &Platform, service: &Service) -> Entries<String, String> {
    let variable = |variable: &EnvVar| match secret_file(platform, variable) {
        Some((suffix, input)) => {
            (format!("{}{suffix}", variable.name), format!("/run/secrets/{}", name(input)))
        }
        None => (variable.name.clone(), text::value(platform, &variable.value)),
    };
    service.env.iter().map(variable).collect()
}

/// The secrets that a service gets as files, each once.
pub(super) fn secret_files(platform: &Platform, service: &Service) -> Vec<SecretFile> {
    let (uid, gid) = match service.user.as_deref().unwrap_or_default().split_once(':') {
        Some((uid, gid)) => (uid, gid),
        None => (service.user.as_deref().unwrap_or_default(), ""),
    };
    let number = |id: &str| id.parse::<u32>().ok().map(|id| id.to_string());
    let mut files: Vec<SecretFile> = Vec::new();
    for (_, input) in service.env.iter().filter_map(|variable| secret_file(platform, variable)) {
        let name = name(input);
        if files.iter().all(|file| file.source != name) {
            files.push(SecretFile {
                target: name.clone(),
                source: name,
                uid: number(uid),
                gid: number(gid),
                mode: Commented(MODE, format!("0{MODE:o}")),
            });
        }
    }
    files
}

/// The secrets that any service gets as a file, in the order of their declarations.
pub(super) fn secrets(platform: &Platform) -> Entries<String, Secret<'_>> {
    let mut used = vec![false; platform.inputs.len()];
    for variable in platform.services.iter().flat_map(|service| &service.env) {
        if secret_file(platform, variable).is_some() {
            variable.value.inputs().for_each(|input| used[input.0] = true);
        }
    }
    let inputs = platform.inputs.iter().zip(used).filter(|(_, used)| *used);
    inputs
        .map(|(input, _)| (name(input), Secret { environment: &input.name, required: text::required(input) }))
        .collect()
}

/// The suffix and the input of a variable that is handed over as a file. Compose makes such a file of one
/// variable of the operator, and none where that is empty (docker/compose:pkg/compose/secrets.go): a secret
/// that may stay empty, or is part of a longer text, goes into the environment.
fn secret_file<'a>(platform: &'a Platform, variable: &'a EnvVar) -> Option<(&'a str, &'a Input)> {
    let suffix = variable.file.as_deref()?;
    let [ValuePart::Input(input)] = variable.value.parts.as_slice() else { return None };
    let input = &platform[*input];
    (input.secret && !input.optional).then_some((suffix, input))
}

fn name(input: &Input) -> String {
    input.name.to_lowercase()
}

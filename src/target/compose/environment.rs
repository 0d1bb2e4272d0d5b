//! Environment variables, and secrets that are handed over as files.

use indexmap::IndexSet;

use super::file::Secret;
use super::text;
use crate::emit::{Commented, Entries, FlowSeq};
use crate::platform::{EnvVar, Input, Platform, Service, ValuePart};

/// The variables of a service, in the order of the source.
pub(super) fn variables(platform: &Platform, service: &Service) -> Entries<String, String> {
    let variable = |variable: &EnvVar| match secret_file(platform, variable) {
        Some((suffix, input)) => {
            (format!("{}{suffix}", variable.name), format!("/run/secrets/{}", input.file_name()))
        }
        None => (variable.name.clone(), text::value(platform, &variable.value)),
    };
    service.env.iter().map(variable).collect()
}

/// The secrets that a service gets as files, each once. They belong to root and may be read by everybody in
/// the container: told another owner, the engine refuses users of the form `uid:gid` (moby/moby#49213).
pub(super) fn secret_files(platform: &Platform, service: &Service) -> Option<FlowSeq<Vec<String>>> {
    let files = service.env.iter().filter_map(|variable| secret_file(platform, variable));
    let inputs = files.map(|(_, input)| input).chain(service.secret_files.iter().map(|id| &platform[*id]));
    let names: IndexSet<String> = inputs.map(Input::file_name).collect();
    (!names.is_empty()).then(|| FlowSeq(names.into_iter().collect()))
}

/// The secrets that any service gets as a file, in the order of their declarations.
pub(super) fn secrets(platform: &Platform) -> Entries<String, Commented<Secret<'_>>> {
    let mut used = vec![false; platform.inputs.len()];
    for variable in platform.services.iter().flat_map(|service| &service.env) {
        if secret_file(platform, variable).is_some() {
            variable.value.inputs().for_each(|input| used[input.0] = true);
        }
    }
    for input in platform.services.iter().flat_map(|service| &service.secret_files) {
        used[input.0] = true;
    }
    let inputs = platform.inputs.iter().zip(used).filter(|(_, used)| *used);
    let mut comment = Some("`x-required` stops compose while the variable is empty".to_owned());
    inputs
        .map(|(input, _)| {
            let secret = Secret { environment: &input.name, required: text::required(input) };
            (input.file_name(), Commented::new(comment.take(), secret))
        })
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

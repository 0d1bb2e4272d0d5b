//! Secrets: values in the source, and variables that are set twice.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::{EnvVar, Platform};

/// SEC001: a secret whose value stands in the source.
pub(super) fn literals(platform: &Platform, sink: &mut Sink) {
    for secret in &platform.document.secret {
        let Some(value) = &secret.value else { continue };
        sink.report(
            Diagnostic::new(
                codes::SEC001,
                format!("the secret `{}` has its value in the source", secret.name.text),
            )
            .at(value.span, "whoever reads the source knows it")
            .help(format!("take the value out; the operator sets `{}`", secret.name.text)),
        );
    }
}

/// SEC003: a variable and its file form, both set.
pub(super) fn twice(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        let by_name: HashMap<&str, &EnvVar> =
            service.env.iter().map(|variable| (variable.name.as_str(), variable)).collect();
        for variable in &service.env {
            let suffix = platform.facts(service).map_or("_FILE", |facts| facts.file_suffix.as_str());
            let form = match &variable.file {
                Some(suffix) => format!("{}{suffix}", variable.name),
                None => format!("{}{suffix}", variable.name),
            };
            let Some(other) = by_name.get(form.as_str()) else { continue };
            // `LOG` and `LOG_FILE` of a program that has both are no mistake.
            let known =
                platform.facts(service).is_some_and(|facts| facts.file_variables.contains(&variable.name));
            let secret = variable.value.is_secret(platform) || other.value.is_secret(platform);
            if !known && !secret && variable.file.is_none() {
                continue;
            }
            sink.report(
                Diagnostic::new(
                    codes::SEC003,
                    format!("`{}` sets both `{}` and `{form}`", service.path, variable.name),
                )
                .at(variable.span, "the value")
                .at(other.span, "and a file that holds it")
                .help(
                    "keep one of them; images refuse to start with both, or take the one that is not meant",
                ),
            );
        }
    }
}

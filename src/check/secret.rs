//! Secrets: where their values stand, who gets them, in which form; and who runs as root.

use super::address::{self, Place};
use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::hash::{HashMap, HashSet};
use crate::origins::{HealthOrigin, Origins};
use crate::platform::{
    EnvVar, InputId, Platform, RotationWay, RouteTarget, RunKind, Runtime, SECRETS, Service, Value,
};
use crate::source::Span;

/// SEC001: a secret whose value stands in the source.
pub(super) fn literals(_: &Platform, origins: &Origins, sink: &mut Sink) {
    for (name, value) in origins.values_of_secrets() {
        sink.report(
            Diagnostic::new(codes::SEC001, format!("the secret `{name}` has its value in the source"))
                .at(value.span, "whoever reads the source knows it")
                .hide_all(value.as_literal())
                .help(format!("take the value out; the operator sets `{name}`")),
        );
    }
}

/// SEC003: a variable and its file form, both set.
pub(super) fn twice(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        let suffix = platform.facts(service).map_or("_FILE", |facts| facts.file_suffix.as_str());
        // Few services have a variable that could be the file form of another one.
        if !service.env.iter().any(|variable| variable.file.is_some() || variable.name.ends_with(suffix)) {
            continue;
        }
        let by_name: HashMap<&str, &EnvVar> =
            service.env.iter().map(|variable| (variable.name.as_str(), variable)).collect();
        let mut form = String::new();
        for variable in &service.env {
            form.clear();
            form.push_str(&variable.name);
            form.push_str(variable.file.as_deref().unwrap_or(suffix));
            let Some(other) = by_name.get(form.as_str()) else { continue };
            // `LOG` and `LOG_FILE` of a program that has both are no mistake.
            let known = platform.facts(service).is_some_and(|facts| facts.takes_file(&variable.name));
            let secret = variable.value.is_secret(platform) || other.value.is_secret(platform);
            if !known && !secret && variable.file.is_none() {
                continue;
            }
            sink.report(
                Diagnostic::new(
                    codes::SEC003,
                    format!("`{}` sets both `{}` and `{form}`", service.path, variable.name),
                )
                .about(&service.path)
                .at(variable.span, "the value")
                .at(other.span, "and a file that holds it")
                .help(
                    "keep one of them; images refuse to start with both, or take the one that is not meant",
                ),
            );
        }
    }
}

/// SEC002: a variable in the form of a file that the image does not read.
pub(super) fn files(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in &platform.services {
        let Some(facts) = service.image_facts.and_then(|at| platform.catalogue.get(at)) else { continue };
        // Another program may read other variables, and so may a script of the project.
        let own =
            service.entrypoint.is_some() || service.binds.iter().any(|bind| !bind.source.starts_with('/'));
        if own || !facts.files_known {
            continue;
        }
        let mut words = None;
        for variable in &service.env {
            let Some((name, suffix)) = file_form(variable) else { continue };
            let form = format!("{name}{suffix}");
            let takes = facts.takes_file(name);
            let words = words.get_or_insert_with(|| own_words(service, origins));
            if takes && suffix == facts.file_suffix || words.contains(&form) {
                continue;
            }
            let help = if takes {
                format!("this image reads `{name}{0}`: write `suffix = \"{0}\"`", facts.file_suffix)
            } else if facts.file_variables.is_empty() {
                "this image reads no variable from a file: hand the secret over itself, without `file`"
                    .to_owned()
            } else {
                format!(
                    "hand it over itself, without `file`; this image reads {} from files",
                    list_of(facts.file_variables.iter().map(String::as_str))
                )
            };
            sink.report(
                Diagnostic::new(
                    codes::SEC002,
                    format!("`{}` sets `{form}`, which its image does not read", service.path),
                )
                .about(&service.path)
                .at(variable.span, "handed over as a file")
                .at_maybe(service.image_name.as_ref().map(|name| name.span), "the image")
                .help(help),
            );
        }
    }
}

/// The name and the suffix of a variable that gets the path of a file.
fn file_form(variable: &EnvVar) -> Option<(&str, &str)> {
    if let Some(suffix) = &variable.file {
        return Some((&variable.name, suffix));
    }
    variable
        .value
        .as_literal()
        .filter(|value| value.strip_prefix(SECRETS).is_some_and(|rest| rest.starts_with('/')))?;
    ["__FILE", "_FILE"].into_iter().find_map(|suffix| Some((variable.name.strip_suffix(suffix)?, suffix)))
}

/// The words of the texts of a service itself, which may be names of variables that it reads.
fn own_words(service: &Service, origins: &Origins) -> HashSet<String> {
    let word = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    let mut words = HashSet::default();
    for said in address::texts(service, origins) {
        if matches!(said.place, Place::Variable(_)) {
            continue;
        }
        for found in said.text.split(|c| !word(c)).filter(|found| !found.is_empty()) {
            // A name may have dots, and a sentence, too.
            words.extend(found.split(['.', '-']).map(str::to_owned));
            words.insert(found.trim_matches(['.', '-']).to_owned());
        }
    }
    words
}

/// SEC006: the password of an image's most powerful account in another service.
pub(super) fn root_accounts(platform: &Platform, sink: &mut Sink) {
    let mut roots: HashMap<InputId, Vec<(&Service, &EnvVar)>> = HashMap::default();
    for service in platform.services.iter().filter(|service| !service.is_job()) {
        let Some(facts) = platform.facts(service) else { continue };
        for variable in service.env.iter().filter(|variable| facts.root_variables.contains(&variable.name)) {
            let secrets = variable.value.inputs().filter(|input| platform[*input].secret);
            secrets.for_each(|input| roots.entry(input).or_default().push((service, variable)));
        }
    }
    for service in &platform.services {
        // A job that runs once makes the limited accounts.
        if service.run == RunKind::Once {
            continue;
        }
        let mut told: HashSet<InputId> = HashSet::default();
        for variable in &service.env {
            if platform.facts(service).is_some_and(|facts| facts.root_variables.contains(&variable.name)) {
                continue;
            }
            for input in variable.value.inputs() {
                let of_others = roots.get(&input).into_iter().flatten().find(|(of, _)| of.id != service.id);
                let Some((of, said)) = of_others.filter(|_| !told.contains(&input)) else { continue };
                told.insert(input);
                sink.report(
                    Diagnostic::new(
                        codes::SEC006,
                        format!(
                            "`{}` has the password of the most powerful account of `{}`",
                            service.path, of.path
                        ),
                    )
                    .about(&service.path)
                    .at(variable.span, "may do everything there")
                    .at(said.span, "the account that may do everything")
                    .help("give it an account of its own, with the rights that it needs"),
                );
            }
        }
    }
}

/// SEC007: a secret on a command line, which everybody on the machine can read.
pub(super) fn arguments(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in &platform.services {
        let words = service.command.iter().chain(&service.entrypoint).flatten();
        let origin = origins.service(service.id);
        let said = origin.command_words().chain(origin.entrypoint_words());
        let mut all: Vec<(&Value, Span)> = words.zip(said).map(|(word, said)| (word, said.span)).collect();
        let of_check = origin.health().into_iter().flat_map(HealthOrigin::words);
        all.extend(service.health.words().iter().zip(of_check).map(|(word, said)| (word, said.span)));
        // The engine gets the words of a dump as arguments.
        if let Some(dump) = &service.dump {
            let optional = [&dump.parts, &dump.verify, &dump.count, &dump.server_version, &dump.check];
            let words = optional.into_iter().flatten().chain([&dump.save, &dump.restore]).flatten();
            all.extend(words.map(|word| (word, dump.span)));
        }
        for rotation in &service.rotations {
            let RotationWay::Commands(commands) = &rotation.way else { continue };
            let words = commands.change.iter().chain(&commands.retire).flatten().chain(&commands.check);
            all.extend(words.map(|word| (word, rotation.span)));
        }
        for (value, span) in all {
            let Some(input) = value.inputs().find(|input| platform[*input].secret) else { continue };
            let name = &platform[input].name;
            sink.report(
                Diagnostic::new(
                    codes::SEC007,
                    format!("the secret `{name}` stands on a command line of `{}`", service.path),
                )
                .about(&service.path)
                .at(span, "shown by `ps` and `docker inspect`")
                .help("hand it over in `env`, and let the program read it there, or from its standard input"),
            );
        }
    }
}

/// SEC008: a secret as a file in a service that is read-only.
pub(super) fn read_only(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    // A cluster mounts them.
    if platform.runtime != Runtime::Compose {
        return;
    }
    for service in platform.services.iter().filter(|service| service.is_read_only()) {
        for variable in service.env.iter().filter(|variable| variable.file.is_some()) {
            if !variable.value.is_secret(platform) {
                continue;
            }
            sink.report(
                Diagnostic::new(
                    codes::SEC008,
                    format!("`{}` cannot get `{}` as a file: its file system is read-only", service.path, variable.name),
                ).about(&service.path)
                .at(variable.span, "is put into the container when it starts, which compose refuses")
                .at(origins.service(service.id).security().unwrap_or(service.span), "not writable")
                .help(
                    "hand the secret over itself, without `file = true`; or write `security { writable = true, reason = \"…\" }`",
                ),
            );
        }
    }
}

/// SEC008: the users of a login, which a proxy gets as a file, where it is read-only.
pub(super) fn logins(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    if platform.runtime != Runtime::Compose {
        return;
    }
    let mut reported = HashSet::default();
    for site in &platform.sites {
        let Some(proxy) = site.served_by.map(|proxy| &platform[proxy]).filter(|proxy| proxy.is_read_only())
        else {
            continue;
        };
        for route in site.routes.iter().filter(|route| !matches!(route.to, RouteTarget::Deny)) {
            let Some(login) = route.login.filter(|login| reported.insert((proxy.id, *login))) else {
                continue;
            };
            sink.report(
                Diagnostic::new(
                    codes::SEC008,
                    format!(
                        "`{}` cannot get `{}` as a file: its file system is read-only",
                        proxy.path, platform[login].name
                    ),
                )
                .about(&proxy.path)
                .at(
                    route.span,
                    "asks for a login, and its users are a file that compose puts into the container",
                )
                .at(origins.service(proxy.id).security().unwrap_or(proxy.span), "not writable")
                .help("write `security { writable = true, reason = \"…\" }` for the proxy"),
            );
        }
    }
}

/// SEC009: a service that runs as root, and does not say why.
pub(super) fn root(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in platform.services.iter().filter(|service| service.runs()) {
        let excepted =
            service.exception(|security| security.root) || service.exception(|security| security.privileged);
        let user = service.user.as_deref().and_then(|user| user.split(':').next());
        if excepted || !matches!(user, Some("0" | "root")) {
            continue;
        }
        let said = origins.service(service.id).user();
        let instead = platform.facts(service).and_then(|facts| facts.instead.as_ref());
        let other = instead.map_or_else(
            || "write `user = \"1000:1000\"`, or another that the image can run as".to_owned(),
            |instead| format!("use `{instead}`, which runs without root"),
        );
        sink.report(
            Diagnostic::new(codes::SEC009, format!("`{}` runs as root, and says no reason", service.path)).about(&service.path)
                .at(
                    said.or(service.base_name.as_ref().map(|name| name.span)).unwrap_or(service.span),
                    if said.is_some() { "is root" } else { "its user is root, and no other is said" },
                )
                .help(format!(
                    "{other}; or write `security {{ root = true, reason = \"…\" }}`, with the `capabilities` it needs: all are taken away"
                )),
        );
    }
}

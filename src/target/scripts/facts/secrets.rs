//! What the scripts know of `.env`: what the operator sets, and what is wrong with it.

use crate::platform::{Input, Platform};
use crate::target::inputs::{Asked, asked};
use crate::target::scripts::table::table;

/// Whether there is a secret that the platform itself defines, and that compose asks for.
pub(in super::super) fn are_there(platform: &Platform) -> bool {
    asked(platform).any(|asked| asked.used && asked.input.secret && !asked.input.issued_elsewhere)
}

/// Adds the tables.
pub(super) fn facts(out: &mut String, platform: &Platform) {
    table(
        out,
        "inputs",
        "A line each: its name; `secret` or `variable`; `required`, `default`, `optional`, `copies` where the backups alone \
         need it, or `unused` where compose does not ask for it;\n# the least length; `url` where it is part of an address, `address` where it is a whole one, `login` where it is the lines of htpasswd; `elsewhere` where a provider issues it; the profiles that \
         alone read it.",
        asked(platform).map(|asked| line(&asked)),
    );
    let choices = platform.inputs.iter().flat_map(|input| {
        // No line of `.env` holds such a one.
        let whole = input.one_of.iter().filter(|value| !value.contains(char::is_control));
        whole.map(move |value| format!("{} {value}", input.name))
    });
    table(out, "choices", "A line each: its name, and a value that it may have.", choices);
}

/// What a value has to look like, as `weakness` of `lib/env.sh` calls it.
pub(in crate::target) fn form(input: &Input) -> &'static str {
    match input {
        Input { is_address: true, .. } => "address",
        Input { is_login: true, .. } => "login",
        Input { in_url: true, .. } => "url",
        _ => "-",
    }
}

fn line(asked: &Asked<'_>) -> String {
    let Input { name, secret, default, optional, min_length, issued_elsewhere, .. } = asked.input;
    let kind = if *secret { "secret" } else { "variable" };
    let need = match default {
        None if !asked.used && asked.for_copies && !*optional => "copies",
        _ if !asked.used => "unused",
        _ if *optional => "optional",
        Some(_) => "default",
        None => "required",
    };
    let form = form(asked.input);
    let origin = if *issued_elsewhere { "elsewhere" } else { "here" };
    let profiles = if asked.profiles.is_empty() { "-".to_owned() } else { asked.profiles.join(",") };
    format!("{name} {kind} {need} {} {form} {origin} {profiles}", min_length.unwrap_or_default())
}

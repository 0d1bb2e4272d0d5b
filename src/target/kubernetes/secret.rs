//! Secrets: never their values. A table says which there are, what reads them, and of which keys they consist, and a script
//! makes them from `.env`.

mod known;

use std::fmt::Write as _;

use super::object::{Object, Stage};
use super::{asked, file};
use crate::emit::with_header;
use crate::platform::{PROGRAM, Platform};
use crate::target::{Artifact, generated, scripts};

const SCRIPT: &str = include_str!("../../../targets/kubernetes/secrets.sh");
const APPLY: &str = include_str!("../../../targets/kubernetes/apply.sh");
const ENVIRONMENT: &str = include_str!("../../../targets/kubernetes/environment.sh");

/// The script that applies objects.
pub(super) fn apply(platform: &Platform) -> Artifact {
    script(platform, "apply", APPLY)
}

/// The script that makes Secrets from `.env`.
pub(super) fn from_env(platform: &Platform) -> Artifact {
    script(platform, "secrets", &SCRIPT.replace("@ENV@\n", scripts::ENV))
}

fn script(platform: &Platform, name: &str, text: &str) -> Artifact {
    let path = format!("scripts/{name}-kubernetes.sh");
    let text = text.replace("@ENVIRONMENT@\n", ENVIRONMENT);
    let text = with_header(&path, &[generated(platform)], &text);
    Artifact::new(path, text).with_mode(PROGRAM)
}

/// The table of the Secrets that objects ask for, of the lines of these; `None` where the script makes none of them.
pub(super) fn table<'a>(
    platform: &Platform,
    root: &str,
    lines: impl Iterator<Item = &'a str>,
) -> Option<Artifact> {
    if platform.settings.kubernetes.store.is_some() {
        return None;
    }
    let mut out = format!(
        "# {}\n# Read by scripts/secrets-kubernetes.sh: namespace, Secret, what reads it, keys; one with a ? may be missing.\n\
         # `@value`: a key, its kind, the least length, and its form: `url` where it is part of an address, `address` where it is one.\n\
         # `@learn`: how the program that knows a value is given another one, which it does not read when it starts; `@{{NAME}}` is a\n\
         # variable of .env.\n\
         @platform {}\n",
        file::header(platform),
        platform.name
    );
    let lines: String = lines.collect();
    out.push_str(&lines);
    out.push_str(&known::lines(platform, &lines));
    Some(Artifact::new(format!("{root}/secrets.conf"), out))
}

/// The lines of an object: each Secret that it asks for, with its keys.
pub(super) fn lines(object: &Object) -> String {
    let mut out = String::new();
    if object.stage < Stage::Workload {
        return out;
    }
    for (secret, keys) in asked::read(object) {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let kind = object.kind.to_lowercase();
        // Writing to a string succeeds.
        let _ = write!(out, "{namespace} {secret} {kind}/{}", object.name);
        for (key, optional) in keys {
            let _ = write!(out, " {key}{}", if optional { "?" } else { "" });
        }
        out.push('\n');
    }
    out
}

//! What no stage needs bound yet, but must lead somewhere all the same.

use super::names::Symbol;
use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::Document;
use crate::platform::{InputId, ValuePart};
use crate::schema::{Reference, SecretName, Word};

/// Binds the references of policies, hosts, routes and backups.
pub(super) fn rest(document: &Document, texts: &mut Texts<'_>) {
    for policy in &document.policy {
        for reference in policy.from.items.iter().chain(&policy.to.items) {
            let end =
                |thing: &Thing| matches!(thing, Thing::Service(_) | Thing::Port(..) | Thing::Outside(_));
            expect(reference, "a service, a port or an outside", end, texts);
        }
    }
    let ssh = document.host.iter().filter_map(|host| host.ssh.as_ref());
    let from = document.site.iter().flat_map(|site| &site.route).filter_map(|route| route.from.as_ref());
    for reference in ssh.chain(from) {
        expect(reference, "an outside", |thing| matches!(thing, Thing::Outside(_)), texts);
    }
    let logins = document.site.iter().flat_map(|site| &site.route).filter_map(|route| route.login.as_ref());
    for reference in logins {
        secret(reference, texts);
    }
    for backup in &document.backup {
        if let Some(account) = &backup.account {
            expect(account, "an account", |thing| matches!(thing, Thing::Child(_)), texts);
        }
        if let Some(upload) = &backup.upload {
            switch(upload, texts);
        }
    }
}

fn expect(reference: &Reference, needed: &str, fits: impl Fn(&Thing) -> bool, texts: &mut Texts<'_>) {
    if let Some(thing) = texts.find(&reference.0, &mut Mentions::default())
        && !fits(&thing)
    {
        texts.wrong_kind(&reference.0, &thing, needed);
    }
}

/// A secret, by its name.
pub(super) fn secret(reference: &SecretName, texts: &mut Texts<'_>) -> Option<InputId> {
    let thing = texts.find(&reference.0, &mut Mentions::default())?;
    if let Thing::Text(value) = &thing
        && let [ValuePart::Input(input)] = value.parts.as_slice()
        && texts.is_secret(*input)
    {
        return Some(*input);
    }
    texts.wrong_kind(&reference.0, &thing, "a secret");
    None
}

/// `true`, `false` or a variable that says one of them.
fn switch(word: &Word, texts: &mut Texts<'_>) {
    let of_variable = |name: &str| match texts.names.symbols.get(name) {
        Some(&(Symbol::Input(at), _)) => !texts.is_secret(InputId(at)),
        _ => false,
    };
    if matches!(word.text.as_str(), "true" | "false") || of_variable(&word.text) {
        return;
    }
    let known = texts.document.variable.iter().map(|variable| variable.name.text.as_str());
    let help = texts.sink.did_you_mean(&word.text, known);
    texts.sink.report(
        Diagnostic::new(codes::NAM001, format!("there is no variable `{}`", word.text))
            .at(word.span, "expected `true`, `false` or a variable")
            .help_maybe(help),
    );
}

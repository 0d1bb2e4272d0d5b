//! Backups, and how the data of a service is copied.

use super::names::Symbol;
use super::place::optional;
use super::sound;
use super::store::Stores;
use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{self, Document};
use crate::platform::{Backup, Dump, InputId, ServiceId, Switch};
use crate::schema::{List, Template, Word};

/// Binds every backup. One whose data or whose bucket leads nowhere is left out, which is reported.
pub(super) fn backups(document: &Document, stores: &Stores, texts: &mut Texts<'_>) -> Vec<Backup> {
    document.backup.iter().filter_map(|block| backup(block, stores, texts)).collect()
}

fn backup(block: &model::Backup, stores: &Stores, texts: &mut Texts<'_>) -> Option<Backup> {
    let of = match texts.find(&block.of.0, &mut Mentions::default()) {
        Some(Thing::Service(at)) => Some(ServiceId(at)),
        Some(thing) => {
            texts.wrong_kind(&block.of.0, &thing, "a service");
            None
        }
        None => None,
    };
    let to = stores.bucket(&block.to, texts);
    let account = block.account.as_ref().and_then(|account| stores.account(account, texts));
    if let (Some(to), Some(account), Some(said)) = (to, account, &block.account) {
        stores.expect_write(account, to, &said.0, &block.to.0, texts);
    }
    let upload = block.upload.as_ref().and_then(|word| switch(word, texts));
    sound::cron(&block.schedule, texts);
    let schedule = texts.constant(&block.schedule);
    Some(Backup {
        name: block.name.text.as_str().to_owned(),
        of: of?,
        to: to?,
        account,
        upload,
        schedule,
        retention: block.retention,
        alert_after: block.alert_after,
        span: block.span,
        to_span: block.to.0.span,
    })
}

/// `true`, `false` or a variable that says one of them.
fn switch(word: &Word, texts: &mut Texts<'_>) -> Option<Switch> {
    match word.text.as_str() {
        "true" => return Some(Switch::Always),
        "false" => return Some(Switch::Never),
        _ => {}
    }
    if let Some(&(Symbol::Input(at), _)) = texts.names.symbols.get(word.text.as_str())
        && !texts.is_secret(InputId(at))
    {
        return Some(Switch::Variable(InputId(at)));
    }
    let known = texts.document.variable.iter().map(|variable| variable.name.text.as_str());
    let help = texts.sink.did_you_mean(&word.text, known);
    texts.sink.report(
        Diagnostic::new(codes::NAM001, format!("there is no variable `{}`", word.text))
            .at(word.span, "expected `true`, `false` or a variable")
            .help_maybe(help),
    );
    None
}

/// How the data of a service is copied. Its commands run in the service's own container, so what they mention is no
/// connection.
pub(super) fn dump(block: &model::Dump, texts: &mut Texts<'_>) -> Dump {
    let mut arguments = |list: &List<Template>| {
        let mut mentions = Mentions::default();
        list.items.iter().map(|item| texts.template(item, &mut mentions)).collect()
    };
    Dump {
        save: arguments(&block.save),
        restore: arguments(&block.restore),
        verify: block.verify.as_ref().map(arguments),
        suffix: optional(block.suffix.as_ref(), texts),
        span: block.span,
    }
}

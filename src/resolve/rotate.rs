//! Rotation: how the secrets of a service are changed.

use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{self, Rotate};
use crate::platform::{InputId, Rotation, RotationCommands, RotationWay, ServiceId, Value, ValuePart};
use crate::schema::{List, Template};

/// How the secrets of a service are changed. What names no secret, or no way, is left out, which is reported.
pub(super) fn rotations(block: &model::Service, own: ServiceId, texts: &mut Texts<'_>) -> Vec<Rotation> {
    block.rotate.iter().flat_map(|rotate| rotation(rotate, own, texts)).collect()
}

fn rotation(block: &Rotate, own: ServiceId, texts: &mut Texts<'_>) -> Vec<Rotation> {
    let value = texts.template(&block.secret, &mut Mentions::default());
    let secrets: Vec<InputId> = value.inputs().filter(|input| texts.is_secret(*input)).collect();
    let alone = matches!(value.parts.as_slice(), [ValuePart::Input(_)]);
    if secrets.is_empty() {
        not_secret(block, &value, texts);
    }
    let Some(mut way) = way(block, own, texts) else { return Vec::new() };
    if !alone {
        // What a person gave a component for its password: the secret is a part of it, and commands need the whole.
        way = RotationWay::ByHand(format!(
            "It is a part of the value that `{}` is given for `{}`: change it in the program, then in `.env`, and recreate \
             what reads it.",
            block_owner(texts, own),
            block.name.text,
        ));
    }
    let rotation = |secret: InputId| Rotation {
        name: block.name.text.as_str().to_owned(),
        secret,
        way: way.clone(),
        span: block.span,
    };
    secrets.into_iter().map(rotation).collect()
}

fn block_owner(texts: &Texts<'_>, own: ServiceId) -> String {
    texts.names.services.get(own.0).map(|placed| placed.path.as_str().to_owned()).unwrap_or_default()
}

/// NAM004: what is changed is no secret. What leads nowhere was reported.
fn not_secret(block: &Rotate, value: &Value, texts: &mut Texts<'_>) {
    if value.parts.is_empty() && block.secret.text.as_literal().is_none() {
        return;
    }
    texts.sink.report(
        Diagnostic::new(codes::NAM004, format!("`rotate {}` changes no secret", block.name.text))
            .at(block.secret.span, "a secret is needed here")
            .hide_all(block.secret.text.as_literal())
            .help("write the name of a `secret`, or of a parameter of `type = secret`"),
    );
}

fn way(block: &Rotate, own: ServiceId, texts: &mut Texts<'_>) -> Option<RotationWay> {
    if let Some(none) = &block.none {
        let commands = [&block.change, &block.check, &block.retire].into_iter().flatten();
        for command in commands {
            texts.sink.report(
                Diagnostic::new(
                    codes::TYP008,
                    format!("`rotate {}` says that no command changes it, and names one", block.name.text),
                )
                .at(command.span, "this command")
                .at(none.span, "changed by hand")
                .help("keep one of them"),
            );
        }
        return Some(RotationWay::ByHand(texts.constant(none)));
    }
    let within = match &block.in_ {
        Some(reference) => within(reference, texts),
        None => Some(own),
    };
    let mut arguments = |list: &List<Template>| {
        let mut mentions = Mentions::default();
        list.items.iter().map(|item| texts.template(item, &mut mentions)).collect()
    };
    let change = block.change.as_ref().map(&mut arguments);
    let retire = block.retire.as_ref().map(&mut arguments);
    let check = block.check.as_ref().map(&mut arguments);
    if let (Some(retire), None) = (&block.retire, &block.change) {
        texts.sink.report(
            Diagnostic::new(
                codes::TYP008,
                format!(
                    "`rotate {}` takes an old value away, and puts no new one beside it",
                    block.name.text
                ),
            )
            .at(retire.span, "of no use")
            .help("write `change`, or leave `retire` out: a start reads the new value alone"),
        );
    }
    let Some(check) = check else {
        texts.sink.report(
            Diagnostic::new(
                codes::TYP006,
                format!("`rotate {}` does not say how a value is tried", block.name.text),
            )
            .at(block.span, "without `check`")
            .help(
                "write `check = [ … ]`, which logs in with the value that it reads, or `none = \"what to do instead\"`",
            ),
        );
        return None;
    };
    Some(RotationWay::Commands(RotationCommands { within: within?, change, check, retire }))
}

fn within(reference: &crate::schema::Reference, texts: &mut Texts<'_>) -> Option<ServiceId> {
    match texts.find(&reference.0, &mut Mentions::default())? {
        Thing::Service(at) => Some(ServiceId(at)),
        thing => {
            texts.wrong_kind(&reference.0, &thing, "a service");
            None
        }
    }
}

//! Names of metrics, labels and secrets that instances give.

use super::{Kinds, Parameter};
use crate::diagnostic::{Diagnostic, Help, Sink, codes};
use crate::model::ParameterType;
use crate::schema::Decoder;
use crate::syntax::{Text, Value, ValueKind};

/// Reports text in the place of a secret: the name of a declared one in quotes, or else its value.
pub(super) fn of_a_secret(parameter: &Parameter, value: &Value, kinds: &Kinds, decoder: &mut Decoder<'_>) {
    let name = value.written().filter(|name| kinds.get(*name).is_some_and(|kind| kind == "secret"));
    if name.is_some() {
        decoder.report(
            Diagnostic::new(codes::TYP001, "expected the name of a secret, found text")
                .at(value.span, "names stand without quotes")
                // Whatever stands there in quotes is hidden, in helps as well.
                .help("it is the name of a declared secret: take the quotes away"),
        );
        return;
    }
    if matches!(&value.kind, ValueKind::Text(text) if text.as_literal().is_none()) {
        return;
    }
    decoder.report(
        Diagnostic::new(
            codes::SEC001,
            format!("the secret `{}` has its value in the source", parameter.name.text),
        )
        .at(value.span, "whoever reads the source knows it")
        .hide_all(value.written())
        .help("declare it with `secret NAME` and pass `NAME`"),
    );
}

/// Reports a value that no metric, or no label, can be called (prometheus.io, "Data model"). A name with a colon is
/// that of a record. A component hands a name on by a reference, which was held to it where it came from.
pub(super) fn hold(type_: ParameterType, value: &Value, decoder: &mut Decoder<'_>) {
    let what = type_.word();
    let name = match &value.kind {
        ValueKind::Text(text) => text.as_literal(),
        ValueKind::Reference(_) => return,
        _ => {
            decoder.mismatch::<()>(value, &format!("the name of a {what}, in quotes"));
            return;
        }
    };
    let Some(name) = name else { return };
    let note = if name.starts_with("__") {
        "what begins with `__` is Prometheus' own"
    } else if !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
    {
        return;
    } else {
        "letters, digits and `_`, and no digit first"
    };
    decoder.report(
        Diagnostic::new(codes::TYP007, format!("`{name}` cannot be the name of a {what}"))
            .at(value.span, note),
    );
}

/// Reports what is no text. A number is one in quotes, where the parameter takes it.
pub(super) fn unquoted(parameter: &Parameter, value: &Value, decoder: &mut Decoder<'_>) {
    let ValueKind::Number(number) = &value.kind else {
        decoder.mismatch::<()>(value, "text or a variable");
        return;
    };
    let text = Value { kind: ValueKind::Text(Text::literal(number.as_str())), span: value.span };
    let fits = super::bounds::fits(parameter, &text, &mut Sink::default());
    decoder.report(
        Diagnostic::new(codes::TYP001, "expected text or a variable, found a number")
            .at(value.span, "text is always quoted")
            .help_maybe(fits.then(|| Help::write(format!("\"{number}\"")))),
    );
}

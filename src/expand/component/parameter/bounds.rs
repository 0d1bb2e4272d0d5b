//! The least and the most that a parameter may be.

use std::cmp::Ordering;

use super::{Kinds, Parameter, is_of_type};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::expand::component::naming::Pattern;
use crate::model::ParameterType;
use crate::schema::{Amount, Constant};
use crate::syntax::{Entry, Value, ValueKind};

/// Whether the bounds that a parameter's entry says are amounts of its type, and leave something between them.
pub(super) fn are_sound(parameter: &Parameter, entry: &Entry, sink: &mut Sink) -> bool {
    let said = ["min", "max"].map(|key| entry.field(key)?.value.as_ref());
    let amount = matches!(
        parameter.type_,
        ParameterType::Integer
            | ParameterType::Number
            | ParameterType::Duration
            | ParameterType::Size
            | ParameterType::Ratio
    );
    if let (false, Some(value)) = (amount, said.into_iter().flatten().next()) {
        let type_ = parameter.type_.word();
        sink.report(
            Diagnostic::new(codes::CMP003, format!("a parameter of type `{type_}` has no least and no most"))
                .at(value.span, "cannot stand")
                .help("numbers, durations, sizes and ratios have"),
        );
        return false;
    }
    if !said.into_iter().flatten().all(|value| is_of_type(parameter, value, &Kinds::default(), sink)) {
        return false;
    }
    let [Some(min), Some(max)] = said else { return true };
    let (ValueKind::Number(least), ValueKind::Number(most)) = (&min.kind, &max.kind) else { return true };
    let empty = Amount { word: most.to_string(), span: max.span }.compare(least) == Some(Ordering::Greater);
    if empty {
        sink.report(
            Diagnostic::new(codes::CMP003, format!("nothing is between `{least}` and `{most}`"))
                .at(min.span, "the least")
                .at(max.span, "the most, which is less"),
        );
    }
    !empty
}

/// The pattern of a text parameter.
pub(super) fn pattern(parameter: &Parameter, said: &Constant, sink: &mut Sink) -> Option<Pattern> {
    if parameter.type_ != ParameterType::Text {
        let type_ = parameter.type_.word();
        sink.report(
            Diagnostic::new(codes::CMP003, format!("a parameter of type `{type_}` matches no pattern"))
                .at(said.span, "cannot stand")
                .help("text does"),
        );
        return None;
    }
    Pattern::new(said.text.as_literal().unwrap_or_default(), said.span, sink)
}

/// Reports text that is another than its parameter takes. What the operator sets is not known.
pub(super) fn fits(parameter: &Parameter, value: &Value, sink: &mut Sink) -> bool {
    let (Some(pattern), ValueKind::Text(text)) = (&parameter.matches, &value.kind) else { return true };
    let Some(text) = text.as_literal().filter(|text| !pattern.is_match(text)) else { return true };
    sink.report(
        Diagnostic::new(codes::TYP007, format!("`{}` cannot be `{text}`", parameter.name.text))
            .at(value.span, "cannot stand")
            .help(match &parameter.description {
                Some(description) => format!("it fits `{}`: {description}", pattern.source),
                None => format!("it fits `{}`", pattern.source),
            }),
    );
    false
}

/// Reports a value that lies outside of its parameter's bounds.
pub(super) fn hold(parameter: &Parameter, value: &Value, sink: &mut Sink) -> bool {
    let ValueKind::Number(word) = &value.kind else { return true };
    let outside = |bound: &Option<Amount>, side| {
        bound.as_ref().filter(|bound| bound.compare(word) == Some(side)).map(|bound| bound.word.clone())
    };
    let name = &parameter.name.text;
    let message = match (outside(&parameter.min, Ordering::Less), outside(&parameter.max, Ordering::Greater))
    {
        (Some(least), _) => format!("`{name}` is `{word}`, and must be `{least}` at least"),
        (_, Some(most)) => format!("`{name}` is `{word}`, and may be `{most}` at most"),
        (None, None) => return true,
    };
    let range = match (&parameter.min, &parameter.max) {
        (Some(min), Some(max)) => format!("from `{}` to `{}`", min.word, max.word),
        (Some(min), None) => format!("from `{}`", min.word),
        (_, max) => format!("up to `{}`", max.as_ref().map_or("", |max| &max.word)),
    };
    sink.report(
        Diagnostic::new(codes::TYP003, message)
            .at(value.span, "out of range")
            .at(parameter.name.span, format!("takes values {range}")),
    );
    false
}

//! What an instance holds, in the form that it has behind the expansion.

use smol_str::SmolStr;

use super::child::Children;
use crate::expand::component::ChildKind;
use crate::syntax::{Body, Entry, Name, Path, Scope, Value, ValueKind};

/// The children of one kind as `child NAME = kind { … }`.
pub(super) fn normal_forms(kind: &ChildKind, children: &Children, own: &[SmolStr]) -> Vec<Entry> {
    let of_kind = children.get(&kind.name.text).into_iter().flatten();
    let word = |text: &str, span| Name { text: text.into(), span, quoted: false };
    let path = |segments: Vec<SmolStr>, span| Value {
        kind: ValueKind::Reference(Path { segments, span, scope: Scope::Platform }),
        span,
    };
    of_kind
        .map(|child| {
            let span = child.head;
            let mut entries: Vec<Entry> = child
                .values
                .iter()
                .filter_map(|(name, value)| {
                    let key = Name { text: name.clone(), span, quoted: false };
                    Some(Entry { key, label: None, value: Some(value.clone()?), body: None, patch: false })
                })
                .collect();
            if let Some(Value { kind: ValueKind::Reference(by), span: at }) = &kind.by {
                let segments = own.iter().chain(&by.segments).cloned().collect();
                let value = Some(path(segments, *at));
                entries.push(Entry { key: word("by", *at), label: None, value, body: None, patch: false });
            }
            entries.extend(child.description.clone());
            entries.extend(child.allows.iter().cloned());
            Entry {
                key: word("child", span),
                label: Some(child.name.clone()),
                value: Some(path(vec![kind.name.text.clone()], span)),
                body: Some(Body { entries, span: child.span }),
                patch: child.patch,
            }
        })
        .collect()
}

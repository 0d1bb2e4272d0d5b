//! Mixins: a component whose body becomes a part of the service that it stands in.

use std::sync::Arc;

use smol_str::SmolStr;

use super::Expansion;
use crate::diagnostic::{Diagnostic, codes};
use crate::expand::component::Component;
use crate::schema::{Decoder, Scalar as _};
use crate::syntax::Entry;

impl Expansion<'_> {
    /// The component of an instance that is a part of the service it stands in.
    pub(super) fn mixin(&mut self, entry: &Entry) -> Option<Arc<Component>> {
        let key = &entry.key.text;
        let component = self.components.knows(key).then(|| self.components.get(key))??;
        component.mixin.then_some(component)
    }

    /// What a mixin brings to the service of path `own`.
    pub(super) fn part(
        &mut self,
        mut entry: Entry,
        component: &Arc<Component>,
        own: &[SmolStr],
    ) -> Vec<Entry> {
        let key = &entry.key;
        if own.is_empty() {
            self.sink.report(
                Diagnostic::new(codes::CMP003, format!("`{}` is a part of a service", key.text))
                    .at(entry.head(), "stands in none")
                    .help(format!("write `{} {{ … }}` in the service that it is for", key.text)),
            );
            return Vec::new();
        }
        if let Some(label) = entry.label.as_ref().filter(|label| **label != *key) {
            self.sink.report(
                Diagnostic::new(codes::TYP008, format!("`{}` takes no name", key.text))
                    .at(label.span, "does not belong here")
                    .help("what it brings belongs to the service it stands in"),
            );
        }
        let head = entry.head();
        if self.taken_out(&mut entry) || self.recursion(&entry, head) {
            return Vec::new();
        }
        self.body(entry, component, own)
    }

    /// Whether a mixin says `enabled = false`. The word is taken out: in the service it would be about the service.
    fn taken_out(&mut self, entry: &mut Entry) -> bool {
        let Some(body) = &mut entry.body else { return false };
        let said = |item: &Entry| item.key.text == "enabled" && item.label.is_none();
        let Some(at) = body.entries.iter().position(said) else { return false };
        let value = body.entries.remove(at).value;
        let read = value.and_then(|value| bool::read(&value, &mut Decoder::new(self.sink)));
        read == Some(false)
    }
}

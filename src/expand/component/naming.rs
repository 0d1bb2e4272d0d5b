//! What the children of a kind may be called.

use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::hash::HashMap;
use crate::schema::{Constant, Decoder, List, Scalar as _};
use crate::source::Span;
use crate::syntax::{Entry, Name};

/// A pattern of a whole text.
#[derive(Debug)]
pub(in crate::expand) struct Pattern {
    expression: regex_lite::Regex,
    /// As it is written.
    pub(super) source: String,
}

impl Pattern {
    /// Reads one; what is none is reported.
    pub(super) fn new(source: &str, span: Span, sink: &mut Sink) -> Option<Self> {
        match regex_lite::Regex::new(&format!("^(?:{source})$")) {
            Ok(expression) => Some(Self { expression, source: source.to_owned() }),
            Err(error) => {
                sink.report(
                    Diagnostic::new(codes::CMP003, format!("this is no pattern: {error}"))
                        .at(span, "no regular expression"),
                );
                None
            }
        }
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.expression.is_match(text)
    }
}

/// What the children of a kind may be called.
#[derive(Debug, Default)]
pub(in crate::expand) struct Naming {
    /// The names that are possible.
    pattern: Option<Pattern>,
    /// Names that others have.
    reserved: Vec<String>,
    /// What stands between a name and what else belongs to it.
    apart: Option<String>,
}

impl Naming {
    /// The keys that say it.
    pub(super) const KEYS: [&str; 3] = ["names", "reserved", "apart"];

    /// Takes an entry of a kind of children, whose key is one of [`Self::KEYS`].
    pub(super) fn take(&mut self, entry: &Entry, sink: &mut Sink) {
        let Some(value) = &entry.value else {
            sink.report(
                Diagnostic::new(codes::TYP006, format!("`{}` has no value", entry.key.text))
                    .at(entry.head(), "incomplete"),
            );
            return;
        };
        let decoder = &mut Decoder::new(sink);
        let literal = |text: Constant| text.text.as_literal().unwrap_or_default().to_owned();
        match entry.key.text.as_str() {
            "names" => {
                let Some(source) = Constant::read(value, decoder).map(literal) else { return };
                self.pattern = Pattern::new(&source, value.span, sink);
            }
            "reserved" => {
                let names = List::<Constant>::read(value, decoder).map(|list| list.items);
                self.reserved = names.into_iter().flatten().map(literal).collect();
            }
            _ => self.apart = Constant::read(value, decoder).map(literal).filter(|apart| !apart.is_empty()),
        }
    }

    /// Reports a name that none of them may have.
    pub(in crate::expand) fn single(&self, kind: &str, name: &Name, sink: &mut Sink) {
        let text = name.text.as_str();
        let cannot = || {
            Diagnostic::new(codes::TYP007, format!("a child of the kind `{kind}` cannot be called `{text}`"))
        };
        if self.reserved.iter().any(|reserved| reserved == text) {
            sink.report(cannot().at(name.span, "this name is taken already").help(format!(
                "give it another name than {}",
                list_of(self.reserved.iter().map(String::as_str))
            )));
            return;
        }
        let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) else { return };
        let other: String = text.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let other = other.trim_matches('-');
        let near = pattern.is_match(other).then(|| format!("write `{other}`; "));
        sink.report(cannot().at(name.span, "cannot stand").help(format!(
            "{}its names fit `{}`",
            near.unwrap_or_default(),
            pattern.source
        )));
    }

    /// Reports names that begin as what belongs to another one does.
    pub(in crate::expand) fn together(&self, kind: &str, names: &[&Name], sink: &mut Sink) {
        let Some(apart) = &self.apart else { return };
        let known: HashMap<&str, Span> = names.iter().map(|name| (name.text.as_str(), name.span)).collect();
        for name in names {
            let mut starts = name.text.match_indices(apart.as_str()).map(|(at, _)| &name.text[..at]);
            let Some((first, span)) = starts.find_map(|start| known.get_key_value(start)) else { continue };
            sink.report(
                Diagnostic::new(
                    codes::NAM005,
                    format!(
                        "what belongs to `{}` belongs to `{first}` as well, of the kind `{kind}`",
                        name.text
                    ),
                )
                .at(name.span, format!("begins with `{first}{apart}`"))
                .at(*span, format!("stands for `{first}{apart}*`, too"))
                .help(format!("give one of them a name that does not begin with the other and `{apart}`")),
            );
        }
    }
}

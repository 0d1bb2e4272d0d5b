//! Rule codes that the source means: `allow NET004 { reason = "…" }` at the thing it concerns.

use crate::check::RULES;
use crate::diagnostic::{Diagnostic, Sink, codes, did_you_mean};
use crate::source::Span;
use crate::syntax::{Entry, Name};

/// Codes beside those of [`RULES`] that can be allowed: what targets leave out.
const OF_TARGETS: [&str; 3] = ["TGT001", "TGT002", "TGT004"];

/// Everything that a source allows.
#[derive(Debug, Default)]
pub struct Allows {
    list: Vec<Allow>,
}

#[derive(Debug)]
struct Allow {
    code: Name,
    /// The thing it stands in; `None` at the top level, where it is for the whole platform.
    within: Option<Span>,
    used: bool,
}

impl Allows {
    /// Collects what an expanded tree allows, and reports codes that cannot be allowed.
    pub fn new(entries: &[Entry], sink: &mut Sink) -> Self {
        let mut allows = Self::default();
        allows.collect(entries, None, sink);
        allows
    }

    fn collect(&mut self, entries: &[Entry], within: Option<Span>, sink: &mut Sink) {
        for entry in entries {
            if let (true, Some(code)) = (entry.key.text == "allow", &entry.label) {
                if can_be_allowed(&code.text) {
                    self.list.push(Allow { code: code.clone(), within, used: false });
                } else {
                    refuse(code, sink);
                }
            } else if let Some(body) = &entry.body {
                self.collect(&body.entries, Some(entry.head().to(body.span)), sink);
            }
        }
    }

    /// Reports everything that is not allowed.
    pub fn filter(&mut self, diagnostics: Vec<Diagnostic>, sink: &mut Sink) {
        for diagnostic in diagnostics {
            let allowing = self.list.iter_mut().find(|allow| allow.covers(&diagnostic));
            match allowing {
                Some(allow) => allow.used = true,
                None => sink.report(diagnostic),
            }
        }
    }

    /// Whether a diagnostic is allowed.
    #[must_use]
    pub fn allow(&self, diagnostic: &Diagnostic) -> bool {
        self.list.iter().any(|allow| allow.covers(diagnostic))
    }

    /// Reports what allows nothing. What a target leaves out is only known when it is built.
    pub fn unused(&self, sink: &mut Sink) {
        for allow in self.list.iter().filter(|allow| !allow.used && allow.code.text != "TGT002") {
            sink.report(
                Diagnostic::new(codes::ALW001, format!("`allow {}` allows nothing", allow.code.text))
                    .at(allow.code.span, "nothing of that code is found here")
                    .help("take it out; what it was for is mended, or lies elsewhere"),
            );
        }
    }
}

impl Allow {
    fn covers(&self, diagnostic: &Diagnostic) -> bool {
        let inside = |within: Span| {
            diagnostic.labels.iter().any(|label| {
                label.span.file == within.file
                    && label.span.start >= within.start
                    && label.span.end <= within.end
            })
        };
        self.code.text == diagnostic.code.id && self.within.is_none_or(inside)
    }
}

fn can_be_allowed(code: &str) -> bool {
    OF_TARGETS.contains(&code) || RULES.iter().any(|rule| rule.codes.iter().any(|known| known.id == code))
}

fn refuse(code: &Name, sink: &mut Sink) {
    let (message, help) = if codes::find(&code.text).is_some() {
        (
            format!("`{}` cannot be allowed", code.text),
            Some("only what a rule says of a sound platform can".to_owned()),
        )
    } else {
        let known = RULES.iter().flat_map(|rule| rule.codes).map(|known| known.id).chain(OF_TARGETS);
        (format!("there is no code `{}`", code.text), did_you_mean(&code.text, known))
    };
    sink.report(
        Diagnostic::new(codes::ALW002, message).at(code.span, "not a code to allow").help_maybe(help),
    );
}

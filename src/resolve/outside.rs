//! References to outsides.

use super::names::BUILT_IN;
use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, codes};
use crate::platform::{Outside, OutsideId, OutsideKind, Platform};
use crate::schema::Reference;
use crate::source::Span;
use crate::syntax::{Path, Scope};

/// An outside that may come in.
pub(super) fn comes_in(
    reference: &Reference,
    platform: &Platform,
    texts: &mut Texts<'_>,
) -> Option<OutsideId> {
    match texts.find(&reference.0, &mut Mentions::default())? {
        Thing::Outside(id) => {
            expect_ranges(platform.outsides.get(id.0)?, reference.0.span, texts);
            Some(id)
        }
        thing => {
            texts.wrong_kind(&reference.0, &thing, "an outside");
            None
        }
    }
}

/// Reports an outside that only can be reached.
pub(super) fn expect_ranges(outside: &Outside, span: Span, texts: &mut Texts<'_>) {
    if outside.kind != OutsideKind::Declared || !outside.ranges.is_empty() || outside.endpoints.is_empty() {
        return;
    }
    texts.sink.report(
        Diagnostic::new(
            codes::NAM004,
            format!("`{}` is an endpoint, and nobody comes in from there", outside.name),
        )
        .at(span, "addresses that come in are needed here")
        .at_maybe(outside.span, "has no address range")
        .help("declare an `outside` with address ranges: `outside admins = [\"203.0.113.7/32\"]`"),
    );
}

/// What is meant by words that are no outside.
const INSIDE: &str = "`publish = none` keeps it inside, `publish = localhost` opens it to the host alone, and `access = internal` forbids to publish it";

/// An outside by its name.
pub(super) fn named(path: &Path, texts: &mut Texts<'_>) -> Option<OutsideId> {
    // The built-in ones are visible everywhere, in components too.
    if let Some(at) = path.word().and_then(|word| BUILT_IN.iter().position(|name| *name == word)) {
        return Some(OutsideId(at));
    }
    if let Some(word) = path.word().filter(|word| !texts.names.symbols.contains_key(*word))
        && path.scope == Scope::Platform
        && !texts.absent.lost.contains(word)
    {
        let known = texts.document.outside.iter().map(|outside| outside.name.text.as_str());
        let help = match word {
            "internal" | "private" => Some(INSIDE.into()),
            "all" | "any" | "everybody" | "everyone" | "external" | "public" | "world" => Some(
                "everybody is `internet`, this machine `localhost`, and others are declared by `outside`"
                    .into(),
            ),
            _ => texts.sink.did_you_mean(word, known.chain(BUILT_IN)),
        };
        texts.sink.report(
            Diagnostic::new(codes::NAM001, format!("there is no outside `{word}`"))
                .at(path.span, "not declared")
                .help_maybe(help),
        );
        return None;
    }
    match texts.find(path, &mut Mentions::default())? {
        Thing::Outside(id) => Some(id),
        thing => {
            texts.wrong_kind(path, &thing, "an outside");
            None
        }
    }
}

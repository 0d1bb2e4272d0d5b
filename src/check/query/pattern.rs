//! OBS007 for patterns: `job=~"a|b"`, where some of the words are jobs and others are not.

use super::Context;
use crate::diagnostic::Sink;
use crate::platform::observe::Query;
use crate::promql::{Matcher, Op};

impl Context<'_> {
    /// Reports each word of a pattern that no scrape job is called; says whether there was one.
    pub(super) fn words(&self, query: &Query, about: &[&Matcher], sink: &mut Sink) -> bool {
        let mut told = false;
        for matcher in about {
            for word in words(matcher).into_iter().filter(|word| self.jobs.named(word).is_none()) {
                self.unknown_job(query, matcher, word, sink);
                told = true;
            }
        }
        told
    }
}

/// The words of a pattern that is nothing but words: `a|b`, `(a|b)`, `^(a|b)$`.
fn words(matcher: &Matcher) -> Vec<&str> {
    let pattern = matcher.value.as_str();
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    let inside = pattern.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let inside = inside.map(|inside| inside.strip_prefix("?:").unwrap_or(inside));
    let words: Vec<&str> = inside.unwrap_or(pattern).split('|').collect();
    let is_word = |word: &&str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    if matcher.op == Op::Matches && words.len() > 1 && words.iter().all(is_word) { words } else { Vec::new() }
}

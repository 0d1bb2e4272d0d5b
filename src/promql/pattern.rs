//! Regular expressions that label values are compared with.

use std::sync::{Arc, Mutex, PoisonError};

use crate::hash::HashMap;

/// A regular expression that is equal where its source is.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    source: Arc<str>,
    form: Form,
}

/// What a pattern is made of. Values are few and short, and patterns many: what matters is how soon one can be asked.
#[derive(Debug, Clone)]
enum Form {
    /// `a|b-.*`: words, each with whether anything may follow it.
    Words(Arc<[(String, bool)]>),
    Light(Arc<regex_lite::Regex>),
    /// One with classes of Unicode, which the light ones do not know.
    Full(Arc<regex::Regex>),
}

impl Pattern {
    /// A pattern that has to fit a whole value; `None` where it cannot be compiled.
    pub(super) fn new(source: &str) -> Option<Self> {
        let form = match words(source) {
            Some(words) => Form::Words(words.into()),
            None => {
                let whole = format!("^(?:{source})$");
                let light = regex_lite::Regex::new(&whole).map(|pattern| Form::Light(Arc::new(pattern)));
                light.or_else(|_| regex::Regex::new(&whole).map(|it| Form::Full(Arc::new(it)))).ok()?
            }
        };
        Some(Self { source: source.into(), form })
    }

    /// One that is compiled already.
    pub(super) fn compiled(pattern: &regex::Regex) -> Self {
        Self { source: pattern.as_str().into(), form: Form::Full(Arc::new(pattern.clone())) }
    }

    pub(super) fn fits(&self, value: &str) -> bool {
        match &self.form {
            Form::Words(words) => words.iter().any(|(word, open)| match open {
                true => value.strip_prefix(word.as_str()).is_some_and(|rest| !rest.contains('\n')),
                false => value == word,
            }),
            Form::Light(pattern) => pattern.is_match(value),
            Form::Full(pattern) => pattern.is_match(value),
        }
    }

    /// What every value that fits begins with.
    pub(super) fn beginning(&self) -> &str {
        match &self.form {
            Form::Words(words) => match &**words {
                [(word, _)] => word,
                _ => "",
            },
            Form::Light(_) | Form::Full(_) => "",
        }
    }
}

/// The words of a pattern that consists of nothing else, each with whether `.*` follows it.
fn words(source: &str) -> Option<Vec<(String, bool)>> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | ':' | ' ');
    let word = |part: &str| {
        let (word, open) = part.strip_suffix(".*").map_or((part, false), |word| (word, true));
        word.chars().all(plain).then(|| (word.to_owned(), open))
    };
    source.split('|').map(word).collect()
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

/// Regular expressions that stand in queries, each compiled once.
#[derive(Debug, Default)]
pub(super) struct Patterns(Mutex<HashMap<String, Option<Pattern>>>);

impl Patterns {
    /// A pattern, which has to fit a whole value; `None` where it cannot be compiled.
    pub(super) fn get(&self, source: &str) -> Option<Pattern> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(source.to_owned()).or_insert_with(|| Pattern::new(source)).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Pattern};

    #[test]
    fn words_fit_as_their_pattern_does() {
        for source in
            ["a|b", "a-.*", "a-.*|b", ".*", "", "a b", "4..", "a.+", "(a|b)c", "a.*b", "a\\.b", "é.*"]
        {
            let pattern = Pattern::new(source).expect("it can be compiled");
            let full = Pattern { form: compiled(source), source: source.into() };
            for value in ["", "a", "b", "a-", "a-b", "a-\nb", "ab", "a b", "404", "ac", "a.b", "éa", "xa-b"]
            {
                assert_eq!(pattern.fits(value), full.fits(value), "{source} {value:?}");
            }
        }
    }

    fn compiled(source: &str) -> Form {
        Form::Full(regex::Regex::new(&format!("^(?:{source})$")).expect("it can be compiled").into())
    }
}

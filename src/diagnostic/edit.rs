//! Edits: what a help proposes, as a place of the source and the text that belongs there.
//!
//! The words of such a help are made from its edit, so that a person who follows the text and a program that applies
//! the edit arrive at the same source.

use std::ops::Range;

use super::{Diagnostic, clip, codes, list_of};
use crate::source::{Sources, Span};

/// A change of the source that removes the cause of a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The place of `old`; until [`locate`] has run, a place that contains it.
    pub span: Span,
    /// The text that the edit replaces; `None` until [`locate`] has run, where it is everything at the place.
    pub old: Option<String>,
    /// The text that replaces it.
    pub new: String,
}

/// The way out that a diagnostic shows: a text, and the edit that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// The words.
    pub text: String,
    /// Where the change is; `None` is the primary place of the diagnostic.
    place: Option<Span>,
    /// The text that is replaced, where it is a part of the place, and its replacement.
    change: Option<(Option<String>, String)>,
    /// The one known word that is near an unknown one; several are none.
    near: Option<String>,
    /// Whether the words name known ones that are near.
    is_near: bool,
    /// Whether the words are a question.
    asks: bool,
}

impl From<String> for Help {
    fn from(text: String) -> Self {
        Self { text, place: None, change: None, near: None, is_near: false, asks: false }
    }
}

impl From<&str> for Help {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Help {
    /// A known word in place of an unknown one, at the primary place of the diagnostic.
    #[must_use]
    pub fn meant(word: &str, known: &str) -> Self {
        Self {
            text: format!("did you mean `{known}`?"),
            place: None,
            change: Some((Some(word.to_owned()), known.to_owned())),
            near: Some(known.to_owned()),
            is_near: true,
            asks: true,
        }
    }

    /// Known words that are near an unknown one, without an edit: which of them is meant, if any, is not certain.
    #[must_use]
    pub fn near(known: &[&str]) -> Self {
        let (words, near) = match known {
            [one] => (format!("the nearest is `{one}`"), Some((*one).to_owned())),
            several => (format!("near it are {}", list_of(several.iter().copied())), None),
        };
        Self { near, is_near: true, ..Self::from(words) }
    }

    /// The same without its edit, where it has one of a known word.
    #[must_use]
    pub fn unsure(self) -> Self {
        match &self.near {
            Some(near) if self.is_edit() => Self::near(&[near]),
            _ => self,
        }
    }

    /// Another text in place of everything at the primary place of the diagnostic.
    #[must_use]
    pub fn write(text: impl Into<String>) -> Self {
        let new: String = text.into();
        Self { change: Some((None, new.clone())), ..Self::from(format!("write `{new}`")) }
    }

    /// Words that say what to write, and the text that belongs in place of everything at the primary place.
    #[must_use]
    pub fn saying(words: &str, new: &str) -> Self {
        Self { change: Some((None, new.to_owned())), ..Self::from(words) }
    }

    /// Another text in place of one that stands at the primary place.
    #[must_use]
    pub fn instead(old: &str, new: &str) -> Self {
        Self { change: Some((Some(old.to_owned()), new.to_owned())), ..Self::from(format!("write `{new}`")) }
    }

    /// Another text in place of everything at the primary place, where it may be what is meant.
    #[must_use]
    pub fn perhaps(text: impl Into<String>) -> Self {
        let new: String = text.into();
        let words = Self::from(format!("did you mean `{new}`?"));
        Self { change: Some((None, new)), asks: true, ..words }
    }

    /// A text that is missing at a place, which has no length.
    #[must_use]
    pub fn add(text: &str, place: Span) -> Self {
        Self {
            place: Some(place),
            change: Some((None, text.to_owned())),
            ..Self::from(format!("add `{}`", text.trim()))
        }
    }

    /// Moves the change to another place than the primary one.
    #[must_use]
    pub fn in_place(mut self, span: Span) -> Self {
        self.place = Some(span);
        self
    }

    /// Puts words in front that say why.
    #[must_use]
    pub fn led_by(mut self, text: &str) -> Self {
        self.text.insert_str(0, text);
        self
    }

    /// Adds words that propose no edit: an alternative, or what the edit means.
    #[must_use]
    pub fn and(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Adds a clause. Behind a question it begins a sentence.
    #[must_use]
    pub fn further(mut self, clause: &str) -> Self {
        let mut letters = clause.chars();
        match letters.next().filter(|_| self.asks) {
            Some(first) => self.text.extend([" ", &first.to_uppercase().to_string(), letters.as_str()]),
            None => self.text.extend(["; ", clause]),
        }
        self
    }

    /// Whether it proposes an edit; a list of choices does not.
    #[must_use]
    pub const fn is_edit(&self) -> bool {
        self.change.is_some()
    }

    /// Whether it names known words that are near; a list of choices does not.
    #[must_use]
    pub const fn is_near(&self) -> bool {
        self.is_near
    }

    /// The text that it proposes in place of another, or the one known word that is near it.
    #[must_use]
    pub fn proposed(&self) -> Option<&str> {
        self.change.as_ref().map(|(_, new)| new.as_str()).or(self.near.as_deref())
    }

    /// Its words, and its edit where there is a place for it.
    pub(super) fn split(self, primary: Option<Span>) -> (String, Option<Edit>) {
        let edit = self.change.zip(self.place.or(primary)).map(|((old, new), span)| Edit { span, old, new });
        (clip(self.text), edit)
    }
}

/// Takes out the edits that write a name under which nothing is declared: the source would be wrong in another way.
pub fn keep_declared(diagnostics: &mut [Diagnostic], sources: &Sources, is_declared: impl Fn(&str) -> bool) {
    for diagnostic in diagnostics {
        let Some((name, otherwise)) = diagnostic.name.take() else { continue };
        if is_declared(&name) {
            continue;
        }
        diagnostic.edits.clear();
        diagnostic.help = Some(otherwise);
        let Some(label) = diagnostic.labels.first() else { continue };
        // Engines name by an address who may come in, and the language by a word.
        let before =
            sources.file(label.span.file).text().get(..label.span.start as usize).unwrap_or_default();
        let is_publish =
            before.trim_end().strip_suffix('=').is_some_and(|it| it.trim_end().ends_with("publish"));
        let outside = match name.as_str() {
            "0.0.0.0" => "internet",
            "127.0.0.1" => "localhost",
            _ => continue,
        };
        if is_publish {
            let (text, edit) = Help::write(outside).split(Some(label.span));
            diagnostic.help = Some(text);
            diagnostic.edits.extend(edit);
        }
    }
}

/// Finds the exact place of every edit. An edit is left out where its place does not contain the text that it replaces
/// once, as where a text is put together from several, and where the place is in a file of the compiler.
pub fn locate(diagnostics: &mut [Diagnostic], sources: &Sources) {
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| !diagnostic.edits.is_empty()) {
        let all = diagnostic.edits.len();
        diagnostic.edits.retain_mut(|edit| {
            let file = edit.span.file;
            if sources.embedded().contains(&file) {
                return false;
            }
            let text = sources.file(file).text();
            let Some(place) = exact(text, edit) else { return false };
            if !is_bare(&edit.new)
                && edit.old.as_deref().is_some_and(is_bare)
                && !in_quotes(text, place.start)
            {
                edit.new = format!("\"{}\"", edit.new);
            }
            edit.old = text.get(place.clone()).map(str::to_owned);
            edit.span = Span::new(file, place.start, place.end);
            true
        });
        // All of them together are the way out.
        if diagnostic.edits.len() < all {
            diagnostic.edits.clear();
        }
    }
}

/// What the schema says of places of a text that did not parse.
#[derive(Debug)]
pub struct Shapes {
    /// Why the entry whose head ends at a place, and which has a value or else a body, is not what its key takes.
    pub mismatch: fn(&str, usize, bool) -> Option<String>,
    /// Why no text is taken in the place of the value that starts at a place.
    pub unquotable: fn(&str, usize, &str) -> Option<String>,
    /// What says here what another language says by the key that ends at a place.
    pub meant_elsewhere: fn(&str, usize) -> Option<String>,
}

/// Takes out the edits of what did not parse behind which a key would have a label or a value that it does not take, and says what
/// it takes. They have to be located.
pub fn keep_fitting(diagnostics: &mut [Diagnostic], sources: &Sources, shapes: &Shapes) {
    for diagnostic in diagnostics.iter_mut().filter(|it| it.code == codes::SYN001) {
        if let Some(help) = instead(diagnostic, sources, shapes) {
            diagnostic.edits.clear();
            diagnostic.help = Some(clip(help));
        }
    }
}

/// What helps in place of the edit of a message, where that would lead to another mistake.
fn instead(diagnostic: &Diagnostic, sources: &Sources, shapes: &Shapes) -> Option<String> {
    let place = diagnostic.labels.first()?.span;
    let text = sources.file(place.file).text();
    // `key:`, `key = {` and `key "TYPE" "NAME" {`
    let sign = text.get(place.start as usize..place.end as usize)?;
    let head = text.get(..place.start as usize)?.trim_end();
    let end = match sign {
        ":" => Some(head),
        "{" => head.strip_suffix('='),
        "\"" => key_of_labels(head),
        _ => None,
    };
    if let Some(words) = end.and_then(|head| (shapes.meant_elsewhere)(text, head.trim_end().len())) {
        return Some(words);
    }
    let [edit] = diagnostic.edits.as_slice() else { return None };
    let text = sources.file(edit.span.file).text();
    let start = edit.span.start as usize;
    let old = edit.old.as_deref()?;
    let quoted = edit.new.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = quoted.filter(|inner| old.trim_matches('\'') == *inner) {
        return (shapes.unquotable)(text, start, inner);
    }
    let is_colon = old == ":";
    if !is_colon && old.trim() != "=" {
        return None;
    }
    let reason = (shapes.mismatch)(text, start, edit.new.contains('='))?;
    let help = diagnostic.help.as_ref()?;
    // What follows a `=` may be what is wrong.
    Some(if is_colon { format!("{help}, and {reason}") } else { reason })
}

/// A text up to the key of its last line, where behind that one label in quotes stands.
fn key_of_labels(head: &str) -> Option<&str> {
    let line = head.rfind('\n').map_or(0, |at| at + 1);
    let (key, label) = head[line..].split_once('"')?;
    let is_label = label.strip_suffix('"').is_some_and(|label| !label.contains('"'));
    let is_key = key.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_label && is_key).then(|| &head[..line + key.trim_end().len()])
}

/// The place of the text that an edit replaces.
fn exact(text: &str, edit: &Edit) -> Option<Range<usize>> {
    let place = edit.span.start as usize..edit.span.end as usize;
    let within = text.get(place.clone())?;
    let Some(old) = &edit.old else { return Some(place) };
    let mut found = within.match_indices(old.as_str()).filter(|(at, _)| {
        let apart = |c: Option<char>| !c.is_some_and(is_of_word);
        apart(within[..*at].chars().next_back()) && apart(within[*at + old.len()..].chars().next())
    });
    let (at, _) = found.next()?;
    found.next().is_none().then(|| place.start + at..place.start + at + old.len())
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// Whether a text can stand in a source without quotes.
fn is_bare(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Whether a place of a source is inside of quotes, of one line or of several.
fn in_quotes(text: &str, at: usize) -> bool {
    let mut of_several = false;
    for line in text[..at].split_inclusive('\n') {
        if of_several {
            // The closing quotes stand on a line of their own.
            of_several = !line.trim_start().starts_with("\"\"\"");
            continue;
        }
        let (open, rest) = quotes(line);
        if !line.ends_with('\n') {
            return open;
        }
        of_several = rest;
    }
    of_several
}

/// Whether a text of one line is open behind a line, and whether one of several begins at its end.
fn quotes(line: &str) -> (bool, bool) {
    let mut open = false;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            '#' if !open => return (false, false),
            '"' if !open && line[at..].starts_with("\"\"\"") => return (true, true),
            '"' if !escaped => open = !open,
            _ => {}
        }
        escaped = c == '\\' && !escaped && open;
    }
    (open, false)
}

/// A text with edits applied; `None` where two of them overlap or one is not of this text.
#[must_use]
pub fn apply<'a>(text: &str, edits: impl IntoIterator<Item = &'a Edit>) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if edit.old.as_deref() != text.get(start..end) {
            return None;
        }
        out.push_str(text.get(from..start)?);
        out.push_str(&edit.new);
        from = end;
    }
    out.push_str(text.get(from..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{Help, apply, locate};
    use crate::diagnostic::{Diagnostic, codes};
    use crate::source::{Sources, Span};

    /// A source after its diagnostic's edits, which are about the place of `within`.
    fn after(source: &str, within: &str, help: Help) -> Option<String> {
        let mut sources = Sources::default();
        let file = sources.add("a", source.to_owned());
        let start = source.find(within)?;
        let place = Span::new(file, start, start + within.len());
        let mut told = [Diagnostic::new(codes::NAM001, "").at(place, "").help(help)];
        locate(&mut told, &sources);
        if told[0].edits.is_empty() { None } else { apply(source, &told[0].edits) }
    }

    #[test]
    fn an_edit_is_where_the_word_is() {
        let cases = [
            ("a = mogno", "a = mogno", Help::meant("mogno", "mongo"), Some("a = mongo")),
            ("a = \"mogno.x\"", "\"mogno.x\"", Help::meant("mogno", "mongo"), Some("a = \"mongo.x\"")),
            ("a = mogno", "mogno", Help::meant("mogno", "mo ngo"), Some("a = \"mo ngo\"")),
            ("a = \"mogno\"", "\"mogno\"", Help::meant("mogno", "mo ngo"), Some("a = \"mo ngo\"")),
            ("a = mogno-x", "mogno-x", Help::meant("mogno", "mongo"), None),
            ("a = x x", "x x", Help::meant("x", "y"), None),
            ("a = ${b}", "${b}", Help::meant("mogno", "mongo"), None),
            (
                "a = \"\"\"\n  mogno\n  \"\"\"",
                "mogno",
                Help::meant("mogno", "mo ngo"),
                Some("a = \"\"\"\n  mo ngo\n  \"\"\""),
            ),
            (
                "a = \"\"\"\n  x\n  \"\"\"\nb = mogno",
                "mogno",
                Help::meant("mogno", "mo ngo"),
                Some("a = \"\"\"\n  x\n  \"\"\"\nb = \"mo ngo\""),
            ),
            (
                "b = 1 # it's \"\na = mogno",
                "mogno",
                Help::meant("mogno", "mo ngo"),
                Some("b = 1 # it's \"\na = \"mo ngo\""),
            ),
            ("a = 10 mb", "10 mb", Help::write("10MB"), Some("a = 10MB")),
        ];
        for (source, within, help, expected) in cases {
            assert_eq!(after(source, within, help).as_deref(), expected, "{source}");
        }
    }
}

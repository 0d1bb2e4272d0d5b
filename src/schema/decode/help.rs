//! What helps where a block is not as its schema wants it.

use smol_str::SmolStr;

use super::{Decoder, MOST_KEYS};
use crate::diagnostic::{Diagnostic, Help, Sink, codes, did_you_mean, list_of};
use crate::schema::{
    Block, Bytes, Duration, Field, Integer, Kind, Presence, Quantity, Ratio, Scalar as _, foreign,
};
use crate::source::Span;
use crate::syntax::{Entry, Name, Value, ValueKind};

impl Decoder<'_> {
    /// Reports a label where there is none. A text in its place is the value of what takes one.
    pub(super) fn no_label(&mut self, entry: &Entry, label: &Name, takes_value: bool) {
        let key = &entry.key;
        let is_number = label.text.starts_with(|c: char| c.is_ascii_digit());
        let help = if takes_value && entry.value.is_none() && (label.quoted || is_number) {
            Some(
                Help::add(" =", Span { start: key.span.end, ..key.span })
                    .led_by("a value is given with `=`: "),
            )
        } else if !label.quoted && !key.quoted && entry.value.is_some() {
            Some(format!("a key is one word, such as `{}_{}`", key.text, label.text).into())
        } else {
            None
        };
        self.report(
            Diagnostic::new(codes::TYP008, format!("`{}` takes no label", key.text))
                .at(label.span, "does not belong here")
                .help_maybe(help),
        );
        self.reported = Some(label.span);
    }

    /// Reports a key that a block does not have.
    pub(super) fn unknown_key(&mut self, item: &Entry, around: &Entry, schema: &Block) {
        let key = item.key.text.as_str();
        let components = if schema.key == "service" { self.components } else { &[] };
        let known = schema.fields.iter().map(|field| field.key);
        let near = did_you_mean(key, known.chain(components.iter().map(SmolStr::as_str)));
        let near = near.filter(Help::is_near);
        let help = of_top(item, (&around.key, around.label.as_ref()), self.top)
            .or_else(|| foreign(key, schema))
            .map(Help::from);
        let help = help.or(near).or_else(|| inside(key, schema).map(Help::from));
        let help = help.or_else(|| {
            (schema.fields.len() <= MOST_KEYS)
                .then(|| format!("`{}` takes {}", schema.key, keys(schema)).into())
        });
        self.report(
            Diagnostic::new(codes::TYP005, format!("{} has no key `{key}`", called(schema)))
                .at(item.key.span, "unknown key")
                .help_maybe(help),
        );
    }
}

/// The name of a block in messages.
pub(super) fn called(schema: &Block) -> String {
    if schema.key == "source" { "the top level".to_owned() } else { format!("`{}`", schema.key) }
}

/// The diagnostic of an entry that is the rest of the number before it: `1,5GiB` ends at its comma.
pub(super) fn decimal_comma(entries: &[Entry], at: usize) -> Option<Diagnostic> {
    let rest = entries.get(at).filter(|it| it.label.is_none() && it.value.is_none() && it.body.is_none())?;
    let before = entries.get(at.checked_sub(1)?).filter(|it| it.body.is_none())?;
    let value = before.value.as_ref()?;
    let ValueKind::Number(whole) = &value.kind else { return None };
    let follows = value.span.file == rest.key.span.file && value.span.end + 1 == rest.key.span.start;
    let is_rest = rest.key.text.starts_with(|c: char| c.is_ascii_digit())
        && rest.key.text.chars().all(|c| c.is_ascii_alphanumeric() || c == '%');
    let is_whole = whole.chars().all(|c| c.is_ascii_digit());
    let number = &rest.key.text;
    (follows && is_rest && is_whole && !rest.key.quoted).then(|| {
        Diagnostic::new(codes::SYN001, format!("`{whole},{number}` is two entries: a comma ends the first"))
            .at(value.span.to(rest.key.span), "decimals have a point")
            .help(Help::write(format!("{whole}.{number}")))
    })
}

/// Reports every entry, at any depth, that is the rest of the number before it: to put it on a line of its own would hide that.
pub fn decimal_commas(entries: &[Entry], sink: &mut Sink) {
    for (at, entry) in entries.iter().enumerate() {
        if let Some(diagnostic) = decimal_comma(entries, at) {
            sink.report(diagnostic);
        }
        decimal_commas(entry.entries(), sink);
        if let Some(value) = &entry.value {
            in_value(value, sink);
        }
    }
}

fn in_value(value: &Value, sink: &mut Sink) {
    match &value.kind {
        ValueKind::Body(body) => decimal_commas(&body.entries, sink),
        ValueKind::List(items) => items.iter().for_each(|item| in_value(item, sink)),
        _ => {}
    }
}

/// The probable meaning of a word in the place of `true`: the value of the key in the same block whose description names the
/// word.
pub(super) fn of_another_key(entry: &Entry, schema: &Block) -> Option<(Span, Help)> {
    let value = entry.value.as_ref()?;
    let ValueKind::Reference(path) = &value.kind else { return None };
    let is_switch =
        schema.value.as_ref().is_some_and(|own| (own.kind)().describe() == bool::shape().describe());
    let word = path.text();
    let field = schema.fields.iter().find(|field| field.doc.contains(&format!("`{word}`")))?;
    let meant = format!("true {{ {} = {word} }}", field.key);
    let help = match entry.body {
        None => Help::write(meant),
        Some(_) => format!("it belongs into the body: `true {{ {} = {word}, … }}`", field.key).into(),
    };
    is_switch.then_some((value.span, help))
}

/// What a number with a unit was meant as where none belongs: the value of another key of the block, perhaps.
pub(super) fn of_a_count(item: &Entry, field: &Field, schema: &Block) -> Option<(Span, Help)> {
    let value = item.value.as_ref()?;
    let ValueKind::Number(word) = &value.kind else { return None };
    let number = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let is_of = |field: &Field, shape: Kind| match ((field.kind)(), shape) {
        (Kind::Scalar(words), Kind::Scalar(wanted)) => words == wanted,
        _ => false,
    };
    if number.len() == word.len() || !is_of(field, Integer::shape()) {
        return None;
    }
    let (shape, what) = match Quantity::parse(word)? {
        Quantity::Duration(_) => (Duration::shape(), "a duration"),
        Quantity::Bytes(_) => (Bytes::shape(), "a size"),
        Quantity::Ratio(_) => (Ratio::shape(), "a ratio"),
    };
    let alone = format!("a number has no unit: `{} = {number}`", field.key);
    let other = schema.fields.iter().find(|other| is_of(other, shape));
    let text = match other.filter(|_| schema.fields.len() <= MOST_KEYS) {
        Some(other) => format!("{alone}; {what} is `{} = {word}`", other.key),
        None => alone,
    };
    Some((value.span, text.into()))
}

/// The help for an entry without a value. `says` describes the value, and `shape` its form.
pub(super) fn of_no_value(entry: &Entry, says: &str, shape: &str) -> String {
    let key = &entry.key.text;
    // A number names no port: what stands there is meant as the value.
    if let Some(label) = entry.label.as_ref().filter(|label| !label.quoted)
        && NAMED.contains(&key.as_str())
        && label.text.chars().all(|c| c.is_ascii_digit())
    {
        return format!("a name comes before it: `{key} NAME = {}`", label.text);
    }
    // Docker writes a volume and its path as one.
    if let Some((name, inner)) = entry.label.as_ref().and_then(|label| label.text.split_once(':'))
        && matches!(key.as_str(), "volume" | "mount")
        && inner.starts_with('/')
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    {
        return format!("a name comes before it: `{key} {name} = \"{inner}\"`");
    }
    // What is no name stands where the name belongs.
    if let Some(label) = entry.label.as_ref().filter(|label| label.quoted && label.text.contains(['/', ':']))
        && NAMED.contains(&key.as_str())
    {
        return format!("a name comes before it: `{key} NAME = \"{}\"`", label.text);
    }
    // Docker writes both paths as one.
    if let Some((host, inner)) = entry.label.as_ref().and_then(|label| label.text.split_once(':'))
        && inner.starts_with('/')
    {
        return format!(
            "a path of the host and one of the container are two: `{key} \"{host}\" = \"{inner}\"`"
        );
    }
    let head = match &entry.label {
        Some(label) if label.quoted => format!("{key} \"{}\"", label.text),
        Some(label) => format!("{key} {}", label.text),
        None => key.to_string(),
    };
    format!("write `{head} = …`, {}: {shape}", in_a_sentence(says))
}

/// The help for a line of cron in the place of the word for it.
pub(super) fn of_a_schedule(word: &str, words: &[(&str, &str)]) -> Option<Help> {
    let is_cron = word.split_whitespace().count() == 5 && !word.contains(['"', '\\', '$']);
    let is_known = words.iter().any(|(known, _)| *known == "schedule");
    (is_cron && is_known).then(|| Help::write(format!("schedule {{ cron = \"{word}\" }}")))
}

/// The help for a value of a block that takes none.
pub(super) fn of_a_value(entry: &Entry, schema: &Block) -> String {
    if let Some(Value { kind, .. }) = &entry.value {
        let key = &entry.key.text;
        match (kind, schema.fields.first()) {
            (ValueKind::Number(number), Some(first)) if number.chars().all(|c| c.is_ascii_digit()) => {
                return format!("it has a body: `{key} {{ {} = {number} }}`", first.key);
            }
            (ValueKind::Text(text), _) => {
                if let Some((number, unit)) = text.as_literal().and_then(of_a_rate)
                    && ["rate", "per"].iter().all(|it| schema.fields.iter().any(|field| field.key == *it))
                {
                    return format!("it has a body: `{key} {{ rate = {number}, per = 1{unit} }}`");
                }
            }
            _ => {}
        }
    }
    let some = (schema.fields.len() <= MOST_KEYS).then(|| format!(": {}", keys(schema)));
    match (some, schema.fields.first()) {
        (Some(keys), Some(first)) => {
            format!(
                "what belongs to it stands in a body, such as `{} {{ {} … }}`{keys}",
                entry.key.text, first.key
            )
        }
        _ => "what belongs to it stands in `{ … }`".to_owned(),
    }
}

/// A rate as nginx writes it: `10r/s`, `30r/m`.
fn of_a_rate(text: &str) -> Option<(u64, &str)> {
    let (number, unit) = text.split_once("r/")?;
    let number = number.parse().ok()?;
    matches!(unit, "s" | "m").then_some((number, unit))
}

/// The help for a word that means nothing at all in other languages.
pub(super) fn of_nothing(value: &Value) -> Option<Help> {
    let ValueKind::Reference(path) = &value.kind else { return None };
    matches!(path.word()?, "null" | "nil" | "none" | "undefined")
        .then(|| "where nothing is to be said, the key is left out".into())
}

/// Where a block belongs that stands in another one: at the top level, whose keys are `top`. `around` is the head of the other one.
#[must_use]
pub fn of_top(item: &Entry, around: (&Name, Option<&Name>), top: &[Field]) -> Option<String> {
    let key = item.key.text.as_str();
    let label = item.label.as_ref()?;
    // Where an override stands, depends on what it extends.
    let of_many =
        |field: &Field| field.key == key && key != "override" && matches!(field.presence, Presence::Many);
    if !OF_FILES.contains(&key) && !top.iter().any(of_many) {
        return None;
    }
    let head =
        if label.quoted { format!("{key} \"{}\"", label.text) } else { format!("{key} {}", label.text) };
    Some(match around {
        (outer, Some(name)) if key == "environment" => format!(
            "it stands at the top level, and names there what it changes: `{head} {{ {} {} {{ … }} }}`",
            outer.text, name.text
        ),
        _ if key == "import" => format!("it stands at the top level: `{head}`"),
        _ => format!("it stands at the top level: `{head}{}`", behind(item)),
    })
}

/// What stands at the top level of a file and is in no platform.
const OF_FILES: &[&str] = &["component", "environment", "import"];

/// What follows the name of an entry, with `…` for what it holds.
fn behind(entry: &Entry) -> &'static str {
    match (&entry.value, &entry.body) {
        (Some(_), _) => " = …",
        (None, Some(_)) => " { … }",
        (None, None) => "",
    }
}

/// The help for an entry without a name.
pub(super) fn of_no_name(entry: &Entry) -> String {
    let behind = match (&entry.value, &entry.body) {
        (Some(Value { kind: ValueKind::Number(number), .. }), _) => format!(" = {number}"),
        (Some(_), _) => " = …".to_owned(),
        (None, Some(_)) => " { … }".to_owned(),
        (None, None) => " …".to_owned(),
    };
    format!("write `{} NAME{behind}`, with a name of your choice", entry.key.text)
}

/// Blocks with a name, and with a path, an address or a number as their value.
const NAMED: &[&str] = &["volume", "mount", "port", "outside", "site"];

/// The help for a key that stands one level too high.
pub(super) fn inside(key: &str, schema: &Block) -> Option<String> {
    schema.fields.iter().find_map(|field| match (field.kind)() {
        Kind::Block(block) if block.label.is_none() && block.fields.iter().any(|inner| inner.key == key) => {
            Some(format!("it stands in `{} {{ {key} = … }}`", field.key))
        }
        _ => None,
    })
}

/// The first sentence of a description as a part of another one.
fn in_a_sentence(doc: &str) -> String {
    let sentence = doc.split_once(". ").map_or(doc, |(first, _)| first).trim().trim_end_matches('.');
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

pub(super) fn keys(schema: &Block) -> String {
    if schema.fields.is_empty() {
        "no entries".to_owned()
    } else {
        list_of(schema.fields.iter().map(|field| field.key))
    }
}

//! The shape that a key takes at its place: whether an entry may have the label and the value that it has.
//!
//! The schema of the blocks around an entry says so. Where they are those of a component, which has keys of its own, every
//! key is possible.

use crate::diagnostic::Sink;
use crate::model::{Document, Service};
use crate::notation::authority::Authority;
use crate::schema::{Block, Field, Kind, foreign, refuses};
use crate::source::Sources;
use crate::standard;
use crate::syntax::{self, Entry, ValueKind};

/// What is taken out of a body before its schema is looked at.
pub(super) const OF_ANY_BODY: &[&str] = &[
    "enabled",
    "when",
    "each",
    "template",
    "parameter",
    "child",
    "output",
    "mixin",
    "import",
    "component",
    "defaults",
];

/// Why an entry of a source is not what its key takes there: `None` where it is, or where the schema does not say so. Its head ends
/// at `at`; it has a value, or else a body.
#[must_use]
pub(crate) fn mismatch(text: &str, at: usize, has_value: bool) -> Option<String> {
    let (around, head) = around(text.get(..at)?);
    let rest = if has_value { " = \"\"" } else { " { }" };
    let alone = format!("{}{head}{rest}\n{}", around.concat(), "}\n".repeat(around.len()));
    let mut sources = Sources::default();
    let id = sources.add("", alone);
    let file = syntax::parse(&sources, id, &mut Sink::default());
    let mut entries = file.entries.as_slice();
    let mut level = Level::Known(Document::SCHEMA);
    for _ in &around {
        let [entry] = entries else { return None };
        level = level.below(entry)?;
        entries = entry.entries();
    }
    let [entry] = entries else { return None };
    level.refuses(entry)
}

/// What says here what another language says by the key that ends at a place of a text: `None` where it is no such key.
#[must_use]
pub(crate) fn meant_elsewhere(text: &str, at: usize) -> Option<String> {
    let (around, head) = around(text.get(..at)?);
    let key = head.trim().trim_matches('"');
    let is_word = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let heads = format!("{}\n{}", around.concat(), "}\n".repeat(around.len()));
    let mut sources = Sources::default();
    let id = sources.add("", heads);
    let file = syntax::parse(&sources, id, &mut Sink::default());
    let mut entries = file.entries.as_slice();
    let mut level = Level::Known(Document::SCHEMA);
    for _ in &around {
        let [entry] = entries else { return None };
        // An instance may have a parameter that is called so.
        level.field(&entry.key.text)?;
        level = level.below(entry)?;
        entries = entry.entries();
    }
    let block = match level {
        Level::Known(block) => block,
        Level::Service => Service::SCHEMA,
    };
    (is_word && level.field(key).is_none()).then(|| foreign(key, block)).flatten()
}

/// Why a text that is put in quotes is not what its place takes: `None` where it is, or where nothing is known of it. The value starts
/// at `at`.
#[must_use]
pub(crate) fn unquotable(text: &str, at: usize, inner: &str) -> Option<String> {
    let (around, head) = around(text.get(..at)?);
    let alone = format!("{}{head}\"\"\n{}", around.concat(), "}\n".repeat(around.len()));
    let mut sources = Sources::default();
    let id = sources.add("", alone);
    let file = syntax::parse(&sources, id, &mut Sink::default());
    let mut entries = file.entries.as_slice();
    let mut level = Some(Level::Known(Document::SCHEMA));
    // The kind of the values of a body of free keys, and the component whose instance stands around.
    let (mut free, mut component) = (None, None);
    for _ in &around {
        let [entry] = entries else { return None };
        let key = entry.key.text.as_str();
        let field = level.and_then(|level| level.field(key));
        free = match field.map(|field| (field.kind)()) {
            Some(Kind::Map(item)) => Some(item()),
            _ => None,
        };
        component = field.is_none().then(|| standard::component(key)).flatten().map(|(_, source)| source);
        level = level.and_then(|level| level.below(entry));
        entries = entry.entries();
    }
    let [entry] = entries else { return None };
    entry.value.as_ref()?;
    if let Some(kind) = free {
        return of_the_platform(inner).or_else(|| refuses(&kind, inner));
    }
    let key = entry.key.text.as_str();
    let Some(field) = level?.field(key) else { return of_a_parameter(component?, key) };
    match (field.kind)() {
        Kind::Block(block) => refuses(&(block.value.as_ref()?.kind)(), inner),
        kind => refuses(&kind, inner),
    }
}

/// What stands in the place of `db:5432`, which says no connection where it is text.
fn of_the_platform(inner: &str) -> Option<String> {
    let Authority { host, port } = Authority::parse(inner)?;
    let is_name = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (is_name && port?.parse::<u16>().is_ok()).then(|| {
        format!(
            "a service of the platform is named by its port, which connects both: `{host}.PORT.address`; other text is quoted"
        )
    })
}

/// Why a text is no value of a parameter of a standard component, which has another type.
fn of_a_parameter(component: &str, key: &str) -> Option<String> {
    let mut sources = Sources::default();
    let id = sources.add("", component.to_owned());
    let file = syntax::parse(&sources, id, &mut Sink::default());
    let is_it = |entry: &&Entry| {
        entry.key.text == "parameter" && entry.label.as_ref().is_some_and(|label| label.text == key)
    };
    let parameter = file.entries.iter().flat_map(Entry::entries).find(is_it)?;
    let given = parameter.value.iter().map(|value| &value.kind);
    let types = parameter.entries().iter().filter(|entry| entry.key.text == "type");
    let mut types = given.chain(types.filter_map(|entry| entry.value.as_ref()).map(|value| &value.kind));
    types.find_map(|kind| match kind {
        ValueKind::Reference(path) if path.text() == "text" => None,
        ValueKind::Reference(path) => Some(format!("`{key}` is of type `{}`", path.text())),
        _ => None,
    })
}

/// The heads of the bodies that are open at the end of a text, each with its brace, and what stands behind the last entry there.
fn around(text: &str) -> (Vec<&str>, &str) {
    let mut open = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        let rest = &text[at..];
        match byte {
            b'"' if rest.starts_with("\"\"\"") => {
                at += rest[3..].find("\"\"\"").map_or(rest.len(), |end| end + 6);
                continue;
            }
            b'"' => {
                at += text_length(rest);
                continue;
            }
            b'#' => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            b'{' => {
                open.push(&text[start..=at]);
                start = at + 1;
            }
            b'}' => {
                open.pop();
                start = at + 1;
            }
            b',' | b'\n' => start = at + 1,
            _ => {}
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    (open, text.get(start..).unwrap_or_default())
}

/// The length of a text of one line, with its quotes.
fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\n' => return at,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

/// What may stand at a level of a source.
#[derive(Clone, Copy)]
enum Level {
    /// The keys of a block and no others, but for instances of components where services may stand.
    Known(&'static Block),
    /// The keys of a service, and those of a component.
    Service,
}

impl Level {
    fn field(self, key: &str) -> Option<&'static Field> {
        let block = match self {
            Self::Known(block) => block,
            Self::Service => Service::SCHEMA,
        };
        block.fields.iter().find(|field| field.key == key)
    }

    /// The level of an entry's body; `None` where any keys may stand.
    fn below(self, entry: &Entry) -> Option<Self> {
        let key = entry.key.text.as_str();
        match (self.field(key).map(|field| (field.kind)()), key) {
            (Some(Kind::Block(block)), _) if std::ptr::eq(block, Service::SCHEMA) => Some(Self::Service),
            (Some(Kind::Block(block)), _) => Some(Self::Known(block)),
            (Some(_), _) => None,
            (None, "environment") => Some(Self::Known(Document::SCHEMA)),
            (None, _) => Some(Self::Service),
        }
    }

    fn refuses(self, entry: &Entry) -> Option<String> {
        let key = entry.key.text.as_str();
        if OF_ANY_BODY.contains(&key) {
            return None;
        }
        let Some(field) = self.field(key) else {
            let is_instance = standard::component(key).is_some() && entry.value.is_none();
            return match self {
                Self::Known(block) if !is_instance => Some(format!("`{}` has no key `{key}`", block.key)),
                _ => None,
            };
        };
        let kind = (field.kind)();
        let Kind::Block(block) = kind else {
            let is_body = matches!(kind, Kind::Map(_) | Kind::Raw);
            return (is_body && entry.value.is_some())
                .then(|| format!("`{key}` has a body: `{key} {{ … }}`"));
        };
        let label = if block.label.is_some() { " NAME" } else { "" };
        match (&block.value, &entry.value) {
            _ if block.label.is_some() && entry.label.is_none() => {
                let value = if block.value.is_some() { " = …" } else { " { … }" };
                Some(format!("`{key}` has a name: `{key} NAME{value}`"))
            }
            (Some(value), None) if value.required => {
                Some(format!("`{key}` needs a value: `{key}{label} = …`"))
            }
            (None, Some(_)) => Some(format!("`{key}` has a body: `{key}{label} {{ … }}`")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{meant_elsewhere, mismatch, unquotable};

    #[test]
    fn the_place_decides() {
        let instance = crate::standard::COMPONENTS[0].0;
        let cases = [
            ("service api {\n  port", true, Some("`port NAME = …`")),
            ("service api { init = true, port", true, Some("`port NAME = …`")),
            ("service api {\n  port http", true, None),
            ("service api {\n  metrics { port", true, None),
            ("service api {\n  # {\n  image", true, None),
            ("service api {\n  image = \"{ \\\" {\"\n  init", true, None),
            (
                "service api {\n  config \"/a\" = \"\"\"\n    {\n    \"\"\"\n  port",
                true,
                Some("`port NAME = …`"),
            ),
            ("service api {\n  env", true, Some("`env { … }`")),
            ("service api {\n  env { A", true, None),
            ("service api {\n  health", true, Some("`health { … }`")),
            ("service api {\n  build", false, Some("`build = …`")),
            ("service api {\n  health", false, None),
            ("service", false, Some("`service NAME { … }`")),
            ("network", true, Some("`network NAME { … }`")),
            ("environment e {\n  service api {\n    volume", true, Some("`volume NAME = …`")),
            ("host main {\n  disc", true, Some("no key `disc`")),
            ("host main { disk = 3GiB }\nx", true, Some("no key `x`")),
            ("INSTANCE {\n  storage", true, None),
            ("INSTANCE {\n  port", true, Some("`port NAME = …`")),
            ("INSTANCE", false, None),
        ];
        for (source, has_value, expected) in cases {
            let source = source.replace("INSTANCE", instance);
            let found = mismatch(&source, source.len(), has_value);
            match expected {
                None => assert_eq!(found, None, "{source}"),
                Some(words) => {
                    assert!(found.as_deref().is_some_and(|it| it.contains(words)), "{source}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn a_text_is_offered_where_one_is_taken() {
        let cases = [
            ("service api {\n  port http = ", "8080/tcp", Some("8080 { protocol = tcp }")),
            ("service api {\n  env { DB = ", "db:5432", Some("`db.PORT.address`")),
            ("service api {\n  env { DB = ", "db.example.com:5432", None),
            ("service api {\n  image = ", "cache:7", None),
            ("service api {\n  health { readiness = ", "ready/x", Some("starts with `/`")),
            ("service api {\n  health { readiness = ", "/ready", None),
            ("site shop = ", "shop.example.com/a", None),
            ("site shop = \"a\" { route \"/\" = ", "api:8080", Some("`api.http`")),
            ("offsite nas { secret_key = ", "x", Some("the name of a secret")),
            ("alert Up { expr = ", "up == 0", None),
        ];
        for (source, inner, expected) in cases {
            let found = unquotable(source, source.len(), inner);
            match expected {
                None => assert_eq!(found, None, "{source}"),
                Some(words) => {
                    assert!(found.as_deref().is_some_and(|it| it.contains(words)), "{source}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn keys_of_other_languages_are_known_where_they_stand() {
        let said = |source: &str| meant_elsewhere(source, source.len());
        assert!(said("service api {\n  restart").is_some_and(|it| it.contains("run = always")));
        assert!(said("services").is_some());
        assert_eq!(said("service api {\n  image"), None);
    }
}

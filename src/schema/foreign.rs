//! Keys of other languages, and what says the same here.

mod words;

use super::Block;

pub use words::WORDS;

/// A key that people know from another language.
#[derive(Debug)]
pub struct Foreign {
    /// The block around it: `source` is the top level.
    pub within: &'static str,
    /// The key in the other language.
    pub key: &'static str,
    /// The counterpart here.
    pub ours: Ours,
    /// A note; empty where there is none.
    pub note: &'static str,
}

/// The counterpart of a key of another language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ours {
    /// An entry of the same block.
    Here(&'static str),
    /// An entry of the top level.
    Top(&'static str),
    /// An entry of a service.
    Service(&'static str),
    /// None: the note gives the reason.
    Nothing,
}

/// The counterpart of a key in words, where a block has no such key.
#[must_use]
pub fn foreign(key: &str, schema: &Block) -> Option<String> {
    if key == "override" {
        return Some(override_of(schema));
    }
    let folded =
        |text: &str| text.chars().filter(|c| !matches!(c, '_' | '-')).collect::<String>().to_lowercase();
    let key_folded = folded(key);
    let found = WORDS.iter().find(|it| it.within == schema.key && folded(it.key) == key_folded)?;
    Some(found.words(key))
}

/// The place of an override. That of a volume extends its claim, and stands at the object.
fn override_of(schema: &Block) -> String {
    let shared = schema.fields.iter().any(|field| field.key == "concurrent");
    match schema.key {
        "volume" if shared => "its claim is extended at the top: `override kubernetes { PersistentVolumeClaim NAME { … } }`".to_owned(),
        "volume" => "its claim is extended in the service: `override kubernetes { StatefulSet { spec { volumeClaimTemplates = \
             [{ metadata { name = NAME }, … }] } } }`"
            .to_owned(),
        _ => "`override TARGET { … }` stands in a service, or at the top".to_owned(),
    }
}

impl Foreign {
    /// The help about a key, as the table holds it.
    #[must_use]
    pub fn words(&self, written: &str) -> String {
        let note = if self.note.is_empty() { String::new() } else { format!(": {}", self.note) };
        match self.ours {
            Ours::Here(example) => format!("what other languages call `{written}` is `{example}` here{note}"),
            Ours::Top(example) => {
                format!("what other languages call `{written}` is `{example}` here, at the top level{note}")
            }
            Ours::Service(example) => {
                format!("what other languages call `{written}` is `{example}` here, in a service{note}")
            }
            Ours::Nothing => format!("what other languages call `{written}` is no key here{note}"),
        }
    }
}

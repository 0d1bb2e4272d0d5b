//! Keys that a block lacks: what says the same there, and where they stand.

use super::{Block, Kind};

/// Blocks, keys of other languages that these have there, and what says the same here.
const FOREIGN: &[(&str, &str, &str)] = &[
    ("service", "depends_on", "`after = [NAME]`, and a reference orders by itself"),
    ("service", "restart", "`run`: `always`, `once`, `each_host` or `schedule`"),
    ("service", "environment", "`env { NAME = \"value\" }`"),
    ("service", "healthcheck", "`health { … }`"),
    ("service", "ports", "`port NAME = NUMBER { publish = … }`"),
    ("service", "volumes", "`volume NAME = \"/path\"`"),
    ("service", "cap_add", "`security { capabilities = [ … ] }`"),
    ("service", "privileged", "`security { privileged = true, reason = \"…\" }`"),
    ("service", "replicas", "`scale { min = NUMBER }`"),
    ("service", "deploy", "`resources { … }` and `scale { … }`"),
    ("service", "container_name", "nothing: the service's own name is used"),
    (
        "network",
        "external",
        "nothing: what others made is reached by an address, `outside NAME = \"host:port\"`",
    ),
];

/// What another language calls so, or where a key stands that a block lacks.
pub(super) fn foreign(key: &str, schema: &Block) -> Option<String> {
    if key == "override" {
        return Some(override_of(schema));
    }
    let (.., ours) = FOREIGN.iter().find(|(block, foreign, _)| *foreign == key && schema.key == *block)?;
    Some(format!("what other languages call `{key}` is {ours} here"))
}

/// Where an override stands. That of a volume extends the claim that is made of it, and stands at the object.
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

/// Where a key belongs that stands one level too high.
pub(super) fn inside(key: &str, schema: &Block) -> Option<String> {
    schema.fields.iter().find_map(|field| match (field.kind)() {
        Kind::Block(block) if block.label.is_none() && block.fields.iter().any(|inner| inner.key == key) => {
            Some(format!("did you mean `{} {{ {key} = … }}`?", field.key))
        }
        _ => None,
    })
}

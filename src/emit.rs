//! How artifacts become text: structured formats are serde values printed by one printer, text
//! formats are templates. A scalar is never put into YAML by hand.

mod comment;
mod entries;
mod node;
mod template;
mod yaml;

pub use comment::with_header;
pub use entries::Entries;
pub use node::Node;
pub use template::render;
pub use yaml::{Section, yaml};

/// Styles of YAML: `[a, b]`, `{a: b}`, `"a"`, and a comment behind a value.
pub use serde_saphyr::{Commented, DoubleQuoted, FlowMap, FlowSeq};

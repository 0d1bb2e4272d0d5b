//! How artifacts become text: structured formats are serde values printed by one printer, text
//! formats are templates. A scalar is never put into YAML or HCL by hand.

mod comment;
mod entries;
pub mod hcl;
mod json;
mod layout;
mod node;
mod template;
mod yaml;

pub use comment::with_header;
pub use entries::Entries;
pub use json::json;
pub use layout::{Apart, Commented};
pub use node::{Map, Node};
pub use template::render;
pub use yaml::{yaml, yaml_documents, yaml_object, yaml_rest, yaml_tree};

/// Styles of YAML: `[a, b]`, `{a: b}` and `"a"`.
pub use serde_saphyr::{DoubleQuoted, FlowMap, FlowSeq};

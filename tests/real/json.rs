//! JSON as its standard has it (RFC 8259), which most readers of other formats do not insist on.

use pest::Parser as _;

#[derive(pest_derive::Parser)]
#[grammar_inline = r#"
WHITESPACE = _{ " " | "\t" | "\r" | "\n" }
file       =  { SOI ~ value ~ EOI }
value      =  { object | array | text | number | "true" | "false" | "null" }
object     =  { "{" ~ (pair ~ ("," ~ pair)*)? ~ "}" }
pair       =  { text ~ ":" ~ value }
array      =  { "[" ~ (value ~ ("," ~ value)*)? ~ "]" }
text       = @{ "\"" ~ (escape | !("\"" | "\\" | '\u{00}'..'\u{1f}') ~ ANY)* ~ "\"" }
escape     = @{ "\\" ~ (^"u" ~ ASCII_HEX_DIGIT{4} | "\"" | "\\" | "/" | "b" | "f" | "n" | "r" | "t") }
number     = @{ "-"? ~ ("0" | ASCII_NONZERO_DIGIT ~ ASCII_DIGIT*) ~ ("." ~ ASCII_DIGIT+)? ~ (^"e" ~ ("+" | "-")? ~ ASCII_DIGIT+)? }
"#]
struct Json;

/// Whether a text is JSON, else what stands in the way.
pub(crate) fn judge(text: &str) -> Result<(), String> {
    Json::parse(Rule::file, text).map(drop).map_err(|error| error.to_string())
}

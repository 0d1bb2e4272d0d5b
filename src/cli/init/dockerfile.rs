//! What a Dockerfile says of the image that is built by it (moby/buildkit:frontend/dockerfile/docs/reference.md).

use std::collections::BTreeMap;

/// What the last stage comes to, with what it has from the stages that it is made of.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Image {
    /// The image at the bottom; `None` where it is none, or cannot be known before a build.
    pub(super) base: Option<String>,
    /// The first port of TCP that it exposes.
    pub(super) port: Option<u16>,
    /// Whether it has a check of its own.
    pub(super) health: bool,
}

/// Arguments and variables with their values.
type Known = BTreeMap<String, String>;

pub(super) fn read(text: &str) -> Image {
    let mut stages: Vec<(Option<String>, Image)> = Vec::new();
    // Arguments before the first stage are for `FROM` alone, those of a stage for what stands in it.
    let mut global = Known::new();
    let mut own = Known::new();
    for (name, rest) in instructions(text) {
        let known = if stages.is_empty() { &global } else { &own };
        // What is run is read by a shell of the container, with variables of its own.
        let plain = (name == "healthcheck").then(|| rest.clone());
        let rest = plain.or_else(|| resolved(&rest, if name == "from" { &global } else { known }));
        let words: Vec<&str> = rest.as_deref().unwrap_or_default().split_whitespace().collect();
        match (name.as_str(), stages.last_mut()) {
            ("from", _) => {
                let words: Vec<&str> = words.into_iter().filter(|word| !word.starts_with("--")).collect();
                let called = match words.as_slice() {
                    [_, as_, called, ..] if as_.eq_ignore_ascii_case("as") => Some((*called).to_lowercase()),
                    _ => None,
                };
                let of = words.first().map(|image| image.to_lowercase());
                let before = stages.iter().rev().find(|(name, _)| name.is_some() && *name == of);
                let image = match (before, words.first()) {
                    (Some((_, image)), _) => image.clone(),
                    (None, Some(image)) if *image != "scratch" && !image.contains(['"', '\\', '$']) => {
                        Image { base: Some((*image).to_owned()), ..Image::default() }
                    }
                    _ => Image::default(),
                };
                own = Known::new();
                stages.push((called, image));
            }
            ("arg" | "env", stage) => {
                let into = if stage.is_none() { &mut global } else { &mut own };
                let pairs = words.iter().filter_map(|word| word.split_once('='));
                let pairs: Vec<(String, String)> =
                    pairs.map(|(name, value)| (name.to_owned(), unquoted(value).to_owned())).collect();
                // `ARG NAME` in a stage takes over what stands before the first one.
                let plain: Vec<String> =
                    words.iter().filter(|word| !word.contains('=')).map(|word| (*word).to_owned()).collect();
                into.extend(pairs);
                if name == "arg" && !stages.is_empty() {
                    for word in plain {
                        if let Some(value) = global.get(&word) {
                            own.insert(word, value.clone());
                        }
                    }
                } else if let ("env", [name, value]) = (name.as_str(), plain.as_slice()) {
                    own.insert(name.clone(), value.clone());
                }
            }
            ("expose", Some((_, image))) if image.port.is_none() => {
                let tcp = words.iter().filter(|word| !word.to_lowercase().ends_with("/udp"));
                let mut numbers = tcp.filter_map(|word| word.split(['/', '-']).next()?.parse().ok());
                image.port = numbers.find(|port: &u16| *port > 0);
            }
            ("healthcheck", Some((_, image))) => {
                let first = words.iter().find(|word| !word.starts_with("--"));
                image.health = first.is_some_and(|word| word.eq_ignore_ascii_case("cmd"));
            }
            _ => {}
        }
    }
    stages.pop().map(|(_, image)| image).unwrap_or_default()
}

/// The instructions in lower case, each with what stands behind it, in one line.
fn instructions(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut whole = String::new();
        let mut line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        while let Some(before) = line.strip_suffix('\\') {
            whole.push_str(before);
            whole.push(' ');
            // Comments and empty lines between the lines of one instruction are left out.
            let next = lines.by_ref().map(str::trim).find(|next| !next.is_empty() && !next.starts_with('#'));
            line = next.unwrap_or_default();
        }
        whole.push_str(line);
        let Some((name, rest)) = whole.split_once(char::is_whitespace) else { continue };
        let name = name.to_lowercase();
        if matches!(name.as_str(), "run" | "copy" | "add") {
            skip_documents(rest, &mut lines);
        }
        found.push((name, rest.trim().to_owned()));
    }
    found
}

/// Passes over the lines of documents that stand in the instruction itself: `RUN <<EOF`.
fn skip_documents<'a>(rest: &str, lines: &mut impl Iterator<Item = &'a str>) {
    for (at, _) in rest.match_indices("<<") {
        let word = rest[at + 2..].trim_start_matches('-');
        let word = word.trim_matches(|c| matches!(c, '"' | '\''));
        let end: String = word.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !end.is_empty() {
            lines.by_ref().find(|line| line.trim() == end);
        }
    }
}

/// A text with its variables put in, `${NAME:-default}` among them; `None` where one is not known.
fn resolved(text: &str, known: &Known) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('$') {
        out.push_str(before);
        let (name, default, left) = if let Some(inner) = behind.strip_prefix('{') {
            let (inner, left) = inner.split_once('}')?;
            match inner.split_once(":-").or(inner.split_once('-')) {
                Some((name, default)) => (name, Some(default), left),
                None => (inner, None, left),
            }
        } else {
            let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(behind.len());
            (&behind[..end], None, &behind[end..])
        };
        let value = known.get(name).map(String::as_str).filter(|value| !value.is_empty()).or(default);
        // Builders set these themselves; no image is named by them.
        match value {
            Some(value) => out.push_str(value),
            None if name.starts_with("BUILD") || name.starts_with("TARGET") => {}
            None => return None,
        }
        rest = left;
    }
    out.push_str(rest);
    Some(out)
}

fn unquoted(text: &str) -> &str {
    let quoted = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    quoted('"').or(quoted('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{Image, read};

    fn image(base: Option<&str>, port: Option<u16>, health: bool) -> Image {
        Image { base: base.map(str::to_owned), port, health }
    }

    #[test]
    fn a_dockerfile_says_what_the_image_is_made_of() {
        let stages = "FROM node:24 AS build\nRUN x\nFROM --platform=$BUILDPLATFORM node:24-bookworm-slim as Run\nEXPOSE 53/udp 3000/tcp 9000\nFROM run\n";
        let arguments = "ARG V=\"3.12\"\n# a comment\nARG KIND\nFROM python:${V}-${KIND:-slim} AS build\nARG V\nENV PORT=8000\nFROM build\nENV PORT=81\nEXPOSE ${PORT}\nHEALTHCHECK --interval=5s \\\n  # why\n  CMD curl -f http://localhost/\n";
        let cases = [
            (stages, image(Some("node:24-bookworm-slim"), Some(3000), false)),
            (arguments, image(Some("python:3.12-slim"), Some(81), true)),
            ("FROM scratch\nEXPOSE 80", image(None, Some(80), false)),
            ("FROM ${BASE}\nEXPOSE $PORT", image(None, None, false)),
            ("FROM a:1\nHEALTHCHECK CMD x\nHEALTHCHECK NONE", image(Some("a:1"), None, false)),
            ("FROM a:1\nRUN <<EOF\nFROM b\nEOF\nEXPOSE 70000 8080", image(Some("a:1"), Some(8080), false)),
            ("", Image::default()),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}

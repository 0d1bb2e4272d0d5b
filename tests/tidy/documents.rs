//! The hand-written documents: every link leads somewhere, and the tutorial is one platform.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;

use super::{Result, none};
use crate::files::{File, repository, root};
use crate::markdown;

/// The lines of a text outside of its fences.
fn prose(text: &str) -> Vec<&str> {
    let mut is_fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            lines.push(line);
        }
    }
    lines
}

/// The anchors of a document's headings, as Git forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for line in prose(text) {
        let heading = line.trim_start_matches('#');
        if let Some(heading) = heading.strip_prefix(' ').filter(|_| heading.len() < line.len()) {
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            let anchor = kept.collect::<String>().to_lowercase().replace(' ', "-");
            let before = times.entry(anchor.clone()).or_default();
            found.insert(if *before == 0 { anchor } else { format!("{anchor}-{before}") });
            *before += 1;
        }
    }
    found
}

/// The path of a link from a document, without `..`.
fn target(of: &str, link: &str) -> String {
    let mut parts: Vec<&str> = of.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Links of a document that lead nowhere. `texts` holds every document by its path.
fn dead(file: &File, texts: &BTreeMap<&str, &str>) -> Result<Vec<String>> {
    let link = Regex::new(r"\]\(([^)\s]+)\)")?;
    let code = Regex::new("`[^`]*`")?;
    let mut dead = Vec::new();
    for line in prose(&file.text) {
        for found in link.captures_iter(&code.replace_all(line, "")) {
            let (path, anchor) = found[1].split_once('#').unwrap_or((&found[1], ""));
            if path.contains(':') {
                continue;
            }
            let goal = if path.is_empty() { file.path.clone() } else { target(&file.path, path) };
            let is_there = match texts.get(goal.as_str()) {
                Some(text) => anchor.is_empty() || anchors(text).contains(anchor),
                None => anchor.is_empty() && Path::new(&root()).join(&goal).exists(),
            };
            if !is_there {
                dead.push(format!("{}: {}", file.path, &found[1]));
            }
        }
    }
    Ok(dead)
}

#[test]
fn links_of_documents_lead_somewhere() -> Result {
    let files = repository()?;
    let documents: Vec<&File> =
        files.iter().filter(|file| file.is("", "md") && !file.is("tests", "")).collect();
    let texts = documents.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let mut complaints = Vec::new();
    for file in &documents {
        complaints.extend(dead(file, &texts)?);
    }
    none(&complaints);
    let twin = File { path: "docs/x.md".into(), text: "[a](y.md) [b](language.md#nowhere) [c](#d)".into() };
    assert_eq!(dead(&twin, &texts)?.len(), 3);
    Ok(())
}

/// The blocks of the tutorial in a row are one platform, without an error or a warning.
#[test]
fn the_tutorial_is_one_platform() -> Result {
    let text = std::fs::read_to_string(root().join("docs/tutorial.md"))?;
    let blocks = markdown::blocks(&text);
    assert!(blocks.len() > 5, "the blocks are not found");
    let source: Vec<String> = blocks.into_iter().map(|block| block.text).collect();
    assert_eq!(markdown::findings(&source.join("\n")), "");
    Ok(())
}

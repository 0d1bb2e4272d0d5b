//! `tests/reference/infrastructure.md` describes the stack that `platform.infra` rebuilds. Each of its ports,
//! paths, names and defaults is a fact in `tests/reference/facts.txt`, with what proves it: a place in the
//! artifacts, a place in the source, or a section of `docs/decisions.md` that settles it otherwise.

#[path = "reference/pages.rs"]
mod pages;

use regex::{Regex, RegexBuilder};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const DOCUMENT: &str = include_str!("reference/infrastructure.md");
const FACTS: &str = include_str!("reference/facts.txt");
const DECISIONS: &str = include_str!("../docs/decisions.md");

/// What of the document must be quoted by a fact: a name for the message, and what finds it. The first group
/// is the text that a quote has to hold.
const COMPLETE: &[(&str, &str)] = &[
    ("port", r":(\d{2,5})\b"),
    ("port", r"\| (\d{2,5}) \|"),
    ("port", r"(?i)\bport: (\d+)"),
    ("port", r"\blisten (\d+);"),
    ("variable", r"^\| `([A-Z_]+)` \|"),
    ("table row", r"^(\|.*\d.*\||\| `.*\|)$"),
    ("list item", r"^(- .*)$"),
    ("inline code", r"(?:^|[^`])`([^`\n]+)`(?:[^`]|$)"),
    ("address", r#"(https?://localhost:\d+[^\s"';]*)"#),
    ("script", r"(scripts/[\w-]+\.sh)"),
    ("make target", r"^(make [\w-]+)$"),
];

/// A quote of the document and what proves it, with the number of its line in `facts.txt`.
struct Fact {
    line: usize,
    quote: &'static str,
    proofs: Vec<&'static str>,
}

fn facts() -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for (index, text) in FACTS.lines().enumerate() {
        if let Some(quote) = text.strip_prefix("> ") {
            facts.push(Fact { line: index + 1, quote, proofs: Vec::new() });
        } else if let (true, Some(fact)) = (text.starts_with("  "), facts.last_mut()) {
            fact.proofs.push(text.trim());
        } else {
            assert!(text.is_empty() || text.starts_with('#'), "facts.txt:{}: {text}", index + 1);
        }
    }
    facts
}

#[test]
fn every_fact_of_the_document_is_kept_or_settled() -> Result<()> {
    let evidence = Evidence::collect()?;
    let mut wrong = Vec::new();
    for fact in facts() {
        let mut complain = |what: &str| {
            wrong.push(format!("facts.txt:{} `{}`\n    {what}", fact.line, fact.quote));
        };
        if !DOCUMENT.contains(fact.quote) {
            complain("does not stand in the document");
        }
        if fact.proofs.is_empty() {
            complain("has no proof");
        }
        for proof in &fact.proofs {
            if let Err(error) = evidence.prove(proof) {
                complain(&format!("{proof}\n    {error}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

#[test]
fn no_fact_of_the_document_is_passed_over() -> Result<()> {
    let quotes: Vec<&str> = facts().iter().map(|fact| fact.quote).collect();
    let quotes = quotes.join("\n");
    let mut missing = Vec::new();
    for (what, pattern) in COMPLETE {
        let mut found = 0;
        for text in regex(pattern)?.captures_iter(DOCUMENT).filter_map(|captures| captures.get(1)) {
            found += 1;
            // As a whole word, so that the port 900 is not found in 9000.
            let whole = format!(r"(?:^|\W){}(?:\W|$)", regex::escape(text.as_str()));
            if !regex(&whole)?.is_match(&quotes) {
                missing.push(format!("{what} `{}`", text.as_str()));
            }
        }
        assert!(found > 0, "`{pattern}` finds no {what}: the check is broken");
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "no fact quotes\n{}", missing.join("\n"));
    Ok(())
}

/// A decision that nothing leads to is a difference from the document that nobody declared.
#[test]
fn every_decision_is_named_by_a_fact() {
    let named: Vec<&str> = facts().iter().flat_map(|fact| fact.proofs.clone()).collect();
    let unnamed: Vec<String> =
        anchors().filter(|anchor| !named.contains(&format!("settled: {anchor}").as_str())).collect();
    assert!(unnamed.is_empty(), "no fact is settled by {unnamed:?}");
}

/// What a proof may look into.
struct Evidence {
    /// The artifacts of `platform.infra`; the folder is deleted with this value.
    built: tempfile::TempDir,
    source: String,
    /// Name and text of each standard component.
    components: Vec<(String, String)>,
}

impl Evidence {
    fn collect() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let source = root.join("platform.infra");
        let built = tempfile::tempdir()?;
        let output = Command::new(env!("CARGO_BIN_EXE_infrac"))
            .arg("build")
            .arg(&source)
            .arg("--out")
            .arg(built.path())
            .output()?;
        if !output.status.success() {
            return Err(format!("the build failed:\n{}", String::from_utf8_lossy(&output.stderr)).into());
        }
        // That of an environment stands in a folder of its name.
        let output = Command::new(env!("CARGO_BIN_EXE_infrac"))
            .args(["build", "--env", "staging", "--out"])
            .arg(built.path().join("staging"))
            .arg(&source)
            .output()?;
        if !output.status.success() {
            return Err(format!("the build failed:\n{}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let mut components = Vec::new();
        for path in files(&root.join("src"))? {
            if path.extension().is_some_and(|extension| extension == "infra") {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                components.push((name, fs::read_to_string(path)?));
            }
        }
        Ok(Self { built, source: fs::read_to_string(source)?, components })
    }

    /// Fails with the reason where the proof does not hold.
    fn prove(&self, proof: &str) -> Result<()> {
        if let Some(anchor) = proof.strip_prefix("settled: ") {
            return holds(anchors().any(|known| known == anchor), "no such section");
        }
        if let Some(place) = proof.strip_prefix("without ") {
            let (path, inner) = split_place(place);
            let text = self.artifact(path)?;
            return holds(section(&text, inner).is_none(), "is there");
        }
        let (place, pattern) = proof.split_once(": ").ok_or("is no proof")?;
        let pattern = regex(pattern.trim())?;
        let (place, inner) = split_place(place);
        let (kind, name) = place.split_once(' ').unwrap_or((place, ""));
        let text = match kind {
            "in" => self.artifact(name)?,
            "source" => self.source.clone(),
            "component" => self.components_where(|known| known == name),
            "declared" => self.components_where(|_| true) + &self.source,
            _ => return Err("is no proof".into()),
        };
        let text = section(&text, inner).ok_or("the place does not exist")?;
        holds(pattern.is_match(&text), "does not match")
    }

    fn artifact(&self, path: &str) -> Result<String> {
        let Some(folder) = path.strip_suffix("/**") else {
            return Ok(fs::read_to_string(self.built.path().join(path))?);
        };
        let paths = files(&self.built.path().join(folder))?;
        let texts: std::io::Result<Vec<String>> = paths.into_iter().map(fs::read_to_string).collect();
        Ok(texts?.join("\n"))
    }

    fn components_where(&self, wanted: impl Fn(&str) -> bool) -> String {
        let texts = self.components.iter().filter(|(name, _)| wanted(name));
        texts.map(|(_, text)| text.as_str()).collect()
    }
}

fn holds(condition: bool, otherwise: &str) -> Result<()> {
    if condition { Ok(()) } else { Err(otherwise.into()) }
}

fn regex(pattern: &str) -> Result<Regex> {
    Ok(RegexBuilder::new(pattern).multi_line(true).build()?)
}

/// `docker/x.yaml (a/b)` is the path and the way to a key inside.
fn split_place(place: &str) -> (&str, &str) {
    match place.split_once(" (") {
        Some((outer, inner)) => (outer, inner.trim_end_matches(')')),
        None => (place, ""),
    }
}

/// The part of a YAML or `.infra` text below a way of keys, judged by indentation alone.
fn section(text: &str, way: &str) -> Option<String> {
    let is_text = |line: &&&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let mut block: Vec<&str> = text.lines().collect();
    let mut body = 0; // the first line below the key that led here
    for key in way.split('/').filter(|key| !key.is_empty()) {
        let level = block[body..].iter().filter(is_text).map(|line| indent(line)).min()?;
        let leads = |line: &&str| {
            let rest = line.get(level..).and_then(|line| line.strip_prefix(key));
            indent(line) == level && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' ']))
        };
        let start = body + block[body..].iter().position(leads)?;
        // A list may stand at the level of its key.
        let belongs =
            |line: &&&str| !is_text(line) || indent(line) > level || line[level..].starts_with("- ");
        let length = block[start + 1..].iter().take_while(belongs).count();
        block = block[start..=start + length].to_vec();
        body = 1;
    }
    Some(block.join("\n"))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The anchors of the sections of `docs/decisions.md`, as Git forges make them from headings.
fn anchors() -> impl Iterator<Item = String> {
    let headings = DECISIONS.lines().filter_map(|line| line.strip_prefix("### "));
    headings.map(|heading| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    })
}

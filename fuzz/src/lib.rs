//! What the fuzz targets share: a project made of one input, what must hold of every compilation, and the
//! mutations that keep an input a source of the language.

pub mod mutate;
mod random;
mod words;

use std::collections::BTreeMap;

use infrac::diagnostic::{Diagnostic, Guard, MOST, Style, render};
use infrac::platform::Runtime;
use infrac::source::{Found, LoadError, Loader, Sources};
use infrac::target::TARGETS;
use infrac::{Compilation, Parsed, build};

/// The file that an input starts with.
pub const ENTRY: &str = "platform.infra";

/// A project: the files of an input. `-- NAME --` on a line of its own starts the next file, as in
/// `tests/cli/*.case`.
pub struct Project {
    files: BTreeMap<String, Vec<u8>>,
}

impl Project {
    /// The project of an input.
    #[must_use]
    pub fn new(data: &[u8]) -> Self {
        let mut files = BTreeMap::new();
        let mut name = ENTRY.to_owned();
        let mut content = Vec::new();
        for line in data.split_inclusive(|&byte| byte == b'\n') {
            let head = std::str::from_utf8(line).ok().and_then(|line| {
                line.trim_end().strip_prefix("-- ").and_then(|line| line.strip_suffix(" --"))
            });
            match head {
                Some(next) => {
                    files.insert(std::mem::replace(&mut name, next.to_owned()), std::mem::take(&mut content));
                }
                None => content.extend_from_slice(line),
            }
        }
        files.insert(name, content);
        Self { files }
    }

    fn load(&self, path: &str) -> Result<Found, LoadError> {
        if let Some(bytes) = self.files.get(path) {
            return Ok(Found::File(bytes.clone()));
        }
        let below = format!("{path}/");
        let inside = self.files.keys().filter_map(|name| {
            let rest = if path.is_empty() { name } else { name.strip_prefix(&below)? };
            Some(rest.split('/').next().unwrap_or(rest).to_owned())
        });
        let mut inside: Vec<String> = inside.collect();
        inside.dedup();
        if inside.is_empty() { Err(LoadError::Missing) } else { Ok(Found::Folder(inside)) }
    }

    /// Compiles the project as it stands, and with each of at most so many of its environments, for each runtime.
    #[must_use]
    pub fn compile(&self, environments: usize) -> Vec<Compilation> {
        let load = |path: &str| self.load(path);
        let loader = Loader { load: &load };
        let parsed = Parsed::load(&loader, ENTRY);
        let names = parsed.environments();
        let with = names.iter().take(environments).map(|name| Some(name.as_str()));
        let all = std::iter::once(None).chain(with);
        let ways = all.flat_map(|name| Runtime::ALL.map(|runtime| (name, runtime)));
        ways.map(|(name, runtime)| parsed.clone().compile(&loader, name, runtime)).collect()
    }
}

/// What must hold of diagnostics: there are not too many, and each can be drawn.
///
/// # Panics
///
/// Where it does not hold.
pub fn judge_diagnostics(diagnostics: &[Diagnostic], sources: &Sources) {
    assert!(diagnostics.len() <= 2 * MOST, "{} diagnostics", diagnostics.len());
    let guard = Guard::new(diagnostics, sources);
    for diagnostic in diagnostics.iter().take(60) {
        for style in [Style::Plain, Style::Colour] {
            assert!(!render(diagnostic, &guard, style).as_str().is_empty());
        }
        for label in &diagnostic.labels {
            let text = sources.file(label.span.file).text();
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            assert!(text.get(start..end).is_some(), "{}: no place {start}..{end}", diagnostic.message);
        }
    }
}

/// What must hold of a compilation: an answer always, artifacts where there is no error, and YAML that another
/// crate reads.
///
/// # Panics
///
/// Where it does not hold.
pub fn judge(compilation: &Compilation) {
    judge_diagnostics(&compilation.diagnostics, &compilation.sources);
    let targets: Vec<_> = TARGETS.iter().collect();
    assert_eq!(
        compilation.platform.is_none(),
        compilation.has_errors(),
        "a platform where there are no errors"
    );
    let Some(platform) = &compilation.platform else { return };
    let lowered = build(platform, &targets);
    let artifacts: Vec<_> = lowered.iter().flat_map(|lowered| &lowered.artifacts).collect();
    assert!(!artifacts.is_empty(), "no artifact");
    let mut seen = std::collections::BTreeSet::new();
    for artifact in artifacts {
        let (path, content) = (&artifact.path, &artifact.content);
        assert!(seen.insert(path), "{path} is written twice");
        assert!(
            !path.starts_with('/') && path.split('/').all(|part| !matches!(part, "" | "." | "..")),
            "{path} leads out"
        );
        // The text of a `config` is the user's own.
        let is_tree = [".yaml", ".yml", ".json"].iter().any(|end| path.ends_with(end));
        if is_tree
            && !path.starts_with("docker/config/")
            && let Err(error) = serde_yaml::from_str::<serde_yaml::Value>(content)
        {
            panic!("{path} is no YAML: {error}\n{content}");
        }
    }
    assert_eq!(lowered, build(platform, &targets), "another build, other bytes");
}

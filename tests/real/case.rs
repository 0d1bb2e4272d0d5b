//! The platforms that build: `tests/ok/*.infra` and `platform.infra`, each as it is and with every environment
//! that its sources declare, on each runtime that its targets are of.

use std::fs;
use std::path::{Path, PathBuf};

use infrac::diagnostic::{Guard, Sink, Style, render};
use infrac::platform::{Platform, Runtime};
use infrac::source::{Found, LoadError, Loader, Sources};
use infrac::syntax;
use infrac::target::{self, Artifact, Lowered, Target};
use infrac::{Compilation, Parsed};

/// A source with or without an environment.
#[derive(Clone)]
pub(crate) struct Case {
    /// What the source is called, without `.infra`.
    pub(crate) source: String,
    /// The environment that is put in.
    pub(crate) environment: Option<String>,
    /// What it runs on.
    pub(crate) runtime: Runtime,
    /// The project's root.
    pub(crate) root: PathBuf,
    /// The entry file, below the root.
    pub(crate) entry: String,
}

impl Case {
    /// Every case; those of a source follow each other, the one without an environment first.
    pub(crate) fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut entries = vec![(root.to_owned(), "platform.infra".to_owned())];
        let folder = root.join("tests/ok");
        let fixtures = names(&folder).into_iter().filter(|name| extension(name) == "infra");
        entries.extend(fixtures.map(|name| (folder.clone(), name)));
        assert!(entries.len() > 1, "no fixtures in {}", folder.display());
        entries.into_iter().flat_map(|(root, entry)| Self::of(&root, &entry)).collect()
    }

    fn of(root: &Path, entry: &str) -> Vec<Self> {
        let source = entry.trim_end_matches(".infra").to_owned();
        let environments = environments(root, entry, &source).into_iter().map(Some);
        let environments: Vec<Option<String>> = std::iter::once(None).chain(environments).collect();
        let case = |(environment, runtime): (Option<String>, Runtime)| Self {
            source: source.clone(),
            environment,
            runtime,
            root: root.to_owned(),
            entry: entry.to_owned(),
        };
        let runtimes = load(root, |loader| Parsed::load(loader, entry).runtimes());
        let ways =
            runtimes.into_iter().flat_map(|runtime| environments.iter().map(move |it| (it.clone(), runtime)));
        ways.map(case).collect()
    }

    /// Those that compose runs.
    pub(crate) fn of_compose() -> impl Iterator<Item = Self> {
        Self::all().into_iter().filter(|case| case.runtime == Runtime::Compose)
    }

    /// The runtimes that its source is compiled for.
    pub(crate) fn runtimes(&self) -> Vec<Runtime> {
        load(&self.root, |loader| Parsed::load(loader, &self.entry).runtimes())
    }

    /// The first of them, whose platform the targets of no runtime are written of.
    pub(crate) fn first(&self) -> Runtime {
        load(&self.root, |loader| Parsed::load(loader, &self.entry).runtime())
    }

    /// The targets that write of its platform: those of its runtime, and on the first one those of none.
    pub(crate) fn targets(&self, platform: &Platform) -> Vec<&'static Target> {
        let first = self.first();
        let mut targets = target::of(&platform.targets);
        targets.retain(|target| target.format.is_written(self.runtime, first));
        targets
    }

    /// What these make of it.
    pub(crate) fn build(&self, platform: &Platform) -> Vec<Artifact> {
        self.lowered(platform).into_iter().flat_map(|it| it.artifacts).collect()
    }

    /// The same by target.
    pub(crate) fn lowered(&self, platform: &Platform) -> Vec<Lowered> {
        let on = |runtime| Self { runtime, ..self.clone() };
        let others = self.runtimes().into_iter().filter(|runtime| *runtime != self.runtime);
        let others: Vec<Platform> = others.map(|runtime| on(runtime).compile()).collect();
        let mut platforms: Vec<&Platform> = std::iter::once(platform).chain(&others).collect();
        platforms.sort_by_key(|platform| platform.runtime);
        let (mut lowered, mut own) = (Vec::new(), 0..0);
        for platform in &platforms {
            let start = lowered.len();
            lowered.extend(infrac::build(platform, &on(platform.runtime).targets(platform)));
            if platform.runtime == self.runtime {
                own = start..lowered.len();
            }
        }
        infrac::join(&mut lowered, &platforms);
        lowered.drain(own).collect()
    }

    /// What messages and snapshots call it: `tour`, `tour@production`, `tour+kubernetes`.
    pub(crate) fn name(&self) -> String {
        let on = if self.runtime == self.first() { "" } else { self.runtime.word() };
        let plus = if on.is_empty() { "" } else { "+" };
        match &self.environment {
            Some(environment) => format!("{}@{environment}{plus}{on}", self.source),
            None => format!("{}{plus}{on}", self.source),
        }
    }

    /// What comes of it.
    pub(crate) fn compilation(&self) -> Compilation {
        load(&self.root, |loader| {
            infrac::compile(loader, &self.entry, self.environment.as_deref(), self.runtime)
        })
    }

    /// The platform, where nothing is wrong with it.
    pub(crate) fn accepted(&self) -> Option<Platform> {
        self.compilation().platform
    }

    /// Compiles it; that must succeed.
    pub(crate) fn compile(&self) -> Platform {
        let compilation = self.compilation();
        let errors = compilation.diagnostics.iter().filter(|told| told.is_error());
        let guard = Guard::new(&compilation.diagnostics, &compilation.sources);
        let errors: String = errors.map(|told| render(told, &guard, Style::Plain).to_string()).collect();
        compilation.platform.unwrap_or_else(|| panic!("{} does not build:\n{errors}", self.name()))
    }
}

/// Does something with a loader of a folder.
fn load<T>(root: &Path, work: impl FnOnce(&Loader<'_>) -> T) -> T {
    let load = |path: &str| {
        let place = root.join(path);
        if place.is_dir() {
            return Ok(Found::Folder(names(&place)));
        }
        fs::read(place).map(Found::File).map_err(|_| LoadError::Missing)
    };
    work(&Loader { load: &load })
}

/// What its targets make of a platform.
pub(crate) fn lowered(platform: &Platform) -> Vec<Lowered> {
    infrac::build(platform, &target::of(&platform.targets))
}

/// Every artifact of a platform.
pub(crate) fn build(platform: &Platform) -> Vec<Artifact> {
    lowered(platform).into_iter().flat_map(|it| it.artifacts).collect()
}

/// What stands behind the last dot of a file's name; `""` where there is none.
pub(crate) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The environments that a source and the files of its own folder declare, each once.
fn environments(root: &Path, entry: &str, source: &str) -> Vec<String> {
    let own = root.join(source);
    let mut paths = vec![root.join(entry)];
    if own.is_dir() {
        paths.extend(names(&own).iter().filter(|name| extension(name) == "infra").map(|name| own.join(name)));
    }
    let mut found: Vec<String> = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut sources = Sources::default();
        let id = sources.add(entry, text);
        let file = syntax::parse(&sources, id, &mut Sink::default());
        let declared = file.entries.iter().filter(|entry| entry.key.text == "environment");
        for name in declared.filter_map(|entry| Some(entry.label.as_ref()?.text.to_string())) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

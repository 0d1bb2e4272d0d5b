//! infrac: one typed source of a platform, every artifact of it.
//!
//! ```text
//! text ──parse──► syntax::File ──expand──► one tree ──decode──► Document ──resolve──► Platform ──lower──► [Artifact] ──write──► files
//!                 (spans, comments)        (imports,            (typed      (names bound,          (path, text)
//!                                           environment,         blocks)     edges known)
//!                                           components)                     Origins: places of both
//!                                                                            check: rules over both
//! ```
//!
//! Every stage reports to one [`diagnostic::Sink`] and goes on, so that all mistakes are told at
//! once; [`compile`] runs them, and [`build`] lowers what came out without an error. What the first stage makes is
//! [`Parsed`], which can be compiled with each environment and for each runtime. Everything but `output` and `cli` is pure: sources come in
//! through [`source::Loader`], artifacts go out as values.
//!
//! # From another program
//!
//! A program gives the sources, and gets diagnostics, the platform and the artifacts as values; nothing is read or written behind
//! its back. [`compile`] and [`build`] are all it takes. [`platform`] is what everything else reads, [`view`] the same as JSON with a
//! published schema, and [`request`] what a request from outside meets.
//!
//! ```
//! use infrac::source::{Found, LoadError, Loader};
//! use infrac::{build, compile, platform::Runtime, target};
//!
//! let source = r#"
//! platform shop { targets = [compose] }
//!
//! service api {
//!   image = "shop/api:1.4" { base = "node:24-bookworm-slim" }
//!   port http = 8080 { publish = localhost }
//!   health { readiness = "/ready" }
//! }
//! "#;
//! let load = |path: &str| match path {
//!     "shop.infra" => Ok(Found::File(source.as_bytes().to_vec())),
//!     _ => Err(LoadError::Missing),
//! };
//! let compilation = compile(&Loader { load: &load }, "shop.infra", None, Runtime::Compose);
//!
//! assert!(!compilation.has_errors(), "{:?}", compilation.diagnostics);
//! let platform = compilation.platform.expect("no error was reported");
//! assert_eq!(platform.services[0].name, "api");
//!
//! let compose = target::find("compose").expect("there is such a target");
//! let lowered = build(&platform, &[compose]);
//! let files: Vec<&str> = lowered[0].artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
//! assert!(files.iter().any(|path| path.starts_with("docker/")), "{files:?}");
//! ```

#![forbid(unsafe_code)]
// Only `cli` and `output` touch the system; clippy.toml names what the others must not call.
#![warn(clippy::disallowed_methods)]

pub mod diagnostic;
pub mod formats;
pub mod model;
pub mod platform;
pub mod request;
pub mod source;
pub mod target;
pub mod view;

// What the program, the tests, the benchmarks and the fuzzing targets of this repository use besides. It changes without notice.
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod coverage;
#[doc(hidden)]
pub mod digest;
#[doc(hidden)]
pub mod emit;
#[doc(hidden)]
pub mod graph;
#[doc(hidden)]
pub mod kustomize;
#[doc(hidden)]
pub mod manual;
#[doc(hidden)]
pub mod output;
#[doc(hidden)]
pub mod promql;
#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod standard;
#[doc(hidden)]
pub mod syntax;

mod allow;
mod check;
mod expand;
mod hash;
mod notation;
mod origins;
mod parallel;
mod resolve;

use allow::Allows;
use check::credential::anywhere;
use diagnostic::{Diagnostic, Sink, cause, codes, edit};
use expand::{Around, Expanded, TakenOut};
use formats::Format;
use model::Document;
use origins::Origins;
use platform::{Platform, Runtime};
use resolve::Absent;
use schema::Uses;
use smol_str::SmolStr;
use source::{Loader, Sources};
use syntax::{Entry, File};
use target::{Artifact, Lowered, Target};

use crate::hash::{HashMap, HashSet};

/// What compiling a source came to.
#[derive(Debug)]
pub struct Compilation {
    /// Every text that was read.
    pub sources: Sources,
    /// Everything there is to say, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
    /// The platform; `None` where an error was reported.
    pub platform: Option<Platform>,
    /// The source behind the platform; `None` where that could not be read as a whole.
    #[doc(hidden)]
    pub origins: Option<Origins>,
    /// What the source allows.
    pub(crate) allows: Allows,
    /// Which fields of the language it uses, and where.
    #[doc(hidden)]
    pub uses: Uses,
    /// What is left out of the platform, by its path.
    pub(crate) taken_out: HashMap<SmolStr, TakenOut>,
}

impl Compilation {
    /// Whether an error was reported.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// A source that has been read: every file is parsed, and nothing is put in yet. It compiles with any environment.
#[derive(Debug, Clone)]
pub struct Parsed {
    entry: String,
    sources: Sources,
    files: Vec<File>,
    sink: Sink,
}

impl Parsed {
    /// Reads the source that starts with the file `entry`.
    #[must_use]
    pub fn load(loader: &Loader<'_>, entry: &str) -> Self {
        let mut sources = Sources::default();
        let mut sink = Sink::default();
        let files = expand::load(loader, &mut sources, entry, &mut sink);
        Self { entry: entry.to_owned(), sources, files, sink }
    }

    /// The environments that the source declares, each once; none where its structure is in doubt.
    #[must_use]
    pub fn environments(&self) -> Vec<String> {
        if self.files.iter().any(|file| file.unbalanced) {
            return Vec::new();
        }
        let mut names: Vec<String> =
            self.files.iter().flat_map(|file| expand::environments(&file.entries)).collect();
        let mut known = HashSet::default();
        names.retain(|name| known.insert(name.clone()));
        names
    }

    /// The length of all texts that were read, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.sources.size()
    }

    /// The targets that the platform names, in any of its environments.
    #[must_use]
    pub fn targets(&self) -> Vec<&'static Format> {
        self.files.iter().flat_map(|file| expand::targets(&file.entries)).collect()
    }

    /// The runtimes that the targets of the platform are of, in any of its environments: at least one.
    #[must_use]
    pub fn runtimes(&self) -> Vec<Runtime> {
        formats::runtimes(&self.targets())
    }

    /// The runtime of what is written for any of them: the first.
    #[must_use]
    pub fn runtime(&self) -> Runtime {
        self.runtimes().first().copied().unwrap_or(Runtime::ALL[0])
    }

    /// Compiles it for a runtime, with an environment put in.
    #[must_use]
    pub fn compile(self, loader: &Loader<'_>, environment: Option<&str>, runtime: Runtime) -> Compilation {
        let varied = !self.environments().is_empty() || self.runtimes().len() > 1;
        let Self { entry, mut sources, files, mut sink } = self;
        let each = |entries: Vec<Entry>, around: Around<'_>, sink: &mut Sink| Part {
            allows: Allows::of(&entries, sink),
            credentials: anywhere::of(&entries, around.sources),
            document: Document::part(
                entries,
                around.origin,
                around.components,
                around.sources.embedded(),
                sink,
            ),
        };
        let expanded = expand::expand(files, loader, &mut sources, environment, runtime, each, &mut sink);
        let mut uses = Uses::default();
        let mut allows = Allows::new(varied);
        let mut credentials = Vec::new();
        let mut resolved = None;
        let mut taken_out = HashMap::default();
        if let Some(mut expanded) = expanded {
            for part in &mut expanded.parts {
                credentials.append(&mut part.credentials);
            }
            taken_out.clone_from(&expanded.disabled);
            let document = whole(&mut expanded, &mut uses, &mut allows);
            // One that could not be read, or leads nowhere, may be the one that is missing.
            let declared = document.as_ref().map_or(0, |document| document.backup.len());
            let unread = expanded.lost.contains("backup");
            resolved = document.map(|document| {
                let (mut platform, origins) =
                    bind(document, expanded, &entry, &sources, (environment, runtime), &mut sink);
                platform.varied = varied;
                (platform, origins)
            });
            let mut findings = Vec::new();
            if let Some((platform, origins)) = &resolved {
                findings = check::check(platform, origins);
            }
            findings.extend(anywhere::besides(credentials, &findings));
            let mut losses = Sink::default();
            if let Some((platform, origins)) = &resolved {
                coverage::too_old(platform, &mut losses);
                coverage::unwritten(&uses, platform, origins, &mut losses);
                if !sink.has_errors() {
                    coverage::unremoved(platform, &mut losses);
                }
            }
            findings.extend(losses.each());
            if let Some((platform, _)) = &resolved {
                check::at_instances(&mut findings, platform, sources.embedded());
            }
            // Of a source with mistakes not everything is looked at.
            let sound = !sink.has_errors();
            // What could not be read may be what is missing.
            if sink.has_code_of("SYN") {
                findings.retain(|finding| finding.code != codes::NET004);
            }
            let lost =
                unread || resolved.as_ref().is_some_and(|(platform, _)| platform.backups.len() < declared);
            findings.retain(|finding| !(lost && finding.code == codes::BKP002));
            allows.filter(findings, &mut sink);
            if sound {
                allows.unused(&mut sink);
            }
        }
        let (platform, origins) = resolved.unzip();
        let names = platform.as_ref().map(Platform::names).unwrap_or_default();
        let platform = platform.filter(|_| !sink.has_errors());
        let mut diagnostics = sink.finish();
        edit::keep_declared(&mut diagnostics, &sources, |name| names.contains(name));
        edit::locate(&mut diagnostics, &sources);
        let shapes = edit::Shapes {
            mismatch: expand::mismatch,
            unquotable: expand::unquotable,
            meant_elsewhere: expand::meant_elsewhere,
        };
        edit::keep_fitting(&mut diagnostics, &sources, &shapes);
        let diagnostics = expand::without_followers(diagnostics, &sources);
        let diagnostics = cause::gather(diagnostics, sources.embedded());
        Compilation { sources, diagnostics, platform, origins, allows, uses, taken_out }
    }
}

/// Compiles the source that starts with the file `entry` for a runtime, with an environment put in.
#[must_use]
pub fn compile(loader: &Loader<'_>, entry: &str, environment: Option<&str>, runtime: Runtime) -> Compilation {
    Parsed::load(loader, entry).compile(loader, environment, runtime)
}

/// Lowers a platform to targets; what each makes comes in the order of `targets`.
#[must_use]
pub fn build(platform: &Platform, targets: &[&'static Target]) -> Vec<Lowered> {
    target::lower(platform, targets)
}

/// Leaves one file of what the operator sets, where targets of several runtimes write it. `platforms` are the source on each of
/// its runtimes, the first one first.
pub fn join(lowered: &mut [Lowered], platforms: &[&Platform]) {
    target::join(lowered, platforms);
}

/// What a build of the platform as it stands writes besides, for its environments.
#[must_use]
pub fn overlays(base: &Platform, environments: &[&Platform]) -> Vec<Artifact> {
    target::overlays(base, environments)
}

/// What a build of the platform as it stands writes for its environments on the host: a folder of Terraform for each.
#[must_use]
pub fn roots(environments: &[&Platform]) -> Vec<Artifact> {
    target::roots(environments)
}

/// What a build of the platform as it stands writes for its environments on each runtime: their pages.
#[must_use]
pub fn pages(environments: &[&Platform]) -> Vec<Artifact> {
    target::pages(environments)
}

/// What is made of a part of the tree.
struct Part {
    allows: Allows,
    /// Credentials in what no rule looks at.
    credentials: Vec<Diagnostic>,
    /// What it says, what of it could not be decoded, and what it uses of the language.
    document: (Option<Document>, (HashSet<SmolStr>, Uses)),
}

/// Puts together what was made of the parts.
fn whole(expanded: &mut Expanded<Part>, uses: &mut Uses, allows: &mut Allows) -> Option<Document> {
    let none = HashSet::default();
    let (mut whole, _) = Document::part(Vec::new(), expanded.origin, &[], &none, &mut Sink::default());
    for part in std::mem::take(&mut expanded.parts) {
        allows.append(part.allows);
        let (document, (lost, used)) = part.document;
        uses.append(&used);
        expanded.lost.extend(lost);
        match (&mut whole, document) {
            (Some(whole), Some(document)) => whole.append(document),
            _ => return None,
        }
    }
    if let Some(whole) = &whole {
        allows.know(whole);
    }
    whole
}

/// Binds the names of a document.
fn bind(
    document: Document,
    expanded: Expanded<Part>,
    source: &str,
    sources: &Sources,
    (environment, runtime): (Option<&str>, Runtime),
    sink: &mut Sink,
) -> (Platform, Origins) {
    let absent = Absent {
        lost: expanded.lost,
        disabled: expanded.disabled,
        given: expanded.given,
        instances: expanded.instances,
        mentioned: expanded.mentioned,
        origin: Some(expanded.origin),
        source: source.to_owned(),
        sources: sources.clone(),
    };
    resolve::resolve(document, &absent, environment, runtime, sink)
}

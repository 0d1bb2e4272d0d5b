//! infrac: one typed source of a platform, every artifact of it.
//!
//! ```text
//! text ──parse──► syntax::File ──expand──► one tree ──decode──► Document ──resolve──► Platform ──lower──► [Artifact] ──write──► files
//!                 (spans, comments)        (imports,            (typed      (names bound,          (path, text)
//!                                           environment,         blocks)     edges known)
//!                                           components)                      check: rules over it
//! ```
//!
//! Every stage reports to one [`diagnostic::Sink`] and goes on, so that all mistakes are told at
//! once; [`compile`] runs them, and [`build`] lowers what came out without an error. What the first stage makes is
//! [`Parsed`], which can be compiled with each environment. Everything but `output` and `cli` is pure: sources come in
//! through [`source::Loader`], artifacts go out as values.

#![forbid(unsafe_code)]
// Only `cli` and `output` touch the system; clippy.toml names what the others must not call.
#![warn(clippy::disallowed_methods)]

pub mod allow;
pub mod check;
pub mod cli;
pub mod coverage;
pub mod diagnostic;
pub mod emit;
pub mod expand;
pub mod hash;
pub mod model;
pub mod output;
pub mod parallel;
pub mod platform;
pub mod promql;
pub mod resolve;
pub mod schema;
pub mod source;
pub mod standard;
pub mod syntax;
pub mod target;

use allow::Allows;
use coverage::Uses;
use diagnostic::{Diagnostic, Sink, cause};
use expand::Expanded;
use model::{Document, Image};
use platform::Platform;
use resolve::Absent;
use schema::{Decode, Decoder};
use source::{Loader, Sources, Span};
use syntax::{Body, Entry, File, Name};
use target::{Lowered, TARGETS, Target};

use crate::hash::HashSet;

/// What compiling a source came to.
#[derive(Debug)]
pub struct Compilation {
    /// Every text that was read.
    pub sources: Sources,
    /// Everything there is to say, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
    /// The platform; `None` where an error was reported.
    pub platform: Option<Platform>,
    /// What the source uses of the language.
    pub uses: Uses,
    /// What the source allows.
    pub allows: Allows,
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

    /// Compiles it with an environment put in.
    #[must_use]
    pub fn compile(self, loader: &Loader<'_>, environment: Option<&str>) -> Compilation {
        let varied = !self.environments().is_empty();
        let Self { entry, mut sources, files, mut sink } = self;
        let expanded = expand::expand(files, loader, &mut sources, environment, &mut sink);
        let entries = &expanded.entries;
        let (uses, mut allows) =
            parallel::both(|| Uses::new(entries, &sources), || Allows::new(entries, varied, &mut sink));
        let mut platform = None;
        // Without a file, or with its structure in doubt, everything further would only be noise.
        if let Some(origin) = expanded.origin.filter(|_| !expanded.unbalanced) {
            platform = bind(expanded, origin, &entry, &sources, environment, &mut sink);
            if let Some(platform) = &mut platform {
                platform.varied = varied;
            }
            let mut findings = platform.as_ref().map(check::check).unwrap_or_default();
            let mut losses = Sink::default();
            if let Some(platform) = &platform {
                coverage::untaken(platform, &mut losses);
                coverage::too_old(platform, &mut losses);
            }
            uses.unread(&mut losses);
            findings.extend(losses.each());
            // Of a source with mistakes not everything is looked at.
            let sound = !sink.has_errors();
            allows.filter(findings, &mut sink);
            if sound {
                allows.unused(&mut sink);
            }
        }
        let platform = platform.filter(|_| !sink.has_errors());
        let diagnostics = cause::gather(sink.finish(), sources.embedded());
        diagnostic::hide_credentials(&diagnostics, &mut sources);
        Compilation { sources, diagnostics, platform, uses, allows }
    }
}

/// Compiles the source that starts with the file `entry`, with an environment put in.
#[must_use]
pub fn compile(loader: &Loader<'_>, entry: &str, environment: Option<&str>) -> Compilation {
    Parsed::load(loader, entry).compile(loader, environment)
}

/// Lowers a platform to targets, all at the same time; what each makes comes in the order of `targets`.
#[must_use]
pub fn build(platform: &Platform, targets: &[&'static Target]) -> Vec<Lowered> {
    let names: Vec<&str> = targets.iter().map(|target| target.name).collect();
    parallel::map(targets, |target| Lowered {
        target: target.name,
        artifacts: (target.lower)(platform, &names),
    })
}

/// What is lost when a source is lowered to targets.
#[must_use]
pub fn losses(compilation: &Compilation, targets: &[&'static Target]) -> Vec<Diagnostic> {
    let mut sink = Sink::default();
    compilation.uses.lost(targets, &mut sink);
    compilation.allows.losses(sink.finish(), targets.len() == TARGETS.len())
}

fn bind(
    expanded: Expanded,
    origin: Span,
    source: &str,
    sources: &Sources,
    environment: Option<&str>,
    sink: &mut Sink,
) -> Option<Platform> {
    let whole = Entry {
        key: Name { text: "source".into(), span: origin, quoted: false },
        label: None,
        value: None,
        body: Some(Body { entries: expanded.entries, span: origin }),
        patch: false,
    };
    let mut in_catalogue = Sink::default();
    let (catalogue, (document, mut lost)) = parallel::both(
        || {
            let mut decoder = Decoder::new(&mut in_catalogue);
            let entries = expanded.catalogue.iter();
            entries.filter_map(|entry| Image::decode(entry, &mut decoder)).collect::<Vec<_>>()
        },
        || {
            let mut decoder = Decoder::new(sink).with_components(&expanded.components);
            let document = Document::decode(&whole, &mut decoder);
            (document, decoder.into_lost())
        },
    );
    sink.take(in_catalogue);
    let document = document?;
    parallel::set_aside(whole);
    lost.extend(expanded.lost);
    let absent = Absent {
        lost,
        disabled: expanded.disabled,
        given: expanded.given,
        mentioned: expanded.mentioned,
        origin: Some(origin),
        source: source.to_owned(),
        sources: sources.clone(),
    };
    Some(resolve::resolve(document, &catalogue, &absent, environment, sink))
}

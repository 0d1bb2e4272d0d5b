//! Loading: the entry file and what it imports.

use indexmap::IndexSet;

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::source::{Found, LoadError, Loader, MAX_FILE_BYTES, Sources, Span, join};
use crate::syntax::{self, File};

/// How many files one platform may be split over.
const MAX_FILES: usize = 10_000;

/// How many files one import may lead through.
const MAX_CHAIN: usize = 64;

/// How many bytes all files may come to.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Loads and parses the entry file and, in the order of their imports, every file it leads to.
pub(crate) fn load(loader: &Loader<'_>, sources: &mut Sources, entry: &str, sink: &mut Sink) -> Vec<File> {
    let mut loading = Loading {
        loader,
        sources,
        sink,
        files: Vec::new(),
        open: IndexSet::new(),
        seen: HashSet::default(),
        bytes: 0,
        ready: HashMap::default(),
    };
    match (loader.load)(entry) {
        Ok(Found::File(bytes)) => loading.file(entry, bytes, None),
        other => loading.refuse(entry, other, None),
    }
    loading.files
}

struct Loading<'a> {
    loader: &'a Loader<'a>,
    sources: &'a mut Sources,
    sink: &'a mut Sink,
    files: Vec<File>,
    /// The files whose imports are being followed.
    open: IndexSet<String>,
    /// Every path that was followed.
    seen: HashSet<String>,
    /// How many bytes were read.
    bytes: u64,
    /// Files that were parsed together with the others of their folder; `None` for one that is no text.
    ready: HashMap<String, Option<File>>,
}

impl Loading<'_> {
    fn file(&mut self, path: &str, bytes: Vec<u8>, cause: Option<Span>) {
        let id = self.text(path, bytes, cause).map(|text| self.sources.add(path, text));
        let file = id.map(|id| syntax::parse(self.sources, id, self.sink));
        self.take(path, file);
    }

    /// Takes a file, and follows its imports.
    fn take(&mut self, path: &str, file: Option<File>) {
        self.seen.insert(path.to_owned());
        let Some(mut file) = file else { return };
        let mut imports = Vec::new();
        file.entries.retain(|entry| {
            let import = entry.key.text == "import";
            if import {
                imports.push(entry.clone());
            }
            !import
        });
        self.files.push(file);
        self.open.insert(path.to_owned());
        for import in imports {
            match &import.label {
                Some(label) if label.quoted && import.value.is_none() && import.body.is_none() => {
                    self.follow(path, &label.text, label.span);
                }
                _ => self.sink.report(
                    Diagnostic::new(codes::TYP008, "`import` takes a path and nothing else")
                        .at(import.head(), "not of that form")
                        .help("write `import \"services/\"`"),
                ),
            }
        }
        self.open.pop();
    }

    fn follow(&mut self, from: &str, written: &str, span: Span) {
        let Some(path) = join(from, written) else {
            self.outside(written, span);
            return;
        };
        if self.open.contains(&path) {
            let chain = self.open.iter().skip_while(|open| **open != path).map(|open| format!("`{open}`"));
            let chain: Vec<String> = chain.chain([format!("`{path}`")]).collect();
            self.sink.report(
                Diagnostic::new(codes::IMP002, format!("`{path}` imports itself: {}", chain.join(" → ")))
                    .at(span, "leads back here")
                    .help("put what both need into a third file"),
            );
            return;
        }
        if self.seen.contains(&path) {
            return;
        }
        if self.open.len() >= MAX_CHAIN {
            self.sink.report(
                Diagnostic::new(codes::IMP001, format!("imports lead more than {MAX_CHAIN} files deep"))
                    .at(span, "one too many")
                    .help("import a folder: it stands for every `.infra` file in it"),
            );
            return;
        }
        if self.seen.len() >= MAX_FILES {
            self.sink.report(
                Diagnostic::new(codes::IMP001, format!("more than {MAX_FILES} files are imported"))
                    .at(span, "one too many"),
            );
            return;
        }
        if let Some(file) = self.ready.remove(&path) {
            self.take(&path, file);
            return;
        }
        match (self.loader.load)(&path) {
            Ok(Found::File(bytes)) => self.file(&path, bytes, Some(span)),
            Ok(Found::Folder(names)) => self.folder(&path, &names, span),
            other => self.refuse(written, other, Some(span)),
        }
    }

    fn folder(&mut self, path: &str, names: &[String], span: Span) {
        self.seen.insert(path.to_owned());
        let is_source = |name: &&String| name.rsplit_once('.').is_some_and(|(_, kind)| kind == "infra");
        let below = |name: &String| if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        let paths: Vec<String> = names.iter().filter(is_source).map(below).collect();
        self.prepare(&paths, span);
        // A folder may hold the very file that imports it.
        for below in paths.iter().filter(|below| !self.open.contains(*below)).cloned().collect::<Vec<_>>() {
            self.follow("", &below, span);
        }
        if paths.is_empty() {
            self.sink.report(
                Diagnostic::new(codes::IMP001, format!("the folder `{path}` holds no `.infra` file"))
                    .at(span, "imported here"),
            );
        }
    }

    /// Reads the files of a folder that are new, and parses them all at the same time.
    fn prepare(&mut self, paths: &[String], span: Span) {
        let new = paths.iter().filter(|path| !self.seen.contains(*path) && !self.ready.contains_key(*path));
        let new: Vec<&String> = new.take(MAX_FILES.saturating_sub(self.seen.len())).collect();
        let (mut known, mut ids) = (Vec::new(), Vec::new());
        for path in new {
            // What is no file is told where it is followed.
            let Ok(Found::File(bytes)) = (self.loader.load)(path) else { continue };
            match self.text(path, bytes, Some(span)) {
                Some(text) => {
                    ids.push(self.sources.add(path.as_str(), text));
                    known.push(path.clone());
                }
                None => drop(self.ready.insert(path.clone(), None)),
            }
        }
        let files = syntax::parse_all(self.sources, &ids, self.sink);
        self.ready.extend(known.into_iter().zip(files.into_iter().map(Some)));
    }

    fn text(&mut self, path: &str, bytes: Vec<u8>, cause: Option<Span>) -> Option<String> {
        if bytes.len() as u64 > MAX_FILE_BYTES {
            self.refuse(path, Err(LoadError::TooLarge), cause);
            return None;
        }
        self.bytes += bytes.len() as u64;
        if self.bytes > MAX_BYTES {
            let message = format!("the sources are larger than {} MiB in all", MAX_BYTES >> 20);
            self.sink.report(Diagnostic::new(codes::SYN005, message).at_maybe(cause, "imported here"));
            return None;
        }
        syntax::plain_text(self.sources, path, bytes, self.sink)
    }

    fn outside(&mut self, path: &str, span: Span) {
        self.sink.report(
            Diagnostic::new(codes::IMP003, format!("`{path}` leads out of the project"))
                .at(span, "imports stay below the folder of the entry file")
                .help("move the file into the project; paths are relative, with `/` between their parts"),
        );
    }

    fn refuse(&mut self, path: &str, answer: Result<Found, LoadError>, cause: Option<Span>) {
        let message = match answer {
            Ok(Found::File(_)) => return,
            Ok(Found::Folder(_)) => format!("`{path}` is a folder"),
            Err(LoadError::Missing) => format!("there is no `{path}`"),
            Err(LoadError::Outside) => match cause {
                Some(span) => return self.outside(path, span),
                None => {
                    let message = format!("`{path}` leads out of the project");
                    self.sink.report(
                        Diagnostic::new(codes::IMP003, message)
                            .help("sources stay below the folder of the entry file"),
                    );
                    return;
                }
            },
            Err(LoadError::TooLarge) => {
                let limit = MAX_FILE_BYTES >> 20;
                let diagnostic =
                    Diagnostic::new(codes::SYN005, format!("`{path}` is larger than {limit} MiB"));
                self.sink.report(
                    diagnostic.at_maybe(cause, "imported here").help("split it, and import the parts"),
                );
                return;
            }
            Err(LoadError::Refused(words)) => {
                let message = format!("`{path}` cannot be read: {words}");
                let refused = Diagnostic::new(codes::SYN005, message);
                self.sink.report(refused.at_maybe(cause, "imported here"));
                return;
            }
        };
        self.sink.report(Diagnostic::new(codes::IMP001, message).at_maybe(cause, "imported here"));
    }
}

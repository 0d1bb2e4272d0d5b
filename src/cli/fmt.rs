//! `infrac fmt`: source files in the one style.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::project::{STDIN, nearest};
use super::report::{Origin, Report, count, hand_out, print};
use super::{Failure, FmtArguments, Outcome};
use crate::diagnostic::machine::Finding;
use crate::diagnostic::{Diagnostic, Guarded, Sink, codes};
use crate::hash::HashSet;
use crate::source::{MAX_FILE_BYTES, Sources};
use crate::{schema, syntax};

pub(super) fn run(arguments: &FmtArguments, report: &Report) -> Result<Outcome, Failure> {
    let is_stdin = |path: &PathBuf| path == Path::new("-");
    if arguments.paths.iter().any(is_stdin) {
        if arguments.paths.len() > 1 {
            return Err(Failure::Usage("`-` stands for the only source, and not beside others".to_owned()));
        }
        return standard_input(arguments, report);
    }
    let mut formatting = Formatting::default();
    for path in files(&arguments.paths)? {
        formatting.file(&path, arguments, report)?;
    }
    report.total(report.draw(&formatting.sink.finish(), &formatting.sources, &Origin::default()));
    let [changed, unchanged, broken] = formatting.counts;
    report.result(&told(arguments, changed, unchanged))?;
    if broken > 0 {
        report.remark(&format!("{} left alone", count(broken, "file")));
        return Ok(Outcome::SourceErrors);
    }
    Ok(if arguments.check && changed > 0 { Outcome::Difference } else { Outcome::Fine })
}

fn standard_input(arguments: &FmtArguments, report: &Report) -> Result<Outcome, Failure> {
    let mut formatting = Formatting::default();
    let bytes = read(io::stdin().lock()).map_err(|error| Failure::unread(Path::new(STDIN), &error))?;
    let formatted = formatting.format(STDIN, &bytes);
    report.total(report.draw(&formatting.sink.finish(), &formatting.sources, &Origin::default()));
    let Some(formatted) = formatted else { return Ok(Outcome::SourceErrors) };
    let differs = formatted.as_bytes() != bytes;
    if arguments.diff && differs && !report.is_for_machines() {
        print(&difference(STDIN, &bytes, &formatted))?;
    } else if (arguments.check || arguments.diff) && differs {
        would_change(STDIN, report)?;
    } else if !arguments.check && !arguments.diff {
        hand_out(&formatted)?;
    }
    Ok(if arguments.check && differs { Outcome::Difference } else { Outcome::Fine })
}

/// Reports a file that is not in the one style.
fn would_change(shown: &str, report: &Report) -> Result<(), Failure> {
    let message = format!("{shown} would change");
    let help = "`infrac fmt` writes it in the one style";
    report.found(|| Finding::in_file(codes::FMT001, shown, &message, Some(help)));
    report.result(&format!("{message}\n"))
}

/// What came of the files so far.
#[derive(Default)]
struct Formatting {
    sources: Sources,
    sink: Sink,
    /// How many files have changed or would, how many would not, and how many could not be done.
    counts: [usize; 3],
}

impl Formatting {
    fn file(&mut self, path: &Path, arguments: &FmtArguments, report: &Report) -> Result<(), Failure> {
        let shown = path.strip_prefix(".").unwrap_or(path).display().to_string();
        let bytes = File::open(path).and_then(read).map_err(|error| Failure::unread(path, &error))?;
        let Some(formatted) = self.format(&shown, &bytes) else {
            self.counts[2] += 1;
            return Ok(());
        };
        if formatted.as_bytes() == bytes {
            self.counts[1] += 1;
            return Ok(());
        }
        self.counts[0] += 1;
        if arguments.diff && !report.is_for_machines() {
            return print(&difference(&shown, &bytes, &formatted));
        }
        if arguments.check || arguments.diff {
            return would_change(&shown, report);
        }
        write(path, &formatted).map_err(|error| Failure::unwritten(path, &error))?;
        report.result(&format!("formatted {shown}\n"))
    }

    /// The text in the one style; `None`, with a report, where it does not parse.
    fn format(&mut self, name: &str, bytes: &[u8]) -> Option<String> {
        if bytes.len() as u64 > MAX_FILE_BYTES {
            let message = format!("`{name}` is larger than {} MiB", MAX_FILE_BYTES >> 20);
            self.sink.report(Diagnostic::new(codes::SYN005, message).help("split it, and import the parts"));
            return None;
        }
        let mut sink = Sink::default();
        let text = syntax::plain_text(&mut self.sources, name, bytes.to_vec(), &mut sink);
        let formatted = text.map(|text| {
            let id = self.sources.add(name, text);
            let file = syntax::parse(&self.sources, id, &mut sink);
            schema::decimal_commas(&file.entries, &mut sink);
            (id, file)
        });
        let has_errors = sink.has_errors();
        sink.finish().into_iter().for_each(|diagnostic| self.sink.report(diagnostic));
        let (id, file) = formatted.filter(|_| !has_errors)?;
        Some(syntax::print(self.sources.file(id), &file))
    }
}

/// The files that paths name, each once: files as they are, of folders every `.infra` file in them or below.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let by_default = match paths {
        [] => Some(nearest()?.parent().map(Path::to_owned).unwrap_or_default()),
        _ => None,
    };
    let mut found = Vec::new();
    for path in paths.iter().chain(&by_default) {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let unreadable = |error: io::Error| Failure::unread(path, &error);
        if !fs::metadata(path).map_err(unreadable)?.is_dir() {
            found.push(path.to_owned());
            continue;
        }
        let before = found.len();
        collect(path, &mut found)?;
        if found.len() == before {
            return Err(Failure::file(codes::IMP001, path, "holds no `.infra` file", ""));
        }
    }
    let mut seen = HashSet::default();
    found.retain(|path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    Ok(found)
}

/// The `.infra` files of a folder and of those below, in the order of their names. Links are left out: what
/// they lead to is found where it is. So are names that start with a dot.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error: io::Error| Failure::unread(folder, &error);
    let entries = fs::read_dir(folder).map_err(unreadable)?.collect::<io::Result<Vec<_>>>();
    let mut entries = entries.map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(unreadable)?;
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            collect(&path, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "infra") {
            found.push(path);
        }
    }
    Ok(())
}

/// Everything there is to read, or one byte more than a source may have.
fn read(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Puts a text in the place of a file, which is there whole, old or new, at any moment. A link stays a link.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let place = fs::canonicalize(path)?;
    let permissions = fs::metadata(&place)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let folder = place.parent().unwrap_or(&place);
    let mut file = tempfile::Builder::new().prefix(".infrac-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    fs::set_permissions(file.path(), permissions)?;
    file.as_file().sync_all()?;
    file.persist(place)?;
    Ok(())
}

/// What formatting changes, as a unified diff.
pub(super) fn difference(name: &str, before: &[u8], after: &str) -> Guarded {
    let before = String::from_utf8_lossy(before);
    let difference =
        TextDiff::from_lines(before.as_ref(), after).unified_diff().header(name, name).to_string();
    Guarded::of_sources(&difference, &[before.as_ref(), after])
}

/// How many files are formatted, as the last line.
fn told(arguments: &FmtArguments, changed: usize, unchanged: usize) -> String {
    let is_written = !arguments.check && !arguments.diff;
    let mut out = String::new();
    let _ = match (changed, unchanged) {
        // Behind a difference, nothing but the difference.
        _ if arguments.diff => Ok(()),
        (0, unchanged) => writeln!(out, "{} unchanged", count(unchanged, "file")),
        (changed, unchanged) => {
            let done = if is_written { "formatted" } else { "would change" };
            let rest = if unchanged > 0 { format!(", {unchanged} unchanged") } else { String::new() };
            writeln!(out, "{} {done}{rest}", count(changed, "file"))
        }
    };
    out
}

//! Edits that are the way out of what is found: applied by `infrac check --fix`, shown by `--diff`.
//!
//! All edits of a round are applied together, and what they lead to is compiled again, since a name that is known by now may show
//! the next mistake. A file that stood in the one style stands in it afterwards; another one keeps its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::fmt::{difference, write};
use super::project::{Project, STDIN};
use super::report::{Report, count};
use super::variation;
use super::variation::Variation;
use super::{CheckArguments, Failure};
use crate::diagnostic::edit::{self, Edit};
use crate::diagnostic::{Diagnostic, Guarded, Sink};
use crate::hash::{HashMap, HashSet};
use crate::source::{Found, Loader, Sources};
use crate::{Parsed, syntax};

/// How often what is mended is looked at again.
const ROUNDS: usize = 10;

/// The files that edits change, by their names below the project's folder, and how many findings they are the way out of.
#[derive(Default)]
pub(super) struct Fixed {
    files: BTreeMap<String, Change>,
    findings: usize,
    /// How many edits wait for what no edit mends, and the first place of that.
    waiting: Option<(usize, String)>,
}

/// A file before and after.
struct Change {
    before: String,
    after: String,
}

/// Findings of the same words in a file: the code, the message, and the file.
type Known = (&'static str, String, String);

/// A finding's edits, by the files that they are in.
type Edits = Vec<(String, Edit)>;

/// Finds out what edits change, and writes nothing.
pub(super) fn fixed(project: &Project, environment: Option<&str>) -> Fixed {
    let mut fixed = Fixed::default();
    let mut left: HashMap<Known, usize> = HashMap::default();
    for _ in 0..ROUNDS {
        let loader = project.loader();
        let load = |path: &str| match fixed.files.get(path) {
            Some(change) => Ok(Found::File(change.after.clone().into_bytes())),
            None => (loader.load)(path),
        };
        let loader = Loader { load: &load };
        let variations = variation::every(Parsed::load(&loader, project.entry()), &loader, environment);
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        let mut there: HashMap<Known, Vec<Edits>> = HashMap::default();
        let mut findings: Vec<(Known, Edits)> = Vec::new();
        for (diagnostic, sources) in variations.iter().flat_map(found) {
            let edits = edits(diagnostic, sources);
            let Some((first, _)) = edits.first() else { continue };
            let known = (diagnostic.code.id, diagnostic.message.clone(), first.clone());
            let alike = there.entry(known.clone()).or_default();
            // Several variations say the same.
            if alike.contains(&edits) {
                continue;
            }
            alike.push(edits.clone());
            for (name, edit) in &edits {
                texts.entry(name.clone()).or_insert_with(|| sources.file(edit.span.file).text().to_owned());
            }
            findings.push((known, edits));
        }
        let mut chosen: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
        let mut mended = 0;
        // How many of each are left behind the edits of the round before, where they mend what they are for.
        let before = left;
        left = there.iter().map(|(known, alike)| (known.clone(), alike.len())).collect();
        for (known, edits) in findings {
            // What is found again behind its edit is not mended by it.
            if before.get(&known).is_some_and(|&left| there[&known].len() > left) {
                left.insert(known, 0);
                continue;
            }
            let are_there =
                edits.iter().all(|(name, edit)| chosen.get(name).is_some_and(|all| all.contains(edit)));
            if !are_there && edits.iter().any(|it| is_in_the_way(it, &chosen)) {
                continue;
            }
            left.entry(known).and_modify(|left| *left -= 1);
            if are_there {
                continue;
            }
            mended += 1;
            for (name, edit) in edits {
                chosen.entry(name).or_default().push(edit);
            }
        }
        let changed: Option<Vec<(String, String)>> =
            chosen.iter().map(|(name, edits)| Some((name.clone(), applied(&texts[name], edits)?))).collect();
        // A round after which a source does not parse is none.
        let Some(changed) = changed.filter(|changed| !changed.is_empty()) else { break };
        for (name, after) in changed {
            let before = texts[&name].clone();
            fixed.files.entry(name).or_insert_with(|| Change { before, after: String::new() }).after = after;
        }
        fixed.findings += mended;
    }
    fixed.waiting = fixed
        .files
        .values()
        .any(|change| formatted(&change.after).is_none())
        .then_some(fixed.findings)
        .and_then(|findings| {
            let (name, change) = fixed.files.iter().find(|(_, change)| formatted(&change.after).is_none())?;
            Some((findings, format!("{name}:{}", unreadable_line(&change.after)?)))
        });
    // What does not parse is never written.
    fixed.files.retain(|_, change| change.before != change.after && formatted(&change.after).is_some());
    if fixed.files.is_empty() {
        fixed.findings = 0;
    }
    fixed
}

fn found(variation: &Variation) -> impl Iterator<Item = (&Diagnostic, &Sources)> {
    let compilation = &variation.compilation;
    compilation.diagnostics.iter().map(|diagnostic| (diagnostic, &compilation.sources))
}

fn edits(diagnostic: &Diagnostic, sources: &Sources) -> Edits {
    let of_file = |edit: &Edit| (sources.file(edit.span.file).name().to_owned(), edit.clone());
    diagnostic.edits.iter().map(of_file).collect()
}

/// Whether a place is changed already, and otherwise.
fn is_in_the_way((name, edit): &(String, Edit), chosen: &BTreeMap<String, Vec<Edit>>) -> bool {
    let meets = |other: &Edit| {
        let apart = edit.span.end < other.span.start || other.span.end < edit.span.start;
        other != edit && !apart
    };
    chosen.get(name).is_some_and(|chosen| chosen.iter().any(meets))
}

/// A text with edits, in the one style where it stood in that; `None` where it does not parse any more.
fn applied(text: &str, edits: &[Edit]) -> Option<String> {
    let after = edit::apply(text, edits)?;
    let before = formatted(text);
    let Some(in_style) = formatted(&after) else {
        // Of a file that did not parse before, some mistakes may be left for the next round.
        return before.is_none().then_some(after);
    };
    let is_formatted = match before {
        Some(formatted) => formatted == text,
        None => is_formatted_but_for(text, edits, &in_style),
    };
    Some(if is_formatted { in_style } else { after })
}

/// Whether a text that does not parse is in the one style but for the lines that edits change: without these lines, or where the
/// mended text in that style has the others as they are.
fn is_formatted_but_for(text: &str, edits: &[Edit], in_style: &str) -> bool {
    let line_of = |at: u32| text.get(..at as usize).unwrap_or_default().matches('\n').count();
    let changed: HashSet<usize> =
        edits.iter().flat_map(|edit| line_of(edit.span.start)..=line_of(edit.span.end)).collect();
    let others = |text: &str| {
        let lines = text.split_inclusive('\n').enumerate();
        lines.filter(|(at, _)| !changed.contains(at)).map(|(_, line)| line).collect::<String>()
    };
    let left = others(text);
    formatted(&left).is_some_and(|formatted| formatted == left) || left == others(in_style)
}

/// A text in the one style; `None` where it does not parse.
fn formatted(text: &str) -> Option<String> {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let id = sources.add("", text.to_owned());
    let file = syntax::parse(&sources, id, &mut sink);
    (!sink.has_errors()).then(|| syntax::print(sources.file(id), &file))
}

/// The first line of a text that does not parse and has no edit, counted from one, as it stands before the edits: none of them
/// adds or removes a line above it.
fn unreadable_line(text: &str) -> Option<usize> {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let id = sources.add("", text.to_owned());
    syntax::parse(&sources, id, &mut sink);
    let found = sink.finish();
    let first = found
        .iter()
        .filter(|it| it.is_error())
        .filter_map(|it| it.labels.first())
        .map(|it| it.span.start)
        .min()?;
    Some(text.get(..first as usize)?.matches('\n').count() + 1)
}

impl Fixed {
    /// Writes the files, or shows what would change.
    pub(super) fn hand_over(
        &self,
        project: &Project,
        arguments: &CheckArguments,
        report: &Report,
    ) -> Result<(), Failure> {
        if let Some((findings, place)) = &self.waiting {
            let ready = count(*findings, "edit");
            let verb = if *findings == 1 { "is" } else { "are" };
            report.remark(&format!(
                "{ready} {verb} ready, and not applied: first mend {place}, which no edit can"
            ));
        } else if self.files.is_empty() {
            report.remark("nothing can be fixed by an edit");
        }
        if self.files.is_empty() {
            return Ok(());
        }
        for (name, change) in &self.files {
            let path = place(project, name);
            let shown = path.strip_prefix(".").unwrap_or(&path).display().to_string();
            if arguments.diff {
                report.shown(&difference(&shown, change.before.as_bytes(), &change.after))?;
            } else if name == STDIN {
                return Err(Failure::Usage("standard input cannot be fixed: name a file".to_owned()));
            } else {
                let text = as_before(&path, &change.after);
                write(&path, &text).map_err(|error| Failure::unwritten(&path, &error))?;
                report.shown(&Guarded::new(&format!("fixed {shown}\n")))?;
            }
        }
        let (findings, files) = (count(self.findings, "finding"), count(self.files.len(), "file"));
        let verb = if arguments.diff { "would be fixed" } else { "fixed" };
        report.remark(&format!("{findings} {verb} in {files}"));
        Ok(())
    }
}

/// A text with the byte-order mark and the ends of lines that the file has on disk; compiling knows neither.
fn as_before(path: &Path, text: &str) -> String {
    let Ok(before) = fs::read_to_string(path) else { return text.to_owned() };
    let mark = if before.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let all = before.matches('\n').count();
    let of_two = before.matches("\r\n").count();
    let text = if of_two * 2 > all { text.replace('\n', "\r\n") } else { text.to_owned() };
    format!("{mark}{text}")
}

fn place(project: &Project, name: &str) -> PathBuf {
    project.folder().join(name)
}

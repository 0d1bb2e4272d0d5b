//! What the compiler says of sources: those of `tests/fail`, which have mistakes, those of
//! `tests/pass`, which only look like it, and the examples of `docs/codes`.
//!
//! A fixture that is called `CODE-…` fires that code, or must not. A fixture of another name says in a
//! comment which codes fire, each as often as it does: `# codes: NAM001 TYP002 TYP002`. `# also: CODE` allows
//! another one, `# env: NAME` puts an environment in.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures, and look at the clock")]

#[path = "fixtures/edits.rs"]
mod edits;
#[path = "fixtures/project.rs"]
pub(crate) mod project;
#[path = "fixtures/words.rs"]
mod words;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use infrac::Compilation;
use infrac::diagnostic::{CODES, Code, Diagnostic, Guard, Style, codes, render};
use infrac::target::{self, Artifact};

use crate::sample;
use project::{Fixture, compile_bytes, compile_text};

/// What the alerts that components bring cause in a source that is about something else.
const BESIDE: &[&Code] = &[codes::ALR003, codes::ALR007];

/// Codes that one text cannot show: they need several files, bytes that are no text, or a target that leaves something out.
const WITHOUT_EXAMPLE: &[&Code] = &[
    codes::SYN005,
    codes::IMP001,
    codes::IMP002,
    codes::IMP003,
    codes::TGT007,
    codes::ART001,
    codes::ART002,
    codes::ART003,
    codes::ART004,
    codes::ART005,
    codes::ART006,
    codes::ART007,
    codes::FMT001,
];

/// Codes that no source fires: `coverage` holds the first to a target of its own, `tests/cli` the others to files on disk.
const WITHOUT_FIXTURE: &[&Code] = &[
    codes::TGT007,
    codes::ART001,
    codes::ART002,
    codes::ART003,
    codes::ART004,
    codes::ART005,
    codes::ART006,
    codes::ART007,
    codes::FMT001,
];

/// How long the compiler may take for any source, in a debug build: what is quadratic takes minutes.
const AT_ONCE: Duration = Duration::from_secs(60);

/// The longest line that a message may have.
const LONGEST_LINE: usize = 1_000;

/// What values of secrets start with in the sources for the code of secrets that stand there.
const SECRET: &str = "hunter";

#[test]
fn mistakes_are_told() {
    let mut problems = Problems::default();
    for fixture in Fixture::all("fail") {
        let said = said(&fixture.compile());
        if let Some(expected) = fixture.directive("codes") {
            let mut found: Vec<&str> =
                said.iter().filter(|told| !of_targets(told)).map(|told| told.code.id).collect();
            found.sort_unstable();
            if found.join(" ") != expected {
                problems.add(&fixture.name, format!("expected {expected}, found {}", found.join(" ")));
            }
            continue;
        }
        let Some(code) = code_of(&fixture.name) else {
            problems.add(&fixture.name, "neither the name nor a directive says which codes fire");
            continue;
        };
        let also = fixture.directive("also").unwrap_or_default();
        if !said.iter().any(|told| told.code == code) {
            problems.add(&fixture.name, "does not fire");
        }
        if let Some(other) = said.iter().find(|other| !allowed(other, code, &also)) {
            problems.add(&fixture.name, format!("also fires {}: {}", other.code.id, other.message));
        }
    }
    problems.report();
}

#[test]
fn messages_read_well() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/fail");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut problems = Problems::default();
    for fixture in Fixture::all("fail") {
        let compilation = fixture.compile();
        let mut shown = String::new();
        for (path, bytes) in fixture.files() {
            let text = String::from_utf8_lossy(&bytes).replace(obeyed, "\u{fffd}");
            let _ = writeln!(shown, "──── {path}\n{text}");
        }
        let said = &said(&compilation);
        let guard = Guard::new(said, &compilation.sources);
        for told in said {
            let message = render(told, &guard, Style::Plain).to_string();
            if message.contains(obeyed) {
                problems.add(&fixture.name, "a message holds characters that a terminal obeys");
            }
            if fixture.name.starts_with(codes::SEC001.id) && message.contains(SECRET) {
                problems.add(&fixture.name, "a message shows the value of a secret");
            }
            if message.lines().any(|line| line.chars().count() > LONGEST_LINE) {
                problems.add(
                    &fixture.name,
                    format!("a message has more than {LONGEST_LINE} characters in a line"),
                );
            }
            let _ = writeln!(shown, "────\n{}", message.replace(obeyed, "\u{fffd}"));
        }
        let compare = || settings.bind(|| insta::assert_snapshot!(fixture.name.as_str(), shown));
        if catch_unwind(AssertUnwindSafe(compare)).is_err() {
            problems.add(&fixture.name, "another message than the snapshot's");
        }
    }
    problems.report();
}

#[test]
fn near_misses_are_silent() {
    let mut problems = Problems::default();
    for fixture in Fixture::all("pass") {
        let Some(code) = code_of(&fixture.name) else {
            problems.add(&fixture.name, "the name starts with no code");
            continue;
        };
        for told in said(&fixture.compile()).iter().filter(|told| told.is_error() || told.code == code) {
            problems.add(&fixture.name, format!("fires {}: {}", told.code.id, told.message));
        }
    }
    problems.report();
}

#[test]
fn every_code_has_its_fixtures() {
    let mut problems = Problems::default();
    for kind in ["fail", "pass"] {
        let fixtures = Fixture::all(kind);
        for code in CODES.iter().filter(|code| !WITHOUT_FIXTURE.contains(code)) {
            if !fixtures.iter().any(|fixture| code_of(&fixture.name) == Some(code)) {
                problems.add(code.id, format!("no fixture in tests/{kind}"));
            }
        }
    }
    problems.report();
}

#[test]
fn explanations_hold() {
    let mut problems = Problems::default();
    for code in CODES {
        let title = format!("# {} {}", code.id, code.name);
        if code.explanation.lines().next() != Some(&title) {
            problems.add(code.id, format!("the explanation does not start with `{title}`"));
        }
        let failing = fences(code.explanation, "infra fails");
        let mended = fences(code.explanation, "infra");
        if WITHOUT_EXAMPLE.contains(code) {
            if fences(code.explanation, "text").is_empty() || !failing.is_empty() {
                problems.add(code.id, "the example stands in fences of `text`");
            }
            continue;
        }
        if failing.is_empty() || mended.is_empty() {
            problems.add(code.id, "an example that fails and its mended twin must be there");
        }
        for text in failing {
            let said = said(&compile_text(&text));
            if !said.iter().any(|told| told.code == *code) {
                problems.add(code.id, "the failing example does not fire");
            }
            for other in said.iter().filter(|other| !allowed(other, code, "")) {
                problems.add(
                    code.id,
                    format!("the failing example also fires {}: {}", other.code.id, other.message),
                );
            }
        }
        for text in mended {
            let beside = |told: &&Diagnostic| of_targets(told) || BESIDE.contains(&told.code);
            for told in said(&compile_text(&text)).iter().filter(|told| told.code == *code || !beside(told)) {
                problems.add(code.id, format!("the mended twin fires {}: {}", told.code.id, told.message));
            }
        }
    }
    problems.report();
}

#[test]
fn two_builds_are_the_same() {
    let mut problems = Problems::default();
    for fixture in Fixture::all("ok").into_iter().chain(Fixture::all("pass")) {
        if built(&fixture.compile()) != built(&fixture.compile()) {
            problems.add(&fixture.name, "two builds differ");
        }
    }
    problems.report();
}

#[test]
fn hostile_sources_are_refused_at_once() {
    let deep = |bracket: &str| format!("platform shop\nx = {}", bracket.repeat(1_000));
    let cases: Vec<(&str, Vec<u8>, &Code)> = vec![
        ("nothing", Vec::new(), codes::PLT001),
        ("bytes", (0..=255).cycle().take(100_000).collect(), codes::SYN005),
        ("10 MB of braces", vec![b'{'; 10_000_000], codes::SYN004),
        ("10 MB of closing braces", vec![b'}'; 10_000_000], codes::SYN002),
        ("1 MB of quotes", [b"x = ".as_slice(), &vec![b'"'; 1_000_000]].concat(), codes::SYN001),
        ("10 MB of one word", [b"x ".as_slice(), &vec![b'a'; 10_000_000]].concat(), codes::TYP005),
        ("1 MB of commas", vec![b','; 1_000_000], codes::SYN001),
        ("1000 levels of braces", deep("x {").into_bytes(), codes::SYN004),
        ("1000 levels of lists", deep("[").into_bytes(), codes::SYN004),
        ("100000 unknown blocks", b"x y {}\n".repeat(100_000), codes::TYP005),
        ("100000 mistakes", b"x: y\n".repeat(100_000), codes::SYN001),
        ("33 MiB", b"#\n".repeat(33 << 19), codes::SYN005),
    ];
    let mut problems = Problems::default();
    for (name, bytes, code) in cases {
        let start = Instant::now();
        let compilation = compile_bytes(&bytes, None);
        let guard = Guard::new(&compilation.diagnostics, &compilation.sources);
        let drawn = compilation.diagnostics.iter().take(100);
        let rendered: usize = drawn.map(|told| render(told, &guard, Style::Plain).as_str().len()).sum();
        let taken = start.elapsed();
        let found: Vec<&str> = compilation.diagnostics.iter().take(3).map(|told| told.code.id).collect();
        if !compilation.diagnostics.iter().any(|told| told.code == code) {
            problems.add(name, format!("expected {}, found {found:?}", code.id));
        }
        if taken > AT_ONCE {
            problems.add(name, format!("took {taken:?}"));
        }
        if rendered > 1_000_000 {
            problems.add(name, format!("{rendered} bytes of messages"));
        }
    }
    problems.report();
}

/// Whatever is cut off, or left out, every stage goes on with what is there.
#[test]
fn damaged_sources_never_panic() {
    // At every character and every line, or at some.
    let (characters, lines_at) = if sample::whole() { (1, 1) } else { (61, 3) };
    for fixture in Fixture::all("ok") {
        let (_, bytes) = fixture.files().into_iter().next().expect("a fixture has a file");
        let text = String::from_utf8(bytes).expect("sources that build are text");
        for at in (0..text.len()).step_by(characters).filter(|&at| text.is_char_boundary(at)) {
            drop(compile_text(&text[..at]));
        }
        let lines: Vec<&str> = text.lines().collect();
        for left_out in (0..lines.len()).step_by(lines_at) {
            let rest: Vec<&str> =
                lines.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| *line).collect();
            drop(built(&compile_text(&rest.join("\n"))));
        }
    }
}

/// What did not hold, told all at once.
#[derive(Default)]
struct Problems(String);

impl Problems {
    fn add(&mut self, name: &str, problem: impl AsRef<str>) {
        let _ = writeln!(self.0, "{name}: {}", problem.as_ref());
    }

    fn report(self) {
        assert!(self.0.is_empty(), "\n{}", self.0);
    }
}

/// What is said of a source. Nothing is known of the images that fixtures make up; those about that call them so.
fn said(compilation: &Compilation) -> Vec<Diagnostic> {
    let said = compilation.diagnostics.iter();
    let meant = |told: &&Diagnostic| told.code != codes::IMG005 || told.message.contains("`acme/");
    said.filter(meant).cloned().collect()
}

/// Everything that comes out of a source: the messages as they are shown, and the artifacts.
fn built(compilation: &Compilation) -> (Vec<String>, Vec<Artifact>) {
    let said = &compilation.diagnostics;
    let guard = Guard::new(said, &compilation.sources);
    let messages = said.iter().map(|told| render(told, &guard, Style::Plain).to_string()).collect();
    let artifacts = compilation
        .platform
        .iter()
        .flat_map(|platform| infrac::build(platform, &target::of(&platform.targets)));
    (messages, artifacts.flat_map(|it| it.artifacts).collect())
}

/// The code that a fixture's name starts with.
fn code_of(name: &str) -> Option<&'static Code> {
    let (id, _) = name.split_once('-')?;
    CODES.iter().copied().find(|code| code.id == id)
}

/// Whether a source for one code may fire another: only what its directive allows.
fn allowed(told: &Diagnostic, code: &Code, also: &str) -> bool {
    told.code == code
        || of_targets(told)
        || BESIDE.contains(&told.code)
        || also.split(' ').any(|id| id == told.code.id)
}

/// A character that a terminal obeys instead of showing it.
fn obeyed(c: char) -> bool {
    c.is_control() && c != '\n'
}

/// What targets cannot do is no mistake of the source.
fn of_targets(told: &Diagnostic) -> bool {
    told.code == codes::TGT001 || told.code == codes::TGT002
}

/// The texts of the fences of a kind.
fn fences(markdown: &str, kind: &str) -> Vec<String> {
    let mut fences = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let text: String =
            lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        if info == kind {
            fences.push(text);
        }
    }
    fences
}

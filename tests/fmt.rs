//! The one style: what it looks like (`tests/fmt/*.infra`), and what holds for all sources, of the repository and
//! generated ones: printing twice is printing once, the tree is the same before and after, no comment is lost.

#[path = "fmt/generate.rs"]
mod generate;
#[path = "fmt/said.rs"]
mod said;

use std::error::Error;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

use infrac::syntax::MAX_WIDTH;

use crate::{files, markdown, sample};
use said::{broken, read};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// How many sources are generated, and how many by `tests/long.sh`.
const GENERATED: (u64, u64) = (1_000, 50_000);

/// Of how many each beginning is taken, and of how many by `tests/long.sh`.
const CUT: (u64, u64) = (20, 500);

/// Fixtures whose subject is how they are written.
const AS_THEY_ARE: &[&str] = &[
    "tests/fail/long-line.infra",
    "tests/pass/SYN001-one-line.infra",
    "tests/pass/SYN002-brackets-in-text.infra",
    "tests/pass/SYN003-dollars-and-quotes.infra",
    "tests/pass/SYN005-bom-crlf.infra",
];

fn many((sample, all): (u64, u64)) -> u64 {
    if sample::whole() { all } else { sample }
}

fn none(complaints: &[String]) {
    let shown = complaints.iter().take(5).map(String::as_str).collect::<Vec<&str>>();
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), shown.join("\n\n"));
}

#[test]
fn styles() {
    let mut changed = Vec::new();
    for path in files::those("tests/fmt", "infra") {
        let source = fs::read_to_string(&path).expect("the fixture was listed");
        let said = read(&source).expect("the fixture parses");
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path("snapshots/fmt");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_input_file(&path);
        settings.set_omit_expression(true);
        let shown = format!("{source}──── formatted\n{}", said.formatted);
        let compare = || settings.bind(|| insta::assert_snapshot!(name.as_str(), shown));
        if catch_unwind(AssertUnwindSafe(compare)).is_err() {
            changed.push(name);
        }
    }
    assert!(changed.is_empty(), "changed: {}", changed.join(", "));
}

#[test]
fn sources_of_the_repository_keep_what_they_say() -> Result {
    let mut complaints = Vec::new();
    let mut checked = 0;
    for file in files::repository()? {
        let texts = if file.is("", "infra") {
            vec![file.text]
        } else if file.is("", "md") {
            markdown::blocks(&file.text).into_iter().map(|block| block.text).collect()
        } else {
            continue;
        };
        for found in texts.iter().filter_map(|text| broken(text)) {
            checked += 1;
            complaints.extend(found.into_iter().map(|complaint| format!("{}: {complaint}", file.path)));
        }
    }
    assert!(checked > 200, "{checked} sources are checked");
    none(&complaints);
    Ok(())
}

#[test]
fn generated_sources_keep_what_they_say() {
    let judge = |seed| match broken(&generate::source(seed)) {
        Some(found) => found,
        None => vec![format!("seed {seed} does not parse:\n{}", generate::source(seed))],
    };
    none(&(0..many(GENERATED)).flat_map(judge).collect::<Vec<String>>());
}

/// Whatever is cut off, what still parses is formatted, and that without a panic.
#[test]
fn parts_of_sources_keep_what_they_say() {
    let mut complaints = Vec::new();
    for seed in 0..many(CUT) {
        let source = generate::source(seed);
        for at in (0..source.len()).filter(|&at| source.is_char_boundary(at)) {
            complaints.extend(broken(&source[..at]).into_iter().flatten());
        }
    }
    none(&complaints);
}

#[test]
fn the_repository_is_formatted() -> Result {
    let mut complaints = Vec::new();
    for file in files::repository()?.iter().filter(|file| file.is("", "infra") && !file.is("tests/fmt", "")) {
        let is_formatted = read(&file.text).map(|said| said.formatted == file.text);
        let path = file.path.as_str();
        match (is_formatted, AS_THEY_ARE.contains(&path)) {
            (Some(false), false) => complaints.push(format!("{path}: run `infrac fmt {path}`")),
            (Some(true), true) => complaints.push(format!("{path} needs no exception any more")),
            (None, _) if !path.starts_with("tests/fail/") => {
                complaints.push(format!("{path} does not parse"));
            }
            _ => {}
        }
    }
    none(&complaints);
    Ok(())
}

/// The example of the style's own document is in the style.
#[test]
fn the_document_is_formatted() -> Result {
    let text = fs::read_to_string(files::root().join("docs/formatting.md"))?;
    let blocks = markdown::blocks(&text);
    assert!(!blocks.is_empty(), "the examples are not found");
    assert!(text.contains(&format!("{MAX_WIDTH} columns")), "the width is another one");
    for block in blocks {
        assert_eq!(read(&block.text).ok_or("does not parse")?.formatted, block.text);
    }
    Ok(())
}

/// Twice the source is about twice the work: what is tried at every level around a place is bounded.
#[test]
fn deep_and_long_sources_are_no_trouble() {
    let deep = format!("{}x = \"{}\"{}", "a { ".repeat(63), "y".repeat(200_000), " }".repeat(63));
    let wide = format!("a {{ {} }}", "b = 1, ".repeat(20_000));
    let tall = "variable A = \"b\" { description = \"c\" } # d\n".repeat(10_000);
    let list = format!("a = [{}]", "[1, 2], ".repeat(10_000));
    let start = SystemTime::now();
    for text in [deep, wide, tall, list] {
        let formatted = read(&text).expect("it parses").formatted;
        assert_eq!(read(&formatted).expect("it parses").formatted, formatted);
    }
    let taken = start.elapsed().unwrap_or_default();
    assert!(taken < Duration::from_secs(20), "took {taken:?}");
}

#[cfg(unix)]
mod files_on_disk {
    use super::{Duration, Result, SystemTime, fs};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;
    use std::process::{Command, Output};

    const UNTIDY: &str = "platform   shop\n";
    const TIDY: &str = "platform shop\n";

    fn fmt(folder: &Path, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infrac"));
        Ok(command.arg("fmt").args(arguments).current_dir(folder).env_clear().output()?)
    }

    #[test]
    fn what_does_not_change_keeps_its_time() -> Result {
        let folder = tempfile::tempdir()?;
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        for (name, text) in [("tidy", TIDY), ("untidy", UNTIDY), ("wrong", "a   = {")] {
            let path = folder.path().join(name).with_extension("infra");
            fs::write(&path, text)?;
            fs::File::options().write(true).open(&path)?.set_modified(then)?;
        }
        let modified = |name: &str| fs::metadata(folder.path().join(name)).and_then(|it| it.modified());
        for arguments in [&["--check", "."][..], &["--diff", "."], &["--check", "--diff", "."]] {
            fmt(folder.path(), arguments)?;
            assert_eq!(modified("untidy.infra")?, then, "{arguments:?} wrote");
        }
        assert_eq!(fmt(folder.path(), &["."])?.status.code(), Some(1));
        assert_eq!(modified("tidy.infra")?, then);
        assert_eq!(modified("wrong.infra")?, then);
        assert_ne!(modified("untidy.infra")?, then);
        assert_eq!(fs::read_to_string(folder.path().join("untidy.infra"))?, TIDY);
        assert_eq!(fs::read_dir(folder.path())?.count(), 3, "something is left behind");
        Ok(())
    }

    #[test]
    fn modes_and_links_stay() -> Result {
        let folder = tempfile::tempdir()?;
        let place = |name: &str| folder.path().join(name);
        fs::write(place("real.infra"), UNTIDY)?;
        fs::set_permissions(place("real.infra"), fs::Permissions::from_mode(0o640))?;
        symlink("real.infra", place("link.infra"))?;
        assert_eq!(fmt(folder.path(), &["link.infra", "real.infra"])?.status.code(), Some(0));
        assert!(place("link.infra").is_symlink());
        assert_eq!(fs::read_to_string(place("real.infra"))?, TIDY);
        assert_eq!(fs::metadata(place("real.infra"))?.permissions().mode() & 0o777, 0o640);
        Ok(())
    }

    #[test]
    fn what_may_not_be_written_is_not() -> Result {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.infra");
        fs::write(&path, UNTIDY)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444))?;
        let output = fmt(folder.path(), &["a.infra"])?;
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr)?;
        assert_eq!(said, "error: `a.infra` cannot be written: it is read-only\n");
        assert_eq!(fs::read_to_string(&path)?, UNTIDY);
        Ok(())
    }
}

//! The commands as a user types them. A case is a file in `tests/cli/`; what needs more than commands and
//! files stands here.
#![cfg(unix)]

#[path = "cli/case.rs"]
mod case;

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use infrac::diagnostic::CODES;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// More than all messages of one run take, in bytes.
const MOST_SAID: usize = 100_000;

const SHOP: &str = include_str!("cli/shop.infra");

fn infrac(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_infrac"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

/// Whether a command ended as it should, in words of its own.
fn expect(output: &Output, code: i32) -> Result<String> {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() == Some(code) && !said.contains("panicked") {
        Ok(said)
    } else {
        Err(format!("expected exit code {code}, got {}:\n{said}", output.status).into())
    }
}

#[test]
fn cases() {
    let mut changed = Vec::new();
    for path in crate::files::those("tests/cli", "case") {
        let said = fs::read_to_string(&path).map_err(Into::into).and_then(|case| case::run(&case));
        let said = said.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path("snapshots/cli");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_input_file(&path);
        settings.set_omit_expression(true);
        let compare = || settings.bind(|| insta::assert_snapshot!(name.as_str(), said));
        if catch_unwind(AssertUnwindSafe(compare)).is_err() {
            changed.push(name);
        }
    }
    assert!(changed.is_empty(), "changed: {}", changed.join(", "));
}

#[test]
fn the_version_is_told() -> Result {
    let folder = tempfile::tempdir()?;
    let output = infrac(folder.path(), &["--version"]).output()?;
    expect(&output, 0)?;
    assert_eq!(String::from_utf8(output.stdout)?, concat!("infrac ", env!("CARGO_PKG_VERSION"), "\n"));
    Ok(())
}

/// Sources that have something of every kind between them.
const SHOWN: [&str; 5] = [
    "tests/ok/sources.infra",
    "tests/ok/backups.infra",
    "tests/ok/rare.infra",
    "tests/ok/cluster-operator.infra",
    "platform.infra",
];

/// Whatever `infrac show` lists has a page, of every kind.
#[test]
fn what_is_listed_is_shown() -> Result {
    let kinds = include_str!("../src/cli/show/kinds.rs");
    let titles = kinds.split("List::of(").skip(1);
    let titles = titles.filter_map(|rest| Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0));
    let titles: Vec<&str> = titles.filter(|title| *title != "left-out").collect();
    assert!(titles.len() > 20, "{titles:?}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = std::collections::BTreeSet::new();
    for source in SHOWN {
        for title in &titles {
            let list = infrac(folder, &["show", title, "--source", source]).output()?;
            expect(&list, 0)?;
            let list = String::from_utf8(list.stdout)?;
            // Where there is nothing of a kind, a thing that is called like it is shown, with its place.
            if list.lines().next().is_some_and(|line| line.contains("  (")) {
                continue;
            }
            // The first of a kind stands for all of it, and the last one for those that are made another way.
            for name in list.lines().next().into_iter().chain(list.lines().last()) {
                let page = infrac(folder, &["show", name, "--source", source]).output()?;
                expect(&page, 0).map_err(|error| format!("{source}: {title}: {name}: {error}"))?;
                seen.insert(*title);
            }
        }
    }
    let unseen: Vec<&&str> = titles.iter().filter(|title| !seen.contains(**title)).collect();
    assert!(unseen.is_empty(), "no source has any: {unseen:?}");
    Ok(())
}

#[test]
fn every_code_is_listed_and_explained() -> Result {
    let folder = tempfile::tempdir()?;
    let list = infrac(folder.path(), &["explain"]).output()?;
    expect(&list, 0)?;
    let list = String::from_utf8(list.stdout)?;
    for code in CODES {
        let line = list.lines().find(|line| line.starts_with(code.id)).ok_or(code.id)?;
        assert!(line.ends_with(code.name), "{line}");
        for word in [code.id, &code.id.to_lowercase(), code.name] {
            let output = infrac(folder.path(), &["explain", word]).output()?;
            expect(&output, 0)?;
            let said = String::from_utf8(output.stdout)?;
            let text = code.explanation.lines().skip(1).collect::<Vec<&str>>().join("\n");
            assert!(said.starts_with(&format!("{} {} (", code.id, code.name)), "{word}: {said}");
            assert!(!text.is_empty() && said.contains(text.trim()), "{word}: {said}");
        }
    }
    Ok(())
}

#[test]
fn a_second_build_changes_nothing() -> Result {
    let first = tempfile::tempdir()?;
    let second = tempfile::tempdir()?;
    for folder in [&first, &second] {
        fs::write(folder.path().join("platform.infra"), SHOP)?;
        expect(&infrac(folder.path(), &["build"]).output()?, 0)?;
    }
    let files = case::tree(first.path())?;
    assert!(files.len() > 1, "{files:?}");
    assert_eq!(files, case::tree(second.path())?);
    let before = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for file in &files {
        assert_eq!(fs::read(first.path().join(file))?, fs::read(second.path().join(file))?, "{file}");
        fs::File::options().write(true).open(first.path().join(file))?.set_modified(before)?;
    }
    expect(&infrac(first.path(), &["build"]).output()?, 0)?;
    for file in &files {
        assert_eq!(fs::metadata(first.path().join(file))?.modified()?, before, "{file}");
    }
    Ok(())
}

#[test]
fn what_is_printed_is_what_is_written() -> Result {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("platform.infra"), SHOP)?;
    let output = infrac(folder.path(), &["build", "--stdout"]).output()?;
    expect(&output, 0)?;
    assert_eq!(case::tree(folder.path())?, ["platform.infra"], "`--stdout` wrote a file");
    let printed = String::from_utf8(output.stdout)?;
    expect(&infrac(folder.path(), &["build"]).output()?, 0)?;
    let mut files = 0;
    for part in printed.strip_prefix("==> ").ok_or("no artifact")?.split("\n==> ") {
        let (path, content) = part.split_once(" <==\n").ok_or("no path")?;
        let written = fs::read_to_string(folder.path().join(path))?;
        assert_eq!(content.trim_end(), written.trim_end(), "{path}");
        files += 1;
    }
    // The source and the manifest stand beside them.
    assert_eq!(files + 2, case::tree(folder.path())?.len());
    Ok(())
}

#[test]
fn a_closed_pipe_is_no_failure() -> Result {
    let folder = tempfile::tempdir()?;
    let mut child = infrac(folder.path(), &["build", "-", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // The reader is gone before the program has anything to say, which it has only with its input.
    drop(child.stdout.take());
    child.stdin.take().ok_or("no input")?.write_all(SHOP.as_bytes())?;
    assert_eq!(expect(&child.wait_with_output()?, 0)?, "");
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() -> Result {
    let folder = tempfile::tempdir()?;
    let full = fs::File::options().write(true).open("/dev/full")?;
    let said = expect(&infrac(folder.path(), &["explain"]).stdout(full).output()?, 1)?;
    assert!(said.starts_with("error: standard output cannot be written: No space left"), "{said}");
    Ok(())
}

/// `/proc` takes no files, not even from root, for whom a folder without the right to write is no obstacle.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files_is_told() -> Result {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("platform.infra"), SHOP)?;
    let output = infrac(folder.path(), &["build", "--out", "/proc/self"]).output()?;
    let said = expect(&output, 1)?;
    assert!(said.starts_with("error: `/proc/self/") && said.contains("` cannot be written: "), "{said}");
    assert!(output.stdout.is_empty());
    Ok(())
}

/// Sources that are wrong from the ground up: a clean end, a code, and nothing written.
#[test]
fn bad_input_ends_cleanly() -> Result {
    let nested =
        |depth: usize| format!("platform p\nservice a {}{}", "{ b ".repeat(depth), "}".repeat(depth));
    let listed = |depth: usize| {
        format!("platform p\nservice a {{ command = {}{} }}", "[".repeat(depth), "]".repeat(depth))
    };
    let with = |line: &str| format!("{SHOP}{line}\n").into_bytes();
    let inputs: Vec<(&str, &str, Vec<u8>)> = vec![
        ("an empty file", "PLT001", Vec::new()),
        ("white space", "PLT001", b" \n\t\n\n".to_vec()),
        ("a byte-order mark alone", "PLT001", b"\xef\xbb\xbf".to_vec()),
        ("a comment alone", "PLT001", b"# nothing".to_vec()),
        ("binary bytes", "SYN005", (0..=255).collect()),
        ("UTF-16", "SYN005", b"\xff\xfep\0l\0".to_vec()),
        ("zero bytes", "SYN005", vec![0; 4096]),
        ("a file that is too large", "SYN005", vec![b'#'; 32 * 1024 * 1024 + 1]),
        ("10 MB of {", "SYN004", vec![b'{'; 10_000_000]),
        ("10 MB of }", "SYN002", vec![b'}'; 10_000_000]),
        ("10 MB of \"", "SYN00", vec![b'"'; 10_000_000]),
        ("10 MB of one word", "", vec![b'a'; 10_000_000]),
        ("nesting a thousand deep", "SYN004", nested(1_000).into_bytes()),
        ("lists a thousand deep", "SYN004", listed(1_000).into_bytes()),
        ("nesting as deep as is allowed", "TYP", nested(63).into_bytes()),
        ("a brace that is not closed", "SYN002", with("service b {")),
        ("text that is not closed", "SYN003", with("variable A = \"b")),
        ("text of lines that is not closed", "SYN00", with("variable A = \"\"\"\nb")),
        ("a port that is none", "TYP003", with("service b { image = \"shop/b:1\", port http = 70000 }")),
        (
            "a number beyond all bounds",
            "TYP003",
            with("service b { image = \"shop/b:1\", port http = 99999999999999999999 }"),
        ),
        ("a wrong unit", "TYP002", with("service b { image = \"shop/b:1\", resources { memory = 512s } }")),
        ("an unknown key", "TYP005", with("service b { image = \"shop/b:1\", imgae = \"c\" }")),
        ("a name that is no DNS label", "TYP007", with("service \"b c\" { image = \"shop/b:1\" }")),
        ("a name twice", "MRG001", with("service api { image = \"shop/b:1\" }")),
        (
            "services that wait for each other",
            "DEP002",
            with(
                "service b { image = \"shop/b:1\", after = [c] }\nservice c { image = \"shop/c:1\", after = [b] }",
            ),
        ),
        ("a component in itself", "CMP002", with("component a { image = \"shop/a:1\"\na inner }\na one")),
        ("an import of itself", "IMP002", with("import \"platform.infra\"")),
        ("an import of nothing", "IMP001", with("import \"nothing.infra\"")),
        ("an import from outside", "IMP003", with("import \"../other.infra\"")),
        ("an import by an absolute path", "IMP003", with("import \"/etc/passwd\"")),
    ];
    let mut wrong = Vec::new();
    for (name, code, bytes) in inputs {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("platform.infra"), bytes)?;
        let output = infrac(folder.path(), &["build"]).output()?;
        let said = match expect(&output, 1) {
            Ok(said) => said,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        // A message shows what is wrong, not the whole file.
        if said.len() > MOST_SAID {
            wrong.push(format!("{name}: {} bytes of messages", said.len()));
        } else if !said.contains(&format!("error[{code}")) {
            wrong.push(format!("{name}: no {code}:\n{said}"));
        }
        if case::tree(folder.path())? != ["platform.infra"] || !output.stdout.is_empty() {
            wrong.push(format!("{name}: something was written"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    Ok(())
}

/// A byte-order mark and the line ends of Windows change nothing.
#[test]
fn marks_of_other_editors_are_accepted() -> Result {
    let print = |source: &[u8]| -> Result<Vec<u8>> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("platform.infra"), source)?;
        let output = infrac(folder.path(), &["build", "--stdout"]).output()?;
        expect(&output, 0)?;
        Ok(output.stdout)
    };
    let plain = print(SHOP.as_bytes())?;
    assert!(!plain.is_empty());
    assert_eq!(print(format!("\u{feff}{}", SHOP.replace('\n', "\r\n")).as_bytes())?, plain);
    Ok(())
}

/// A build for each change, until it is interrupted.
#[test]
fn a_change_is_built() -> Result {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("platform.infra");
    fs::write(&source, SHOP)?;
    let mut watch = infrac(folder.path(), &["watch"]);
    let mut watch = watch.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let compose = folder.path().join("docker/compose.infrastructure.yaml");
    let holds = |text: &str| fs::read_to_string(&compose).is_ok_and(|found| found.contains(text));
    let comes = |text: &str| {
        let end = std::time::Instant::now() + Duration::from_secs(60);
        while !holds(text) && std::time::Instant::now() < end {
            std::thread::sleep(Duration::from_millis(50));
        }
        holds(text)
    };
    let first = comes("services:");
    fs::write(&source, SHOP.replacen("platform shop", "platform market", 1))?;
    let second = comes("name: market");
    watch.kill()?;
    watch.wait()?;
    assert!(first && second, "first build: {first}, second: {second}");
    Ok(())
}

/// A source that is away for a moment, as while an editor saves it, ends nothing.
#[test]
fn a_source_that_is_away_is_waited_for() -> Result {
    let folder = tempfile::tempdir()?;
    // What stands in a folder above is another platform.
    fs::write(folder.path().join("platform.infra"), SHOP.replacen("platform shop", "platform above", 1))?;
    let inner = folder.path().join("inner");
    fs::create_dir(&inner)?;
    let source = inner.join("platform.infra");
    fs::write(&source, SHOP)?;
    let said = fs::File::create(folder.path().join("said"))?;
    let mut watch = infrac(&inner, &["watch"]).stdout(Stdio::null()).stderr(said).spawn()?;
    let until = |is_so: &dyn Fn() -> bool| {
        let end = std::time::Instant::now() + Duration::from_secs(60);
        while !is_so() && std::time::Instant::now() < end {
            std::thread::sleep(Duration::from_millis(50));
        }
        is_so()
    };
    let compose = inner.join("docker/compose.infrastructure.yaml");
    let holds = |text: &str| fs::read_to_string(&compose).is_ok_and(|found| found.contains(text));
    let first = until(&|| holds("name: shop"));
    fs::remove_file(&source)?;
    let away = until(&|| {
        fs::read_to_string(folder.path().join("said")).is_ok_and(|said| said.contains("still watching"))
    });
    fs::write(&source, SHOP.replacen("platform shop", "platform market", 1))?;
    let second = until(&|| holds("name: market"));
    watch.kill()?;
    watch.wait()?;
    assert!(first && away && second, "first build: {first}, away: {away}, second: {second}");
    assert!(!folder.path().join("docker").exists(), "the platform above was built");
    Ok(())
}

/// The digest in an archive is of every file that was read.
#[test]
fn a_digest_is_of_every_file_that_was_read() -> Result {
    let folder = tempfile::tempdir()?;
    let source = format!("{SHOP}import \"more.infra\"\n");
    let more = "service b {\n  networks = []\n  image = \"shop/b:1\" { base = \"node:24-bookworm-slim\" }\n  config \"/etc/b.conf\" { from = \"b.conf\" }\n}\n";
    let files = [("platform.infra", source.as_str()), ("more.infra", more), ("b.conf", "level=1\n")];
    let digest = || -> Result<String> {
        let said = infrac(folder.path(), &["bundle", "--to", "shop.tar.gz"]).output()?;
        expect(&said, 0)?;
        let mut read = Command::new("tar");
        read.args(["xzOf", "shop.tar.gz", "shop/BUILD"]).current_dir(folder.path());
        let text = String::from_utf8(read.output()?.stdout)?;
        Ok(text.lines().find(|line| line.starts_with("source ")).ok_or("no digest")?.to_owned())
    };
    for (name, text) in files {
        fs::write(folder.path().join(name), text)?;
    }
    let before = digest()?;
    assert_eq!(before, digest()?);
    for (name, text) in files {
        fs::write(folder.path().join(name), format!("{text}# more\n"))?;
        assert_ne!(before, digest()?, "{name}");
        fs::write(folder.path().join(name), text)?;
    }
    assert_eq!(before, digest()?);
    Ok(())
}

/// What `--fix` writes has the byte-order mark and the ends of lines that the file had.
#[test]
fn a_fix_keeps_marks_of_other_editors() -> Result {
    let folder = tempfile::tempdir()?;
    let wrong = format!("{SHOP}network back\nservice b {{ image = \"shop/b:1\", networks = [bakc] }}\n");
    let marked = format!("\u{feff}{}", wrong.replace('\n', "\r\n"));
    let source = folder.path().join("platform.infra");
    fs::write(&source, &marked)?;
    infrac(folder.path(), &["check", "--fix"]).output()?;
    let text = fs::read_to_string(&source)?;
    assert_eq!(text, marked.replace("bakc", "back"));
    Ok(())
}

/// Bash completes pages, and the environments of the platform.
#[test]
fn bash_completes_names() -> Result {
    let folder = tempfile::tempdir()?;
    fs::write(
        folder.path().join("platform.infra"),
        format!("{SHOP}environment production {{}}\nenvironment test {{}}\n"),
    )?;
    let script = infrac(folder.path(), &["completions", "bash"]).output()?;
    fs::write(folder.path().join("completions"), &script.stdout)?;
    let program = Path::new(env!("CARGO_BIN_EXE_infrac")).parent().ok_or("no folder")?.display().to_string();
    let ask = |words: &str| -> Result<String> {
        let line = format!(
            "PATH={program}:$PATH; source completions; COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); f=$(complete -p infrac | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $f infrac \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; echo \"${{COMPREPLY[*]}}\""
        );
        let output = Command::new("bash").args(["-c", &line]).current_dir(folder.path()).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    assert_eq!(ask("infrac build --env p")?, "production");
    let pages = ask("infrac explain postg")?;
    assert!(pages.split(' ').any(|page| page == "postgres"), "{pages}");
    Ok(())
}

#[test]
fn shells_and_man_are_served() -> Result {
    let folder = tempfile::tempdir()?;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = infrac(folder.path(), &["completions", shell]).output()?;
        expect(&output, 0)?;
        assert!(String::from_utf8(output.stdout)?.contains("infrac"), "{shell}");
    }
    expect(&infrac(folder.path(), &["man", "--to", "pages"]).output()?, 0)?;
    let page = fs::read_to_string(folder.path().join("pages/infrac-build.1"))?;
    assert!(page.contains("Nothing is written when the source has errors"), "{page}");
    Ok(())
}

/// An archive holds what the build wrote, byte by byte.
#[test]
fn an_archive_is_the_build() -> Result {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("platform.infra"), SHOP)?;
    expect(&infrac(folder.path(), &["build", "--out", "built"]).output()?, 0)?;
    expect(&infrac(folder.path(), &["bundle", "--to", "shop.tar.gz"]).output()?, 0)?;
    let unpacked = Command::new("tar").args(["xzf", "shop.tar.gz"]).current_dir(folder.path()).status()?;
    assert!(unpacked.success());
    let name = fs::read_dir(folder.path())?
        .filter_map(std::result::Result::ok)
        .find(|entry| entry.path().join("BUILD").exists())
        .ok_or("no folder with BUILD")?;
    let mut packed = case::tree(&name.path())?;
    packed.retain(|path| path != "BUILD");
    assert_eq!(packed, case::tree(&folder.path().join("built"))?);
    for path in packed {
        let built = fs::read_to_string(folder.path().join("built").join(&path))?;
        assert_eq!(fs::read_to_string(name.path().join(&path))?, built, "{path}");
    }
    Ok(())
}

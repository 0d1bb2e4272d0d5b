//! `infrac init`: a small platform that builds, with what belongs beside it. It asks nothing, and replaces nothing.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::report::Report;
use super::{Failure, InitArguments, Outcome};
use crate::diagnostic::Sink;
use crate::emit;
use crate::source::Sources;
use crate::standard::images;
use crate::syntax;

const TEMPLATE: &str = include_str!("init/platform.infra.j2");
const HOOKS: &str = include_str!("init/hooks.yaml");

/// What nobody but the host may see, and archives. What a build writes is kept: a check holds it against the source.
const IGNORED: &[&str] = &[".env", "build/*.tar.gz", "build/*.tar.gz.sha256"];

/// What is known of the project.
#[derive(Debug, Serialize)]
struct Known {
    name: String,
    title: String,
    dockerfile: bool,
    /// The image that the last stage of the Dockerfile is made of.
    base: Option<String>,
    port: u16,
    /// What asks for its health, where the catalogue does not know what the image holds.
    tool: Option<&'static str>,
}

pub(super) fn run(arguments: &InitArguments, report: &Report) -> Result<Outcome, Failure> {
    let folder = arguments.folder.clone().unwrap_or_else(|| PathBuf::from("."));
    let unwritten = |path: &Path, error: &io::Error| {
        Failure::System(format!("`{}` cannot be written: {error}", path.display()))
    };
    let source = folder.join("platform.infra");
    if source.exists() {
        return Err(Failure::System(format!(
            "`{}` is there already\n  help: `infrac check` says what is wrong with it, `infrac show` what it comes to",
            source.display()
        )));
    }
    fs::create_dir_all(&folder).map_err(|error| unwritten(&folder, &error))?;
    let known = known(&folder, arguments.name.as_deref())?;
    let text = in_style(&emit::render(TEMPLATE, &known));
    create(&source, &text).map_err(|error| unwritten(&source, &error))?;
    report.result(&format!("wrote {}\n", shown(&source)))?;
    let ignore = folder.join(".gitignore");
    if let Some(verb) = ignored(&ignore).map_err(|error| unwritten(&ignore, &error))? {
        report.result(&format!("{verb} {}\n", shown(&ignore)))?;
    }
    let hooks = folder.join(".pre-commit-config.yaml");
    if hooks.exists() {
        report.remark(&format!("{} is there already: docs/ci.md says what belongs into it", shown(&hooks)));
    } else {
        create(&hooks, HOOKS).map_err(|error| unwritten(&hooks, &error))?;
        report.result(&format!("wrote {}\n", shown(&hooks)))?;
    }
    let at = if folder == Path::new(".") { String::new() } else { format!(" {}", folder.display()) };
    report.result(&format!(
        "next: infrac build{at}, then fill in .env as .env.example asks for, and start it as the first lines of the compose file say\n"
    ))?;
    Ok(Outcome::Fine)
}

/// What can be found out: the name by the folder, the image by its Dockerfile.
fn known(folder: &Path, name: Option<&str>) -> Result<Known, Failure> {
    let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let of_folder = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let title = name.map_or(of_folder, str::to_owned);
    let name = named(&title);
    if name.is_empty() {
        return Err(Failure::Usage(format!(
            "`{title}` is no name of a platform\n  help: `infrac init --name shop`"
        )));
    }
    let dockerfile = fs::read_to_string(folder.join("Dockerfile")).ok();
    let (base, port) = dockerfile.as_deref().map(read).unwrap_or_default();
    let is_known = base.as_deref().is_some_and(|base| images::knows(images::repository(base)));
    Ok(Known {
        title: title.replace(|c: char| c.is_control() || matches!(c, '"' | '\\' | '$'), " "),
        name,
        tool: (dockerfile.is_some() && !is_known).then_some("wget"),
        dockerfile: dockerfile.is_some(),
        base,
        port: port.unwrap_or(8080),
    })
}

/// A text as the name of a platform: letters, digits and dashes, a letter first.
fn named(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<&str>>().join("-");
    name.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).chars().take(40).collect()
}

/// The image that a Dockerfile's last stage is made of, and the first port that it exposes.
fn read(dockerfile: &str) -> (Option<String>, Option<u16>) {
    let mut stages: Vec<(Option<&str>, &str)> = Vec::new();
    let mut port = None;
    for line in dockerfile.lines() {
        let words: Vec<&str> = line.split_whitespace().filter(|word| !word.starts_with("--")).collect();
        match words.as_slice() {
            [word, image, rest @ ..] if word.eq_ignore_ascii_case("from") => {
                let name = match rest {
                    [as_, name, ..] if as_.eq_ignore_ascii_case("as") => Some(*name),
                    _ => None,
                };
                // A stage that is made of another one is made of what that is made of.
                let image = stages.iter().find(|(known, _)| *known == Some(*image)).map_or(*image, |it| it.1);
                stages.push((name, image));
            }
            [word, number, ..] if word.eq_ignore_ascii_case("expose") && port.is_none() => {
                port = number.split('/').next().and_then(|number| number.parse().ok());
            }
            _ => {}
        }
    }
    let plain = |image: &&str| !image.contains(['$', '"', '\\']) && *image != "scratch";
    (stages.last().map(|(_, image)| *image).filter(plain).map(str::to_owned), port)
}

/// A source in the one style.
fn in_style(text: &str) -> String {
    let mut sources = Sources::default();
    let id = sources.add("platform.infra", text.to_owned());
    let file = syntax::parse(&sources, id, &mut Sink::default());
    syntax::print(sources.file(id), &file)
}

/// Writes a file that is not there yet.
fn create(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

/// Adds what is missing in a list of ignored files; what was done, where anything was.
fn ignored(path: &Path) -> io::Result<Option<&'static str>> {
    let before = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        text => Some(text?),
    };
    let text = before.clone().unwrap_or_default();
    let missing: Vec<&str> =
        IGNORED.iter().copied().filter(|it| !text.lines().any(|line| line.trim() == *it)).collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let added: String = missing.iter().flat_map(|line| [line, "\n"]).collect();
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(format!("{gap}{added}").as_bytes())?;
    Ok(Some(if before.is_some() { "added to" } else { "wrote" }))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::{named, read};

    #[test]
    fn a_dockerfile_says_what_the_image_is_made_of() {
        let text = "FROM node:24 AS build\nRUN x\nFROM --platform=linux/amd64 node:24-bookworm-slim as run\nEXPOSE 3000/tcp 9000\nFROM run\n";
        assert_eq!(read(text), (Some("node:24-bookworm-slim".to_owned()), Some(3000)));
        assert_eq!(read("FROM scratch\n"), (None, None));
        assert_eq!(read("FROM ${BASE}\n"), (None, None));
    }

    #[test]
    fn a_folder_gives_its_name() {
        assert_eq!(named("My Shop (2)"), "my-shop-2");
        assert_eq!(named("2024-shop"), "shop");
        assert_eq!(named("…"), "");
    }
}

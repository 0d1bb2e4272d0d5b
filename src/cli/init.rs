//! `infrac init`: a small platform that builds, with what belongs beside it. It asks nothing, and replaces nothing.

mod dockerfile;
mod hooks;
mod ignore;

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::check;
use super::findings::{FindingsArguments, Format, FormatArgument};
use super::report::Report;
use super::{CheckArguments, Failure, InitArguments, Outcome, SourceArguments};
use crate::diagnostic::Sink;
use crate::emit;
use crate::notation::image::Reference;
use crate::platform::Runtime;
use crate::source::{Found, LoadError, Loader, Sources};
use crate::standard::images;
use crate::syntax;

const TEMPLATE: &str = include_str!("init/platform.infra.j2");

/// The name of a platform whose folder gives none.
const PLAIN_NAME: &str = "platform";

/// What is known of the project.
#[derive(Debug, Clone, Serialize)]
struct Known {
    name: String,
    title: String,
    dockerfile: bool,
    /// The image that the last stage of the Dockerfile is made of.
    base: Option<String>,
    port: u16,
    /// How its health is known: `path`, `builtin` for the image's own check, `none` where nothing is known of the image.
    health: &'static str,
}

pub(super) fn run(arguments: &InitArguments, report: &Report) -> Result<Outcome, Failure> {
    let folder = arguments.folder.clone().unwrap_or_else(|| PathBuf::from("."));
    let unwritten = Failure::unwritten;
    let source = folder.join("platform.infra");
    if source.exists() {
        return Err(Failure::System(format!(
            "`{}` is there already\n  help: `infrac check` says what is wrong with it, `infrac show` what it comes to",
            source.display()
        )));
    }
    let known = known(&folder, arguments.name.as_deref())?;
    let name = known.name.clone();
    // Of the name of the folder something would be lost.
    let is_plain = arguments.name.is_none() && named(&known.title).is_none();
    let title = known.title.clone();
    let text = sound(&folder, known);
    fs::create_dir_all(&folder).map_err(|error| unwritten(&folder, &error))?;
    create(&source, &text).map_err(|error| unwritten(&source, &error))?;
    report.result(&format!("wrote {}: the platform `{name}`\n", shown(&source)))?;
    if is_plain {
        report.result(&format!(
            "{title} is no name of a platform, which has letters from a to z, digits and dashes: `--name` gives another one\n"
        ))?;
    }
    let ignore = folder.join(".gitignore");
    let (root, below) = hooks::repository_of(&folder).unwrap_or_else(|| (folder.clone(), None));
    if let Some(said) = ignore::add(&ignore, &root).map_err(|error| unwritten(&ignore, &error))? {
        report.result(&format!("{said}\n"))?;
    }
    write_hooks(&root, below.as_deref(), report)?;
    for name in ["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"] {
        if folder.join(name).exists() {
            report.result(&format!(
                "{name} stays as it is: nothing of it is in platform.infra, and what it starts stands beside the platform\n"
            ))?;
        }
    }
    let outcome = check::run(&all_of(&folder), report)?;
    let at = if folder == Path::new(".") {
        String::new()
    } else {
        format!(" {}", hooks::quoted(&folder.display().to_string()))
    };
    report.result(&format!(
        "next: infrac build{at} --all, then fill in .env as .env.example asks for, and start it as the first lines of the compose file say\n"
    ))?;
    Ok(outcome)
}

/// A check of everything that was written.
fn all_of(folder: &Path) -> CheckArguments {
    CheckArguments {
        source: SourceArguments { path: Some(folder.to_owned()), env: None },
        fix: false,
        diff: false,
        findings: FindingsArguments {
            format: FormatArgument { format: Format::Human },
            deny: Vec::new(),
            warn: Vec::new(),
        },
    }
}

/// Writes the hooks of the repository, or prints what belongs into its own.
fn write_hooks(root: &Path, below: Option<&str>, report: &Report) -> Result<(), Failure> {
    let path = root.join(hooks::FILE);
    if path.exists() {
        return report.result(&format!(
            "{} is there already; below `repos:` belongs\n\n{}\n",
            shown(&path),
            hooks::lines(below)
        ));
    }
    create(&path, &hooks::configuration(below)).map_err(|error| Failure::unwritten(&path, &error))?;
    report.result(&format!("wrote {}\n", shown(&path)))
}

/// The source: with as much of what is known as goes without an error.
fn sound(folder: &Path, known: Known) -> String {
    let without_check = Known { health: "none", ..known.clone() };
    let without_base = Known { base: None, ..without_check.clone() };
    let without_dockerfile =
        Known { dockerfile: false, base: None, health: "path", port: DEFAULT_PORT, ..known.clone() };
    let ways = [known, without_check, without_base, without_dockerfile];
    let texts = ways.iter().map(|known| in_style(&emit::render(TEMPLATE, known)));
    let mut texts: Vec<String> = texts.collect();
    match texts.iter().position(|text| is_sound(folder, text)) {
        Some(at) => texts.swap_remove(at),
        // The last one knows nothing of the folder, and is sound: a test has it.
        None => texts.pop().unwrap_or_default(),
    }
}

/// Whether a source compiles as it stands and with its environment.
fn is_sound(folder: &Path, text: &str) -> bool {
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(text.as_bytes().to_vec())),
        _ => fs::read(folder.join(path)).map(Found::File).map_err(|_| LoadError::Missing),
    };
    let loader = Loader { load: &load };
    [None, Some("production")].into_iter().all(|environment| {
        !crate::compile(&loader, "platform.infra", environment, Runtime::ALL[0]).has_errors()
    })
}

/// The port of an image that says none.
const DEFAULT_PORT: u16 = 8080;

/// What can be found out: the name by the folder, the image by its Dockerfile.
fn known(folder: &Path, name: Option<&str>) -> Result<Known, Failure> {
    let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let of_folder = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let title = name.map_or(of_folder, str::to_owned);
    let name = match (name, named(&title)) {
        (_, Some(name)) => name,
        (None, None) => named(&format!("{PLAIN_NAME}-{title}")).unwrap_or_else(|| PLAIN_NAME.to_owned()),
        (Some(_), None) => {
            let near = named(&format!("{PLAIN_NAME}-{title}")).unwrap_or_else(|| "shop".to_owned());
            return Err(Failure::Usage(format!(
                "`{title}` is no name of a platform: it has letters from a to z, digits and dashes, a letter first\n  help: `infrac init --name {near}`"
            )));
        }
    };
    let dockerfile = fs::read_to_string(folder.join("Dockerfile")).ok();
    let image = dockerfile.as_deref().map(dockerfile::read).unwrap_or_default();
    let is_known = image.base.as_deref().is_some_and(|base| images::knows(Reference::parse(base).repository));
    Ok(Known {
        title: title.replace(|c: char| c.is_control() || matches!(c, '"' | '\\' | '$'), " "),
        name,
        health: match (dockerfile.is_some(), image.health, is_known) {
            (true, true, _) => "builtin",
            (true, false, false) => "none",
            _ => "path",
        },
        dockerfile: dockerfile.is_some(),
        base: image.base,
        port: image.port.unwrap_or(DEFAULT_PORT),
    })
}

/// A text as the name of a platform: letters, digits and dashes, a letter first. `None` where something of it would be lost.
fn named(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let is_lost = |c: char| c.is_alphanumeric() && !c.is_ascii();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words.collect::<Vec<&str>>().join("-").chars().take(40).collect();
    let name = name.trim_end_matches('-').to_owned();
    (name.starts_with(|c: char| c.is_ascii_lowercase()) && !lower.contains(is_lost)).then_some(name)
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

fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_PORT, Known, TEMPLATE, emit, in_style, is_sound, named};

    #[test]
    fn a_folder_gives_its_name() {
        assert_eq!(named("My Shop (2)").as_deref(), Some("my-shop-2"));
        assert_eq!(named("2024-shop"), None);
        assert_eq!(named("b\u{fc}cher"), None);
        assert_eq!(named("\u{2026}"), None);
    }

    /// Whatever is known of an image, what is left without it is sound.
    #[test]
    fn what_knows_nothing_is_sound() {
        for (dockerfile, health) in [(false, "path"), (true, "none")] {
            let known = Known {
                name: "shop".to_owned(),
                title: "Shop".to_owned(),
                dockerfile,
                base: None,
                port: DEFAULT_PORT,
                health,
            };
            let text = in_style(&emit::render(TEMPLATE, &known));
            assert!(is_sound(std::path::Path::new("."), &text), "{text}");
        }
    }
}

//! Words of the command line that are meant in another way: the name of an environment as a word by itself, commands of other tools.

use std::fs;
use std::path::Path;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use super::Failure;
use super::arguments::Arguments;
use super::project::{FILE_NAME, Project};
use crate::Parsed;
use crate::diagnostic::{codes, did_you_mean};
use crate::expand;

/// Commands of other tools, each with ours.
const COMMANDS: &[(&str, &str)] = &[
    ("apply", "`scripts/deploy.sh` of a build"),
    ("deploy", "`scripts/deploy.sh` of a build"),
    ("diff", "`infrac build --check`"),
    ("drift", "`infrac build --check`"),
    ("format", "`infrac fmt`"),
    ("lint", "`infrac check`"),
    ("plan", "`infrac build --check`"),
    ("validate", "`infrac check`"),
];

/// The project of a path. Where nothing is there, the path may be the name of an environment.
pub(super) fn project(path: Option<&Path>) -> Result<Project, Failure> {
    if let Some(path) = path {
        let file = if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() };
        if let Err(error) = fs::metadata(&file)
            && let Some(help) = path.to_str().and_then(environment)
        {
            return Err(Failure::file(codes::IMP001, &file, &format!("cannot be read: {error}"), &help));
        }
    }
    Project::find(path)
}

/// The help where a word is the name of an environment that the nearest source declares.
fn environment(word: &str) -> Option<String> {
    if !expand::is_environment(word) {
        return None;
    }
    let project = Project::find(None).ok()?;
    one_of(word, &Parsed::load(&project.loader(), project.entry()).environments())
}

/// The help where a word is the name of one of these environments, its beginning or a slip of it.
pub(super) fn one_of(word: &str, declared: &[String]) -> Option<String> {
    let exact = declared.iter().find(|name| *name == word).cloned();
    let begins = || {
        let mut names = declared.iter().filter(|name| name.starts_with(word));
        names.next().filter(|_| names.next().is_none()).cloned()
    };
    let near = || did_you_mean(word, declared.iter().map(String::as_str))?.proposed().map(str::to_owned);
    let name = exact.or_else(begins).or_else(near)?;
    Some(format!("an environment is named by an option: `--env {name}`"))
}

/// Adds to an error of the command line what its words are meant as.
pub(super) fn explain(error: &mut Error) {
    let place = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::ValueValidation => ContextKind::InvalidValue,
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        _ => return,
    };
    let Some(ContextValue::String(word)) = error.get(place) else { return };
    let help = if place == ContextKind::InvalidSubcommand {
        let ours = COMMANDS.iter().find(|(theirs, _)| theirs == word);
        ours.map(|(_, ours)| format!("that is {ours} here"))
    } else if takes_environment() {
        environment(word)
    } else {
        None
    };
    if let Some(help) = help {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![help.into()]));
    }
}

/// Whether the command that was typed has `--env`.
fn takes_environment() -> bool {
    let known = Arguments::command();
    let typed = std::env::args().skip(1).find_map(|word| known.find_subcommand(word).cloned());
    typed.is_some_and(|command| command.get_arguments().any(|argument| argument.get_long() == Some("env")))
}

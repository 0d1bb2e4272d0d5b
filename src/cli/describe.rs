//! `infrac targets` and `infrac schema`: what the compiler itself knows.

use std::fmt::Write as _;
use std::path::Path;

use clap::CommandFactory as _;

use super::arguments::Arguments;
use super::report::hand_out;
use super::{Failure, Outcome, SchemaFormat, Subject};
use crate::coverage::lists;
use crate::diagnostic::machine;
use crate::model::Document;
use crate::schema;
use crate::target::{TARGETS, Target};
use crate::view::Model;

/// What a target, or each of them, writes and cannot express.
pub(super) fn targets(target: Option<&'static Target>, markdown: bool) -> Result<Outcome, Failure> {
    let mut out = String::new();
    for target in
        TARGETS.iter().filter(|known| target.is_none_or(|target| target.format.name == known.format.name))
    {
        if markdown {
            out.push_str(&lists::markdown(target));
            continue;
        }
        let _ = writeln!(out, "{}: {}", target.format.name, target.format.purpose);
        let _ = writeln!(out, "\n{}", lists::text(target));
    }
    hand_out(&out)?;
    Ok(Outcome::Fine)
}

/// The reference of the language, or the schema of what is printed for machines.
pub(super) fn schema(of: Subject, format: Option<SchemaFormat>) -> Result<Outcome, Failure> {
    let (only, word) = match of {
        Subject::Language => (SchemaFormat::Markdown, "markdown"),
        Subject::Diagnostics | Subject::Model => (SchemaFormat::JsonSchema, "json-schema"),
    };
    if format.is_some_and(|format| format != only) {
        return Err(Failure::Usage(format!("this is printed with `--format {word}` alone")));
    }
    hand_out(&match of {
        Subject::Language => schema::markdown(Document::SCHEMA),
        Subject::Diagnostics => machine::schema(),
        Subject::Model => Model::schema(),
    })?;
    Ok(Outcome::Fine)
}

/// What a shell completes commands with.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<Outcome, Failure> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), env!("CARGO_PKG_NAME"), &mut out);
    if shell == clap_complete::Shell::Bash {
        out.extend_from_slice(OF_ENVIRONMENTS.as_bytes());
    }
    hand_out(&String::from_utf8_lossy(&out))?;
    Ok(Outcome::Fine)
}

/// What bash completes behind `--env` with: the environments of the source that is meant without a path.
const OF_ENVIRONMENTS: &str = r#"
_infrac_environments() {
    local cur="${COMP_WORDS[COMP_CWORD]}"
    if [[ "${COMP_WORDS[COMP_CWORD-1]}" == "--env" ]]; then
        COMPREPLY=( $(compgen -W "$(infrac show environments 2>/dev/null)" -- "${cur}") )
        return 0
    fi
    _infrac "$@"
}
complete -F _infrac_environments -o bashdefault -o default infrac
"#;

/// The pages for `man`: those of all commands in a folder, or the first one.
pub(super) fn man(to: Option<&Path>) -> Result<Outcome, Failure> {
    let Some(folder) = to else {
        let mut out = Vec::new();
        clap_mangen::Man::new(Arguments::command())
            .render(&mut out)
            .map_err(|error| Failure::System(format!("the page cannot be made: {error}")))?;
        hand_out(&String::from_utf8_lossy(&out))?;
        return Ok(Outcome::Fine);
    };
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
        .map_err(|error| Failure::System(format!("`{}` cannot be written: {error}", folder.display())))?;
    Ok(Outcome::Fine)
}

//! `infra.mk`, the goals of make that call the scripts, and a `Makefile` that includes it.

use serde::Serialize;

use super::quote::quoted;
use crate::emit;
use crate::platform::Platform;
use crate::target::{Artifact, generated};

const INFRA: &str = include_str!("../../../targets/scripts/infra.mk.j2");
const MAKEFILE: &str = include_str!("../../../targets/scripts/Makefile.j2");

/// A goal.
struct Goal {
    name: &'static str,
    /// What it does, for `make help`.
    meaning: &'static str,
    /// The script that it calls, with its first words.
    script: &'static str,
    /// What may be given on the command line of make.
    takes: &'static [Take],
}

/// A variable that is given on the command line of make: `make logs SERVICE=gateway`.
enum Take {
    /// Its value is a word of the script.
    Word(&'static str),
    /// Its value is that of an option.
    Option(&'static str, &'static str),
    /// The option stands where it has any value.
    Switch(&'static str, &'static str),
    /// `DRY_RUN=1`.
    DryRun,
}

use Take::{DryRun, Option, Switch, Word};

impl Take {
    /// How the recipe asks for it.
    fn asked(&self) -> String {
        match self {
            Word(name) => format!("$(call infra_word,{name})"),
            Option(name, option) => format!("$(call infra_option,{name},{option})"),
            Switch(name, option) => format!("$(call infra_switch,{name},{option})"),
            DryRun => "$(infra_dry_run)".to_owned(),
        }
    }

    /// How the help shows it.
    fn shown(&self) -> String {
        match self {
            Word(name) | Option(name, _) => format!("{name}=…"),
            Switch(name, _) => format!("{name}=1"),
            DryRun => "DRY_RUN=1".to_owned(),
        }
    }
}

/// The goals of a platform, in the order of the help.
fn goals(platform: &Platform) -> Vec<Goal> {
    let mut goals = vec![
        Goal {
            name: "prod-up",
            meaning: "start the core: what belongs to no optional part",
            script: "stack.sh up --core",
            takes: &[DryRun],
        },
        Goal {
            name: "up",
            meaning: "start the core and the parts that COMPOSE_PROFILES of .env names",
            script: "stack.sh up",
            takes: &[DryRun],
        },
        Goal {
            name: "down",
            meaning: "stop and remove all containers; volumes stay",
            script: "stack.sh down",
            takes: &[DryRun],
        },
        Goal {
            name: "health",
            meaning: "ask whether all is well",
            script: "health-check.sh",
            takes: &[
                Switch("ALL", "--all"),
                Switch("CORE", "--core"),
                Switch("JSON", "--json"),
                Option("WAIT", "--wait"),
            ],
        },
        Goal { name: "logs", meaning: "follow the logs", script: "stack.sh logs", takes: &[Word("SERVICE")] },
        Goal {
            name: "check",
            meaning: "look whether it could start: programs, .env, the compose file",
            script: "stack.sh check",
            takes: &[],
        },
    ];
    goals.push(Goal {
        name: "deploy",
        meaning: "bring this build onto its host, and make it run",
        script: "deploy.sh",
        takes: &[
            Word("ENV"),
            Option("FROM", "--from"),
            Option("TO", "--to"),
            Switch("BACK", "--back"),
            DryRun,
        ],
    });
    if super::facts::secrets::are_there(platform) {
        goals.push(Goal {
            name: "secrets",
            meaning: "fill in the empty secrets of .env that are the platform's own",
            script: "secrets.sh",
            takes: &[DryRun, Switch("CHECK", "--check")],
        });
    }
    if !platform.backups.is_empty() {
        goals.extend(of_backups());
    }
    if super::facts::rotate::is_there(platform) {
        goals.push(Goal {
            name: "rotate",
            meaning: "give a secret a new value while all runs",
            script: "rotate.sh",
            takes: &[Word("NAME"), DryRun, Switch("STDIN", "--from-stdin"), Switch("LIST", "--list")],
        });
    }
    goals
}

fn of_backups() -> [Goal; 3] {
    [
        Goal {
            name: "backup",
            meaning: "take the backups, or that of a name",
            script: "backup.sh",
            takes: &[Word("NAME"), Switch("LIST", "--list"), Switch("LOCAL", "--local"), DryRun],
        },
        Goal {
            name: "restore",
            meaning: "look at a copy, try it beside the platform, or bring it back",
            script: "restore.sh",
            takes: &[
                Word("COPY"),
                Option("FROM", "--from"),
                Switch("LIST", "--list"),
                Switch("VERIFY", "--verify"),
                Switch("DRILL", "--drill"),
                Switch("YES", "--yes"),
                DryRun,
            ],
        },
        Goal {
            name: "timers",
            meaning: "let this host take the backups by their schedules",
            script: "install-timers.sh",
            takes: &[DryRun],
        },
    ]
}

#[derive(Serialize)]
struct Context<'a> {
    header: &'a str,
    goals: Vec<Recipe>,
    help: Vec<String>,
}

#[derive(Serialize)]
struct Recipe {
    name: &'static str,
    script: &'static str,
    takes: Vec<String>,
}

/// Both files.
pub(super) fn artifacts(platform: &Platform) -> [Artifact; 2] {
    let header = generated(platform);
    let goals = goals(platform);
    let width = goals.iter().map(|goal| goal.name.len()).max().unwrap_or_default();
    let help = goals.iter().map(|goal| {
        let takes: Vec<String> = goal.takes.iter().map(Take::shown).collect();
        let line = [format!("{:width$}", goal.name), goal.meaning.to_owned()].into_iter().chain(takes);
        quoted(&line.collect::<Vec<_>>().join("  "))
    });
    let recipe = |goal: &Goal| Recipe {
        name: goal.name,
        script: goal.script,
        takes: goal.takes.iter().map(Take::asked).collect(),
    };
    let context =
        Context { header: &header, help: help.collect(), goals: goals.iter().map(recipe).collect() };
    [
        Artifact::new("infra.mk", emit::render(INFRA, &context)),
        Artifact::new("Makefile", emit::render(MAKEFILE, &context)),
    ]
}

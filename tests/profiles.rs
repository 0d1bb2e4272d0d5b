//! What compose asks for where a part of the platform does not start, as `targets/compose/README.md` has it.

#![expect(clippy::disallowed_methods, reason = "tests write files and run programs")]

use std::fs;

use infrac::source::{Found, LoadError, Loader};
use infrac::target::TARGETS;

use crate::judge::Judge;

const PLATFORM: &str = r#"
platform shop

secret CORE  { description = "Of the core" }
secret WATCH { description = "Of what watches" }
secret BOTH

group watching { profile = "watching" }

service core  { image = "shop/core:1.0", env { CORE, BOTH } }
service watch { image = "shop/watch:1.0", group = watching, env { WATCH, BOTH } }
"#;

fn artifact(path: &str) -> String {
    let load = |name: &str| match name {
        "platform.infra" => Ok(Found::File(PLATFORM.as_bytes().to_vec())),
        _ => Err(LoadError::Missing),
    };
    let compiled =
        infrac::compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose);
    let platform = compiled.platform.expect("it has no errors");
    let lowered = infrac::build(&platform, &TARGETS.iter().collect::<Vec<_>>());
    let mut artifacts = lowered.into_iter().flat_map(|lowered| lowered.artifacts);
    artifacts.find(|artifact| artifact.path == path).expect("it is written").content
}

/// Compose puts variables in before it looks at profiles. Where that ends, each part can start with its own secrets alone.
#[test]
fn compose_asks_for_the_secrets_of_parts_that_do_not_start() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("compose.yaml"), artifact("docker/compose.infrastructure.yaml"))
        .expect("a file");
    for name in ["docker-compose", "docker-compose-new"] {
        let Some(judge) = Judge::find(name) else { return };
        let ask = |env: &str| {
            fs::write(folder.path().join(".env"), env).expect("a file");
            judge.ask(folder.path(), &["-f", "compose.yaml", "config", "-q"], "")
        };
        let refused = ask("CORE=a\nBOTH=b\n");
        assert!(!refused.accepted, "{name} asks for less: say so in targets/compose/README.md");
        assert!(refused.complaint.contains("WATCH"), "{name}: {}", refused.complaint);
        let taken = ask("CORE=a\nBOTH=b\nWATCH=any\n");
        assert!(taken.accepted, "{name}: {}", taken.complaint);
    }
}

#[test]
fn the_example_says_which_part_reads_a_secret() {
    let example = artifact(".env.example");
    let (core, optional) = example.split_once("\n# Read by `watching` alone").expect("a part of its own");
    assert!(core.contains("\n# Read by what always starts.\n"), "{example}");
    assert!(
        core.contains("\nCORE=\n") && core.contains("\nBOTH=\n"),
        "what the core needs is first: {example}"
    );
    assert!(optional.contains("# Of what watches\n# Required\nWATCH=\n"), "{example}");
    assert_eq!(example.matches("alone").count(), 1, "{example}");
}

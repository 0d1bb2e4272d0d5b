//! `infra.mk` in the real make, and what it starts.

use std::collections::BTreeSet;
use std::fs;
use std::process::Output;

use infrac::platform::Runtime;

use super::engine::{Host, of_text, platform, said, targets};
use crate::case::Case;
use crate::judge::Judge;

/// Runs make on a host, in the folder of the build.
fn make(host: &Host, arguments: &[&str]) -> Option<Output> {
    let make = Judge::find("make")?;
    let mut command = host.shell();
    command.args(["-c", "exec \"$0\" \"$@\""]).arg(make.program()).args(arguments).current_dir(host.build());
    Some(command.output().expect("bash runs"))
}

/// A script that shows its words.
fn show_words(host: &Host, script: &str) {
    host.write(script, "#!/bin/bash\nprintf '<%s>' \"$@\"\n");
}

#[test]
fn make_reads_the_goals_of_every_platform() {
    let Some(judge) = Judge::find("make") else { return };
    let mut seen = BTreeSet::new();
    for case in Case::all().into_iter().filter(|case| case.runtime == Runtime::Compose) {
        let platform = case.compile();
        let artifacts = infrac::build(&platform, &targets(&platform)).into_iter().flat_map(|it| it.artifacts);
        let goals: Vec<_> =
            artifacts.filter(|it| ["infra.mk", "Makefile"].contains(&it.path.as_str())).collect();
        let before = seen.len();
        seen.extend(goals.iter().map(|it| it.content.lines().skip(1).collect::<String>()));
        if seen.len() == before {
            continue;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(folder.path().join("scripts/lib")).expect("a folder");
        fs::write(folder.path().join("scripts/lib/common.sh"), "").expect("a file can be written");
        for artifact in &goals {
            fs::write(folder.path().join(&artifact.path), &artifact.content).expect("a file can be written");
        }
        let phony = goals
            .iter()
            .find_map(|it| it.content.lines().find(|line| line.starts_with(".PHONY")))
            .expect("goals");
        let names = phony.split_once("help").expect("help is the first").1.trim_end_matches(')');
        let names: Vec<&str> = ["-n", "--warn-undefined-variables", "help"]
            .into_iter()
            .chain(names.split_whitespace())
            .collect();
        let verdict = judge.ask(folder.path(), &names, "");
        assert!(
            verdict.accepted && !verdict.complaint.contains("infra.mk"),
            "{}: {}",
            case.name(),
            verdict.complaint
        );
        let broken =
            fs::read_to_string(folder.path().join("infra.mk")).expect("it is there").replace("endif", "");
        fs::write(folder.path().join("infra.mk"), broken).expect("a file can be written");
        assert!(
            !judge.ask(folder.path(), &names, "").accepted,
            "{}: a condition without an end",
            case.name()
        );
    }
    assert!(!seen.is_empty());
}

/// macOS has GNU make 3.81.
#[test]
fn the_goals_use_what_an_old_make_knows() {
    let text = include_str!("../../targets/scripts/infra.mk.j2");
    let known = [
        "subst",
        "value",
        "if",
        "filter",
        "and",
        "findstring",
        "origin",
        "call",
        "wildcard",
        "lastword",
        "firstword",
        "dir",
        "words",
        "addprefix",
        "error",
    ];
    let functions = regex::Regex::new(r"\$\(([a-z]+) ").expect("a pattern");
    for function in functions.captures_iter(text) {
        assert!(known.contains(&&function[1]), "{}", &function[1]);
    }
    for newer in
        ["$(file", "::=", ":::=", "!=", "$(let", ".ONESHELL", ".RECIPEPREFIX", "undefine ", "private "]
    {
        assert!(!text.contains(newer), "{newer}");
    }
}

#[test]
fn help_lists_the_goals() {
    let host = Host::of(platform("queue", None));
    for arguments in [&["help"][..], &[], &["-f", "infra.mk"]] {
        let Some(output) = make(&host, arguments) else { return };
        let said = said(&output);
        for goal in ["prod-up", "up", "down", "logs", "check", "secrets"] {
            assert!(said.lines().any(|line| line.split_whitespace().next() == Some(goal)), "{goal}: {said}");
        }
    }
}

#[test]
fn what_is_given_is_one_word_of_the_script() {
    let host = Host::of(platform("queue", None));
    show_words(&host, "scripts/stack.sh");
    for odd in [
        "it's", "a b", "$(id)", "${HOME}", "$$", "`id`", "a;id", "a|b", "#a", "%", "\\", "a -x", "~", "!",
        "ä", "{{", "a,b", "a)", "(b", "\"", "*",
    ] {
        let Some(output) = make(&host, &["logs", &format!("SERVICE={odd}")]) else { return };
        assert_eq!(said(&output), format!("<logs><{odd}>"));
    }
    let Some(output) = make(&host, &["logs", "SERVICE=a\nid"]) else { return };
    assert_eq!(said(&output), "<logs><a id>");
    // What would be an option of the script is no value of a goal.
    for odd in ["--help", "-x", " --dry-run", "-"] {
        let Some(output) = make(&host, &["logs", &format!("SERVICE={odd}")]) else { return };
        assert!(!output.status.success(), "{odd}: {}", said(&output));
        assert!(said(&output).contains("SERVICE is a value"), "{odd}: {}", said(&output));
    }
}

#[test]
fn a_switch_is_on_or_left_out() {
    let host = Host::of(platform("backups", None));
    for script in ["scripts/restore.sh", "scripts/backup.sh"] {
        show_words(&host, script);
    }
    for (switch, expected) in
        [("YES=1", "<orders><--yes>"), ("YES=yes", "<orders><--yes>"), ("YES=", "<orders>")]
    {
        let Some(output) = make(&host, &["restore", "COPY=orders", switch]) else { return };
        assert_eq!(said(&output), expected, "{switch}");
    }
    for switch in ["YES=0", "YES=no", "YES=false", "DRY_RUN=0", "DRILL=n", "YES=1 0"] {
        let Some(output) = make(&host, &["restore", "COPY=orders", switch]) else { return };
        assert!(
            !output.status.success() && said(&output).contains("is 1 or yes, or left out"),
            "{}",
            said(&output)
        );
        assert!(!said(&output).contains("<orders>"), "{switch}: {}", said(&output));
    }
}

#[test]
fn the_environment_gives_nothing_but_a_dry_run() {
    let host = Host::of(platform("queue", None));
    show_words(&host, "scripts/stack.sh");
    let Some(make) = Judge::find("make") else { return };
    let run = |line: &str| {
        let mut command = host.shell();
        command.args(["-c", line]).env("MAKE_PROGRAM", make.program()).current_dir(host.build());
        said(&command.output().expect("bash runs"))
    };
    assert_eq!(run("SERVICE=api \"$MAKE_PROGRAM\" logs"), "<logs>");
    assert_eq!(run("DRY_RUN=1 \"$MAKE_PROGRAM\" down"), "<down><--dry-run>");
    assert_eq!(run("\"$MAKE_PROGRAM\" down DRY_RUN=1"), "<down><--dry-run>");
}

#[test]
fn a_makefile_of_a_persons_keeps_its_own_goals() {
    let host = Host::of(platform("queue", None));
    show_words(&host, "scripts/stack.sh");
    host.write(
        "Makefile",
        "INFRA_PREFIX = infra-\ninclude infra.mk\nall:\n\t@echo mine\nup:\n\t@echo also mine\n",
    );
    for (goal, expected) in [(&[][..], "mine\n"), (&["up"], "also mine\n"), (&["infra-up"], "<up>")] {
        let Some(output) = make(&host, goal) else { return };
        assert_eq!(said(&output), expected, "{goal:?}");
    }
    // From elsewhere, and where make cannot tell a folder with a blank from two.
    host.write("below/Makefile", "include ../infra.mk\n");
    assert_eq!(said(&make(&host, &["-C", "below", "-s", "down"]).expect("make is there")), "<down>");
    let odd = host.build().join("it's $x");
    fs::create_dir_all(odd.join("scripts/lib")).expect("a folder");
    for path in ["infra.mk", "scripts/stack.sh", "scripts/lib/common.sh"] {
        fs::copy(host.build().join(path), odd.join(path)).expect("a file can be copied");
    }
    assert_eq!(
        said(&make(&host, &["-C", "it's $x", "-s", "-f", "infra.mk", "down"]).expect("make is there")),
        "<down>"
    );
    let output = make(&host, &["-f", "it's $x/infra.mk", "down"]).expect("make is there");
    assert!(
        !output.status.success() && said(&output).contains("Call make in the folder of infra.mk"),
        "{}",
        said(&output)
    );
}

/// The names of services that compose starts for a call of `stack.sh`.
fn started(host: &Host, compose: &Judge, goal: &str) -> BTreeSet<String> {
    let call = host.calls().lines().rfind(|call| call.contains(goal)).unwrap_or_default().to_owned();
    // A word that is empty cannot be seen in it.
    let call = call.replace("--profile  up", "--profile= up");
    let options = call.strip_prefix("compose ").expect("a call of compose");
    let options = options.split_once(&format!(" {goal}")).expect("its goal").0;
    let words: Vec<&str> = options.split(' ').chain(["config", "--services"]).collect();
    let verdict = compose.ask(host.build(), &words, "");
    assert!(verdict.accepted, "{}", verdict.complaint);
    verdict.output.lines().map(str::to_owned).collect()
}

#[test]
fn each_goal_starts_and_stops_exactly_what_it_says() {
    for name in ["platform", "queue"] {
        let host = Host::of(platform(name, None));
        host.tool("flock", "#!/bin/sh\n");
        let table = host.read("scripts/lib/platform.sh");
        let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(' ').collect()).collect();
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| row.len() == 3 && ["service", "job", "scheduled"].contains(&row[1]))
            .collect();
        let all: BTreeSet<String> = rows.iter().map(|row| row[0].to_owned()).collect();
        let core: BTreeSet<String> =
            rows.iter().filter(|row| row[2] == "-").map(|row| row[0].to_owned()).collect();
        let not_scheduled: BTreeSet<String> =
            rows.iter().filter(|row| row[1] != "scheduled").map(|row| row[0].to_owned()).collect();
        for program in ["docker-compose", "docker-compose-new"] {
            let Some(compose) = Judge::find(program) else { continue };
            for (goal, word, expected) in [
                ("prod-up", "up", &core),
                ("up", "up", &not_scheduled),
                ("down", "down", &all),
                ("logs", "logs", &all),
            ] {
                let Some(output) = make(&host, &[goal]) else { return };
                assert!(output.status.success(), "{name}: {goal}: {}", said(&output));
                assert_eq!(&started(&host, &compose, word), expected, "{name}: {goal}: {program}");
            }
        }
    }
}

#[test]
fn nothing_starts_with_a_bad_env_and_a_dry_run_starts_nothing() {
    let host = Host::of(platform("queue", None));
    let Some(output) = make(&host, &["up", "DRY_RUN=1"]) else { return };
    assert!(
        output.status.success() && said(&output).contains("would run: compose up --detach"),
        "{}",
        said(&output)
    );
    host.write(
        ".env",
        &host.read(".env").replace(
            "REDIS_PASSWORD=dummy-redis_password-0123456789abcdef0123456789abcdef",
            "REDIS_PASSWORD=",
        ),
    );
    let output = make(&host, &["up"]).expect("make is there");
    assert!(
        !output.status.success() && said(&output).contains(".env: REDIS_PASSWORD is empty"),
        "{}",
        said(&output)
    );
    fs::remove_file(host.build().join(".env")).expect("it is there");
    let output = make(&host, &["check"]).expect("make is there");
    assert!(said(&output).contains("copy .env.example") && !output.status.success(), "{}", said(&output));
    assert!(!host.calls().contains(" up "));
}

#[test]
fn a_platform_without_secrets_has_no_goal_for_them() {
    let host = Host::of(of_text(
        "platform a { targets = [compose, scripts] }\nnetwork a\nservice api { image = \"x/api:1\", networks = [a] }\n",
    ));
    assert!(!host.build().join("scripts/secrets.sh").exists());
    let Some(output) = make(&host, &["help"]) else { return };
    assert!(!said(&output).contains("secrets"));
}

/// What a service needs of the kernel is looked for before it ends at its start.
#[test]
fn a_check_names_settings_of_the_kernel() {
    let host = Host::of(of_text(
        "platform a { targets = [compose, scripts] }\nnetwork a\nservice api { image = \"x/api:1\", networks = [a], \
         health { none = \"a sample\" }, requires { sysctl { \"vm.max_map_count\" = 262144 } } }\n",
    ));
    let kernel = host.build().join("kernel");
    let check = |value: &str| {
        host.write("kernel/vm/max_map_count", value);
        let output = host.command("scripts/stack.sh", &["check"]).env("PROC_SYS", &kernel).output();
        said(&output.expect("bash is there"))
    };
    assert!(
        check("65530\n").contains("the kernel's vm.max_map_count is 65530, and services need 262144 or more"),
        "{}",
        check("65530\n")
    );
    assert!(!check("1048576\n").contains("kernel"), "{}", check("1048576\n"));
}

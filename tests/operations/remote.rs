//! `scripts/deploy.sh` on another host, over a stand-in for SSH that runs lines in another home; and from an archive.

use std::fs;
use std::process::{Command, Output, Stdio};

use serde_yaml::Value;

use super::engine::said;
use super::install::{Build, FIRST, SECRET, Stack};
use crate::ci;
use crate::files::root;

const SECOND: Build = Build { api: "1.1", level: 2, ..FIRST };

/// Beside it: `ssh-calls`; `cut`, how many connections that follow a log break.
const SSH: &str = r#"#!/bin/bash
here=${0%/*}
printf '%s\n' "$*" >>"$here/ssh-calls"
while [ "$1" != -- ]; do shift; done
[ "$2" = deploy@shop.example.com ] || { echo "ssh: Could not resolve hostname $2" >&2 && exit 255; }
mkdir -p "$here/../there" && cd "$here/../there" && export HOME=$PWD
case $3 in
  *--follow*)
    cut=$(cat "$here/cut" 2>/dev/null || echo 0)
    if [ "$cut" -gt 0 ]; then
      echo $((cut - 1)) >"$here/cut"
      timeout 1 bash -c "$3"
      exit 255
    fi
    ;;
esac
exec bash -c "$3"
"#;

const TO: &[&str] = &["--to", "deploy@shop.example.com"];

fn stack() -> Option<Stack> {
    let stack = Stack::new()?;
    stack.host.tool("ssh", SSH);
    fs::write(stack.opt().join(".env"), format!("API_KEY='{SECRET}'\n")).expect("a file can be written");
    Some(stack)
}

fn deploy(stack: &Stack, build: &str, arguments: &[&str]) -> Output {
    let mut command = stack.command(build, &[TO, arguments].concat());
    command.env_remove("API_KEY").output().expect("bash runs")
}

#[test]
fn a_build_is_deployed_over_ssh() {
    let Some(stack) = stack() else { return };
    let log = stack.ended(&deploy(&stack, "build", &[]), 0);
    assert!(
        log.contains("deploys on deploy@shop.example.com") && log.contains("3 services of shop are well"),
        "{log}"
    );
    assert_eq!(stack.runs("api"), "sha256:api10");
    assert!(!stack.file("ssh-calls").contains(SECRET));
    let options = stack.file("ssh-calls");
    assert!(options.lines().all(|call| call.contains("BatchMode=yes") && call.contains(" -- ")), "{options}");

    // What is wrong there ends here as it does there.
    stack.build("broken", Build { api: "2.0", ..SECOND });
    let log = stack.ended(&deploy(&stack, "broken", &[]), 3);
    assert!(log.contains("api: unhealthy") && log.contains("ended with 3"), "{log}");
    fs::remove_file(stack.opt().join(".env")).expect("it is there");
    let log = stack.ended(&deploy(&stack, "build", &[]), 1);
    assert!(log.contains("there is no") && log.contains(".env"), "{log}");
}

#[test]
fn a_cut_connection_does_not_end_a_deployment() {
    let Some(stack) = stack() else { return };
    fs::write(stack.host.place("bin/cut"), "2").expect("a file can be written");
    fs::write(stack.host.place("bin/slow"), "3").expect("a file can be written");
    let log = stack.ended(&deploy(&stack, "build", &[]), 0);
    assert_eq!(log.matches("the connection is lost").count(), 2, "{log}");
    assert_eq!(log.matches("services of shop are well").count(), 1, "each line is shown once: {log}");

    // One that is not made again within all tries is followed by hand.
    stack.build("second", SECOND);
    fs::write(stack.host.place("bin/cut"), "1000").expect("a file can be written");
    fs::write(stack.host.place("bin/slow"), "1").expect("a file can be written");
    let log = stack.ended(&deploy(&stack, "second", &[]), 255);
    assert!(log.contains("there is no connection") && log.contains("--attach"), "{log}");
    fs::write(stack.host.place("bin/cut"), "0").expect("a file can be written");
    let log = stack.ended(&deploy(&stack, "second", &["--attach"]), 0);
    assert!(log.contains("services of shop are well"), "{log}");
    assert_eq!(stack.runs("api"), "sha256:api11");
}

#[test]
fn a_host_that_cannot_be_reached_or_is_not_set_up_is_said() {
    let Some(stack) = stack() else { return };
    let mut command = stack.command("build", &["--to", "deploy@elsewhere.example.com"]);
    let log = stack.ended(&command.output().expect("bash runs"), 1);
    assert!(log.contains("cannot be reached over SSH: ssh: Could not resolve hostname"), "{log}");
    let mut command = stack.command("build", &["--to", "-oProxyCommand=touch x"]);
    let log = stack.ended(&command.output().expect("bash runs"), 2);
    assert!(log.contains("is no USER@HOST"), "{log}");
    stack.host.tool("cloud-init", "#!/bin/sh\necho 'status: error'\nexit 1\n");
    let log = stack.ended(&deploy(&stack, "build", &[]), 1);
    assert!(log.contains("cloud-init") && log.contains("  status: error"), "{log}");
    assert!(!stack.changed());
    stack.host.tool("cloud-init", "#!/bin/sh\nexit 0\n");

    // Killed there, in the middle.
    stack.host.on_next(1, "plain up", &stack.killer());
    let log = stack.ended(&deploy(&stack, "build", &[]), 1);
    assert!(log.contains("the deployment was killed there"), "{log}");
    let log = stack.ended(&deploy(&stack, "build", &[]), 0);
    assert!(log.contains("a deployment was interrupted"), "{log}");
}

#[test]
fn an_archive_is_verified_before_anything_of_it_runs() {
    let Some(stack) = stack() else { return };
    let source = stack.host.place("source");
    fs::create_dir_all(&source).expect("a folder");
    fs::write(source.join("platform.infra"), SECOND.text(&stack.opt())).expect("a file can be written");
    let mut bundle = ci::command(ci::PROGRAM, &source, &source, &[]);
    assert!(bundle.arg("bundle").status().expect("the program runs").success());
    let archive = source.join("build/shop.tar.gz");
    let from = archive.display().to_string();
    let log = stack.deploy("build", &["--from", &from], 0);
    assert!(log.contains("services of shop are well"), "{log}");
    assert_eq!(stack.runs("api"), "sha256:api11");
    assert!(stack.installed("BUILD").contains("source sha256:"));

    // Over SSH, and a damaged one.
    stack.build("third", FIRST);
    stack.ended(&deploy(&stack, "third", &[]), 0);
    stack.ended(&deploy(&stack, "build", &["--from", &from]), 0);
    assert_eq!(stack.runs("api"), "sha256:api11");
    let mut bytes = fs::read(&archive).expect("it is there");
    bytes.truncate(bytes.len() / 2);
    fs::write(&archive, bytes).expect("a file can be written");
    let log = stack.deploy("build", &["--from", &from], 1);
    assert!(log.contains("is not what"), "{log}");
    fs::remove_file(format!("{from}.sha256")).expect("it is there");
    assert!(stack.deploy("build", &["--from", &from], 1).contains("there is no"), "without a checksum");
    assert!(said(&deploy(&stack, "build", &["--from", "/nowhere"])).contains("there is no /nowhere"));
}

/// The repository holds the builds of all environments.
#[test]
fn a_clone_deploys_the_build_of_the_environment_that_is_named() {
    let Some(stack) = stack() else { return };
    let clone = stack.host.place("clone");
    fs::create_dir_all(&clone).expect("a folder");
    let text =
        format!("{}\nenvironment production {{ service api {{ cpu = 2 }} }}\n", SECOND.text(&stack.opt()));
    let text = text.replace("{ cpu = 2 }", "{ resources { memory = 256MiB } }");
    fs::write(clone.join("platform.infra"), text).expect("a file can be written");
    let mut build = ci::command(ci::PROGRAM, &clone, &clone, &[]);
    assert!(build.args(["build", "--all"]).status().expect("the program runs").success());
    fs::remove_file(stack.opt().join(".env")).expect("it is there");
    fs::write(clone.join(".env"), format!("API_KEY='{SECRET}'\n")).expect("a file can be written");
    let log = stack.deploy("clone", &["staging"], 2);
    assert!(log.contains("infrac build --env staging"), "{log}");
    stack.deploy("clone", &["production"], 0);
    assert!(stack.file("containers/api-1").contains("label:com.docker.compose.project shop-production"));
    assert!(stack.installed(".env").contains(SECRET));
    let log = stack.deploy("clone/build/production", &[], 2);
    assert!(log.contains("this build is of production"), "{log}");

    // The clone as the install path is for a build in its root.
    fs::create_dir_all(stack.opt().join(".git")).expect("a folder");
    let log = stack.deploy("clone", &["production"], 1);
    assert!(log.contains("is a clone"), "{log}");
}

/// The steps that deploy in the pipelines for users, with what a runner gives them.
#[test]
fn pipelines_deploy_what_they_packed() {
    let files = ["ci/github.yml", "ci/gitlab.yml"].map(|file| {
        let text = fs::read_to_string(root().join(file)).expect("it is there");
        let body = text.split_once("\n---\n").map_or(text.as_str(), |(_, body)| body);
        serde_yaml::from_str::<Value>(body).expect("it is YAML")
    });
    let github = files[0]["jobs"]["deploy"]["steps"][1]["run"].as_str().expect("a text").to_owned();
    let gitlab = files[1]["infrac-deploy"]["script"].as_sequence().expect("lines");
    let gitlab: Vec<&str> = gitlab.iter().filter_map(Value::as_str).collect();
    let gitlab = gitlab.join("\n").replace("$[[ inputs.environment ]]", "production");
    for (name, script, shell) in [("github", github, "bash"), ("gitlab", gitlab, "sh")] {
        let Some(stack) = stack() else { return };
        let work = stack.host.place("work");
        fs::create_dir_all(&work).expect("a folder");
        let text = format!("{}\nenvironment production {{}}\n", FIRST.text(&stack.opt()));
        fs::write(work.join("platform.infra"), text).expect("a file can be written");
        let mut bundle = ci::command(ci::PROGRAM, &work, &work, &[]);
        bundle.args(["bundle", "--env", "production", "--to", "dist/production.tar.gz"]);
        assert!(bundle.status().expect("the program runs").success());
        fs::write(work.join("key-file"), "PRIVATE\n").expect("a file can be written");
        let mut command = Command::new(shell);
        command.args(["-ec", &script]).current_dir(&work).env_clear().stdin(Stdio::null());
        let bin = stack.host.place("bin").display().to_string();
        command
            .env("PATH", format!("{bin}:/usr/bin:/bin"))
            .env("HOME", &work)
            .env("POLL", "0.1")
            .env("SETTLE", "0");
        for (name, value) in [
            ("RUNNER_TEMP", work.display().to_string()),
            ("TO", TO[1].to_owned()),
            ("DEPLOY_TO", TO[1].to_owned()),
            ("KEY", "PRIVATE".to_owned()),
            ("DEPLOY_KEY", work.join("key-file").display().to_string()),
            ("KNOWN_HOSTS", "shop.example.com ssh-ed25519 AAAA".to_owned()),
            ("DEPLOY_KNOWN_HOSTS", "/known_hosts".to_owned()),
        ] {
            command.env(name, value);
        }
        let output = command.output().expect("a shell");
        let log = said(&output);
        assert!(output.status.success() && log.ends_with("deploy.sh: done\n"), "{name}: {log}");
        assert!(!log.contains("PRIVATE"), "{log}");
        let calls = stack.file("ssh-calls");
        assert!(calls.lines().all(|call| call.contains("StrictHostKeyChecking=yes") && call.contains("IdentitiesOnly=yes")), "{calls}");
        assert!(stack.file("containers/api-1").contains("shop-production"), "{name}");
    }
}

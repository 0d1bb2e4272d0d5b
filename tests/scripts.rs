//! The scripts that are written for operators, in the shells that read them, with a stand-in for the cluster that keeps
//! what it is told. `kubectl kustomize` is the real one.

#[path = "scripts/apply.rs"]
mod apply;
#[path = "scripts/environments.rs"]
mod environments;
#[path = "scripts/secrets.rs"]
mod secrets;
#[path = "scripts/shell.rs"]
pub(crate) mod shell;

use std::fs;

use shell::Shell;

use crate::judge::Judge;

const ENV: &str = include_str!("../targets/scripts/lib/env.sh");
const SECRETS: &str = include_str!("../targets/kubernetes/secrets.sh");
const APPLY: &str = include_str!("../targets/kubernetes/apply.sh");
const ENVIRONMENT: &str = include_str!("../targets/kubernetes/environment.sh");

/// The script of secrets as it is written, with the reader of `.env`.
fn secrets_script() -> String {
    SECRETS.replace("@ENV@\n", ENV).replace("@ENVIRONMENT@\n", ENVIRONMENT)
}

/// The script that applies as it is written.
fn apply_script() -> String {
    APPLY.replace("@ENVIRONMENT@\n", ENVIRONMENT)
}

#[test]
fn shells_and_shellcheck_read_the_scripts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("script.sh");
    let write = |text: &str| fs::write(&file, text).expect("a file can be written");
    for script in [&secrets_script(), &apply_script()] {
        let script = script.as_str();
        let end = script.lines().find(|line| line.trim() == "done").expect("it has a loop");
        let broken = script.replacen(&format!("\n{end}\n"), "\n", 1);
        for shell in Shell::all() {
            write(script);
            let output = shell.command().arg("-n").arg(&file).output().expect("the judge starts");
            assert!(output.status.success() && output.stderr.is_empty(), "{}: {output:?}", shell.name);
            write(&broken);
            let output = shell.command().arg("-n").arg(&file).output().expect("the judge starts");
            assert!(!output.status.success(), "{} reads a loop without an end", shell.name);
        }
        let Some(shellcheck) = Judge::find("shellcheck") else { continue };
        write(script);
        let verdict = shellcheck.ask(folder.path(), &["-s", "sh", "script.sh"], "");
        assert!(verdict.accepted, "{}", verdict.output);
    }
}

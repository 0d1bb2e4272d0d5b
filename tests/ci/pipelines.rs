//! The action and the pipelines, by the commands that stand in their files: a runner replaces expressions, which a table does
//! here, and hands each step to a shell.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

use super::release::Release;
use super::{PLATFORM, PROGRAM, command, ends, read, tree, write};
use crate::files::root;

/// The machine that jobs run on.
struct Runner {
    release: Release,
    work: PathBuf,
}

impl Runner {
    fn new() -> Self {
        let release = Release::new();
        let work = release.path("shop");
        write(work.join("platform.infra"), PLATFORM);
        for folder in ["temporary", "home"] {
            fs::create_dir_all(release.path(folder)).expect("a folder");
        }
        Self { release, work }
    }

    fn edit(&self, from: &str, to: &str) {
        assert!(PLATFORM.contains(from), "{from}");
        write(self.work.join("platform.infra"), &PLATFORM.replace(from, to));
    }

    /// A step as GitHub runs it: by bash, which ends at the first failure, with what steps before put on `PATH`.
    fn bash(&self, text: &str) -> Command {
        let script = self.release.path("temporary/step.sh");
        write(&script, text);
        let path = fs::read_to_string(self.release.path("temporary/path")).unwrap_or_default();
        let path: Vec<PathBuf> = path.lines().map(PathBuf::from).collect();
        let mut bash = command("bash", &self.work, &self.release.path("home"), &path);
        bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(script)
            .env("RUNNER_TEMP", self.release.path("temporary"))
            .env("GITHUB_PATH", self.release.path("temporary/path"))
            .env("GITHUB_OUTPUT", self.release.path("temporary/output"));
        bash
    }

    /// Runs the steps of the action with its inputs: what they say and how the last one ended.
    fn action(&self, inputs: &[(&str, &str)], code: i32) -> String {
        let action: Value = serde_yaml::from_str(&read("action.yml")).expect("it is YAML");
        let mut known: BTreeMap<String, String> = action["inputs"]
            .as_mapping()
            .expect("it has inputs")
            .iter()
            .map(|(name, input)| {
                let name = format!("inputs.{}", name.as_str().expect("a name"));
                (name, input["default"].as_str().expect("each has a default").to_owned())
            })
            .collect();
        known.extend(inputs.iter().map(|(name, value)| (format!("inputs.{name}"), (*value).to_owned())));
        let repository = self.release.repository();
        let (server, name) = repository.split_at(self.release.server.address.len());
        known.insert("github.action_path".to_owned(), root().display().to_string());
        known.insert("github.server_url".to_owned(), server.to_owned());
        known.insert("github.action_repository || github.repository".to_owned(), name[1..].to_owned());
        let mut said = String::new();
        let steps = action["runs"]["steps"].as_sequence().expect("it has steps");
        let steps: Vec<&Value> = steps.iter().filter(|step| step.get("run").is_some()).collect();
        for (at, step) in steps.iter().enumerate() {
            assert_eq!(step["shell"], "bash");
            let is_last = at + 1 == steps.len();
            if is_last {
                assert_eq!(step["if"], "inputs.checks != 'none'");
                if known["inputs.checks"] == "none" {
                    continue;
                }
            }
            let mut bash = self.bash(step["run"].as_str().expect("a text"));
            for (name, value) in step["env"].as_mapping().expect("each has variables") {
                let value = filled(value.as_str().expect("a text"), "${{ ", " }}", &known);
                bash.env(name.as_str().expect("a name"), value);
            }
            said.push_str(&ends(&mut bash, if is_last { code } else { 0 }));
        }
        said
    }
}

/// A text without its expressions. One that is not known is a mistake of the file, or of this table.
fn filled(text: &str, open: &str, close: &str, known: &BTreeMap<String, String>) -> String {
    let mut parts = text.split(open);
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once(close).expect("an expression has an end");
        filled.push_str(known.get(expression).unwrap_or_else(|| panic!("what is `{expression}`?")));
        filled.push_str(rest);
    }
    filled
}

#[test]
fn the_action_checks() {
    let runner = Runner::new();
    let said = runner.action(&[], 0);
    assert!(!said.contains("::error"), "{said}");
    assert!(runner.release.path("temporary/infrac/infrac").is_file(), "the program is not installed");
    let sarif = runner.release.path("temporary/infrac.sarif");
    let output = fs::read_to_string(runner.release.path("temporary/output")).expect("a step writes it");
    assert_eq!(output, format!("sarif={}\n", sarif.display()));
    let findings: serde_json::Value =
        serde_json::from_slice(&fs::read(&sarif).expect("it is there")).expect("it is JSON");
    assert_eq!(findings["version"], "2.1.0");
    assert_eq!(tree(&runner.work), ["platform.infra"], "the action wrote into the repository");

    // All that is wrong is found at once, and stands beside its line.
    runner.edit(
        "image    = \"shop/api:1.4\" { base = \"node:24-bookworm-slim\" }\n  networks = [back]",
        "image = \"shop/api:1.4\"\n  networks = [bakc]",
    );
    let said = runner.action(&[], 1);
    assert!(said.contains("::error title=NAM001") || said.contains("::error file=platform.infra"), "{said}");
    assert!(said.contains("FMT001"), "{said}");
    assert!(fs::read_to_string(&sarif).expect("it is there").contains("NAM001"));

    // A warning stops where that is asked for; nothing is known of this image.
    runner.edit(" { base = \"node:24-bookworm-slim\" }", "");
    assert!(runner.action(&[("checks", "check")], 0).contains("::warning"));
    assert!(runner.action(&[("checks", "check"), ("deny", "warnings")], 1).contains("::error"));

    // Generated files, beside a folder's source.
    runner.edit("platform shop", "platform shop");
    fs::create_dir(runner.work.join("deploy")).expect("a folder");
    fs::rename(runner.work.join("platform.infra"), runner.work.join("deploy/platform.infra"))
        .expect("it is there");
    let all = [("folder", "deploy"), ("checks", "fmt check build")];
    let said = runner.action(&all, 1);
    assert!(said.contains("deploy/docker/compose.infrastructure.yaml"), "{said}");
    ends(command(PROGRAM, &runner.work, &runner.work, &[]).args(["build", "deploy", "--all"]), 0);
    runner.action(&all, 0);

    assert!(runner.action(&[("checks", "lint")], 1).contains("there is no check 'lint'"));
    runner.action(&[("checks", "none")], 0);
}

/// What every environment comes to, packed: the archives, each of which holds what stands in its environment's folder.
fn packed(work: &Path) -> Vec<Vec<u8>> {
    let dist = work.join("dist");
    assert_eq!(
        tree(&dist),
        [
            "shop-production.tar.gz",
            "shop-production.tar.gz.sha256",
            "shop-staging.tar.gz",
            "shop-staging.tar.gz.sha256",
            "shop.tar.gz",
            "shop.tar.gz.sha256"
        ]
    );
    let of_one = |name: &str| {
        ends(
            command("sha256sum", &dist, work, &[]).arg("--check").arg(format!("shop-{name}.tar.gz.sha256")),
            0,
        );
        let to = tempfile::tempdir().expect("a temporary folder");
        let archive = dist.join(format!("shop-{name}.tar.gz"));
        ends(command("tar", to.path(), work, &[]).arg("-xzf").arg(&archive), 0);
        let mut diff = command("diff", to.path(), work, &[]);
        diff.args(["--recursive", "--exclude=BUILD"]).arg(format!("shop-{name}"));
        ends(diff.arg(work.join("build").join(name)), 0);
        assert!(to.path().join(format!("shop-{name}/docker/compose.infrastructure.yaml")).is_file());
        fs::read(archive).expect("it is there")
    };
    ["production", "staging"].map(of_one).into()
}

#[test]
fn the_pipeline_of_github_packs_every_environment() {
    let pipeline: Value = serde_yaml::from_str(&read("ci/github.yml")).expect("it is YAML");
    let steps = pipeline["jobs"]["pack"]["steps"].as_sequence().expect("it has steps");
    let runs: Vec<&str> = steps.iter().filter_map(|step| step.get("run")?.as_str()).collect();
    assert_eq!(runs.len(), 2, "{runs:?}");
    let mut made = Vec::new();
    for _ in 0..2 {
        // Another machine, another day, and other rights of new files.
        let runner = Runner::new();
        runner.action(&[("checks", "none")], 0);
        for run in &runs {
            let masked = format!("umask {}\n{run}", if made.is_empty() { "022" } else { "002" });
            ends(&mut runner.bash(&masked), 0);
        }
        made.push(packed(&runner.work));
    }
    assert!(made[0] == made[1], "two archives of the same source differ");
    // The check of a pull request is the action's own, with these inputs.
    let runner = Runner::new();
    let steps = pipeline["jobs"]["check"]["steps"].as_sequence().expect("it has steps");
    let inputs = steps.last().and_then(|step| step["with"].as_mapping()).expect("it has inputs");
    let inputs: Vec<(&str, &str)> = inputs
        .iter()
        .map(|(name, value)| (name.as_str().expect("a name"), value.as_str().expect("a text")))
        .collect();
    runner.action(&inputs, 0);
    runner.edit(" { base = \"node:24-bookworm-slim\" }", "");
    runner.action(&inputs, 1);
}

#[test]
fn the_pipeline_of_gitlab_checks_and_packs() {
    let runner = Runner::new();
    let text = fs::read_to_string(runner.release.assets().join("gitlab.yml")).expect("a release has it");
    let (head, body) = text.split_once("\n---\n").expect("inputs come first");
    let head: Value = serde_yaml::from_str(head).expect("it is YAML");
    let inputs = head["spec"]["inputs"].as_mapping().expect("it has inputs");
    let defaults: BTreeMap<String, String> = inputs
        .iter()
        .map(|(name, input)| {
            let name = format!("inputs.{}", name.as_str().expect("a name"));
            (name, input["default"].as_str().expect("each has a default").to_owned())
        })
        .collect();
    // A runner hands all lines of a job to one shell, which ends at the first failure.
    let job = |name: &str, inputs: &BTreeMap<String, String>, code: i32| {
        let jobs: Value = serde_yaml::from_str(&filled(body, "$[[ ", " ]]", inputs)).expect("it is YAML");
        assert_eq!(jobs[name]["extends"], ".infrac");
        let lines = [&jobs[".infrac"]["before_script"], &jobs[name]["script"]];
        let lines: Vec<&str> = lines
            .into_iter()
            .flat_map(|lines| lines.as_sequence().expect("lines"))
            .filter_map(Value::as_str)
            .collect();
        let mut shell = command("sh", &runner.work, &runner.release.path("home"), &[]);
        ends(shell.arg("-ec").arg(lines.join("\n")), code)
    };
    job("infrac-check", &defaults, 0);
    job("infrac-pack", &defaults, 0);
    let first = packed(&runner.work);
    for folder in ["dist", "build", "docker"] {
        fs::remove_dir_all(runner.work.join(folder)).expect("it was made");
    }
    job("infrac-pack", &defaults, 0);
    assert!(first == packed(&runner.work), "two archives of the same source differ");

    let with = |name: &str, value: &str| {
        let mut inputs = defaults.clone();
        assert!(inputs.insert(format!("inputs.{name}"), value.to_owned()).is_some(), "{name}");
        inputs
    };
    job("infrac-check", &with("checks", "build"), 0);
    runner.edit("shop/api:1.4", "shop/api:1.5");
    assert!(job("infrac-check", &with("checks", "build"), 1).contains("shop/api:1.5"));
    runner.edit("[back]", "[bakc]");
    assert!(job("infrac-check", &defaults, 1).contains("error[NAM001]"));
    assert!(job("infrac-check", &with("checks", "lint"), 1).contains("there is no check 'lint'"));
    assert!(job("infrac-check", &with("version", "9.9.9"), 22).contains("404"));
}

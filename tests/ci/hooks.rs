//! The hooks, run by the real pre-commit in a fresh repository, on good and on stale artifacts, unformatted and wrong sources.

use std::fs;
use std::path::PathBuf;

use super::release::{Release, TAG};
use super::{PLATFORM, PROGRAM, command, ends, read, stand_in, write};
use crate::judge::Judge;

/// A repository of a platform with its generated files, which uses the hooks.
struct Repository<'a> {
    release: &'a Release,
    judge: &'a Judge,
    folder: PathBuf,
    path: Vec<PathBuf>,
}

impl<'a> Repository<'a> {
    fn new(release: &'a Release, judge: &'a Judge, name: &str, configuration: &str) -> Self {
        let repository = Self { release, judge, folder: release.path(name), path: Vec::new() };
        write(repository.folder.join("platform.infra"), PLATFORM);
        write(repository.folder.join("README.md"), "# A shop\n");
        write(repository.folder.join(".pre-commit-config.yaml"), configuration);
        repository.build();
        release.git(&repository.folder, &["init", "--quiet", "--initial-branch=main"]);
        repository.commit();
        repository
    }

    fn build(&self) {
        ends(command(PROGRAM, &self.folder, &self.folder, &[]).args(["build", "--all"]), 0);
    }

    fn commit(&self) {
        self.release.git(&self.folder, &["add", "--all", "--force"]);
        self.release.git(&self.folder, &["commit", "--quiet", "--no-verify", "--message=Now"]);
    }

    /// Back to what was committed, but for a change of the source.
    fn edit(&self, from: &str, to: &str) {
        self.release.git(&self.folder, &["reset", "--quiet", "--hard"]);
        let path = self.folder.join("platform.infra");
        let text = fs::read_to_string(&path).expect("it is there");
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replace(from, to)).expect("it can be written");
        self.release.git(&self.folder, &["add", "--all"]);
    }

    fn pre_commit(&self, arguments: &[&str], code: i32) -> String {
        let mut pre_commit =
            command(self.judge.program(), &self.folder, &self.release.path("home"), &self.path);
        pre_commit.env("PRE_COMMIT_HOME", self.release.path("store")).env("PRE_COMMIT_COLOR", "never");
        ends(pre_commit.args(arguments), code)
    }

    /// What the hooks say of all files, and whether they pass: formatting, check, artifacts.
    fn run(&self, passed: [bool; 3]) -> String {
        let said = self.pre_commit(&["run", "--all-files"], i32::from(passed.contains(&false)));
        let hooks = ["infrac fmt", "infrac check", "infrac build --check"];
        for (hook, passed) in hooks.into_iter().zip(passed) {
            let line = said.lines().find(|line| line.starts_with(&format!("{hook}...")));
            let line = line.unwrap_or_else(|| panic!("{hook}: {said}"));
            assert_eq!(line.ends_with("Passed"), passed, "{said}");
        }
        said
    }
}

/// The configuration that a release has for its users.
fn configuration(release: &Release) -> String {
    fs::read_to_string(release.assets().join("pre-commit-config.yaml")).expect("a release has it")
}

#[test]
fn the_real_pre_commit_reads_the_hooks() {
    let Some(judge) = Judge::find("pre-commit") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest = read(".pre-commit-hooks.yaml");
    write(folder.path().join("good.yaml"), &manifest);
    let verdict = judge.ask(folder.path(), &["validate-manifest", "good.yaml"], "");
    assert!(verdict.accepted, "{}{}", verdict.output, verdict.complaint);
    write(folder.path().join("broken.yaml"), &manifest.replacen("  entry:", "  entries:", 1));
    assert!(!judge.ask(folder.path(), &["validate-manifest", "broken.yaml"], "").accepted);
    for id in ["infrac-fmt", "infrac-check", "infrac-build-check"] {
        for id in [id.to_owned(), format!("{id}-system")] {
            assert!(manifest.contains(&format!("- id: {id}\n")), "{id}");
        }
    }
}

#[test]
fn hooks_run_the_released_program() {
    let Some(judge) = Judge::find("pre-commit") else { return };
    let release = Release::new();
    let repository = Repository::new(&release, &judge, "shop", &configuration(&release));
    repository.run([true, true, true]);

    // Another image, and the files are those of the one before.
    repository.edit("shop/api:1.4", "shop/api:1.5");
    let said = repository.run([true, true, false]);
    assert!(said.contains("docker/compose.infrastructure.yaml") && said.contains("shop/api:1.5"), "{said}");
    assert!(said.contains("build/production/docker/compose.infrastructure.yaml"), "{said}");
    repository.build();
    repository.run([true, true, true]);

    // A file that is edited by hand.
    repository.edit("platform shop", "platform shop");
    let compose = repository.folder.join("docker/compose.infrastructure.yaml");
    let text = fs::read_to_string(&compose).expect("it is there");
    fs::write(&compose, format!("{text}# mine\n")).expect("it can be written");
    let said = repository.run([true, true, false]);
    assert!(said.contains("docker/compose.infrastructure.yaml"), "{said}");

    // Not in the one style: it is written so, and the commit waits for a look at it.
    repository.edit("image    =", "image =");
    let said = repository.run([false, true, true]);
    assert!(said.contains("files were modified by this hook"), "{said}");
    let formatted = fs::read_to_string(repository.folder.join("platform.infra")).expect("it is there");
    assert_eq!(formatted, PLATFORM);
    repository.run([true, true, true]);

    // Wrong: of a source that has errors, nothing is built to be compared.
    repository.edit("[back]", "[bakc]");
    let said = repository.run([true, false, false]);
    assert!(said.contains("error[NAM001]: there is no network `bakc`"), "{said}");
    assert!(said.contains("did you mean `back`?"), "{said}");
    // It does not parse: the formatter leaves it alone.
    repository.edit("platform shop", "platform shop {{");
    repository.run([false, false, false]);
    let text = fs::read_to_string(repository.folder.join("platform.infra")).expect("it is there");
    assert!(text.starts_with("platform shop {{\n"), "{text}");

    // All that was one download, and a commit by git itself goes the same way.
    assert_eq!(release.server.asked(".tar.gz"), 1);
    repository.edit("[back]", "[bakc]");
    repository.pre_commit(&["install"], 0);
    let commit = |code: i32| {
        let mut git = command("git", &repository.folder, &release.path("home"), &[]);
        git.env("PRE_COMMIT_HOME", release.path("store"));
        git.args([
            "-c",
            "user.name=Somebody",
            "-c",
            "user.email=somebody@example.com",
            "commit",
            "--message=Now",
        ]);
        ends(&mut git, code)
    };
    let hook = repository.folder.join(".git/hooks/pre-commit");
    assert!(
        fs::read_to_string(&hook)
            .is_ok_and(|hook| hook.contains("pre_commit") || hook.contains("pre-commit"))
    );
    // The script that was installed names the Python that the judge runs in, which needs the judge's libraries.
    stand_in(
        &hook,
        &format!(
            "exec '{}' hook-impl --config=.pre-commit-config.yaml --hook-type=pre-commit --hook-dir .git/hooks -- \"$@\"",
            judge.program().display()
        ),
    );
    assert!(commit(1).contains("there is no network `bakc`"));
    repository.edit("platform shop", "# A comment that is found nowhere else\nplatform shop");
    let said = commit(0);
    assert!(said.contains("infrac build --check") && said.contains("Passed"), "{said}");
    assert_eq!(release.server.asked(".tar.gz"), 1);
}

/// A release may be named by its commit, as `pre-commit autoupdate --freeze` does. What is none is refused.
#[test]
fn hooks_need_a_release() {
    let Some(judge) = Judge::find("pre-commit") else { return };
    let release = Release::new();
    let tag = format!("rev: {TAG}");
    let frozen = configuration(&release).replace(&tag, &format!("rev: {}", release.commit()));
    assert!(frozen.contains(&release.commit()), "{frozen}");
    Repository::new(&release, &judge, "frozen", &frozen).run([true, true, true]);

    let bare = release.path("acme/infrac");
    release.git(&release.path("work"), &["commit", "--quiet", "--allow-empty", "--message=Later"]);
    release.git(&release.path("work"), &["push", "--quiet", &bare.display().to_string(), "HEAD:main"]);
    let later = release.git(&release.path("work"), &["rev-parse", "HEAD"]);
    let later = configuration(&release).replace(&tag, &format!("rev: {}", later.trim()));
    let said = Repository::new(&release, &judge, "later", &later).run([false, false, false]);
    assert!(said.contains("is no release") && said.contains("-system"), "{said}");

    // An archive that was changed after its release is not run.
    let other = Release::new();
    for archive in fs::read_dir(other.assets()).expect("a release").flatten() {
        if archive.path().extension().is_some_and(|end| end == "gz") {
            fs::write(archive.path(), "something else").expect("it can be written");
        }
    }
    let said = Repository::new(&other, &judge, "changed", &configuration(&other)).run([false, false, false]);
    assert!(said.contains("is not what was released"), "{said}");
}

/// Those of the system use the program on `PATH`, and bring none.
#[test]
fn hooks_run_the_program_of_the_system() {
    let Some(judge) = Judge::find("pre-commit") else { return };
    let release = Release::new();
    let mut configuration = configuration(&release);
    for id in ["infrac-fmt", "infrac-check", "infrac-build-check"] {
        configuration = configuration.replace(&format!("- id: {id}\n"), &format!("- id: {id}-system\n"));
    }
    let mut repository = Repository::new(&release, &judge, "shop", &configuration);
    let said = repository.run([false, false, false]);
    assert!(said.contains("Executable `infrac` not found"), "{said}");
    stand_in(&release.path("bin/infrac"), &format!("exec '{PROGRAM}' \"$@\""));
    repository.path = vec![release.path("bin")];
    repository.run([true, true, true]);
    repository.edit("image    = \"shop/api:1.4\"", "image = \"shop/api:1.5\"");
    repository.run([false, true, false]);
    assert_eq!(release.server.asked(".tar.gz"), 0);
}

/// Those that `infrac init` writes for a platform at the top of a repository and for one below.
#[test]
fn hooks_of_a_new_platform_run() {
    let Some(judge) = Judge::find("pre-commit") else { return };
    let release = Release::new();
    stand_in(&release.path("bin/infrac"), &format!("exec '{PROGRAM}' \"$@\""));
    for (name, below) in [("top", "."), ("apart", "it's a/deploy")] {
        let path = vec![release.path("bin")];
        let repository = Repository { release: &release, judge: &judge, folder: release.path(name), path };
        fs::create_dir_all(&repository.folder).expect("a folder");
        release.git(&repository.folder, &["init", "--quiet", "--initial-branch=main"]);
        let run = |words: &[&str]| {
            ends(command(PROGRAM, &repository.folder, &repository.folder, &[]).args(words), 0)
        };
        run(&["init", below, "--name", "shop"]);
        run(&["build", below, "--all"]);
        repository.commit();
        repository.run([true, true, true]);
        let source = repository.folder.join(below).join("platform.infra");
        let text = fs::read_to_string(&source).expect("it is there");
        fs::write(&source, format!("{text}\n\n\n\n# The end\n")).expect("it can be written");
        repository.release.git(&repository.folder, &["add", "--all"]);
        repository.run([false, true, true]);
    }
}

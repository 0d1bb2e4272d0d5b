//! Terraform, and the provider of AWS, as far as the machine has them.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use infrac::target::Artifact;

use crate::judge::Judge;

/// Terraform, and where the provider lies.
pub(super) struct Terraform {
    program: PathBuf,
    provider: Option<Provider>,
}

/// A provider in a folder of plugins.
struct Provider {
    folder: PathBuf,
    version: String,
}

/// What Terraform says.
pub(super) struct Said {
    pub(super) accepted: bool,
    pub(super) output: String,
    pub(super) complaint: String,
}

/// The version of the provider that the files ask for.
const ASKED: &str = "~> 6.0";

impl Terraform {
    /// The programs alone, the newer one first.
    pub(super) fn all() -> Vec<Self> {
        let judges = ["terraform", "terraform-old"].into_iter().filter_map(Judge::find);
        judges.map(|judge| Self { program: judge.program().to_owned(), provider: None }).collect()
    }

    /// The newer program with the provider of AWS.
    pub(super) fn with_provider() -> Option<Self> {
        let terraform = Self::all().into_iter().next()?;
        // `install.sh` leads there.
        let judge = Judge::find("terraform-plugins")?;
        let folder = Command::new(judge.program()).output().expect("the judge starts");
        let folder = PathBuf::from(String::from_utf8_lossy(&folder.stdout).trim());
        let versions = folder.join("registry.terraform.io/hashicorp/aws");
        let mut versions: Vec<String> = std::fs::read_dir(versions)
            .expect("the folder of the provider")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        versions.sort();
        let version = versions.pop().expect("a version");
        if !version.starts_with("6.") {
            not_checked(&format!("the provider at hand is {version}, and the files ask for {ASKED}"));
        }
        Some(Self { provider: Some(Provider { folder, version }), ..terraform })
    }

    /// The files, with the version of the provider that is at hand.
    pub(super) fn at_hand(&self, files: Vec<Artifact>) -> Vec<Artifact> {
        let Some(provider) = &self.provider else { return files };
        let own = files.into_iter().map(|file| {
            Artifact::new(file.path, file.content.replace(ASKED, &format!("= {}", provider.version)))
        });
        own.collect()
    }

    /// Makes a folder ready.
    pub(super) fn init(&self, folder: &Path) {
        let provider = self.provider.as_ref().expect("it has a provider");
        let plugins = format!("-plugin-dir={}", provider.folder.display());
        let said = self.run(folder, &["init", "-backend=false", "-input=false", &plugins]);
        assert!(said.accepted, "{}{}", said.output, said.complaint);
    }

    pub(super) fn run(&self, folder: &Path, arguments: &[&str]) -> Said {
        self.run_with(folder, arguments, &[])
    }

    /// Runs it in a folder, with variables of the environment.
    pub(super) fn run_with(&self, folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
        let output: Output = Command::new(&self.program)
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", folder)
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_ARGS", "-no-color")
            .env("TF_IN_AUTOMATION", "1")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        Said {
            accepted: output.status.success(),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Past the test runner, which keeps what a test that passes prints.
pub(super) fn not_checked(why: &str) {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let _ = writeln!(io::stderr(), "NOT CHECKED: {test}, because {why}");
}

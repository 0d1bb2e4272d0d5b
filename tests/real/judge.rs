//! The real programs that judge artifacts, as `tests/judges/install.sh` brings them.

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program that accepts or refuses.
pub(crate) struct Judge {
    program: PathBuf,
}

/// What a judge says.
pub(crate) struct Verdict {
    /// Whether it accepts.
    pub(crate) accepted: bool,
    /// Its standard output.
    pub(crate) output: String,
    /// Its standard error.
    pub(crate) complaint: String,
}

impl Judge {
    /// The judge of a name. A missing one is a failure, unless somebody who works without judges says so
    /// with `INFRAC_SKIP_JUDGES`: then it is told, and `None`. Nobody says so where `CI` or `INFRAC_JUDGES`
    /// is set.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let is_set = |variable: &str| env::var_os(variable).is_some_and(|value| !value.is_empty());
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let judges = match env::var_os("INFRAC_JUDGES") {
            Some(folder) if !folder.is_empty() => root.join(folder),
            _ => root.join("target/judges"),
        };
        let program = judges.join("bin").join(name);
        if program.is_file() {
            return Some(Self { program });
        }
        // Past the test runner, which keeps what a test that passes prints.
        let unchecked = |why: &str| {
            let test = std::thread::current().name().unwrap_or_default().to_owned();
            let _ = writeln!(io::stderr(), "NOT CHECKED: {test}, because {why}");
        };
        // What the machine has no means to install, `install.sh` leaves out.
        if judges.join("lacking").join(name).is_file() {
            unchecked(&format!("the judge `{name}` cannot be installed here"));
            return None;
        }
        let may_be_skipped = is_set("INFRAC_SKIP_JUDGES") && !is_set("CI") && !is_set("INFRAC_JUDGES");
        assert!(
            may_be_skipped,
            "the judge `{name}` is missing in {}: install it with `tests/judges/install.sh target/judges`, \
             or set INFRAC_SKIP_JUDGES=1 to go without",
            judges.display()
        );
        unchecked(&format!("the judge `{name}` is missing"));
        None
    }

    /// A program of the judges' folder that is no command of its own.
    pub(crate) fn at(program: PathBuf) -> Self {
        assert!(program.is_file(), "{} is missing", program.display());
        Self { program }
    }

    /// The program.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// Asks for its verdict, from a folder, with a text on its standard input. Of the environment it sees
    /// `PATH` alone, so that no variable of the machine stands in for one of `.env`.
    pub(crate) fn ask(&self, folder: &Path, arguments: &[&str], input: &str) -> Verdict {
        self.ask_with(folder, arguments, input, &[])
    }

    /// The same, where no engine of containers can be found.
    pub(crate) fn ask_without_engine(&self, folder: &Path, arguments: &[&str]) -> Verdict {
        self.ask_with(folder, arguments, "", &[("DOCKER_HOST", "unix:///nowhere/docker.sock")])
    }

    fn ask_with(
        &self,
        folder: &Path,
        arguments: &[&str],
        input: &str,
        variables: &[(&str, &str)],
    ) -> Verdict {
        let mut child = Command::new(&self.program)
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .envs(env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", folder)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        let mut standard_input = child.stdin.take().expect("it is piped");
        let output = std::thread::scope(|scope| {
            // A judge that does not read has said what it has to say.
            scope.spawn(move || drop(standard_input.write_all(input.as_bytes())));
            child.wait_with_output().expect("a child can be waited for")
        });
        // A judge that crashed has judged nothing.
        assert!(output.status.code().is_some(), "{} {arguments:?} crashed", self.program.display());
        Verdict {
            accepted: output.status.success(),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

//! `infrac watch`: builds again whenever a file of the source has changed, until it is interrupted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use super::build;
use super::project::Project;
use super::report::{Report, hand_out};
use super::{BuildArguments, Failure, Outcome, meant};

/// How often the files are looked at. Notifications of the file system would be sooner, and would miss changes on shared
/// folders of virtual machines and networks.
const PAUSE: Duration = Duration::from_millis(250);

/// The screen cleared, and the cursor in its corner.
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

/// What is known of a file: when it was changed, and how long it is.
type Seen = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

pub(super) fn run(arguments: &BuildArguments, report: &Report) -> Result<Outcome, Failure> {
    if arguments.source.path.as_deref() == Some(Path::new("-")) {
        return Err(Failure::Usage("standard input does not change: name a file".to_owned()));
    }
    // From here on it is this file, whatever stands in folders above while it is away.
    let mut project = meant::project(arguments.source.path.as_deref())?;
    let path = project.folder().join(project.entry());
    let mut read: BTreeSet<PathBuf> = fs::canonicalize(&path).into_iter().collect();
    loop {
        if io::stdout().is_terminal() {
            hand_out(CLEAR)?;
        }
        // A file that changes while it is built differs from what was read.
        let earlier = seen(&read);
        match build::of_project(&project, arguments, report) {
            Err(Failure::System(message) | Failure::Files(message, _)) => report.failure(&message),
            result => drop(result?),
        }
        report.finish()?;
        report.remark("watching; Ctrl-C ends it");
        // What is read stands in the project once it was built.
        read = project.sources();
        read.insert(project.folder().to_owned());
        let mut before = seen(&read);
        before.extend(earlier.into_iter().filter(|(path, _)| read.contains(path)));
        while seen(&read) == before {
            sleep(PAUSE);
        }
        project = returned(&path, report);
    }
}

/// The project of a source, as soon as it can be read.
fn returned(path: &Path, report: &Report) -> Project {
    let mut is_said = false;
    loop {
        match Project::find(Some(path)) {
            Ok(project) => return project,
            Err(_) if is_said => {}
            Err(Failure::Usage(why) | Failure::System(why) | Failure::Files(why, _)) => {
                is_said = true;
                report.remark(&format!("{why}; still watching"));
            }
        }
        sleep(PAUSE);
    }
}

/// The files of the source as they are, and the folder of the entry, where an imported file may come.
fn seen(files: &BTreeSet<PathBuf>) -> Seen {
    let look = |path: &PathBuf| {
        let found = fs::metadata(path).ok();
        let found = found
            .and_then(|found| Some((found.modified().ok()?, if found.is_dir() { 0 } else { found.len() })));
        (path.clone(), found)
    };
    // A build writes into the project's folder, so only what is a file counts.
    files.iter().filter(|path| path.is_file() || !path.exists()).map(look).collect()
}

//! Why nothing was written, in the words of messages.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::manifest::{self, State};
use crate::target::Change;

/// Everything that stands against writing.
#[derive(Debug)]
pub struct WriteError {
    /// Each path with its reason, in the order of the artifacts; at least one.
    pub problems: Vec<Problem>,
    /// What was known of earlier builds.
    pub state: State,
}

/// A path that cannot be read, written or removed, and why.
#[derive(Debug)]
pub struct Problem {
    /// The path, as the output folder was given.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// Why a path cannot be read, written or removed.
#[derive(Debug)]
pub enum Reason {
    /// The system refuses, in its own words.
    System(io::Error),
    /// The system refuses to read it.
    NotRead(io::Error),
    /// The system refuses to remove it.
    NotRemoved(io::Error),
    /// A link on the way leads out of the output folder.
    LinkOutside,
    /// A link on the way leads to nothing.
    LinkNowhere,
    /// Something else than a folder stands where a folder must be.
    NotAFolder,
    /// Something else than a file stands where the file must be.
    NotAFile,
    /// It is no path below the output folder.
    NotBelow,
    /// Another build is writing to the output folder.
    Busy,
    /// Somebody changed it between our look and our hand.
    Changed,
    /// A person's file stands where an artifact must be.
    Foreign,
    /// What infrac wrote has been edited.
    Edited,
    /// What infrac wrote has been edited, and would now be removed.
    EditedAndStale,
    /// What infrac wrote once is not generated any more, and the manifest does not know it.
    LeftOver,
    /// The platform is read from it.
    Source,
    /// A link stands where infrac writes, or wrote, a file.
    Link,
    /// What runs would refuse what changes, or lose data by it.
    Refused(Change),
}

impl Reason {
    /// Whether `--recreate` goes past it.
    #[must_use]
    pub fn yields_to_recreate(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// Whether `--force` goes past it.
    #[must_use]
    pub fn yields_to_force(&self) -> bool {
        matches!(self, Self::Foreign | Self::Edited | Self::EditedAndStale | Self::LeftOver | Self::Link)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Reason::Refused(change) = &self.reason {
            let folder = self.path.parent().unwrap_or(&self.path);
            write!(f, "{}: {}", folder.display(), change.text)?;
            return change.help.iter().try_for_each(|help| write!(f, "\n    {help}"));
        }
        write!(f, "`{}` ", self.path.display())?;
        f.write_str(match &self.reason {
            Reason::System(error) => return write!(f, "cannot be written: {error}"),
            Reason::NotRead(error) => return write!(f, "cannot be read: {error}"),
            Reason::NotRemoved(error) => return write!(f, "cannot be removed: {error}"),
            Reason::LinkOutside => "is a link that leads out of the output folder",
            Reason::LinkNowhere => "is a link that leads to nothing",
            Reason::NotAFolder => "must be a folder, and is something else",
            Reason::NotAFile => "must be a file, and is something else",
            Reason::NotBelow => "is no path below the output folder",
            Reason::Busy => "is being written by another build; try again when it has ended",
            Reason::Changed => "was changed by somebody else during this build",
            Reason::Foreign => "is in the way: infrac did not write it",
            Reason::Edited => "has been edited since infrac wrote it",
            Reason::EditedAndStale => "is no longer generated, but has been edited since infrac wrote it",
            Reason::LeftOver => {
                "is no longer generated, and is not in the manifest, which would say whether it has been edited"
            }
            Reason::Source => "is a source of the platform, and no artifact can stand there",
            Reason::Link => "is a link, which infrac did not make",
            // Said above.
            Reason::Refused(_) => "changes",
        })
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if number == 0 { "" } else { "\n" })?;
        }
        let foreign = self.problems.iter().any(|problem| matches!(problem.reason, Reason::Foreign));
        if foreign && self.state == State::Missing {
            write!(f, "\nthere is no `{}` that would say what an earlier build wrote", manifest::NAME)?;
        }
        Ok(())
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problems.first()?.reason {
            Reason::System(error) | Reason::NotRead(error) | Reason::NotRemoved(error) => Some(error),
            _ => None,
        }
    }
}

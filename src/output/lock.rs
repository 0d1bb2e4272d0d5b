//! One build at a time: the output folder is locked while it is written. The lock is advisory, leaves no file
//! behind, and ends with the process, however that ends.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::problem::Reason;

/// How long a build waits for another one. Writing itself takes a part of a second.
const PATIENCE: Duration = Duration::from_secs(5);
const BREATH: Duration = Duration::from_millis(20);

/// The lock, as long as it lives.
pub(super) struct Lock {
    /// Nothing where the file system has no locks: then nobody is kept out.
    held: Option<File>,
}

impl Lock {
    /// Locks a folder, and waits a little where another build has it.
    pub(super) fn take(folder: &Path) -> Result<Self, Reason> {
        // Not every system opens folders, and not every file system locks them.
        let Ok(file) = File::open(folder) else { return Ok(Self { held: None }) };
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { held: Some(file) }),
                Err(TryLockError::Error(_)) => return Ok(Self { held: None }),
                Err(TryLockError::WouldBlock) if waited >= PATIENCE => return Err(Reason::Busy),
                Err(TryLockError::WouldBlock) => {
                    sleep(BREATH);
                    waited += BREATH;
                }
            }
        }
    }

    /// Whether nobody else is building.
    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }
}

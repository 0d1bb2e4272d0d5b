//! Where a build is stopped: before the n-th change of the file system, by an error or by its end.

use std::cell::Cell;
use std::io;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// The system refuses this change alone.
    Fail,
    /// The system refuses this change and every one behind it.
    FailOnwards,
    /// The process ends, without a word and without tidying up.
    End,
}

thread_local! {
    static STOP: Cell<Option<(usize, How)>> = const { Cell::new(None) };
    static SEEN: Cell<usize> = const { Cell::new(0) };
}

/// Stops what follows in this thread before its n-th change.
pub(super) fn at(step: usize, how: How) {
    STOP.set(Some((step, how)));
    SEEN.set(0);
}

/// Lets everything happen again; returns how many changes there were.
pub(super) fn never() -> usize {
    STOP.set(None);
    SEEN.replace(0)
}

/// What every change of the file system begins with.
pub(crate) fn step() -> io::Result<()> {
    let now = SEEN.get();
    SEEN.set(now + 1);
    match STOP.get() {
        Some((at, How::Fail)) if at == now => Err(io::ErrorKind::StorageFull.into()),
        Some((at, How::FailOnwards)) if at <= now => Err(io::ErrorKind::StorageFull.into()),
        #[expect(clippy::exit, reason = "it does what a kill does: nothing more")]
        Some((at, How::End)) if at == now => std::process::exit(0),
        _ => Ok(()),
    }
}

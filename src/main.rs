//! The program `infrac`.

use std::process::ExitCode;

use libmimalloc_sys::{mi_option_set, mi_option_t};

/// Trees of many small pieces are made and dropped on all processors, which this allocator does in less time than the
/// system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many milliseconds after it was freed memory goes back to the system: `mi_option_purge_delay` in `mimalloc.h` of
/// mimalloc 2.
const PURGE_DELAY: mi_option_t = 15;

fn main() -> ExitCode {
    keep_memory();
    infrac::cli::run()
}

/// Memory that was freed is for what comes next, not for the system. A process lives for less than a second, and takes
/// back what it returns: page by page then, where it had large ones, each cleared by the kernel.
#[expect(unsafe_code, reason = "an option of the allocator, which is written in C")]
fn keep_memory() {
    // SAFETY: the function stores a number in a table of the allocator and is "not thread safe": no other thread has
    // been started yet.
    unsafe { mi_option_set(PURGE_DELAY, -1) }
}

#[cfg(test)]
mod tests {
    use libmimalloc_sys::mi_option_get;

    use super::{PURGE_DELAY, keep_memory};

    /// The table of options has no names that Rust could see: that it holds 10, as the option does unless told
    /// otherwise, and not 0 or 1 as those beside it do, shows that it is the right one.
    #[test]
    #[expect(unsafe_code, reason = "an option of the allocator, which is written in C")]
    fn the_option_is_the_one_meant() {
        // SAFETY: reads a number of a table.
        let delay = || unsafe { mi_option_get(PURGE_DELAY) };
        assert_eq!(delay(), 10);
        keep_memory();
        assert_eq!(delay(), -1);
    }
}

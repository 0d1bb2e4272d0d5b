//! The program `infrac`.

use std::process::ExitCode;

/// Trees of many small pieces are made and dropped on all processors, which this allocator does in less time than the
/// system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    infrac::cli::run()
}

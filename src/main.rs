//! The program `infrac`.

use std::process::ExitCode;

fn main() -> ExitCode {
    infrac::cli::run()
}

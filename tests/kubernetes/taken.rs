//! The compiler's own objects, held to the tables that overrides are held to (`tests/overrides/refused.txt`).

use super::built::{all, at_random};
use super::none;

/// Platforms at random that are looked at.
const PLATFORMS: u64 = 20;

#[test]
fn objects_of_the_compiler_are_what_an_api_server_takes() {
    let mut complaints = Vec::new();
    let random = (0..PLATFORMS).map(at_random).collect::<Vec<_>>();
    for built in all().iter().chain(&random) {
        let refused = infrac::target::refused(&built.platform);
        complaints.extend(refused.into_iter().map(|refused| format!("{}: {refused}", built.name)));
    }
    none(&complaints);
}

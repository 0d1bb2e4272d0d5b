//! What parses is formatted: twice is once, the tree stays the same, and no comment is lost.

#![no_main]

#[path = "../../tests/fmt/said.rs"]
mod said;

use infrac_fuzz::mutate::mutate;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let broken = said::broken(text).unwrap_or_default();
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(data, size, max_size, seed)
});

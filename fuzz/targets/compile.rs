//! A project is compiled, once as it stands and once with each of its environments, and lowered to every target:
//! no panic, an answer always, and YAML that another crate reads.

#![no_main]

use infrac_fuzz::mutate::mutate;
use infrac_fuzz::{Project, judge};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

/// How many environments of an input are tried.
const ENVIRONMENTS: usize = 2;

fuzz_target!(|data: &[u8]| {
    Project::new(data).compile(ENVIRONMENTS).iter().for_each(judge);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(data, size, max_size, seed)
});

//! What takes minutes in a compiler without optimisation: it has a profile of its own, and is asked for by name,
//! `cargo test --profile quick --test quick`.

#[path = "real/case.rs"]
mod case;
mod coverage;
mod growth;
#[path = "real/judge.rs"]
mod judge;
mod large;
mod mutants;
mod sample;
mod silence;

//! What takes minutes in a compiler without optimisation: it is asked for by name, `cargo quick` (`.cargo/config.toml`).

#[expect(dead_code, reason = "`suite.rs` uses the rest")]
#[path = "real/case.rs"]
mod case;
mod coverage;
mod growth;
#[expect(dead_code, reason = "`suite.rs` uses the rest")]
#[path = "real/judge.rs"]
mod judge;
mod large;
mod mutants;
mod sample;
mod silence;

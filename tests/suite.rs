//! What has to hold, but for what `quick.rs` counts and measures. One program, so that one is linked for a changed
//! line; each theme is a module: `cargo test --test suite fixtures::`.
//!
//! Tests share a process. None changes its folder or its environment; what needs another one starts a program.

#[cfg(debug_assertions)]
mod alike;
mod artifacts;
#[path = "real/case.rs"]
mod case;
mod chain;
mod ci;
mod cli;
mod credentials;
#[path = "real/dice.rs"]
mod dice;
mod docs;
#[path = "tidy/files.rs"]
mod files;
mod fixtures;
mod fmt;
mod grafana;
mod graph;
mod hostile;
#[path = "real/judge.rs"]
mod judge;
mod kubernetes;
mod kustomize;
#[path = "tidy/markdown.rs"]
mod markdown;
mod nginx;
mod operations;
mod output;
mod overrides;
mod printing;
mod profiles;
mod promql;
mod promtool;
mod real;
mod reference;
mod sample;
mod scripts;
mod terraform;
mod tidy;
mod version;

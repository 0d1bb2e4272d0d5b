//! The scripts of operators, in a real bash on a host whose engine is a stand-in: `engine` is that host, `judges` what all
//! scripts of all platforms have in common. `tests/start` runs them with a real engine.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and run programs")]

#[path = "operations/backup.rs"]
mod backup;
#[path = "operations/common.rs"]
mod common;
#[path = "operations/deploy.rs"]
mod deploy;
#[path = "operations/engine.rs"]
pub(crate) mod engine;
#[path = "operations/goals.rs"]
mod goals;
#[path = "operations/harms.rs"]
mod harms;
#[path = "operations/health.rs"]
mod health;
#[path = "operations/inert.rs"]
mod inert;
#[path = "operations/install.rs"]
mod install;
#[path = "operations/judges.rs"]
mod judges;
#[path = "operations/remote.rs"]
mod remote;
#[path = "operations/rotate.rs"]
mod rotate;
#[path = "operations/secrets.rs"]
mod secrets;
#[path = "operations/setup.rs"]
mod setup;
#[path = "operations/signals.rs"]
mod signals;
#[path = "operations/stand_in.rs"]
mod stand_in;
#[path = "operations/timers.rs"]
mod timers;

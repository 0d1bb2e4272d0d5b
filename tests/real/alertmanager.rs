//! Who is told, by the program that tells: amtool reads the configuration, takes every alert through its routes,
//! and renders the messages.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and run programs")]


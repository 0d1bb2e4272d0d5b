//! The platforms of the benchmarks are platforms: they compile, with every environment, and have the size they are
//! said to have.

#[path = "../benches/large/platform.rs"]
mod platform;

use infrac::source::{Found, Loader};
use infrac::target::TARGETS;

#[test]
fn generated_platforms_build_and_have_their_size() {
    for services in [12, 24, 25, 43, 100, 1_000] {
        let text = platform::platform(services);
        assert_eq!(text, platform::platform(services), "{services}: two texts differ");
        let load = |_: &str| Ok(Found::File(text.as_bytes().to_vec()));
        for environment in [None, Some("staging"), Some("production")] {
            let compilation = infrac::compile(&Loader { load: &load }, "platform.infra", environment);
            let told: Vec<&str> = compilation.diagnostics.iter().map(|told| told.message.as_str()).collect();
            let Some(platform) = compilation.platform else { panic!("{services}: {told:?}") };
            assert_eq!(platform.services.len(), services, "{environment:?}");
            let lowered = infrac::build(&platform, &TARGETS.iter().collect::<Vec<_>>());
            assert_eq!(lowered.len(), TARGETS.len());
        }
    }
}

/// Parts of a large file are parsed at the same time. What is told does not show it.
#[test]
fn mistakes_in_a_large_file_are_told_alike_each_time() {
    let mut text = platform::platform(1_000);
    text.push_str("\nservice last { image = }\n");
    text.insert_str(0, "service first { image = }\n");
    let load = |_: &str| Ok(Found::File(text.as_bytes().to_vec()));
    let told = || {
        let compilation = infrac::compile(&Loader { load: &load }, "platform.infra", None);
        compilation
            .diagnostics
            .iter()
            .map(|told| (told.message.clone(), told.labels.clone()))
            .collect::<Vec<_>>()
    };
    let first = told();
    let syntax = first.iter().filter(|(message, _)| message.contains("a value")).count();
    assert_eq!(syntax, 2, "{first:?}");
    assert_eq!(first, told());
}

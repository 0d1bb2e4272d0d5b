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
            let compilation = infrac::compile(
                &Loader { load: &load },
                "platform.infra",
                environment,
                infrac::platform::Runtime::Compose,
            );
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
        let compilation = infrac::compile(
            &Loader { load: &load },
            "platform.infra",
            None,
            infrac::platform::Runtime::Compose,
        );
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

/// Entries are expanded, services bound and alerts completed in parts. What is told of mistakes is what is told of them
/// in a small platform, wherever they stand in a large one.
#[test]
fn mistakes_are_told_alike_in_platforms_of_any_size() {
    const MISTAKES: &str = r#"
service odd-one {
  image    = "odd/one:1.0"
  networks = [nowhere-at-all]
  port http = 8080
  port also = 8080
  env { A = "${odd-two.htp.url}", B = UNDECLARED_VARIABLE, C = odd-two.http.numbr }
  memmory  = 5MiB
  limits { memory = soon }
}
service odd-two {
  image = "odd/two:latest"
  port http = 8080
  redis inner {}
  alert OddTwo { expr = "rate(odd_two_total[5m])) > 1", severity = warning, summary = "Odd" }
}
mongodb odd-three { no_such_parameter = 1 }
"#;
    let told = |services: usize, first: bool| {
        let platform = platform::platform(services);
        let text = if first { format!("{MISTAKES}{platform}") } else { format!("{platform}{MISTAKES}") };
        let start = if first { 0 } else { platform.len() };
        let load = |_: &str| Ok(Found::File(text.as_bytes().to_vec()));
        let compilation = infrac::compile(
            &Loader { load: &load },
            "platform.infra",
            None,
            infrac::platform::Runtime::Compose,
        );
        let places = |told: &infrac::diagnostic::Diagnostic| {
            let label = told.labels.first()?;
            let at = usize::try_from(label.span.start).ok()?;
            Some(at.wrapping_sub(start)).filter(|at| *at < MISTAKES.len())
        };
        let here = compilation
            .diagnostics
            .iter()
            .filter_map(|told| Some((places(told)?, told.code.id, told.message.clone())));
        here.collect::<Vec<_>>()
    };
    let alone = told(12, false);
    assert!(alone.len() >= 8, "{alone:#?}");
    for (services, first) in [(12, true), (300, false), (300, true), (1_000, false)] {
        assert_eq!(told(services, first), alone, "{services} services, the mistakes first: {first}");
    }
}

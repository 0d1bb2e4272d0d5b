//! The stages of the compiler on platforms of 12 to 10,000 services: `cargo bench --bench stages`.

#[path = "large/platform.rs"]
mod platform;

use divan::Bencher;
use divan::counter::BytesCount;
use infrac::Compilation;
use infrac::diagnostic::Sink;
use infrac::source::{Found, Loader, Sources};
use infrac::syntax;
use infrac::target::{TARGETS, Target};

const SIZES: [usize; 4] = [12, 100, 1_000, 10_000];

fn main() {
    divan::main();
}

fn compile(text: &str) -> Compilation {
    let load = |_: &str| Ok(Found::File(text.as_bytes().to_vec()));
    infrac::compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose)
}

fn targets() -> Vec<&'static Target> {
    TARGETS.iter().collect()
}

/// From text to the tree.
#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher<'_, '_>, services: usize) {
    let text = platform::platform(services);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut sources = Sources::default();
        let id = sources.add("platform.infra", text.clone());
        syntax::parse(&sources, id, &mut Sink::default())
    });
}

/// From text to the tree and back to text, as `infrac fmt` does.
#[divan::bench(args = SIZES)]
fn format(bencher: Bencher<'_, '_>, services: usize) {
    let text = platform::platform(services);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut sources = Sources::default();
        let id = sources.add("platform.infra", text.clone());
        let file = syntax::parse(&sources, id, &mut Sink::default());
        syntax::print(sources.file(id), &file)
    });
}

/// From text to the checked platform, without an environment.
#[divan::bench(args = SIZES)]
fn check(bencher: Bencher<'_, '_>, services: usize) {
    let text = platform::platform(services);
    bencher.counter(BytesCount::of_str(&text)).bench(|| compile(&text));
}

/// From the platform to the text of every artifact; what is counted are the bytes that come out.
#[divan::bench(args = SIZES)]
fn build(bencher: Bencher<'_, '_>, services: usize) {
    let compilation = compile(&platform::platform(services));
    let Some(platform) = &compilation.platform else { panic!("{:?}", compilation.diagnostics) };
    let built = || infrac::build(platform, &targets());
    let bytes: usize =
        built().iter().flat_map(|it| &it.artifacts).map(|artifact| artifact.content.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(built);
}

//! Examples in Markdown. A block of the language says after ```` ```infra ```` what it is: nothing or `compile`
//! for a whole platform, `fragment` for what only has to parse, `fails` for what has errors. A first line
//! `# env: NAME` puts an environment in.

use infrac::diagnostic::{Diagnostic, Sink};
use infrac::platform::Runtime;
use infrac::source::{Found, LoadError, Loader, Sources};
use infrac::{Parsed, syntax};

/// A block of the language.
pub(crate) struct Block<'a> {
    /// The number of its first line.
    pub(crate) line: usize,
    /// What stands behind `infra`.
    pub(crate) mark: &'a str,
    /// The source.
    pub(crate) text: String,
}

/// The blocks of the language in a Markdown text.
pub(crate) fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(&str, Option<Block<'_>>)> = None;
    for (number, line) in markdown.lines().enumerate() {
        let ticks = line.trim_start();
        let length = ticks.len() - ticks.trim_start_matches('`').len();
        match &mut open {
            None if length >= 3 => {
                let (fence, mark) = ticks.split_at(length);
                let mark = mark.trim();
                let is_ours = mark == "infra" || mark.starts_with("infra ");
                let block = Block {
                    line: number + 2,
                    mark: mark.trim_start_matches("infra").trim(),
                    text: String::new(),
                };
                open = Some((fence, is_ours.then_some(block)));
            }
            None => {}
            Some((fence, _)) if ticks.trim_end() == *fence => {
                found.extend(open.take().and_then(|(_, block)| block));
            }
            Some((_, Some(block))) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            Some(_) => {}
        }
    }
    found
}

/// Whether a block is what it is marked as.
pub(crate) fn judge(block: &Block<'_>) -> Result<(), String> {
    match block.mark {
        "" | "compile" => clean(&compiled(&block.text)),
        "fragment" => clean(&parsed(&block.text)),
        "fails" => clean(&compiled(&block.text)).map_or(Ok(()), |()| Err("does not fail".to_owned())),
        mark => Err(format!("`{mark}` is no mark")),
    }
}

/// Everything that is found in a platform, warnings among it.
pub(crate) fn findings(text: &str) -> String {
    listed(&compiled(text))
}

fn compiled(text: &str) -> Vec<Diagnostic> {
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(text.as_bytes().to_vec())),
        _ => Err(LoadError::Missing),
    };
    let environment = text.lines().next().and_then(|line| line.strip_prefix("# env: "));
    let runtime = text.lines().next().and_then(|line| line.strip_prefix("# runtime: ")).and_then(Runtime::of);
    let loader = Loader { load: &load };
    let parsed = Parsed::load(&loader, "platform.infra");
    let runtime = runtime.unwrap_or_else(|| parsed.runtime());
    parsed.compile(&loader, environment, runtime).diagnostics
}

fn parsed(text: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let id = sources.add("fragment", text.to_owned());
    syntax::parse(&sources, id, &mut sink);
    sink.finish()
}

/// Whether there is no error.
fn clean(diagnostics: &[Diagnostic]) -> Result<(), String> {
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|it| it.is_error()).collect();
    if errors.is_empty() { Ok(()) } else { Err(listed(errors)) }
}

fn listed<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> String {
    let lines = diagnostics.into_iter().map(|it| format!("{} {}", it.code.id, it.message));
    lines.collect::<Vec<String>>().join("; ")
}

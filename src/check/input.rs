//! Variables and secrets: those that nobody uses, and those that stand in a text that nothing puts them into.

use crate::diagnostic::{Diagnostic, Help, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::origins::{Origins, Written};
use crate::platform::dollar::{self, Piece};
use crate::platform::{InputId, Platform, Service};
use crate::source::Span;

/// ENV002: a variable or secret that nothing mentions.
pub(super) fn unused(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let plain: HashSet<InputId> = plain(platform, origins).into_iter().map(|found| found.input).collect();
    let unused = platform.inputs.iter().enumerate().filter(|(_, input)| !input.mentioned);
    // One that stands somewhere without its braces is reported there.
    for (_, input) in unused.filter(|(at, _)| !plain.contains(&InputId(*at))) {
        let kind = if input.secret { "secret" } else { "variable" };
        sink.report(
            Diagnostic::new(codes::ENV002, format!("the {kind} `{}` is used nowhere", input.name))
                .at(input.span, "the operator sets it, and nothing changes")
                .help("take it out, or hand it over where it is meant to be: `env { … }`"),
        );
    }
}

/// ENV003: a text with `$NAME` where a variable or secret of that name is declared.
pub(super) fn without_braces(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for Plain { service, input, span, is_argument } in plain(platform, origins) {
        let input = &platform[input];
        let name = &input.name;
        let help = if is_argument && input.secret {
            Help::from("hand it over in `env`, and let the program read it there, or from its standard input")
        } else {
            Help::instead(&format!("${name}"), &format!("${{{name}}}")).led_by("to put its value in, ")
        };
        sink.report(
            Diagnostic::new(codes::ENV003, format!("`${name}` of `{}` stays as it is written", service.path))
                .about(&service.path)
                .at(span, format!("no shell reads it, and only `${{{name}}}` is replaced"))
                .at(input.span, "declared here")
                .help(help),
        );
    }
}

/// `$NAME` in a text that the language puts values into, and that no shell reads.
struct Plain<'a> {
    service: &'a Service,
    input: InputId,
    /// The text.
    span: Span,
    /// Whether it stands on a command line.
    is_argument: bool,
}

fn plain<'a>(platform: &'a Platform, origins: &Origins) -> Vec<Plain<'a>> {
    let inputs = dollar::inputs(platform);
    let mut found = Vec::new();
    if inputs.is_empty() {
        return found;
    }
    for service in &platform.services {
        let origin = origins.service(service.id);
        let handed: HashSet<&str> = service.env.iter().map(|variable| variable.name.as_str()).collect();
        let files = service.env.iter().filter(|variable| variable.file.is_some());
        let files: HashSet<&str> = files.map(|variable| variable.name.as_str()).collect();
        let env = origin.env().filter(|(name, _)| !files.contains(name)).map(|(_, written)| written);
        for text in env.chain(origin.build_arguments()).chain(origin.outputs()) {
            // A program may run a line that stands in a variable, with those that stand beside it.
            let is_line = has_blank(text);
            let names = names(text, &inputs).filter(|(name, _)| !(is_line && handed.contains(name)));
            let names = names.map(|(_, input)| input);
            found.extend(names.map(|input| Plain { service, input, span: text.span, is_argument: false }));
        }
        let words = || origin.entrypoint_words().chain(origin.command_words());
        if !words().any(is_of_shell) {
            for text in words() {
                let names = names(text, &inputs).map(|(_, input)| input);
                found.extend(names.map(|input| Plain { service, input, span: text.span, is_argument: true }));
            }
        }
    }
    found
}

/// The declared inputs that a text names by `$NAME`, each once.
fn names<'a>(text: Written<'a>, inputs: &HashMap<&str, InputId>) -> impl Iterator<Item = (&'a str, InputId)> {
    let mut seen = HashSet::default();
    let literals = text.literals().filter(|literal| literal.contains('$'));
    let pieces = literals.flat_map(dollar::pieces);
    pieces
        .filter_map(move |piece| match piece {
            // What stands in braces was escaped.
            Piece::Input(name, all) if !all.starts_with("${") => Some((name, *inputs.get(name)?)),
            _ => None,
        })
        .filter(move |(name, _)| seen.insert(*name))
}

fn has_blank(text: Written<'_>) -> bool {
    text.literals().any(|literal| literal.contains(char::is_whitespace))
}

/// Whether a word of a command line is a shell, or says that the next one is a script: `sh`, `-c`, `-euc`, `-e`.
fn is_of_shell(word: Written<'_>) -> bool {
    let Some(word) = word.as_literal() else { return false };
    let program = word.rsplit('/').next().unwrap_or(word);
    let flags = word.strip_prefix('-').filter(|flags| flags.len() <= 5);
    let is_script = flags.is_some_and(|flags| {
        flags.ends_with(['c', 'e']) && flags.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    is_script || program.ends_with("sh") || word.contains(char::is_whitespace)
}

//! Variables and secrets: those that nobody uses, and those that stand in a text that nothing puts them into.

use crate::diagnostic::{Diagnostic, Help, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::platform::dollar::{self, Piece};
use crate::platform::{InputId, Platform, Service};
use crate::schema::Template;
use crate::source::Span;
use crate::syntax::Part;

/// ENV002: a variable or secret that nothing mentions.
pub(super) fn unused(platform: &Platform, sink: &mut Sink) {
    let plain: HashSet<InputId> = plain(platform).into_iter().map(|found| found.input).collect();
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
pub(super) fn without_braces(platform: &Platform, sink: &mut Sink) {
    for Plain { service, input, span, is_argument } in plain(platform) {
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

fn plain(platform: &Platform) -> Vec<Plain<'_>> {
    let inputs = dollar::inputs(platform);
    let mut found = Vec::new();
    if inputs.is_empty() {
        return found;
    }
    for service in &platform.services {
        let block = &service.block;
        let env = block.env.iter().flat_map(|env| &env.entries);
        let handed: HashSet<&str> = env.clone().map(|(name, _)| name.text.as_str()).collect();
        let env = env.filter(|(_, value)| value.file.is_none()).filter_map(|(_, value)| value.value.as_ref());
        let args = block.build.iter().filter_map(|build| build.args.as_ref());
        let args = args.flat_map(|args| args.entries.iter().map(|(_, value)| value));
        let outputs = block.output.iter().flat_map(|output| output.fields.iter().map(|(_, value)| value));
        for text in env.chain(args).chain(outputs) {
            // A program may run a line that stands in a variable, with those that stand beside it.
            let is_line = has_blank(text);
            let names = names(text, &inputs).filter(|(name, _)| !(is_line && handed.contains(name)));
            let names = names.map(|(_, input)| input);
            found.extend(names.map(|input| Plain { service, input, span: text.span, is_argument: false }));
        }
        let words = || block.entrypoint.iter().chain(&block.command).flat_map(|list| &list.items);
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
fn names<'a>(
    text: &'a Template,
    inputs: &HashMap<&str, InputId>,
) -> impl Iterator<Item = (&'a str, InputId)> {
    let mut seen = HashSet::default();
    let literals = text.text.parts.iter().filter_map(|part| match part {
        Part::Literal(literal) if literal.contains('$') => Some(literal.as_str()),
        _ => None,
    });
    let pieces = literals.flat_map(dollar::pieces);
    pieces
        .filter_map(move |piece| match piece {
            // What stands in braces was escaped.
            Piece::Input(name, all) if !all.starts_with("${") => Some((name, *inputs.get(name)?)),
            _ => None,
        })
        .filter(move |(name, _)| seen.insert(*name))
}

fn has_blank(text: &Template) -> bool {
    text.text
        .parts
        .iter()
        .any(|part| matches!(part, Part::Literal(text) if text.contains(char::is_whitespace)))
}

/// Whether a word of a command line is a shell, or says that the next one is a script: `sh`, `-c`, `-euc`, `-e`.
fn is_of_shell(word: &Template) -> bool {
    let Some(word) = word.text.as_literal() else { return false };
    let program = word.rsplit('/').next().unwrap_or(word);
    let flags = word.strip_prefix('-').filter(|flags| flags.len() <= 5);
    let is_script = flags.is_some_and(|flags| {
        flags.ends_with(['c', 'e']) && flags.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    is_script || program.ends_with("sh") || word.contains(char::is_whitespace)
}

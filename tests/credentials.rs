//! Which credentials SEC001 finds, and what it takes for one that is none: two lists in `tests/credentials/`, each line
//! of them put into a platform of its own.

#[path = "credentials/drift.rs"]
mod drift;

use std::fmt::Write as _;

use infrac::Compilation;
use infrac::diagnostic::credential::OF_SECRET_NAMES;
use infrac::diagnostic::{Guard, Guarded, Style, codes, render};
use infrac::model::Document;
use infrac::schema::{Block, Kind};
use infrac::source::{Found, LoadError, Loader};

const FOUND: &str = include_str!("credentials/found.txt");
const LOOKALIKES: &str = include_str!("credentials/lookalikes.txt");
const TYPED: &str = include_str!("credentials/typed.txt");

/// How many of a hundred credentials are found at least.
const LEAST: usize = 95;

/// A line of a list.
struct Line<'a> {
    number: usize,
    /// Where the text stands: `env`, `file /etc/a`.
    place: &'a str,
    text: String,
    /// What of the text is the credential.
    credentials: Vec<String>,
}

/// The lines of a list, with all made that stands for many characters.
fn lines(list: &str) -> Vec<Line<'_>> {
    let all = list.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    all.map(|(at, line)| {
        let (place, text) = line.split_once(": ").unwrap_or_else(|| panic!("line {}: no place", at + 1));
        let text = made(&text.replace(" ⏎ ", "\n").replace('⏎', "\n"), at as u64);
        let marked = text.split('⟦').skip(1).filter_map(|rest| rest.split('⟧').next());
        let credentials = marked.map(str::to_owned).collect();
        Line { number: at + 1, place, text: text.replace(['⟦', '⟧'], ""), credentials }
    })
    .collect()
}

/// A text with characters in the place of `«hex40»` and the like. The same line makes the same ones.
fn made(text: &str, line: u64) -> String {
    let mut out = String::new();
    let mut state = line.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('«') {
        let (kind, behind) = behind.split_once('»').expect("`«` is closed");
        let name = kind.trim_end_matches(|c: char| c.is_ascii_digit());
        let length: usize = kind[name.len()..].parse().expect("a kind ends with a number");
        let alphabet = match name {
            "hex" => "0123456789abcdef",
            "digit" => "123456789",
            "upper" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            "lower" => "abcdefghijklmnopqrstuvwxyz234567",
            "alpha" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "alnum" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567890123456789",
            "b64x" => {
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789012345678901234567890123456789+/"
            }
            _ => panic!("no kind `{name}`"),
        };
        out.push_str(before);
        for at in 0..length {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // Each has some letters and some digits, whatever comes out.
            let sure = match (name, at) {
                ("hex" | "alnum" | "b64x", 1 | 3 | 5) => Some(b'7'),
                ("hex" | "alnum" | "b64x", 0 | 2) => Some(b'e'),
                _ => None,
            };
            let letter = alphabet.as_bytes()[(state >> 33) as usize % alphabet.len()];
            out.push(char::from(sure.unwrap_or(letter)));
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Text as the source has it.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace("${", "$${");
    format!("\"{text}\"")
}

/// A command line as a list of words.
fn words(line: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let (mut quote, mut open, mut escaped) = (None, false, false);
    for c in line.chars() {
        match (c, quote) {
            ('\\', Some('"')) if !escaped => {
                escaped = true;
                continue;
            }
            ('"' | '\'', None) => {
                (quote, open) = (
                    Some(c),
                    open || {
                        words.push(String::new());
                        true
                    },
                );
            }
            (_, Some(end)) if c == end && !escaped => quote = None,
            (' ', None) => open = false,
            _ => {
                if !open {
                    words.push(String::new());
                    open = true;
                }
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
        escaped = false;
    }
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}

/// A platform in which the text of a line stands at its place.
fn platform(line: &Line<'_>) -> String {
    let text = line.text.as_str();
    let given = |text: &str| {
        let (name, value) = text.split_once('=').expect("NAME=VALUE");
        (name.to_owned(), quoted(value))
    };
    let service =
        |image: &str, body: &str| format!("platform shop\n\nservice api {{\n  {image}\n  {body}\n}}\n");
    let api = |body: &str| service("image = \"shop/api:1.4\"", body);
    let (kind, path) = line.place.split_once(' ').unwrap_or((line.place, ""));
    match kind {
        "run" => api(&format!("command = {}", words(text))),
        "shell" => api(&format!("command = [\"sh\", \"-c\", {}]", quoted(text))),
        "check" => api(&format!("health {{ command = {} }}", quoted(text))),
        "env" => {
            let (name, value) = given(text);
            api(&format!("env {{ {name} = {value} }}"))
        }
        "file" => api(&format!("config {} = {}", quoted(path), quoted(text))),
        "label" => {
            let (name, value) = given(text);
            api(&format!("labels {{ \"{name}\" = {value} }}"))
        }
        "arg" => {
            let (name, value) = given(text);
            service(&format!("build = \"./api\" {{ args {{ {name} = {value} }} }}"), "")
        }
        "build" => service(&format!("build = {}", quoted(text)), ""),
        "image" => service(&format!("image = {}", quoted(text)), ""),
        "description" => api(&format!("description = {}", quoted(text))),
        "platform-label" => {
            let (name, value) = given(text);
            api("").replacen("shop\n", &format!("shop {{ labels {{ {name} = {value} }} }}\n"), 1)
        }
        "default" => {
            let (name, value) = given(text);
            format!("{}\nvariable {name} = {value}\n", api(""))
        }
        "compose" => api(&format!("override compose {{ {text} }}")),
        "prometheus" | "alertmanager" => format!("{}\noverride {kind} {{ {text} }}\n", api("")),
        _ => panic!("line {}: no place `{kind}`", line.number),
    }
}

fn compile(source: &str) -> Compilation {
    let load = |path: &str| -> Result<Found, LoadError> {
        if path == "platform.infra" {
            Ok(Found::File(source.as_bytes().to_vec()))
        } else {
            Err(LoadError::Missing)
        }
    };
    infrac::compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose)
}

/// Whether SEC001 is reported of a line, and everything that is printed.
fn report(line: &Line<'_>) -> (bool, String) {
    let source = platform(line);
    let compilation = compile(&source);
    let told = &compilation.diagnostics;
    let wrong = told.iter().find(|told| told.code.id.starts_with("SYN"));
    assert!(wrong.is_none(), "line {}: {wrong:?}\n{source}", line.number);
    let guard = Guard::new(told, &compilation.sources);
    let mut out = String::new();
    for told in told {
        let _ = writeln!(out, "{}", render(told, &guard, Style::Plain));
    }
    (told.iter().any(|told| told.code == codes::SEC001), out)
}

#[test]
fn what_people_write_down_is_found_and_never_printed() {
    let lines = lines(FOUND);
    assert!(lines.len() >= 200);
    let (mut missed, mut printed) = (String::new(), String::new());
    let mut found = 0;
    for line in &lines {
        assert!(!line.credentials.is_empty(), "line {} marks nothing", line.number);
        let (is_found, out) = report(line);
        if is_found {
            found += 1;
            if line.credentials.iter().any(|credential| out.contains(credential.as_str())) {
                let _ = writeln!(printed, "  {}: {}\n{out}", line.number, line.text);
            }
        } else {
            let _ = writeln!(missed, "  {}: {}: {}", line.number, line.place, line.text);
        }
    }
    assert!(found * 100 >= lines.len() * LEAST, "{found} of {} are found; not:\n{missed}", lines.len());
    assert!(printed.is_empty(), "printed:\n{printed}");
}

#[test]
fn what_only_looks_like_one_is_let_pass() {
    let lines = lines(LOOKALIKES);
    assert!(lines.len() >= 400);
    let mut wrong = String::new();
    for line in &lines {
        if report(line).0 {
            let _ = writeln!(wrong, "  {}: {}: {}", line.number, line.place, line.text);
        }
    }
    assert!(wrong.is_empty(), "taken for credentials:\n{wrong}");
}

#[test]
fn a_value_beside_a_mistake_is_never_printed() {
    const VALUE: &str = "Zq7mK2vXw9Lp4Rt8";
    let mut printed = String::new();
    let lines: Vec<&str> = TYPED.lines().filter(|line| line.contains('§')).collect();
    assert!(lines.len() >= 40);
    for line in lines {
        let source = format!("platform shop\n{}\n", line.replace('⏎', "\n").replace('§', VALUE));
        let compilation = compile(&source);
        let told = &compilation.diagnostics;
        assert!(!told.is_empty(), "nothing is told of {line}");
        let guard = Guard::new(told, &compilation.sources);
        let mut out = String::new();
        for told in told {
            let _ = writeln!(out, "{}", render(told, &guard, Style::Plain));
        }
        // As a difference shows it.
        let _ = writeln!(out, "{}", Guarded::of_sources(&source, &[&source]));
        if out.contains(&VALUE[..8]) {
            let _ = writeln!(printed, "{line}\n{out}");
        }
    }
    assert!(printed.is_empty(), "{printed}");
}

/// Keys of the language that take the name of a secret are known to be so, or say so by their own names.
#[test]
fn keys_that_take_the_name_of_a_secret_are_known() {
    fn below(block: &'static Block, depth: usize, found: &mut Vec<&'static str>) {
        let takes = |kind: Kind| matches!(kind, Kind::Reference("a secret"));
        for field in block.fields {
            match (field.kind)() {
                Kind::Block(inner) if depth > 0 => {
                    if inner.value.as_ref().is_some_and(|value| takes((value.kind)())) {
                        found.push(field.key);
                    }
                    below(inner, depth - 1, found);
                }
                kind if takes(kind) => found.push(field.key),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    below(Document::SCHEMA, 4, &mut found);
    assert!(found.contains(&"pagerduty"), "{found:?}");
    let known = |key: &&&str| {
        **key == "webhook"
            || OF_SECRET_NAMES.contains(*key)
            || infrac::diagnostic::credential::names(key) == infrac::diagnostic::credential::Names::Credential
    };
    let unknown: Vec<&&str> = found.iter().filter(|key| !known(key)).collect();
    assert!(unknown.is_empty(), "a line that gives them a value shows it: {unknown:?}");
}

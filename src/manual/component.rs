//! The page of a component: its parameters, children, services, ports and outputs, and its alerts and dashboards.

use std::fmt::Write as _;

use crate::diagnostic::Sink;
use crate::source::Sources;
use crate::standard;
use crate::syntax::{self, Entry, File, Value, ValueKind};

pub(super) fn page(name: &str) -> String {
    let Some((name, source)) = standard::component(name) else { return String::new() };
    let mut sources = Sources::default();
    let id = sources.add_embedded(standard::file_name(name), source);
    let file = syntax::parse(&sources, id, &mut Sink::default());
    let reader = Reader { sources: &sources };
    let Some(component) = component(&file) else { return String::new() };
    let text = |key: &str| component.field(key).and_then(|entry| reader.text(entry.value.as_ref()?));
    let mut out = format!("# The component {name}\n");
    for paragraph in [top_comment(source), text("description")].into_iter().flatten() {
        let _ = write!(out, "\n{}.\n", paragraph.trim_end_matches('.'));
    }
    let is_mixin = component.field("mixin").is_some();
    let known = standard::EXAMPLES.iter().find(|(of, _)| *of == name);
    let example = known.map_or_else(
        || in_style(&example(name, component, is_mixin, &reader)),
        |(_, example)| (*example).to_owned(),
    );
    let _ = write!(out, "\n```infra\n{example}```\n");
    parameters(component, &reader, "Parameters", "##", &mut out);
    for child in of(component, "child") {
        let _ = write!(out, "\n## Its children: {}\n", child.label_or_key().text);
        parameters(child, &reader, "", "###", &mut out);
    }
    service("What it is", component, &reader, &mut out);
    for inner in of(component, "service") {
        service(&format!("Its service {}", inner.label_or_key().text), inner, &reader, &mut out);
    }
    alerts(component, &reader, &mut out);
    for dashboard in all(component, "dashboard") {
        let title = dashboard.field("title").and_then(|entry| reader.text(entry.value.as_ref()?));
        let title = title.unwrap_or_else(|| dashboard.label_or_key().text.to_string());
        let _ = write!(out, "\n## Its dashboard: {title}\n\n");
        for row in of(dashboard, "row") {
            let panels: Vec<String> =
                of(row, "panel").map(|panel| panel.label_or_key().text.to_string()).collect();
            let _ = writeln!(out, "- {}: {}", row.label_or_key().text, panels.join(", "));
        }
    }
    out
}

/// The text of sources.
struct Reader<'a> {
    sources: &'a Sources,
}

impl Reader<'_> {
    /// What a value says: text without its quotes, everything else as it is written.
    fn text(&self, value: &Value) -> Option<String> {
        match &value.kind {
            ValueKind::Text(text) => {
                let written = self.sources.text(value.span).trim_matches('"').trim();
                Some(text.as_literal().map_or_else(|| written.to_owned(), str::to_owned))
            }
            ValueKind::Body(_) => None,
            _ => Some(self.sources.text(value.span).to_owned()),
        }
    }

    /// A value as it is written, on one line.
    fn code(&self, value: &Value) -> String {
        let written = self.sources.text(value.span);
        format!("`{}`", written.split_whitespace().collect::<Vec<&str>>().join(" "))
    }
}

fn component(file: &File) -> Option<&Entry> {
    file.entries.iter().find(|entry| entry.key.text == "component")
}

/// The first lines of a source, where they are a comment.
fn top_comment(source: &str) -> Option<String> {
    let lines: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("# ")).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

fn of<'a>(entry: &'a Entry, key: &'a str) -> impl Iterator<Item = &'a Entry> {
    entry.entries().iter().filter(move |entry| entry.key.text == key)
}

/// Those of a component and of the services in it.
fn all<'a>(entry: &'a Entry, key: &'a str) -> Vec<&'a Entry> {
    of(entry, key).chain(of(entry, "service").flat_map(|service| of(service, key))).collect()
}

/// An example with every required parameter, where it needs no other component.
fn example(name: &str, component: &Entry, is_mixin: bool, reader: &Reader<'_>) -> String {
    let mut out = String::from("platform shop\n\n");
    let required: Vec<(&str, String)> = of(component, "parameter")
        .filter(|entry| entry.value.is_none() && !is_true(entry, "optional"))
        .map(|entry| (entry.label_or_key().text.as_str(), type_of(entry, reader)))
        .collect();
    for (parameter, _) in required.iter().filter(|(_, type_)| type_ == "secret") {
        let _ = writeln!(out, "secret {} {{ min_length = 12 }}", secret(name, parameter));
    }
    if required.iter().any(|(_, type_)| type_ == "secret") {
        out.push('\n');
    }
    let mut given: Vec<String> = Vec::new();
    for (parameter, type_) in &required {
        given.push(match type_.as_str() {
            "secret" => format!("{parameter} = {}", secret(name, parameter)),
            "duration" => format!("{parameter} = 5m"),
            "size" => format!("{parameter} = 1GiB"),
            "integer" | "number" => format!("{parameter} = 1"),
            "ratio" => format!("{parameter} = 50%"),
            "boolean" => format!("{parameter} = true"),
            "list" => format!("{parameter} = []"),
            _ => format!("{parameter} = \"{parameter}\""),
        });
    }
    if is_mixin {
        let _ = write!(
            out,
            "service api {{\n  image = \"shop/api:1.4\" {{ base = \"node:24-bookworm-slim\" }}\n  port http = 8080 {{ protocol = http }}\n  metrics {{}}\n  {name} {{ {} }}\n}}\n",
            given.join(", ")
        );
    } else if given.is_empty() {
        let _ = writeln!(out, "{name} {{}}");
    } else {
        let _ = writeln!(out, "{name} {{");
        for line in given {
            let _ = writeln!(out, "  {line}");
        }
        out.push_str("}\n");
    }
    out
}

/// A source in the one style.
fn in_style(text: &str) -> String {
    let mut sources = Sources::default();
    let id = sources.add("", text.to_owned());
    let file = syntax::parse(&sources, id, &mut Sink::default());
    syntax::print(sources.file(id), &file)
}

fn secret(component: &str, parameter: &str) -> String {
    format!("{component}_{parameter}").replace('-', "_").to_uppercase()
}

fn is_true(entry: &Entry, key: &str) -> bool {
    let value = entry.field(key).and_then(|entry| entry.value.as_ref());
    matches!(value.map(|value| &value.kind), Some(ValueKind::Boolean(true)))
}

fn type_of(parameter: &Entry, reader: &Reader<'_>) -> String {
    let value = parameter.field("type").and_then(|entry| entry.value.as_ref());
    value.and_then(|value| reader.text(value)).unwrap_or_default()
}

/// A table of parameters.
fn parameters(of_what: &Entry, reader: &Reader<'_>, title: &str, level: &str, out: &mut String) {
    let parameters: Vec<&Entry> = of(of_what, "parameter").collect();
    if parameters.is_empty() {
        return;
    }
    if !title.is_empty() {
        let _ = write!(out, "\n{level} {title}\n");
    }
    out.push_str("\n| parameter | type | default | meaning |\n| --- | --- | --- | --- |\n");
    for parameter in parameters {
        let field = |key: &str| parameter.field(key).and_then(|entry| entry.value.as_ref());
        let mut type_ = type_of(parameter, reader);
        if let Some(of) = field("of").and_then(|value| reader.text(value)) {
            let _ = write!(type_, " of {of}");
        }
        let bounds = [("min", "at least"), ("max", "at most")].into_iter();
        for (key, words) in bounds {
            if let Some(value) = field(key) {
                let _ = write!(type_, ", {words} {}", reader.sources.text(value.span));
            }
        }
        let default = match &parameter.value {
            Some(value) => reader.code(value),
            None if is_true(parameter, "optional") => "none".to_owned(),
            None => "must be given".to_owned(),
        };
        let meaning = field("description").and_then(|value| reader.text(value)).unwrap_or_default();
        let row = [format!("`{}`", parameter.label_or_key().text), type_, default, meaning];
        let row: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
}

/// What its service is made of.
fn service(title: &str, entry: &Entry, reader: &Reader<'_>, out: &mut String) {
    let mut lines = Vec::new();
    if let Some(value) = entry.field("image").and_then(|entry| entry.value.as_ref()) {
        lines.push(format!("image: {}", reader.code(value)));
    }
    if let Some(value) = entry.field("role").and_then(|entry| entry.value.as_ref()) {
        lines.push(format!("role: {}", reader.code(value)));
    }
    for port in of(entry, "port") {
        let number = port.value.as_ref().map(|value| reader.code(value)).unwrap_or_default();
        let said = ["protocol", "access"].into_iter().filter_map(|key| {
            let value = port.field(key)?.value.as_ref()?;
            Some(format!("{key} {}", reader.sources.text(value.span)))
        });
        let said: Vec<String> = said.collect();
        let said = if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) };
        lines.push(format!("port `{}`: {number}{said}", port.label_or_key().text));
    }
    for volume in of(entry, "volume") {
        let path = volume.value.as_ref().map(|value| reader.code(value)).unwrap_or_default();
        lines.push(format!("volume `{}`: {path}", volume.label_or_key().text));
    }
    for output in of(entry, "output") {
        let fields: Vec<String> =
            output.entries().iter().map(|field| format!("`{}`", field.key.text)).collect();
        lines.push(format!("output `{}`: {}", output.label_or_key().text, fields.join(", ")));
    }
    if !lines.is_empty() {
        let _ = write!(out, "\n## {title}\n\n");
        for line in lines {
            let _ = writeln!(out, "- {line}");
        }
    }
}

/// The alerts that come with it.
fn alerts(component: &Entry, reader: &Reader<'_>, out: &mut String) {
    let alerts = all(component, "alert");
    if alerts.is_empty() {
        return;
    }
    out.push_str("\n## What watches it\n\n| alert | severity | for | summary |\n| --- | --- | --- | --- |\n");
    for alert in alerts {
        let field = |key: &str| {
            alert.field(key).and_then(|entry| reader.text(entry.value.as_ref()?)).unwrap_or_default()
        };
        let name = &alert.label_or_key().text;
        let when = alert.field("when").and_then(|entry| entry.value.as_ref());
        let when = when.map(|value| format!(" (`when = {}`)", reader.sources.text(value.span)));
        let summary = field("summary").replace('|', "\\|");
        let duration = match field("for") {
            parameter if parameter.starts_with(|c: char| c.is_ascii_alphabetic()) => format!("`{parameter}`"),
            duration => duration,
        };
        let when = when.unwrap_or_default();
        let _ = writeln!(out, "| `{name}`{when} | {} | {duration} | {summary} |", field("severity"));
    }
}

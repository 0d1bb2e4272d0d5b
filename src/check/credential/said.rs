//! Credentials in whatever else services say: arguments, labels, files, arguments of builds, and in variables' defaults.

use std::borrow::Cow;

use super::super::address::plain;
use super::constant_name;
use crate::diagnostic::credential::address::is_key;
use crate::diagnostic::credential::file::in_file;
use crate::diagnostic::credential::found::Found;
use crate::diagnostic::credential::pair::is_no_word;
use crate::diagnostic::credential::text::{in_arguments, in_text};
use crate::diagnostic::credential::token::{is_basic, is_token};
use crate::diagnostic::credential::value::{is_public, is_value};
use crate::diagnostic::credential::{Names, names};
use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::hash::IndexMap;
use crate::origins::{HealthOrigin, Origins, ServiceOrigin, VariableOrigin, Written};
use crate::platform::{ConfigFile, Health, Input, Platform, Service, Value};
use crate::source::Span;

const IN_ARGUMENT: &str =
    "declare a secret, hand it over in `env`, and let the program read it there: arguments are shown to all";
const IN_LABEL: &str = "take it out: who sees the container sees its labels";
const IN_FILE: &str = "declare a secret and hand it over in `env`; the file names the variable, as in `$${NAME}`, or leaves it to the program";
const IN_BUILD: &str = "take it out: arguments stay in the history of the image";

/// How many lines of a file a message names.
const MOST_LINES: usize = 3;

/// What holds a credential, at a place that several services may share.
struct Holding<'a> {
    /// Before the services, and behind them.
    what: (String, String),
    services: Vec<&'a str>,
    /// The service, where the text is put together from elsewhere.
    of: Option<Span>,
    help: &'static str,
    /// As the program reads it.
    secrets: Vec<String>,
}

#[derive(Default)]
struct Holdings<'a>(IndexMap<Span, Holding<'a>>);

/// A text of a service, and where it comes from.
struct Said<'t, 'a> {
    service: &'a Service,
    /// What of the service it is.
    what: String,
    text: &'t str,
    /// As the source writes it.
    written: Written<'t>,
    help: &'static str,
}

impl<'a> Holdings<'a> {
    /// Takes note of the first credential in a text.
    fn look(&mut self, said: &Said<'_, 'a>) {
        if let Some(found) = in_text(said.text).first() {
            self.take(said, found);
        }
    }

    fn take(&mut self, said: &Said<'_, 'a>, found: &Found<'_>) {
        let place = said.written.part(said.text, found.place.clone());
        let holding = self.0.entry(place.unwrap_or(said.written.span)).or_insert_with(|| Holding {
            what: (said.what.clone(), describe(found)),
            services: Vec::new(),
            of: (!said.written.is(said.text)).then_some(said.service.span),
            help: said.help,
            secrets: Vec::new(),
        });
        // The first one is reported, and all are hidden.
        let all = in_text(said.text).into_iter().map(|found| found.place).chain([found.place.clone()]);
        holding.secrets.extend(all.filter_map(|place| said.text.get(place)).map(str::to_owned));
        holding.services.push(&said.service.path);
    }

    fn report(self, sink: &mut Sink) {
        for (span, holding) in self.0 {
            let services = list_of(holding.services.iter().copied());
            let (what, holds) = holding.what;
            sink.report(
                Diagnostic::new(codes::SEC001, format!("{what} of {services} holds {holds}"))
                    .about_all(holding.services)
                    .at(span, "whoever reads the source or the artifact knows it")
                    .at_maybe(holding.of, "where it stands")
                    .hide_all(holding.secrets.iter().map(String::as_str))
                    .help(holding.help),
            );
        }
    }
}

/// What a credential is, and behind which name it stands.
pub(super) fn describe(found: &Found<'_>) -> String {
    match found.name {
        Some(name) => format!("{} behind `{name}`", found.what),
        None => found.what.to_owned(),
    }
}

/// SEC001: credentials in arguments, labels, files and arguments of builds.
pub(in super::super) fn texts(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let mut holdings = Holdings::default();
    for service in &platform.services {
        let origin = origins.service(service.id);
        arguments(service, origin, &mut holdings);
        for ((name, text), (_, written)) in service.labels.iter().zip(origin.labels()) {
            let what = format!("the label `{name}`");
            named(name, &Said { service, what, text, written, help: IN_LABEL }, &mut holdings);
        }
        let args = service.build.iter().flat_map(|build| &build.args);
        for ((name, value), written) in args.zip(origin.build_arguments()) {
            let what = format!("the argument `{name}`");
            let text = &plain(value);
            named(name, &Said { service, what, text, written, help: IN_BUILD }, &mut holdings);
        }
        // What comes with the compiler holds none, and names much that looks like some.
        for config in service.configs.iter().filter(|config| !config.brought) {
            files(service, config, &mut holdings);
        }
    }
    holdings.report(sink);
}

/// The credentials in a file. It is a block of lines, so its name leads to them.
fn files<'a>(service: &'a Service, config: &'a ConfigFile, holdings: &mut Holdings<'a>) {
    let found = in_file(&config.path, &config.content);
    if found.is_empty() {
        return;
    }
    let lines: Vec<String> =
        found.iter().take(MOST_LINES).map(|found| in_line(&config.content, found)).collect();
    let more = found.len() - lines.len();
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    holdings.0.entry(config.span).or_insert_with(|| Holding {
        what: (format!("`config \"{}\"`", config.path), format!("{}{more}", lines.join(", "))),
        services: Vec::new(),
        of: None,
        help: IN_FILE,
        secrets: found
            .iter()
            .filter_map(|found| config.content.get(found.place.clone()))
            .map(str::to_owned)
            .collect(),
    });
    holdings.0.entry(config.span).and_modify(|holding| holding.services.push(&service.path));
}

fn in_line(text: &str, found: &Found<'_>) -> String {
    let line = text.get(..found.place.start).unwrap_or_default().matches('\n').count() + 1;
    format!("{} in its line {line}", describe(found))
}

/// A text with a name, which may say what it is.
fn named<'a>(name: &str, said: &Said<'_, 'a>, holdings: &mut Holdings<'a>) {
    if is_of(name, said.text) {
        let found = Found { what: "a credential", name: None, place: 0..said.text.len() };
        holdings.take(said, &found);
    } else {
        holdings.look(said);
    }
}

/// Whether a text is a credential for which its name speaks.
fn is_of(name: &str, text: &str) -> bool {
    match names(name) {
        Names::Credential => is_value(text),
        Names::Perhaps => !is_public(name, text) && (is_key(text) || is_basic(text)),
        Names::Other => false,
    }
}

fn arguments<'a>(service: &'a Service, origin: ServiceOrigin<'_>, holdings: &mut Holdings<'a>) {
    let entrypoint = service.entrypoint.as_deref().unwrap_or_default();
    words(service, entrypoint, origin.entrypoint_words(), holdings);
    words(service, service.command.as_deref().unwrap_or_default(), origin.command_words(), holdings);
    let mut written = origin.health().into_iter().flat_map(HealthOrigin::words);
    match &service.health {
        Health::Exec(values) => words(service, values, written, holdings),
        Health::Shell(line) => {
            let Some(written) = written.next() else { return };
            let (what, text) = ("the health check".to_owned(), &plain(line));
            holdings.look(&Said { service, what, text, written, help: IN_ARGUMENT });
        }
        _ => {}
    }
}

/// Arguments, of which one may be an option and the next its value.
fn words<'a, 's>(
    service: &'a Service,
    values: &[Value],
    written: impl Iterator<Item = Written<'s>>,
    holdings: &mut Holdings<'a>,
) {
    let texts: Vec<Cow<'_, str>> = values.iter().map(plain).collect();
    let texts: Vec<&str> = texts.iter().map(Cow::as_ref).collect();
    let found = of_arguments(&texts);
    for ((at, text), written) in texts.iter().enumerate().zip(written) {
        let what = "an argument".to_owned();
        let said = Said { service, what, text, written, help: IN_ARGUMENT };
        match found.iter().find(|(index, _)| *index == at) {
            Some((_, found)) => holdings.take(&said, found),
            None => holdings.look(&said),
        }
    }
}

/// The credentials behind options, each with the number of its argument: those of programs that are known, and those
/// whose names say it.
pub(super) fn of_arguments<'t>(texts: &[&'t str]) -> Vec<(usize, Found<'t>)> {
    let mut all = in_arguments(texts);
    for (at, pair) in texts.windows(2).enumerate() {
        let &[before, text] = pair else { continue };
        let option = before.strip_prefix('-').filter(|option| !option.contains(['=', ' ']));
        if option.is_some_and(|option| is_of(option, text)) && !text.starts_with('-') {
            all.push((at + 1, Found { what: "a credential", name: Some(before), place: 0..text.len() }));
        }
    }
    all
}

/// SEC001: credentials among the values that a variable may have.
fn choices(variable: &Input, origins: &Origins, sink: &mut Sink) {
    let name = &variable.name;
    let by_name = names(name) == Names::Credential;
    for (at, text) in variable.one_of.iter().enumerate() {
        if variable.default.as_ref() == Some(text) || !(is_token(text) || by_name && is_no_word(text)) {
            continue;
        }
        let place = origins.variable(variable).and_then(|origin| origin.choice(at));
        sink.report(
            Diagnostic::new(codes::SEC001, format!("a value that `{name}` may have is a credential"))
                .at(place.unwrap_or(variable.span), "whoever reads the source or the artifact knows it")
                .hide(text)
                .help(format!(
                    "declare `secret {}` in its place, which the operator sets",
                    constant_name(name)
                )),
        );
    }
}

/// SEC001: credentials that variables have where the operator sets none.
pub(in super::super) fn defaults(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for variable in &platform.inputs {
        choices(variable, origins, sink);
        let Some(text) = variable.default.as_deref() else { continue };
        let found = in_text(text);
        let by_name = match names(&variable.name) {
            Names::Credential => is_value(text),
            Names::Perhaps => !is_public(&variable.name, text) && (is_key(text) || is_basic(text)),
            Names::Other => is_token(text),
        };
        if found.is_empty() && !by_name {
            continue;
        }
        let Some(default) = origins.variable(variable).and_then(VariableOrigin::default) else { continue };
        let place = found.first().and_then(|found| default.part(text, found.place.clone()));
        let name = &variable.name;
        let what = format!("the default of `{name}` holds a credential");
        sink.report(
            Diagnostic::new(codes::SEC001, what)
                .at(place.unwrap_or(default.span), "whoever reads the source or the artifact knows it")
                .hide_all(found.iter().filter_map(|found| text.get(found.place.clone())))
                .hide_all((by_name && found.is_empty()).then_some(text))
                .help(format!(
                    "declare `secret {}` in its place, which the operator sets",
                    constant_name(name)
                )),
        );
    }
}

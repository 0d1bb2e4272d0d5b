//! Data sources beside the platform's own: their plugins, their addresses, and what of them the operator sets.

use smol_str::SmolStr;

use super::constant::literal;
use super::text::{Mentions, Texts};
use super::tree;
use crate::diagnostic::{Diagnostic, codes, list_of};
use crate::hash::{HashMap, HashSet};
use crate::model::{self, Document, Role, SourceAccess};
use crate::platform::source::{
    AddressForm, DataSource, GENERATED, OTHER_PLUGINS, OWN_ADDRESS, PLUGINS, Plugin, generated_address,
    plugin,
};
use crate::platform::{EnvVar, InputId, Platform, Value, ValuePart};
use crate::schema::{Map, SecretName};
use crate::source::Span;

/// How long an address may be, as that of a dashboard (grafana/grafana:pkg/util/shortid_generator.go).
const UID: usize = 40;

/// What the name of an environment variable begins with where its own is taken.
const PREFIX: &str = "DATASOURCE_";

/// The places of data sources by their names.
pub(super) fn places(document: &Document) -> HashMap<SmolStr, usize> {
    let names = document.datasource.iter().map(|source| source.name.text.clone());
    names.enumerate().map(|(at, name)| (name, at)).collect()
}

/// Every data source that the document declares.
pub(super) fn sources(document: &Document, platform: &Platform, texts: &mut Texts<'_>) -> Vec<DataSource> {
    let sources: Vec<DataSource> = document.datasource.iter().map(|block| one(block, texts)).collect();
    expect_free(&sources, document, platform, texts);
    sources
}

fn one(block: &model::DataSource, texts: &mut Texts<'_>) -> DataSource {
    let name = &block.name;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.text.chars().all(fits) || name.text.chars().count() > UID {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{}` can be no address of a data source", name.text))
                .at(name.span, "at most 40 letters, digits, `-` and `_`")
                .help("the title may hold anything: `title = \"…\"`"),
        );
    }
    let plugin = plugin_of(block, texts);
    let value = |said: &Option<crate::schema::Template>, texts: &mut Texts<'_>| {
        said.as_ref().map(|said| texts.template(said, &mut Mentions::default()))
    };
    let url = value(&block.url, texts);
    if let Some(plugin) = plugin {
        expect_address(block, plugin, url.as_ref(), texts);
    }
    DataSource {
        name: name.text.as_str().to_owned(),
        title: block.title.as_ref().map_or(name.text.as_str(), literal).to_owned(),
        kind: plugin.map_or_else(|| block.type_.text.clone(), |plugin| plugin.id.to_owned()),
        plugin,
        url,
        direct: block.access == Some(SourceAccess::Direct),
        user: value(&block.user, texts),
        password: block.password.as_ref().and_then(|secret| texts.secret(secret)),
        settings: tree::settings(block.json_data.as_ref().map_or(&[], |raw| raw.entries.as_slice()), texts),
        secure: secure(block.secure.as_ref(), texts),
        span: name.span,
    }
}

fn secure(map: Option<&Map<SecretName>>, texts: &mut Texts<'_>) -> Vec<(String, InputId)> {
    let entries = map.iter().flat_map(|map| &map.entries);
    entries.filter_map(|(key, name)| Some((key.text.to_string(), texts.secret(name)?))).collect()
}

/// The plugin, where it is a part of Grafana. A name that is neither of those nor the id of another is reported.
fn plugin_of(block: &model::DataSource, texts: &mut Texts<'_>) -> Option<&'static Plugin> {
    let word = &block.type_;
    let found = plugin(&word.text);
    if found.is_none() && !word.text.ends_with(OTHER_PLUGINS) {
        let words = || PLUGINS.iter().map(|plugin| plugin.word);
        let help = texts.sink.did_you_mean(&word.text, words()).unwrap_or_else(|| {
            format!(
                "Grafana brings {}; the id of another plugin ends with `{OTHER_PLUGINS}`",
                list_of(words())
            )
            .into()
        });
        texts.sink.report(
            Diagnostic::new(codes::TYP004, format!("`{}` is no data source of Grafana", word.text))
                .at(word.span, "expected the name of one")
                .help(help),
        );
    }
    found
}

/// Reports an address that is missing, or that has not the form that the plugin takes.
fn expect_address(block: &model::DataSource, plugin: &Plugin, url: Option<&Value>, texts: &mut Texts<'_>) {
    let name = &block.name.text;
    match (plugin.address, &block.url) {
        (None, Some(said)) => texts.sink.report(
            Diagnostic::new(codes::TYP008, format!("`{name}` takes no `url`"))
                .at(said.span, format!("`{}` has a service of its own on the internet", plugin.word))
                .help("write what tells it apart in `json_data`"),
        ),
        (Some(form), None) => texts.sink.report(
            Diagnostic::new(codes::TYP006, format!("`{name}` has no `url`"))
                .at(block.name.span, "nowhere to ask")
                .help(match form {
                    AddressForm::Http => "write the address of a port, such as `url = loki.http.url`",
                    AddressForm::Host => "write the address of a port, such as `url = db.main.address`",
                }),
        ),
        (Some(form), Some(said)) => {
            // What the operator sets is not known.
            let Some(ValuePart::Literal(start)) = url.and_then(|url| url.parts.first()) else { return };
            let has_scheme = ["http://", "https://"].iter().any(|scheme| start.starts_with(scheme));
            let (wrong, note, help) = match form {
                AddressForm::Http => (
                    !has_scheme,
                    "starts with `http://` or `https://`",
                    "of a port of the platform it is `NAME.PORT.url`",
                ),
                AddressForm::Host => (
                    start.contains("://"),
                    "a host and a port, such as `db:5432`",
                    "of a port of the platform it is `NAME.PORT.address`",
                ),
            };
            if wrong {
                texts.sink.report(
                    Diagnostic::new(
                        codes::TYP007,
                        format!("the `url` of `{name}` has not the form it needs"),
                    )
                    .at(said.span, note)
                    .help(help),
                );
            }
        }
        (None, None) => {}
    }
}

/// Reports addresses and titles that another data source has: of those that are made of services, or declared.
fn expect_free(sources: &[DataSource], document: &Document, platform: &Platform, texts: &mut Texts<'_>) {
    if sources.is_empty() {
        return;
    }
    let mut addresses: HashMap<String, Option<Span>> = HashMap::default();
    let mut titles: HashMap<String, Option<Span>> = HashMap::default();
    addresses.insert(OWN_ADDRESS.to_owned(), None);
    for (kind, role) in GENERATED {
        for (at, service) in platform.with_role(role).enumerate() {
            addresses.insert(generated_address(kind, at, &service.name), Some(service.span));
            titles.insert(service.name.clone(), Some(service.span));
        }
    }
    for (source, block) in sources.iter().zip(&document.datasource) {
        let title = block.title.as_ref().map_or(source.span, |title| title.span);
        let texts_of = [
            (&mut addresses, &source.name, "name", source.span),
            (&mut titles, &source.title, "title", title),
        ];
        // A title that is the name was reported as the name.
        let mut reported = false;
        for (known, text, what, span) in texts_of {
            match known.get(text.as_str()) {
                None => {
                    known.insert(text.clone(), Some(span));
                }
                Some(_) if reported => {}
                Some(taken) => {
                    reported = true;
                    let message = format!("the {what} `{text}` of a data source is taken");
                    let diagnostic =
                        Diagnostic::new(codes::NAM002, message).at(span, "also here").help(match what {
                            "name" => "call it otherwise; panels use that name",
                            _ => "give it another `title`",
                        });
                    texts.sink.report(match taken {
                        Some(first) => diagnostic.at(*first, "the data source of this has it"),
                        None => diagnostic,
                    });
                }
            }
        }
    }
}

/// Hands what the operator sets of data sources over to the services that show dashboards, as variables of their
/// environment, from which Grafana puts it in.
pub(super) fn hand_over(platform: &mut Platform) {
    let mut inputs: Vec<(InputId, Span)> = Vec::new();
    for source in &platform.observed.sources {
        for input in source.inputs() {
            if !inputs.iter().any(|(known, _)| *known == input) {
                inputs.push((input, source.span));
            }
        }
    }
    if inputs.is_empty() {
        return;
    }
    let is_shower = |role: Option<Role>| role == Some(Role::Dashboards);
    for (input, span) in inputs {
        let own = platform[input].name.clone();
        let value = Value::input(input);
        let showers = || platform.services.iter().filter(|service| is_shower(service.role));
        let taken: HashSet<&str> = showers()
            .flat_map(|service| &service.env)
            .filter(|variable| variable.value != value || variable.file.is_some())
            .map(|variable| variable.name.as_str())
            .collect();
        let mut name = own;
        while taken.contains(name.as_str()) {
            name.insert_str(0, PREFIX);
        }
        for service in &mut platform.services {
            if is_shower(service.role) && !service.env.iter().any(|variable| variable.name == name) {
                service.env.push(EnvVar { name: name.clone(), value: value.clone(), file: None, span });
            }
        }
        platform.observed.source_variables.insert(input, name);
    }
}

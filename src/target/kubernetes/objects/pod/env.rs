//! Environment variables, and what the operator sets: inputs get into a container as variables, and texts that are built
//! from them refer to these.

use k8s_openapi::api::core::v1::{ConfigMapKeySelector, EnvVar, EnvVarSource, SecretKeySelector};

use crate::hash::{HashMap, HashSet};
use crate::platform::{self, Health, InputId, Platform, Service, Value, ValuePart};
use crate::target::kubernetes::objects::{Context, text, variables};

/// What a variable begins with that stands in no source: texts are built from it. A program reads variables by names of
/// its own, so the name of an input alone could mean something to it.
pub(in super::super) const INPUT: &str = "INPUT_";

/// The variables of a container.
#[derive(Debug)]
pub(in super::super) struct Env {
    /// In an order in which each stands behind those that it refers to.
    pub(in super::super) entries: Vec<EnvVar>,
    /// The variable that holds an input.
    names: HashMap<InputId, String>,
}

impl Env {
    pub(in super::super) fn new(cluster: &Context<'_>, service: &Service) -> Self {
        let words = service.entrypoint.iter().chain(&service.command).flatten();
        let probe: Vec<&Value> = match &service.health {
            Health::Exec(words) if !service.is_job() => words.iter().collect(),
            Health::Shell(line) if !service.is_job() => vec![line],
            _ => Vec::new(),
        };
        let texts: Vec<&Value> = words.chain(probe).collect();
        Self::of(cluster.platform, service, &texts, |_| true)
    }

    /// The variables of a service that a container is given, and what texts beside them are built of. The names are those of the
    /// service itself, whatever is given.
    pub(in super::super) fn of(
        platform: &Platform,
        service: &Service,
        texts: &[&Value],
        given: impl Fn(&platform::EnvVar) -> bool,
    ) -> Self {
        let names = names(platform, service, texts.iter().copied());
        let built = service.env.iter().filter(|variable| given(variable) && is_text(platform, variable));
        let built = built.map(|variable| &variable.value).chain(texts.iter().copied());
        let needed: HashSet<InputId> = built.flat_map(Value::inputs).collect();
        let own: HashSet<&str> = service.env.iter().map(|variable| variable.name.as_str()).collect();
        let mut helpers: Vec<(InputId, &String)> = names.iter().map(|(id, name)| (*id, name)).collect();
        helpers.retain(|(id, _)| needed.contains(id));
        helpers.sort_unstable();
        let referred = |variable: &platform::EnvVar| {
            is_input(platform, variable).filter(|id| names.get(id) == Some(&variable.name))
        };
        let kept = service
            .env
            .iter()
            .filter(|variable| given(variable) || referred(variable).is_some_and(|id| needed.contains(&id)));
        let (first, rest): (Vec<_>, Vec<_>) = kept.partition(|variable| referred(variable).is_some());
        let mut entries: Vec<EnvVar> = helpers
            .into_iter()
            .filter(|(_, name)| !own.contains(name.as_str()))
            .map(|(id, name)| input(platform, &service.name, name, id, false))
            .collect();
        let mut env = Self { entries: Vec::new(), names };
        entries
            .extend(first.into_iter().chain(rest).map(|variable| env.variable(platform, service, variable)));
        env.entries = entries;
        env
    }

    fn variable(&self, platform: &Platform, service: &Service, variable: &platform::EnvVar) -> EnvVar {
        if let Some((suffix, input)) = variable.secret_file(platform) {
            let name = format!("{}{suffix}", variable.name);
            return EnvVar { name, value: Some(platform[input].file_path()), value_from: None };
        }
        match is_input(platform, variable) {
            Some(id) => {
                let referred = self.names.contains_key(&id);
                input(platform, &service.name, &variable.name, id, !referred)
            }
            None => EnvVar {
                name: variable.name.clone(),
                value: Some(self.text(&variable.value)),
                value_from: None,
            },
        }
    }

    /// A text of the container's command or of its variables.
    pub(in super::super) fn text(&self, value: &Value) -> String {
        text::value(value, &|id| self.name(id))
    }

    fn name(&self, id: InputId) -> String {
        // Every input of the texts that are asked for has one: `new` went through them.
        self.names.get(&id).cloned().unwrap_or_default()
    }

    /// A line for the image's shell. The kubelet puts nothing into the command of a probe; the shell reads the variable.
    pub(in super::super) fn line(&self, value: &Value) -> String {
        let parts = value.parts.iter().map(|part| match part {
            ValuePart::Literal(text) => text.to_string(),
            ValuePart::Input(id) => format!("${{{}}}", self.name(*id)),
        });
        parts.collect()
    }

    /// The command of a probe: as it is, or, where inputs stand in it, through the image's shell, which knows them.
    pub(in super::super) fn probe(&self, words: &[Value]) -> Vec<String> {
        if words.iter().all(|word| word.as_literal().is_some()) {
            return words.iter().filter_map(Value::as_literal).map(str::to_owned).collect();
        }
        vec!["sh".to_owned(), "-c".to_owned(), format!("exec {}", self.words(words))]
    }

    /// A command as the shell reads it.
    pub(in super::super) fn words(&self, words: &[Value]) -> String {
        let quoted: Vec<String> = words.iter().map(|word| self.quoted(word)).collect();
        quoted.join(" ")
    }

    /// A word that the shell reads as one, whatever stands in it.
    fn quoted(&self, value: &Value) -> String {
        let parts = value.parts.iter().map(|part| match part {
            ValuePart::Literal(text) => format!("'{}'", text.replace('\'', "'\\''")),
            ValuePart::Input(id) => format!("\"${{{}}}\"", self.name(*id)),
        });
        parts.collect()
    }
}

/// The input that a variable holds and nothing besides.
fn is_input(platform: &Platform, variable: &platform::EnvVar) -> Option<InputId> {
    match variable.value.parts.as_slice() {
        [ValuePart::Input(id)] if variable.secret_file(platform).is_none() => Some(*id),
        _ => None,
    }
}

/// Whether a variable is a text, which inputs may stand in among other things.
fn is_text(platform: &Platform, variable: &platform::EnvVar) -> bool {
    is_input(platform, variable).is_none() && variable.secret_file(platform).is_none()
}

/// The variables that texts refer to: the service's own where one holds the input, else one for it.
fn names<'v>(
    platform: &Platform,
    service: &'v Service,
    more: impl Iterator<Item = &'v Value>,
) -> HashMap<InputId, String> {
    let mut names: HashMap<InputId, String> = HashMap::default();
    let texts = service.env.iter().filter(|variable| is_text(platform, variable));
    let texts = texts.map(|variable| &variable.value);
    let used: Vec<InputId> = texts.chain(more).flat_map(Value::inputs).collect();
    if used.is_empty() {
        return names;
    }
    let own = service.env.iter().filter_map(|variable| Some((is_input(platform, variable)?, &variable.name)));
    let mut own_names: HashMap<InputId, &String> = HashMap::default();
    for (id, name) in own {
        own_names.entry(id).or_insert(name);
    }
    let mut taken: HashSet<String> = service.env.iter().map(|variable| variable.name.clone()).collect();
    for id in used {
        if names.contains_key(&id) {
            continue;
        }
        let name = own_names.get(&id).map_or_else(
            || {
                let mut name = format!("{INPUT}{}", platform[id].name);
                while !taken.insert(name.clone()) {
                    name.push('_');
                }
                name
            },
            |name| (*name).clone(),
        );
        names.insert(id, name);
    }
    names
}

/// A variable that holds an input, of a Secret where nothing is known of its value. What may stay empty may be missing as well, but not where a text refers to it: the
/// kubelet would leave `$(NAME)` in there.
pub(in super::super) fn input(
    platform: &Platform,
    secret: &str,
    name: &str,
    id: InputId,
    may_be_missing: bool,
) -> EnvVar {
    let input = &platform[id];
    let optional = (input.optional && may_be_missing).then_some(true);
    let source = if input.is_default() {
        EnvVarSource {
            config_map_key_ref: Some(ConfigMapKeySelector {
                name: variables::NAME.to_owned(),
                key: input.name.clone(),
                optional: None,
            }),
            ..EnvVarSource::default()
        }
    } else {
        EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: secret.to_owned(),
                key: input.name.clone(),
                optional,
            }),
            ..EnvVarSource::default()
        }
    };
    EnvVar { name: name.to_owned(), value: None, value_from: Some(source) }
}

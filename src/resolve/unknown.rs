//! What is said of a path that leads nowhere, or to the wrong kind of thing.

use smol_str::SmolStr;

use super::names::{Symbol, is_env_name};
use super::text::{Texts, Thing};
use super::unquoted::is_host;
use crate::diagnostic::credential::{Names, names};
use crate::diagnostic::{Diagnostic, Help, cause, codes, list_of};
use crate::expand::TakenOut;
use crate::hash::HashMap;
use crate::model::Port;
use crate::platform::InputId;
use crate::syntax::{Path, Scope};

/// What a reference that names a service as a whole may have been meant to name.
pub(super) const PORT: &str = "a port";

impl Texts<'_> {
    pub(super) fn no_member<'k>(
        &mut self,
        path: &Path,
        depth: usize,
        reason: &str,
        known: impl Iterator<Item = &'k str>,
    ) -> Option<Thing> {
        self.no_such(path, depth, reason, known, |_| true)
    }

    /// The same, where only some of the known names lead to text by themselves.
    pub(super) fn no_such<'k>(
        &mut self,
        path: &Path,
        depth: usize,
        reason: &str,
        known: impl Iterator<Item = &'k str>,
        is_text: impl Fn(&str) -> bool,
    ) -> Option<Thing> {
        let segment = path.segments.get(depth)?;
        if self.sink.is_full() || self.is_ambiguous(path) {
            return None;
        }
        let member = path.segments[..=depth].join(".");
        let mut diagnostic = match self.absent.disabled.get(member.as_str()) {
            Some(taken_out) => absent(&member, path, *taken_out),
            None => {
                let help = self.sink.did_you_mean(segment, known);
                // What could not be read of the thing may be what is named here.
                let owner = depth.checked_sub(1).and_then(|at| path.segments.get(at));
                let is_lost = owner.is_some_and(|owner| self.absent.lost.contains(owner))
                    || self.absent.lost.contains("port");
                if is_lost && !help.as_ref().is_some_and(Help::is_near) {
                    return None;
                }
                let is_last = self.wants_text && depth + 1 == path.segments.len();
                let is_sure = |help: &Help| !is_last || help.proposed().is_none_or(&is_text);
                let help = help.map(|help| if is_sure(&help) { help } else { help.unsure() });
                Diagnostic::new(codes::NAM001, format!("there is no `{}`", path.text()))
                    .at(path.span, reason)
                    .help_maybe(help)
            }
        };
        diagnostic = diagnostic.because(cause::name(&member.replace('.', "-")));
        // Of what is nested in a service, artifacts say both names.
        for outer in (1..=depth).rev() {
            diagnostic = diagnostic.because(cause::name(&path.segments[..outer].join("-")));
        }
        self.sink.report(diagnostic);
        None
    }

    /// Reports what a port has and its service does not: `db.host`.
    pub(super) fn of_which_port(&mut self, path: &Path, member: &str, ports: &[Port]) {
        if self.is_ambiguous(path) {
            return;
        }
        let service = path.segments[..path.segments.len() - 1].join(".");
        let named = |port: &Port| format!("{service}.{}.{member}", port.name.text);
        let help = match ports {
            [port] => Help::write(named(port)),
            ports => format!(
                "name the port: {}",
                list_of(ports.iter().map(named).collect::<Vec<_>>().iter().map(String::as_str))
            )
            .into(),
        };
        self.sink.report(
            Diagnostic::new(codes::NAM001, format!("there is no `{}`", path.text()))
                .at(path.span, format!("ports have a `{member}`, and a service as a whole has none"))
                .help(help)
                .because(cause::name(&path.segments.join("-"))),
        );
    }

    pub(super) fn not_visible(&mut self, path: &Path) {
        let name = path.segments.first().map(SmolStr::as_str).unwrap_or_default();
        self.sink.report(
            Diagnostic::new(codes::NAM006, format!("`{name}` is not visible inside the component"))
                .at(path.span, "neither a parameter, nor `self`, nor a nested service")
                .help(format!("declare `parameter {name}` and let the instance pass it in")),
        );
    }

    /// Reports a name that nothing declares.
    pub(super) fn unknown(&mut self, name: &SmolStr, path: &Path) {
        if self.absent.lost.contains(name) || self.sink.is_full() {
            return;
        }
        if let Some(taken_out) = self.absent.disabled.get(name) {
            self.sink.report(absent(name, path, *taken_out).because(cause::name(name)));
            return;
        }
        if let Some(diagnostic) = self.of_elsewhere(name, path) {
            self.sink.report(diagnostic.because(cause::name(&path.text())));
            return;
        }
        let nested = self.names.nested.get(name);
        if let Some(placed) = nested.and_then(|at| self.names.services.get(*at)) {
            self.sink.report(
                Diagnostic::new(codes::NAM001, format!("there is no `{name}` at the top of the platform"))
                    .at(path.span, "not declared")
                    .help(Help::meant(name, &placed.path))
                    .because(cause::name(name)),
            );
            return;
        }
        if let Some(diagnostic) = self.of_a_component(name, path) {
            self.sink.report(diagnostic.because(cause::name(name)));
            return;
        }
        // What has members is no variable.
        let has_members = path.segments.len() > 1;
        let shouted = path.segments.len() == 1 && is_env_name(name) && !name.contains(char::is_lowercase);
        // Nor is what is written as one, where a text is needed, anything else.
        let only_input = shouted && self.wants_text;
        let is_credential = names(name) == Names::Credential
            || self.key_before(path).is_some_and(|key| names(key) == Names::Credential);
        // What messages go through is an outside, and neither a receiver nor one of its ways.
        let wants_outside = self.key_before(path) == Some("via");
        let possible = |known: &str, symbol: &Symbol| match symbol {
            Symbol::Outside(_) if wants_outside => true,
            _ if wants_outside => false,
            Symbol::Input(_) => !has_members,
            _ => !only_input || (!is_credential && known.eq_ignore_ascii_case(name)),
        };
        let known = self.names.symbols.iter().filter(|(known, (symbol, _))| possible(known, symbol));
        let mut help = self.sink.did_you_mean(name, known.map(|(name, _)| name.as_str()));
        if let Some((near, (symbol, _))) =
            help.as_ref().and_then(Help::proposed).and_then(|near| self.names.symbols.get_key_value(near))
        {
            let is_secret = matches!(symbol, Symbol::Input(at) if self.is_secret(InputId(*at)));
            // A declaration that cannot be called so is reported there, and may be the one that is meant.
            let is_sound = match symbol {
                Symbol::Input(_) => is_env_name(near),
                _ => super::is_dns_label(near),
            };
            if !is_sound {
                return;
            }
            // A service, a site or an outside is no text by itself.
            let is_text = has_members || matches!(symbol, Symbol::Input(_));
            // One secret in the place of another is a leak, and an outside in the place of another lets others in.
            if is_secret || matches!(symbol, Symbol::Outside(_)) || (self.wants_text && !is_text) {
                help = help.map(Help::unsure);
            }
        }
        let diagnostic = if shouted {
            let help = help.filter(Help::is_near);
            Diagnostic::new(
                codes::ENV001,
                format!("`{name}` is used, and neither a variable nor a secret of that name is declared"),
            )
            .at(path.span, "not declared")
            .help(help.unwrap_or_else(|| {
                if is_credential {
                    return format!("declare `secret {name}`, whose value the operator sets").into();
                }
                format!("declare `variable {name}` or `secret {name}`; as text it is quoted, `\"{name}\"`")
                    .into()
            }))
        } else {
            // A value of a secret is not to be written in quotes either.
            let is_word = name.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-'));
            let is_text = is_word && self.wants_text && !has_members;
            let as_text = format!("as text it is quoted: `\"{name}\"`");
            let help = match help {
                help if wants_outside && !help.as_ref().is_some_and(Help::is_near) => {
                    Some(Help::from(format!(
                        "declare `outside {name} = \"host:443\"`; what goes straight to where it belongs has no `via`"
                    )))
                }
                Some(help) if is_text && !help.is_near() => {
                    Some(Help::from(format!("{as_text}; {}", help.text)))
                }
                None if is_text => Some(Help::from(as_text)),
                help if self.wants_text && is_host(path) && !help.as_ref().is_some_and(Help::is_near) => {
                    Some(Help::write(format!("\"{}\"", path.text())).led_by("text is quoted: "))
                }
                help => help,
            };
            Diagnostic::new(codes::NAM001, format!("there is no `{name}`"))
                .at(path.span, "not declared")
                .help_maybe(help)
        };
        self.sink.report(diagnostic.because(cause::name(name)));
    }

    /// The diagnostic for a component that is named in the place of one of its instances: of those that have what the path goes on with.
    fn of_a_component(&self, component: &str, path: &Path) -> Option<Diagnostic> {
        let instances = self.absent.instances.get(component)?;
        let fits = |name: &&SmolStr| match (self.names.symbols.get(*name), path.segments.get(1)) {
            (Some((Symbol::Service(at), _)), Some(member)) => {
                self.names.services.get(*at).is_some_and(|placed| placed.members.get(member).is_some())
            }
            // A service as a whole is no text.
            _ => !self.wants_text,
        };
        let fitting: Vec<&str> = instances.iter().filter(fits).map(SmolStr::as_str).collect();
        let help = match (fitting.as_slice(), instances.as_slice()) {
            ([one], _) => Help::meant(component, one),
            ([], [one]) => format!("its instance is `{one}`").into(),
            ([], all) => format!("its instances are {}", list_of(all.iter().map(SmolStr::as_str))).into(),
            (several, _) => format!("its instances are {}", list_of(several.iter().copied())).into(),
        };
        let why = format!("`{component}` is a component; an instance of it has a name of its own");
        Some(
            Diagnostic::new(codes::NAM001, format!("there is no `{component}`"))
                .at(path.span, why)
                .help(help),
        )
    }

    /// The help for a variable that is named as Terraform and others name theirs: `var.LEVEL`.
    fn of_elsewhere(&self, name: &str, path: &Path) -> Option<Diagnostic> {
        let [_, meant] = path.segments.as_slice() else { return None };
        if !["var", "vars", "variable", "local", "env", "secret", "secrets"].contains(&name) {
            return None;
        }
        let inputs =
            || self.names.symbols.iter().filter(|(_, (symbol, _))| matches!(symbol, Symbol::Input(_)));
        let known =
            inputs().find(|(known, _)| known.eq_ignore_ascii_case(meant)).map(|(known, _)| known.as_str());
        let shouted = meant.replace('-', "_").to_uppercase();
        let kind = if name.starts_with("secret") { "secret" } else { "variable" };
        let help = match known {
            Some(known) => {
                Help::instead(&path.text(), known).led_by(&format!("a {kind} is named by itself: "))
            }
            None => format!("declare `{kind} {shouted}`, and name it by itself: `{shouted}`").into(),
        };
        Some(
            Diagnostic::new(codes::NAM001, format!("there is no `{}`", path.text()))
                .at(path.span, "named as other languages name theirs")
                .help(help),
        )
    }

    /// The key whose value a path stands in, where both are on one line.
    fn key_before(&self, path: &Path) -> Option<&str> {
        let text = self.absent.sources.file(path.span.file).text().get(..path.span.start as usize)?;
        // A line may be long, and hold many such paths: no more of it is looked at than needed.
        let at = text.rfind(['=', '\n']).filter(|at| text[*at..].starts_with('='))?;
        let head = text[..at].trim_end_matches([' ', '\t']);
        let start = head.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
        Some(&head[start.map_or(0, |at| at + 1)..])
    }

    /// Whether a name is declared, or may be: it is taken out, or what declares it could not be read.
    pub(super) fn is_known(&self, name: &SmolStr) -> bool {
        self.names.symbols.contains_key(name)
            || self.names.nested.contains_key(name)
            || self.absent.lost.contains(name)
            || self.absent.disabled.contains_key(name)
    }

    /// Reports that a path leads to another kind of thing than is needed.
    pub(super) fn wrong_kind(&mut self, path: &Path, thing: &Thing, needed: &str) {
        if self.is_ambiguous(path) {
            return;
        }
        self.sink.report(
            Diagnostic::new(
                codes::NAM004,
                format!("`{}` is {}, not {needed}", path.text(), thing.describe()),
            )
            .at(path.span, format!("{needed} is needed here"))
            .help_maybe(self.one_of_its_ports(path, thing).filter(|_| needed == PORT)),
        );
    }

    /// The ports of a service that is named in the place of one of them.
    fn one_of_its_ports(&self, path: &Path, thing: &Thing) -> Option<Help> {
        let Thing::Service(at) = thing else { return None };
        let ports = &self.names.services.get(*at)?.block.port;
        let named = |port: &Port| format!("{}.{}", path.text(), port.name.text);
        match ports.as_slice() {
            [] => None,
            [port] => Some(Help::write(named(port))),
            ports => {
                let ports: Vec<String> = ports.iter().map(|port| format!("`{}`", named(port))).collect();
                Some(Help::from(format!("name one of its ports: {}", ports.join(", "))))
            }
        }
    }

    /// Whether a path begins with a name that is declared twice, which is reported where it is declared.
    pub(super) fn is_ambiguous(&self, path: &Path) -> bool {
        path.segments.first().is_some_and(|name| self.names.ambiguous.contains(name))
    }

    /// A name of a namespace of its own: networks, groups, shared volumes.
    pub(super) fn own_namespace(
        &mut self,
        path: &Path,
        kind: &str,
        known: &HashMap<SmolStr, usize>,
    ) -> Option<usize> {
        if let Some(&at) = path.word().and_then(|word| known.get(word)) {
            if path.scope == Scope::Platform {
                return Some(at);
            }
            self.not_visible(path);
            return None;
        }
        let text = path.text();
        if self.absent.lost.contains(text.as_str()) || self.sink.is_full() {
            return None;
        }
        if let Some(taken_out) = self.absent.disabled.get(text.as_str()) {
            self.sink.report(absent(&text, path, *taken_out).because(cause::name(&text)));
            return None;
        }
        if let Some(first) = path.segments.first()
            && self.names.symbols.contains_key(first)
        {
            let help = self.sink.did_you_mean(&text, known.keys().map(SmolStr::as_str));
            self.sink.report(
                Diagnostic::new(codes::NAM004, format!("`{text}` is not a {kind}"))
                    .at(path.span, format!("a {kind} is needed here"))
                    .help_maybe(help),
            );
            return None;
        }
        let help = self.sink.did_you_mean(&text, known.keys().map(SmolStr::as_str));
        // Those of components have names that nobody wrote.
        let help = help.filter(|help| kind != "volume" || help.is_near());
        if help.as_ref().and_then(Help::proposed).is_some_and(|near| !super::is_dns_label(near)) {
            return None;
        }
        self.sink.report(
            Diagnostic::new(codes::NAM001, format!("there is no {kind} `{text}`"))
                .at(path.span, "not declared")
                .help(help.unwrap_or_else(|| format!("declare `{kind} {text}`").into()))
                .because(format!("{kind} {text}")),
        );
        None
    }
}

/// What ports have, by which a reference to one ends.
pub(super) const MEMBERS: &[&str] = &["url", "link", "host", "number", "address"];

/// The diagnostic for a reference to an entry that is left out.
fn absent(name: &str, path: &Path, taken_out: TakenOut) -> Diagnostic {
    let diagnostic = |message| Diagnostic::new(codes::NAM001, message).at(path.span, "refers to it");
    match taken_out.on {
        None => diagnostic(format!("`{name}` is taken out, and something refers to it"))
            .at_cause(taken_out.span, "taken out here"),
        Some(runtime) => {
            let (on, word) = (runtime.name(), runtime.word());
            diagnostic(format!("`{name}` is there on {on} only, and something refers to it elsewhere"))
                .at_cause(taken_out.span, format!("kept for {on}"))
                .help(format!("write `when = runtime.{word}` there, too, or refer to something else"))
        }
    }
}

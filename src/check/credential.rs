//! Credentials in variables of containers, and in the addresses of receivers: whoever reads the source, or an artifact,
//! could log in, or send in the platform's name.

pub(crate) mod anywhere;
mod over;
pub(super) mod said;

pub(super) use over::{command_lines, overrides};

use super::address::plain;
use crate::diagnostic::credential::address::{HOOK, PASSWORD, in_address, is_key};
use crate::diagnostic::credential::found::Found;
use crate::diagnostic::credential::mark::is_marked;
use crate::diagnostic::credential::text::in_text;
use crate::diagnostic::credential::token::{is_basic, is_token};
use crate::diagnostic::credential::value::{OPERATOR, is_other, is_public};
use crate::diagnostic::credential::{Names, names};
use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::hash::{HashMap, HashSet, IndexMap};
use crate::origins::{Origins, Written};
use crate::platform::receiver::{Address, Channel};
use crate::platform::{EnvVar, Platform, Service};
use crate::source::Span;

/// SEC001: credentials in what receivers say of themselves, and in the addresses of runbooks.
pub(super) fn addresses(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for (receiver, origin) in platform.observed.receivers.iter().zip(origins.receivers()) {
        for way in &receiver.integrations {
            let said = match &way.channel {
                Channel::Webhook(Address::Text(text)) => Some(text).zip(origin.webhook()),
                Channel::Heartbeat(Address::Text(text)) => Some(text).zip(origin.heartbeat()),
                Channel::Slack(channel, _) => Some(channel).zip(origin.slack()),
                _ => None,
            };
            let Some((text, said)) = said else { continue };
            let Some(found) = in_address(text) else { continue };
            let word = way.channel.word();
            let name = secret_name(&receiver.name, word);
            let help = match &way.channel {
                Channel::Slack(..) => "name the channel, such as `#alerts`; the address is what the secret behind `webhook` holds".to_owned(),
                _ => format!(
                    "declare `secret {name}` and write `{word} = {name}`: it holds the whole address, which is read from a file"
                ),
            };
            report(&format!("in `{word}` of `{}`", receiver.name), text, &found, said, help, sink);
        }
    }
    for page in origins.runbooks() {
        let text = page.as_literal().unwrap_or_default();
        // Numbers of pages look like keys.
        let Some(found) = in_address(text).filter(|found| found.what == PASSWORD) else { continue };
        let help = "take it out: who reads a runbook says who they are in the browser";
        report("of the runbook", text, &found, page, help.to_owned(), sink);
    }
}

/// SEC001: variables of containers that say a credential, or an address with one.
pub(super) fn variables(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    // Many services have variables of the same names. What is called as a secret of the platform is one.
    let secrets = platform.inputs.iter().filter(|input| input.secret).map(|input| input.name.as_str());
    let secrets: HashSet<&str> = secrets.collect();
    let credentials = secrets.iter().map(|name| (*name, Names::Credential));
    let mut kinds: HashMap<&str, Names> = credentials.collect();
    // A group or a component says it once for all of its services.
    let mut told: IndexMap<Span, (&EnvVar, bool, Vec<&str>)> = IndexMap::default();
    for service in &platform.services {
        for variable in &service.env {
            let text = plain(&variable.value);
            let marked = is_marked(&text);
            let holds = marked && !in_text(&text).is_empty();
            let kind = kinds.entry(&variable.name).or_insert_with(|| names(&variable.name));
            let by_source = || !text.contains(OPERATOR);
            let says_one = match kind {
                Names::Credential => by_source() && !is_other(&text),
                Names::Perhaps => {
                    by_source() && !is_public(&variable.name, &text) && (is_key(&text) || is_basic(&text))
                }
                Names::Other => marked && by_source() && is_token(&text),
            };
            if holds || says_one {
                let place = value_place(service, origins, variable);
                let (_, _, services) = told.entry(place).or_insert_with(|| (variable, says_one, Vec::new()));
                services.push(&service.path);
            }
        }
    }
    for (place, (variable, says_one, services)) in told {
        let text = plain(&variable.value);
        let held = in_text(&text);
        let hidden = held.iter().filter_map(|found| text.get(found.place.clone()));
        let of = list_of(services.iter().copied());
        let (what, help) = if says_one {
            let name = constant_name(&variable.name);
            let said =
                if name == variable.name { name.clone() } else { format!("{} = {name}", variable.name) };
            (
                format!("`{}` of {of} has its value in the source", variable.name),
                if secrets.contains(name.as_str()) {
                    format!("write `{said}`: the operator sets the secret of that name")
                } else {
                    format!("declare `secret {name}`, which the operator sets, and write `{said}`")
                },
            )
        } else {
            let Some(found) = held.first() else { continue };
            let what = match found.what {
                PASSWORD | HOOK => format!("the address in `{}` of {of}", variable.name),
                _ => format!("`{}` of {of}", variable.name),
            };
            let help = match found.what {
                PASSWORD => "declare a secret for the password, and put it into the address: `${NAME}`",
                HOOK => "declare a secret for the whole address, and write its name",
                _ => "declare a secret for it, and put it into the text: `${NAME}`",
            };
            (format!("{what} holds {}", said::describe(found)), help.to_owned())
        };
        sink.report(
            Diagnostic::new(codes::SEC001, what)
                .about_all(services)
                .at(place, "whoever reads the source or the artifact knows it")
                .hide_all(hidden.chain(says_one.then_some(&*text)))
                .help(help),
        );
    }
}

/// Where the value of a variable stands: where a component hands a parameter on, that is another place.
fn value_place(service: &Service, origins: &Origins, variable: &EnvVar) -> Span {
    let mut values = origins.service(service.id).env();
    values.find(|(name, _)| *name == variable.name).map_or(variable.span, |(_, value)| value.span)
}

fn report(who: &str, text: &str, found: &Found<'_>, said: Written<'_>, help: String, sink: &mut Sink) {
    let place = said.part(text, found.place.clone());
    let what = said::describe(found);
    sink.report(
        Diagnostic::new(codes::SEC001, format!("the address {who} holds {what}"))
            .at(place.unwrap_or(said.span), "whoever reads the source or the artifact knows it")
            .hide_all(text.get(found.place.clone()))
            .help(help),
    );
}

/// What a secret with the address of a receiver could be called.
fn secret_name(receiver: &str, word: &str) -> String {
    constant_name(&format!("{receiver}_{word}_URL"))
}

/// A name as variables are written.
fn constant_name(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    name.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::secret_name;

    #[test]
    fn a_secret_is_called_after_its_receiver() {
        assert_eq!(secret_name("on-call", "webhook"), "ON_CALL_WEBHOOK_URL");
        assert_eq!(secret_name("1st", "heartbeat"), "ST_HEARTBEAT_URL");
    }
}

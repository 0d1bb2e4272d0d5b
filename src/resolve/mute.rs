//! What mutes what: the source's own sentences, and that the worse alert of a name mutes the milder one.

use smol_str::SmolStr;

use super::receiver::label;
use super::text::Texts;
use crate::diagnostic::{Diagnostic, cause, codes};
use crate::expand::TakenOut;
use crate::hash::{HashMap, HashSet};
use crate::model::{Document, Inhibit, Severity};
use crate::platform::observe::Alert;
use crate::platform::receiver::{LabelMatch, Mute, Wanted};
use crate::platform::tell::NAME;
use crate::schema::Word;
use crate::source::Span;
use crate::standard;

/// Every mute. No alert mutes itself.
pub(super) fn mutes(document: &Document, alerts: &[Alert], texts: &mut Texts<'_>) -> Vec<Mute> {
    let names: HashSet<&str> = alerts.iter().map(|alert| alert.name.as_str()).collect();
    let said = document.inhibit.iter().filter_map(|inhibit| mute(inhibit, &names, texts));
    let mut mutes: Vec<Mute> = said.collect();
    mutes.extend(by_severity(alerts));
    mutes
}

fn mute(inhibit: &Inhibit, names: &HashSet<&str>, texts: &mut Texts<'_>) -> Option<Mute> {
    let by = &inhibit.by;
    let known = expect_alert(&by.text, by.span, names, texts);
    let wanted = |word: &Word| Wanted { text: word.text.clone(), span: Some(word.span) };
    let mut of = Vec::with_capacity(inhibit.of.items.len());
    for word in &inhibit.of.items {
        if word.text == by.text {
            texts.sink.report(
                Diagnostic::new(codes::TYP008, format!("`{}` mutes itself", by.text))
                    .at(word.span, "does not belong here")
                    .at(by.span, "explains the others"),
            );
        } else if expect_alert(&word.text, word.span, names, texts) {
            of.push(wanted(word));
        }
    }
    let equal = inhibit.equal.iter().flat_map(|equal| &equal.items);
    let equal =
        equal.filter_map(|word| Some((label(&word.text, word.span, texts)?, Some(word.span)))).collect();
    if !known || of.is_empty() {
        return None;
    }
    let itself = of.iter().any(|wanted| wanted.fits(&by.text));
    let mut target = vec![LabelMatch { label: NAME.to_owned(), values: of, negated: false, span: None }];
    target.extend(itself.then(|| LabelMatch::derived(NAME, &[by.text.as_str()], true)));
    let source = LabelMatch { label: NAME.to_owned(), values: vec![wanted(by)], negated: false, span: None };
    Some(Mute { sentence: inhibit.name.text.to_string(), source: vec![source], target, equal })
}

/// Whether a word names an alert, or a pattern fits one.
pub(super) fn expect_alert(name: &str, span: Span, names: &HashSet<&str>, texts: &mut Texts<'_>) -> bool {
    let wanted = Wanted { text: name.to_owned(), span: Some(span) };
    if names.contains(name) || (wanted.is_pattern() && names.iter().any(|name| wanted.fits(name))) {
        return true;
    }
    if !texts.absent.lost.contains(name) {
        let told = no_alert(name, span, wanted.is_pattern(), names, texts);
        texts.sink.report(told);
    }
    false
}

/// What is said of an alert that is not there: it may have gone with a service, or with a component.
fn no_alert(name: &str, at: Span, pattern: bool, names: &HashSet<&str>, texts: &mut Texts<'_>) -> Diagnostic {
    let component = standard::with_alert(name);
    let disabled = || texts.absent.disabled.iter();
    let within = |inner: &str| {
        let outer = |path: &SmolStr| Some(SmolStr::new(path.strip_suffix(inner)?.strip_suffix('.')?));
        let named = disabled().filter_map(|(path, taken_out)| Some((outer(path)?, *taken_out)));
        named.min_by_key(|(_, taken_out)| taken_out.span)
    };
    if let Some((service, TakenOut { span, on })) = within(name).or_else(|| within(component?)) {
        let told =
            Diagnostic::new(codes::NAM001, format!("the alert `{name}` is taken out with `{service}`"))
                .at(at, "refers to it")
                .because(cause::name(&service.replace('.', "-")));
        return match on {
            None => told.at_cause(span, "taken out here"),
            Some(runtime) => told
                .at_cause(span, format!("kept for {}", runtime.name()))
                .help(format!("write `when = runtime.{}` there, too", runtime.word())),
        };
    }
    let told = Diagnostic::new(codes::NAM001, format!("there is no alert `{name}`")).at(at, "not declared");
    let help = texts.sink.did_you_mean(name, names.iter().copied());
    match component {
        Some(component) => told
            .help(format!("it comes with `{component}`, where that is scraped and somebody evaluates alerts"))
            .because(cause::component(component))
            .because(cause::name(component))
            .because(cause::NO_METRICS_SERVER),
        None => {
            let told = told.help_maybe(help).because(format!("alert {name}"));
            // A pattern is mostly of what comes with components.
            if pattern { told.because(cause::NO_METRICS_SERVER) } else { told }
        }
    }
}

/// Where one service has alerts of one name and several severities, the critical one is enough. Those of different
/// names are about different things.
fn by_severity(alerts: &[Alert]) -> Option<Mute> {
    let quiet = [Severity::Warning.word(), Severity::Info.word()];
    let critical = Severity::Critical.word();
    let value = |alert: &'_ Alert, label: &str| {
        alert.labels.iter().find(|(known, _)| known == label).map(|(_, value)| value.clone())
    };
    let mut worst: HashMap<(&str, Option<String>), [bool; 2]> = HashMap::default();
    for alert in alerts {
        let severity = value(alert, "severity").unwrap_or_default();
        let seen = worst.entry((alert.name.as_str(), value(alert, "service"))).or_default();
        seen[0] |= severity == critical;
        seen[1] |= quiet.contains(&severity.as_str());
    }
    let both = worst.values().any(|seen| seen[0] && seen[1]);
    both.then(|| Mute {
        sentence: "the critical alert of a name is enough".to_owned(),
        source: vec![LabelMatch::derived("severity", &[critical], false)],
        target: vec![LabelMatch::derived("severity", &quiet, false)],
        equal: [NAME, "service", "instance"].map(|label| (label.to_owned(), None)).to_vec(),
    })
}

//! What other languages write in the place of numbers, ports and names.

use crate::diagnostic::{Help, list_of};
use crate::notation::authority::Authority;
use crate::syntax::{Value, ValueKind};

/// A share in percent, or in thousandths as Kubernetes writes processors, as a number.
pub(super) fn of_one(word: &str) -> Option<String> {
    let share = |suffix, whole: f64| Some(word.strip_suffix(suffix)?.parse::<f64>().ok()? / whole);
    // Cores are counted by the number alone.
    let cores = ["cores", "core", "cpus", "cpu"].iter().find_map(|unit| word.strip_suffix(unit));
    if let Some(number) = cores.filter(|number| number.parse::<f64>().is_ok()) {
        return Some(number.to_owned());
    }
    share('%', 100.0).or_else(|| share('m', 1000.0)).map(|part| part.to_string())
}

/// The form here of a port with a mapping or a protocol, as Docker writes it: `80:8080`, `53/udp`.
pub(super) fn port(value: &Value) -> Option<String> {
    let ValueKind::Text(text) = &value.kind else { return None };
    port_in_words(text.as_literal()?)
}

/// The same of a text: `None` where it is no such port.
pub(in crate::schema) fn port_in_words(text: &str) -> Option<String> {
    if let Some((number, protocol @ ("tcp" | "udp"))) = text.split_once('/') {
        return number
            .parse::<u16>()
            .is_ok()
            .then(|| format!("the protocol stands in the body: `{number} {{ protocol = {protocol} }}`"));
    }
    let mut parts = text.rsplit(':');
    let (container, host) = (parts.next()?, parts.next()?);
    (container.parse::<u16>().is_ok() && host.parse::<u16>().is_ok()).then(|| {
        format!("the number is what the program listens on, and `publish` says who may come in: `{container} {{ publish = localhost {{ port = {host} }} }}`")
    })
}

/// Whether a text is a host and a port.
pub(super) fn is_endpoint(text: &str) -> bool {
    Authority::parse(text).is_some_and(|Authority { host, port }| {
        port.is_some_and(|port| port.parse::<u16>().is_ok())
            && host.contains('.')
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
    })
}

/// The help for a number, or a list, where a name is needed.
pub(super) fn for_a_name(value: &Value) -> Option<Help> {
    if let ValueKind::List(items) = &value.kind {
        let names = items.iter().map(|item| match &item.kind {
            ValueKind::Reference(path) => Some(path.text()),
            _ => None,
        });
        return match names.collect::<Option<Vec<String>>>()?.as_slice() {
            [] => None,
            [one] => Some(Help::write(one.as_str()).led_by("one name stands here, and no list: ")),
            several => {
                let names = list_of(several.iter().map(String::as_str));
                Some(format!("one name stands here: a block of its own for each of {names}").into())
            }
        };
    }
    let ValueKind::Number(number) = &value.kind else { return None };
    number.parse::<u16>().ok()?;
    Some(format!("a port is named as it is declared: with `port http = {number}` it is `http`").into())
}

/// The help for an address where a name is needed: a bucket elsewhere, or a server.
pub(super) fn of_an_address(text: &str) -> Option<&'static str> {
    let address = text.split_once('/').map_or(text, |(address, _)| address);
    if address.parse::<std::net::IpAddr>().is_ok() {
        return Some("addresses are declared, `outside NAME = \"ADDRESS/BITS\"`, and `NAME` stands here");
    }
    let (scheme, _) = text.split_once("://")?;
    Some(match scheme {
        "s3" | "s3a" | "gs" | "b2" | "azure" => {
            "a bucket elsewhere is declared, `offsite NAME { endpoint = \"https://…\", bucket = \"…\", access_key = \"…\", secret_key = NAME }`, and `NAME` stands here"
        }
        _ => "what is not of the platform is declared, `outside NAME = \"host:443\"`, and `NAME` stands here",
    })
}

/// A single item as a list. A text of several words is several items to nearly every reader; a text that only a shell splits
/// stays whole.
pub(super) fn as_list(value: &Value) -> Help {
    let written = match &value.kind {
        ValueKind::Reference(path) => Some(path.text()),
        ValueKind::Number(number) => Some(number.to_string()),
        ValueKind::Text(text) => match text.as_literal() {
            Some(line) if line.contains(|c: char| "\"'`$\\&|;<>*?(){}\n".contains(c)) => None,
            Some(line) => {
                let words: Vec<String> = line.split_whitespace().map(|word| format!("\"{word}\"")).collect();
                (!words.is_empty()).then(|| words.join(", "))
            }
            None => None,
        },
        _ => None,
    };
    match written {
        Some(items) => Help::write(format!("[{items}]")),
        None => "write its items between `[` and `]`, each word one: `[\"serve\", \"--port\", \"80\"]`, or for a shell `[\"sh\", \"-c\", \"…\"]`".into(),
    }
}

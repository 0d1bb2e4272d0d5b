//! What lies around services: the platform's own lines, inputs, networks, outsides, groups.

use super::constant::literal;
use super::names::BUILT_IN;
use super::text::Texts;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Document, Issued};
use crate::notation::authority::Authority;
use crate::platform::{Endpoint, Group, Input, Network, Outside, OutsideKind, SharedVolume};
use crate::schema::{Constant, Map};
use crate::source::Span;

/// The platform's own lines.
pub(super) struct Header {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) runbooks: Option<String>,
    pub(super) repository: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) support: Option<String>,
    pub(super) labels: Vec<(String, String)>,
}

pub(super) fn header(document: &Document, texts: &mut Texts<'_>) -> Header {
    let Some(first) = document.platform.first() else {
        texts.sink.report(
            Diagnostic::new(codes::PLT001, "the source declares no platform")
                .help("write `platform NAME { description = \"…\" }`"),
        );
        return Header {
            name: String::new(),
            description: None,
            owner: None,
            runbooks: None,
            repository: None,
            licence: None,
            support: None,
            labels: Vec::new(),
        };
    };
    for again in document.platform.iter().skip(1) {
        texts.sink.report(
            Diagnostic::new(codes::PLT001, "the source declares two platforms")
                .at(again.span, "again here")
                .at(first.span, "first here")
                .help("one source is one platform; an environment is a variation of it"),
        );
    }
    super::expect_dns_label(&first.name, texts.sink);
    Header {
        name: first.name.text.as_str().to_owned(),
        description: optional(first.description.as_ref(), texts),
        owner: optional(first.owner.as_ref(), texts),
        runbooks: first.runbooks.as_ref().and_then(|runbooks| Some(literal(runbooks.address()?).to_owned())),
        repository: optional(first.repository.as_ref(), texts),
        licence: optional(first.licence.as_ref(), texts),
        support: optional(first.support.as_ref(), texts),
        labels: pairs(first.labels.as_ref(), texts),
    }
}

/// A constant that may be missing.
pub(super) fn optional(constant: Option<&Constant>, texts: &mut Texts<'_>) -> Option<String> {
    constant.map(|constant| texts.constant(constant))
}

/// Free keys with constants.
pub(super) fn pairs(map: Option<&Map<Constant>>, texts: &mut Texts<'_>) -> Vec<(String, String)> {
    let entries = map.map(|map| map.entries.as_slice()).unwrap_or_default();
    entries.iter().map(|(key, value)| (key.text.as_str().to_owned(), texts.constant(value))).collect()
}

pub(super) fn inputs(document: &Document, texts: &mut Texts<'_>) -> Vec<Input> {
    let mut inputs = Vec::with_capacity(document.variable.len() + document.secret.len());
    let mentioned = texts.absent.mentioned.as_ref();
    let is_mentioned = |name: &str| mentioned.is_none_or(|mentioned| mentioned.contains(name));
    for variable in &document.variable {
        let one_of: Vec<String> = match &variable.one_of {
            Some(list) => list.items.iter().map(|item| texts.constant(item)).collect(),
            None => Vec::new(),
        };
        let default = optional(variable.default.as_ref(), texts);
        if let (Some(default), Some(place)) = (&default, &variable.default)
            && !one_of.is_empty()
            && !one_of.contains(default)
        {
            let choices = crate::diagnostic::list_of(one_of.iter().map(String::as_str));
            texts.sink.report(
                Diagnostic::new(
                    codes::TYP004,
                    format!("`{default}` is none of the values `{}` may have", variable.name.text),
                )
                .at(place.span, "not allowed")
                .help(format!("allowed are {choices}")),
            );
        }
        inputs.push(Input {
            name: variable.name.text.as_str().to_owned(),
            secret: false,
            default,
            description: optional(variable.description.as_ref(), texts),
            optional: variable.optional.unwrap_or(false),
            one_of,
            min_length: None,
            issued_elsewhere: false,
            in_url: false,
            is_login: false,
            is_address: false,
            mentioned: is_mentioned(&variable.name.text),
            span: variable.name.span,
        });
    }
    for secret in &document.secret {
        inputs.push(Input {
            name: secret.name.text.as_str().to_owned(),
            secret: true,
            default: None,
            description: optional(secret.description.as_ref(), texts),
            optional: secret.optional.unwrap_or(false),
            one_of: Vec::new(),
            min_length: secret.min_length.map(|length| length.0),
            issued_elsewhere: secret.issued == Some(Issued::Elsewhere),
            in_url: false,
            is_login: false,
            is_address: false,
            mentioned: is_mentioned(&secret.name.text),
            span: secret.name.span,
        });
    }
    inputs.sort_by_key(|input| input.span);
    inputs
}

/// The networks; where the source declares none, every service is on one that is not internal.
pub(super) fn networks(document: &Document, origin: Option<Span>, texts: &mut Texts<'_>) -> Vec<Network> {
    let declared = document.network.iter().map(|network| Network {
        name: network.name.text.as_str().to_owned(),
        description: optional(network.description.as_ref(), texts),
        internal: network.internal.unwrap_or(false),
        ipv6: network.ipv6.unwrap_or(false),
        span: network.name.span,
    });
    let networks: Vec<Network> = declared.collect();
    match (networks.is_empty(), origin) {
        (true, Some(span)) => {
            vec![Network {
                name: "default".to_owned(),
                description: None,
                internal: false,
                ipv6: false,
                span,
            }]
        }
        _ => networks,
    }
}

pub(super) fn outsides(document: &Document, texts: &mut Texts<'_>) -> Vec<Outside> {
    let kinds = [OutsideKind::Internet, OutsideKind::Localhost];
    let built_in = BUILT_IN.iter().zip(kinds).map(|(name, kind)| Outside {
        name: (*name).to_owned(),
        description: None,
        ranges: Vec::new(),
        endpoints: Vec::new(),
        kind,
        span: None,
    });
    let mut outsides: Vec<Outside> = built_in.collect();
    for outside in &document.outside {
        let mut ranges = Vec::new();
        let mut endpoints = Vec::new();
        for address in &outside.addresses.0 {
            let text = texts.constant(address);
            if let Some(range) = range(&text) {
                ranges.push(range);
            } else if let Some((host, port)) = endpoint(&text).or_else(|| pattern(&text)) {
                endpoints.push(Endpoint { host, port });
            } else {
                texts.sink.report(
                    Diagnostic::new(codes::TYP001, format!("`{text}` is neither an address range nor an endpoint"))
                        .at(address.span, "not understood")
                        .help("write a range such as `\"203.0.113.0/24\"`, or an endpoint such as `\"smtp.example.com:587\"`"),
                );
            }
        }
        outsides.push(Outside {
            name: outside.name.text.as_str().to_owned(),
            description: optional(outside.description.as_ref(), texts),
            ranges,
            endpoints,
            kind: OutsideKind::Declared,
            span: Some(outside.name.span),
        });
    }
    outsides
}

/// `address/bits`, or an address alone, as a range.
pub(super) fn range(text: &str) -> Option<String> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: std::net::IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = match bits {
        Some(bits) => bits.parse::<u8>().ok().filter(|bits| *bits <= most)?,
        None => most,
    };
    Some(format!("{address}/{bits}"))
}

/// `host:port`.
pub(super) fn endpoint(text: &str) -> Option<(String, u16)> {
    let authority = Authority::parse(text)?;
    let (host, port) = (authority.host, authority.number()?);
    let label = |label: &str| super::is_dns_label(&label.to_ascii_lowercase());
    let named = || host.trim_end_matches('.').split('.').all(label);
    (authority.address().is_some() || named()).then(|| (host.to_owned(), port))
}

/// `host:port`, with a `*` for any part of a label. At least one label is literal: a pattern for all hosts is the internet. `**` is another
/// pattern to Cilium (cilium/cilium:pkg/policy/api/fqdn.go).
fn pattern(text: &str) -> Option<(String, u16)> {
    let host = Authority::parse(text)?.host;
    let said = host.trim_end_matches('.').split('.').any(|label| !label.contains('*'));
    if !said || host.contains("**") {
        return None;
    }
    // What a `*` stands for may be a letter.
    let (_, port) = endpoint(&text.replace('*', "x"))?;
    Some((host.to_owned(), port))
}

pub(super) fn groups(document: &Document, texts: &mut Texts<'_>) -> Vec<Group> {
    let declared = document.group.iter().map(|group| Group {
        name: group.name.text.as_str().to_owned(),
        title: optional(group.title.as_ref(), texts).unwrap_or_else(|| group.name.text.as_str().to_owned()),
        description: optional(group.description.as_ref(), texts),
        profile: optional(group.profile.as_ref(), texts),
    });
    declared.collect()
}

pub(super) fn volumes(document: &Document) -> Vec<SharedVolume> {
    let declared = document.volume.iter();
    declared
        .map(|volume| SharedVolume {
            name: volume.name.text.as_str().to_owned(),
            description: volume.description.as_ref().map(|text| literal(text).to_owned()),
            size: volume.size,
            backup: volume.backup.unwrap_or(false),
            concurrent: volume.concurrent.unwrap_or(false),
            span: volume.span,
        })
        .collect()
}

//! Values of the settings of targets.

use super::text::Texts;
use super::{is_dns_label, place};
use crate::diagnostic::{Diagnostic, Help, codes};
use crate::platform::Version;
use crate::schema::{Constant, Placed};

/// A range of addresses; what is none is reported.
pub(super) fn ranges(said: &Constant, texts: &mut Texts<'_>) -> Option<String> {
    let text = texts.constant(said);
    let range = place::range(&text);
    if range.is_none() {
        texts.sink.report(
            Diagnostic::new(codes::TYP001, format!("`{text}` is no address range"))
                .at(said.span, "not understood")
                .help("write a range as `\"10.0.0.0/16\"`"),
        );
    }
    range
}

/// A name of several parts as DNS has them, such as that of a storage class (RFC 1123, section 2.1); what is none is
/// reported.
pub(super) fn dns_name(said: &Constant, texts: &mut Texts<'_>) -> Option<String> {
    let text = texts.constant(said);
    if text.len() <= 253 && text.split('.').all(is_dns_label) {
        return Some(text);
    }
    texts.sink.report(
        Diagnostic::new(codes::TYP007, format!("`{text}` cannot be a name in DNS"))
            .at(said.span, "lower-case letters, digits and hyphens, with dots between the parts"),
    );
    None
}

/// A version; what is none is reported.
pub(super) fn version(said: Option<&Constant>, texts: &mut Texts<'_>) -> Option<Placed<Version>> {
    let said = said?;
    let text = texts.constant(said);
    let version = Version::parse(&text);
    if version.is_none() {
        let near = Version::of_tag(&text);
        let near = near.map(|Version(major, minor)| Help::write(format!("\"{major}.{minor}\"")));
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{text}` is no version"))
                .at(said.span, "two or three numbers with dots between them")
                .help(near.unwrap_or_else(|| "write it like `\"3.13\"`".into())),
        );
    }
    version.map(|value| Placed { value, span: said.span })
}

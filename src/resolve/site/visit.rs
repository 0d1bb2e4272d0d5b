//! What a site answers while it is shut, and what probes ask it for.

use super::lines::one_line;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{self, Probed};
use crate::platform::{Maintenance, Tls};
use crate::resolve::text::Texts;
use crate::schema::Placed;

/// The path that probes ask for where the source says none.
const ROOT: &str = "/";

/// What a site answers while it is shut.
pub(super) fn maintenance(block: &model::Maintenance, texts: &mut Texts<'_>) -> Option<Maintenance> {
    let body = block.body.as_ref().map(|body| texts.constant(body));
    let page = block.page.as_ref().map(|page| texts.constant(page));
    if let (Some(body), Some(page)) = (&block.body, &block.page) {
        texts.sink.report(
            Diagnostic::new(codes::TYP008, "a site that is shut has one answer")
                .at(page.span, "a page")
                .at(body.span, "and a text")
                .help("take one of the two out"),
        );
    }
    if let (Some(said), Some(path)) = (&block.page, page.as_deref().filter(|path| !path.starts_with('/'))) {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{}` is no file of the proxy", path.escape_debug()))
                .at(said.span, "starts with `/`")
                .help("write where it lies in the container of the proxy, such as `/srv/maintenance.html`"),
        );
    }
    if let Some(said) = block.retry.filter(|said| said.value.0 < 1_000 || said.value.0 % 1_000 != 0) {
        texts.sink.report(
            Diagnostic::new(codes::TYP003, "`retry` is no time that clients are told")
                .at(said.span, "whole seconds, from one on (RFC 9110, section 10.2.3)"),
        );
    }
    let retry = block.retry.map(|said| said.value);
    block.enabled.then_some(Maintenance { body, page, retry })
}

/// What probes ask for. A certificate that signs itself is that of a developer's machine as a rule, where the site's name
/// leads to production: there nothing is asked that the source does not say.
pub(super) fn probed(
    said: Option<&Placed<Probed>>,
    tls: Option<&Tls>,
    texts: &mut Texts<'_>,
) -> Option<String> {
    let Some(said) = said else {
        return tls.is_none_or(|tls| !tls.signs_itself()).then(|| ROOT.to_owned());
    };
    let path = match &said.value {
        Probed::Usual => return Some(ROOT.to_owned()),
        Probed::Nothing => return None,
        Probed::Path(path) => texts.constant(path),
    };
    let wrong = !path.starts_with('/') || path.contains([' ', '#']);
    if one_line(&path, said.span, "the path of a probe", texts) && wrong {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{path}` is no path that a probe asks for"))
                .at(said.span, "starts with `/`, and has neither a space nor a `#`")
                .help("write a path of the site, such as `\"/ok\"`"),
        );
    }
    Some(path)
}

//! Texts that end up in one line of HTTP: a line end in them would begin another header.

use crate::diagnostic::{Diagnostic, codes};
use crate::resolve::text::Texts;
use crate::schema::Constant;
use crate::source::Span;
use crate::syntax::Name;

/// A header of every answer: its name is a token, its value one line (RFC 9110, sections 5.1 and 5.5).
pub(super) fn header(name: &Name, value: &Constant, texts: &mut Texts<'_>) -> (String, String) {
    let key = name.text.as_str();
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if key.is_empty() || !key.chars().all(token) {
        texts.sink.report(
            Diagnostic::new(codes::SITE004, format!("`{}` is no name of a header", key.escape_debug()))
                .at(name.span, "letters, digits and hyphens, such as `X-Frame-Options`")
                .help("write the name without the colon, and the value behind `=`"),
        );
    }
    let text = texts.constant(value);
    one_line(&text, value.span, &format!("the value of the header `{}`", key.escape_debug()), texts);
    (key.to_owned(), text)
}

/// Where a redirect leads to: the value of the header `Location`, a URI or a path (RFC 9110, section 10.2.2).
pub(super) fn address(to: &Constant, texts: &mut Texts<'_>) -> String {
    let text = texts.constant(to);
    if !one_line(&text, to.span, "the address of a redirect", texts) {
        return text;
    }
    let (wrong, help) = match text.as_str() {
        "" => ("is empty", "write a path such as `/new`, or a whole address"),
        text if text.contains([' ', '\t']) => ("holds a space", "write `%20` for a space"),
        text if text.starts_with('/') || is_whole(text) => return text.to_owned(),
        // A browser takes it for a path beside the one that it asked for (RFC 3986, section 5.2).
        text if text.contains(['.', ':']) => {
            ("has no scheme", "write `https://` in front of a host, or `/` in front of a path")
        }
        _ => {
            ("is no path", "write `/` in front of it, or a whole address such as `https://shop.example.com/`")
        }
    };
    texts.sink.report(
        Diagnostic::new(codes::SITE004, format!("the address of a redirect {wrong}"))
            .at(to.span, "no client follows it as it is meant")
            .help(help),
    );
    text
}

/// Whether an address begins with a scheme (RFC 3986, section 3.1).
fn is_whole(text: &str) -> bool {
    let scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    text.split_once(':').is_some_and(|(before, behind)| {
        let port = behind.starts_with(|c: char| c.is_ascii_digit());
        before.starts_with(|c: char| c.is_ascii_alphabetic()) && before.chars().all(scheme) && !port
    })
}

/// The folder that files are served from: a path of the proxy's file system.
pub(super) fn folder(root: &Constant, texts: &mut Texts<'_>) -> String {
    let text = texts.constant(root);
    if !text.starts_with('/') {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{}` is no folder of the proxy", text.escape_debug()))
                .at(root.span, "starts with `/`")
                .help("write where it lies in the container of the proxy, such as `/srv/www`"),
        );
    }
    text
}

/// The path of a route.
pub(super) fn path(path: &str, span: Span, texts: &mut Texts<'_>) {
    one_line(path, span, "the path of a route", texts);
}

/// Reports a text that is more than one line; whether it is one.
pub(super) fn one_line(text: &str, span: Span, what: &str, texts: &mut Texts<'_>) -> bool {
    let breaks = |c: char| c.is_control() && c != '\t';
    if !text.contains(breaks) {
        return true;
    }
    let message = format!("{what} is more than one line");
    texts.sink.report(
        Diagnostic::new(codes::SITE004, message)
            .at(span, "has a line end, and what stands behind it would be another header or directive")
            .help("write it in one line"),
    );
    false
}

//! The files that the compiler writes for a service: their text and their mode.

use super::absolute::expect_absolute;
use super::place::optional;
use super::text::{Mentions, Texts};
use crate::diagnostic::{Diagnostic, codes};
use crate::model;
use crate::platform::{ConfigFile, FILE, PROGRAM};
use crate::schema::Constant;

/// Binds the files of a service.
pub(super) fn configs(
    block: &model::Service,
    mentions: &mut Mentions,
    texts: &mut Texts<'_>,
) -> Vec<ConfigFile> {
    let mut configs = Vec::with_capacity(block.config.len());
    for config in &block.config {
        let path = config.path.text.as_str();
        expect_absolute(path, config.path.span, texts);
        let Some(content) = &config.content else {
            texts.sink.report(
                Diagnostic::new(codes::TYP006, format!("`config \"{path}\"` holds nothing"))
                    .at(config.span, "incomplete")
                    .help("write its text behind `=`, or `from = \"file\"`"),
            );
            continue;
        };
        let value = texts.template(content, mentions);
        let mut content = texts.literal(&value, content.span);
        let from_file = config.from.is_some();
        if !from_file && !content.is_empty() && !content.ends_with('\n') {
            content.push('\n');
        }
        let said = config.mode.as_ref().and_then(|mode| self::mode(mode, texts));
        let mode = said.unwrap_or(if content.starts_with("#!") { PROGRAM } else { FILE });
        let span = config.path.span;
        let brought = texts.absent.sources.embedded().contains(&span.file);
        let description = optional(config.description.as_ref(), texts);
        configs.push(ConfigFile {
            path: path.to_owned(),
            description,
            content,
            from_file,
            mode,
            brought,
            span,
        });
    }
    configs
}

/// The mode of a file. It belongs to the user who builds, and the service runs as another one, so that a file which
/// only its owner may read is none that the service can read.
fn mode(mode: &Constant, texts: &mut Texts<'_>) -> Option<u32> {
    let text = texts.constant(mode);
    let digits = text.strip_prefix('0').filter(|rest| rest.len() == 3).unwrap_or(&text);
    let is_octal = digits.len() == 3 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
    let Some(value) = u32::from_str_radix(digits, 8).ok().filter(|_| is_octal) else {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{text}` is no mode of a file"))
                .at(mode.span, "expected three octal digits behind a 0")
                .help("write `\"0644\"` for a file, `\"0755\"` for a program"),
        );
        return None;
    };
    if value & 0o004 == 0 {
        texts.sink.report(
            Diagnostic::new(
                codes::TYP007,
                format!("with the mode `{text}` the service cannot read the file"),
            )
            .at(mode.span, "only its owner, who builds, or a group of theirs may read it")
            .help("write `\"0644\"`; what nobody else may read is a `secret`"),
        );
        return None;
    }
    if value & 0o002 != 0 {
        texts.sink.report(
            Diagnostic::new(
                codes::TYP007,
                format!("with the mode `{text}` everybody on the host can write to the file"),
            )
            .at(mode.span, "the last digit lets others write")
            .help("write `\"0644\"`, or `\"0755\"` for a program"),
        );
        return None;
    }
    Some(value)
}

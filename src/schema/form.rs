//! Texts of a form of their own, and what may stand in quotes in the place of a value.
//!
//! What is written without quotes is offered in quotes only where the text would be right there.

use std::ops::Deref;

use super::scalar::{is_env_name, port_in_words};
use super::{Constant, Decoder, Kind, Scalar, Visit};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::{Value, ValueKind};

/// A schedule, in words.
const CRON: &str = "text of cron such as `\"0 2 * * *\"`";

/// The help for a schedule.
pub const CRON_HELP: &str =
    "minute, hour, day of the month, month, day of the week: `\"0 2 * * *\"` is every day at two";

/// A path, in words.
const ROOTED: &str = "a path such as `\"/ready\"`";

/// The help for a path.
const ROOTED_HELP: &str = "a path stands in quotes and starts with `/`, such as `\"/ready\"`";

macro_rules! form {
    ($(#[$doc:meta])* $Form:ident, $words:expr, $help:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $Form(pub Constant);

        impl Deref for $Form {
            type Target = Constant;

            fn deref(&self) -> &Constant {
                &self.0
            }
        }

        impl Visit for $Form {
            fn visit(&self, see: &mut dyn FnMut(&Constant)) {
                self.0.visit(see);
            }

            fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
                self.0.visit_mut(change);
            }
        }

        impl Scalar for $Form {
            fn shape() -> Kind {
                Kind::Scalar($words)
            }

            fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
                unquoted(value, $words, $help, decoder)?;
                Constant::read(value, decoder).map(Self)
            }
        }
    };
}

form! {
    /// A schedule in cron's form.
    Cron, CRON, CRON_HELP
}

form! {
    /// A path from the root: of an address, or of a file.
    Rooted, ROOTED, ROOTED_HELP
}

/// Reports a text without quotes that would not be right in quotes either; `None` then.
fn unquoted(value: &Value, words: &str, help: &str, decoder: &mut Decoder<'_>) -> Option<()> {
    let found = match &value.kind {
        ValueKind::Number(_) => "a number",
        ValueKind::Reference(path) if path.segments.len() == 1 && !is_env_name(&path.text()) => "a bare word",
        _ => return Some(()),
    };
    decoder.report(
        Diagnostic::new(codes::TYP001, format!("expected {words}, found {found}"))
            .at(value.span, "text is always quoted")
            .help(help),
    );
    None
}

/// The reason why a text cannot stand where a kind of value is expected, with the help; `None` where it can.
#[must_use]
pub fn refuses(kind: &Kind, text: &str) -> Option<String> {
    match kind {
        Kind::Scalar(CRON) => (text.split_whitespace().count() != 5).then(|| CRON_HELP.to_owned()),
        Kind::Scalar(ROOTED) => (!text.starts_with('/')).then(|| ROOTED_HELP.to_owned()),
        Kind::Scalar(words) if words.starts_with("a port, ") => {
            Some(format!("expected {words}: a port is named as its service declares it, such as `api.http`"))
        }
        Kind::Scalar(words) if words.starts_with("a port") => {
            Some(port_in_words(text).unwrap_or_else(|| format!("expected {words}")))
        }
        Kind::Scalar(words) => {
            let takes_text =
                ["text", "path", "address", "line for", "word"].iter().any(|it| words.contains(it));
            (!takes_text).then(|| format!("expected {words}"))
        }
        Kind::Reference("a secret") => {
            Some("the name of a secret stands here, which `secret NAME` declares".to_owned())
        }
        Kind::List(item) => {
            Some(format!("expected a list between `[` and `]`, each item {}", item().describe()))
        }
        Kind::Choice(_) | Kind::Reference(_) => Some(format!("expected {}", kind.describe())),
        Kind::Block(_) | Kind::Named(_) | Kind::Map(_) | Kind::Raw => None,
    }
}

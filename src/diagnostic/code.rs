//! What a code is.

/// Whether a diagnostic stops a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Nothing is built.
    Error,
    /// Everything is built.
    Warning,
}

/// A stable code with its readable name and its explanation.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `NET001`.
    pub id: &'static str,
    /// `unreachable-dependency`.
    pub name: &'static str,
    /// Whether it stops a build.
    pub severity: Severity,
    /// The long text, in Markdown.
    pub explanation: &'static str,
}

/// Makes a constant of each line of the registry, and the list of all of them.
macro_rules! registry {
    ($($(#[doc = $doc:literal])+ $id:ident $severity:ident $name:literal;)+) => {
        $(
            $(#[doc = $doc])+
            pub const $id: &Code = &Code {
                id: stringify!($id),
                name: $name,
                severity: Severity::$severity,
                explanation: include_str!(concat!("../../docs/codes/", stringify!($id), ".md")),
            };
        )+
        /// Every code, ordered by family.
        pub const CODES: &[&Code] = &[$($id),+];

        /// The code of an id, in any case of letters, or of a readable name.
        #[must_use]
        pub fn find(id: &str) -> Option<&'static Code> {
            CODES.iter().copied().find(|code| code.id.eq_ignore_ascii_case(id) || code.name == id)
        }
    };
}

pub(super) use registry;

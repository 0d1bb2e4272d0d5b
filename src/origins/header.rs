//! The platform itself, its hosts, sites and variables in the source.

use super::Written;
use crate::model;
use crate::source::Span;

/// The block of the platform itself.
#[derive(Debug, Clone, Copy)]
pub struct HeaderOrigin<'a>(pub(super) &'a model::PlatformBlock);

impl<'a> HeaderOrigin<'a> {
    /// The key and the name.
    #[must_use]
    pub fn span(self) -> Span {
        self.0.span
    }

    /// The name.
    #[must_use]
    pub fn name(self) -> Span {
        self.0.name.span
    }

    /// The word `generated`, where it stands for the address of runbooks.
    #[must_use]
    pub fn generated_runbooks(self) -> Option<Span> {
        match self.0.runbooks {
            Some(model::Runbooks::Generated(span)) => Some(span),
            _ => None,
        }
    }

    /// The labels: the key and the value of each.
    pub fn labels(self) -> impl Iterator<Item = (Span, Span)> + use<'a> {
        let labels = self.0.labels.iter().flat_map(|labels| &labels.entries);
        labels.map(|(key, value)| (key.span, value.span))
    }
}

/// A host.
#[derive(Debug, Clone, Copy)]
pub struct HostOrigin<'a>(pub(super) &'a model::Host);

impl HostOrigin<'_> {
    /// `ssh`.
    #[must_use]
    pub fn ssh(self) -> Option<Span> {
        self.0.ssh.as_ref().map(|ssh| ssh.0.span)
    }

    /// `size`.
    #[must_use]
    pub fn size(self) -> Option<Span> {
        self.0.size.as_ref().map(|size| size.span)
    }

    /// `image`.
    #[must_use]
    pub fn image(self) -> Option<Span> {
        self.0.image.as_ref().map(|image| image.span)
    }
}

/// A site.
#[derive(Debug, Clone, Copy)]
pub struct SiteOrigin<'a>(pub(super) &'a model::Site);

impl<'a> SiteOrigin<'a> {
    /// The domain.
    #[must_use]
    pub fn domain(self) -> Written<'a> {
        Written::from(&self.0.domain)
    }

    /// How many routes the source has, those among them that could not be bound.
    #[must_use]
    pub fn count_of_routes(self) -> usize {
        self.0.route.len()
    }
}

/// A variable.
#[derive(Debug, Clone, Copy)]
pub struct VariableOrigin<'a>(pub(super) &'a model::Variable);

impl<'a> VariableOrigin<'a> {
    /// The default.
    #[must_use]
    pub fn default(self) -> Option<Written<'a>> {
        self.0.default.as_ref().map(Written::from)
    }

    /// The place of one of the values that it may have.
    #[must_use]
    pub fn choice(self, at: usize) -> Option<Span> {
        self.0.one_of.as_ref().and_then(|list| list.items.get(at)).map(|item| item.span)
    }
}

//! A receiver in the source.

use super::Written;
use crate::model;
use crate::source::Span;

/// A receiver.
#[derive(Debug, Clone, Copy)]
pub struct ReceiverOrigin<'a>(pub(super) &'a model::Receiver);

impl<'a> ReceiverOrigin<'a> {
    /// The address of `webhook`.
    #[must_use]
    pub fn webhook(self) -> Option<Written<'a>> {
        self.0.webhook.as_ref().map(|way| Written::from(&way.address))
    }

    /// The address of `heartbeat`.
    #[must_use]
    pub fn heartbeat(self) -> Option<Written<'a>> {
        self.0.heartbeat.as_ref().map(|way| Written::from(&way.address))
    }

    /// The channel of `slack`.
    #[must_use]
    pub fn slack(self) -> Option<Written<'a>> {
        self.0.slack.as_ref().map(|way| Written::from(&way.channel))
    }

    /// `only`.
    #[must_use]
    pub fn only(self) -> Option<Span> {
        self.0.only.as_ref().map(|hours| hours.0.span)
    }

    /// `mute`.
    #[must_use]
    pub fn mute(self) -> Option<Span> {
        self.0.mute.as_ref().map(|hours| hours.0.span)
    }
}

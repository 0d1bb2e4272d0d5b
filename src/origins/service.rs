//! A service in the source, and its health check.

use std::slice;

use super::{Origins, Written};
use crate::model::{self, Command};
use crate::platform::ServiceId;
use crate::schema::{List, Template};
use crate::source::Span;

/// A service. Each key answers with the place of its value, a block with that of its key.
#[derive(Debug, Clone, Copy)]
pub struct ServiceOrigin<'a> {
    pub(super) id: ServiceId,
    pub(super) block: &'a model::Service,
    pub(super) parent: Option<ServiceId>,
    pub(super) origins: &'a Origins,
}

impl<'a> ServiceOrigin<'a> {
    /// `group`.
    #[must_use]
    pub fn group(self) -> Option<Span> {
        self.block.group.as_ref().map(|group| group.0.span)
    }

    /// `image`.
    #[must_use]
    pub fn image(self) -> Option<Span> {
        self.block.image.as_ref().map(|image| image.name.span)
    }

    /// `build`.
    #[must_use]
    pub fn build(self) -> Option<Span> {
        self.block.build.as_ref().map(|build| build.context.span)
    }

    /// The arguments of `build`.
    pub fn build_arguments(self) -> impl Iterator<Item = Written<'a>> {
        let arguments = self.block.build.iter().filter_map(|build| build.args.as_ref());
        arguments.flat_map(|arguments| &arguments.entries).map(|(_, value)| Written::from(value))
    }

    /// `entrypoint`.
    #[must_use]
    pub fn entrypoint(self) -> Option<Span> {
        self.block.entrypoint.as_ref().map(|list| list.span)
    }

    /// The words of `entrypoint`.
    pub fn entrypoint_words(self) -> impl Iterator<Item = Written<'a>> {
        words(self.block.entrypoint.as_ref())
    }

    /// `command`.
    #[must_use]
    pub fn command(self) -> Option<Span> {
        self.block.command.as_ref().map(|list| list.span)
    }

    /// The words of `command`.
    pub fn command_words(self) -> impl Iterator<Item = Written<'a>> {
        words(self.block.command.as_ref())
    }

    /// `user`.
    #[must_use]
    pub fn user(self) -> Option<Span> {
        self.block.user.as_ref().map(|user| user.span)
    }

    /// The list of its networks, or of the service that it is nested in; the name of the outermost one where there is none.
    #[must_use]
    pub fn networks(self) -> Span {
        match (self.list_of_networks(), self.parent) {
            (Some((list, _)), _) => list,
            (None, Some(parent)) => self.origins.service(parent).networks(),
            (None, None) => self.block.name.span,
        }
    }

    /// The list of its networks, or of the service that it is nested in, with the last item.
    #[must_use]
    pub fn list_of_networks(self) -> Option<(Span, Option<Span>)> {
        match (&self.block.networks, self.parent) {
            (Some(list), _) => Some((list.span, list.items.last().map(|item| item.0.span))),
            (None, parent) => self.origins.service(parent?).list_of_networks(),
        }
    }

    /// Whether some of its networks could not be bound, which is reported.
    #[must_use]
    pub fn lacks_networks(self) -> bool {
        self.origins.lost.networks.contains(&self.id)
    }

    /// The values of its environment variables, with the names.
    pub fn env(self) -> impl Iterator<Item = (&'a str, Written<'a>)> {
        let entries = self.block.env.iter().flat_map(|env| &env.entries);
        entries.filter_map(|(name, said)| Some((name.text.as_str(), Written::from(said.value.as_ref()?))))
    }

    /// The fields of its outputs.
    pub fn outputs(self) -> impl Iterator<Item = Written<'a>> {
        let fields = self.block.output.iter().flat_map(|output| &output.fields);
        fields.map(|(_, value)| Written::from(value))
    }

    /// Paths of the host: the whole entry of each, and the path.
    pub fn binds(self) -> impl Iterator<Item = (Span, Span)> + use<'a> {
        self.block.bind.iter().map(|bind| (bind.span, bind.source.span))
    }

    /// Paths in memory: the whole entry of each, and the path.
    pub fn memory_paths(self) -> impl Iterator<Item = (Span, Span)> + use<'a> {
        self.block.tmpfs.iter().map(|tmpfs| (tmpfs.span, tmpfs.path.span))
    }

    /// Folders of what targets write.
    pub fn artifacts(self) -> impl Iterator<Item = Span> + use<'a> {
        self.block.artifacts.iter().map(|artifacts| artifacts.span)
    }

    /// `health`.
    #[must_use]
    pub fn health(self) -> Option<HealthOrigin<'a>> {
        self.block.health.as_deref().map(HealthOrigin)
    }

    /// `metrics`. Where it could not be bound, which is reported, the platform has none.
    #[must_use]
    pub fn metrics(self) -> Option<Span> {
        self.block.metrics.as_ref().map(|metrics| metrics.span)
    }

    /// `path` of `metrics`.
    #[must_use]
    pub fn metrics_path(self) -> Option<Span> {
        self.block.metrics.as_ref()?.path.as_ref().map(|path| path.span)
    }

    /// The names of the metrics that it declares, each with its place.
    pub fn declared_metrics(self) -> impl Iterator<Item = (&'a str, Span)> {
        self.block.metric.iter().map(|metric| (metric.name.text.as_str(), metric.name.span))
    }

    /// `smtp`. Where it could not be bound, which is reported, the platform has none.
    #[must_use]
    pub fn smtp(self) -> Option<Span> {
        self.block.smtp.as_ref().map(|smtp| smtp.span)
    }

    /// `password` of `smtp`.
    #[must_use]
    pub fn smtp_password(self) -> Option<Span> {
        self.block.smtp.as_ref()?.password.as_ref().map(|password| password.0.span)
    }

    /// `resources`.
    #[must_use]
    pub fn resources(self) -> Option<Span> {
        self.block.resources.as_ref().map(|resources| resources.span)
    }

    /// `memory` of `resources`.
    #[must_use]
    pub fn memory(self) -> Option<Span> {
        self.block.resources.as_ref()?.memory.map(|memory| memory.span)
    }

    /// `scale`.
    #[must_use]
    pub fn scale(self) -> Option<Span> {
        self.block.scale.as_ref().map(|scale| scale.span)
    }

    /// `run`.
    #[must_use]
    pub fn run(self) -> Option<Span> {
        self.block.run.as_ref().map(|run| run.span)
    }

    /// The labels of its container: the key of each, and the value.
    pub fn labels(self) -> impl Iterator<Item = (Span, Written<'a>)> {
        let labels = self.block.labels.iter().flat_map(|labels| &labels.entries);
        labels.map(|(key, value)| (key.span, Written::from(value)))
    }

    /// `security`.
    #[must_use]
    pub fn security(self) -> Option<Span> {
        self.block.security.as_ref().map(|security| security.span)
    }
}

fn words(list: Option<&List<Template>>) -> impl Iterator<Item = Written<'_>> {
    list.into_iter().flat_map(|list| &list.items).map(Written::from)
}

/// A health check. What of it the source leaves out is not here.
#[derive(Debug, Clone, Copy)]
pub struct HealthOrigin<'a>(&'a model::Health);

impl<'a> HealthOrigin<'a> {
    /// The key.
    #[must_use]
    pub fn span(self) -> Span {
        self.0.span
    }

    /// `readiness`.
    #[must_use]
    pub fn readiness(self) -> Option<Span> {
        self.0.readiness.as_ref().map(|path| path.span)
    }

    /// `liveness`.
    #[must_use]
    pub fn liveness(self) -> Option<Span> {
        self.0.liveness.as_ref().map(|path| path.span)
    }

    /// `startup`.
    #[must_use]
    pub fn startup(self) -> Option<Span> {
        self.0.startup.as_ref().map(|path| path.span)
    }

    /// `tcp`.
    #[must_use]
    pub fn tcp(self) -> Option<Span> {
        self.0.tcp.as_ref().map(|port| port.0.span)
    }

    /// `none`.
    #[must_use]
    pub fn none(self) -> Option<Span> {
        self.0.none.as_ref().map(|reason| reason.span)
    }

    /// The words of `command`, or its line.
    pub fn words(self) -> impl Iterator<Item = Written<'a>> {
        let words = match &self.0.command {
            Some(Command::Exec(words)) => words.as_slice(),
            Some(Command::Shell(line)) => slice::from_ref(line),
            None => &[],
        };
        words.iter().map(Written::from)
    }

    /// Whether the source asks for the check of the image.
    #[must_use]
    pub fn has_builtin(self) -> bool {
        self.0.builtin == Some(true)
    }

    /// Whether the source has the time of the start.
    #[must_use]
    pub fn has_start(self) -> bool {
        self.0.start.is_some()
    }

    /// The first service that it looks at beside its own, as the source calls that, with the place.
    #[must_use]
    pub fn needs(self) -> Option<(String, Span)> {
        let first = self.0.needs.as_ref()?.items.first()?;
        Some((first.0.text(), first.0.span))
    }
}

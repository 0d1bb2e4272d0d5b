//! The source behind a platform: the places of its keys, its texts as they are written, and what was left out of it.
//!
//! `resolve` makes [`Origins`] beside a [`Platform`](crate::platform::Platform), and rules get both: values from the platform, where
//! each is resolved and every default is filled in, and places from here. The blocks of the source stay inside: a key answers with its
//! place, a text with [`Written`]. No target can reach this room.

mod dashboard;
mod header;
mod over;
mod receiver;
mod service;
mod written;

use std::sync::Arc;

use smol_str::SmolStr;

pub(crate) use dashboard::DashboardOrigin;
pub(crate) use header::{HeaderOrigin, HostOrigin, SiteOrigin, VariableOrigin};
pub(crate) use over::WrittenTree;
pub(crate) use receiver::ReceiverOrigin;
pub(crate) use service::{HealthOrigin, ServiceOrigin};
pub(crate) use written::Written;

use crate::formats::{self, Format};
use crate::hash::HashSet;
use crate::model::{self, Document};
use crate::platform::{Host, Input, Override, ServiceId, Site};
use crate::source::Span;

/// The source behind a platform. Its parts are numbered as those of the platform are.
#[derive(Debug)]
pub struct Origins {
    document: Document,
    services: Vec<ServiceBlock>,
    dashboards: Vec<model::Dashboard>,
    lost: Lost,
}

/// The block of a service, and the service that it is nested in.
#[derive(Debug)]
pub(crate) struct ServiceBlock {
    pub(crate) block: Arc<model::Service>,
    pub(crate) parent: Option<ServiceId>,
}

/// What is left out of a platform: the source has it, and what is wrong with it is reported, or takes it out.
#[derive(Debug)]
pub(crate) struct Lost {
    /// Names that may be missing because what declares them is broken.
    pub(crate) names: HashSet<SmolStr>,
    /// Services of whose networks some could not be bound.
    pub(crate) networks: HashSet<ServiceId>,
    /// Nested services that the source takes out, by their paths, each with the place.
    pub(crate) taken_out: Vec<(String, Span)>,
}

impl Origins {
    /// `services` and `dashboards` are those of the platform, in its order.
    pub(crate) fn new(
        document: Document,
        services: Vec<ServiceBlock>,
        dashboards: Vec<model::Dashboard>,
        lost: Lost,
    ) -> Self {
        Self { document, services, dashboards, lost }
    }

    /// The block of the platform itself; `None` where the source declares none.
    #[must_use]
    pub fn header(&self) -> Option<HeaderOrigin<'_>> {
        self.document.platform.first().map(HeaderOrigin)
    }

    /// A service.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> ServiceOrigin<'_> {
        let ServiceBlock { block, parent } = &self.services[id.0];
        ServiceOrigin { id, block, parent: *parent, origins: self }
    }

    /// The dashboards, in the order of the platform.
    pub fn dashboards(&self) -> impl Iterator<Item = DashboardOrigin<'_>> {
        self.dashboards.iter().map(DashboardOrigin)
    }

    /// The receivers, in the order of the platform.
    pub fn receivers(&self) -> impl Iterator<Item = ReceiverOrigin<'_>> {
        self.document.receiver.iter().map(ReceiverOrigin)
    }

    /// A host.
    #[must_use]
    pub fn host(&self, host: &Host) -> Option<HostOrigin<'_>> {
        self.document.host.iter().find(|block| block.span == host.span).map(HostOrigin)
    }

    /// A variable; `None` of a secret.
    #[must_use]
    pub fn variable(&self, input: &Input) -> Option<VariableOrigin<'_>> {
        self.document.variable.iter().find(|block| block.name.span == input.span).map(VariableOrigin)
    }

    /// The values of secrets that stand in the source, which none may, with the names of the secrets.
    pub fn values_of_secrets(&self) -> impl Iterator<Item = (&str, Written<'_>)> {
        let secrets = self.document.secret.iter();
        secrets.filter_map(|secret| {
            let value = secret.value.as_ref()?;
            Some((secret.name.text.as_str(), Written::new(&value.text, value.span)))
        })
    }

    /// Every address of runbooks: the one for all alerts, and those of single alerts.
    pub fn runbooks(&self) -> impl Iterator<Item = Written<'_>> {
        let for_all = self.document.platform.first().and_then(|header| header.runbooks.as_ref()?.address());
        let of_services = self.services.iter().flat_map(|service| &service.block.alert);
        let alerts = self.document.alert.iter().chain(of_services);
        for_all.into_iter().chain(alerts.filter_map(|alert| alert.runbook.as_ref())).map(Written::from)
    }

    /// The tree that an override is made of.
    #[must_use]
    pub fn override_of(&self, over: &Override, service: Option<ServiceId>) -> WrittenTree<'_> {
        let blocks = match service {
            Some(id) => &self.services[id.0].block.override_,
            None => &self.document.override_,
        };
        over::written(blocks, over)
    }

    /// A site.
    #[must_use]
    pub fn site(&self, site: &Site) -> Option<SiteOrigin<'_>> {
        self.document.site.iter().find(|block| block.name.span == site.span).map(SiteOrigin)
    }

    /// The name of the settings of a target.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<Span> {
        self.document.target.iter().map(|target| &target.name).find(|it| it.text == name).map(|it| it.span)
    }

    /// The targets that the source names, those of other runtimes among them.
    pub fn targets(&self) -> impl Iterator<Item = &'static Format> {
        let lists = self.document.platform.iter().filter_map(|header| header.targets.as_ref());
        lists.flat_map(|list| &list.items).filter_map(|item| formats::find(&item.text))
    }

    /// Whether the source declares networks. Where it declares none, all services are on one.
    #[must_use]
    pub fn declares_networks(&self) -> bool {
        !self.document.network.is_empty()
    }

    /// Whether a name may be missing because what declares it is broken.
    #[must_use]
    pub fn is_lost(&self, name: &str) -> bool {
        self.lost.names.contains(name)
    }

    /// Nested services that the source takes out, by their paths, each with the place.
    #[must_use]
    pub fn taken_out(&self) -> &[(String, Span)] {
        &self.lost.taken_out
    }
}

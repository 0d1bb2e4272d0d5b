//! The document: all blocks of a source, appended part by part.

use std::sync::Arc;

use smol_str::SmolStr;

use super::{
    Alert, Allow, Backup, Dashboard, DataSource, Exports, Group, Host, Hours, Image, Inhibit, Issuer, Metric,
    Mirror, Network, OffSite, Outside, Override, PlatformBlock, Policy, Receiver, Record, Secret, Service,
    Site, Target, Variable, Volume,
};
use crate::diagnostic::Sink;
use crate::hash::HashSet;
use crate::schema::{Decode, Decoder, Uses, block};
use crate::source::{FileId, Span};
use crate::syntax::{Body, Entry, Name};

block! {
    /// The blocks at the top level of a source.
    "source" => Document / SourceField {
        /// The name, the owner and the targets of the platform.
        many platform: PlatformBlock,
        /// A value that the operator sets.
        many variable: Variable,
        /// A value that the operator sets and no artifact shows.
        many secret: Secret,
        /// A network that services share. Services without a common network do not reach each other.
        many network: Network,
        /// Addresses outside the platform, by name.
        many outside: Outside,
        /// Services that belong together.
        many group: Group,
        /// A volume that several services share.
        many volume: Volume,
        /// A machine that carries services.
        many host: Host,
        /// A program that runs in a container.
        many service: Arc<Service>,
        /// A public host name and the routes under it.
        many site: Site,
        /// An authority that issues certificates.
        many issuer: Issuer,
        /// A condition that notifies a person.
        many alert: Alert,
        /// A query that Prometheus evaluates regularly and keeps under a name.
        many record: Record,
        /// A metric that no service of the platform exports, though its metrics server knows it.
        many metric: Metric,
        /// The metrics of the programs in an image, or with a library.
        many exports: Exports,
        /// A person or a program that is notified of alerts.
        many receiver: Receiver,
        /// Hours of the week.
        many hours: Hours,
        /// An alert that mutes others.
        many inhibit: Inhibit,
        /// Panels that show the state of services.
        many dashboard: Dashboard,
        /// A data source of dashboards beside the platform's own metrics and alerts.
        many datasource: DataSource,
        /// A copy of data, taken regularly.
        many backup: Backup,
        /// A bucket outside the platform.
        many offsite: OffSite,
        /// A connection that must never exist, or must always exist.
        many policy: Policy,
        /// The content of an image.
        many image: Image,
        /// A registry, or a folder of one, that holds copies of images.
        many mirror: Mirror,
        /// Settings of one target.
        many target: Target,
        /// Keys of one target that the language lacks.
        many override_ as "override": Override,
        /// A finding that is meant.
        many allow: Allow,
    }
}

impl Document {
    /// Decodes a part of a source: its document, the labels and keys that could not be decoded, and the fields that it uses.
    /// `origin` is the start of the source, `components` are the names of all components, `embedded` the compiler's own
    /// sources.
    pub(crate) fn part(
        entries: Vec<Entry>,
        origin: Span,
        components: &[SmolStr],
        embedded: &HashSet<FileId>,
        sink: &mut Sink,
    ) -> (Option<Self>, (HashSet<SmolStr>, Uses)) {
        let whole = Entry {
            key: Name { text: Self::SCHEMA.key.into(), span: origin, quoted: false },
            label: None,
            value: None,
            body: Some(Body { entries, span: origin }),
            patch: false,
        };
        let mut decoder = Decoder::new(sink).knowing(components, Self::SCHEMA.fields).counting(embedded);
        let document = Self::decode(&whole, &mut decoder);
        (document, decoder.finish())
    }

    /// Appends the blocks of a later part.
    pub(crate) fn append(&mut self, behind: Self) {
        let Self {
            span: _,
            platform,
            variable,
            secret,
            network,
            outside,
            group,
            volume,
            host,
            service,
            site,
            issuer,
            alert,
            record,
            metric,
            exports,
            receiver,
            hours,
            inhibit,
            dashboard,
            datasource,
            backup,
            offsite,
            policy,
            image,
            mirror,
            target,
            override_,
            allow,
        } = behind;
        self.platform.extend(platform);
        self.variable.extend(variable);
        self.secret.extend(secret);
        self.network.extend(network);
        self.outside.extend(outside);
        self.group.extend(group);
        self.volume.extend(volume);
        self.host.extend(host);
        self.service.extend(service);
        self.site.extend(site);
        self.issuer.extend(issuer);
        self.alert.extend(alert);
        self.record.extend(record);
        self.metric.extend(metric);
        self.exports.extend(exports);
        self.receiver.extend(receiver);
        self.hours.extend(hours);
        self.inhibit.extend(inhibit);
        self.dashboard.extend(dashboard);
        self.datasource.extend(datasource);
        self.backup.extend(backup);
        self.offsite.extend(offsite);
        self.policy.extend(policy);
        self.image.extend(image);
        self.mirror.extend(mirror);
        self.target.extend(target);
        self.override_.extend(override_);
        self.allow.extend(allow);
    }
}

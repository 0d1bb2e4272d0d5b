//! The whole: everything that a source can say, put together from what its parts do.

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
    /// Everything that a platform's source can say.
    "source" => Document / SourceField {
        /// The platform: its name and whom it belongs to.
        many platform: PlatformBlock,
        /// What the operator sets.
        many variable: Variable,
        /// What the operator sets and nobody may see.
        many secret: Secret,
        /// Who may talk to whom.
        many network: Network,
        /// Everything external, by name.
        many outside: Outside,
        /// Services that belong together.
        many group: Group,
        /// A volume that several services share.
        many volume: Volume,
        /// A machine to run on.
        many host: Host,
        /// Something that runs.
        many service: Arc<Service>,
        /// A public host name and what is served under it.
        many site: Site,
        /// An authority that issues certificates.
        many issuer: Issuer,
        /// A condition that a person is told of.
        many alert: Alert,
        /// A query that is computed regularly and kept under a name.
        many record: Record,
        /// A metric that none of the platform's services exports, but its metrics server knows.
        many metric: Metric,
        /// What programs of an image, or with a library, export.
        many exports: Exports,
        /// Who is told.
        many receiver: Receiver,
        /// Hours of the week.
        many hours: Hours,
        /// What mutes what.
        many inhibit: Inhibit,
        /// Panels that show how it goes.
        many dashboard: Dashboard,
        /// A place that dashboards ask beside the platform's own metrics and alerts.
        many datasource: DataSource,
        /// A copy of data, made regularly.
        many backup: Backup,
        /// A bucket off the site.
        many offsite: OffSite,
        /// What must never, or must always, be reachable.
        many policy: Policy,
        /// What an image contains.
        many image: Image,
        /// A registry, or a folder of one, that holds copies of images.
        many mirror: Mirror,
        /// Settings of one target.
        many target: Target,
        /// What one target is told beside the language.
        many override_ as "override": Override,
        /// A rule code that is meant.
        many allow: Allow,
    }
}

impl Document {
    /// What a part of a source says, the labels and keys of what could not be decoded, and what it uses. `origin` is where
    /// the source begins, `components` are the names of all of them, `embedded` the compiler's own sources.
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

    /// Adds what stands further down.
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

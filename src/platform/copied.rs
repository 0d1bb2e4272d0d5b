//! Backups as a cluster takes them: which ones it can take, and the names of their objects.

use std::collections::{BTreeMap, BTreeSet};

use super::{Backup, Copying, DestinationKind, Dump, InputId, Platform, RunKind, Service, Switch, Value};
use crate::model::VolumeCopy;
use crate::schema::Bytes;

/// Why a cluster does not take a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untaken {
    /// The service is the cluster's own, and has no pods of the platform.
    OfCluster,
    /// Files are a valid copy while the service stands still, and no Job may stop it.
    StandsStill,
    /// Each of several pods has files of its own.
    Several,
    /// The files belong to a user of whom no number is known.
    NoUser,
}

/// A week of daily copies, and the one that is being taken.
const MOST_COPIES: u64 = 8;

impl Platform {
    /// Why a cluster does not take a backup; `None` where it does. A volume is copied by a pod beside the one that writes to it, so
    /// its files have to be a valid copy at any time.
    #[must_use]
    pub fn untaken(&self, backup: &Backup) -> Option<Untaken> {
        let service = &self[backup.of];
        if !service.runs() || self.is_of_cluster(service) {
            return Some(Untaken::OfCluster);
        }
        if service.dump.is_some() {
            return None;
        }
        let running = |volume: super::CopiedVolume<'_>| volume.copy == VolumeCopy::Running;
        if !self.copied_volumes(service).all(running) {
            return Some(Untaken::StandsStill);
        }
        if service.may_run_several_times() || service.run != RunKind::Always {
            return Some(Untaken::Several);
        }
        let number = service.user.as_deref().and_then(|user| user.split(':').next());
        let known = number.is_some_and(|user| user.parse::<u32>().is_ok())
            || service.exception(|security| security.root);
        (!known).then_some(Untaken::NoUser)
    }

    /// The backups that a cluster takes, in the order of the source.
    pub fn taken(&self) -> impl Iterator<Item = &Backup> {
        self.backups.iter().filter(|backup| self.untaken(backup).is_none())
    }

    /// Whether the copies of a backup may be taken to its places at all.
    #[must_use]
    pub fn is_uploaded(backup: &Backup) -> bool {
        match backup.upload {
            Some(Switch::Never) => false,
            Some(Switch::Always | Switch::Variable(_)) => true,
            // Nobody could take them there.
            None => {
                let lacks = |kind| matches!(kind, DestinationKind::Bucket { account: None, .. });
                !backup.to.iter().any(|to| lacks(to.kind))
            }
        }
    }

    /// What is read to take copies to their places and back, each with the names of these: what logs in there, and the switch.
    #[must_use]
    pub fn read_for_copies(&self) -> BTreeMap<InputId, BTreeSet<String>> {
        let mut read: BTreeMap<InputId, BTreeSet<String>> = BTreeMap::new();
        for (backup, to) in
            self.backups.iter().flat_map(|backup| backup.to.iter().map(move |to| (backup, to)))
        {
            if backup.upload == Some(Switch::Never) {
                continue;
            }
            let mut inputs = self.login_at(to.kind);
            inputs.extend(backup.switch());
            for input in inputs {
                read.entry(input).or_default().insert(self.destination_name(to.kind));
            }
        }
        read
    }

    /// The inputs that the pods of a backup get besides those of its service: those of the commands of its `dump`, and of its places.
    #[must_use]
    pub fn read_by_copiers(&self, backup: &Backup) -> Vec<InputId> {
        let service = &self[backup.of];
        let commands = service.dump.as_deref().map(Dump::commands).unwrap_or_default();
        let words = commands.into_iter().flat_map(|(_, words)| words);
        let read = [Copying::Save, Copying::Restore].map(|copying| self.read_by_dump(service, copying));
        let env = read.iter().flatten().map(|variable| &variable.value);
        let mut inputs: Vec<InputId> = words.chain(env).flat_map(Value::inputs).collect();
        inputs.extend(backup.switch());
        inputs.extend(backup.to.iter().flat_map(|to| self.login_at(to.kind)));
        inputs
    }

    /// The inputs of the logins at a place of copies.
    fn login_at(&self, place: DestinationKind) -> Vec<InputId> {
        match place {
            DestinationKind::Store(store) => {
                let store = &self[store];
                store.access_key.inputs().chain([store.secret_key]).collect()
            }
            DestinationKind::Bucket { account, reader, .. } => {
                let accounts = account.into_iter().chain(reader);
                accounts.filter_map(|id| Some(self[id].secrets.first()?.1)).collect()
            }
        }
    }

    /// The backups that read an input, by their names.
    pub fn backups_reading(&self, input: InputId) -> impl Iterator<Item = &Backup> {
        let reads = move |backup: &&Backup| {
            backup.switch() == Some(input)
                || backup.to.iter().any(|to| self.login_at(to.kind).contains(&input))
        };
        self.backups.iter().filter(reads)
    }

    /// How much room the copies of a backup have on a cluster: what the source says, else as much as the volumes of the service
    /// together, each of which has at least `least`, for each of [`Self::copies_of`].
    #[must_use]
    pub fn room_of(&self, backup: &Backup, least: Bytes) -> Bytes {
        if let Some(size) = backup.size {
            return size;
        }
        let service = &self[backup.of];
        let own = service.volumes.iter().map(|volume| volume.size);
        let shared = service.mounts.iter().map(|mount| self[mount.volume].size);
        let sizes: u64 = own.chain(shared).map(|size| size.map_or(least.0, |size| size.0)).sum();
        Bytes(sizes.max(least.0).saturating_mul(Self::copies_of(backup)))
    }

    /// For how many copies there is room where the source says nothing: those that are kept, and the one that is being taken. Copies
    /// are packed, and no disk is full, so more than `MOST_COPIES` have room where there is some for these.
    #[must_use]
    pub fn copies_of(backup: &Backup) -> u64 {
        let by_age = backup.retention.map_or(0, |retention| retention.0 / backup.alert_after.0.max(1));
        backup.keep.max(by_age).saturating_add(1).min(MOST_COPIES)
    }

    /// The ports at which a service is asked for its data: those that the commands of its `dump` name, and all where they name none.
    #[must_use]
    pub fn dumped_at<'a>(&self, service: &'a Service) -> Vec<&'a super::Port> {
        let Some(dump) = service.dump.as_deref() else { return Vec::new() };
        if dump.ports.is_empty() {
            return service.ports.iter().collect();
        }
        dump.ports.iter().filter_map(|port| service.ports.get(*port)).collect()
    }
}

impl Backup {
    /// The variable by which the operator says whether copies are taken to their places.
    #[must_use]
    pub fn switch(&self) -> Option<InputId> {
        match self.upload {
            Some(Switch::Variable(input)) => Some(input),
            _ => None,
        }
    }
}

/// The names of the objects of a backup. No name of a service holds a dot, so only those of the CronJobs, of which pods and
/// their hosts are called, can be another's.
impl Backup {
    /// The CronJob that takes copies.
    #[must_use]
    pub fn taker(&self) -> String {
        format!("backup-{}", self.name)
    }

    /// The CronJob that stands still, of which a Job is made to bring a copy back.
    #[must_use]
    pub fn restorer(&self) -> String {
        format!("restore-{}", self.name)
    }

    /// The label, the account and the policy of the pods that take copies; the programs of both, and the secrets of places.
    #[must_use]
    pub fn of_taker(&self) -> String {
        format!("{}.backup", self.name)
    }

    /// The label, the account and the policy of the pods that bring copies back.
    #[must_use]
    pub fn of_restorer(&self) -> String {
        format!("{}.restore", self.name)
    }

    /// The claim that copies lie in.
    #[must_use]
    pub fn claim(&self) -> String {
        format!("{}.copies", self.name)
    }
}

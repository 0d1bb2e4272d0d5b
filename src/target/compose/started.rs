//! The services of the compose file, for targets whose files call compose.

use super::{owner, service};

use crate::platform::owner::handovers;
use crate::platform::{Platform, RunKind};

/// A service of the compose file.
pub(in crate::target) struct Started {
    /// What it is called there.
    pub(in crate::target) name: String,
    /// When it ends.
    pub(in crate::target) kind: Kind,
    /// The profile that it is started with; `None` where it always starts.
    pub(in crate::target) profile: Option<String>,
}

/// When a service of the compose file ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::target) enum Kind {
    /// Never by itself.
    Service,
    /// By itself, once it has done its work.
    Job,
    /// By itself; it is started by a schedule of the host.
    Scheduled,
}

impl Kind {
    /// The word for it.
    pub(in crate::target) fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Job => "job",
            Self::Scheduled => "scheduled",
        }
    }
}

/// Every service of the file, in its order.
pub(in crate::target) fn services(platform: &Platform) -> Vec<Started> {
    let of_source = platform.start_order().into_iter().map(|service| Started {
        name: service.name.clone(),
        kind: match service.run {
            RunKind::Once => Kind::Job,
            RunKind::Schedule => Kind::Scheduled,
            _ => Kind::Service,
        },
        profile: service::profile(platform, service).map(str::to_owned),
    });
    let handovers = handovers(platform);
    let jobs = owner::jobs(platform, &handovers);
    let of_owners = jobs.iter().map(|job| Started {
        name: job.name.clone(),
        kind: Kind::Job,
        profile: job.profile(platform).map(str::to_owned),
    });
    of_source.chain(of_owners).collect()
}

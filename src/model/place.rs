//! Where things are: networks, groups, hosts, and what lies outside.

use crate::schema::{
    Bytes, Constant, Decoder, Integer, Kind, List, Map, Reference, Scalar, Visit, block, choice,
};
use crate::syntax::{Value, ValueKind};

block! {
    /// Who may talk to whom: services reach each other where they share a network.
    "network" => Network / NetworkField {
        label name = "What it is called.";
        /// What it is for.
        optional description: Constant,
        /// Whether it has no way out, and no way in from the host.
        optional internal: bool,
        /// Whether its containers have addresses of IPv6 as well.
        optional ipv6: bool,
    }
}

block! {
    /// Something external, by name. Address ranges may come in (`publish = admins`); endpoints
    /// (`"host:port"`) may be reached (`reaches = [mail]`). `internet` and `localhost` are built in.
    "outside" => Outside / OutsideField {
        label name = "What it is called.";
        value addresses: Addresses = "One or more address ranges or endpoints.";
        /// What it is.
        optional description: Constant,
    }
}

/// One address or a list of them.
#[derive(Debug, Clone)]
pub struct Addresses(pub Vec<Constant>);

impl Visit for Addresses {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        self.0.visit(see);
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        self.0.visit_mut(change);
    }
}

impl Scalar for Addresses {
    fn shape() -> Kind {
        Kind::Scalar("an address range or `\"host:port\"`, or a list of them")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        if matches!(value.kind, ValueKind::List(_)) {
            return List::<Constant>::read(value, decoder).map(|list| Self(list.items));
        }
        Constant::read(value, decoder).map(|one| Self(vec![one]))
    }
}

block! {
    /// Services that belong together: a title for people, a profile to start them by, and
    /// `defaults` that are merged under each of them.
    "group" => Group / GroupField {
        label name = "What it is called.";
        /// The heading in documentation.
        optional title: Constant,
        /// What it is for.
        optional description: Constant,
        /// Started only where this profile is asked for.
        optional profile: Constant,
    }
}

block! {
    /// A volume that several services share.
    "volume" => Volume / VolumeField {
        label name = "What it is called.";
        /// How much it holds.
        optional size: Bytes,
        /// What is kept there.
        optional description: Constant,
        /// Whether it is part of a backup.
        optional backup: bool,
        /// Whether several services may write to it at the same time.
        optional concurrent: bool,
    }
}

block! {
    /// A machine to run on.
    "host" => Host / HostField {
        label name = "What it is called.";
        /// The size, as the cloud calls it.
        optional size: Constant,
        /// How much memory it has.
        optional memory: Bytes,
        /// How large its disk is.
        optional disk: Bytes,
        /// The operating system's image.
        optional image: Constant,
        /// The name or the IP address that people reach it by: links to what it publishes begin with it.
        optional address: Constant,
        /// Who may log in.
        optional ssh: Reference,
        /// Whether the host's firewall (a security group) guards what is published to a named
        /// outside. Without it such ports are bound to the loopback address.
        optional firewall: bool,
        /// Where the build and what its scripts keep stand on the host: `/opt/PLATFORM` where the source says nothing. A host
        /// that has it carries the compose stack; where none has, the only host does.
        optional path: Constant,
        /// Kernel settings of the host.
        optional sysctl: Map<Integer>,
    }
}

block! {
    /// What must never, or must always, be reachable.
    "policy" => Policy / PolicyField {
        label name = "The sentence it stands for.";
        /// Services and outsides from which a connection would start.
        required from: List<Reference>,
        /// Services, ports and outsides that it would reach.
        required to: List<Reference>,
        /// Whether that must be so.
        required reach: Reach,
    }
}

choice! {
    /// What a policy says.
    Reach {
        /// No such connection may exist.
        Never = "never",
        /// Such a connection must exist.
        Always = "always",
    }
}

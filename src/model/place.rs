//! Networks, outsides, groups, shared volumes, hosts and policies.

use crate::schema::{
    Bytes, Constant, Decoder, Integer, Kind, List, Map, Reference, Scalar, Visit, block, choice,
};
use crate::syntax::{Value, ValueKind};

block! {
    /// A network. Services reach each other where they share one. A platform without networks has one for all.
    "network" => Network / NetworkField {
        label name = "The name.";
        /// The purpose of the network.
        optional description: Constant,
        /// Whether the network has no way out, and no way in from the host.
        optional internal: bool,
        /// Whether its containers have addresses of IPv6 as well, and a proxy on it listens there.
        optional ipv6: bool,
    }
}

block! {
    /// Addresses outside the platform, by name. Address ranges may come in (`publish = admins`); endpoints (`"host:port"`) may
    /// be reached (`reaches = [mail]`). A `*` in a host stands for a part of one label. `internet` and `localhost` are built
    /// in.
    "outside" => Outside / OutsideField {
        label name = "The name.";
        value addresses: Addresses = "One or more address ranges or endpoints.";
        /// The owner or the purpose of the addresses.
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
    /// Services that belong together: a title for people, a profile to start them by, and `defaults`, which are merged under
    /// each of them.
    "group" => Group / GroupField {
        label name = "The name.";
        /// The heading in documentation.
        optional title: Constant,
        /// The purpose of the group.
        optional description: Constant,
        /// The profile without which these services do not start.
        optional profile: Constant,
    }
}

block! {
    /// A volume that several services share. One service writes to it, unless it is `concurrent`.
    "volume" => Volume / VolumeField {
        label name = "The name.";
        /// The room in it.
        optional size: Bytes,
        /// The content of the volume.
        optional description: Constant,
        /// Whether backups copy it.
        optional backup: bool,
        /// Whether several services may write to it at the same time.
        optional concurrent: bool,
    }
}

block! {
    /// A machine that carries services.
    "host" => Host / HostField {
        label name = "The name.";
        /// The size in the cloud's words.
        optional size: Constant,
        /// The memory of the machine.
        optional memory: Bytes,
        /// The size of its disk for data.
        optional disk: Bytes,
        /// The image of the operating system.
        optional image: Constant,
        /// The name or the IP address for people: links to published ports begin with it.
        optional address: Constant,
        /// The outside that may log in.
        optional ssh: Reference,
        /// Whether a firewall in front of the host (a security group) guards ports that are published to a named outside.
        /// Without it such ports are bound to the loopback address.
        optional firewall: bool,
        /// The folder of the build on the host, and of what its scripts keep: `/opt/PLATFORM` by default. A host with a path
        /// carries the compose stack, at most one; without any, the only host does.
        optional path: Constant,
        /// Kernel settings of the host.
        optional sysctl: Map<Integer>,
    }
}

block! {
    /// A connection that must never exist, or must always exist.
    "policy" => Policy / PolicyField {
        label name = "The sentence it stands for.";
        /// Services and outsides at which the connection starts.
        required from: List<Reference>,
        /// Services, ports and outsides that it reaches, over any chain of connections, routes and `forwards`.
        required to: List<Reference>,
        /// Whether the connection is forbidden or required.
        required reach: Reach,
    }
}

choice! {
    /// The demand of a policy.
    Reach {
        /// No such connection may exist.
        Never = "never",
        /// Such a connection must exist.
        Always = "always",
    }
}

//! Which service joins which network, so that two reach each other.
//!
//! A service all of whose networks are internal is meant to have no way out, and no help takes that from it. The client joins an
//! internal network of the server rather than the server one of the client's.

use super::only_internal;
use crate::diagnostic::{Diagnostic, Edit, list_of};
use crate::origins::Origins;
use crate::platform::{NetworkId, Platform, Service};
use crate::source::Span;

/// A way to let services share a network.
pub(super) struct Join<'a> {
    /// The networks, each of which would do.
    networks: Vec<NetworkId>,
    /// The services that join one of them.
    services: Vec<&'a Service>,
}

/// How a client and a server come to share a network.
pub(super) fn two<'a>(
    platform: &Platform,
    origins: &Origins,
    client: &'a Service,
    server: &'a Service,
) -> Join<'a> {
    let of = |service: &Service, internal: bool| -> Vec<NetworkId> {
        service.networks.iter().copied().filter(|id| platform[*id].internal == internal).collect()
    };
    let ways = [
        (client, of(server, true)),
        (server, of(client, true)),
        (client, of(server, false)),
        (server, of(client, false)),
    ];
    let may = |(service, networks): &(&Service, Vec<NetworkId>)| {
        let closed = !service.networks.is_empty() && only_internal(platform, origins, service);
        networks.iter().any(|id| !closed || platform[*id].internal)
    };
    let (service, networks) = ways.into_iter().find(may).unwrap_or((client, Vec::new()));
    Join { networks, services: vec![service] }
}

/// How one service comes to share a network with several others, which are all on those that they have in `common`.
pub(super) fn many<'a>(
    platform: &Platform,
    origins: &Origins,
    one: &'a Service,
    others: &[&'a Service],
    common: &[NetworkId],
) -> Option<Join<'a>> {
    let closed = only_internal(platform, origins, one);
    let internal: Vec<NetworkId> = common.iter().copied().filter(|id| platform[*id].internal).collect();
    let networks = match (internal.is_empty(), closed) {
        (false, _) => internal,
        (true, false) => common.to_vec(),
        (true, true) => Vec::new(),
    };
    if !networks.is_empty() {
        return Some(Join { networks, services: vec![one] });
    }
    let networks: Vec<NetworkId> = one.networks.iter().copied().filter(|id| platform[*id].internal).collect();
    (!networks.is_empty() && !others.is_empty()).then(|| Join { networks, services: others.to_vec() })
}

impl Join<'_> {
    /// Sets it as the way out; an edit, where one network alone will do and each service has a list that it is added to.
    pub(super) fn help(&self, platform: &Platform, origins: &Origins, told: Diagnostic) -> Diagnostic {
        let name = |id: &NetworkId| platform[*id].name.as_str();
        let services = list_of(self.services.iter().map(|service| service.path.as_str()));
        let Some(first) = self.networks.first() else {
            return told.help(format!("put both on one network: {services} is on none"));
        };
        let mut told = match self.networks.as_slice() {
            [_] => told.help(format!("add `{}` to the networks of {services}", name(first))),
            several => {
                let names = list_of(several.iter().map(name)).replace(" and ", " or ");
                return told.help(format!("add {names} to the networks of {services}"));
            }
        };
        let edits: Option<Vec<Edit>> =
            self.services.iter().map(|service| added(origins, service, name(first))).collect();
        for edit in edits.into_iter().flatten() {
            if !told.edits.contains(&edit) {
                told.edits.push(edit);
            }
        }
        told
    }
}

/// A network added to the list that a service has its networks of: its own, that of its defaults, or that of the service it is
/// nested in.
fn added(origins: &Origins, service: &Service, network: &str) -> Option<Edit> {
    let (list, last) = origins.service(service.id).list_of_networks()?;
    let Some(last) = last else {
        return Some(Edit { span: list, old: Some("[]".to_owned()), new: format!("[{network}]") });
    };
    let within = last.file == list.file && (list.start..list.end).contains(&last.end);
    let behind = Span::new(last.file, last.end as usize, last.end as usize);
    within.then(|| Edit { span: behind, old: None, new: format!(", {network}") })
}

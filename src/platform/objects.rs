//! Names of a cluster's objects that follow from others: what a service or a volume cannot be called beside them.

use super::{EdgeEnd, Level, OutsideId, OutsideKind, Platform, Protocol, RunKind, Service, VolumeId};
use crate::hash::IndexMap;

/// A name in a namespace.
type Place = (String, String);

/// What a name is taken for.
#[derive(Debug, Clone)]
pub enum Taken<'a> {
    /// The Service that a service is reached by.
    Own(&'a Service),
    /// The Service below which the pods of a set stand.
    Pods(&'a Service),
    /// The Service that stands before published ports.
    Published(&'a Service),
    /// The name of a service in the namespace of those that reach it.
    Alias(&'a Service),
}

impl<'a> Taken<'a> {
    /// The service that it is of.
    #[must_use]
    pub fn service(&self) -> &'a Service {
        match self {
            Self::Own(service) | Self::Pods(service) | Self::Published(service) | Self::Alias(service) => {
                service
            }
        }
    }

    /// What the Service is there for, in words.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Own(_) => "is called so itself",
            Self::Pods(_) => "keeps data, and its pods stand below this name",
            Self::Published(_) => "publishes ports under this name",
            Self::Alias(_) => "is reached by this name from there",
        }
    }
}

impl Platform {
    /// Whether a service keeps its pods' names and their disks.
    #[must_use]
    pub fn is_set(service: &Service) -> bool {
        service.run == RunKind::Always && !service.volumes.is_empty()
    }

    /// The name below which the pods of a set stand.
    #[must_use]
    pub fn name_of_pods(service: &Service) -> String {
        format!("{}-pods", service.name)
    }

    /// The name of the Service that stands before ports which are published to an outside: one more for UDP, since a load
    /// balancer may lose the port of a protocol that has the number of another's (kubernetes/kubernetes#131918).
    #[must_use]
    pub fn name_of_published(&self, service: &Service, to: OutsideId, udp: bool) -> String {
        let who = match self[to].kind {
            OutsideKind::Declared => self[to].name.as_str(),
            _ => "public",
        };
        format!("{}-{who}{}", service.name, if udp { "-udp" } else { "" })
    }

    /// The Services of a cluster by namespace and name, in the order of the services; several of one name where they clash.
    #[must_use]
    pub fn names_of_services(&self) -> IndexMap<Place, Vec<Taken<'_>>> {
        let mut names: IndexMap<Place, Vec<Taken<'_>>> = IndexMap::default();
        let mut add = |namespace: String, name: String, taken| {
            names.entry((namespace, name)).or_default().push(taken);
        };
        for service in self.services.iter().filter(|service| service.runs() && !service.is_job()) {
            let namespace = self.namespace_of(service);
            if !service.ports.is_empty() {
                add(namespace.clone(), service.name.clone(), Taken::Own(service));
            }
            if Self::is_set(service) {
                add(namespace.clone(), Self::name_of_pods(service), Taken::Pods(service));
            }
            let mut published: Vec<String> = Vec::new();
            for port in &service.ports {
                let Some(publish) = port.publish.as_ref() else { continue };
                if self[publish.to].kind != OutsideKind::Localhost {
                    let udp = port.protocol == Protocol::Udp;
                    let name = self.name_of_published(service, publish.to, udp);
                    if !published.contains(&name) {
                        published.push(name);
                    }
                }
            }
            for name in published {
                add(namespace.clone(), name, Taken::Published(service));
            }
        }
        let mut aliases: IndexMap<Place, &Service> = IndexMap::default();
        for edge in &self.edges {
            let EdgeEnd::Service(to, _) = edge.to else { continue };
            let (from, to) = (&self[edge.from], &self[to]);
            if from.runs() && to.runs() && Level::of(from) != Level::of(to) {
                aliases.insert((self.namespace_of(from), to.name.clone()), to);
            }
        }
        for (place, service) in aliases {
            names.entry(place).or_default().push(Taken::Alias(service));
        }
        names
    }

    /// The set whose pods would take a claim of this name for one of their own, `TEMPLATE-SET-NUMBER`.
    #[must_use]
    pub fn claimed_by_set(&self, claim: &str, namespace: &str) -> Option<&Service> {
        let (front, number) = claim.rsplit_once('-')?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let sets = self.services.iter().filter(|service| service.runs() && Self::is_set(service));
        sets.filter(|set| self.namespace_of(set) == namespace).find(|set| {
            let template = front.strip_suffix(&set.name).and_then(|front| front.strip_suffix('-'));
            template.is_some_and(|template| set.volumes.iter().any(|volume| volume.short(set) == template))
        })
    }

    /// The namespaces in which claims of shared volumes stand.
    #[must_use]
    pub fn namespaces_of_claims(&self) -> IndexMap<VolumeId, String> {
        let mut places = IndexMap::default();
        for service in self.services.iter().filter(|service| service.runs()) {
            for mount in &service.mounts {
                places.entry(mount.volume).or_insert_with(|| self.namespace_of(service));
            }
        }
        places
    }
}

//! Addresses of services: the name that artifacts give a service is its host, on every network it is on.

use super::{Port, Service};
use crate::model::Protocol;

impl Port {
    /// The scheme of an address at it.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.protocol == Protocol::Https { "https" } else { "http" }
    }
}

impl Service {
    /// The address of a port of it: `host:number`.
    #[must_use]
    pub fn address(&self, port: &Port) -> String {
        format!("{}:{}", self.name, port.number)
    }

    /// The address of a port of it that answers HTTP: `scheme://host:number`.
    #[must_use]
    pub fn url(&self, port: &Port) -> String {
        format!("{}://{}:{}", port.scheme(), self.name, port.number)
    }
}

//! Ports and their publication.

use crate::diagnostic::{Diagnostic, codes};
use crate::schema::{
    Constant, Decoder, Kind, List, Placed, PortNumber, Reference, Scalar, block, choice, without_constants,
};
use crate::syntax::{Path, Value, ValueKind};

block! {
    /// A port that the program of a service listens on.
    "port" => Port / PortField {
        label name = "The name in references.";
        value number: PortNumber = "The number that the program listens on.";
        /// The protocol; the port's own name where that is `http`, `https` or `grpc`, else `tcp`.
        optional protocol: Protocol,
        /// The outside that may come in.
        optional publish: Publish,
        /// The audience of the port. An `internal` port must not be published, an `admin` one not to the internet, and no site
        /// leads to either without `from` or `login`.
        optional access: Placed<Access>,
        /// The paths that the program answers. Health checks keep to them.
        optional paths: List<Constant>,
        /// The strictness with which the program reads a path; `loose` by default. It decides which spellings a proxy closes.
        optional paths_read: PathsRead,
        /// Requests that the service hands on to another one. It is a connection that no start waits for.
        many forwards: Forward,
        /// The purpose of the port.
        optional description: Constant,
    }
}

impl Port {
    /// The publication; `None` also for `publish = none`.
    #[must_use]
    pub fn published(&self) -> Option<&Publish> {
        self.publish.as_ref().filter(|publish| publish.to.0.word() != Some("none"))
    }
}

block! {
    /// Requests that a service hands on: those for a path go to a port of another service, as they came.
    "forwards" => Forward / ForwardField {
        label path = "A prefix such as `/api`, or `= /path` for exactly one.";
        value to: Reference = "The port that answers them.";
        /// Whether the path is removed before.
        optional strip: bool,
    }
}

choice! {
    /// The protocol of a port; the scheme of its address.
    Protocol {
        /// HTTP.
        Http = "http",
        /// HTTP over TLS. A proxy asks with the service's host name, and does not verify the certificate.
        Https = "https",
        /// Any stream.
        Tcp = "tcp",
        /// Datagrams.
        Udp = "udp",
        /// gRPC, over HTTP/2: a site needs `tls`.
        Grpc = "grpc",
        /// MongoDB's wire protocol.
        Mongodb = "mongodb",
        /// PostgreSQL's protocol.
        Postgresql = "postgresql",
        /// MySQL's protocol.
        Mysql = "mysql",
        /// Redis' protocol.
        Redis = "redis",
        /// AMQP, of RabbitMQ and others.
        Amqp = "amqp",
        /// NATS.
        Nats = "nats",
        /// Kafka's protocol.
        Kafka = "kafka",
        /// FastCGI.
        Fastcgi = "fastcgi",
        /// SMTP.
        Smtp = "smtp",
    }
}

choice! {
    /// The strictness with which a program reads the path of a request.
    PathsRead {
        /// `/METRICS` and `/metrics/` are `/metrics`, as for Express and many others.
        Loose = "loose",
        /// Each byte counts: another spelling is another path.
        Strict = "strict",
    }
}

choice! {
    /// The audience of a port.
    Access {
        /// Everybody.
        Public = "public",
        /// The operators of the platform.
        Admin = "admin",
        /// Services of the platform only.
        Internal = "internal",
    }
}
/// The name of the outside that may come in. Other languages write the port of the host there, or a boolean.
#[derive(Debug, Clone)]
pub struct PublishedTo(pub Path);

impl Scalar for PublishedTo {
    fn shape() -> Kind {
        Reference::shape()
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        // `80:8080`, and `127.0.0.1:80:8080`: the host's port comes before that of the container.
        let digits = |part: &&str| part.parse::<u16>().is_ok();
        let parts = || value.written().unwrap_or_default().rsplit(':');
        let port = match &value.kind {
            ValueKind::Boolean(_) => None,
            ValueKind::Number(_) if !parts().all(|part| digits(&part)) => None,
            _ if parts().next().is_some_and(|last| digits(&last)) => {
                parts().skip(1).find(digits).or(parts().next())
            }
            _ => return Reference::read(value, decoder).map(|name| Self(name.0)),
        };
        let host = port.map(|port| format!(" {{ port = {port} }}")).unwrap_or_default();
        let example = |who: &str| format!("`publish = {who}{host}`");
        let (found, of_host) = (value.kind.describe(), port.map_or("", |_| "; `port` is that of the host"));
        decoder.report(
            Diagnostic::new(codes::TYP001, format!("expected the name of who may come in, found {found}"))
                .at(value.span, format!("this is {found}"))
                .help(format!(
                    "{} lets this machine in, {} everybody, and the name of an `outside` its addresses{of_host}",
                    example("localhost"),
                    example("internet"),
                )),
        );
        None
    }
}

without_constants! { PublishedTo }

block! {
    /// The outside that may come in.
    "publish" => Publish / PublishField {
        value to: PublishedTo = "`internet`, `localhost` or a declared outside; `none` takes back what was published.";
        /// The host's port, where it is another one.
        optional port: PortNumber,
    }
}

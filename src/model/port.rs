//! Ports: what a service listens on, and who may come in.

use crate::diagnostic::{Diagnostic, codes};
use crate::schema::{
    Constant, Decoder, Kind, List, Placed, PortNumber, Reference, Scalar, block, choice, without_constants,
};
use crate::syntax::{Path, Value, ValueKind};

block! {
    /// A port that a service listens on.
    "port" => Port / PortField {
        label name = "What references call it.";
        value number: PortNumber = "The number it listens on.";
        /// What is spoken there; the name's own protocol (`http`, `https`, `grpc`) where it has one, else `tcp`.
        optional protocol: Protocol,
        /// Who may come in from outside.
        optional publish: Publish,
        /// Who it is meant for.
        optional access: Placed<Access>,
        /// The paths it answers, where they are known.
        optional paths: List<Constant>,
        /// How closely its program reads a path; `loose` by default.
        optional paths_read: PathsRead,
        /// Requests that the service hands on to another one.
        many forwards: Forward,
        /// What it is for.
        optional description: Constant,
    }
}

impl Port {
    /// Who may come in; `None` where nobody may, as `publish = none` says.
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
        /// Whether the path is taken off before.
        optional strip: bool,
    }
}

choice! {
    /// What is spoken on a port; the scheme of its address.
    Protocol {
        /// HTTP.
        Http = "http",
        /// HTTP over TLS.
        Https = "https",
        /// Any stream.
        Tcp = "tcp",
        /// Datagrams.
        Udp = "udp",
        /// gRPC.
        Grpc = "grpc",
        /// MongoDB's wire protocol.
        Mongodb = "mongodb",
        /// PostgreSQL's.
        Postgresql = "postgresql",
        /// MySQL's.
        Mysql = "mysql",
        /// Redis'.
        Redis = "redis",
        /// AMQP, of RabbitMQ and others.
        Amqp = "amqp",
        /// NATS.
        Nats = "nats",
        /// Kafka's.
        Kafka = "kafka",
        /// FastCGI.
        Fastcgi = "fastcgi",
        /// Mail.
        Smtp = "smtp",
    }
}

choice! {
    /// How closely a program reads the path of a request.
    PathsRead {
        /// `/METRICS` and `/metrics/` are `/metrics`, as for Express and many others.
        Loose = "loose",
        /// Each byte counts: no other spelling of a path is answered as it.
        Strict = "strict",
    }
}

choice! {
    /// Who a port is meant for.
    Access {
        /// Everybody.
        Public = "public",
        /// Those who run the platform.
        Admin = "admin",
        /// Services of the platform only: it must not be published.
        Internal = "internal",
    }
}
/// The name of who may come in. Other languages say there which port of the host it is, or whether at all.
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
    /// Who may come in from outside.
    "publish" => Publish / PublishField {
        value to: PublishedTo = "`internet`, `localhost` or a declared outside; `none` takes back what was published.";
        /// The host's port, where it is another one.
        optional port: PortNumber,
    }
}

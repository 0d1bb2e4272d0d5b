//! The view made of a platform.

use super::{
    Alert, Backup, Before, Confinement, Connection, Health, Input, Metrics, Model, Mount, Network, Outside,
    Port, Process, Route, Said, Service, Site, Store, Variable, place,
};
use crate::origins::Origins;
use crate::platform::{self, EdgeEnd, InputId, Platform, RouteTarget, Value, ValuePart};
use crate::source::{Sources, Span};
use crate::syntax::Entry;

/// The version of the format.
const FORMAT: u32 = 1;

pub(super) fn model(platform: &Platform, origins: &Origins, sources: &Sources) -> Model {
    let view = View {
        platform,
        origins,
        sources,
        overlay: place::overlay(sources, platform.environment.as_deref()),
    };
    Model {
        format: FORMAT,
        name: platform.name.clone(),
        description: platform.description.clone(),
        owner: platform.owner.clone(),
        environment: platform.environment.clone(),
        runtime: platform.runtime.word(),
        inputs: view.inputs(),
        networks: platform.networks.iter().enumerate().map(|(at, it)| view.network(at, it)).collect(),
        outsides: platform.outsides.iter().map(|it| view.outside(it)).collect(),
        services: platform.services.iter().map(|service| view.service(service)).collect(),
        connections: platform.edges.iter().map(|edge| view.connection(edge)).collect(),
        sites: platform.sites.iter().map(|site| view.site(site)).collect(),
        stores: view.stores(),
        backups: platform.backups.iter().map(|backup| view.backup(backup)).collect(),
        alerts: platform.observed.alerts.iter().map(|alert| view.alert(alert)).collect(),
    }
}

struct View<'a> {
    platform: &'a Platform,
    origins: &'a Origins,
    sources: &'a Sources,
    /// What the environment writes over the platform.
    overlay: Vec<Entry>,
}

impl View<'_> {
    fn said(&self, span: Span) -> Said {
        Said::at(self.sources, span)
    }

    /// The last of several places that a person wrote; where there is none, the last one of the compiler's own sources.
    fn last(&self, spans: impl IntoIterator<Item = Option<Span>>) -> Option<Said> {
        let spans: Vec<Span> = spans.into_iter().flatten().collect();
        let own = spans.iter().rev().find(|span| !self.sources.embedded().contains(&span.file));
        own.or(spans.last()).map(|span| self.said(*span))
    }

    fn path(&self, id: platform::ServiceId) -> String {
        self.platform[id].path.clone()
    }

    /// A value with `${NAME}` for what the operator sets.
    fn text(&self, value: &Value) -> String {
        let parts = value.parts.iter().map(|part| match part {
            ValuePart::Literal(text) => text.to_string(),
            ValuePart::Input(input) => format!("${{{}}}", self.platform[*input].name),
        });
        parts.collect()
    }

    fn inputs(&self) -> Vec<Input> {
        let reads = |service: &platform::Service, id: InputId| {
            let env = service.env.iter().map(|variable| &variable.value);
            let words = service.entrypoint.iter().chain(&service.command).flatten();
            let mut values = env.chain(words).chain(&service.image);
            values.any(|value| value.inputs().any(|it| it == id)) || service.secret_files.contains(&id)
        };
        let mut readers: Vec<Vec<String>> = vec![Vec::new(); self.platform.inputs.len()];
        for service in &self.platform.services {
            for (at, readers) in readers.iter_mut().enumerate() {
                if reads(service, InputId(at)) {
                    readers.push(service.path.clone());
                }
            }
        }
        let of_backups = |at: usize| {
            self.platform.backups_reading(InputId(at)).map(|backup| backup.name.clone()).collect()
        };
        let view = |(at, (input, read_by)): (usize, (&platform::Input, Vec<String>))| Input {
            name: input.name.clone(),
            secret: input.secret,
            default: input.default.clone().filter(|_| !input.secret),
            description: input.description.clone(),
            optional: input.optional,
            read_by,
            read_by_backups: of_backups(at),
            said: self.said(input.span),
        };
        self.platform.inputs.iter().zip(readers).enumerate().map(view).collect()
    }

    fn network(&self, at: usize, network: &platform::Network) -> Network {
        let is_on = |service: &&platform::Service| service.networks.iter().any(|id| id.0 == at);
        Network {
            name: network.name.clone(),
            description: network.description.clone(),
            internal: network.internal,
            services: self
                .platform
                .services
                .iter()
                .filter(is_on)
                .map(|service| service.path.clone())
                .collect(),
            said: self.said(network.span),
        }
    }

    fn service(&self, service: &platform::Service) -> Service {
        let platform = self.platform;
        let origin = self.origins.service(service.id);
        Service {
            path: service.path.clone(),
            name: service.name.clone(),
            description: service.description.clone(),
            group: service.group.map(|group| platform[group].name.clone()),
            role: service.role.map(platform::Role::word),
            run: service.run.word(),
            image: service.image.as_ref().map(|image| self.text(image)),
            build: service.build.as_ref().map(|build| build.context.clone()),
            user: service.user.clone(),
            networks: service.networks.iter().map(|id| platform[*id].name.clone()).collect(),
            ports: service.ports.iter().map(|port| self.port(service, port)).collect(),
            env: service.env.iter().map(|variable| self.variable(service, variable)).collect(),
            mounts: self.mounts(service),
            health: self.health(service),
            metrics: service.metrics.as_ref().map(|metrics| Metrics {
                port: service.ports[metrics.port].name.clone(),
                path: metrics.path.clone(),
                said: self.said(metrics.span),
            }),
            after: service.dependencies.iter().map(|before| self.before(before)).collect(),
            memory: service.resources.memory.0,
            cpu: service.resources.cpu,
            replicas: service.scale.as_ref().map_or(1, |scale| scale.min),
            most_replicas: service.scale.as_ref().map_or(1, |scale| scale.max),
            pids: service.resources.pids,
            process: Process::of(
                platform,
                service,
                |value| self.text(value),
                |key| self.last([self.over(service, key, None)]),
            ),
            confinement: Confinement::of(
                service,
                self.last([self.over(service, "security", origin.security())]),
            ),
            image_said: self.image_said(service),
            command_said: self.last([
                self.over(service, "entrypoint", origin.entrypoint()),
                self.over(service, "command", origin.command()),
            ]),
            scale_said: self.last([self.over(service, "scale", origin.scale())]),
            user_said: self.last([origin.user()]),
            networks_said: self.last([(!service.networks.is_empty()).then(|| origin.networks())]),
            resources_said: self.last([origin.resources(), origin.memory()]),
            said: self.said(service.span),
        }
    }

    /// The last place of a person's source that says a key of a service, else that of the whole, else what its group says.
    fn over(&self, service: &platform::Service, key: &str, span: Option<Span>) -> Option<Span> {
        let of_group = || place::defaulted(&self.overlay, &self.platform[service.group?].name, key);
        place::said(&self.overlay, &service.path, key).or(span).or_else(of_group)
    }

    /// The place that sets the image: where a component builds its name of a parameter, what the instance says of that.
    fn image_said(&self, service: &platform::Service) -> Option<Said> {
        let origin = self.origins.service(service.id);
        let span = origin.image();
        let own =
            ["image", "build"].into_iter().find_map(|key| place::said(&self.overlay, &service.path, key));
        if let Some(own) = own {
            return Some(self.said(own));
        }
        let written = span
            .and_then(|span| self.sources.file(span.file).text().get(span.start as usize..span.end as usize));
        let parameters =
            written.unwrap_or_default().split("${").skip(1).filter_map(|rest| rest.split('}').next());
        let given = parameters.filter_map(|name| place::said(&self.overlay, &service.path, name));
        self.last([origin.build(), span].into_iter().chain(given.map(Some)))
    }

    fn port(&self, service: &platform::Service, port: &platform::Port) -> Port {
        let over = place::written(&self.overlay, &service.path, "port", &port.name);
        Port {
            name: port.name.clone(),
            number: port.number,
            protocol: port.protocol.word(),
            published_to: port.publish.as_ref().map(|publish| self.platform[publish.to].name.clone()),
            host_port: port.publish.as_ref().map(|publish| publish.host_port),
            said: self.said(over.unwrap_or(port.span)),
        }
    }

    fn variable(&self, service: &platform::Service, variable: &platform::EnvVar) -> Variable {
        let over = place::written(&self.overlay, &service.path, "env", &variable.name);
        Variable {
            name: variable.name.clone(),
            value: self.text(&variable.value),
            secret: variable.value.is_secret(self.platform),
            said: self.said(over.unwrap_or(variable.span)),
        }
    }

    fn mounts(&self, service: &platform::Service) -> Vec<Mount> {
        let mount = |kind, name: String, path: String, backup, span: Option<Span>| Mount {
            kind,
            name,
            path,
            said: self.last([span]),
            backup,
        };
        let origin = self.origins.service(service.id);
        let own = service.volumes.iter();
        let own = own.map(|it| {
            let short =
                it.name.strip_prefix(service.name.as_str()).unwrap_or(&it.name).trim_start_matches('-');
            let over = place::written(&self.overlay, &service.path, "volume", short);
            mount("volume", it.name.clone(), it.path.clone(), it.backup, Some(over.unwrap_or(it.span)))
        });
        let shared = service.mounts.iter().map(|it| {
            let volume = &self.platform[it.volume];
            mount("shared volume", volume.name.clone(), it.path.clone(), volume.backup, Some(it.span))
        });
        let binds = service.binds.iter().zip(origin.binds());
        let binds =
            binds.map(|(it, (span, _))| mount("host", it.source.clone(), it.path.clone(), false, Some(span)));
        // Behind those of the source stand the derived ones.
        let declared = origin.memory_paths().map(|(span, _)| Some(span)).chain(std::iter::repeat(None));
        let memory = service.memory_paths.iter().zip(declared);
        let memory =
            memory.map(|(it, span)| mount("memory", it.size.to_string(), it.path.to_string(), false, span));
        let files = service.configs.iter();
        let files = files.map(|it| mount("file", it.below_root(), it.path.clone(), false, Some(it.span)));
        let made = service.artifacts.iter().zip(origin.artifacts());
        let made =
            made.map(|(it, span)| mount("artifacts", it.source(service), it.path.clone(), false, Some(span)));
        own.chain(shared).chain(binds).chain(memory).chain(files).chain(made).collect()
    }

    fn health(&self, service: &platform::Service) -> Health {
        let at = |port: &usize| format!("port {}", service.ports[*port].number);
        let words =
            |words: &[Value]| words.iter().map(|word| self.text(word)).collect::<Vec<String>>().join(" ");
        let (kind, asks) = match &service.health {
            platform::Health::None { reason } => ("none", reason.clone().unwrap_or_default()),
            platform::Health::Builtin(_) => ("image", "a check that the image brings".to_owned()),
            platform::Health::Http { port, readiness, .. } => {
                ("http", format!("{readiness} at {}", at(port)))
            }
            platform::Health::Tcp { port, .. } => ("tcp", at(port)),
            platform::Health::Exec(command) => ("command", words(command)),
            platform::Health::Shell(line) => ("command", self.text(line)),
        };
        let said = self.origins.service(service.id).health().and_then(|health| {
            let command = health.words().next().map(|word| word.span);
            let own = [health.readiness(), health.none(), health.tcp(), command];
            if own.iter().any(Option::is_some) { self.last(own) } else { self.last([Some(health.span())]) }
        });
        Health { kind, asks, said }
    }

    fn before(&self, before: &platform::Dependency) -> Before {
        Before {
            service: self.path(before.on),
            condition: before.condition.word(),
            said: self.said(before.span),
        }
    }

    fn connection(&self, edge: &platform::Edge) -> Connection {
        let (to, port, outside) = match edge.to {
            EdgeEnd::Service(id, port) => {
                let service = &self.platform[id];
                (service.path.clone(), port.map(|port| service.ports[port].number), false)
            }
            EdgeEnd::Outside(id) => (self.platform[id].name.clone(), None, true),
        };
        Connection {
            from: self.path(edge.from),
            to,
            port,
            outside,
            cause: edge.cause.describe(),
            network: edge.network.map(|id| self.platform[id].name.clone()),
            said: self.said(edge.span),
        }
    }

    fn site(&self, site: &platform::Site) -> Site {
        Site {
            name: site.name.clone(),
            domain: self.text(&site.domain),
            tls: site.tls.is_some(),
            served_by: site.served_by.map(|id| self.path(id)),
            routes: site.routes.iter().map(|route| self.route(route)).collect(),
            said: self.said(site.span),
        }
    }

    fn route(&self, route: &platform::Route) -> Route {
        let to = match &route.to {
            RouteTarget::Port(id, port) => {
                let service = &self.platform[*id];
                format!("{}.{}", service.path, service.ports[*port].name)
            }
            RouteTarget::Address(address) => self.text(address),
            RouteTarget::Files { root, .. } => format!("files of {root}"),
            RouteTarget::Deny => "nobody: it is refused".to_owned(),
            RouteTarget::Redirect { to, .. } => format!("another address: {to}"),
            RouteTarget::Respond { status, .. } => format!("the proxy itself: {status}"),
        };
        Route {
            path: route.path.path().to_owned(),
            exact: matches!(route.path, platform::RoutePath::Exact(_)),
            to,
            from: route.from.map(|id| self.platform[id].name.clone()),
            said: self.said(route.span),
        }
    }

    fn stores(&self) -> Vec<Store> {
        let platform = self.platform;
        let store = |kind, of, name: &str, retention: Option<crate::schema::Duration>, span| Store {
            kind,
            of: self.path(of),
            name: name.to_owned(),
            retention_seconds: retention.map(|it| it.0 / 1_000),
            said: self.said(span),
        };
        let buckets =
            platform.buckets.iter().map(|it| store("bucket", it.of, &it.name, it.retention, it.span));
        let indexes =
            platform.indexes.iter().map(|it| store("index", it.of, &it.name, it.retention, it.span));
        let databases = platform.databases.iter().map(|it| store("database", it.of, &it.name, None, it.span));
        buckets.chain(indexes).chain(databases).collect()
    }

    fn backup(&self, backup: &platform::Backup) -> Backup {
        Backup {
            name: backup.name.clone(),
            of: self.path(backup.of),
            to: backup.to.iter().map(|it| self.platform.destination_name(it.kind)).collect(),
            schedule: backup.schedule.clone(),
            said: self.said(backup.span),
        }
    }

    fn outside(&self, outside: &platform::Outside) -> Outside {
        let endpoint = |it: &platform::Endpoint| format!("{}:{}", it.host, it.port);
        Outside {
            name: outside.name.clone(),
            ranges: outside.ranges.clone(),
            endpoints: outside.endpoints.iter().map(endpoint).collect(),
            said: outside.span.map(|span| self.said(span)),
        }
    }

    fn alert(&self, alert: &platform::observe::Alert) -> Alert {
        let annotations = alert.annotations.iter();
        Alert {
            name: alert.name.clone(),
            of: alert.owner.map(|id| self.path(id)),
            severity: alert.severity.map(platform::Severity::word),
            query: alert.query.text.clone(),
            for_seconds: alert.wait.map_or(0, |wait| wait.0 / 1_000),
            annotations: annotations.map(|it| (it.name.clone(), it.text.clone())).collect(),
            said: self.said(alert.span),
        }
    }
}

//! What is kept: buckets, indexes, databases, who may use them, backups; and what the operator sets.

use serde::Serialize;

use super::access;
use super::commands::profiles;
use super::markdown::{code, codes, prose};
use super::services::{running, text};
use crate::platform::{
    self, EnvVar, FILES, Grant, InputId, IssuerKind, Limit, Platform, Runtime, Service, ServiceId,
};
use crate::target::inputs::bind;
use crate::target::nginx;

#[derive(Serialize)]
pub(super) struct Store {
    of: String,
    name: String,
    kind: &'static str,
    description: String,
    kept: String,
}

pub(super) fn stores(platform: &Platform) -> Vec<Store> {
    let mut rows = Vec::new();
    let of = |id: ServiceId| code(&platform[id].name);
    let about = |text: &Option<String>| text.as_deref().map(prose).unwrap_or_default();
    for it in &platform.buckets {
        let kept = it.retention.map(|age| code(&age.to_string())).unwrap_or_default();
        rows.push(Store {
            of: of(it.of),
            name: code(&it.name),
            kind: "bucket",
            description: about(&it.description),
            kept,
        });
    }
    for it in &platform.indexes {
        let kept = it.retention.map(|age| code(&age.to_string())).unwrap_or_default();
        rows.push(Store {
            of: of(it.of),
            name: code(&it.name),
            kind: "index",
            description: about(&it.description),
            kept,
        });
    }
    for it in &platform.databases {
        rows.push(Store {
            of: of(it.of),
            name: code(&it.name),
            kind: "database",
            description: about(&it.description),
            kept: String::new(),
        });
    }
    rows
}

#[derive(Serialize)]
pub(super) struct Account {
    of: String,
    name: String,
    read: String,
    write: String,
    delete: String,
    used: String,
}

pub(super) fn accounts(platform: &Platform) -> Vec<Account> {
    let names = |grants: &[Grant]| {
        let names: Vec<String> = grants
            .iter()
            .map(|grant| match grant {
                Grant::Bucket(id) => platform[*id].name.clone(),
                Grant::Index(id) => platform[*id].name.clone(),
                Grant::Database(id) => platform[*id].name.clone(),
                Grant::Named(name) => name.clone(),
            })
            .collect();
        codes(names.iter().map(String::as_str))
    };
    let rows = platform.accounts.iter().map(|account| {
        let secrets: Vec<InputId> = account.secrets.iter().map(|(_, input)| *input).collect();
        let uses = |variable: &EnvVar| variable.value.inputs().any(|input| secrets.contains(&input));
        let mut used = Vec::new();
        // The instance and its own jobs know every account: who uses one is another service.
        let own = |service: &Service| {
            service.id == account.of || service.parent == Some(account.of) || Some(service.id) == account.by
        };
        for service in running(platform).filter(|service| !own(service)) {
            for variable in service.env.iter().filter(|it| uses(it)) {
                used.push(format!("{} by {}", code(&service.name), code(&variable.name)));
            }
        }
        Account {
            of: code(&platform[account.of].name),
            name: code(&account.name),
            read: names(&account.read),
            write: if account.has_write { names(&account.write) } else { "all".to_owned() },
            delete: names(&account.delete),
            used: used.join(", "),
        }
    });
    rows.collect()
}

#[derive(Serialize)]
pub(super) struct Input {
    name: String,
    kind: &'static str,
    default: String,
    description: String,
    used: String,
}

/// What the operator sets, secrets last.
pub(super) fn inputs(platform: &Platform) -> Vec<Input> {
    let for_copies = platform.read_for_copies();
    let row = |at: usize| {
        let input = &platform.inputs[at];
        let id = InputId(at);
        let reads = |service: &&Service| {
            let values = service.env.iter().map(|it| &it.value);
            let words = service.command.iter().chain(&service.entrypoint).flatten();
            values.chain(words).chain(&service.image).any(|value| value.inputs().any(|it| it == id))
                || service.secret_files.contains(&id)
        };
        let services = running(platform).filter(reads).map(|service| code(&service.name));
        let places =
            for_copies.get(&id).into_iter().flatten().map(|place| format!("copies to {}", code(place)));
        let used: Vec<String> = services.chain(places).collect();
        let rule = match (&input.min_length, input.one_of.is_empty()) {
            (Some(least), _) => format!(" (at least {least} characters)"),
            (None, false) => format!(" (one of {})", codes(input.one_of.iter().map(String::as_str))),
            (None, true) => String::new(),
        };
        let optional = if input.optional { " (may stay empty)" } else { "" };
        Input {
            name: code(&input.name),
            kind: if input.secret { "secret" } else { "variable" },
            default: input.default.as_deref().filter(|_| !input.secret).map(code).unwrap_or_default(),
            description: format!(
                "{}{rule}{optional}",
                input.description.as_deref().map(prose).unwrap_or_default()
            )
            .trim_start()
            .to_owned(),
            used: used.join(", "),
        }
    };
    let (secrets, variables): (Vec<usize>, Vec<usize>) =
        (0..platform.inputs.len()).partition(|at| platform.inputs[*at].secret);
    let own = of_compose(platform).into_iter();
    own.chain(variables.into_iter().chain(secrets).map(row)).collect()
}

/// What compose reads that no source has to declare.
fn of_compose(platform: &Platform) -> Vec<Input> {
    if platform.runtime != Runtime::Compose {
        return Vec::new();
    }
    let mut rows = Vec::new();
    let profiles = profiles(platform);
    if !profiles.is_empty() {
        rows.push(Input {
            name: code("COMPOSE_PROFILES"),
            kind: "variable",
            default: String::new(),
            description: format!(
                "The parts that start, with commas between: of {}",
                codes(profiles.split(','))
            ),
            used: "compose".to_owned(),
        });
    }
    let bound: Vec<&str> = bind::bound_by_operator(platform).map(|(it, _)| it.name.as_str()).collect();
    if !bound.is_empty() {
        rows.push(Input {
            name: code(bind::ADMIN_BIND),
            kind: "variable",
            default: code(bind::default_bind(platform)),
            description: "The address of the host that ports for named outsides are bound to".to_owned(),
            used: codes(bound),
        });
    }
    rows.retain(|row| platform.inputs.iter().all(|input| code(&input.name) != row.name));
    rows
}

#[derive(Serialize)]
pub(super) struct Site {
    name: String,
    address: String,
    description: String,
    tls: bool,
    /// Other host names for the same.
    aliases: String,
    /// Where its certificate comes from.
    certificate: String,
    limit: String,
    served_by: String,
    routes: Vec<Route>,
}

#[derive(Serialize)]
struct Route {
    path: String,
    to: String,
    who: String,
}

pub(super) fn sites(platform: &Platform) -> Vec<Site> {
    use crate::platform::{RoutePath, RouteTarget};
    let to = |target: &RouteTarget| match target {
        RouteTarget::Port(service, port) => {
            let service = &platform[*service];
            let number = service.ports.get(*port).map(|port| port.number).unwrap_or_default();
            code(&format!("{}:{number}", service.name))
        }
        RouteTarget::Address(value) => code(&text(platform, value)),
        RouteTarget::Files { root, .. } => format!("files of {}", code(root)),
        RouteTarget::Deny => "refused".to_owned(),
        RouteTarget::Redirect { to, .. } => format!("sent on to {}", code(to)),
        RouteTarget::Respond { status, .. } => format!("answered with {}", code(&status.to_string())),
    };
    let rows = platform.sites.iter().map(|site| Site {
        name: code(&site.name),
        address: code(&format!("{}://{}", site.scheme(), text(platform, &site.domain))),
        description: site.description.as_deref().map(prose).unwrap_or_default(),
        tls: site.tls.is_some(),
        aliases: codes(site.aliases.iter().map(String::as_str)),
        certificate: certificate(platform, site),
        limit: site.limit.map(limit).unwrap_or_default(),
        served_by: site.served_by.map(|it| code(&platform[it].name)).unwrap_or_default(),
        routes: site
            .routes
            .iter()
            .map(|route| Route {
                path: match &route.path {
                    RoutePath::Prefix(path) => code(path),
                    RoutePath::Exact(path) => format!("{} alone", code(path)),
                },
                to: to(&route.to),
                who: who(platform, route),
            })
            .collect(),
    });
    rows.collect()
}

/// Who may come to a route.
fn who(platform: &Platform, route: &platform::Route) -> String {
    let who = match (route.from, route.login) {
        (Some(from), None) => access::who(platform, from),
        (Some(from), Some(_)) => format!("{}, with a login", access::who(platform, from)),
        (None, Some(_)) => "everybody with a login".to_owned(),
        (None, None) => "everybody".to_owned(),
    };
    route.limit.map_or_else(|| who.clone(), |it| format!("{who}; {}", limit(it)))
}

fn limit(limit: Limit) -> String {
    let burst = limit.burst.map(|burst| format!(", and {burst} at once beyond that")).unwrap_or_default();
    format!("{} in {} from one address{burst}", limit.rate, code(&limit.per.to_string()))
}

fn certificate(platform: &Platform, site: &platform::Site) -> String {
    let Some(tls) = &site.tls else { return String::new() };
    match &tls.issuer.kind {
        IssuerKind::SelfSigned => "signs itself, so browsers warn of it".to_owned(),
        IssuerKind::Acme(_) => format!("issued by {} over ACME", code(&tls.issuer.name)),
        IssuerKind::Files => match files(platform, site) {
            Some([chain, key]) => format!("the operator's own, {chain} with the key {key}"),
            None => "the operator's own".to_owned(),
        },
    }
}

/// The files of the host with the operator's certificate of a site: the chain and its key. `None` where no folder of the host
/// holds them.
fn files(platform: &Platform, site: &platform::Site) -> Option<[String; 2]> {
    let proxy = &platform[site.served_by?];
    let own = |tls: &platform::Tls| matches!(tls.issuer.kind, IssuerKind::Files);
    site.tls.as_ref().filter(|tls| own(tls) && platform.runtime == Runtime::Compose)?;
    let folder = proxy.binds.iter().find(|bind| bind.path.trim_end_matches('/') == FILES)?;
    let id = nginx::folder_of(platform, site)?;
    let file = |name: &str| code(&format!("{}/{id}/{name}", folder.source.trim_end_matches('/')));
    Some([file("fullchain.pem"), file("privkey.pem")])
}

/// The files with the operator's certificates of all sites.
pub(super) fn certificates(platform: &Platform) -> Vec<String> {
    platform.sites.iter().filter_map(|site| files(platform, site)).flatten().collect()
}

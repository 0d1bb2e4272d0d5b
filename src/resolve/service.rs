//! One service: its references bound, its defaults filled in.

use indexmap::IndexSet;
use smallvec::SmallVec;

use super::bears::bears;
use super::place::{optional, pairs};
use super::text::{Mentions, Texts, Thing, protocol};
use super::{
    backup, capability, config, guide, health, image, outside, rotate, site, sound, storage, target, tree,
    workload,
};
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::HashMap;
use crate::model::{self, PathsRead, RunKind};
use crate::platform::{
    Bears, Build, EnvVar, GroupId, Health, ImageFacts, ImageName, NetworkId, Platform, Port, Publish,
    Service, ServiceId, Value, ValuePart,
};
use crate::schema::{List, Template};
use crate::source::Span;

/// Binds the service at a place among all services; the one that it stands in is bound already. `networks_lost` is whether some networks
/// of that one could not be bound, and of the service in the result.
pub(super) fn service(
    index: usize,
    (parent, networks_lost): (Option<&Service>, bool),
    platform: &Platform,
    images: &image::Images,
    texts: &mut Texts<'_>,
) -> (Service, Mentions, bool) {
    let names = texts.names;
    let placed = &names.services[index];
    let block = placed.block;
    let mut mentions = Mentions::default();
    let image::Runs { image, image_name, base_name } =
        image::runs(block, parent, platform, images, &mut mentions, texts);
    let find = |name: &ImageName| images.index.find(name);
    let facts = base_name.as_ref().and_then(find).filter(|at| image::comparable(*at, block, platform, texts));
    let ports = ports(block, facts.and_then(|at| platform.catalogue.get(at)), platform, texts);
    let (networks, networks_lost) = networks(block, (parent, networks_lost), platform, texts);
    let env = env(block, &mut mentions, texts);
    let dump = block.dump.as_ref().map(|dump| Box::new(backup::dump(dump, index, &env, texts)));
    let mut service = Service {
        id: ServiceId(index),
        path: placed.path.as_str().to_owned(),
        name: placed.name.as_str().to_owned(),
        description: optional(block.description.as_ref(), texts),
        group: group(block, texts).or_else(|| parent.and_then(|parent| parent.group)),
        parent: parent.map(|parent| parent.id),
        role: block.role,
        image,
        build: build(block, texts),
        facts,
        kernel_below: None,
        image_facts: image_name
            .as_ref()
            .and_then(|name| find(&images.original(name.clone())))
            .filter(|_| texts.has_room()),
        image_name,
        base_name,
        entrypoint: arguments(block.entrypoint.as_ref(), &mut mentions, texts),
        command: arguments(block.command.as_ref(), &mut mentions, texts),
        user: optional(block.user.as_ref(), texts),
        bears: Bears::default(),
        networks,
        health: Health::None { reason: None },
        times: workload::times(block),
        needs_others: workload::needs_others(block),
        metrics: None,
        env,
        volumes: storage::volumes(block, &placed.name, texts),
        mounts: storage::mounts(block, texts),
        binds: storage::binds(block, texts),
        memory_paths: SmallVec::new(),
        configs: config::configs(block, &mut mentions, texts),
        artifacts: target::mounted(block, texts),
        secret_files: Vec::new(),
        api: workload::api(block, texts),
        dependencies: Vec::new(),
        starts_without: Vec::new(),
        dump,
        guide: block.guide.as_ref().map(|guide| Box::new(guide::guide(guide, texts))),
        rotations: rotate::rotations(block, ServiceId(index), texts),
        run: block.run.as_ref().map_or(RunKind::Always, |run| run.kind),
        schedule: workload::schedule(block),
        resources: workload::resources(block),
        scale: workload::scale(block),
        security: workload::security(block),
        process: workload::process(block),
        placement: workload::placement(block),
        retention: workload::retention(block),
        labels: pairs(block.labels.as_ref(), texts),
        overrides: tree::overrides(&block.override_, texts),
        ports,
        span: block.name.span,
    };
    let known = facts.and_then(|at| platform.catalogue.get(at));
    if service.user.is_none() && !service.exception(|security| security.root) {
        service.user = known.and_then(|facts| facts.user.clone());
    }
    service.kernel_below = known.and_then(|facts| {
        let tag = service.base_name.as_ref()?.tag.as_deref()?;
        let mut of_tag = facts.kernel_below.iter().filter(|(line, _)| image::is_of(line, tag));
        of_tag.next().map(|(_, kernel)| *kernel)
    });
    service.bears = bears(&service, block, known);
    service.memory_paths = storage::memory_paths(&service, block, known);
    service.health = health::health(&service, known, &mut mentions, texts);
    service.metrics = health::metrics(&service, texts);
    sound::expect_reason(block, texts);
    capability::expect_capabilities(block, texts);
    sound::service(block, service.image.as_ref(), texts);
    storage::one_place_each(&service, texts);
    (service, mentions, networks_lost)
}

fn build(block: &model::Service, texts: &mut Texts<'_>) -> Option<Build> {
    let build = block.build.as_ref()?;
    let mut args = Vec::new();
    for (name, template) in build.args.iter().flat_map(|args| &args.entries) {
        // A reference is no connection: the build has none to the platform.
        let value = texts.template(template, &mut Mentions::default());
        if value.inputs().any(|input| texts.is_secret(input)) {
            texts.literal(&value, template.span);
        }
        args.push((name.text.as_str().to_owned(), value));
    }
    Some(Build {
        context: texts.constant(&build.context),
        dockerfile: optional(build.dockerfile.as_ref(), texts),
        target: optional(build.target.as_ref(), texts),
        args,
    })
}

fn group(block: &model::Service, texts: &mut Texts<'_>) -> Option<GroupId> {
    let group = block.group.as_ref()?;
    texts.own_namespace(&group.0, "group", &texts.names.groups).map(GroupId)
}

/// The networks of a service, and whether some could not be bound.
fn networks(
    block: &model::Service,
    (parent, parent_lost): (Option<&Service>, bool),
    platform: &Platform,
    texts: &mut Texts<'_>,
) -> (Vec<NetworkId>, bool) {
    let Some(list) = &block.networks else {
        if let Some(parent) = parent {
            let networks = if texts.copy(parent.networks.len(), block.span) {
                parent.networks.clone()
            } else {
                Vec::new()
            };
            return (networks, parent_lost);
        }
        let host = block.security.as_ref().and_then(|security| security.host_network).unwrap_or(false);
        let runs = block.image.is_some() || block.build.is_some();
        if texts.document.network.is_empty() && !host {
            let all = platform.networks.first().map(|_| NetworkId(0));
            return (all.into_iter().collect(), false);
        }
        // The networks may be those that its group says.
        let group = block.group.as_ref().and_then(|group| group.0.word());
        let no_group = group.is_some_and(|group| !texts.names.groups.contains_key(group));
        let lost = no_group || texts.absent.lost.contains(&block.name.text);
        let nowhere = !platform.networks.is_empty() && !host && runs && !lost;
        if nowhere {
            let first = platform.networks.first().map_or("NAME", |network| network.name.as_str());
            texts.sink.report(
                Diagnostic::new(codes::TYP006, format!("`{}` is on no network", block.name.text))
                    .at(block.span, "nobody reaches it, and it reaches nobody")
                    .help(format!("write `networks = [{first}]`, or `[]` where that is meant")),
            );
        }
        // That nobody reaches it is told once.
        return (Vec::new(), lost || nowhere);
    };
    let mut networks = IndexSet::with_capacity(list.items.len());
    let mut lost = !list.whole;
    for item in &list.items {
        let network = texts.own_namespace(&item.0, "network", &texts.names.networks);
        lost |= network.is_none();
        networks.extend(network.map(NetworkId));
    }
    (networks.into_iter().collect(), lost)
}

fn ports(
    block: &model::Service,
    facts: Option<&ImageFacts>,
    platform: &Platform,
    texts: &mut Texts<'_>,
) -> Vec<Port> {
    let mut ports: Vec<Port> = Vec::with_capacity(block.port.len());
    let mut numbers: HashMap<(u16, bool), Span> = HashMap::default();
    let several = block.port.len() > 1;
    for port in &block.port {
        let number = port.number.0;
        let is_udp = protocol(port) == model::Protocol::Udp;
        if let Some(first) = numbers.get(&(number, is_udp)).filter(|_| several) {
            texts.sink.report(
                Diagnostic::new(
                    codes::NAM002,
                    format!("two ports of `{}` have the number {number}", block.name.text),
                )
                .at(port.span, "this one")
                .at(*first, "and this one"),
            );
        } else if several {
            numbers.insert((number, is_udp), port.span);
        }
        let publish = port.published().and_then(|publish| {
            let to = outside::named(&publish.to.0, texts)?;
            outside::expect_ranges(&platform[to], publish.to.0.span, texts);
            let host_port = publish.port.map_or(number, |port| port.0);
            Some(Publish { to, host_port, span: publish.to.0.span })
        });
        let said = port.access;
        let paths =
            port.paths.as_ref().map(|list| list.items.iter().map(|path| texts.constant(path)).collect());
        ports.push(Port {
            name: port.name.text.as_str().to_owned(),
            number,
            protocol: protocol(port),
            publish,
            access: said.map(|said| said.value).or_else(|| facts.and_then(|facts| facts.access(number))),
            access_said: said
                .map(|said| said.span)
                .filter(|span| !texts.absent.sources.embedded().contains(&span.file)),
            paths: paths.unwrap_or_default(),
            strict: port.paths_read == Some(PathsRead::Strict),
            description: optional(port.description.as_ref(), texts),
            forwards: port.forwards.iter().filter_map(|block| site::forward(block, texts)).collect(),
            span: port.span,
        });
    }
    ports
}

fn env(block: &model::Service, mentions: &mut Mentions, texts: &mut Texts<'_>) -> Vec<EnvVar> {
    let entries = block.env.as_ref().map(|env| env.entries.as_slice()).unwrap_or_default();
    let mut out = Vec::with_capacity(entries.len());
    for (name, value) in entries {
        // POSIX.1-2024, Base Definitions, section 8.1, and no more: images use dots and hyphens, too.
        if name.text.is_empty()
            || name.text.contains(|c: char| c == '=' || c.is_whitespace() || c.is_control())
        {
            texts.sink.report(
                Diagnostic::new(
                    codes::TYP007,
                    format!("`{}` cannot be the name of an environment variable", name.text),
                )
                .at(name.span, "without `=` and white space, and not empty"),
            );
            continue;
        }
        let made = match &value.value {
            Some(template) => texts.template(template, mentions),
            None => passed_on(name, texts),
        };
        // A name that leads nowhere is told where it stands.
        let lost = value.value.as_ref().is_none_or(|said| said.text.as_literal().is_none());
        if value.file.is_some() && !(lost && made.parts.is_empty()) {
            expect_one_secret(&name.text, &made, value.span, texts);
        }
        out.push(EnvVar {
            name: name.text.as_str().to_owned(),
            value: made,
            file: value.file.clone(),
            span: value.span,
        });
    }
    out
}

/// Reports what cannot be handed over as a file: a file of secrets is the secret itself.
fn expect_one_secret(name: &str, value: &Value, span: Span, texts: &mut Texts<'_>) {
    let reason = match value.parts.as_slice() {
        [ValuePart::Input(input)] if texts.is_optional(*input) => {
            "the secret may stay empty, and then there is no file"
        }
        [ValuePart::Input(input)] if texts.is_secret(*input) => return,
        _ => "only a secret, and nothing beside it, can be a file",
    };
    texts.sink.report(
        Diagnostic::new(codes::PHA002, format!("`{name}` cannot be handed over as a file"))
            .at(span, reason)
            .help("take `file = true` out, or hand the secret over by itself"),
    );
}

/// A name alone passes the variable of that name on.
fn passed_on(name: &crate::syntax::Name, texts: &mut Texts<'_>) -> Value {
    let path = crate::syntax::Path {
        segments: vec![name.text.clone()],
        span: name.span,
        scope: crate::syntax::Scope::Platform,
    };
    match texts.find(&path, &mut Mentions::default()) {
        Some(Thing::Text(value)) => value,
        Some(thing) => {
            texts.wrong_kind(&path, &thing, "a variable or secret");
            Value::default()
        }
        None => Value::default(),
    }
}

fn arguments(
    list: Option<&List<Template>>,
    mentions: &mut Mentions,
    texts: &mut Texts<'_>,
) -> Option<Vec<Value>> {
    list.map(|list| list.items.iter().map(|item| texts.template(item, mentions)).collect())
}

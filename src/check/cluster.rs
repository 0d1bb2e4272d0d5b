//! What no cluster takes: names that are too long for its objects, pods whose image, files or volumes it cannot find.
//!
//! An API server refuses these one by one, and a kubelet some of them only when the pod starts.

pub(super) mod copies;
pub(super) mod watched;

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::IndexMap;
use crate::origins::{HealthOrigin, Origins};
use crate::platform::{
    EdgeEnd, Health, Level, OutsideId, Platform, Role, RunKind, Runtime, Service, Taken, Value, VolumeId,
    is_label_key,
};

/// The services whose pods a cluster runs.
fn of_cluster(platform: &Platform) -> impl Iterator<Item = &Service> {
    let on = platform.runtime == Runtime::Kubernetes;
    platform.services.iter().filter(move |service| on && service.runs())
}

/// How long the name of a service may be, and what the cluster adds to it: names and labels have 63 characters.
fn room(platform: &Platform, service: &Service) -> (usize, &'static str) {
    match service.run {
        RunKind::Once if !platform.renews(service) => (54, "a Job is called `NAME-` and eight digits"),
        // kubernetes/kubernetes:pkg/apis/batch/validation/validation.go, `ValidateCronJobCreate`.
        RunKind::Schedule | RunKind::Once => (52, "the Jobs of a CronJob are called `NAME-` and ten digits"),
        // kubernetes/kubernetes#64023: pods carry `NAME-` and a revision in a label.
        RunKind::Always if !service.volumes.is_empty() => {
            (52, "pods that keep a disk carry `NAME-` and a revision of ten characters in a label")
        }
        _ => (63, "a name has at most 63 characters"),
    }
}

/// K8S001: names that objects of a cluster cannot have.
pub(super) fn names(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    if platform.runtime == Runtime::Kubernetes {
        derived(platform, origins, sink);
    }
    for service in of_cluster(platform) {
        let (most, why) = room(platform, service);
        if service.name.len() > most {
            let length = service.name.len();
            sink.report(
                Diagnostic::new(
                    codes::K8S001,
                    format!("`{}` is too long for the name of an object", service.name),
                )
                .about(&service.path)
                .at(service.span, format!("{length} characters, of which a cluster takes {most} here"))
                .help(why),
            );
        } else if !service.ports.is_empty() && service.name.starts_with(|c: char| c.is_ascii_digit()) {
            sink.report(
                Diagnostic::new(codes::K8S001, format!("`{}` cannot be a Service", service.name))
                    .about(&service.path)
                    .at(service.span, "starts with a digit")
                    .help("begin it with a letter"),
            );
        }
    }
}

/// The most that a name has.
const NAME: usize = 63;

/// Whether a namespace is there for what a cluster itself needs, or for whatever names none
/// (kubernetes.io, "Namespaces": "Initial namespaces", and the prefix that is reserved).
fn is_of_clusters(namespace: &str) -> bool {
    namespace == "default" || namespace.starts_with("kube-")
}

/// K8S001: names that follow from others and are too long: of namespaces, and of Services.
fn derived(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for namespace in platform.namespaces().iter().filter(|name| name.len() > NAME) {
        let Some(header) = origins.header() else { continue };
        let label = format!("makes {} characters, of which a cluster takes {NAME}", namespace.len());
        sink.report(
            Diagnostic::new(codes::K8S001, format!("`{namespace}` is too long for the name of a namespace"))
                .at(header.span(), label)
                .help("name a shorter one: `target kubernetes { namespace = \"…\" }`"),
        );
    }
    let namespace = platform.namespace();
    if let Some(header) = origins.header().filter(|_| is_of_clusters(namespace)) {
        sink.report(
            Diagnostic::new(codes::K8S001, format!("`{namespace}` is a namespace of the cluster's own"))
                .at(
                    header.span(),
                    "its policies would hold for every pod there, and deny what they do not name",
                )
                .help("name one of its own: `target kubernetes { namespace = \"…\" }`"),
        );
    }
    for ((_, name), taken) in platform.names_of_services().iter().filter(|((_, name), _)| name.len() > NAME) {
        for service in taken.iter().filter(|taken| matches!(taken, Taken::Published(_))).map(Taken::service) {
            sink.report(
                Diagnostic::new(codes::K8S001, format!("`{name}` is too long for the name of a Service"))
                    .about(&service.path)
                    .at(
                        service.span,
                        format!("publishes ports, and {} characters are more than {NAME}", name.len()),
                    )
                    .help("give the service, or the outside, a shorter name"),
            );
        }
    }
}

/// K8S010: a name that follows from one thing and is another's: both would be one object, and the last one applied holds.
pub(super) fn clashes(platform: &Platform, sink: &mut Sink) {
    if platform.runtime != Runtime::Kubernetes {
        return;
    }
    for ((_, name), taken) in &platform.names_of_services() {
        let [first, second, ..] = taken.as_slice() else { continue };
        // A service that is called so can be called otherwise.
        let (named, other) = if matches!(second, Taken::Own(_)) { (second, first) } else { (first, second) };
        sink.report(
            Diagnostic::new(codes::K8S010, format!("two Services of a cluster would be called `{name}`"))
                .about(&named.service().path)
                .at(named.service().span, named.describe())
                .at(other.service().span, other.describe())
                .help("give one of the two another name"),
        );
    }
    for (id, namespace) in &platform.namespaces_of_claims() {
        let volume = &platform[*id];
        if let Some(set) = platform.claimed_by_set(&volume.name, namespace) {
            sink.report(
                Diagnostic::new(
                    codes::K8S010,
                    format!("`{}` would be a disk of `{}`", volume.name, set.path),
                )
                .at(volume.span, "a shared volume")
                .at(set.span, "its pods take claims of such names for their own")
                .help("give the volume another name"),
            );
        }
    }
}

/// K8S002: ports by names that a cluster does not take
/// (kubernetes/apimachinery:pkg/util/validation/validation.go, `IsValidPortName`).
pub(super) fn ports(platform: &Platform, sink: &mut Sink) {
    for service in of_cluster(platform) {
        for port in &service.ports {
            let name = port.name.as_str();
            let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            let why = if name.len() > 15 {
                format!("{} characters, of which a cluster takes 15", name.len())
            } else if !plain {
                "has other characters than lower-case letters, digits and hyphens".to_owned()
            } else if !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
                "has no letter".to_owned()
            } else if name.starts_with('-') || name.ends_with('-') || name.contains("--") {
                "has a hyphen at an end, or two in a row".to_owned()
            } else {
                continue;
            };
            sink.report(
                Diagnostic::new(
                    codes::K8S002,
                    format!("`{name}` of `{}` cannot be the name of a port", service.path),
                )
                .about(&service.path)
                .at(port.span, why)
                .help("rename it: lower-case letters, digits and single hyphens, at most 15"),
            );
        }
    }
}

/// K8S003: labels whose keys are none, and those that a cluster's objects have of their own.
pub(super) fn labels(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in of_cluster(platform) {
        let places = origins.service(service.id).labels().map(|(key, _)| key);
        for ((key, _), span) in service.labels.iter().zip(places) {
            let (why, help) = if key.starts_with("app.kubernetes.io/") {
                (
                    "objects are found by these, which the compiler writes",
                    "use a domain of your own, such as `\"example.com/name\"`",
                )
            } else if !is_label_key(key) {
                (
                    "a key is `NAME`, or `DOMAIN/NAME`, of letters, digits, `-`, `_` and `.`, the name of at most 63",
                    "write a key of that form; what it says may be any text",
                )
            } else {
                continue;
            };
            sink.report(
                Diagnostic::new(codes::K8S003, format!("`{key}` cannot be a label of `{}`", service.path))
                    .about(&service.path)
                    .at(span, why)
                    .help(help),
            );
        }
    }
}

/// K8S004: images that a cluster cannot know: those that are built on the host, and those whose name the operator makes up.
pub(super) fn images(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in of_cluster(platform) {
        let Some(image) = &service.image else {
            let span = origins.service(service.id).build().unwrap_or(service.span);
            sink.report(
                Diagnostic::new(
                    codes::K8S004,
                    format!("`{}` has no image that a cluster could pull", service.path),
                )
                .about(&service.path)
                .at(span, "is built where the source is")
                .help(
                    "push it to a registry, and name it beside: `image = \"registry.example.com/NAME:TAG\"`",
                ),
            );
            continue;
        };
        let unknown = image.inputs().map(|id| &platform[id]).find(|input| input.default.is_none());
        if let (Some(input), Some(said)) = (unknown, origins.service(service.id).image()) {
            sink.report(
                Diagnostic::new(
                    codes::K8S004,
                    format!("the image of `{}` depends on `{}`", service.path, input.name),
                )
                .about(&service.path)
                .at(said, "a pod's image is a fixed name")
                .at(input.span, "has no default")
                .help("give it a default, which an environment may change"),
            );
        }
    }
}

/// K8S005: paths of the project in a pod, which runs on a node that has none.
pub(super) fn paths(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in of_cluster(platform) {
        for (bind, (_, source)) in service.binds.iter().zip(origins.service(service.id).binds()) {
            if bind.source.starts_with('/') {
                continue;
            }
            sink.report(
                Diagnostic::new(
                    codes::K8S005,
                    format!("`{}` of `{}` is on no node of a cluster", bind.source, service.path),
                )
                .about(&service.path)
                .at(source, "a path of the project")
                .help("put a file in by `config \"PATH\" { from = \"…\" }`, or a folder into the image"),
            );
        }
    }
}

/// K8S006: a volume that pods of several namespaces mount: a claim belongs to one.
pub(super) fn volumes(platform: &Platform, sink: &mut Sink) {
    let mut of_volumes: IndexMap<VolumeId, Vec<(&Service, Level)>> = IndexMap::default();
    for service in of_cluster(platform) {
        for mount in &service.mounts {
            of_volumes.entry(mount.volume).or_default().push((service, Level::of(service)));
        }
    }
    for (id, users) in &of_volumes {
        let volume = &platform[*id];
        let Some((first, strictest)) = users.iter().min_by_key(|(_, level)| *level) else { continue };
        let Some((other, level)) = users.iter().find(|(_, level)| level != strictest) else { continue };
        let reasons = Level::reasons(other).join(", ");
        sink.report(
            Diagnostic::new(
                codes::K8S006,
                format!("`{}` is mounted in two namespaces, and a claim belongs to one", volume.name),
            )
            .at(volume.span, "the volume")
            .at(other.span, format!("stands in `{}`, because it {reasons}", level.word()))
            .at(first.span, "does not")
            .help("let both keep to the same level of the Pod Security Standards"),
        );
    }
}

/// K8S011: volumes that several pods mount, on whichever nodes they are, where no storage class is named that offers it.
pub(super) fn classes(platform: &Platform, sink: &mut Sink) {
    if platform.settings.kubernetes.shared_storage_class.is_some() {
        return;
    }
    let mut of_volumes: IndexMap<VolumeId, Vec<&Service>> = IndexMap::default();
    for service in of_cluster(platform) {
        for mount in &service.mounts {
            of_volumes.entry(mount.volume).or_default().push(service);
        }
    }
    for (id, users) in &of_volumes {
        let several = users.iter().find(|user| user.may_run_several_times());
        // What a proxy of several pods needs for its certificates is K8S020.
        let of_proxy = users.iter().any(|user| user.role == Some(Role::Certificates))
            && several.is_some_and(|user| user.role == Some(Role::Proxy));
        let (first, why) = match (several, users.as_slice()) {
            (Some(user), _) => (user, format!("`{}` runs several times", user.path)),
            (None, [first, second, ..]) => {
                (first, format!("`{}` and `{}` mount it", first.path, second.path))
            }
            _ => continue,
        };
        // A claim belongs to one namespace (K8S006).
        let level = Level::of(first);
        if of_proxy || users.iter().any(|user| Level::of(user) != level) {
            continue;
        }
        let volume = &platform[*id];
        sink.report(
            Diagnostic::new(codes::K8S011, format!("no storage class is named for `{}`", volume.name))
                .about(&first.path)
                .at(volume.span, why)
                .help(
                    "the default class of a cluster seldom offers `ReadWriteMany`, and the pods would wait for ever: name one that \
                     does, `target kubernetes { shared_storage_class = \"…\" }`",
                ),
        );
    }
}

/// K8S007: a command of a health check that a value is put into, in an image without a shell: the kubelet puts in none.
pub(super) fn probes(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in of_cluster(platform).filter(|service| !service.is_job()) {
        let Health::Exec(words) = &service.health else { continue };
        let Some(input) = words.iter().flat_map(Value::inputs).next() else { continue };
        let Some(facts) = platform.facts(service).filter(|facts| facts.tools_known) else { continue };
        if facts.unlisted || facts.tools.iter().any(|tool| tool == "sh") {
            continue;
        }
        let span = origins.service(service.id).health().map_or(service.span, HealthOrigin::span);
        sink.report(
            Diagnostic::new(
                codes::K8S007,
                format!("the health check of `{}` cannot be given `{}`", service.path, platform[input].name),
            )
            .about(&service.path)
            .at(span, "a kubelet runs commands as they are written, and the image holds no shell")
            .help("let the program read it from its environment, or ask a path or a port"),
        );
    }
}

/// K8S008: services that shall run more often under load which nobody measures.
pub(super) fn scales(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in of_cluster(platform) {
        let Some((scale, said)) = service.scale.as_ref().zip(origins.service(service.id).scale()) else {
            continue;
        };
        let measured = scale.cpu.is_some() || scale.memory.is_some() || !scale.on.is_empty();
        let diagnostic = if scale.max > scale.min && !measured {
            Diagnostic::new(
                codes::K8S008,
                format!("nothing says when more of `{}` are started", service.path),
            )
            .at(said, format!("from {} up to {}, by no measure", scale.min, scale.max))
            .help("say it: `cpu = 70%`, `memory = 80%` or `on \"QUERY\" = VALUE`")
        } else if scale.min == 0 && measured && scale.on.is_empty() {
            // kubernetes/kubernetes:pkg/apis/autoscaling/validation/validation.go, `validateHorizontalPodAutoscalerSpec`.
            Diagnostic::new(codes::K8S008, format!("nothing starts `{}` once none of it runs", service.path))
                .at(said, "down to 0, by what running pods take")
                .help("write `min = 1`, or measure what waits for it: `on \"QUERY\" = VALUE`")
        } else if !scale.on.is_empty() && platform.with_role(Role::Metrics).next().is_none() {
            Diagnostic::new(codes::K8S008, format!("nobody answers the query that scales `{}`", service.path))
                .at(said, "asks a metrics server")
                .help("add one, a service with `role = metrics`, or scale by `cpu`")
        } else {
            continue;
        };
        sink.report(diagnostic.about(&service.path));
    }
}

/// The most that an object holds (kubernetes/kubernetes:pkg/apis/core/validation/validation.go, `MaxSecretSize`).
const FILE: usize = 1 << 20;

/// K8S009: files that no ConfigMap holds.
pub(super) fn files(platform: &Platform, sink: &mut Sink) {
    for service in of_cluster(platform) {
        for config in service.configs.iter().filter(|config| config.content.len() >= FILE) {
            sink.report(
                Diagnostic::new(
                    codes::K8S009,
                    format!("`{}` of `{}` is too large for a cluster", config.path, service.path),
                )
                .about(&service.path)
                .at(config.span, "more than 1 MiB")
                .help("put it into the image, or into a volume that a job fills"),
            );
        }
    }
}

/// K8S030: outsides of many names that services reach, where no policy can say them.
pub(super) fn patterns(platform: &Platform, sink: &mut Sink) {
    if platform.runtime != Runtime::Kubernetes || platform.settings.kubernetes.cilium {
        return;
    }
    for (at, outside) in platform.outsides.iter().enumerate() {
        let Some(pattern) = outside.endpoints.iter().find(|endpoint| endpoint.is_pattern()) else { continue };
        let mut edges = platform.edges.iter();
        let Some(edge) = edges.find(|edge| edge.to == EdgeEnd::Outside(OutsideId(at))) else { continue };
        sink.report(
            Diagnostic::new(
                codes::K8S030,
                format!("no policy can say that `{}` reaches `{}`", platform[edge.from].path, pattern.host),
            )
            .about(&outside.name)
            .at_maybe(outside.span, "stands for names that nobody lists")
            .at(edge.span, "reached from here")
            .help("write `target kubernetes { cilium = true }` where Cilium is the network plug-in, or name each host"),
        );
    }
}

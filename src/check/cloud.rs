//! What AWS refuses, and what a plan of Terraform does not see: who may log in, which ports stay closed, names that others have.

mod names;

pub(super) use names::{names, tags, zones};

use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::formats;
use crate::hash::{HashMap, HashSet};
use crate::origins::{HeaderOrigin, HostOrigin, Origins};
use crate::platform::cloud::{IMAGE_ID, SIZES, SYSTEMS};
use crate::platform::range::Range;
use crate::platform::{Host, OutsideKind, Platform, Runtime};
use crate::schema::Placed;
use crate::source::Span;

/// What writes the files.
const NAME: &str = formats::TERRAFORM.name;

/// The host that Terraform makes.
fn host<'a>(platform: &'a Platform, origins: &Origins) -> Option<&'a Host> {
    platform.hosts.first().filter(|_| is_built(platform, origins))
}

/// Whether Terraform builds the host of a platform.
fn is_built(platform: &Platform, origins: &Origins) -> bool {
    // Where the names of targets are not all known, every target is assumed.
    let is_named = origins.targets().any(|format| *format == formats::TERRAFORM);
    is_named && platform.runtime == Runtime::Compose && platform.targets.contains(&&formats::TERRAFORM)
}

/// AWS001: a port of operators that every address may ask.
pub(super) fn open(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let Some(host) = host(platform, origins) else { return };
    let all = |ranges: &[String]| {
        ranges.iter().find(|range| Range::parse(range).is_some_and(|range| range.holds_all())).cloned()
    };
    let ssh = origins.host(host).and_then(HostOrigin::ssh);
    if let Some(outside) = host.ssh.map(|ssh| &platform[ssh]) {
        let everybody = outside.kind == OutsideKind::Internet;
        let range = all(&outside.ranges);
        if everybody || range.is_some() {
            sink.report(
                Diagnostic::new(codes::AWS001, format!("everybody may try to log in to `{}`", host.name))
                    .at_maybe(ssh, "SSH from every address")
                    .at_maybe(outside.span.filter(|_| range.is_some()), "holds every address")
                    .help("name the addresses of operators: `outside admins = [\"203.0.113.7/32\"]`; Session Manager needs none"),
            );
            return;
        }
    }
    for service in &platform.services {
        for port in service.ports.iter().filter(|_| platform.firewall()) {
            let Some(publish) = &port.publish else { continue };
            let outside = &platform[publish.to];
            let Some(range) = all(&outside.ranges) else { continue };
            sink.report(
                Diagnostic::new(
                    codes::AWS001,
                    format!("`{}.{}` is open to every address", service.path, port.name),
                )
                .about(&service.path)
                .at(publish.span, format!("published to `{}`", outside.name))
                .at_maybe(outside.span, format!("holds `{range}`"))
                .help(
                    "name the addresses that may come in, or write `publish = internet` where everybody may",
                ),
            );
        }
    }
}

/// How many ports a message names.
const NAMED: usize = 8;

/// AWS002: a port that is published to an outside, and that the host binds to its own loopback address.
pub(super) fn closed(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let Some(host) = host(platform, origins).filter(|_| !platform.firewall()) else { return };
    let published = platform.services.iter().filter(|service| service.runs()).flat_map(|service| {
        let ports = service.ports.iter().filter_map(|port| Some((port, port.publish.as_ref()?)));
        ports.map(move |(port, publish)| (format!("{}.{}", service.path, port.name), publish))
    });
    let closed: Vec<(String, Span)> = published
        .filter(|(_, publish)| platform[publish.to].kind == OutsideKind::Declared)
        .map(|(name, publish)| (name, publish.span))
        .collect();
    let Some((_, first)) = closed.first() else { return };
    let mut names = list_of(closed.iter().take(NAMED).map(|(name, _)| name.as_str()));
    if let Some(others) = closed.len().checked_sub(NAMED).filter(|others| *others > 0) {
        names = format!("{names}, and {others} more,");
    }
    let are = if closed.len() == 1 { "is" } else { "are" };
    sink.report(
        Diagnostic::new(codes::AWS002, format!("{names} {are} published, and nobody comes in there"))
            .at(*first, "bound to the loopback address of the host")
            .at(host.span, "says nothing of a firewall")
            .help("`target terraform` writes the firewall: say `firewall = true` at the host, and its ports are bound for others"),
    );
}

/// AWS004: not exactly one host.
pub(super) fn hosts(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    if !is_built(platform, origins) {
        return;
    }
    match platform.hosts.as_slice() {
        [_] => {}
        [] => {
            let at = origins.target(NAME).or(origins.header().map(HeaderOrigin::span));
            sink.report(
                Diagnostic::new(
                    codes::AWS004,
                    format!("the target `{NAME}` makes a host, and there is none"),
                )
                .at_maybe(at, "no `host` is declared")
                .help("declare one, such as `host main { size = \"t3.large\", disk = 50GiB, image = \"ubuntu-24.04\" }`"),
            );
        }
        [first, second, ..] => sink.report(
            Diagnostic::new(
                codes::AWS004,
                format!("the target `{NAME}` makes one host, and there are several"),
            )
            .at(second.span, "another one")
            .at(first.span, "the first one")
            .help("compose runs all services on one host: what runs on another is a platform of its own"),
        ),
    }
}

/// AWS005: what AWS does not have, or not by this name.
pub(super) fn settings(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let Some(host) = host(platform, origins) else { return };
    let settings = &platform.settings.terraform;
    match &settings.region {
        None => sink.report(
            Diagnostic::new(codes::AWS005, format!("the target `{NAME}` has no region"))
                .at(host.span, "is nowhere")
                .help("name one in its settings, such as `region = \"eu-central-1\"`"),
        ),
        Some(region) if !is_region(&region.value) => {
            refuse(region, "is no region", "such as `\"eu-central-1\"`", sink);
        }
        Some(_) => {}
    }
    if let Some(subnet) = settings.subnet.as_ref().filter(|subnet| !is_id(&subnet.value, "subnet-")) {
        refuse(subnet, "is no subnet", "its id begins with `subnet-`: `aws ec2 describe-subnets`", sink);
    }
    // docs.aws.amazon.com: EC2 API, "CreateKeyPair".
    let is_name = |name: &str| {
        (1..=255).contains(&name.len()) && name.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    };
    if let Some(key) = settings.key_pair.as_ref().filter(|key| !is_name(&key.value)) {
        refuse(
            key,
            "is no key pair",
            "the name of one, of at most 255 characters: `aws ec2 describe-key-pairs`",
            sink,
        );
    }
    machine(host, origins.host(host), sink);
    let with_rights: HashSet<_> = platform.bucket_accounts().map(|(id, ..)| id).collect();
    for account in settings.host_accounts.iter().filter(|account| !with_rights.contains(&account.value)) {
        let name = &platform[account.value].name;
        sink.report(
            Diagnostic::new(codes::AWS005, format!("the account `{name}` has no right on a bucket"))
                .at(account.span, "nothing that the host could have")
                .help("name an account of an object store: what others know has no twin in AWS"),
        );
    }
}

/// AWS005 and AWS012: the size of the host, its image and its disk.
fn machine(host: &Host, origin: Option<HostOrigin<'_>>, sink: &mut Sink) {
    let size = origin.and_then(HostOrigin::size).unwrap_or(host.span);
    if !is_size(host.instance_type()) {
        let size = Placed { value: host.instance_type().to_owned(), span: size };
        refuse(
            &size,
            "is no size of a machine",
            "such as `\"t3.large\"`: `aws ec2 describe-instance-types`",
            sink,
        );
    } else if let (Some(memory), Some((gib, _))) =
        (host.memory, SIZES.iter().find(|(_, size)| *size == host.instance_type()))
        && host.size.is_some()
        && memory.0 != gib << 30
    {
        sink.report(
            Diagnostic::new(
                codes::AWS012,
                format!("`{}` has {gib}GiB of memory, and the host says {memory}", host.instance_type()),
            )
            .at(size, format!("a machine of {gib}GiB"))
            .help(format!("write `memory = {gib}GiB`, which limits are held to, or take another size")),
        );
    }
    if host.image_parameter().is_none()
        || host.image.as_deref().is_some_and(|image| image.starts_with(IMAGE_ID) && !is_id(image, IMAGE_ID))
    {
        let value = host.image.clone().unwrap_or_default();
        let image = Placed { value, span: origin.and_then(HostOrigin::image).unwrap_or(host.span) };
        let known = list_of(SYSTEMS.iter().map(|system| system.name));
        refuse(
            &image,
            "is no image that hosts start from",
            &format!("known are {known}; or write the id of one, `\"{IMAGE_ID}…\"`"),
            sink,
        );
    }
    // docs.aws.amazon.com: EBS, "Amazon EBS volume types", gp3.
    if !(1..=65_536).contains(&host.data_disk()) {
        sink.report(
            Diagnostic::new(codes::AWS005, format!("no disk has {}GiB", host.data_disk()))
                .at(host.span, "a disk of AWS has 1GiB to 64TiB"),
        );
    }
}

/// AWS006, AWS008, AWS009 and AWS011: what works, and not for long.
pub(super) fn risks(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let Some(host) = host(platform, origins) else { return };
    let settings = &platform.settings.terraform;
    if settings.state.is_none() && settings.region.is_some() {
        sink.report(
            Diagnostic::new(codes::AWS006, "the state of Terraform is a file of one machine")
                .at_maybe(settings.region.as_ref().map(|region| region.span), "no bucket keeps it")
                .help("write `state = \"NAME\"`, a bucket that `terraform/bootstrap` makes; without a state nothing can be changed any more"),
        );
    }
    if let Some(first) = settings.host_accounts.first() {
        sink.report(
            Diagnostic::new(
                codes::AWS008,
                "every container of the host reaches what is meant for one account",
            )
            .at(first.span, "the credentials of the host are asked for without a login")
            .help("leave it out and give a key of a user with this policy to the one service that needs it"),
        );
    }
    let by_ssh = host.ssh.is_some_and(|ssh| platform[ssh].kind != OutsideKind::Localhost);
    let login = by_ssh && settings.key_pair.is_some();
    if !login && !settings.session_manager {
        let lacks = if by_ssh { "no `key_pair` to log in with" } else { "no `ssh`" };
        sink.report(
            Diagnostic::new(codes::AWS009, format!("nobody can log in to `{}`", host.name))
                .at(host.span, format!("{lacks}, and no Session Manager"))
                .help("set `ssh` of the host and `key_pair` of the target, or take `session_manager = false` out"),
        );
    } else if by_ssh && !login {
        sink.report(
            Diagnostic::new(codes::AWS009, format!("SSH of `{}` is open, and nobody has a key", host.name))
                .at(host.span, "`ssh` opens port 22")
                .help("name a key pair, `key_pair = \"NAME\"`, or take `ssh` out: Session Manager needs no open port"),
        );
    }
    let mut families: HashMap<bool, usize> = HashMap::default();
    for rule in platform.ingress() {
        *families.entry(rule.range.contains(':')).or_default() += 1;
    }
    if let Some(most) = families.values().copied().max().filter(|most| *most > RULES) {
        sink.report(
            Diagnostic::new(
                codes::AWS011,
                format!("the firewall of `{}` would hold {most} rules", host.name),
            )
            .at(host.span, format!("a security group takes {RULES} of each family of addresses"))
            .help("put ranges together, or have the quota of the account raised and allow this"),
        );
    }
}

/// The default quota of rules of a security group (docs.aws.amazon.com: VPC, "Amazon VPC quotas").
const RULES: usize = 60;

/// AWS005: a text that names nothing in AWS.
fn refuse(said: &Placed<String>, what: &str, help: &str, sink: &mut Sink) {
    sink.report(
        Diagnostic::new(codes::AWS005, format!("`{}` {what}", said.value))
            .at(said.span, "not of AWS")
            .help(help),
    );
}

/// `eu-central-1`, `us-gov-west-1`: words and a number.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, .., last] = parts.as_slice() else { return false };
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() >= 3 && first.len() == 2 && parts.iter().take(parts.len() - 1).all(word) && is_number
}

/// `t3.large`, `u7i-12tb.224xlarge`: a family and a size.
fn is_size(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|char: char| char.is_ascii_alphanumeric())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.split_once('.').is_some_and(|(family, size)| {
        let is_family = family.starts_with(|char: char| char.is_ascii_lowercase())
            && family.bytes().any(|byte| byte.is_ascii_digit());
        let is_size = size.contains("metal")
            || ["nano", "micro", "small", "medium", "large"].iter().any(|end| size.ends_with(end));
        is_family && is_part(family) && is_part(size) && is_size
    })
}

/// The id of something: a prefix and hexadecimal digits, of which older ones have 8 and newer ones 17.
fn is_id(text: &str, prefix: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.strip_prefix(prefix).is_some_and(|id| matches!(id.len(), 8 | 17) && id.bytes().all(hex))
}

#[cfg(test)]
mod tests {
    use super::{is_id, is_region, is_size};

    #[test]
    fn what_aws_has_is_known_by_its_form() {
        for region in ["eu-central-1", "us-gov-west-1", "ap-southeast-7", "mx-central-1"] {
            assert!(is_region(region), "{region}");
        }
        for region in ["", "eu", "eu-central", "Frankfurt", "eu-central-1a", "EU-central-1", "eu--1"] {
            assert!(!is_region(region), "{region}");
        }
        for size in ["t3.large", "m7i-flex.xlarge", "u7i-12tb.224xlarge", "c7g.metal", "m5.metal-24xl"] {
            assert!(is_size(size), "{size}");
        }
        for size in ["large", "t3", "t3.", "t3.huge", "T3.large", "t3.large;", "cx21", "-.large"] {
            assert!(!is_size(size), "{size}");
        }
        assert!(is_id("subnet-0123456789abcdef0", "subnet-") && !is_id("subnet-x", "subnet-"));
    }
}

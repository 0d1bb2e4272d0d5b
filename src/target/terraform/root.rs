//! The folder of an environment: the inputs of the module, and its outputs.

use super::user_data;
use crate::emit::hcl::{Body, Value};
use crate::hash::HashSet;
use crate::platform::cloud::Ingress;
use crate::platform::{Account, Bucket, Grant, Host, Platform};
use crate::schema::{Duration, Placed};

/// What a day has, in milliseconds.
const DAY: u64 = 86_400_000;

/// What the module is given.
pub(super) fn main(platform: &Platform, host: &Host) -> Body {
    let settings = &platform.settings.terraform;
    let text = |setting: &Option<Placed<String>>| {
        Value::maybe(setting.as_ref().map(|setting| setting.value.as_str()))
    };
    let provider = Body::default().attribute("region", text(&settings.region)).nested(
        "default_tags",
        &[],
        Body::default().attribute("tags", Value::Map(tags(platform))),
    );
    let mut module = Body::default()
        .attribute("source", Value::text(module_path(platform)))
        .attribute("name", Value::text(platform.cloud_name()))
        .attribute("instance_type", Value::text(host.instance_type()))
        .attribute("image", Value::maybe(host.image_parameter()))
        .attribute("data_disk", Value::Number(host.data_disk()))
        .attribute("user_data", Value::Expression(user_data::EXPRESSION));
    let host_accounts = host_accounts(platform);
    let rest = [
        ("key_pair", text(&settings.key_pair)),
        ("subnet", text(&settings.subnet)),
        ("bucket_prefix", Value::maybe(platform.bucket_prefix())),
        ("session_manager", when(!settings.session_manager, Value::Boolean(false))),
        ("ipv6", when(platform.is_dual_stack(), Value::Boolean(true))),
        ("host_accounts", when(!host_accounts.is_empty(), Value::texts(host_accounts))),
    ];
    for (name, value) in rest.into_iter().filter(|(_, value)| *value != Value::Null) {
        module = module.attribute(name, value);
    }
    module = module
        .comment(&["Who comes in: everything else is closed."])
        .attribute("ingress", map(platform.ingress().iter().map(|rule| (rule.key(), ingress(rule)))));
    let buckets = platform.buckets.iter().map(|it| (platform.twin(it), bucket(it)));
    let accounts = platform.bucket_accounts().map(|(_, key, it)| (key, account(platform, it)));
    let records = platform.records().into_iter().map(|(name, zone)| (name.to_owned(), Value::text(zone)));
    for (name, why, value) in [
        (
            "buckets",
            "The twins of the platform's buckets, which are empty until something is copied there.",
            map(buckets),
        ),
        ("accounts", "What the accounts of the platform may do there: the same as at home.", map(accounts)),
        ("records", "The names that lead to the machine, each with its zone.", map(records)),
    ] {
        if value != Value::Map(Vec::new()) {
            module = module.comment(&[why]).attribute(name, value);
        }
    }
    Body::default().nested("provider", &["aws"], provider).nested("module", &["platform"], module)
}

/// A value where it is not the default of the module.
fn when(differs: bool, value: Value) -> Value {
    if differs { value } else { Value::Null }
}

/// The module, as seen from the folder.
fn module_path(platform: &Platform) -> &'static str {
    if platform.environment.is_some() { "../../modules/platform" } else { "../modules/platform" }
}

/// The tags of everything.
fn tags(platform: &Platform) -> Vec<(String, Value)> {
    let own = platform.labels.iter().map(|(key, value)| (key.clone(), Value::text(value)));
    let environment = platform.environment.as_ref().map(|name| ("environment", name.as_str()));
    let derived =
        [("managed-by", "terraform"), ("platform", platform.name.as_str())].into_iter().chain(environment);
    let mut tags: Vec<(String, Value)> =
        derived.map(|(key, value)| (key.to_owned(), Value::text(value))).collect();
    for (key, value) in own {
        match tags.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => tags.push((key, value)),
        }
    }
    tags.sort_by(|(a, _), (b, _)| a.cmp(b));
    tags
}

fn map(entries: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Map(entries.collect())
}

fn ingress(rule: &Ingress) -> Value {
    Value::Row(vec![
        ("name", Value::text(&rule.name)),
        ("protocol", Value::text(rule.protocol)),
        ("port", Value::Number(u64::from(rule.port))),
        ("range", Value::text(&rule.range)),
    ])
}

fn bucket(bucket: &Bucket) -> Value {
    let mut row = Vec::new();
    if let Some(description) = &bucket.description {
        row.push(("description", Value::text(description)));
    }
    row.push(("versioning", Value::Boolean(bucket.versioning)));
    if let Some(retention) = bucket.retention {
        row.push(("retention_days", Value::Number(days(retention))));
    }
    Value::Row(row)
}

/// S3 counts whole days, at least one.
fn days(retention: Duration) -> u64 {
    retention.0.div_ceil(DAY).max(1)
}

fn account(platform: &Platform, account: &Account) -> Value {
    let rights = [("read", &account.read), ("write", &account.write), ("delete", &account.delete)];
    let rights = rights.into_iter().filter_map(|(name, grants)| {
        let buckets: Vec<String> = grants
            .iter()
            .filter_map(|grant| match grant {
                Grant::Bucket(bucket) => Some(platform.twin(&platform[*bucket])),
                _ => None,
            })
            .collect();
        (!buckets.is_empty()).then(|| (name, Value::texts(buckets)))
    });
    Value::Row(rights.collect())
}

fn host_accounts(platform: &Platform) -> Vec<String> {
    let named = platform.settings.terraform.host_accounts.iter();
    let named: HashSet<_> = named.map(|account| account.value).collect();
    let accounts = platform.bucket_accounts();
    let own = accounts.filter(|(id, ..)| named.contains(id));
    own.map(|(_, key, _)| key).collect()
}

/// The outputs of the module.
pub(super) fn outputs(platform: &Platform, host: &Host) -> Body {
    let settings = &platform.settings.terraform;
    let output = |body: Body, name: &'static str, description: &str, value: Value| {
        let inner =
            Body::default().attribute("description", Value::text(description)).attribute("value", value);
        body.nested("output", &[name], inner)
    };
    let of_module = Value::Expression;
    let mut body = output(
        Body::default(),
        "address",
        "The address of the machine, which it keeps: names of sites lead there.",
        of_module("module.platform.address"),
    );
    let user = host.system().map(|system| system.user).filter(|_| settings.key_pair.is_some());
    if let Some(user) = user.filter(|_| host.ssh.is_some()) {
        let command = vec![Value::text(format!("ssh {user}@")), Value::Expression("module.platform.address")];
        body = output(body, "ssh", "How operators log in.", Value::Joined(command));
    }
    if settings.session_manager {
        let command = "aws ssm start-session --target ";
        let command = vec![Value::text(command), Value::Expression("module.platform.instance")];
        body = output(body, "session", "How operators log in without an open port.", Value::Joined(command));
    }
    let body = output(
        body,
        "data_volume",
        "The disk that holds the data of all containers.",
        of_module("module.platform.data_volume"),
    );
    let body = output(body, "buckets", "The names of the buckets.", of_module("module.platform.buckets"));
    output(
        body,
        "policies",
        "The policies of the accounts: attach one to the user or role that asks.",
        of_module("module.platform.policies"),
    )
}

//! Names in AWS: of buckets and policies, of sites in their zones, and tags.

use super::{host, is_built};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::origins::{HeaderOrigin, Origins};
use crate::platform::Platform;
use crate::source::Span;

/// The number of digits of an account.
const ACCOUNT: usize = 12;

/// How long the name of a policy may be (docs.aws.amazon.com: IAM, "IAM and AWS STS quotas").
const POLICY: usize = 128;

/// AWS003: names that buckets or policies cannot have, or that two of them would.
pub(in crate::check) fn names(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    if !is_built(platform, origins) {
        return;
    }
    let settings = &platform.settings.terraform;
    if let Some(state) = &settings.state
        && let Some(why) = no_bucket(&state.value)
    {
        report(&state.value, why, state.span, sink);
    }
    let by_account = || format!("{}-{}", platform.cloud_name(), "0".repeat(ACCOUNT));
    let prefix = platform.bucket_prefix().unwrap_or_else(by_account);
    let mut known: HashMap<String, Span> = HashMap::default();
    for bucket in &platform.buckets {
        let twin = platform.twin(bucket);
        let name = format!("{prefix}-{twin}");
        if let Some(why) = no_bucket(&name) {
            let shown = if settings.bucket_prefix.is_some() {
                name
            } else {
                name.replace(&"0".repeat(ACCOUNT), "ACCOUNT")
            };
            report(&shown, why, bucket.span, sink);
        }
        if let Some(first) = known.insert(twin.clone(), bucket.span) {
            sink.report(
                Diagnostic::new(codes::AWS003, format!("two buckets have the twin `{twin}`"))
                    .at(bucket.span, "again here")
                    .at(first, "first here")
                    .help("the twin is called as its store and its bucket are: call one of them otherwise"),
            );
        }
    }
    let mut known: HashMap<String, Span> = HashMap::default();
    for (_, key, account) in platform.bucket_accounts() {
        let name = format!("{}-{key}", platform.cloud_name());
        if name.len() > POLICY {
            report(&name, "a policy has at most 128 characters", account.span, sink);
        }
        if let Some(first) = known.insert(key, account.span) {
            sink.report(
                Diagnostic::new(codes::AWS003, format!("two accounts have the policy `{name}`"))
                    .at(account.span, "again here")
                    .at(first, "first here")
                    .help("it is called as the store and the account are: call one of them otherwise"),
            );
        }
    }
}

fn report(name: &str, why: &str, span: Span, sink: &mut Sink) {
    sink.report(
        Diagnostic::new(codes::AWS003, format!("`{name}` cannot be a name in AWS"))
            .at(span, why)
            .help("a shorter name, or another `bucket_prefix` of the target, of letters, digits and hyphens"),
    );
}

/// Why a name is none of a bucket (docs.aws.amazon.com: S3, "General purpose bucket naming rules"); `None` where it is one. Dots
/// are left out: certificates of S3 do not hold for a name with one.
fn no_bucket(name: &str) -> Option<&'static str> {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let starts = ["xn--", "sthree-", "amzn-s3-demo-"];
    let ends = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"];
    match name {
        _ if !(3..=63).contains(&name.len()) => Some("a bucket has 3 to 63 characters"),
        _ if !name.bytes().all(inner) => Some("a bucket has lower-case letters, digits and hyphens"),
        _ if name.starts_with('-') || name.ends_with('-') => {
            Some("a bucket begins and ends with a letter or a digit")
        }
        _ if starts.iter().any(|start| name.starts_with(start))
            || ends.iter().any(|end| name.ends_with(end)) =>
        {
            Some("AWS keeps such names for itself")
        }
        _ => None,
    }
}

/// AWS007: names of sites that lead nowhere, and zones that hold none. AWS005: what is no zone.
pub(in crate::check) fn zones(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let zones = &platform.settings.terraform.zones;
    if host(platform, origins).is_none() || zones.is_empty() {
        return;
    }
    let records = platform.records();
    for zone in zones {
        if !zone.value.contains('.') || !zone.value.split('.').all(crate::resolve::is_dns_label) {
            sink.report(
                Diagnostic::new(codes::AWS005, format!("`{}` is no zone of DNS", zone.value))
                    .at(zone.span, "lower-case letters, digits and hyphens, with dots between the parts")
                    .help("such as `\"example.com\"`, without a dot at the end"),
            );
        } else if !records.iter().any(|(_, known)| *known == zone.value) {
            sink.report(
                Diagnostic::new(codes::AWS007, format!("no site has a name in `{}`", zone.value))
                    .at(zone.span, "nothing is written there")
                    .help("take it out"),
            );
        }
    }
    for site in platform.sites.iter().filter(|site| platform.serves_by_nginx(site)) {
        for name in site.names().filter(|name| name.contains('.') && platform.zone_of(name).is_none()) {
            sink.report(
                Diagnostic::new(codes::AWS007, format!("nothing leads `{name}` to the host"))
                    .at(site.domain_span, "in none of the zones")
                    .at_maybe(zones.first().map(|zone| zone.span), "the zones")
                    .help("add its zone, or allow this and set the name where it is kept"),
            );
        }
    }
}

/// AWS010: labels of the platform that no tag can be.
pub(in crate::check) fn tags(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    if host(platform, origins).is_none() {
        return;
    }
    let places = origins.header().into_iter().flat_map(HeaderOrigin::labels);
    for ((key, value), (key_span, value_span)) in platform.labels.iter().zip(places) {
        let (problem, span) =
            if key.is_empty() || key.chars().count() > 128 || !is_tag(key) || key.starts_with("aws:") {
                ("the key of a tag has at most 128 characters, and begins with no `aws:`", key_span)
            } else if value.chars().count() > 256 || !is_tag(value) {
                ("the value of a tag has at most 256 characters", value_span)
            } else {
                continue;
            };
        sink.report(
            Diagnostic::new(codes::AWS010, format!("the label `{key}` cannot be a tag in AWS"))
                .at(span, problem)
                .help("letters, digits, spaces and `_ . : / = + - @` may stand in it"),
        );
    }
}

/// docs.aws.amazon.com: EC2, "Tag restrictions".
fn is_tag(text: &str) -> bool {
    text.chars().all(|char| char.is_alphanumeric() || " _.:/=+-@".contains(char))
}

#[cfg(test)]
mod tests {
    use super::no_bucket;

    #[test]
    fn names_of_buckets_are_known() {
        for name in ["abc", "shop-123456789012-store-logs", &"a".repeat(63)] {
            assert_eq!(no_bucket(name), None, "{name}");
        }
        for name in [
            "ab",
            "Shop",
            "shop_logs",
            "-shop",
            "shop-",
            "xn--shop",
            "shop--x-s3",
            "shop.logs",
            &"a".repeat(64),
        ] {
            assert!(no_bucket(name).is_some(), "{name}");
        }
    }
}

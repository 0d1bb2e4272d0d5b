//! Backups, the places off the site that they go to, and how the data of a service is copied.

use smol_str::SmolStr;

use super::names::Symbol;
use super::place::optional;
use super::sound;
use super::store::Stores;
use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, Help, cause, codes};
use crate::hash::HashMap;
use crate::model::{self, Document};
use crate::notation::authority::{Authority, HTTPS};
use crate::platform::{
    ALERT_AFTER, Backup, Destination, DestinationKind, Dump, EnvVar, InputId, KEEP, OffSite, ServiceId,
    StoreId, Switch,
};
use crate::schema::{Constant, List, Reference, Template, Word};

/// The places off the site, and what each of their names stands for: `None` where the block is broken, which is reported.
#[derive(Debug, Default)]
pub(super) struct OffSites {
    pub(super) list: Vec<OffSite>,
    named: HashMap<SmolStr, Option<StoreId>>,
}

/// Binds every place off the site.
pub(super) fn off_sites(document: &Document, environment: Option<&str>, texts: &mut Texts<'_>) -> OffSites {
    let mut sites = OffSites::default();
    for block in &document.offsite {
        super::expect_dns_label(&block.name, texts.sink);
        let at = StoreId(sites.list.len());
        let bound = off_site(block, environment, texts);
        sites.named.insert(block.name.text.clone(), bound.as_ref().map(|_| at));
        sites.list.extend(bound);
    }
    sites
}

fn off_site(block: &model::OffSite, environment: Option<&str>, texts: &mut Texts<'_>) -> Option<OffSite> {
    let endpoint = endpoint(&block.endpoint, texts);
    let access_key = texts.template(&block.access_key, &mut Mentions::default());
    let secret_key = texts.secret(&block.secret_key);
    let bucket = texts.constant(&block.bucket);
    if !is_bucket(&bucket) {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{bucket}` cannot be the name of a bucket"))
                .at(block.bucket.span, "3 to 63 lower-case letters, digits, dots and hyphens"),
        );
        return None;
    }
    let prefix = optional(block.prefix.as_ref(), texts).unwrap_or_default();
    if let Some(said) = &block.prefix
        && !prefix.trim_matches('/').split('/').all(is_folder)
    {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{prefix}` cannot be a folder in a bucket"))
                .at(said.span, "letters, digits, `.`, `_`, `-`, and `/` between names"),
        );
    }
    Some(OffSite {
        name: block.name.text.as_str().to_owned(),
        endpoint: endpoint?,
        bucket,
        // Environments that share a bucket have a folder each: the newest copy of one is not that of another.
        prefix: match block.prefix {
            Some(_) => prefix.trim_matches('/').to_owned(),
            None => environment.unwrap_or_default().to_owned(),
        },
        region: optional(block.region.as_ref(), texts),
        access_key,
        secret_key: secret_key?,
        retention: block.retention,
        span: block.span,
    })
}

/// `https://HOST` or `https://HOST:PORT`, and nothing behind it.
fn endpoint(said: &Constant, texts: &mut Texts<'_>) -> Option<String> {
    let text = texts.constant(said);
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.trim_end_matches('/'));
    let label = |label: &str| super::is_dns_label(&label.to_ascii_lowercase());
    let sound = |it: Authority<'_>| {
        (it.address().is_some() || it.host.split('.').all(label)) && it.number_or(HTTPS).is_some()
    };
    if host.and_then(Authority::parse).is_some_and(sound) {
        return Some(text.trim_end_matches('/').to_owned());
    }
    texts.sink.report(
        Diagnostic::new(codes::TYP001, format!("`{text}` is no address of an object store"))
            .at(said.span, "not understood")
            .help("write its scheme and host alone: `https://s3.eu-central-1.amazonaws.com`"),
    );
    None
}

/// docs.aws.amazon.com, "General purpose bucket naming rules".
fn is_bucket(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (3..=63).contains(&name.len())
        && name.bytes().all(inner)
        && !name.starts_with(['.', '-'])
        && !name.ends_with(['.', '-'])
}

fn is_folder(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !name.is_empty() && name != "." && name != ".." && name.bytes().all(plain)
}

/// Binds every backup. One whose data or whose places lead nowhere is left out, which is reported.
pub(super) fn backups(
    document: &Document,
    stores: &Stores,
    off_sites: &OffSites,
    texts: &mut Texts<'_>,
) -> Vec<Backup> {
    document.backup.iter().filter_map(|block| backup(block, stores, off_sites, texts)).collect()
}

fn backup(
    block: &model::Backup,
    stores: &Stores,
    off_sites: &OffSites,
    texts: &mut Texts<'_>,
) -> Option<Backup> {
    super::expect_dns_label(&block.name, texts.sink);
    let of = match texts.find(&block.of.0, &mut Mentions::default()) {
        Some(Thing::Service(at)) => Some(ServiceId(at)),
        Some(thing) => {
            texts.wrong_kind(&block.of.0, &thing, "a service");
            None
        }
        None => None,
    };
    let to: Vec<Option<Destination>> =
        block.to.items.iter().map(|to| destination(block, to, stores, off_sites, texts)).collect();
    if block.to.items.is_empty() {
        texts.sink.report(
            Diagnostic::new(codes::TYP006, format!("`{}` names no place for its copies", block.name.text))
                .at(block.to.span, "empty")
                .help("name a bucket, or an `offsite`"),
        );
        return None;
    }
    let upload = block.upload.as_ref().and_then(|word| switch(word, texts));
    sound::cron(&block.schedule, texts);
    let schedule = texts.constant(&block.schedule);
    if let Some(drill) = &block.drill {
        sound::cron(drill, texts);
    }
    if let Some(keep) = block.keep.filter(|keep| keep.value.0 == 0) {
        texts.sink.report(
            Diagnostic::new(codes::TYP003, format!("`{}` keeps no copy", block.name.text))
                .at(keep.span, "one or more")
                .help("the newest verified copy is always kept"),
        );
    }
    let keep =
        block.keep.map_or(if block.retention.is_some() { 1 } else { KEEP }, |keep| keep.value.0.max(1));
    let to: Option<Vec<Destination>> = to.into_iter().collect();
    Some(Backup {
        name: block.name.text.as_str().to_owned(),
        of: of?,
        to: to?,
        upload,
        schedule,
        retention: block.retention.map(|it| it.value),
        keep,
        size: block.size,
        alert_after: block.alert_after.map_or(ALERT_AFTER, |it| it.value),
        drill: optional(block.drill.as_deref(), texts),
        span: block.span,
        of_span: block.of.0.span,
    })
}

/// A place that a backup names: a `store`, or a bucket with the accounts of the backup.
fn destination(
    block: &model::Backup,
    to: &Reference,
    stores: &Stores,
    off_sites: &OffSites,
    texts: &mut Texts<'_>,
) -> Option<Destination> {
    let span = to.0.span;
    if let [name] = to.0.segments.as_slice()
        && let Some(&bound) = off_sites.named.get(name)
    {
        return Some(Destination { kind: DestinationKind::Store(bound?), span });
    }
    if let [name] = to.0.segments.as_slice()
        && !texts.is_known(name)
    {
        let help =
            texts.sink.did_you_mean(name, off_sites.named.keys().map(SmolStr::as_str)).filter(Help::is_near);
        texts.sink.report(
            Diagnostic::new(codes::NAM001, format!("there is no place `{name}` for copies"))
                .at(span, "not declared")
                .help(help.unwrap_or_else(|| {
                    format!(
                        "a bucket elsewhere is declared, `offsite {name} {{ endpoint = \"https://…\", bucket = \"…\", access_key = \"…\", secret_key = NAME }}`; one of the platform is `INSTANCE.BUCKET`"
                    )
                    .into()
                }))
                .because(cause::name(name)),
        );
        return None;
    }
    let bucket = stores.bucket(to, texts)?;
    let account = block.account.as_ref().map(|said| (stores.account(said, texts), said));
    let reader = block.reader.as_ref().map(|said| (stores.account(said, texts), said));
    // One that leads nowhere is reported, and none is missing.
    if [account, reader].iter().any(|named| matches!(named, Some((None, _)))) {
        return None;
    }
    let account = account.and_then(|(account, said)| Some((account?, said)));
    let reader = reader.and_then(|(reader, said)| Some((reader?, said)));
    if let Some((account, said)) = account {
        stores.expect_right("write", account, bucket, &said.0, &to.0, texts);
    }
    if let Some((reader, said)) = reader {
        stores.expect_right("read", reader, bucket, &said.0, &to.0, texts);
    }
    let account = account.map(|(account, _)| account);
    let reader = reader.map(|(reader, _)| reader);
    let reader = reader.or_else(|| account.filter(|account| stores.may_read(*account, bucket)));
    Some(Destination { kind: DestinationKind::Bucket { bucket, account, reader }, span })
}

/// `true`, `false` or a variable that says one of them.
fn switch(word: &Word, texts: &mut Texts<'_>) -> Option<Switch> {
    match word.text.as_str() {
        "true" => return Some(Switch::Always),
        "false" => return Some(Switch::Never),
        _ => {}
    }
    if let Some(&(Symbol::Input(at), _)) = texts.names.symbols.get(word.text.as_str())
        && !texts.is_secret(InputId(at))
    {
        return Some(Switch::Variable(InputId(at)));
    }
    let known = texts.document.variable.iter().map(|variable| variable.name.text.as_str());
    let help = texts.sink.did_you_mean(&word.text, known);
    texts.sink.report(
        Diagnostic::new(codes::NAM001, format!("there is no variable `{}`", word.text))
            .at(word.span, "expected `true`, `false` or a variable")
            .help_maybe(help),
    );
    None
}

/// How the data of a service is copied. Its commands run in the service's own container, or in one like it, so what they mention is
/// no connection of the service.
pub(super) fn dump(block: &model::Dump, service: usize, env: &[EnvVar], texts: &mut Texts<'_>) -> Dump {
    let mut mentions = Mentions::default();
    let mut arguments =
        |list: &List<Template>| list.items.iter().map(|item| texts.template(item, &mut mentions)).collect();
    let mut dump = Dump {
        parts: block.parts.as_ref().map(&mut arguments),
        save: arguments(&block.save),
        restore: arguments(&block.restore),
        offline: block.offline.unwrap_or(false),
        verify: block.verify.as_ref().map(&mut arguments),
        count: block.count.as_ref().map(&mut arguments),
        server_version: block.server_version.as_ref().map(&mut arguments),
        check: block.check.as_ref().map(&mut arguments),
        suffix: None,
        reads: None,
        ports: Vec::new(),
        span: block.span,
    };
    let own = mentions.ports.iter().filter(|(of, ..)| *of == service);
    dump.ports = own.filter_map(|(_, port, _)| *port).collect();
    dump.ports.sort_unstable();
    dump.ports.dedup();
    dump.suffix = optional(block.suffix.as_ref(), texts);
    dump.reads = block.reads.as_ref().map(|list| reads(list, env, texts));
    dump
}

/// The variables that programs of a `dump` read: each is one of the service.
fn reads(list: &List<Word>, env: &[EnvVar], texts: &mut Texts<'_>) -> Vec<String> {
    let known = || env.iter().map(|variable| variable.name.as_str());
    let mut reads = Vec::new();
    for word in &list.items {
        if known().any(|name| name == word.text.as_str()) {
            reads.push(word.text.as_str().to_owned());
            continue;
        }
        let help = texts.sink.did_you_mean(&word.text, known());
        texts.sink.report(
            Diagnostic::new(codes::NAM001, format!("there is no variable `{}` in `env`", word.text))
                .at(word.span, "a variable of the service is needed here")
                .help_maybe(help),
        );
    }
    reads
}

//! What instances hold for others, from the children of the kinds that targets know.
//!
//! A component says which kinds its instances hold, and with which parameters. Of a parameter that a target reads, the
//! type is the one that is read here.

use smol_str::SmolStr;

use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::HashMap;
use crate::model::Child;
use crate::platform::{
    Account, AccountId, Bucket, BucketId, Database, DatabaseId, Grant, Index, IndexId, InputId, Platform,
    ServiceId, ValuePart,
};
use crate::schema::{Constant, Decoder, Duration, Integer, Reference, Scalar};
use crate::syntax::{Path, Value, ValueKind};

/// Everything that instances hold.
#[derive(Debug, Default)]
pub(super) struct Stores {
    buckets: Vec<Bucket>,
    indexes: Vec<Index>,
    databases: Vec<Database>,
    accounts: Vec<Account>,
    /// What became of each child, by the place of its service and its place there.
    held: HashMap<(usize, usize), Held>,
}

/// What became of a child.
#[derive(Debug, Clone, Copy)]
enum Held {
    Bucket(BucketId),
    Index(IndexId),
    Database(DatabaseId),
    Account(AccountId),
}

impl Stores {
    /// Marks the buckets that texts of services mention.
    pub(super) fn mark(&mut self, mentions: &[Mentions]) {
        for child in mentions.iter().flat_map(|of_one| &of_one.children) {
            if let Some(Held::Bucket(bucket)) = self.held.get(child)
                && let Some(bucket) = self.buckets.get_mut(bucket.0)
            {
                bucket.mentioned = true;
            }
        }
    }

    /// Puts everything into its place in the platform.
    pub(super) fn hand_over(self, platform: &mut Platform) {
        platform.buckets = self.buckets;
        platform.indexes = self.indexes;
        platform.databases = self.databases;
        platform.accounts = self.accounts;
    }

    /// The bucket that a reference leads to.
    pub(super) fn bucket(&self, reference: &Reference, texts: &mut Texts<'_>) -> Option<BucketId> {
        match self.held(reference, "bucket", "a bucket", texts)? {
            Held::Bucket(bucket) => Some(bucket),
            _ => None,
        }
    }

    /// The account that a reference leads to.
    pub(super) fn account(&self, reference: &Reference, texts: &mut Texts<'_>) -> Option<AccountId> {
        match self.held(reference, "account", "an account", texts)? {
            Held::Account(account) => Some(account),
            _ => None,
        }
    }

    /// Whether the component of an account counts what it may read, and a bucket is among it.
    pub(super) fn may_read(&self, account: AccountId, bucket: BucketId) -> bool {
        let Some(account) = self.accounts.get(account.0) else { return false };
        self.buckets.get(bucket.0).is_some_and(|held| held.of == account.of)
            && (!account.has_write || account.read.contains(&Grant::Bucket(bucket)))
    }

    /// Reports an account without a right on a bucket, `read` or `write`, where its kind counts rights.
    pub(super) fn expect_right(
        &self,
        right: &str,
        account: AccountId,
        bucket: BucketId,
        said: &Path,
        to: &Path,
        texts: &mut Texts<'_>,
    ) {
        let (Some(account), Some(held)) = (self.accounts.get(account.0), self.buckets.get(bucket.0)) else {
            return;
        };
        let is_there = account.of == held.of;
        let granted = if right == "read" { &account.read } else { &account.write };
        if is_there && (!account.has_write || granted.contains(&Grant::Bucket(bucket))) {
            return;
        }
        let diagnostic = if is_there {
            Diagnostic::new(
                codes::CMP005,
                format!("`{right}` of `{}` does not name `{}`", said.text(), to.text()),
            )
            .at(said.span, format!("must have `{}` in its `{right}`", held.name))
            .at(account.span, format!("lacks `{}`", held.name))
            .help(format!("add `{}` to its `{right}`, or name another account", held.name))
        } else {
            Diagnostic::new(
                codes::CMP005,
                format!("`{}` is no account where `{}` is", said.text(), to.text()),
            )
            .at(said.span, "belongs to another instance")
            .at(to.span, "the copies go here")
            .help("name an account of the instance that holds the bucket")
        };
        texts.sink.report(diagnostic);
    }

    /// What a reference to a child of a kind leads to; anything else is reported.
    fn held(&self, reference: &Reference, kind: &str, needed: &str, texts: &mut Texts<'_>) -> Option<Held> {
        let thing = texts.find(&reference.0, &mut Mentions::default())?;
        let names = texts.names;
        let child = match thing {
            Thing::Child(at, child) => names
                .services
                .get(at)
                .and_then(|placed| placed.block.child.get(child))
                .map(|found| (at, child, found)),
            _ => None,
        };
        let Some((at, index, child)) = child else {
            texts.wrong_kind(&reference.0, &thing, needed);
            return None;
        };
        if child.kind.text != kind {
            let path = reference.0.text();
            texts.sink.report(
                Diagnostic::new(
                    codes::NAM004,
                    format!("`{path}` is of the kind `{}`, not `{kind}`", child.kind.text),
                )
                .at(reference.0.span, format!("{needed} is needed here"))
                .at(child.span, "declared here"),
            );
            return None;
        }
        self.held.get(&(at, index)).copied()
    }
}

/// Binds what every instance holds.
pub(super) fn stores(texts: &mut Texts<'_>) -> Stores {
    let mut stores = Stores::default();
    let names = texts.names;
    for (at, placed) in names.services.iter().enumerate() {
        // Accounts name the others.
        for (index, child) in placed.block.child.iter().enumerate() {
            if let Some(held) = held(at, child, &mut stores, texts) {
                stores.held.insert((at, index), held);
            }
        }
        for (index, child) in
            placed.block.child.iter().enumerate().filter(|(_, child)| child.kind.text == "account")
        {
            let account = account(at, child, &stores, texts);
            stores.held.insert((at, index), Held::Account(AccountId(stores.accounts.len())));
            stores.accounts.push(account);
        }
    }
    stores
}

fn held(at: usize, child: &Child, stores: &mut Stores, texts: &mut Texts<'_>) -> Option<Held> {
    let of = ServiceId(at);
    let name = child.name.text.as_str().to_owned();
    let span = child.span;
    match child.kind.text.as_str() {
        "bucket" => {
            stores.buckets.push(Bucket {
                of,
                name,
                description: text(child, "description", texts),
                versioning: read(child, "versioning", texts).unwrap_or(false),
                retention: read::<Duration>(child, "retention", texts),
                public: read(child, "public", texts).unwrap_or(false),
                by: by(child, texts),
                mentioned: false,
                span,
            });
            Some(Held::Bucket(BucketId(stores.buckets.len() - 1)))
        }
        "index" => {
            stores.indexes.push(Index {
                of,
                name,
                description: text(child, "description", texts),
                retention: read::<Duration>(child, "retention", texts),
                time_field: text(child, "time_field", texts),
                replicas: read::<Integer>(child, "replicas", texts).map(|replicas| replicas.0),
                by: by(child, texts),
                span,
            });
            Some(Held::Index(IndexId(stores.indexes.len() - 1)))
        }
        "database" => {
            stores.databases.push(Database {
                of,
                name,
                description: text(child, "description", texts),
                owner: text(child, "owner", texts),
                by: by(child, texts),
                span,
            });
            Some(Held::Database(DatabaseId(stores.databases.len() - 1)))
        }
        _ => None,
    }
}

fn account(at: usize, child: &Child, stores: &Stores, texts: &mut Texts<'_>) -> Account {
    let mut secrets = Vec::new();
    for (name, value) in &child.values {
        if let Some(secret) = secret(value, texts) {
            secrets.push((name.text.as_str().to_owned(), secret));
        }
    }
    Account {
        of: ServiceId(at),
        name: child.name.text.as_str().to_owned(),
        description: text(child, "description", texts),
        secrets,
        has_write: said(child, "write").is_some(),
        read: grants(at, child, "read", stores, texts),
        write: grants(at, child, "write", stores, texts),
        delete: grants(at, child, "delete", stores, texts),
        by: by(child, texts),
        span: child.span,
    }
}

/// The secret that a value is, and nothing beside it.
fn secret(value: &Value, texts: &mut Texts<'_>) -> Option<InputId> {
    let ValueKind::Reference(path) = &value.kind else { return None };
    // A word of a parameter's choices is a reference to look at.
    let first = path.segments.first()?;
    if !texts.names.symbols.contains_key(first) {
        return None;
    }
    let Thing::Text(found) = texts.find(path, &mut Mentions::default())? else { return None };
    match found.parts.as_slice() {
        [ValuePart::Input(input)] if texts.is_secret(*input) => Some(*input),
        _ => None,
    }
}

/// What a list of an account names.
fn grants(at: usize, child: &Child, list: &str, stores: &Stores, texts: &mut Texts<'_>) -> Vec<Grant> {
    let Some(value) = said(child, list) else { return Vec::new() };
    let ValueKind::List(items) = &value.kind else {
        Decoder::new(texts.sink).mismatch::<()>(value, "a list of names");
        return Vec::new();
    };
    items.iter().filter_map(|item| grant(at, item, stores, texts)).collect()
}

fn grant(at: usize, item: &Value, stores: &Stores, texts: &mut Texts<'_>) -> Option<Grant> {
    let name = match &item.kind {
        ValueKind::Reference(path) => path.text(),
        _ => constant(item, texts)?,
    };
    let member = texts.names.services.get(at)?.members.get(&name);
    let held = member.and_then(|member| match member {
        super::names::Member::Child(index) => stores.held.get(&(at, index)),
        _ => None,
    });
    Some(match held {
        Some(Held::Bucket(bucket)) => Grant::Bucket(*bucket),
        Some(Held::Index(index)) => Grant::Index(*index),
        Some(Held::Database(database)) => Grant::Database(*database),
        Some(Held::Account(_)) | None => Grant::Named(name),
    })
}

/// The job that makes a child.
fn by(child: &Child, texts: &mut Texts<'_>) -> Option<ServiceId> {
    match texts.find(&child.by.as_ref()?.0, &mut Mentions::default())? {
        Thing::Service(at) => Some(ServiceId(at)),
        _ => None,
    }
}

fn said<'c>(child: &'c Child, parameter: &str) -> Option<&'c Value> {
    let is = |name: &SmolStr| name == parameter;
    child.values.iter().find(|(name, _)| is(&name.text)).map(|(_, value)| value)
}

/// The value of a parameter that is no text.
fn read<T: Scalar>(child: &Child, parameter: &str, texts: &mut Texts<'_>) -> Option<T> {
    T::read(said(child, parameter)?, &mut Decoder::new(texts.sink))
}

/// The value of a parameter that is text.
fn text(child: &Child, parameter: &str, texts: &mut Texts<'_>) -> Option<String> {
    constant(said(child, parameter)?, texts)
}

fn constant(value: &Value, texts: &mut Texts<'_>) -> Option<String> {
    let constant = Constant::read(value, &mut Decoder::new(texts.sink))?;
    Some(texts.constant(&constant))
}

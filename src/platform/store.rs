//! What instances hold for others: buckets, indexes, databases, and the accounts that may use them.

use super::{BucketId, DatabaseId, IndexId, InputId, ServiceId};
use crate::schema::Duration;
use crate::source::Span;

/// A bucket of an object store.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// The instance that holds it.
    pub of: ServiceId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether objects that are overwritten or deleted are kept.
    pub versioning: bool,
    /// The age at which objects are deleted; `None` where they stay.
    pub retention: Option<Duration>,
    /// Whether every client that reaches the store may read it.
    pub public: bool,
    /// The job that makes it.
    pub by: Option<ServiceId>,
    /// Whether a text of a service mentions it: its name, or another of its parameters.
    pub mentioned: bool,
    /// The place of its kind and name.
    pub span: Span,
}

/// An index of a search engine.
#[derive(Debug, Clone)]
pub struct Index {
    /// The instance that holds it.
    pub of: ServiceId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The age at which documents are deleted; `None` where they stay.
    pub retention: Option<Duration>,
    /// The field of a document that holds its time.
    pub time_field: Option<String>,
    /// Copies on other nodes.
    pub replicas: Option<u64>,
    /// The job that makes it.
    pub by: Option<ServiceId>,
    /// The place of its kind and name.
    pub span: Span,
}

/// A database of a database server.
#[derive(Debug, Clone)]
pub struct Database {
    /// The instance that holds it.
    pub of: ServiceId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The account that owns it, as the server calls it.
    pub owner: Option<String>,
    /// The job that makes it.
    pub by: Option<ServiceId>,
    /// The place of its kind and name.
    pub span: Span,
}

/// An account that an instance knows.
#[derive(Debug, Clone)]
pub struct Account {
    /// The instance that knows it.
    pub of: ServiceId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its secrets, each with the parameter that takes it: a password, a key.
    pub secrets: Vec<(String, InputId)>,
    /// Whether its component counts what it may write to: without, it may write to everything.
    pub has_write: bool,
    /// What it may read.
    pub read: Vec<Grant>,
    /// What it may write to.
    pub write: Vec<Grant>,
    /// What it may delete from.
    pub delete: Vec<Grant>,
    /// The job that makes it.
    pub by: Option<ServiceId>,
    /// The place of its kind and name.
    pub span: Span,
}

/// What a right of an account is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// A bucket of the same instance.
    Bucket(BucketId),
    /// An index of the same instance.
    Index(IndexId),
    /// A database of the same instance.
    Database(DatabaseId),
    /// A name that only the server knows, such as a pattern of keys.
    Named(String),
}

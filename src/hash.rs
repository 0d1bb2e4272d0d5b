//! Maps and sets by hash. Keys are short words, for which the hash of `std` takes longer than all else; this one is
//! seeded at random as well, so that no source can be made that fills one place. Nothing depends on their order:
//! a lint forbids to walk them.

/// What hashes are made with.
pub(crate) use foldhash::fast::RandomState;

/// A map.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// A set.
pub(crate) type HashSet<T> = std::collections::HashSet<T, RandomState>;

/// A map that keeps the order in which things were put in.
pub(crate) type IndexMap<K, V> = indexmap::IndexMap<K, V, RandomState>;

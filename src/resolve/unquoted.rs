//! Names of hosts that stand in a source without quotes, and so are read as paths.

use smol_str::SmolStr;

use super::is_dns_label;
use crate::syntax::Path;

/// Ends of host names that no member of a service is called.
const ENDS: &[&str] = &[
    "com",
    "org",
    "net",
    "dev",
    "app",
    "cloud",
    "info",
    "local",
    "internal",
    "example",
    "test",
    "localhost",
];

/// Whether a path is the name of a host that lacks its quotes.
pub(super) fn is_host(path: &Path) -> bool {
    let label = |label: &SmolStr| is_dns_label(label);
    path.segments.len() > 1
        && path.segments.iter().all(label)
        && path.segments.last().is_some_and(|end| end.len() == 2 || ENDS.contains(&end.as_str()))
}

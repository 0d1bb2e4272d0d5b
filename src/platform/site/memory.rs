//! The memory of a proxy: nginx keeps its files as structures, a part of them for each site and each route.

use crate::hash::IndexMap;
use crate::platform::{Platform, ServiceId};
use crate::schema::Bytes;

/// What nginx takes without a site, its processes and what goes through them.
const WITHOUT_SITES: u64 = 32 << 20;

/// What a site takes, with its contexts of TLS, and a route, as an exact location and a prefix. Measured: nginx 1.30 with
/// 1,000 sites of three and of ten routes takes 108 and 209 MiB, and 378 and 749 while it reads them twice more.
const OF_A_SITE: u64 = 64 << 10;
const OF_A_ROUTE: u64 = 24 << 10;

/// What the zone of a limit takes once it is full of addresses; it stays behind a reload.
const OF_A_LIMIT: u64 = 2 << 20;

/// A reload reads the files once more while the old processes still answer, and those of the reload before.
const GENERATIONS: u64 = 3;

impl Platform {
    /// The memory that proxies need for their sites, in the order of their first site.
    #[must_use]
    pub fn memory_of_sites(&self) -> Vec<(ServiceId, Bytes)> {
        let mut taken: IndexMap<ServiceId, (u64, u64)> = IndexMap::default();
        for site in &self.sites {
            let Some(proxy) = site.served_by else { continue };
            let routes = u64::try_from(site.routes.len()).unwrap_or(u64::MAX);
            let of_routes = site.routes.iter().filter(|route| route.limit.is_some()).count();
            let limits = u64::try_from(of_routes).unwrap_or(u64::MAX) + u64::from(site.limit.is_some());
            let (files, zones) = taken.entry(proxy).or_default();
            *files += OF_A_SITE + OF_A_ROUTE * routes;
            *zones += OF_A_LIMIT * limits;
        }
        let needed = |(files, zones): (u64, u64)| WITHOUT_SITES + GENERATIONS * files + zones;
        let rounded = |taken| Bytes(needed(taken).next_multiple_of(16 << 20));
        taken.into_iter().map(|(proxy, taken)| (proxy, rounded(taken))).collect()
    }
}

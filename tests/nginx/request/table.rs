//! Requests of a table: those that a site answers, and their neighbours.

use std::net::{IpAddr, Ipv4Addr};

use infrac::platform::Platform;
use infrac::request::{Client, Request};

use crate::dice::Dice;

/// A request that owns its texts.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) tls: bool,
    /// Whether it speaks to the port of the other scheme.
    pub(crate) crossed: bool,
    pub(crate) host: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) client: Ipv4Addr,
    pub(crate) size: Option<u64>,
    pub(crate) login: bool,
}

impl Asked {
    /// What it meets is asked for as this.
    pub(crate) fn with<T>(
        &self,
        published: (u16, u16),
        too_often: bool,
        work: impl FnOnce(&Request<'_>) -> T,
    ) -> T {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        work(&Request {
            tls: self.tls,
            host: &self.host,
            port: if self.tls == self.crossed { published.0 } else { published.1 },
            method: &self.method,
            target: &self.target,
            headers: &headers,
            client: Client::Address(IpAddr::V4(self.client)),
            size: self.size,
            login: self.login,
            too_often,
        })
    }
}

/// A random request; `number` makes its client's address one that nobody else has, so that no limit is met by chance.
pub(crate) fn request(dice: &mut Dice, platform: &Platform, number: u16) -> Asked {
    let site = &platform.sites[dice.below(platform.sites.len())];
    let names: Vec<&str> = site.names().collect();
    let name = dice.pick(&names).replacen('*', dice.pick(&["x", "x.y", "c"]), 1);
    let tls = if dice.one_of(8) { site.tls.is_none() } else { site.tls.is_some() };
    let mut headers = Vec::new();
    let mut host =
        if dice.one_of(16) { dice.pick(&["none.test", "127.0.0.1", "b.test"]).to_owned() } else { name };
    if dice.one_of(6) {
        let odd = match dice.below(7) {
            0 => host.to_ascii_uppercase(),
            1 => format!("{host}."),
            2 => format!("{host}:8123"),
            3 => "none.test".to_owned(),
            4 => "a..test".to_owned(),
            5 => "a/test".to_owned(),
            _ => "a.test".to_owned(),
        };
        headers.push(("Host".to_owned(), odd));
    }
    if !tls && dice.one_of(12) {
        host = host.to_ascii_uppercase();
    }
    let base = match dice.below(10) {
        0 => "/nothing".to_owned(),
        1 => dice.pick(&["/.well-known/acme-challenge/x", "/.well-known/acme-challenge"]).to_owned(),
        2 => dice.pick(&["/metrics", "/api/metrics", "/api/v1/deep/metrics", "/stats"]).to_owned(),
        _ if site.routes.is_empty() => "/".to_owned(),
        _ => site.routes[dice.below(site.routes.len())].path.path().to_owned(),
    };
    let [high, low] = number.to_be_bytes();
    let first = [4, 4, 5, 5, 6][dice.below(5)];
    if first == 6 || dice.one_of(8) {
        // A friend, a stranger, one behind two balancers, and what is no address.
        let own = format!("{high}.{}", low.max(1));
        let said = match dice.below(5) {
            0 => format!("127.4.{own}"),
            1 => format!("127.5.{own}, 127.6.0.9"),
            2 => format!("127.4.{own},127.6.0.1"),
            3 => format!("unknown, 127.6.{own}"),
            _ => format!("127.6.{own}"),
        };
        headers.push(("X-Forwarded-For".to_owned(), said));
        if dice.one_of(2) {
            headers.push((
                "X-Forwarded-Proto".to_owned(),
                dice.pick(&["http", "https", "HTTPS", "ftp"]).to_owned(),
            ));
        }
    }
    let size = match dice.below(12) {
        0 => Some(0),
        1 => Some(1_024),
        2 => Some(1_025),
        3 => Some(20_000),
        4 if dice.one_of(3) => Some((1 << 20) + 1),
        _ => None,
    };
    Asked {
        tls,
        crossed: dice.one_of(24),
        host,
        method: match dice.below(16) {
            0 => "HEAD",
            1..=3 => "POST",
            4 => "PUT",
            5 => "OPTIONS",
            6 => "TRACE",
            7 => "get",
            _ => "GET",
        }
        .to_owned(),
        target: target(dice, &base),
        headers,
        client: Ipv4Addr::new(127, first, high, low.max(1)),
        size,
        login: dice.one_of(2),
    }
}

/// A path in one of its spellings, or beside it.
fn target(dice: &mut Dice, base: &str) -> String {
    let mut path = encoded(base);
    for _ in 0..dice.below(3) {
        path = match dice.below(18) {
            0 => format!("{path}/"),
            1 => format!("{path}/x"),
            2 => format!("{path}x"),
            3 => format!("{path}//x/./y/.."),
            4 => format!("/{path}"),
            5 => format!("/x/..{path}"),
            6 => path.to_ascii_uppercase(),
            7 => format!("{path};a=b"),
            8 => format!("{path}%2f"),
            9 => format!("{path}%2Fx"),
            10 => format!("{path}\\x"),
            11 => path.replacen('a', "%61", 1),
            12 => format!("{path}/%2e%2e/x.txt"),
            13 => format!("{path}{}", dice.pick(&["/../../..", "%00", "%zz", "%"])),
            14 => format!("{path}/metrics"),
            15 => format!("{path}/x.txt"),
            16 => format!("{path}%0a"),
            _ => format!("{path}%3Fx%23%25"),
        };
    }
    match dice.below(10) {
        0 => format!("{path}?a=/..//%00"),
        1 => format!("{path}#x"),
        _ => path,
    }
}

fn encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b' ' | 0x80.. => format!("%{byte:02X}"),
            byte => char::from(byte).to_string(),
        })
        .collect()
}

//! The host in the cloud of AWS, as far as it follows from the platform: its image and size, who comes in where, the twins of
//! its buckets, and the names that lead to it.

use super::range::Range;
use super::{Account, AccountId, Bucket, Grant, Host, OutsideKind, Platform, Protocol};
use crate::schema::Bytes;

/// An operating system that hosts run.
#[derive(Debug)]
pub struct System {
    /// What a source calls it.
    pub name: &'static str,
    /// The public parameters of AWS that hold its newest image: for x86-64, and for ARM.
    parameters: [&'static str; 2],
    /// The user whom operators log in as.
    pub user: &'static str,
}

/// The operating systems whose newest image AWS names by a public parameter. Those of Ubuntu are Canonical's
/// (docs.aws.amazon.com: Systems Manager, "Calling AMI public parameters"; ubuntu.com: "Find Ubuntu images on AWS"), those of
/// Debian its own (wiki.debian.org/Cloud/AmazonEC2Image). Ubuntu 26.04 is left out: its kernel is 7.0, on which images of MongoDB
/// since 8.0.28 do not start (docker-library/mongo#765).
pub const SYSTEMS: &[System] = &[
    System {
        name: "amazon-linux-2023",
        parameters: [
            "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
            "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
        ],
        user: "ec2-user",
    },
    System {
        name: "debian-12",
        parameters: [
            "/aws/service/debian/release/12/latest/amd64",
            "/aws/service/debian/release/12/latest/arm64",
        ],
        user: "admin",
    },
    System {
        name: "debian-13",
        parameters: [
            "/aws/service/debian/release/13/latest/amd64",
            "/aws/service/debian/release/13/latest/arm64",
        ],
        user: "admin",
    },
    System {
        name: "ubuntu-22.04",
        parameters: [
            "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
            "/aws/service/canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp2/ami-id",
        ],
        user: "ubuntu",
    },
    System {
        name: "ubuntu-24.04",
        parameters: [
            "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
            "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
        ],
        user: "ubuntu",
    },
];

/// The system of a host of which the source says none.
const SYSTEM: &str = "ubuntu-24.04";

/// What the id of an image begins with.
pub const IMAGE_ID: &str = "ami-";

/// The sizes that a host gets by its memory, where the source says no size: the smallest that holds it (aws.amazon.com/ec2:
/// instance types, T3).
pub const SIZES: &[(u64, &str)] =
    &[(2, "t3.small"), (4, "t3.medium"), (8, "t3.large"), (16, "t3.xlarge"), (32, "t3.2xlarge")];

/// The size where the source says nothing at all.
const SIZE: &str = "t3.large";

/// The size of the data disk where the source says none.
const DISK: Bytes = Bytes(50 << 30);

impl System {
    /// The system of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        SYSTEMS.iter().find(|system| system.name == name)
    }
}

impl Host {
    /// The size, as the cloud calls it.
    #[must_use]
    pub fn instance_type(&self) -> &str {
        let by_memory = self.memory.map(|memory| {
            let holds = |(gib, _): &&(u64, &str)| memory.0 <= gib << 30;
            SIZES.iter().find(holds).or(SIZES.last()).map_or(SIZE, |(_, size)| *size)
        });
        self.size.as_deref().or(by_memory).unwrap_or(SIZE)
    }

    /// The size of its data disk in GiB, rounded up.
    #[must_use]
    pub fn data_disk(&self) -> u64 {
        self.disk.unwrap_or(DISK).0.div_ceil(1 << 30)
    }

    /// The operating system; `None` where the source names an image by its id.
    #[must_use]
    pub fn system(&self) -> Option<&'static System> {
        System::find(self.image.as_deref().unwrap_or(SYSTEM))
    }

    /// The id of its image, or the public parameter that holds it.
    #[must_use]
    pub fn image_parameter(&self) -> Option<&str> {
        let arm = is_arm(self.instance_type());
        match self.system() {
            Some(system) => system.parameters.get(usize::from(arm)).copied(),
            None => self.image.as_deref().filter(|image| image.starts_with(IMAGE_ID)),
        }
    }
}

/// Whether machines of a size are of ARM: a `g` stands behind the number of their generation, as in `t4g` and `c7gn`
/// (docs.aws.amazon.com: EC2, "Instance type naming conventions"). `a1` is older than the convention.
fn is_arm(size: &str) -> bool {
    let family = size.split('.').next().unwrap_or_default();
    let behind = family.trim_start_matches(|char: char| char.is_ascii_lowercase());
    let attributes = behind.trim_start_matches(|char: char| char.is_ascii_digit());
    family == "a1" || attributes.split('-').next().is_some_and(|word| word.contains('g'))
}

/// A rule of the host's firewall: a port for a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingress {
    /// What is there.
    pub name: String,
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// The port of the host.
    pub port: u16,
    /// The addresses.
    pub range: String,
}

impl Ingress {
    /// What Terraform knows it by: it stays the same as long as what the rule opens does.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{} from {}", self.protocol, self.port, self.range)
    }
}

/// Every address: of IPv4, and of IPv6.
const EVERYBODY: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// The port of SSH.
const SSH: u16 = 22;

impl Platform {
    /// What names in the cloud begin with.
    #[must_use]
    pub fn cloud_name(&self) -> String {
        match &self.environment {
            Some(environment) => format!("{}-{environment}", self.name),
            None => self.name.clone(),
        }
    }

    /// What the names of buckets begin with, where the source says it: each environment has buckets of its own.
    #[must_use]
    pub fn bucket_prefix(&self) -> Option<String> {
        let prefix = self.settings.terraform.bucket_prefix.as_ref().map(|prefix| prefix.value.clone())?;
        Some(match &self.environment {
            Some(environment) => format!("{prefix}-{environment}"),
            None => prefix,
        })
    }

    /// Whether clients come over IPv6 as well.
    #[must_use]
    pub fn is_dual_stack(&self) -> bool {
        let on_host = self.settings.nginx.host && self.settings.nginx.ipv6.is_some_and(|ipv6| ipv6.value);
        on_host || self.networks.iter().any(|network| network.ipv6)
    }

    /// Who comes in where, in the order of ports. What is published to a declared outside is among it only where the host
    /// listens for it: without `firewall` it is bound to the loopback address.
    #[must_use]
    pub fn ingress(&self) -> Vec<Ingress> {
        let mut rules = Vec::new();
        let mut open = |name: String, protocol, port, ranges: Vec<String>| {
            let of = |range| Ingress { name: name.clone(), protocol, port, range };
            rules.extend(ranges.into_iter().map(of));
        };
        for host in &self.hosts {
            let outside =
                host.ssh.map(|ssh| &self[ssh]).filter(|outside| outside.kind == OutsideKind::Declared);
            if let Some(outside) = outside {
                open("ssh".to_owned(), "tcp", SSH, self.networks_of(&outside.ranges));
            }
        }
        for service in self.services.iter().filter(|service| service.runs()) {
            for port in &service.ports {
                let Some(publish) = &port.publish else { continue };
                let outside = &self[publish.to];
                let ranges = match outside.kind {
                    OutsideKind::Internet => self.everybody(),
                    OutsideKind::Declared if self.firewall() => self.networks_of(&outside.ranges),
                    OutsideKind::Declared | OutsideKind::Localhost => continue,
                };
                let protocol = if port.protocol == Protocol::Udp { "udp" } else { "tcp" };
                open(format!("{}.{}", service.path, port.name), protocol, publish.host_port, ranges);
            }
        }
        // nginx of the host listens there for the sites without a proxy.
        let on_host = self.sites.iter().filter(|site| site.served_by.is_none() && self.serves_by_nginx(site));
        let on_host: Vec<_> = on_host.collect();
        if !on_host.is_empty() {
            open("host.http".to_owned(), "tcp", 80, self.everybody());
        }
        if on_host.iter().any(|site| site.tls.is_some()) {
            open("host.https".to_owned(), "tcp", 443, self.everybody());
        }
        rules.sort_by_cached_key(|rule| (rule.port, rule.protocol, rule.range.clone()));
        rules.dedup_by_key(|rule| rule.key());
        rules
    }

    fn everybody(&self) -> Vec<String> {
        let families = if self.is_dual_stack() { 2 } else { 1 };
        EVERYBODY.iter().take(families).map(|range| (*range).to_owned()).collect()
    }

    /// Ranges by their first addresses: AWS takes no others. Where the host has no IPv6, nobody comes from one of IPv6.
    fn networks_of(&self, ranges: &[String]) -> Vec<String> {
        let ranges = ranges.iter().filter_map(|range| Range::parse(range));
        ranges.filter(|range| !range.is_v6() || self.is_dual_stack()).map(|range| range.network()).collect()
    }

    /// What the twin of a bucket is known by, and what its name ends with.
    #[must_use]
    pub fn twin(&self, bucket: &Bucket) -> String {
        format!("{}-{}", self[bucket.of].name, bucket.name)
    }

    /// The accounts with rights on buckets, each with what its policy is known by.
    pub fn bucket_accounts(&self) -> impl Iterator<Item = (AccountId, String, &Account)> {
        let accounts = self.accounts.iter().enumerate().filter(|(_, account)| account.has_bucket());
        accounts.map(|(at, account)| {
            (AccountId(at), format!("{}-{}", self[account.of].name, account.name), account)
        })
    }

    /// The names of sites that zones of the settings hold, each with the longest of these.
    #[must_use]
    pub fn records(&self) -> Vec<(&str, &str)> {
        let mut records: Vec<(&str, &str)> =
            self.site_names().filter_map(|name| Some((name, self.zone_of(name)?))).collect();
        records.sort_unstable();
        records.dedup();
        records
    }

    /// The public names of sites that nginx serves.
    pub fn site_names(&self) -> impl Iterator<Item = &str> {
        let sites = self.sites.iter().filter(|site| self.serves_by_nginx(site));
        // A name of one part is one of a machine, such as `localhost`.
        sites.flat_map(super::Site::names).filter(|name| name.contains('.'))
    }

    /// The longest zone that holds a name.
    #[must_use]
    pub fn zone_of(&self, name: &str) -> Option<&str> {
        let zones = self.settings.terraform.zones.iter().map(|zone| zone.value.as_str());
        let holds =
            |zone: &&str| name.strip_suffix(*zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        zones.filter(holds).max_by_key(|zone| zone.len())
    }
}

impl Account {
    /// Whether it has a right on a bucket.
    fn has_bucket(&self) -> bool {
        let mut grants = self.read.iter().chain(&self.write).chain(&self.delete);
        grants.any(|grant| matches!(grant, Grant::Bucket(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::is_arm;

    #[test]
    fn the_processor_is_known_by_the_size() {
        for size in ["t4g.small", "m7gd.large", "c7gn.xlarge", "a1.medium", "im4gn.large", "g5g.xlarge"] {
            assert!(is_arm(size), "{size}");
        }
        for size in
            ["t3.xlarge", "g4dn.xlarge", "m7i-flex.large", "p5en.48xlarge", "u7in-16tb.224xlarge", "x"]
        {
            assert!(!is_arm(size), "{size}");
        }
    }
}

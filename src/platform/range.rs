//! Address ranges: `203.0.113.0/24`.

use std::net::IpAddr;

/// The addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The bits of the address, those of IPv4 in the lower half.
    bits: u128,
    /// How many of them are shared.
    shared: u8,
    v6: bool,
}

impl Range {
    /// `address/bits`, or an address alone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, shared) = match text.split_once('/') {
            Some((address, shared)) => (address, Some(shared.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let of = Self::of(address);
        let shared = shared.unwrap_or(of.shared);
        (shared <= of.shared).then_some(Self { shared, ..of })
    }

    /// An address alone.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self { bits: u128::from(u32::from(address)), shared: 32, v6: false },
            IpAddr::V6(address) => Self { bits: u128::from(address), shared: 128, v6: true },
        }
    }

    /// Whether another range lies in it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        self.v6 == other.v6 && self.shared <= other.shared && self.first() == other.cut(self.shared)
    }

    /// Whether its addresses are those of IPv6.
    #[must_use]
    pub fn is_v6(&self) -> bool {
        self.v6
    }

    /// Whether every address of its family lies in it.
    #[must_use]
    pub fn holds_all(&self) -> bool {
        self.shared == 0
    }

    /// Whether the two have an address in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.holds(other) || other.holds(self)
    }

    /// The range by its first address: `203.0.113.0/24` of `203.0.113.7/24`.
    #[must_use]
    pub fn network(&self) -> String {
        let first = self.first();
        let address = if self.v6 {
            IpAddr::from(first.to_be_bytes())
        } else {
            // The bits of an address of IPv4 stand in the lower half.
            IpAddr::from(u32::try_from(first & u128::from(u32::MAX)).unwrap_or_default().to_be_bytes())
        };
        format!("{address}/{}", self.shared)
    }

    fn first(&self) -> u128 {
        self.cut(self.shared)
    }

    /// The address with its first bits alone.
    fn cut(&self, shared: u8) -> u128 {
        let width: u8 = if self.v6 { 128 } else { 32 };
        let rest = u32::from(width.saturating_sub(shared));
        let mask = u128::MAX.checked_shl(rest).unwrap_or(0);
        self.bits & mask
    }
}

/// Addresses that documents use, and nobody has (RFC 5737, section 3; RFC 3849, section 2).
pub const DOCUMENTATION: [&str; 4] = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"];

/// The networks that Docker makes by itself (moby/moby:daemon/libnetwork/ipamutils/utils.go), the smallest of each kind:
/// whole /16 of 172.17 to 172.31, and /20 of 192.168; unique local ones for IPv6 (RFC 4193).
pub const OF_ENGINES: [(&str, u8); 3] = [("172.16.0.0/12", 32), ("192.168.0.0/16", 20), ("fc00::/7", 128)];

/// Addresses that are nobody's in the internet: of private networks, of providers' own, of one link and of the machine
/// itself (RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291).
pub const PRIVATE: [&str; 9] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

impl Range {
    /// Whether it holds addresses of private networks, as a range does that holds everything.
    #[must_use]
    pub fn holds_private(&self) -> bool {
        PRIVATE.iter().filter_map(|text| Self::parse(text)).any(|range| range.meets(self))
    }

    /// Whether it is one of those that documents use.
    #[must_use]
    pub fn is_documentation(&self) -> bool {
        DOCUMENTATION.iter().filter_map(|text| Self::parse(text)).any(|range| range.holds(self))
    }

    /// Whether it may hold a network that an engine makes.
    #[must_use]
    pub fn holds_an_engines(&self) -> bool {
        OF_ENGINES.iter().any(|(text, least)| {
            Self::parse(text).is_some_and(|range| range.meets(self) && self.shared <= *least)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    fn range(text: &str) -> Range {
        Range::parse(text).expect("a range")
    }

    #[test]
    fn ranges_hold_and_meet() {
        assert!(range("10.0.0.0/8").holds(&range("10.1.2.3")));
        assert!(!range("10.1.2.3/32").holds(&range("10.1.2.4")));
        assert!(range("0.0.0.0/0").holds(&range("255.255.255.255")));
        assert!(!range("0.0.0.0/0").holds(&range("::1")));
        assert!(range("2001:db8::/32").holds(&range("2001:db8:1::/48")));
        assert!(range("10.1.0.0/16").meets(&range("10.0.0.0/8")));
        assert!(Range::parse("10.0.0.0/33").is_none() && Range::parse("host").is_none());
    }

    #[test]
    fn a_range_is_written_by_its_first_address() {
        for (text, network) in [
            ("203.0.113.7/24", "203.0.113.0/24"),
            ("203.0.113.7", "203.0.113.7/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:db8::7/32", "2001:db8::/32"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(range(text).network(), network);
        }
    }

    #[test]
    fn ranges_of_documents_and_engines_are_known() {
        assert!(range("203.0.113.7/32").is_documentation() && range("2001:db8::/48").is_documentation());
        assert!(!range("203.0.114.7").is_documentation() && !range("0.0.0.0/0").is_documentation());
        assert!(range("172.18.0.1").holds_an_engines() && range("192.168.0.0/16").holds_an_engines());
        assert!(range("0.0.0.0/0").holds_an_engines() && range("fd00::/8").holds_an_engines());
        assert!(range("10.1.0.0/16").holds_private() && range("::/0").holds_private());
        assert!(!range("81.2.69.0/24").holds_private() && !range("2606:4700::/32").holds_private());
        assert!(!range("192.168.1.0/24").holds_an_engines() && !range("10.0.0.0/8").holds_an_engines());
    }
}

//! Rates of limits, as proxies count them.

use std::fmt;

use super::Limit;

/// A rate in whole requests a second or a minute, which is how nginx counts (nginx.org: `limit_req_zone`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    requests: u64,
    per_second: bool,
}

impl Limit {
    /// Its rate; `None` where it is no whole number of requests a minute, or more than can be counted: nginx has
    /// thousandths of a request a second in 32 bits.
    #[must_use]
    pub fn rate(&self) -> Option<Rate> {
        let whole = |millis: u64| {
            let requests = self.rate.checked_mul(millis)?;
            (self.per.0 > 0 && requests % self.per.0 == 0).then(|| requests / self.per.0)
        };
        let second = whole(1_000).map(|requests| Rate { requests, per_second: true });
        let rate = second.or_else(|| whole(60_000).map(|requests| Rate { requests, per_second: false }));
        rate.filter(|rate| (1..=1_000_000).contains(&rate.requests))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}r/{}", self.requests, if self.per_second { 's' } else { 'm' })
    }
}

#[cfg(test)]
mod tests {
    use super::Limit;
    use crate::schema::Duration;

    #[test]
    fn rates_are_whole() {
        let rate = |rate, per| {
            let limit = Limit { rate, per: Duration(per), burst: None };
            limit.rate().map(|rate| rate.to_string())
        };
        assert_eq!(rate(50, 1_000).as_deref(), Some("50r/s"));
        assert_eq!(rate(10, 60_000).as_deref(), Some("10r/m"));
        assert_eq!(rate(600, 3_600_000).as_deref(), Some("10r/m"));
        assert_eq!(rate(120, 60_000).as_deref(), Some("2r/s"));
        assert_eq!(rate(10, 3_600_000), None);
    }
}

//! Certificates as a probe looks at them: a scrape job for each issuer, and the alerts that are one of each issuer.
//!
//! They are looked at apart from the sites. A probe that verifies a certificate has no answer once it is over, and with the
//! answer its end would go (prometheus/blackbox_exporter:prober/http.go): the alert would be resolved when it is needed most.

use crate::hash::IndexMap;
use crate::model;
use crate::platform::observe::{Module, Probe};
use crate::platform::{Issuer, Platform, Service, ServiceId};
use crate::schema::{Duration, Map, Word};
use crate::syntax::{Name, Text};

/// What stands for the scrape job in the query of an alert that is one of each issuer.
const JOB: &str = "$job";

/// What a share of the issuer's lifetime begins with there: `$lifetime*25%`, in seconds.
const LIFETIME: &str = "$lifetime*";

/// The label of such an alert.
const ISSUER: &str = "issuer";

/// The time that is taken for the operator's own certificates, of which nothing is known: the shortest that authorities
/// sell by hand.
const OF_FILES: Duration = Duration(90 * 86_400_000);

/// The sites that a probe looks at by the issuers of their certificates, in the order of the sites.
pub(super) fn by_issuer(platform: &Platform) -> IndexMap<&str, (&Issuer, Vec<Probe>)> {
    let mut issuers: IndexMap<&str, (&Issuer, Vec<Probe>)> = IndexMap::default();
    for site in &platform.sites {
        let (Some(host), Some(tls)) = (site.host(), &site.tls) else { continue };
        if tls.signs_itself() && site.probe.is_none() {
            continue;
        }
        let (_, probes) =
            issuers.entry(tls.issuer.name.as_str()).or_insert_with(|| (&tls.issuer, Vec::new()));
        let address = format!("{host}:{}", platform.asked_at(site));
        probes.push(Probe { site: site.name.clone(), address, module: Module::Certificate });
    }
    issuers
}

/// The scrape job of a probe for the certificates of an issuer.
pub(super) fn job(probe: &Service, issuer: &str) -> String {
    format!("{}-certificates-{issuer}", probe.name)
}

/// An alert of a probe for each issuer.
pub(super) fn alerts(platform: &Platform, owner: ServiceId, block: &model::Alert) -> Vec<model::Alert> {
    let probe = &platform[owner];
    let of_issuer = |issuer: &Issuer| {
        let mut alert = block.clone();
        let lifetime = issuer.lifetime.unwrap_or(OF_FILES);
        let put_in = |text: &str| shares(&text.replace(JOB, &job(probe, &issuer.name)), lifetime);
        if let Some(text) = alert.expr.text.as_literal() {
            alert.expr.text = Text::literal(put_in(text));
        }
        for series in alert.test.iter_mut().flat_map(|test| &mut test.series) {
            series.selector.text = put_in(&series.selector.text).into();
            if let Some(text) = series.values.text.as_literal() {
                series.values.text = Text::literal(put_in(text));
            }
        }
        let name = Name { text: ISSUER.into(), span: block.name.span, quoted: false };
        let word = Word { text: issuer.name.clone(), span: block.name.span };
        alert.labels.get_or_insert_with(|| Map { entries: Vec::new() }).entries.push((name, word));
        alert
    };
    by_issuer(platform).values().map(|(issuer, _)| of_issuer(issuer)).collect()
}

/// Puts seconds in the place of shares of a lifetime.
fn shares(text: &str, lifetime: Duration) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(LIFETIME) {
        out.push_str(before);
        let share = behind.split_once('%').and_then(|(share, behind)| Some((hundredths(share)?, behind)));
        if let Some((share, behind)) = share {
            out.push_str(&(lifetime.0.saturating_mul(share) / 10_000_000).to_string());
            rest = behind;
        } else {
            out.push_str(LIFETIME);
            rest = behind;
        }
    }
    out + rest
}

/// `12.5` as 1,250.
fn hundredths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<2}");
    (part.len() == 2).then_some(())?;
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::shares;
    use crate::schema::Duration;

    #[test]
    fn shares_are_seconds() {
        let day = Duration(86_400_000);
        for (text, expected) in [
            ("x < $lifetime*25%", "x < 21600"),
            ("$lifetime*12.5%x10 $lifetime*100%", "10800x10 86400"),
            ("$lifetime*x% $lifetime*", "$lifetime*x% $lifetime*"),
        ] {
            assert_eq!(shares(text, day), expected);
        }
    }
}

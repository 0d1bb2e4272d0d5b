//! What gets the certificates of a proxy's sites: a script, a table of the sites, and a file of settings for each authority.

use super::name::id;
use crate::emit;
use crate::platform::{Acme, Issuer, IssuerKind, Platform, Service, Site};
use crate::schema::Duration;
use crate::target::Artifact;

const SCRIPT: &str = include_str!("../../../targets/nginx/certificates.sh");

/// The folder of a service with `role = certificates`.
pub(super) fn folder(platform: &Platform, service: &Service, root: &str, header: &str) -> Vec<Artifact> {
    let Some(proxy) = service.parent.map(|proxy| &platform[proxy]) else { return Vec::new() };
    let artifact = |path: &str, content: &str| {
        let content = emit::with_header(path, &[header.to_owned()], content);
        Artifact::new(format!("{root}/{path}"), content)
    };
    let of_proxy = platform.sites.iter().filter(|site| site.served_by == Some(proxy.id)).enumerate();
    let sites: Vec<(String, &Site, &Issuer)> = of_proxy
        .filter_map(|(at, site)| Some((id(site, at), site, &*site.tls.as_ref()?.issuer)))
        .filter(|(.., issuer)| issuer.is_asked())
        .collect();
    let mut artifacts = vec![artifact("certificates.sh", SCRIPT)];
    let mut head: Vec<String> = Vec::new();
    for (at, (.., issuer)) in sites.iter().enumerate() {
        let Some(acme) = issuer.acme() else { continue };
        if sites[..at].iter().any(|(.., known)| known.name == issuer.name) {
            continue;
        }
        // The account is one: its address is that of the authority, or of the first site.
        let mut of_sites = sites.iter().filter(|(.., other)| other.name == issuer.name);
        let email = acme.email.as_deref().or_else(|| of_sites.find_map(|(_, site, _)| email(site)));
        artifacts.push(artifact(&format!("{}.conf", issuer.name), &settings(acme, email)));
        artifacts.extend(acme.ca.as_ref().map(|ca| artifact(&format!("{}.pem", issuer.name), ca)));
        let key = acme.eab.as_ref().map(|(_, key)| platform[*key].file_path());
        head.extend(key.map(|path| format!("@key {} {path}\n", issuer.name)));
        if let Some(http) = proxy.http().filter(|_| !head.iter().any(|line| line.starts_with("@proxy"))) {
            head.insert(0, format!("@proxy {}:{}\n", proxy.name, http.number));
            // Nothing is known of the client (haproxy/haproxy:doc/proxy-protocol.txt, section 2.1).
            if !platform.proxy_protocol().is_empty() {
                head.insert(1, "@before PROXY UNKNOWN\n".to_owned());
            }
        }
    }
    artifacts.push(artifact("sites.conf", &format!("{}{}", head.concat(), table(&sites))));
    artifacts
}

fn email(site: &Site) -> Option<&str> {
    site.tls.as_ref()?.email.as_deref()
}

/// A line for each site: its name, the issuer, a time in seconds, and its host names.
fn table(sites: &[(String, &Site, &Issuer)]) -> String {
    let lines = sites.iter().map(|(id, site, issuer)| {
        let lifetime = issuer.lifetime.unwrap_or(Duration(0));
        let time = match issuer.kind {
            IssuerKind::Acme(_) => look(lifetime),
            IssuerKind::SelfSigned | IssuerKind::Files => lifetime,
        };
        let names: Vec<&str> = site.names().collect();
        format!("{id} {} {} {}\n", issuer.name, time.0 / 1_000, names.join(" "))
    });
    lines.collect()
}

/// The time between two looks at a certificate: a hundredth and a half of its own, so that it is renewed soon behind the
/// moment that the authority advises, and every six hours at most, which is when authorities renew their advice
/// (RFC 9773, section 4.3).
fn look(lifetime: Duration) -> Duration {
    Duration((lifetime.0 / 160).clamp(60_000, 6 * 3_600_000))
}

/// Settings of certbot (certbot/certbot:certbot/docs/cli-help.txt).
fn settings(acme: &Acme, email: Option<&str>) -> String {
    let mut lines = vec![
        format!("server = {}", acme.url),
        "key-type = ecdsa".to_owned(),
        "elliptic-curve = secp256r1".to_owned(),
    ];
    lines.push(match email {
        Some(email) => format!("email = {email}"),
        None => "register-unsafely-without-email = true".to_owned(),
    });
    lines.extend(email.map(|_| "no-eff-email = true".to_owned()));
    lines.extend(acme.profile.as_ref().map(|profile| format!("required-profile = {profile}")));
    lines.extend(acme.eab.as_ref().map(|(id, _)| format!("eab-kid = {id}")));
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::look;
    use crate::schema::Duration;

    #[test]
    fn short_certificates_are_looked_at_more_often() {
        let hours = |count: u64| Duration(count * 3_600_000);
        assert_eq!(look(hours(45 * 24)), hours(6));
        assert_eq!(look(hours(160)), hours(1));
        assert_eq!(look(hours(1)), Duration(60_000));
    }
}

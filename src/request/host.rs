//! Names of hosts: what a `Host` header says, and which site it is for.

use crate::notation::authority::Authority;
use crate::platform::Site;

/// The name in a `Host` header in lower case, without its port and the dot at its end; `None` where nginx answers 400
/// (nginx/nginx:src/http/ngx_http_request.c, `ngx_http_validate_host`).
pub(super) fn named(header: &str) -> Option<String> {
    let Authority { host: name, port } = Authority::parse(header)?;
    let port = port.unwrap_or_default();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(&byte);
    let literal = name.starts_with('[');
    let inner = if literal { &name[1..name.len() - 1] } else { name };
    let fits = inner.bytes().all(|byte| allowed(byte) || (literal && byte == b':')) && !inner.contains("..");
    let is_port =
        port.bytes().all(|byte| byte.is_ascii_digit()) && (port.is_empty() || port.parse::<u16>().is_ok());
    let name = name.strip_suffix('.').unwrap_or(name);
    (fits && is_port && !name.is_empty()).then(|| name.to_ascii_lowercase())
}

/// The site of a name among those of a proxy: its own name or an alias, else the longest `*.` that it ends with.
pub(super) fn site_of<'a>(sites: &[&'a Site], name: &str) -> Option<&'a Site> {
    let names = |site: &'a Site| site.names();
    let exact = sites.iter().find(|site| names(site).any(|own| own.eq_ignore_ascii_case(name)));
    if let Some(site) = exact {
        return Some(site);
    }
    let wildcard = |own: &str| {
        let end = own.strip_prefix('*')?.to_ascii_lowercase();
        (name.len() > end.len() && name.ends_with(&end)).then_some(end.len())
    };
    let fitting = sites.iter().filter_map(|site| Some((names(site).filter_map(wildcard).max()?, *site)));
    // Of two that are as long, the first: they are the same name.
    fitting.rev().max_by_key(|(length, _)| *length).map(|(_, site)| site)
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn hosts_are_as_nginx_reads_them() {
        for (header, name) in [
            ("shop.example.com", Some("shop.example.com")),
            ("SHOP.example.COM:8443", Some("shop.example.com")),
            ("shop.example.com.", Some("shop.example.com")),
            ("shop.example.com.:80", Some("shop.example.com")),
            ("[::1]:80", Some("[::1]")),
            ("[::1]", Some("[::1]")),
            ("a_b~c", Some("a_b~c")),
            ("", None),
            (".", None),
            ("a..b", None),
            ("a/b", None),
            ("a b", None),
            ("a:x", None),
            ("a:65536", None),
            ("[::1", None),
            ("[::1]x", None),
            ("[", None),
        ] {
            assert_eq!(named(header).as_deref(), name, "{header}");
        }
    }
}

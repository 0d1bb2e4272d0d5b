//! Good configurations, each broken in one place: what must refuse them is known to work.

use infrac::platform::Version;

/// A change of a file of the proxy of `tests/ok/tour.infra`.
pub(crate) struct Twin {
    /// What is wrong with it.
    pub(crate) wrong: &'static str,
    /// The file.
    pub(crate) file: &'static str,
    /// What is replaced, once. Where it is not there, the version has other words for it.
    pub(crate) from: &'static str,
    /// By what.
    pub(crate) to: &'static str,
    /// The first version that reads it.
    pub(crate) until: Version,
    /// What the refusal must say, so that it is refused for this and nothing else.
    pub(crate) told: &'static str,
}

const MAIN: &str = "nginx.conf";
const SITE: &str = "sites/shop.conf";

/// No version reads it.
const NONE: Version = Version(u32::MAX, 0);

const fn twin(
    wrong: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    told: &'static str,
) -> Twin {
    Twin { wrong, file, from, to, until: NONE, told }
}

/// nginx refuses these.
pub(crate) const FOR_NGINX: &[Twin] = &[
    twin("unknown directive", MAIN, "    gzip on;", "    gzips on;", "unknown directive \"gzips\""),
    twin("no semicolon", MAIN, "server_tokens off;", "server_tokens off", "directive"),
    twin("a brace too few", SITE, "    location = /metrics {", "    location = /metrics", "location"),
    twin("a brace too many", SITE, "    location = /metrics {", "    } location = /metrics {", "location"),
    twin("a location twice", SITE, "location /metrics/ {", "location / {", "duplicate location"),
    twin("a pattern without an end", SITE, "\"^/metrics(", "\"^/metrics((", "pcre"),
    twin("a limit that is not there", SITE, "zone=shop_10r_s", "zone=other", "zero size shared memory zone"),
    twin("a rate by the hour", MAIN, "rate=10r/s", "rate=10r/h", "invalid rate"),
    twin("an upstream that is not there", SITE, "http://backend_http", "http://other_http", "host not found"),
    twin("a variable that is not there", SITE, "http://$to_backend_http", "http://$to_other", "variable"),
    twin("a file that is not there", SITE, "include proxy.conf;", "include other.conf;", "No such file"),
    twin(
        "a variable of nginx that is none",
        MAIN,
        "$request_id",
        "$request_number",
        "unknown \"request_number\" variable",
    ),
    twin(
        "a name that has no room",
        SITE,
        "server_name shop",
        "server_name a-label-that-is-longer-than-those-that-the-hash-has-been-made-for",
        "could not build",
    ),
    twin(
        "a second default server",
        SITE,
        "listen 8080;",
        "listen 8080 default_server;",
        "duplicate default server",
    ),
    twin("a protocol that is none", MAIN, "TLSv1.2 TLSv1.3", "TLSv1.2 TLSv9", "invalid value \"TLSv9\""),
    twin("a word that has no end", SITE, "X-Frame-Options DENY", "X-Frame-Options \"DENY", "unexpected"),
    Twin {
        until: Version(1, 25),
        ..twin("http2 alone", SITE, "server {", "server { http2 on;", "\"http2\"")
    },
    Twin {
        until: Version(1, 19),
        ..twin("a refusal of handshakes", SITE, "server {", "server { ssl_reject_handshake on;", "ssl_reject")
    },
    Twin {
        until: Version(1, 27),
        ..twin(
            "an upstream that is resolved again",
            SITE,
            "server {",
            "upstream a { zone a 64k; server b:1 resolve; }\nserver {",
            "resolve",
        )
    },
];

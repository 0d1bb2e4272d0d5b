//! Forms of text: what a name, an address or a path is to an API server
//! (kubernetes/apimachinery:pkg/util/validation/validation.go, where nothing else is named).

use std::net::IpAddr;

use crate::platform::{is_label_key, is_label_value};

/// A form of text.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// What text of another form is not: `no name of DNS`.
    pub(super) what: &'static str,
    /// What the form is, as a help.
    pub(super) help: &'static str,
    pub(super) holds: fn(&str) -> bool,
}

/// `IsDNS1123Label`
pub(super) const LABEL: Form = Form {
    what: "name",
    help: "a name has lower-case letters, digits and hyphens inside, at most 63",
    holds: crate::resolve::is_dns_label,
};

/// `IsDNS1035Label`
pub(super) const SERVICE: Form = Form {
    what: "name of a Service",
    help: "a name has lower-case letters, digits and hyphens inside, at most 63, and starts with a letter",
    holds: |text| crate::resolve::is_dns_label(text) && text.starts_with(|c: char| c.is_ascii_lowercase()),
};

/// `IsDNS1123Subdomain`
pub(super) const NAMES: Form = Form {
    what: "name",
    help: "a name has lower-case letters, digits, and hyphens and dots inside, at most 253",
    holds: |text| text.len() <= 253 && text.split('.').all(|part| is_part(part, b"-")),
};

/// `IsDNS1123SubdomainWithUnderscore`; `.` alone is the root, and a dot may stand at the end (`validatePodDNSConfig`).
pub(super) const SEARCH: Form = Form {
    what: "domain to search",
    help: "a domain has lower-case letters, digits, and hyphens, underscores and dots inside, at most 253",
    holds: |text| {
        let text = text.strip_suffix('.').unwrap_or(text);
        let part = |part: &str| is_part(part.strip_prefix('_').unwrap_or(part), b"-_");
        text.is_empty() || text.len() <= 253 && text.split('.').all(part)
    },
};

/// Lower-case letters and digits, and others between them.
fn is_part(part: &str, inner: &[u8]) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let outer = |byte: Option<u8>| byte.is_some_and(plain);
    part.bytes().all(|byte| plain(byte) || inner.contains(&byte))
        && outer(part.bytes().next())
        && outer(part.bytes().next_back())
}

/// `IsValidPortName`
pub(super) const PORT: Form = Form {
    what: "name of a port",
    help: "a port is called by lower-case letters, digits and single hyphens inside, at most 15, with a letter among them",
    holds: |text| {
        text.len() <= 15
            && is_part(text, b"-")
            && !text.contains("--")
            && text.bytes().any(|byte| byte.is_ascii_lowercase())
    },
};

/// `IsQualifiedName`
pub(super) const KEY: Form = Form {
    what: "key of a label",
    help: "a key is `NAME` or `DOMAIN/NAME`, of letters, digits, `-`, `_` and `.`, the name of at most 63",
    holds: is_label_key,
};

/// `IsQualifiedName`, of what is no label.
pub(super) const QUALIFIED: Form = Form { what: "qualified name", ..KEY };

/// `IsValidLabelValue`
pub(super) const VALUE: Form = Form {
    what: "value of a label",
    help: "a value has at most 63 letters, digits, `-`, `_` and `.`, and ends with a letter or a digit",
    holds: is_label_value,
};

/// `IsValidIP`
pub(super) const ADDRESS: Form = Form {
    what: "address",
    help: "an address is written like `10.0.0.1` or `fd00::1`",
    holds: |text| text.parse::<IpAddr>().is_ok(),
};

/// `IsValidCIDR`; blanks around it are let through (`ValidateService`).
pub(super) const RANGE: Form = Form {
    what: "range of addresses",
    help: "a range is written like `10.0.0.0/8`",
    holds: |text| text.contains('/') && crate::platform::range::Range::parse(text.trim()).is_some(),
};

/// `IsRelaxedEnvVarName`
pub(super) const VARIABLE: Form = Form {
    what: "name of a variable",
    help: "a variable is called by printable ASCII without `=`",
    holds: |text| !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x20..=0x7e) && byte != b'='),
};

/// `IsConfigMapKey`
pub(super) const ENTRY: Form = Form {
    what: "key of a ConfigMap or a Secret",
    help: "a key has letters, digits, `-`, `_` and `.`, at most 253, and does not start with two dots",
    holds: |text| {
        (1..=253).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && text != "."
            && !text.starts_with("..")
    },
};

/// `IsHTTPHeaderName`
pub(super) const HEADER: Form = Form {
    what: "name of a header",
    help: "a header is called by letters, digits and hyphens",
    holds: |text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
};

/// `validateLocalDescendingPath` (kubernetes/kubernetes:pkg/apis/core/validation/validation.go)
pub(super) const INSIDE: Form = Form {
    what: "path inside",
    help: "the path is relative, and goes nowhere up",
    holds: |text| !text.starts_with('/') && !climbs(text),
};

/// `validatePathNoBacksteps` (the same file)
pub(super) const PATH: Form = Form {
    what: "path without `..`",
    help: "write the path as it is, without going up",
    holds: |text| !climbs(text),
};

/// An absolute path (`validateNFSVolumeSource`).
pub(super) const ABSOLUTE: Form =
    Form { what: "absolute path", help: "write the path from `/` on", holds: |text| text.starts_with('/') };

fn climbs(text: &str) -> bool {
    text.split('/').any(|part| part == "..")
}

/// `IsValidSysctlName` (kubernetes/kubernetes:pkg/apis/core/validation/validation.go)
pub(super) const SYSCTL: Form = Form {
    what: "setting of a kernel",
    help: "a setting is called like `net.core.somaxconn`",
    holds: |text| text.len() <= 253 && text.split(['.', '/']).all(|part| is_part(part, b"-_")),
};

/// `IsDomainPrefixedPath`, of at most 63 characters (`validateJobSpec`).
pub(super) const MANAGER: Form = Form {
    what: "name of a controller",
    help: "a controller is called `DOMAIN/NAME`, in at most 63 characters",
    holds: |text| {
        let path = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
        text.len() <= 63
            && text.split_once('/').is_some_and(|(domain, name)| {
                (NAMES.holds)(domain) && !name.is_empty() && name.bytes().all(path)
            })
    },
};

/// A key with a domain that is none of Kubernetes' own (`EvictionResponder`, kubernetes/kubernetes:api/openapi-spec/swagger.json).
pub(super) const RESPONDER: Form = Form {
    what: "name of a responder",
    help: "a responder is called `DOMAIN/NAME`; domains of `k8s.io` and `kubernetes.io` are reserved",
    holds: |text| {
        let domain = text.split_once('/').map_or("", |(domain, _)| domain);
        let is_theirs = ["k8s.io", "kubernetes.io"]
            .iter()
            .any(|own| domain.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
        !domain.is_empty() && !is_theirs && is_label_key(text)
    },
};

/// `ValidateCSIDriverName` (kubernetes/kubernetes:pkg/apis/core/validation/validation.go)
pub(super) const DRIVER: Form = Form {
    what: "name of a driver",
    help: "a driver is called like a domain, in at most 63 characters",
    holds: |text| text.len() <= 63 && (NAMES.holds)(&text.to_lowercase()),
};

/// `HugePages-2Mi`, beside `Memory` (`IsHugePageMedium`, kubernetes/kubernetes:pkg/apis/core/v1/helper/helpers.go).
pub(super) const MEDIUM: Form = Form {
    what: "medium",
    help: "a medium is `Memory`, `HugePages`, or `HugePages-2Mi` and its like",
    holds: |text| {
        let size = text.strip_prefix("HugePages-").and_then(super::parse_amount);
        matches!(text, "Memory" | "HugePages") || size.is_some_and(|size| size > 0.0)
    },
};

/// A signal that a container is stopped by (kubernetes/kubernetes:pkg/apis/core/types.go, `Signal`).
pub(super) const SIGNAL: Form = Form {
    what: "signal",
    help: "a signal is called like `SIGTERM`",
    holds: |text| {
        const NAMED: &str = "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP \
            SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX";
        let Some(name) = text.strip_prefix("SIG") else { return false };
        let least = name.strip_prefix("RTMIN+").and_then(|number| number.parse::<u8>().ok());
        let most = name.strip_prefix("RTMAX-").and_then(|number| number.parse::<u8>().ok());
        NAMED.split(' ').any(|known| known == name)
            || least.is_some_and(|number| (1..=15).contains(&number))
            || most.is_some_and(|number| (1..=14).contains(&number))
    },
};

/// `IsValidPercent`
pub(super) fn is_share(text: &str) -> bool {
    text.strip_suffix('%')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

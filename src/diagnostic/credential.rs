//! Credentials and their names: what rules tell of, and no message shows.

pub mod address;
pub mod file;
pub mod found;
pub mod mark;
mod near;
pub mod pair;
mod program;
pub mod text;
pub mod token;
pub mod value;

/// The last words of names whose values may be credentials.
pub const NAMES: &[&str] = &[
    "token",
    "key",
    "apikey",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "auth",
    "sig",
    "signature",
    "credential",
    "credentials",
];

/// The ends of names of variables whose values are credentials. Another `KEY` may be one of a cache, and an `AUTH` a
/// way to log in: these are told by their values.
const VARIABLES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "secret",
    "token",
    "apikey",
    "secretkey",
    "privatekey",
    "encryptionkey",
    "secretaccesskey",
    "secretkeybase",
    "authtoken",
    "authkey",
    "masterkey",
    "keydata",
    "accountkey",
    "sharedaccesskey",
    "presharedkey",
    "requirepass",
    "masterauth",
    "primaryauth",
    "storepass",
    "keypass",
    "bindpw",
    "hmacencoded",
    "erlangcookie",
    "roottokenid",
    "neo4jauth",
    "rocommunity",
    "rwcommunity",
];

/// Keys that take nothing but the name of a secret and do not say so themselves: those of the language, which a test holds to the
/// schema, and that of HTTP clients in the files of Prometheus and Alertmanager. `webhook` takes an address as well.
pub const OF_SECRET_NAMES: &[&str] = &["credentials", "key", "login", "opsgenie", "pagerduty", "teams"];

/// What the name of a variable says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// It is one.
    Credential,
    /// Others have such names, too: the value must look like a credential.
    Perhaps,
    /// Nothing.
    Other,
}

/// What a name says of its value.
#[must_use]
pub fn names(name: &str) -> Names {
    // Nearly every name is none, and has none of the parts of one.
    if !mark::is_marked(name) {
        return Names::Other;
    }
    let name = counted(name);
    let word = last_word(name);
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    // `bypass` ends like `pass`, and `apikey` is two words to those who write them so.
    if VARIABLES.iter().any(|end| word == *end || (end.len() > 5 && plain.ends_with(end))) {
        Names::Credential
    } else if NAMES.contains(&word.as_str()) {
        Names::Perhaps
    } else {
        Names::Other
    }
}

/// Words behind the name of a credential that say which of several it is.
const WHICH: &[&str] = &[
    "old",
    "new",
    "previous",
    "prev",
    "next",
    "current",
    "primary",
    "secondary",
    "main",
    "backup",
    "default",
    "prod",
    "production",
    "staging",
    "dev",
    "test",
    "live",
];

/// A name without what says behind it which of several it is: `DB_PASSWORD2`, `API_TOKEN_OLD`.
fn counted(name: &str) -> &str {
    let plain =
        |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['_', '-']).len();
    // `neo4j` is a word, and `V2` a version.
    let mut name = &name[..plain(name)];
    while let Some((rest, last)) = name.rsplit_once(['_', '-'])
        && WHICH.iter().any(|which| which.eq_ignore_ascii_case(last))
        && !rest.is_empty()
    {
        name = &rest[..plain(rest)];
    }
    name
}

/// The last word of a name in any style: `apiKey`, `api_key`, `api-key`.
#[must_use]
pub fn last_word(name: &str) -> String {
    let word = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(name);
    // Of capitals only, it is one word.
    let humps = word.chars().any(|c| c.is_ascii_lowercase());
    let hump = word.rfind(|c: char| c.is_ascii_uppercase()).filter(|_| humps).unwrap_or(0);
    word[hump..].to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Names, names};

    #[test]
    fn names_say_what_their_values_are() {
        for name in [
            "DB_PASSWORD",
            "apiKey",
            "stripe.api_key",
            "AWS_SECRET_ACCESS_KEY",
            "SECRET_KEY_BASE",
            "password",
            "TOKEN",
            "db-pass",
            "DB_PASSWORD2",
            "DB_PASSWORD_2",
            "API_TOKEN_OLD",
            "dbPassword1",
        ] {
            assert_eq!(names(name), Names::Credential, "{name}");
        }
        for name in ["CACHE_KEY", "AUTH", "CREDENTIALS"] {
            assert_eq!(names(name), Names::Perhaps, "{name}");
        }
        for name in ["TOKEN_URL", "MAX_TOKENS", "bypass", "monkey", "PASSWORD_FILE", "NEW_2", "_", "2", ""] {
            assert_eq!(names(name), Names::Other, "{name}");
        }
    }
}

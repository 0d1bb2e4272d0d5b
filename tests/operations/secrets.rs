//! `scripts/secrets.sh`, and what is said of a `.env`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::engine::{Host, platform, said};

fn host() -> Host {
    let host = Host::of(platform("platform", None));
    fs::remove_file(host.build().join(".env")).expect("it is there");
    host
}

fn values(env: &str) -> BTreeMap<&str, &str> {
    env.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('=')).collect()
}

fn mode(host: &Host) -> u32 {
    fs::metadata(host.build().join(".env")).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn what_is_empty_and_the_platforms_own_is_filled_in_and_nothing_else() {
    let host = host();
    let example = host.read(".env.example");
    let output = host.run("scripts/secrets.sh", &[]);
    assert!(output.status.success(), "{}", said(&output));
    let env = host.read(".env");
    let (before, after) = (values(&example), values(&env));
    let filled: Vec<&str> =
        after.iter().filter(|(name, value)| before[*name] != **value).map(|(name, _)| *name).collect();
    assert!(
        filled.contains(&"MONGO_APP_PASSWORD") && filled.contains(&"KIBANA_ENCRYPTION_KEY"),
        "{filled:?}"
    );
    for name in ["SMTP_PASSWORD", "SLACK_WEBHOOK", "HEARTBEAT_URL", "SENTRY_DSN"] {
        assert_eq!(after[name], "", "{name}");
    }
    for name in &filled {
        let value = after[name];
        assert!(value.len() >= 32 && value.starts_with(|c: char| c.is_ascii_alphanumeric()), "{name}");
        assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{name}");
        assert!(!said(&output).contains(value), "{name} is shown");
    }
    let empty = |env: &str| -> String {
        let lines = env.lines().map(|line| match line.split_once('=') {
            Some((name, _)) if filled.contains(&name) => format!("{name}=\n"),
            _ => format!("{line}\n"),
        });
        lines.collect()
    };
    assert_eq!(empty(&env), example);
    assert_eq!(mode(&host), 0o600);
    assert!(said(&output).contains("issued elsewhere, and still empty: "), "{}", said(&output));
    // Twice is once.
    let output = host.run("scripts/secrets.sh", &[]);
    assert!(
        output.status.success() && said(&output).contains("no secret of the platform's own is empty"),
        "{}",
        said(&output)
    );
    assert_eq!(host.read(".env"), env);
    assert_eq!(
        fs::read_dir(host.build())
            .expect("it is there")
            .filter(|it| it.as_ref().is_ok_and(|it| it.file_name().to_string_lossy().starts_with(".env.")))
            .count(),
        1
    );
}

#[test]
fn all_else_in_the_file_stays_byte_for_byte() {
    let kept = "# it's \"quoted\" \\ $HOME `id`\n\nMONGO_DATABASE='a b'\n\tNOT=  this\n";
    let odd = kept.replace("\tNOT=  this\n", "OTHER='$(id) # \\x é'\n");
    for end in ["\n", ""] {
        let host = host();
        host.write(".env", &format!("{odd}MONGO_APP_PASSWORD=\nMINIO_SECRET_KEY=''\nELASTIC_PASSWORD=\"\"\nMONGO_BACKUP_PASSWORD='stays as it is'{end}"));
        let output = host.run("scripts/secrets.sh", &[]);
        assert!(output.status.success(), "{}", said(&output));
        let env = host.read(".env");
        assert!(env.starts_with(&odd) && env.contains("\nMONGO_BACKUP_PASSWORD='stays as it is'\n"), "{env}");
        let values = values(&env);
        for name in
            ["MONGO_APP_PASSWORD", "MINIO_SECRET_KEY", "ELASTIC_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD"]
        {
            assert!(values[name].len() >= 32 && !values[name].contains(['\'', '"']), "{name}: {env}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_refused_by_line_and_stays() {
    for (env, expected) in [
        ("A=1\r\n", ".env:1: the line ends as those of Windows do"),
        ("A=1\nB = 2\n", ".env:2: a name holds letters, digits and _ alone"),
        ("export A=1\n", ".env:1: a name holds"),
        ("A=1\nA=2\n", ".env:2: A is set above already"),
        ("A=pa$$word\n", ".env:1: the value of A must stand between ' and '"),
        ("A=x # y\n", ".env:1: the value of A must stand between ' and '"),
        ("A='b\nc\n", ".env:2: the value of A has no second quote"),
        ("A='b\nB='c'\n", ".env:2: the value of A holds a quote"),
    ] {
        let host = host();
        host.write(".env", env);
        let output = host.run("scripts/secrets.sh", &[]);
        assert!(
            output.status.code() == Some(1) && said(&output).contains(expected),
            "{env}: {}",
            said(&output)
        );
        assert_eq!(host.read(".env"), env);
    }
}

#[test]
fn a_dry_run_and_a_check_change_nothing() {
    let host = host();
    let output = host.run("scripts/secrets.sh", &["--dry-run"]);
    assert!(output.status.success() && said(&output).contains("would fill in: "), "{}", said(&output));
    assert!(!host.build().join(".env").exists());
    let output = host.run("scripts/secrets.sh", &["--check"]);
    assert!(!output.status.success() && said(&output).contains("copy .env.example"), "{}", said(&output));
    host.write(".env", "A=1\n");
    host.run("scripts/secrets.sh", &["--check"]);
    assert_eq!(host.read(".env"), "A=1\n");
    assert_eq!(host.run("scripts/secrets.sh", &["--all"]).status.code(), Some(2));
}

/// All at once, by name, and never with a value.
#[test]
fn a_check_names_what_is_wrong() {
    let host = host();
    assert!(host.run("scripts/secrets.sh", &[]).status.success());
    let good = host
        .read(".env")
        .replace("SMTP_PASSWORD=", "SMTP_PASSWORD=x")
        .replace("SLACK_WEBHOOK=", "SLACK_WEBHOOK=https://hooks.slack.com/a")
        .replace("HEARTBEAT_URL=", "HEARTBEAT_URL=https://hc-ping.com/a");
    host.write(".env", &good);
    let output = host.run("scripts/secrets.sh", &["--check"]);
    assert!(output.status.success(), "{}", said(&output));
    let set = |name: &str, value: &str| {
        let lines = host.read(".env");
        let lines = lines.lines().map(|line| {
            if line.starts_with(&format!("{name}=")) {
                format!("{name}={value}\n")
            } else {
                format!("{line}\n")
            }
        });
        host.write(".env", &lines.collect::<String>());
    };
    let wrong = [
        ("MONGO_APP_PASSWORD", "'with / and @ inside'", "is part of an address"),
        ("MONGO_INITDB_ROOT_PASSWORD", "q7w", "is shorter than 12 characters"),
        ("GRAFANA_ADMIN_PASSWORD", "admin_password", "is a word that everybody tries"),
        ("MINIO_SECRET_KEY", "minio_password", "is a word that everybody tries"),
        ("ELASTIC_PASSWORD", "please-changeme-now", "still is what an example says"),
        ("KIBANA_SYSTEM_PASSWORD", "123456789012", "is a word that everybody tries"),
        ("KIBANA_ENCRYPTION_KEY", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "is one character again and again"),
        ("ELASTIC_EXPORTER_PASSWORD", "............", "is one character again and again"),
        ("ELASTIC_APP_PASSWORD", "\"between quotes\"", "must stand between ' and '"),
        ("SLACK_WEBHOOK", "", "is empty, and is issued elsewhere"),
        ("HEARTBEAT_URL", "hc-ping.com/5f0c", "is no address: https://HOST/PATH"),
        ("NODE_ENV", "local", "is none of development, test, production"),
        (
            "COMPOSE_PROFILES",
            "storage,loging,monitoring,logging",
            "COMPOSE_PROFILES names loging, and there is no such part",
        ),
    ];
    for (name, value, _) in wrong {
        set(name, value);
    }
    let output = host.run("scripts/secrets.sh", &["--check"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1));
    for (name, value, expected) in wrong {
        assert!(said.lines().any(|line| line.contains(name) && line.contains(expected)), "{name}: {said}");
        assert!(
            value.is_empty() || name == "COMPOSE_PROFILES" || !said.contains(value.trim_matches(['\'', '"'])),
            "{name} is shown: {said}"
        );
    }
    assert_eq!(said.matches(".env: ").count(), wrong.len(), "{said}");
    // What only parts that stay away read may be any text.
    set("COMPOSE_PROFILES", "");
    let output = host.run("scripts/secrets.sh", &["--check"]);
    let names: Vec<String> = super::engine::said(&output)
        .lines()
        .filter_map(|line| line.split_once(".env: ")?.1.split(' ').next().map(str::to_owned))
        .collect();
    assert_eq!(
        names,
        [
            "MONGO_INITDB_ROOT_PASSWORD",
            "MONGO_APP_PASSWORD",
            "NODE_ENV",
            "ELASTIC_APP_PASSWORD",
            "SLACK_WEBHOOK"
        ]
    );
}

/// No random text is a user of a site, or the key of a receiver.
#[test]
fn what_only_others_can_issue_is_never_made_up() {
    let host = Host::of(super::engine::of_text(
        r#"platform a { targets = [compose, scripts, nginx, prometheus, alertmanager] }
network a
secret USERS    { description = "User of the pages" }
secret PAGER    { description = "Key of the pager" }
secret HOOK     { description = "Address that is told" }
secret PASSWORD { description = "Password of the program" }
service api {
  image    = "x/api:1"
  networks = [a]
  port http = 8080
  health { none = "It is a sample" }
  env { PASSWORD }
}
site shop = "shop.example.com" {
  tls = true { issuer = self }
  route "/" = api.http { login = USERS }
}
nginx proxy {
  networks = [a]
  port http  { publish = internet { port = 80 } }
  port https { publish = internet { port = 443 } }
  security { writable = true, reason = "The file of a login cannot be injected into a read-only container" }
}
prometheus prometheus { networks = [a] }
alertmanager alertmanager { networks = [a] }
receiver people {
  match { severity = critical }
  pagerduty = PAGER
  webhook   = HOOK
}
"#,
    ));
    fs::remove_file(host.build().join(".env")).expect("it is there");
    let output = host.run("scripts/secrets.sh", &[]);
    assert!(output.status.success(), "{}", said(&output));
    let text = host.read(".env");
    let filled = values(&text);
    assert_eq!((filled["USERS"], filled["PAGER"], filled["HOOK"]), ("", "", ""), "{text}");
    assert!(!filled["PASSWORD"].is_empty());
    let set = |users: &str, hook: &str| {
        let lines = text.lines().map(|line| match line.split_once('=') {
            Some(("USERS", _)) => format!("USERS='{users}'\n"),
            Some(("HOOK", _)) => format!("HOOK={hook}\n"),
            Some(("PAGER", _)) => "PAGER=0123456789abcdef0123456789abcdef\n".to_owned(),
            _ => format!("{line}\n"),
        });
        host.write(".env", &lines.collect::<String>());
        host.run("scripts/secrets.sh", &["--check"])
    };
    let hash = "ann:$apr1$Zq9Yd2xB$1pS8gkW5mVwq0JxqgTn5M/";
    let several = format!("{hash}\nbob:$2y$05$Zq9Yd2xB1pS8gkW5mVwq0JxqgTn5M");
    for sound in [hash, "ann:{SSHA}c2FtcGxl", "ann:rqXexS6ZhobKA", &several] {
        let output = set(sound, "https://hooks.example.com/a");
        assert!(output.status.success(), "{sound}: {}", said(&output));
    }
    for broken in ["annanna9w8", "ann:plainword", ":$apr1$a$b", "ann:", "ann bob:$apr1$a$b"] {
        let output = set(broken, "https://hooks.example.com/a");
        assert!(said(&output).contains("USERS is no user with a hash"), "{broken}: {}", said(&output));
        assert!(!said(&output).contains(broken) && !output.status.success());
    }
    let output = set(&format!("{hash}\nbob"), "https://hooks.example.com/a");
    assert!(said(&output).contains("USERS is no user with a hash"), "{}", said(&output));
    // What else stands there is written, and the lines of the users stay.
    set(&several, "https://hooks.example.com/a");
    let emptied = host.read(".env").replace("PAGER=0123456789abcdef0123456789abcdef", "PAGER=");
    host.write(".env", &emptied);
    let output = host.run("scripts/secrets.sh", &[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(host.read(".env").contains(&format!("USERS='{several}'\n")), "{}", host.read(".env"));
    let output = host.run("scripts/rotate.sh", &["USERS", "--from-stdin"]);
    assert!(
        said(&output).contains("USERS has several lines") && !output.status.success(),
        "{}",
        said(&output)
    );
    let output = set(hash, "hooks");
    assert!(said(&output).contains("HOOK is no address: https://HOST/PATH"), "{}", said(&output));
}

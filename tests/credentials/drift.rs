//! What a person wrote into a generated file is hidden where the difference is shown, in whatever language the file is.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The value that must not be printed.
const VALUE: &str = "Zq7mK2vXw9Lp4Rt8";

/// How a value is written into files, `§` in its place.
const FORMS: &[&str] = &[
    "password: §",
    "      DB_PASSWORD: \"§\"",
    "      - DB_PASSWORD=§",
    "  \"password\": \"§\",",
    "export API_TOKEN=§",
    "api_key = \"§\"",
    "proxy_set_header Authorization \"Bearer §\";",
    "url: postgres://app:§@db/x",
    "curl -u admin:§ https://example.com",
    "basic_auth: { username: a, password: § }",
    "bearer_token: §",
    "slack_api_url: https://hooks.slack.com/services/T01234567/B01234567/§",
    "SECRET_KEY_BASE='§'",
    "redis-server --requirepass §",
    "mysql --password=§ shop",
    "- name: DB_PASSWORD\n  value: §",
    "password: |\n  §",
    "password: >-\n  §",
    "-----BEGIN PRIVATE KEY-----\n§\n-----END PRIVATE KEY-----",
    "smtp_auth_password: '§'",
    "secret_key = <<EOT\n§\nEOT",
];

/// How often the files are edited.
const ROUNDS: usize = 4;

const SOURCE: &str = r#"
platform shop { targets = [compose, prometheus, alertmanager, grafana, nginx, scripts, kubernetes] }

secret DB_PASSWORD { min_length = 12 }
secret ADMIN       { min_length = 12 }

service api {
  image = "acme/api:1.4" { base = "node:24-bookworm-slim" }
  port http = 8080 { protocol = http }
  health { readiness = "/ready" }
  metrics {}
  env { DB_PASSWORD }
  config "/etc/api.yaml" = "listen: 8080"
}

nginx        proxy {}
prometheus   {}
alertmanager {}
grafana      { admin_password = ADMIN }

receiver ops { webhook = "https://hooks.example.com/alerts" }

site shop = "shop.example.com" { tls = false, route "/" = api.http }
"#;

fn infrac(folder: &Path, words: &[&str]) -> Result<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_infrac")).current_dir(folder).args(words).output()?;
    Ok(format!("{}{}", String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
}

/// Every file below a folder that a build wrote.
fn written(folder: &Path) -> Result<Vec<String>> {
    let manifest = fs::read_dir(folder)?.filter_map(std::result::Result::ok).map(|entry| entry.path());
    let mut open: Vec<_> = manifest.collect();
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path)?.filter_map(std::result::Result::ok).map(|entry| entry.path()));
        } else if path.extension().is_none_or(|it| it != "infra" && it != "sha256") {
            found.push(path.strip_prefix(folder)?.display().to_string());
        }
    }
    found.sort();
    Ok(found)
}

#[test]
fn what_a_person_typed_into_artifacts_is_never_printed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    fs::write(folder.join("platform.infra"), SOURCE)?;
    let said = infrac(folder, &["build"])?;
    let files = written(folder)?;
    assert!(files.len() > 20, "{said}");
    let texts: Vec<(String, String)> = files
        .into_iter()
        .filter(|path| !path.contains(".infrac"))
        .filter_map(|path| Some((fs::read_to_string(folder.join(&path)).ok()?, path)))
        .map(|(text, path)| (path, text))
        .collect();
    let mut printed = String::new();
    // Each round gives a file another form, and each form to some files.
    for round in 0..ROUNDS {
        for (at, (path, text)) in texts.iter().enumerate() {
            let typed = FORMS[(at + round * 5) % FORMS.len()].replace('§', VALUE);
            // In the middle, so that lines of the file stand around it.
            let lines: Vec<&str> = text.lines().collect();
            let (above, below) = lines.split_at(lines.len() / 2);
            let edited = [above, &[typed.as_str()], below].concat().join("\n") + "\n";
            fs::write(folder.join(path), edited)?;
        }
        for format in ["human", "json", "sarif"] {
            let out = infrac(folder, &["build", "--check", "--format", format])?;
            assert!(out.contains("has been edited"), "{format}: {out}");
            for line in out.lines().filter(|line| line.contains(VALUE)) {
                let line: String = line.chars().take(200).collect();
                let _ = writeln!(printed, "{round}, {format}: {line}");
            }
        }
    }
    assert!(printed.is_empty(), "\n{printed}");
    Ok(())
}

//! What Terraform's target writes, by Terraform itself: its formatter, its checks with the provider of AWS, its reader of texts,
//! and plans and changes of a stand-in of AWS. Which of them are at hand is told.

#![expect(clippy::disallowed_methods, reason = "tests write files and run programs")]

#[path = "terraform/applied.rs"]
mod applied;
#[path = "terraform/disk.rs"]
mod disk;
#[path = "terraform/tool.rs"]
mod tool;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use infrac::emit::hcl::{Body, Value, hcl};
use infrac::formats;
use infrac::platform::{OutsideKind, Platform, Runtime};
use infrac::target::{self, Artifact};
use regex::Regex;

use crate::case::Case;
use crate::printing::odd;
use tool::Terraform;

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// The platforms that Terraform makes hosts for, with every environment.
fn cases() -> Vec<(Case, Platform)> {
    let on_host = Case::all().into_iter().filter(|case| case.runtime == Runtime::Compose);
    let compiled = on_host.map(|case| {
        let platform = case.compile();
        (case, platform)
    });
    compiled.filter(|(_, platform)| platform.targets.contains(&&formats::TERRAFORM)).collect()
}

/// The files of Terraform's target.
fn files(platform: &Platform) -> Vec<Artifact> {
    let target = target::find(formats::TERRAFORM.name).expect("the target");
    infrac::build(platform, &[target]).into_iter().flat_map(|it| it.artifacts).collect()
}

fn write(folder: &Path, artifacts: &[Artifact]) {
    for artifact in artifacts {
        let path = folder.join(&artifact.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        fs::write(path, &artifact.content).expect("a file can be written");
    }
}

#[test]
fn files_are_as_the_formatter_leaves_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (case, platform) in cases() {
        write(&folder.path().join(case.name()), &files(&platform));
    }
    let broken = folder.path().join("broken.tf");
    for terraform in Terraform::all() {
        let said = terraform.run(folder.path(), &["fmt", "-check", "-diff", "-recursive"]);
        assert!(said.accepted, "{}{}", said.output, said.complaint);
        fs::write(&broken, "locals {\n  a = 1\n  bc = 2\n}\n").expect("a file can be written");
        assert!(!terraform.run(folder.path(), &["fmt", "-check"]).accepted, "the formatter sees nothing");
        fs::remove_file(&broken).expect("a file");
    }
}

/// The provider takes seconds to start, and waits for itself: two are asked side by side.
#[test]
fn terraform_and_the_provider_accept_the_files() {
    let Some(terraform) = Terraform::with_provider() else { return };
    let cases = cases();
    let (first, second) = cases.split_at(cases.len() / 2);
    std::thread::scope(|scope| {
        for part in [first, second] {
            scope.spawn(|| part.iter().for_each(|(case, platform)| accepts(&terraform, case, platform)));
        }
    });
    let (_, platform) = cases.first().expect("a platform");
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &terraform.at_hand(files(platform)));
    let root = roots(folder.path()).remove(0);
    terraform.init(&root);
    let main = fs::read_to_string(root.join("main.tf")).expect("the file");
    let twin = main.replacen("instance_type ", "instance_kind ", 1);
    assert_ne!(main, twin);
    fs::write(root.join("main.tf"), twin).expect("a file can be written");
    assert!(!terraform.run(&root, &["validate"]).accepted, "the check sees nothing");
}

fn accepts(terraform: &Terraform, case: &Case, platform: &Platform) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &terraform.at_hand(files(platform)));
    for root in roots(folder.path()) {
        terraform.init(&root);
        let said = terraform.run(&root, &["validate"]);
        assert!(said.accepted, "{}: {}{}", case.name(), said.output, said.complaint);
    }
}

/// The folders that Terraform is started in: those of an environment first.
fn roots(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for place in ["terraform/base", "terraform/environments", "terraform/bootstrap"] {
        let place = folder.join(place);
        if place.join("main.tf").is_file() {
            found.push(place);
        } else if place.is_dir() {
            let below = fs::read_dir(place).expect("a folder").map(|entry| entry.expect("an entry").path());
            found.extend(below);
        }
    }
    found
}

/// Text is read as text, wherever it stands: nothing of it is taken for a template, an escape or the end of the quotes.
#[test]
fn terraform_reads_what_was_meant() {
    let mut texts = odd::texts();
    texts.extend(
        [
            "${file(\"/etc/passwd\")}",
            "$${a}",
            "$$${a}",
            "$$$${a}",
            "%{ for a in b }",
            "%%{if}",
            "%%%{if}",
            "${",
            "%{",
            "$",
            "$%{a}",
            "%${a}",
            "\\${a}",
            "\\\\${a}",
            "\" }\nresource \"x\" \"y\" {}\n",
            "<<EOT\na\nEOT\n",
            "a\u{202e}b",
            "# a",
            "/* a",
            "\u{1}\u{1f}\u{7f}\u{85}",
            "for",
            "null",
            "true",
            "a-b",
            "1",
            "",
        ]
        .map(str::to_owned),
    );
    // Terraform composes what is written in parts (zclconf/go-cty:docs/types.md, "cty.String").
    texts.retain(|text| !text.chars().any(|char| ('\u{300}'..='\u{36f}').contains(&char)));
    texts.sort();
    texts.dedup();
    let values = texts.iter().enumerate().map(|(at, text)| (format!("t{at}"), Value::text(text))).collect();
    let keys =
        texts.iter().enumerate().map(|(at, text)| (text.clone(), Value::text(at.to_string()))).collect();
    let rows = texts.iter().map(|text| Value::Row(vec![("a", Value::text(text)), ("b", Value::Null)]));
    let output = |body: Body, name: &'static str, value| {
        body.nested("output", &[name], Body::default().attribute("value", value))
    };
    let body = output(Body::default(), "values", Value::Map(values));
    let body = output(body, "keys", Value::Map(keys));
    let body = output(body, "rows", Value::List(rows.collect()));
    let printed = hcl(&texts, &body);
    for terraform in Terraform::all() {
        none(&misread(&terraform, &texts, &printed));
    }
}

/// The texts that Terraform reads otherwise.
fn misread(terraform: &Terraform, texts: &[String], printed: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("main.tf"), printed).expect("a file can be written");
    let said = terraform.run(folder.path(), &["fmt", "-check", "-diff"]);
    assert!(said.accepted, "{}{}", said.output, said.complaint);
    let said = terraform.run(folder.path(), &["apply", "-auto-approve"]);
    assert!(said.accepted, "{}{}", said.output, said.complaint);
    let read = terraform.run(folder.path(), &["output", "-json"]);
    let read: serde_json::Value = serde_json::from_str(&read.output).expect("JSON");
    let mut complaints = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let number = at.to_string();
        let seen = [&read["values"]["value"][format!("t{at}")], &read["rows"]["value"][at]["a"]];
        let key = &read["keys"]["value"][text];
        if seen.iter().any(|seen| seen.as_str() != Some(text)) || key.as_str() != Some(number.as_str()) {
            complaints.push(format!("{text:?}: {seen:?}, {key:?}"));
        }
    }
    complaints
}

/// The firewall and what compose binds say the same: each port that a container answers for others has a rule, and each rule
/// leads to such a port.
#[test]
fn the_firewall_opens_what_compose_binds() {
    let row = Regex::new(
        r#"(?m)^    "\S+ from [^"]+" += \{ name = "[^"]+", protocol = "(\w+)", port = (\d+), range"#,
    )
    .expect("a pattern");
    for (case, platform) in cases() {
        let main = files(&platform)
            .into_iter()
            .find(|file| file.path.ends_with("main.tf") && !file.path.contains("modules"));
        let main = main.expect("the file of the host").content;
        let mut open: BTreeSet<(String, String)> =
            row.captures_iter(&main).map(|found| (found[1].to_owned(), found[2].to_owned())).collect();
        open.remove(&("tcp".to_owned(), "22".to_owned()));
        let mut bound = BTreeSet::new();
        let compose =
            case.build(&platform).into_iter().find(|file| file.path.ends_with("compose.infrastructure.yaml"));
        let compose = compose.expect("the compose file").content;
        let compose: serde_yaml::Value = serde_yaml::from_str(&compose).expect("YAML");
        for (_, service) in compose["services"].as_mapping().expect("services") {
            for port in service["ports"].as_sequence().into_iter().flatten() {
                let text = port.as_str().expect("a short form").replace("${ADMIN_BIND:-0.0.0.0}", "0.0.0.0");
                if text.starts_with("127.") || text.starts_with("${") {
                    continue;
                }
                let (text, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
                let host = text.split(':').rev().nth(1).expect("a port of the host");
                bound.insert((protocol.to_owned(), host.to_owned()));
            }
        }
        // nginx of the host is no container.
        if !platform.settings.nginx.host {
            assert_eq!(open, bound, "{}", case.name());
        }
        let anywhere =
            main.lines().filter(|line| line.contains("\"0.0.0.0/0\" }") || line.contains("\"::/0\" }"));
        for line in anywhere {
            let of_internet = platform.services.iter().any(|service| {
                service.ports.iter().any(|port| {
                    let public =
                        |it: &infrac::platform::Publish| platform[it.to].kind == OutsideKind::Internet;
                    port.publish.as_ref().is_some_and(public)
                        && line.contains(&format!("\"{}.{}\"", service.path, port.name))
                })
            });
            assert!(of_internet || line.contains("\"host."), "{}: {line}", case.name());
        }
    }
}

/// The module is the same for every platform and every version of it: a plan changes values.
#[test]
fn the_module_knows_no_platform() {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (_, platform) in cases() {
        for file in files(&platform).into_iter().filter(|file| file.path.contains("/modules/")) {
            let (_, text) = file.content.split_once("\n\n").expect("a header");
            let first = known.entry(file.path.clone()).or_insert_with(|| text.to_owned());
            assert_eq!(first, text, "{}", file.path);
        }
    }
    assert!(known.len() > 7, "{known:?}");
}

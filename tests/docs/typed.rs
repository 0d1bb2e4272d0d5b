//! Every command of the pages is typed: taken from the Markdown, started in a bash, and what it starts is held against the programs
//! themselves. What no reader knows is a failure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use infrac::platform::Runtime;
use infrac::target::Artifact;
use regex::Regex;
use serde_json::{Value, json};

use super::desk::Desk;
use super::readers::{Asked, complaints};
use super::{none, pages_of};
use crate::case::Case;
use crate::graph::pages::Pages;
use crate::operations::engine::Host;

/// Platforms of other kinds than those of `tests/ok`.
pub(super) fn others() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/docs");
    let case = |source: &str| Case {
        source: source.to_owned(),
        environment: None,
        runtime: Runtime::Compose,
        root: root.clone(),
        entry: format!("{source}.infra"),
    };
    vec![case("magazine"), case("thumbnails")]
}

/// The flagship with every environment and on each runtime, one of the tests, and two of other kinds.
fn cases() -> Vec<Case> {
    // What is of staging alone is the name.
    let named = |case: &Case| {
        ["platform", "queue"].contains(&case.source.as_str())
            && case.environment.as_deref() != Some("staging")
    };
    let all = Case::all().into_iter().filter(|case| named(case) || crate::sample::whole());
    all.chain(others()).collect()
}

/// The desk of a case, and its pages.
fn desk(case: &Case) -> (Desk, Vec<Artifact>) {
    let platform = case.compile();
    let pages = pages_of(&platform);
    // All runtimes of a platform are built into one folder.
    let on = |runtime| Case { runtime, ..case.clone() };
    let mut artifacts: Vec<Artifact> = Vec::new();
    for runtime in case.runtimes() {
        let case = on(runtime);
        artifacts.extend(case.build(&case.compile()));
    }
    artifacts.retain(|it| !it.path.starts_with("docs/"));
    artifacts.extend(pages.iter().cloned());
    let has_scripts = artifacts.iter().any(|it| it.path == "infra.mk");
    let host = has_scripts.then(|| Host::of(on(Runtime::Compose).compile()));
    (Desk::of(platform, host, &artifacts), pages)
}

/// The pieces of code within lines that are commands: they begin with a program and have words, or are a script.
fn within_lines(page: &str) -> BTreeSet<String> {
    let code = Regex::new(r"`([^`\n]+)`").expect("a pattern");
    let command = Regex::new(
        r"^(?:scripts/\S+\.sh|make \S|docker \S|kubectl \S|terraform \S|tofu \S|journalctl \S|systemctl \S|ss \S|df \S|du \S|ssh \S|curl \S)",
    )
    .expect("a pattern");
    let mut found = BTreeSet::new();
    let mut fence = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fence = !fence;
        } else if !fence {
            let pieces = code.captures_iter(line).map(|it| it[1].replace("\\|", "|"));
            found.extend(pieces.filter(|it| command.is_match(it)));
        }
    }
    found
}

/// What is to be typed: each block of the shell, and each command within a line, with the pages that it stands on.
fn commands(pages: &Pages, written: &[Artifact]) -> BTreeMap<String, String> {
    let questions: Vec<Value> = written.iter().map(|page| json!({ "markdown": page.content })).collect();
    let mut all = BTreeMap::new();
    for (page, answer) in written.iter().zip(pages.ask(&questions)) {
        for code in answer["codes"].as_array().into_iter().flatten() {
            let language = code["language"].as_str().unwrap_or_default();
            let text = code["text"].as_str().unwrap_or_default();
            match language {
                "sh" => drop(all.entry(text.to_owned()).or_insert_with(|| page.path.clone())),
                "mermaid" | "promql" | "text" | "json" => {}
                _ => drop(all.insert(format!("frobnicate # {language}"), page.path.clone())),
            }
        }
        for line in within_lines(&page.content) {
            all.entry(line).or_insert_with(|| page.path.clone());
        }
    }
    all
}

#[test]
fn every_command_can_be_typed() {
    let Some(pages) = Pages::find() else { return };
    let mut wrong = Vec::new();
    let mut programs = BTreeSet::new();
    for case in cases() {
        let (desk, written) = desk(&case);
        let mut asked = Asked::default();
        for (lines, page) in commands(&pages, &written) {
            programs.extend(lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned));
            let found = complaints(&desk, &lines, &mut asked);
            wrong.extend(found.iter().map(|it| format!("{} {page}: {it}\n{lines}", case.name())));
        }
    }
    none(&wrong);
    for program in ["docker", "kubectl", "terraform", "make", "git", "curl", "ssh", "scp", "sudo"] {
        assert!(programs.contains(program), "no page has a line of {program}: {programs:?}");
    }
}

const COMPOSE: &str = "docker compose --env-file .env -f docker/compose.infrastructure.yaml";

#[test]
fn broken_commands_are_refused() {
    let case = Case::all().into_iter().find(|it| it.source == "platform").expect("the flagship");
    let (desk, _) = desk(&case);
    let compose = |end: &str| format!("{COMPOSE} {end}");
    let fine = [
        compose("ps --all proxy"),
        compose("exec -T minio curl --fail http://127.0.0.1:9000/minio/health/ready </dev/null"),
        "make help".to_owned(),
        "scripts/backup.sh --list".to_owned(),
        "terraform -chdir=terraform/base init".to_owned(),
        "git clone https://git.example.com/shop/platform.git\ncd platform".to_owned(),
        "curl --fail http://localhost:5921/ready".to_owned(),
        "sudo ss --listening --tcp".to_owned(),
        "ssh ubuntu@ADDRESS cloud-init status --wait".to_owned(),
        "docker stats --no-stream".to_owned(),
    ];
    let broken = [
        compose("ps --all nobody"),
        compose("ps --alll proxy"),
        compose("pss"),
        compose("exec -T nobody ls"),
        compose("exec -T proxy mongosh --quiet"),
        compose("exec -T minio curl --fail http://127.0.0.1:9999/ready"),
        compose("exec -T minio curl --frob http://127.0.0.1:9000/ready"),
        compose("exec -T mongodb mongosh --quiet --nodb --eval 'const a = ('"),
        compose("exec -T mongodb mongosh --quiet --nodb --eval 'print(process.env, e.NOBODY)'"),
        compose("exec -T elasticsearch bash -c 'curl --config - http://127.0.0.1:9200/ $NOBODY'"),
        compose("exec -T prometheus promtool check config /etc/nobody.yml"),
        compose("exec -T alertmanager amtool alertt"),
        "docker compose -f docker/nobody.yaml ps".to_owned(),
        "docker stats --no-streams".to_owned(),
        "docker frob".to_owned(),
        "make nobody".to_owned(),
        "make secrets --frob".to_owned(),
        "scripts/nobody.sh".to_owned(),
        "scripts/backup.sh --lst".to_owned(),
        "scripts/backup.sh nobody".to_owned(),
        "scripts/deploy.sh --too ubuntu@ADDRESS".to_owned(),
        "scripts/deploy.sh --to ubuntu@ADDRESS --env-file .env".to_owned(),
        "git clone https://git.example.com/shop/platform.git elsewhere".to_owned(),
        "sudo install -D --frob 600 /dev/stdin /opt/shop/.env <.env".to_owned(),
        "terraform -chdir=terraform/nobody init".to_owned(),
        "terraform -chdir=terraform/base plann".to_owned(),
        "terraform -chdir=terraform/base plan -outt plan".to_owned(),
        "terraform -chdir=terraform/base output -frob".to_owned(),
        "git clone".to_owned(),
        "git clone nowhere".to_owned(),
        "git clone https://git.example.com/shop/platform.git\ncd elsewhere".to_owned(),
        "git pull".to_owned(),
        "curl --fail http://localhost:1/ready".to_owned(),
        "curl --fial http://localhost:5921/ready".to_owned(),
        "sudo ss --lissten".to_owned(),
        "sudo frobnicate".to_owned(),
        "ssh ubuntu@ADDRESS cloud-init statuss".to_owned(),
        "ssh -N -L 1:localhost:1 ubuntu@ADDRESS".to_owned(),
        "scp scripts/nobody.sh ubuntu@ADDRESS:".to_owned(),
        "frobnicate".to_owned(),
        "docker stats --no-stream | frobnicate".to_owned(),
        "chmod 600 .envv".to_owned(),
        "echo 'a".to_owned(),
    ];
    let mut wrong = Vec::new();
    let mut asked = Asked::default();
    for lines in fine {
        let found = complaints(&desk, &lines, &mut asked);
        if !found.is_empty() {
            wrong.push(format!("{lines} is fine: {found:?}"));
        }
    }
    for lines in broken {
        if complaints(&desk, &lines, &mut asked).is_empty() {
            wrong.push(format!("{lines} is not"));
        }
    }
    none(&wrong);
    let on_cluster = Case::all().into_iter().find(|it| it.name() == "platform+kubernetes");
    let (desk, _) = self::desk(&on_cluster.expect("it is built for Kubernetes"));
    let kubectl = |end: &str| format!("kubectl --namespace ecommerce {end}");
    let of_gateway = "--selector app.kubernetes.io/name=gateway";
    let fine = [kubectl(&format!("get pods {of_gateway}")), kubectl("rollout history deployment/gateway")];
    let broken = [
        kubectl("get pods --selector app.kubernetes.io/name=nobody"),
        kubectl(&format!("get pods {of_gateway} --frob")),
        kubectl(&format!("get podz {of_gateway}")),
        kubectl("rollout undoo deployment/gateway"),
        kubectl("rollout undo deployment/stranger"),
        kubectl("frob"),
        "kubectl --namespace nobody get pods".to_owned(),
        "kubectl apply --kustomize kubernetes".to_owned(),
        "scripts/apply-kubernetes.sh --frob".to_owned(),
    ];
    for lines in fine {
        let found = complaints(&desk, &lines, &mut asked);
        assert!(found.is_empty(), "{lines} is fine: {found:?}");
    }
    for lines in broken {
        assert!(!complaints(&desk, &lines, &mut asked).is_empty(), "{lines} is not");
    }
}

//! Who knows whether a call is right: the program itself, as far as it can be asked without what it works on, else what its manual
//! lists.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::desk::{Call, Desk};
use super::inside;
use crate::judge::Judge;
use crate::operations::engine::said;
use crate::scripts::shell::{self, Project, Shell};

/// What is asked of programs more than once.
#[derive(Default)]
pub(super) struct Asked(BTreeMap<String, Option<String>>);

impl Asked {
    fn once(&mut self, question: String, ask: impl FnOnce() -> Option<String>) -> Option<String> {
        self.0.entry(question).or_insert_with(ask).clone()
    }
}

/// What is wrong with what lines start.
pub(super) fn complaints(desk: &Desk, lines: &str, asked: &mut Asked) -> Vec<String> {
    match desk.typed(lines) {
        Err(error) => vec![error],
        Ok(calls) if calls.is_empty() && !only_files(lines) => vec!["it starts nothing".to_owned()],
        Ok(calls) => calls
            .iter()
            .filter_map(|call| Some(format!("{}: {}", call.join(" "), wrong(desk, call, asked)?)))
            .collect(),
    }
}

/// Whether nothing is started but what copies and makes files.
fn only_files(lines: &str) -> bool {
    let programs = ["cd", "chmod", "cp", "mkdir", "test"];
    lines.lines().all(|line| line.split(' ').next().is_some_and(|it| programs.contains(&it)))
}

/// What is wrong with a call.
fn wrong(desk: &Desk, call: &Call, asked: &mut Asked) -> Option<String> {
    let words: Vec<&str> = call.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["docker", "compose", rest @ ..] => compose(desk, rest, asked),
        ["kubectl", rest @ ..] => kubectl(desk, rest, asked),
        ["terraform" | "tofu", rest @ ..] => asked.once(call.join(" "), || terraform(desk, rest)),
        ["make", rest @ ..] => asked.once(call.join(" "), || make(desk, rest)),
        ["git", rest @ ..] => git(rest),
        ["curl", rest @ ..] => curl(desk, rest),
        ["ssh" | "scp", ..] => remote(desk, &words, asked),
        ["sudo", rest @ ..] if rest.first().is_some_and(|it| !it.starts_with('-')) => {
            wrong(desk, &rest.iter().map(|it| (*it).to_owned()).collect(), asked)
        }
        ["bash", script, rest @ ..] if !script.starts_with('-') => {
            asked.once(call.join(" "), || script_of(desk, &format!("scripts/{script}"), rest))
        }
        [script, rest @ ..] if script.starts_with("scripts/") => {
            asked.once(call.join(" "), || script_of(desk, script, rest))
        }
        [program, rest @ ..] => listed(program, rest),
        [] => None,
    }
}

/// `docker compose`, by the real one without an engine: it reads the command line and the file before it looks for one.
fn compose(desk: &Desk, words: &[&str], asked: &mut Asked) -> Option<String> {
    let at = words.iter().position(|word| ["exec", "run"].contains(word));
    // What is run in the container is no word of compose.
    let (own, inner) = match at {
        Some(at) => {
            let of_service = words[at + 1..].iter().position(|word| !word.starts_with('-'))?;
            words.split_at(at + 1 + of_service + 1)
        }
        None => (words, &[][..]),
    };
    // One that is asked of every service is asked of each service, but read by the program once.
    let names = own.iter().filter(|word| desk.services.contains(**word));
    let shape = own.iter().map(|word| if desk.services.contains(*word) { "SERVICE" } else { word });
    let shape = format!("compose {}", shape.collect::<Vec<_>>().join(" "));
    let known = names.count();
    let complaint = asked.once(shape, || {
        ["docker-compose", "docker-compose-new"].iter().find_map(|program| {
            let judge = Judge::find(program)?;
            let all = [own, if inner.is_empty() { &[] } else { &["true"] }].concat();
            let verdict = judge.ask_without_engine(&desk.build(), &all);
            let fine = verdict.accepted || verdict.complaint.contains("Cannot connect to the Docker daemon");
            (!fine).then(|| format!("{program}: {}", verdict.complaint))
        })
    });
    if at.is_some() {
        let service = own.last()?;
        if known == 0 {
            return Some(format!("there is no service {service}"));
        }
        return complaint.or_else(|| inside::wrong(desk, service, inner));
    }
    complaint
}

/// Kinds of objects that pages ask for.
const KINDS: &[&str] = &[
    "pods",
    "events",
    "deployments",
    "statefulsets",
    "daemonsets",
    "jobs",
    "cronjobs",
    "services",
    "nodes",
    "networkpolicies",
    "persistentvolumeclaims",
    "deployment",
    "statefulset",
    "daemonset",
    "job",
    "cronjob",
    "pod",
];

/// `kubectl`, by the real one without a cluster.
fn kubectl(desk: &Desk, words: &[&str], asked: &mut Asked) -> Option<String> {
    // Labels of the alert stand in capital letters.
    let namespace = desk.platform.namespace().to_owned();
    let words: Vec<&str> =
        words.iter().map(|word| if *word == "NAMESPACE" { namespace.as_str() } else { word }).collect();
    let words = words.as_slice();
    let behind = |name: &'static str| {
        let pairs = words.windows(2).filter(move |pair| pair[0] == name);
        pairs.map(|pair| pair[1]).collect::<Vec<_>>()
    };
    for namespace in behind("--namespace") {
        if !desk.platform.namespaces().iter().any(|known| known == namespace) {
            return Some(format!("the platform has no namespace {namespace}"));
        }
    }
    for selector in behind("--selector") {
        let (key, value) = selector.split_once('=')?;
        if !desk.objects.contains(&format!("{key}: {value}\n")) {
            return Some(format!("no object has the label {selector}"));
        }
    }
    if words == ["config", "current-context"] {
        return None;
    }
    let verb = words.iter().position(|word| {
        [
            "get",
            "logs",
            "exec",
            "apply",
            "describe",
            "delete",
            "rollout",
            "top",
            "port-forward",
            "diff",
            "create",
            "debug",
            "cordon",
        ]
        .contains(word)
    });
    let Some(verb) = verb else { return Some("this verb has no reader".to_owned()) };
    let object = match words[verb..] {
        ["rollout", _, object, ..] => Some(object),
        ["get" | "describe" | "delete" | "top", object, ..] => Some(object),
        ["port-forward", object, ..] => Some(object),
        // A Job of a schedule, whose name stands in the alert.
        ["create", "job", from, _] => Some(from.strip_prefix("--from=").unwrap_or("job")),
        ["create", ..] => return Some("only a Job of a schedule is made by hand".to_owned()),
        _ => None,
    };
    if let Some(object) = object {
        for kind in object.split('/').next()?.split(',') {
            if !KINDS.contains(&kind) && kind != "service" {
                return Some(format!("{kind} is no kind of object that this reader knows"));
            }
        }
        if let Some((_, name)) = object.split_once('/')
            && name != "CRONJOB"
            && !desk.objects.contains(&format!("name: {name}\n"))
        {
            return Some(format!("there is no {object}"));
        }
    }
    let inner = words.iter().position(|word| *word == "--").map_or(&[][..], |at| &words[at + 1..]);
    let own = &words[..words.len() - inner.len()];
    let names: Vec<&str> = desk.platform.services.iter().map(|it| it.name.as_str()).collect();
    let shape: Vec<String> = own
        .iter()
        .map(|word| {
            let end = word.rsplit(['=', '/']).next().unwrap_or(word);
            if names.contains(&end) { word.replace(end, "NAME") } else { (*word).to_owned() }
        })
        .collect();
    let complaint = asked.once(format!("kubectl {}", shape.join(" ")), || {
        ["kubectl", "kubectl-new"].iter().find_map(|program| {
            let judge = Judge::find(program)?;
            let own = if inner.is_empty() { own.to_vec() } else { [own, &["true"]].concat() };
            // Options of every command may stand behind it.
            let at = own.iter().position(|word| *word == "--").unwrap_or(own.len());
            let all = [&own[..at], &["--server=http://127.0.0.1:1"], &own[at..]].concat();
            let verdict = judge.ask(&desk.build(), &all, "");
            let fine = verdict.accepted || verdict.complaint.contains("was refused - did you specify");
            (!fine).then(|| format!("{program}: {}", verdict.complaint))
        })
    });
    if complaint.is_some() || inner.is_empty() {
        return complaint;
    }
    let service = own.iter().find_map(|word| word.split_once('/')).map(|(_, name)| name);
    match service {
        Some(service) => inside::wrong(desk, service, inner),
        None => Some("it says not where".to_owned()),
    }
}

/// Terraform itself, on a folder that holds nothing but an output: what differs from the real one is what it makes.
fn terraform(desk: &Desk, words: &[&str]) -> Option<String> {
    let folder = words.iter().find_map(|word| word.strip_prefix("-chdir="));
    let Some(folder) = folder else { return Some("it names no folder of Terraform".to_owned()) };
    if !desk.paths.contains(&format!("{folder}/main.tf")) {
        return Some(format!("{folder} holds no main.tf"));
    }
    let judge = Judge::find("terraform")?;
    // One folder for all of the page, since a plan is applied that was made before.
    let root = desk.build().join("empty");
    let place = root.join(folder);
    fs::create_dir_all(&place).expect("a folder");
    let mut outputs = String::new();
    let text = desk.read(&format!("{folder}/outputs.tf")).unwrap_or_default();
    for name in text.lines().filter_map(|line| line.strip_prefix("output \"")?.split('"').next()) {
        // Writing to a string succeeds.
        let _ = write!(outputs, "output \"{name}\" {{\n  value = \"{name}\"\n}}\n");
    }
    fs::write(place.join("main.tf"), outputs).expect("a file can be written");
    let verdict = judge.ask(&root, words, "yes\n");
    (!verdict.accepted).then(|| format!("{}{}", verdict.output, verdict.complaint))
}

/// `make`, by the real one: what the goal calls is run with `--dry-run`, where it takes that.
fn make(desk: &Desk, words: &[&str]) -> Option<String> {
    let Some(host) = &desk.host else { return Some("this platform has no Makefile".to_owned()) };
    let judge = Judge::find("make")?;
    let verdict = judge.ask(host.build(), &[&["-n", "--warn-undefined-variables"], words].concat(), "");
    if !verdict.accepted {
        return Some(verdict.complaint);
    }
    if words.first() == Some(&"help") {
        return None;
    }
    let mut command = host.shell();
    command.args(["-c", "exec \"$0\" \"$@\" DRY_RUN=1"]).arg(judge.program()).args(words);
    let output = command.current_dir(host.build()).output().expect("bash runs");
    (!output.status.success()).then(|| said(&output))
}

/// A script of the build: it lists each option that it is given, and runs with `--dry-run`.
fn script_of(desk: &Desk, script: &str, words: &[&str]) -> Option<String> {
    if !desk.paths.contains(script) {
        return Some(format!("there is no {script}"));
    }
    if script.ends_with("-kubernetes.sh") {
        return of_cluster(desk, script, words);
    }
    let Some(host) = &desk.host else { return Some("this platform has no scripts for a host".to_owned()) };
    // What the alert carries stands in capital letters.
    let backup = desk.platform.backups.first().map_or("NAME", |it| it.name.as_str());
    let words: Vec<&str> = words.iter().map(|word| if *word == "NAME" { backup } else { word }).collect();
    let words = words.as_slice();
    let help = said(&host.run(script, &["--help"]));
    for option in words.iter().filter(|word| word.starts_with('-')) {
        if !help.contains(option) {
            return Some(format!("it does not list {option}"));
        }
    }
    host.on("compose version", "echo 2.40.3");
    // What is done on another host is asked for there: deploy.sh has its own tests, by a stand-in for SSH. A host that is
    // set up is not this machine.
    if words.contains(&"--to") && desk.platform.of_the_project().is_empty() {
        // Nobody answers there: what the script refuses before it asks, it refuses with 2.
        host.tool("ssh", "exit 255\n");
        let output = host.run(script, words);
        return (output.status.code() == Some(2)).then(|| said(&output));
    }
    if words.contains(&"--to") {
        return Some("the files of the project are on no other host".to_owned());
    }
    if script == "scripts/setup-aws.sh" {
        let output = host.run(script, &[words, &["--no-such-option"]].concat());
        return (output.status.code() != Some(2)).then(|| format!("it takes any option: {}", said(&output)));
    }
    let dry: &[&str] = if help.contains("--dry-run") { &["--dry-run"] } else { &[] };
    let output = host.run(script, &[words, dry].concat());
    // A host on which nothing has happened yet has no copies, no build before this one, and nothing that is well. A wrong call
    // ends with 2.
    let text = said(&output);
    let nothing_yet = NOTHING_YET.iter().any(|(of, answer)| *of == script && text.contains(answer));
    let fine = output.status.success() || (nothing_yet && output.status.code() == Some(1));
    (!fine).then(|| format!("{}: {text}", output.status))
}

/// What scripts answer on such a host.
const NOTHING_YET: &[(&str, &str)] = &[
    ("scripts/restore.sh", "there is no copy of"),
    ("scripts/deploy.sh", "there is no build before"),
    // A build with files of the project's own belongs to one folder.
    ("scripts/deploy.sh", "this build refers to files of the project's own folder"),
    ("scripts/health-check.sh", "SERVICE "),
];

/// A script of the cluster, with a stand-in for it and the real kustomize.
fn of_cluster(desk: &Desk, script: &str, words: &[&str]) -> Option<String> {
    let project = Project::new();
    for path in desk.paths.iter().filter(|it| it.starts_with("kubernetes/") || *it == script) {
        let artifact = desk.artifacts.iter().find(|it| it.path == *path)?;
        project.write(path, &artifact.content);
    }
    project.write(".env", &desk.env);
    // A cluster of the newest version.
    project.answer("version -o json", 0, &["{ \"serverVersion\": { \"gitVersion\": \"v1.99.0\" } }"]);
    let name = script.strip_prefix("scripts/")?;
    Shell::all().iter().find_map(|shell| {
        let output = project.run(shell, name, &[&["--dry-run"], words].concat());
        let wrong = !output.status.success();
        wrong.then(|| format!("{}: {} {}", shell.name, output.status, shell::said(&output)))
    })
}

/// git has cloned already where the address is one.
fn git(words: &[&str]) -> Option<String> {
    let ["clone", address, rest @ ..] = words else {
        return Some("this is no `git clone ADDRESS`".to_owned());
    };
    if rest.len() > 1 || rest.iter().any(|it| !it.starts_with('/')) {
        return Some(format!("{rest:?} is no folder of the host"));
    }
    let shape = regex::Regex::new(r"^(?:(?:https|ssh)://[\w.@:-]+/[\w./~-]+|[\w.-]+@[\w.-]+:[\w./~-]+)$")
        .expect("a pattern");
    (!shape.is_match(address)).then(|| format!("{address} is no address of a repository"))
}

/// `curl` on the host: to a port that is bound there.
fn curl(desk: &Desk, words: &[&str]) -> Option<String> {
    let (options, addresses): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with('-'));
    let [address] = addresses[..] else { return Some("it asks for no address, or for several".to_owned()) };
    // What the alert carries.
    if address == "ADDRESS" {
        return unknown(&options, CURL);
    }
    let port = address.strip_prefix("http://localhost:").or(address.strip_prefix("https://localhost:"));
    let port = port.and_then(|rest| rest.split('/').next()?.parse().ok());
    if !port.is_some_and(|port| desk.local.contains(&port)) {
        return Some(format!("nothing is published there: {address}"));
    }
    unknown(&options, CURL)
}

/// `man curl`, of what pages use.
pub(super) const CURL: &[&str] =
    &["--fail", "--fail-with-body", "--head", "--silent", "--show-error", "--config", "-", "--max-time"];

/// The first option that is not among those of a list.
pub(super) fn unknown(options: &[&str], known: &[&str]) -> Option<String> {
    let is_known = |option: &&&str| known.contains(&option.split('=').next().unwrap_or(option));
    options.iter().find(|it| !is_known(it)).map(|option| format!("the option {option} has no reader"))
}

/// `ssh` and `scp` to the host: what is run there is read as well.
fn remote(desk: &Desk, words: &[&str], asked: &mut Asked) -> Option<String> {
    let is_host =
        |word: &str| word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    match words {
        ["scp", file, to] => {
            if !desk.paths.contains(*file) {
                return Some(format!("there is no {file}"));
            }
            let to = to.strip_suffix(':').filter(|to| is_host(to));
            to.is_none().then(|| "it copies to no host".to_owned())
        }
        ["ssh", "-N", tunnels @ .., host] => {
            if !is_host(host) {
                return Some(format!("{host} is no host"));
            }
            for pair in tunnels.chunks(2) {
                let ["-L", tunnel] = pair else { return Some("an option has no reader".to_owned()) };
                let Some((from, to)) = tunnel.split_once(":localhost:") else {
                    return Some(format!("{tunnel} leads elsewhere"));
                };
                if from.parse::<u16>().is_err() || !to.parse().is_ok_and(|to| desk.local.contains(&to)) {
                    return Some(format!("nothing is published at {tunnel}"));
                }
            }
            tunnels.is_empty().then(|| "it leads nowhere".to_owned())
        }
        ["ssh", host] => (!is_host(host)).then(|| format!("{host} is no host")),
        ["ssh", host, there @ ..] if is_host(host) => {
            let wrong = complaints(desk, &there.join(" "), asked);
            (!wrong.is_empty()).then(|| wrong.join(", "))
        }
        _ => Some("this call has no reader".to_owned()),
    }
}

/// Programs that have no reader here but their manuals: a command, and the options that it may have.
const LISTED: &[(&str, &[&str])] = &[
    ("docker stats", &["--no-stream"]),
    ("docker system df", &["--verbose"]),
    ("docker image prune", &["--all", "--force"]),
    ("docker image ls", &[]),
    ("docker logs", &["--tail"]),
    ("docker volume create", &[]),
    ("docker volume rm", &[]),
    ("docker run", &["--rm", "--network", "--volume", "-a", "-c", "-z", "-A"]),
    ("install", &["-D", "-m"]),
    ("infrac build", &["--env", "--out"]),
    ("infrac route", &["--env", "--on"]),
    ("cloud-init status", &["--wait", "--long"]),
    ("ss", &["--listening", "--tcp", "--processes", "--numeric"]),
    ("journalctl", &["--unit", "--lines", "--since", "--no-pager"]),
    ("systemctl list-timers", &["--all"]),
    ("df", &["-h"]),
    ("du", &["-xh", "--max-depth"]),
    ("dmesg", &[]),
];

fn listed(program: &str, words: &[&str]) -> Option<String> {
    let line = [&[program], words].concat().join(" ");
    let of_line = |(command, _): &&(&str, &[&str])| {
        line.strip_prefix(*command).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let Some((command, known)) = LISTED.iter().find(of_line) else {
        return Some("no reader knows it".to_owned());
    };
    let mut rest = line[command.len()..].split(' ').filter(|word| !word.is_empty());
    let options: Vec<&str> = rest.by_ref().filter(|word| word.starts_with('-')).collect();
    unknown(&options, known)
}

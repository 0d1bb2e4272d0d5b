//! Commands that run in a container: its image holds the program, its variables are there, and who reads the words accepts them.

use infrac::platform::Service;
use regex::Regex;

use super::desk::Desk;
use super::readers::{CURL, unknown};
use crate::judge::Judge;

/// What is wrong with a command in the container of a service.
pub(super) fn wrong(desk: &Desk, service: &str, words: &[&str]) -> Option<String> {
    let Some(service) = desk.platform.services.iter().find(|it| it.name == service) else {
        return Some(format!("there is no service {service}"));
    };
    let [program, ..] = words else { return Some("it runs nothing".to_owned()) };
    if let Some(facts) = desk.platform.facts(service).filter(|facts| facts.tools_known) {
        let is_its = facts.tools.iter().chain(&facts.programs).any(|tool| tool == program);
        if !is_its {
            return Some(format!("the image of {} holds no {program}", service.name));
        }
    }
    started(desk, service, words)
}

/// What is wrong with what is started there.
fn started(desk: &Desk, service: &Service, words: &[&str]) -> Option<String> {
    match words {
        ["sh" | "bash", "-c", line] => {
            let variables: Vec<&str> = service.env.iter().map(|it| it.name.as_str()).collect();
            match desk.typed_with(line, &variables) {
                Err(error) => Some(error),
                Ok(calls) if calls.is_empty() => Some("it starts nothing".to_owned()),
                Ok(calls) => calls.iter().find_map(|call| {
                    started(desk, service, &call.iter().map(String::as_str).collect::<Vec<_>>())
                }),
            }
        }
        ["curl", rest @ ..] => {
            let (options, addresses): (Vec<&str>, Vec<&str>) =
                rest.iter().partition(|word| word.starts_with('-'));
            unknown(&options, CURL).or_else(|| addressed(service, &addresses))
        }
        ["wget", "-q", "-O", "-", rest @ ..] => addressed(service, rest),
        ["amtool", rest @ ..] => of_judge(&["amtool", "amtool-new"], rest, "connection refused"),
        ["promtool", "check", "config", file] => {
            let mounted = service.artifacts.iter().any(|it| {
                file.strip_prefix(it.path.as_str())
                    .is_some_and(|rest| desk.paths.contains(&format!("{}{rest}", it.source(service))))
            });
            (!mounted).then(|| format!("nothing is mounted at {file}"))
        }
        ["promtool", "query", ..] => {
            of_judge(&["promtool", "promtool-new"], &words[1..], "connection refused")
        }
        ["mongosh", "--quiet", "--nodb", "--eval", script] => script_of(service, script),
        ["psql", rest @ ..] => psql(rest),
        ["pg_isready", rest @ ..] => {
            unknown(rest, &["--host", "--port", "--quiet"]).or_else(|| port_of(service, rest))
        }
        ["redis-cli", rest @ ..] => redis(service, rest),
        ["driver", "--list"] => None,
        _ => Some("no reader knows it".to_owned()),
    }
}

/// A program that reads its words and then finds nobody.
fn of_judge(programs: &[&str], words: &[&str], silent: &str) -> Option<String> {
    programs.iter().find_map(|program| {
        let verdict = Judge::find(program)?.ask(std::path::Path::new("/"), words, "");
        (!verdict.complaint.contains(silent)).then(|| format!("{program}: {}", verdict.complaint))
    })
}

/// One address, of a port of the service itself.
fn addressed(service: &Service, addresses: &[&str]) -> Option<String> {
    let [address] = addresses else { return Some("it asks for no address, or for several".to_owned()) };
    let pattern = Regex::new(r"^http://127\.0\.0\.1:(\d+)/\S*$").expect("a pattern");
    let port = pattern.captures(address).and_then(|it| it[1].parse::<u16>().ok());
    let is_its = port.is_some_and(|port| service.ports.iter().any(|it| it.number == port));
    (!is_its).then(|| format!("{} does not listen at {address}", service.name))
}

/// Ports among the words are those of the service.
fn port_of(service: &Service, words: &[&str]) -> Option<String> {
    let ports = words.iter().filter_map(|word| word.strip_prefix("--port="));
    let mut foreign = ports.filter(|port| !service.ports.iter().any(|it| it.number.to_string() == **port));
    foreign.next().map(|port| format!("{} does not listen at {port}", service.name))
}

/// A script of mongosh is JavaScript, of variables that the container has.
fn script_of(service: &Service, script: &str) -> Option<String> {
    let variable = Regex::new(r"\be\.([A-Z_]+)").expect("a pattern");
    for name in variable.captures_iter(script) {
        if !service.env.iter().any(|it| it.name == name[1]) {
            return Some(format!("the container has no {}", &name[1]));
        }
    }
    let judge = Judge::find("js-check")?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("script.js"), script).expect("a file can be written");
    let verdict = judge.ask(folder.path(), &["script.js"], "");
    (!verdict.accepted).then_some(verdict.complaint)
}

/// `psql`: its options by its manual, a query that reads. What the server thinks of the query is NOT CHECKED here.
fn psql(words: &[&str]) -> Option<String> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next();
        match (*word, value) {
            ("--username" | "--dbname", Some(_)) => {}
            ("--command", Some(query)) if query.starts_with("select ") || query.starts_with("show ") => {}
            (word, value) => return Some(format!("{word} {value:?} has no reader")),
        }
    }
    None
}

/// `redis-cli`: commands that read.
fn redis(service: &Service, words: &[&str]) -> Option<String> {
    match words {
        ["-h", "127.0.0.1", "-p", port, command @ ..] => {
            let reads = [&["ping"][..], &["info", "memory"], &["info", "replication"], &["client", "list"]];
            port_of(service, &[&format!("--port={port}")])
                .or_else(|| (!reads.contains(&command)).then(|| format!("{command:?} has no reader")))
        }
        _ => Some("these words have no reader".to_owned()),
    }
}

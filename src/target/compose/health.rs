//! Health checks: what is run inside the container, with what its image holds.

use super::file::Healthcheck;
use super::text;
use crate::platform::{Health, OwnTimes, Platform, Service, Tool};
use crate::schema::Duration;
use crate::target::go;

/// The health check of a service; `None` where the image's own is left as it is, or there is none.
pub(super) fn lower(platform: &Platform, service: &Service) -> Option<Healthcheck> {
    if let Some(test) = test(platform, service) {
        return Some(timed(service, Healthcheck { test: Some(test.into()), ..Healthcheck::default() }));
    }
    let builtin = platform.facts(service).is_some_and(|facts| facts.builtin_health);
    match &service.health {
        Health::Builtin(times) => times.as_deref().map(own_times),
        Health::None { reason: Some(_) } if builtin => {
            Some(Healthcheck { disable: true, ..Healthcheck::default() })
        }
        _ => None,
    }
}

/// Whether compose can wait until a service is healthy.
pub(super) fn can_be_waited_for(platform: &Platform, service: &Service) -> bool {
    matches!(service.health, Health::Builtin(_)) || test(platform, service).is_some()
}

fn timed(service: &Service, check: Healthcheck) -> Healthcheck {
    let times = &service.times;
    Healthcheck {
        interval: Some(go::duration(times.interval)),
        timeout: Some(go::duration(times.timeout)),
        retries: Some(times.retries),
        start_period: Some(go::duration(times.start)),
        start_interval: times.start_interval.map(go::duration),
        ..check
    }
}

/// The times that the source says, for the check that the image brings.
fn own_times(times: &OwnTimes) -> Healthcheck {
    Healthcheck {
        interval: times.interval.map(go::duration),
        timeout: times.timeout.map(go::duration),
        retries: times.retries,
        start_period: times.start.map(go::duration),
        start_interval: times.start_interval.map(go::duration),
        ..Healthcheck::default()
    }
}

fn test(platform: &Platform, service: &Service) -> Option<Vec<String>> {
    match &service.health {
        Health::None { .. } | Health::Builtin(_) => None,
        Health::Http { port, readiness, tool, .. } => {
            let port = service.ports.get(*port)?;
            // Not `localhost`: it may mean `::1`, where few servers listen.
            let url = format!("{}://127.0.0.1:{}{readiness}", port.scheme(), port.number);
            Some(command(&http((*tool)?, &url, service.times.timeout)))
        }
        Health::Tcp { port, .. } => {
            let tools = &platform.facts(service)?.tools;
            tcp(tools, service.ports.get(*port)?.number, service.times.timeout).map(|words| command(&words))
        }
        Health::Exec(words) => {
            let words = words.iter().map(|word| text::value(platform, word));
            Some(std::iter::once("CMD".to_owned()).chain(words).collect())
        }
        Health::Shell(line) => Some(vec!["CMD-SHELL".to_owned(), text::value(platform, line)]),
    }
}

fn command(words: &[String]) -> Vec<String> {
    std::iter::once("CMD".to_owned()).chain(words.iter().map(|word| text::literal(word))).collect()
}

/// Asks for an address. It stands as an argument of its own, so that nothing in it can be mistaken for code.
/// Certificates are not verified: they are never made out to 127.0.0.1.
fn http(tool: Tool, url: &str, timeout: Duration) -> Vec<String> {
    let tls = url.starts_with("https:");
    let seconds = timeout.0.div_ceil(1_000);
    let words: Vec<&str> = match tool {
        Tool::Curl if tls => vec!["curl", "-fsSk", "-o", "/dev/null", url],
        Tool::Curl => vec!["curl", "-fsS", "-o", "/dev/null", url],
        Tool::Wget if tls => vec!["wget", "-q", "--no-check-certificate", "-O", "/dev/null", url],
        Tool::Wget => vec!["wget", "-q", "-O", "/dev/null", url],
        Tool::Node => {
            let verify = if tls { "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; " } else { "" };
            let script = format!(
                "{verify}fetch(process.argv[1], {{ signal: AbortSignal.timeout({}) }})\
                 .then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))",
                timeout.0
            );
            return owned(&["node", "-e", &script, url]);
        }
        Tool::Python => {
            let verify = if tls { ", context=ssl._create_unverified_context()" } else { "" };
            let script = format!(
                "import ssl, sys, urllib.request as r; r.urlopen(sys.argv[1], timeout={seconds}{verify})"
            );
            return owned(&["python3", "-c", &script, url]);
        }
        Tool::Perl => {
            let script = format!(
                "exit !HTTP::Tiny->new(timeout => {seconds}, verify_SSL => 0)->get(shift)->{{success}}"
            );
            return owned(&["perl", "-MHTTP::Tiny", "-e", &script, url]);
        }
    };
    owned(&words)
}

/// Opens a connection, by the first tool that the image holds.
fn tcp(tools: &[String], port: u16, timeout: Duration) -> Option<Vec<String>> {
    let has = |tool: &str| tools.iter().any(|known| known == tool);
    let seconds = timeout.0.div_ceil(1_000);
    let port = port.to_string();
    if has("nc") && has("busybox") {
        // BusyBox knows `-z` only where it was built so; a program to run it always knows.
        return Some(owned(&["nc", "127.0.0.1", &port, "-e", "true"]));
    }
    if has("nc") {
        return Some(owned(&["nc", "-z", "127.0.0.1", &port]));
    }
    if has("bash") {
        return Some(owned(&["bash", "-c", &format!("exec 3<>/dev/tcp/127.0.0.1/{port}")]));
    }
    if has("node") {
        let script = format!(
            "require('net').connect({port}, '127.0.0.1').setTimeout({}).on('connect', () => process.exit(0))\
             .on('timeout', () => process.exit(1)).on('error', () => process.exit(1))",
            timeout.0
        );
        return Some(owned(&["node", "-e", &script]));
    }
    if has("python3") {
        let script = format!("import socket; socket.create_connection(('127.0.0.1', {port}), {seconds})");
        return Some(owned(&["python3", "-c", &script]));
    }
    if has("perl") {
        let script =
            format!("exit !IO::Socket::INET->new(PeerAddr => '127.0.0.1:{port}', Timeout => {seconds})");
        return Some(owned(&["perl", "-MIO::Socket::INET", "-e", &script]));
    }
    None
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::{http, tcp};
    use crate::platform::Tool;
    use crate::schema::Duration;

    const TIMEOUT: Duration = Duration(5_000);

    #[test]
    fn a_path_is_asked_for_with_what_the_image_holds() {
        let url = "http://127.0.0.1:80/a'b\"c";
        for tool in [Tool::Curl, Tool::Wget, Tool::Node, Tool::Python, Tool::Perl] {
            let words = http(tool, url, TIMEOUT);
            assert_eq!(words.first().map(String::as_str), Some(tool.word()));
            assert_eq!(words.last().map(String::as_str), Some(url), "the address is an argument of its own");
        }
    }

    #[test]
    fn a_port_is_opened_with_the_first_tool_there_is() {
        let check = |tools: &[&str]| {
            let tools: Vec<String> = tools.iter().map(|tool| (*tool).to_owned()).collect();
            tcp(&tools, 6379, TIMEOUT).map(|words| words.join(" "))
        };
        assert_eq!(check(&["sh", "busybox", "nc"]).as_deref(), Some("nc 127.0.0.1 6379 -e true"));
        assert_eq!(check(&["sh", "nc", "bash"]).as_deref(), Some("nc -z 127.0.0.1 6379"));
        assert_eq!(check(&["bash"]).as_deref(), Some("bash -c exec 3<>/dev/tcp/127.0.0.1/6379"));
        assert_eq!(check(&["sh", "wget"]), None);
    }
}

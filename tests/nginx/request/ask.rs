//! The client: it sends what a table asks for, from an address of its own, with TLS or without.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::table::Asked;
use crate::judge::Judge;

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Got {
    /// The connection was closed, or the handshake refused.
    Nothing,
    /// An answer: its status, and the headers that tests look at.
    Answer { status: u16, location: Option<String>, service: Option<String>, path: Option<String> },
}

/// A program that speaks TLS.
pub(crate) struct Client {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Client {
    pub(crate) fn start() -> Option<Self> {
        let judge = Judge::find("ask")?;
        let mut child = Command::new(judge.program())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the judge starts");
        let to = child.stdin.take().expect("it is piped");
        let from = BufReader::new(child.stdout.take().expect("it is piped"));
        Some(Self { child, to, from })
    }

    /// Asks, and says what came back.
    pub(crate) fn ask(&mut self, port: u16, asked: &Asked) -> Got {
        let name = asked.tls.then_some(&asked.host);
        let request = json!([port, asked.client.to_string(), name, sent(asked)]);
        writeln!(self.to, "{request}").expect("the client reads");
        let mut line = String::new();
        self.from.read_line(&mut line).expect("the client answers");
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
        answer.as_str().filter(|answer| !answer.is_empty()).map_or(Got::Nothing, read)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text of a request.
fn sent(asked: &Asked) -> String {
    let mut out = format!("{} {} HTTP/1.1\r\n", asked.method, asked.target);
    if !asked.headers.iter().any(|(name, _)| name == "Host") {
        let _ = write!(out, "Host: {}\r\n", asked.host);
    }
    for (name, value) in &asked.headers {
        let _ = write!(out, "{name}: {value}\r\n");
    }
    if let Some(size) = asked.size {
        let _ = write!(out, "Content-Length: {size}\r\n");
    }
    if asked.login {
        // user:password
        out.push_str("Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n");
    }
    out.push_str("Connection: close\r\n\r\n");
    out.push_str(&"x".repeat(usize::try_from(asked.size.unwrap_or(0)).expect("it is small")));
    out
}

fn read(answer: &str) -> Got {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
    let find = |name: &str| {
        let found = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| (*value).to_owned())
    };
    Got::Answer {
        status: status.unwrap_or_else(|| panic!("no status: {head:?}")),
        location: find("Location"),
        service: find("X-Service"),
        path: find("X-Path"),
    }
}

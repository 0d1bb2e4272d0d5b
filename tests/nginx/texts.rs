//! Texts of the source come out as they are: odd ones in every place of a site where the source may write what it likes,
//! compiled, and asked of the real nginx. None of them is a directive, a variable or another header.

use std::fmt::Write as _;

use infrac::source::{Found, LoadError, Loader};

use super::machine::{Machine, Running, free_port};
use super::{none, services, written_for};
use crate::printing::odd::texts;
use crate::printing::source::literal;
use crate::sample;

/// One of so many texts that other formats misread is tried every day; those that are special to nginx all are.
const ONE_OF: u64 = 4;

/// What is special to nginx' configuration.
const SPECIAL: &[&str] = &[
    "a; return 200 b",
    "a;} server { listen 1; }",
    "{a}",
    "}",
    "{",
    ";",
    "a b; # c",
    "\"; return 200 \"",
    "'; return 200 '",
    "'a' \"b\" 'c'",
    "\\\"",
    "\\;",
    "a\\",
    "\\\\",
    "\\n",
    "\\t\\r\\n",
    "$uri",
    "${uri}",
    "$dollar",
    "${dollar}",
    "$$uri",
    "$1",
    "${",
    "$",
    "a$",
    "$a$b$c",
    "$host$request_uri",
    "include /etc/passwd;",
    "# a",
    "~ ^/a",
    "~* a|b",
    "^~ a",
    "= a",
    "@answer_1",
    "=404",
    "a|b",
    "(a",
    "a)",
    "[a",
    "a{2,}",
    "(?i)a",
    "a.b",
    "^a$",
    "a+*?",
    "\\Qa\\E",
    "%2e",
    "%",
    "a&b?c#d",
    "http://example.com/a;b",
    "https://example.com/${a}?b=c d",
];

/// The host names of the two sites.
const OPEN: &str = "open.test";
const LIMITED: &str = "limited.test";

/// A text that a source can hold.
fn sayable(text: &str) -> bool {
    !text.contains(|c: char| (c.is_control() && c != '\n' && c != '\t') || c == '\u{feff}')
}

/// A text that a header can hold: nginx sends no empty one, and clients take off spaces around it.
fn is_line(text: &str) -> bool {
    !text.is_empty() && !text.contains('\n')
}

fn is_address(text: &str) -> bool {
    is_line(text) && !text.contains([' ', '\t'])
}

/// A text that is one part of a path, and no part that nginx takes out of it.
fn is_part(text: &str) -> bool {
    is_line(text) && text.len() < 200 && !text.contains('/') && !matches!(text, "." | "..")
}

/// The platform: one site on which nothing is asked of clients, and one with a limit, where answers stand in locations
/// of their own. Every text stands in each place that takes it.
fn source(texts: &[String], port: u16, service: u16) -> String {
    let mut open = String::new();
    let mut shut = String::new();
    let mut limited = String::new();
    let mut headers = String::new();
    for (at, text) in texts.iter().enumerate() {
        let odd = literal(text);
        let _ =
            writeln!(shut, "site shut{at} = \"shut{at}.test\" {{ maintenance = true {{ body = {odd} }} }}");
        if is_part(text) {
            let page = literal(&format!("/tmp/pages/{at}/{text}"));
            let _ = writeln!(
                shut,
                "site page{at} = \"page{at}.test\" {{ maintenance = true {{ page = {page} }} }}"
            );
        }
        for site in [&mut open, &mut limited] {
            let _ = writeln!(site, "  route \"= /body/{at}\" = respond {{ body = {odd} }}");
            if is_address(text) {
                let to = literal(&format!("/{text}"));
                let _ = writeln!(site, "  route \"= /redirect/{at}\" = redirect {{ to = {to} }}");
            }
            if is_part(text) {
                let path = |before: &str| literal(&format!("{before}/{at}/{text}"));
                let _ = writeln!(site, "  route {} = respond {{ body = \"exact {at}\" }}", path("= /exact"));
                let _ = writeln!(site, "  route {} = respond {{ body = \"prefix {at}\" }}", path("/prefix"));
                let _ = writeln!(site, "  route {} = deny", path("/denied"));
                let _ = writeln!(site, "  route {} = \"echo:{service}\" {{ strip = true }}", path("/strip"));
                let _ = writeln!(
                    site,
                    "  route \"/files/{at}\" = files {{ root = {}, index = {} }}",
                    path("/tmp"),
                    odd
                );
            }
        }
        if is_line(text) {
            let _ = writeln!(headers, "    \"X-Odd-{at}\" = {odd}");
        }
    }
    let description = literal(&texts.concat());
    format!(
        r#"
platform odd {{ targets = [compose, nginx] }}
service proxy {{
  role  = proxy
  image = "example/nginx:1.30" {{ base = "debian:13" }}
  port http = {port} {{ protocol = http }}
  artifacts "/etc/nginx" = nginx
  security {{ writable = true, reason = "A test" }}
}}
allow no-such-path {{ reason = "What no request seems to have comes out as it is as well" }}
site open = "{OPEN}" {{
  description = {description}
  route "/" = respond {{ body = "nothing of these" }}
{open}
  headers {{
{headers}
  }}
}}
site limited = "{LIMITED}" {{
  description = {description}
  route "/" = respond {{ body = "nothing of these" }}
{limited}
  limit {{ rate = 1000000, per = 1s }}
}}
{shut}
"#
    )
}

/// Every byte as the request line has it.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

#[test]
fn texts_of_a_source_come_out_as_they_are() {
    let sampled = |text: &String| sample::takes(text, ONE_OF);
    let mut texts: Vec<String> = texts().into_iter().filter(|text| sayable(text) && sampled(text)).collect();
    texts.extend(SPECIAL.iter().map(|text| (*text).to_owned()));
    let port = free_port();
    let text = source(&texts, port, services::http("echo"));
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(text.clone().into_bytes())),
        _ => Err(LoadError::Missing),
    };
    let compilation =
        infrac::compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose);
    let errors = compilation.diagnostics.iter().filter(|told| told.is_error());
    let errors: Vec<&String> = errors.map(|told| &told.message).collect();
    let mut platform = compilation.platform.unwrap_or_else(|| panic!("{errors:?}"));
    let mut complaints = Vec::new();
    for machine in Machine::all() {
        let version = machine.version;
        machine.load("proxy", &written_for(&mut platform, version));
        services::found(&machine);
        for (at, text) in texts.iter().enumerate().filter(|(_, text)| is_part(text)) {
            machine.write(&format!("tmp/{at}/{text}/files/{at}/{text}"), &format!("file {at}"));
            machine.write(&format!("tmp/pages/{at}/{text}"), &format!("page {at}"));
        }
        let running = machine.start(port);
        let first = texts.iter().enumerate().find(|(_, text)| is_part(text));
        let first = first.map(|(at, text)| format!("/strip/{at}/{}/x", encoded(text)));
        running.wait_for(OPEN, &[first.as_deref().expect("there are texts")]);
        let found = differences(&running, &texts);
        complaints.extend(found.into_iter().map(|problem| format!("nginx {version}: {problem}")));
    }
    none(&complaints);
}

/// Where the answer is not what the source says.
fn differences(running: &Running, texts: &[String]) -> Vec<String> {
    let mut complaints = Vec::new();
    let root = running.get(OPEN, "/");
    for (at, text) in texts.iter().enumerate() {
        let mut expect = |place: &str, meant: (u16, &str), got: (u16, &str)| {
            if meant != got {
                complaints.push(format!("{place}: {text:?}\nmeant {meant:?}\ngot   {got:?}"));
            }
        };
        if is_line(text) {
            let got = root.header(&format!("X-Odd-{at}")).unwrap_or("none");
            expect("a header", (200, text), (root.status, got));
        }
        // In place of an empty one nginx has a page of its own.
        if !text.is_empty() {
            let shut = running.get(&format!("shut{at}.test"), "/x");
            expect("the text of a site that is shut", (503, text), (shut.status, &shut.body));
        }
        if is_part(text) {
            let page = running.get(&format!("page{at}.test"), "/x");
            expect(
                "the page of a site that is shut",
                (503, &format!("page {at}")),
                (page.status, &page.body),
            );
            let asked = running.get(OPEN, &format!("/strip/{at}/{}/x", encoded(text))).body;
            let asked = asked.lines().next().unwrap_or_default();
            expect("a path that is taken off", (200, "echo GET /x HTTP/1.1"), (200, asked));
        }
        for host in [OPEN, LIMITED] {
            let ask = |path: &str| running.get(host, path);
            let of_body = ask(&format!("/body/{at}"));
            expect("a body", (200, text), (of_body.status, &of_body.body));
            if is_address(text) {
                let answer = ask(&format!("/redirect/{at}"));
                let to = answer.header("Location").unwrap_or("none");
                expect("a redirect", (302, &format!("/{text}")), (answer.status, to));
            }
            if !is_part(text) {
                continue;
            }
            let path = encoded(text);
            for (place, request, meant) in [
                ("an exact path", format!("/exact/{at}/{path}"), format!("exact {at}")),
                ("a prefix", format!("/prefix/{at}/{path}"), format!("prefix {at}")),
                ("below a prefix", format!("/prefix/{at}/{path}/x"), format!("prefix {at}")),
                ("beside a prefix", format!("/prefix/{at}/{path}x"), "nothing of these".to_owned()),
                ("a file", format!("/files/{at}/"), format!("file {at}")),
            ] {
                let answer = ask(&request);
                expect(place, (200, &meant), (answer.status, &answer.body));
            }
            let upper = encoded(&text.to_ascii_uppercase());
            for (place, request) in [
                ("a path that is denied", format!("/denied/{at}/{path}")),
                ("below it", format!("/denied/{at}/{path}/x")),
                ("below it in capitals", format!("/DENIED/{at}/{upper}/x")),
            ] {
                let status = ask(&request).status;
                // An answer that nothing is asked for has no secrets: other spellings of what is denied below it get it.
                let open = host == OPEN && place.ends_with("capitals");
                expect(place, (if open { 200 } else { 404 }, ""), (status, ""));
            }
        }
    }
    complaints
}

//! A small program in the place of one that cannot be had: it listens on the same ports, wants the same
//! variables, files and folders, asks for the same login, writes down what it is asked and ends when it is told to.
//!
//! `serve --port N [--port N…] [--env NAME] [--env-file NAME] [--writes FOLDER] [--login USER:PASSWORD_VARIABLE] [--login-from USER_VARIABLE:PASSWORD_VARIABLE]`;
//! called `mc`, it is the client of the object storage.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::exit;
use std::time::Duration;
use std::{env, fs, thread};

unsafe extern "C" {
    fn signal(number: i32, handler: usize) -> usize;
    fn _exit(code: i32) -> !;
}

extern "C" fn end(_: i32) {
    // SAFETY: `_exit` may be called from a signal handler.
    unsafe { _exit(0) }
}

fn fail(message: &str) -> ! {
    eprintln!("stand-in: {message}");
    exit(1)
}

fn variable(name: &str) -> String {
    match env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => fail(&format!("{name} is not set")),
    }
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    match arguments[0].rsplit('/').next() {
        Some("mc") => client(&arguments[1..]),
        _ => serve(arguments.get(2..).unwrap_or_default()),
    }
}

fn serve(arguments: &[String]) {
    // SAFETY: the handler only ends the process. 15 is SIGTERM, 2 is SIGINT.
    unsafe {
        signal(15, end as *const () as usize);
        signal(2, end as *const () as usize);
    }
    let (mut ports, mut login) = (Vec::new(), None);
    for pair in arguments.chunks(2) {
        let [option, value] = pair else { break };
        match option.as_str() {
            "--port" => ports.push(value.clone()),
            "--env" => drop(variable(value)),
            "--env-file" => match fs::read_to_string(variable(value)) {
                Ok(text) if !text.is_empty() => {}
                other => fail(&format!("the file that {value} names: {other:?}")),
            },
            "--writes" => {
                let file = format!("{value}/.stand-in");
                if let Err(error) = fs::write(&file, "x").and_then(|()| fs::remove_file(&file)) {
                    fail(&format!("{value} cannot be written: {error}"));
                }
            }
            "--login" => login = value.split_once(':').map(|(user, name)| format!("{user}:{}", variable(name))),
            "--login-from" => {
                login = value.split_once(':').map(|(user, name)| format!("{}:{}", variable(user), variable(name)))
            }
            _ => break, // what the image is told
        }
    }
    let expected = login.map(|login| format!("authorization: basic {}", base64(login.as_bytes())));
    let mut threads = Vec::new();
    for port in ports {
        let listener = TcpListener::bind(format!("0.0.0.0:{port}")).unwrap_or_else(|e| fail(&format!("port {port}: {e}")));
        let expected = expected.clone();
        println!("listening on {port}");
        threads.push(thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let expected = expected.clone();
                thread::spawn(move || answer(stream, expected.as_deref()));
            }
        }));
    }
    for thread in threads {
        let _ = thread.join();
    }
}

/// One request: 200, or 401 where a login is wanted and missing. Health and metrics want none, but for `/_cluster`.
fn answer(mut stream: TcpStream, expected: Option<&str>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    let (mut head, mut wanted) = (None, usize::MAX);
    while request.len() < wanted {
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => request.extend_from_slice(&buffer[..count]),
            _ => break,
        }
        if head.is_none()
            && let Some(at) = request.windows(4).position(|four| four == b"\r\n\r\n")
        {
            let text = String::from_utf8_lossy(&request[..at]).into_owned();
            let length = text.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            wanted = at + 4 + length.unwrap_or(0);
            head = Some(text);
        }
    }
    let Some(head) = head else { return };
    let first = head.lines().next().unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or("/");
    let open = ["/minio/health", "/api/status", "/api/health", "/metrics", "/healthz", "/minio/v2/metrics"].iter().any(|p| path.starts_with(p));
    let sent = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        Some(format!("{}: {}", name.to_ascii_lowercase(), value.replacen("Basic", "basic", 1)))
    };
    let status = match expected {
        Some(expected) if !open && !head.lines().any(|line| sent(line).as_deref() == Some(expected)) => "401 Unauthorized",
        _ => "200 OK",
    };
    if !open {
        println!("{first} {status}");
    }
    let metrics = path.ends_with("metrics") || path.contains("/metrics/");
    let body = if metrics { "# TYPE stand_in gauge\nstand_in 1\n" } else { "{}\n" };
    let kind = if metrics { "text/plain; version=0.0.4" } else { "application/json" };
    let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
}

/// `mc …`: what it is told goes to the server of the alias, with the login of `MC_HOST_alias`.
fn client(arguments: &[String]) {
    if let Err(error) = fs::create_dir_all(variable("MC_CONFIG_DIR")) {
        fail(&format!("MC_CONFIG_DIR: {error}"));
    }
    let alias = arguments.iter().map(|a| a.split('/').next().unwrap_or(a)).find(|a| env::var(format!("MC_HOST_{a}")).is_ok());
    let Some(alias) = alias else { fail(&format!("no alias in {arguments:?}")) };
    let url = variable(&format!("MC_HOST_{alias}"));
    let Some((login, host)) = url.strip_prefix("http://").and_then(|rest| rest.rsplit_once('@')) else { fail("MC_HOST_… is not a URL") };
    let mut body = String::new();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["ilm", "import", ..] | ["admin", "user", "add", _] => {
            let read = std::io::stdin().read_to_string(&mut body);
            if read.is_err() || body.trim().is_empty() {
                fail("nothing on the standard input");
            }
        }
        ["admin", "policy", "create", _, _, file] => {
            body = fs::read_to_string(file).unwrap_or_else(|error| fail(&format!("{file}: {error}")));
        }
        _ => {}
    }
    let path = words.join("/").replace("//", "/");
    let mut stream = TcpStream::connect(host).unwrap_or_else(|error| fail(&format!("{host}: {error}")));
    let mut reply = String::new();
    let sent = write!(
        stream,
        "POST /mc/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        base64(login.as_bytes()),
        body.len()
    )
    .and_then(|()| stream.read_to_string(&mut reply));
    if sent.is_err() || !reply.starts_with("HTTP/1.1 200") {
        fail(&format!("{path}: {}", reply.lines().next().unwrap_or("no answer")));
    }
    println!("{}", words.join(" "));
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

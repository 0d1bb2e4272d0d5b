//! Stand-ins for the services behind a proxy, and the resolver of their network: every name is the machine itself.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use infrac::platform::Platform;
use infrac::source::{Found, LoadError, Loader};

use super::machine::Machine;

/// Answers every question for an address with that of the machine (RFC 1035, section 4.1). It ends with the program.
pub(crate) fn resolver() -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    let port = socket.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        let mut question = [0; 512];
        while let Ok((length, client)) = socket.recv_from(&mut question) {
            // The question is repeated, whatever it is; the name of the answer is a pointer to that of the question.
            let Some(asked) = question.get(12..length) else { continue };
            let mut answer = question[..2].to_vec();
            answer.extend([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
            answer.extend(asked);
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 127, 0, 0, 1]);
            let _ = socket.send_to(&answer, client);
        }
    });
    port
}

/// A service that speaks HTTP: it answers with its name, the line of the request, its headers and its body. Paths that
/// end in `/moved` are sent to `/there`; what ends in `/slow` comes in two parts, two seconds apart.
pub(crate) fn http(name: &'static str) -> u16 {
    serve(move |stream| answer_http(name, stream))
}

/// A service that speaks gRPC: it answers every call with its name (gRPC over HTTP/2, "Responses").
pub(crate) fn grpc(name: &'static str) -> u16 {
    serve(move |stream| answer_grpc(name, stream).unwrap_or(()))
}

fn serve(answer: impl Fn(TcpStream) + Send + Copy + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    port
}

fn answer_http(name: &str, stream: TcpStream) {
    let mut out = stream.try_clone().expect("a stream can be cloned");
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if line.trim_end().is_empty() {
                break;
            }
            head.push_str(line.trim_end());
            head.push('\n');
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let path = head.split(' ').nth(1).unwrap_or_default();
        let text = format!("{name} {head}{}", String::from_utf8_lossy(&body));
        let mut answer = String::new();
        if path.ends_with("/moved") {
            answer.push_str("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
        } else if path.ends_with("/slow") {
            answer.push_str(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 12\r\n\r\nfirst\n",
            );
            if out.write_all(answer.as_bytes()).is_err() {
                return;
            }
            thread::sleep(Duration::from_secs(2));
            "second".clone_into(&mut answer);
        } else {
            let _ = write!(answer, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len());
        }
        if out.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// Frames of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("it is short").to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A header as a literal without an index (RFC 7541, section 6.2.2).
fn header(name: &str, value: &str) -> Vec<u8> {
    let length = |text: &str| u8::try_from(text.len()).expect("it is short");
    [&[0, length(name)], name.as_bytes(), &[length(value)], value.as_bytes()].concat()
}

fn answer_grpc(name: &str, mut stream: TcpStream) -> std::io::Result<()> {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    const END_OF_STREAM: u8 = 1;
    const END_OF_HEADERS: u8 = 4;
    let mut preface = [0; 24];
    stream.read_exact(&mut preface)?;
    if !preface.starts_with(b"PRI * HTTP/2.0") {
        return Ok(());
    }
    stream.write_all(&frame(SETTINGS, 0, 0, &[]))?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload)?;
        let of = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        match (head[3], head[4]) {
            (SETTINGS, 0) => stream.write_all(&frame(SETTINGS, 1, 0, &[]))?,
            (HEADERS | DATA, flags) if flags & END_OF_STREAM != 0 => {
                // `:status: 200` is the eighth of the static table (RFC 7541, appendix A).
                let headers = [vec![0x88], header("content-type", "application/grpc")].concat();
                let mut answer = frame(HEADERS, END_OF_HEADERS, of, &headers);
                answer.extend(frame(DATA, 0, of, name.as_bytes()));
                let trailers = header("grpc-status", "0");
                answer.extend(frame(HEADERS, END_OF_HEADERS | END_OF_STREAM, of, &trailers));
                stream.write_all(&answer)?;
            }
            _ => {}
        }
    }
}

/// Sends a request as it is; the whole answer, and how long its first part took.
pub(crate) fn ask(port: u16, request: &str) -> (String, Duration) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("nginx listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout can be set");
    let start = Instant::now();
    stream.write_all(request.as_bytes()).expect("nginx reads");
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    let mut first = None;
    loop {
        let length = stream.read(&mut part).expect("nginx answers");
        if length == 0 {
            break;
        }
        answer.extend(&part[..length]);
        if first.is_none() && answer.windows(5).any(|seen| seen == b"first") {
            first = Some(start.elapsed());
        }
    }
    (String::from_utf8_lossy(&answer).into_owned(), first.unwrap_or_else(|| start.elapsed()))
}

/// A source, compiled; it has no errors.
pub(crate) fn compiled(text: &str) -> Platform {
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(text.as_bytes().to_vec())),
        _ => Err(LoadError::Missing),
    };
    let compilation =
        infrac::compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose);
    let errors = compilation.diagnostics.iter().filter(|told| told.is_error());
    let errors: Vec<&String> = errors.map(|told| &told.message).collect();
    assert!(errors.is_empty(), "{errors:?}");
    compilation.platform.expect("there are no errors")
}

/// Lets a proxy find its services on the machine itself.
pub(crate) fn found(machine: &Machine) {
    let main = machine.read("nginx.conf");
    let own = main.replace("resolver 127.0.0.11 ", &format!("resolver 127.0.0.1:{} ", resolver()));
    assert_ne!(main, own, "nginx has another resolver: the test is broken");
    machine.write("etc/nginx/nginx.conf", &own);
}

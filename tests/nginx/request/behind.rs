//! What stands behind the proxy: a resolver that knows the services, and one server that answers for all of them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::source::SERVICES;

/// The address of a service, by its place in [`SERVICES`].
fn address(at: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 2, 0, u8::try_from(at + 1).expect("services are few"))
}

/// Both servers; they end with this value.
pub(crate) struct Behind {
    pub(crate) resolver: u16,
    pub(crate) port: u16,
    /// A port of each service, as it is published on the host.
    pub(crate) published: [u16; SERVICES.len()],
    asked_for: Arc<Mutex<Vec<usize>>>,
    ended: Arc<AtomicBool>,
}

impl Behind {
    pub(crate) fn start() -> Self {
        let resolver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let server = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("there is a free port");
        let own =
            SERVICES.map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port"));
        let port = |server: &TcpListener| server.local_addr().expect("it is bound").port();
        let ended = Arc::new(AtomicBool::new(false));
        let asked_for = Arc::new(Mutex::new(Vec::new()));
        let behind = Self {
            resolver: resolver.local_addr().expect("it is bound").port(),
            port: port(&server),
            published: own.each_ref().map(port),
            asked_for: Arc::clone(&asked_for),
            ended: Arc::clone(&ended),
        };
        resolver.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout can be set");
        let end = Arc::clone(&ended);
        thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                resolve(&resolver, &asked_for);
            }
        });
        for (server, name) in own.into_iter().zip(SERVICES) {
            serve(server, Some(name), Arc::clone(&ended));
        }
        serve(server, None, ended);
        behind
    }

    /// Waits until services have been asked for by name, so that nginx knows them.
    pub(crate) fn wait_for(&self, services: &[usize]) {
        let end = Instant::now() + Duration::from_secs(20);
        let known = || {
            let asked_for = self.asked_for.lock().expect("no thread panics with it");
            services.iter().all(|service| asked_for.contains(service))
        };
        while !known() {
            assert!(Instant::now() < end, "nginx asks its resolver for nothing");
            thread::sleep(Duration::from_millis(5));
        }
        // The answer has been sent, and is read before the next request.
        thread::sleep(Duration::from_millis(100));
    }

    /// Forgets what was asked for, before another nginx starts.
    pub(crate) fn forget(&self) {
        self.asked_for.lock().expect("no thread panics with it").clear();
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the servers.
        for port in self.published.into_iter().chain([self.port]) {
            let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
        }
    }
}

/// Answers the requests of a port, which is that of a service, or of all of them.
fn serve(server: TcpListener, name: Option<&'static str>, ended: Arc<AtomicBool>) {
    thread::spawn(move || {
        for stream in server.incoming().flatten() {
            if ended.load(Ordering::Relaxed) {
                return;
            }
            thread::spawn(move || answer(stream, name));
        }
    });
}

/// Answers one question for an address (RFC 1035, section 4.1).
fn resolve(socket: &UdpSocket, asked_for: &Mutex<Vec<usize>>) {
    let mut packet = [0_u8; 512];
    let Ok((length, client)) = socket.recv_from(&mut packet) else { return };
    let question = &packet[12..length];
    let end = question.iter().position(|byte| *byte == 0).expect("a name ends with an empty label");
    let name = String::from_utf8_lossy(&question[1..end]).into_owned();
    let found = SERVICES.iter().position(|service| *service == name);
    let mut answer = packet[..12 + end + 5].to_vec();
    answer[2] = 0x84;
    answer[3] = if found.is_some() { 0 } else { 3 };
    answer[7] = u8::from(found.is_some());
    answer[8..12].fill(0);
    if let Some(at) = found {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address(at).octets());
    }
    socket.send_to(&answer, client).expect("the client waits");
    if let Some(at) = found {
        asked_for.lock().expect("no thread panics with it").push(at);
    }
}

/// Answers one request with the name of the service that its port or its address is of, and the path that it came with.
fn answer(mut stream: TcpStream, name: Option<&str>) {
    let IpAddr::V4(own) = stream.local_addr().expect("it is connected").ip() else { return };
    let at = usize::from(own.octets()[3]);
    let by_address = at.checked_sub(1).and_then(|at| SERVICES.get(at)).copied();
    let name = name.or(by_address).unwrap_or("another one");
    let mut reader = BufReader::new(stream.try_clone().expect("a socket can be shared"));
    let mut line = String::new();
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    let mut authorized = false;
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) <= 2 {
            break;
        }
        let Some((key, value)) = line.trim_end().split_once(": ") else { continue };
        if key.eq_ignore_ascii_case("content-length") {
            length = value.parse().expect("nginx sends a number");
        }
        authorized |= key.eq_ignore_ascii_case("authorization");
    }
    let _ = std::io::copy(&mut reader.take(length), &mut std::io::sink());
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nX-Service: {name}\r\nX-Path: {path}\r\nX-Authorized: {authorized}\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
}

//! A server of the web on this machine: files below a folder, and repositories there as `git` reads them over HTTP.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// It answers until the test ends.
pub(super) struct Server {
    /// Where it is, without a slash at the end.
    pub(super) address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// A request, as far as it matters.
struct Request {
    method: String,
    path: String,
    query: String,
    content_type: String,
    encoding: String,
    protocol: String,
    body: Vec<u8>,
}

impl Server {
    /// Serves what is below a folder. A file is cut in the middle where its path has a part `cut`.
    pub(super) fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("it has an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (folder, log) = (folder.to_owned(), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, log) = (folder.clone(), Arc::clone(&log));
                // A client that goes away has no answer to wait for.
                thread::spawn(move || drop(answer(&stream, &folder, &log)));
            }
        });
        Self { address, asked }
    }

    /// How often a file was asked for whose path ends so.
    pub(super) fn asked(&self, end: &str) -> usize {
        self.asked.lock().expect("no thread panics with it").iter().filter(|path| path.ends_with(end)).count()
    }
}

fn answer(mut stream: &TcpStream, folder: &Path, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let Some(request) = Request::read(stream)? else { return Ok(()) };
    log.lock().expect("no thread panics with it").push(request.path.clone());
    if request.path.ends_with("/info/refs") || request.path.ends_with("/git-upload-pack") {
        stream.write_all(&of_git(&request, folder)?)?;
        return stream.shutdown(Shutdown::Both);
    }
    let path: PathBuf = request.path.split('/').filter(|part| !part.is_empty() && *part != "..").collect();
    match fs::read(folder.join(&path)) {
        Ok(bytes) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                bytes.len()
            )?;
            let is_cut =
                path.components().any(|part| part.as_os_str() == "cut") && path.extension().is_some();
            stream.write_all(if is_cut { &bytes[..bytes.len() / 2] } else { &bytes })?;
        }
        Err(_) => {
            write!(stream, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")?;
        }
    }
    stream.shutdown(Shutdown::Both)
}

impl Request {
    fn read(stream: &TcpStream) -> std::io::Result<Option<Self>> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            content_type: String::new(),
            encoding: String::new(),
            protocol: String::new(),
            body: Vec::new(),
        };
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap_or(0),
                "content-type" => value.clone_into(&mut request.content_type),
                "content-encoding" => value.clone_into(&mut request.encoding),
                "git-protocol" => value.clone_into(&mut request.protocol),
                _ => {}
            }
        }
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body)?;
        Ok(Some(request))
    }
}

/// What git's own program for servers answers.
fn of_git(request: &Request, folder: &Path) -> std::io::Result<Vec<u8>> {
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", folder)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_PROTOCOL", &request.protocol)
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_TYPE", &request.content_type)
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", &request.encoding)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(&request.body)?;
    drop(input);
    let output = child.wait_with_output()?.stdout;
    // Its own headers come first; `Status` is one of them where it is not 200.
    let status =
        output.strip_prefix(b"Status: ").map(|rest| rest.iter().copied().take_while(|byte| *byte != b'\r'));
    let status = status.map_or_else(|| b"200 OK".to_vec(), Iterator::collect);
    Ok([b"HTTP/1.1 ", status.as_slice(), b"\r\nConnection: close\r\n", &output].concat())
}

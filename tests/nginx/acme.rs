//! Certificates of an authority, ordered and renewed by what is written: the script and its settings run the real certbot,
//! which proves its names through the real nginx to a real authority, and what nginx serves follows.

mod authority;

use std::fs;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use infrac::target::Artifact;

use super::machine::{Machine, free_port};
use super::{services, written_for};
use authority::{Authority, PROFILE, Started};

/// A site whose names are proved, and one that DNS knows no address of.
const SHOP: &str = "shop.test";
const REFUSED: &str = "refused.test";

/// How long each step may take. A step ends when its condition holds, some ten seconds on a machine of its own; nothing that
/// is judged depends on this time.
const LIMIT: Duration = Duration::from_secs(240);

fn source(authority: &Authority, plain: u16, secure: u16, api: u16) -> String {
    let ca = fs::read_to_string(authority.ca()).expect("it was made");
    let ca = ca.trim_end().replace('\n', "\n    ");
    format!(
        r#"
platform acme {{ targets = [compose, nginx] }}
issuer pebble {{
  url      = "{url}"
  profile  = "{PROFILE}"
  lifetime = 160h
  ca = """
    {ca}
    """
}}
service proxy {{
  role  = proxy
  image = "example/nginx:1.30" {{ base = "debian:13" }}
  port http  = {plain} {{ protocol = http }}
  port https = {secure} {{ protocol = https }}
  artifacts "/etc/nginx" = nginx
  volume certificates = "/var/lib/certificates" {{ read_only = true }}
  volume challenges   = "/var/lib/acme"         {{ read_only = true }}
  service certificates {{
    role       = certificates
    image      = "certbot/certbot:v5.8.0"
    user       = "101:101"
    entrypoint = ["sh", "/etc/issuers/certificates.sh"]
    artifacts "/etc/issuers"   = nginx
    mount proxy.certificates   = "/var/lib/certificates"
    mount proxy.challenges     = "/var/lib/acme"
    volume accounts            = "/etc/letsencrypt"
  }}
}}
service api {{ image = "example/api:1.0" {{ base = "debian:13" }}, port http = {api} }}
site shop = "{SHOP}" {{
  tls = true {{ issuer = pebble }}
  route "/" = api.http
}}
site refused = "{REFUSED}" {{
  tls = true {{ issuer = pebble }}
  route "/" = api.http
}}
"#,
        url = authority.directory()
    )
}

/// Replaces what stands in a text.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not written: the test is broken");
    text.replace(from, to)
}

/// Lays out what the client is given, and gives nginx what it has. Two things differ from the artifacts: the network's names,
/// and how long nginx keeps a certificate in memory.
fn lay_out(machine: &Machine, artifacts: &[Artifact], issuers: &Path) {
    machine.load("proxy", artifacts);
    services::found(machine);
    // A renewed certificate is served when what is kept in memory has been there for so long.
    let main = replaced(&machine.read("nginx.conf"), " valid=1m;", " valid=1s;");
    machine.write("etc/nginx/nginx.conf", &main);
    for artifact in artifacts {
        let Some(path) = artifact.path.strip_prefix("nginx/proxy-certificates/") else { continue };
        let content = if path == "sites.conf" {
            replaced(&artifact.content, "@proxy proxy:", "@proxy 127.0.0.1:")
        } else {
            artifact.content.clone()
        };
        fs::write(issuers.join(path), content).expect("a file can be written");
    }
}

/// Starts the script, with nothing but the commands of its image: BusyBox, OpenSSL, Python and certbot
/// (certbot/certbot:tools/docker/Dockerfile). Its folders are those of the volumes, which lie in nginx' file system here: it has
/// a variable for each. It looks at its table each second; all other times are as they are written.
fn client(machine: &Machine, authority: &Authority, folder: &Path) -> Started {
    let judges = authority.judges();
    let path = std::env::join_paths([judges.join("certbot"), judges.join("busybox")]);
    let log = fs::File::create(folder.join("log")).expect("a file can be written");
    let child = Command::new(judges.join("busybox/sh"))
        .arg(folder.join("issuers/certificates.sh"))
        .env_clear()
        .env("PATH", path.expect("no folder of the judges has a colon"))
        .env("HOME", folder)
        .env("ISSUERS", folder.join("issuers"))
        .env("ACCOUNTS", folder.join("accounts"))
        .env("STATE", folder.join("state"))
        .env("STORE", machine.path("var/lib/certificates"))
        .env("WEBROOT", machine.path("var/lib/acme"))
        .env("TICK", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("there is a shell");
    Started(child)
}

/// A client of the site, which comes again and again.
struct Visitor {
    _running: Started,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Visitor {
    fn start(authority: &Authority, secure: u16) -> Self {
        let child = Command::new(authority.judges().join("bin/handshakes"))
            .args([&secure.to_string(), SHOP, &authority.roots()])
            .arg(authority.ca())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the judge starts");
        let mut running = Started(child);
        let output = running.0.stdout.take().expect("it is piped");
        Self { _running: running, lines: BufReader::new(output).lines() }
    }

    /// The next visit: the serial number of the certificate, or what went wrong.
    fn next(&mut self) -> Result<String, String> {
        let line = self.lines.next().expect("it goes on").expect("its lines are UTF-8");
        match line.split_once(' ') {
            // Python fills numbers up to whole bytes, as some versions of pebble do.
            Some((serial, "200")) => Ok(serial.trim_start_matches('0').to_lowercase()),
            _ => Err(line),
        }
    }
}

/// The visits of a site over a time.
#[derive(Debug, Default)]
struct Seen {
    /// Visits by the serial number of the certificate, in their order.
    visits: Vec<(String, usize)>,
    /// Failures behind the first visit that succeeded.
    lost: Vec<String>,
}

impl Seen {
    /// Goes on until a number of certificates was served, the last one a hundred times.
    fn look_on(&mut self, visitor: &mut Visitor, certificates: usize, log: &dyn Fn() -> String) {
        let start = Instant::now();
        while self.visits.len() < certificates || self.visits.last().is_none_or(|(_, count)| *count < 100) {
            assert!(start.elapsed() < LIMIT, "{self:?} {}", log());
            match (visitor.next(), self.visits.last_mut()) {
                (Ok(serial), Some((last, count))) if *last == serial => *count += 1,
                (Ok(serial), _) => self.visits.push((serial, 1)),
                // nginx refuses while there is no certificate.
                (Err(_), None) => {}
                (Err(wrong), Some(_)) => self.lost.push(wrong),
            }
        }
    }
}

/// Waits until the script has written when it looks at a site again.
fn looked_at(due: &Path, log: &dyn Fn() -> String) {
    let end = Instant::now() + LIMIT;
    while !due.exists() {
        assert!(Instant::now() < end, "{} is not written: {}", due.display(), log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// How many seconds the script waits behind each failure of a site.
fn pauses(log: &str, site: &str) -> Vec<u32> {
    let failed = format!("certificates: {site}: pebble gave no certificate; again in ");
    let pauses =
        log.lines().filter_map(|line| line.strip_prefix(&failed)?.strip_suffix(" seconds")?.parse().ok());
    pauses.collect()
}

#[test]
fn an_authority_is_asked_once_and_its_certificates_are_served_without_a_pause() {
    let (Some(mut authority), Some(machine)) = (Authority::find(), Machine::newest()) else { return };
    let (plain, secure, api) = (free_port(), free_port(), services::http("api"));
    let mut platform = services::compiled(&source(&authority, plain, secure, api));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let issuers = folder.path().join("issuers");
    fs::create_dir(&issuers).expect("a folder can be made");
    lay_out(&machine, &written_for(&mut platform, machine.version), &issuers);

    // Its user is the one that the script runs as, whichever that is: a namespace of users has no other.
    let _nginx = machine.start_with(plain, "daemon off; master_process off; user root;");
    authority.start(plain, REFUSED);
    let log = || fs::read_to_string(folder.path().join("log")).unwrap_or_default();
    let mut visitor = Visitor::start(&authority, secure);
    assert!(visitor.next().is_err(), "there is no certificate yet");
    let client = client(&machine, &authority, folder.path());
    let mut seen = Seen::default();
    seen.look_on(&mut visitor, 1, &log);

    // Its hour is over: the script looks at the certificate, and the authority now advises to renew it.
    let (shop, refused) = (folder.path().join("state/shop.due"), folder.path().join("state/refused.due"));
    looked_at(&shop, &log);
    let store = machine.path("var/lib/certificates/pebble");
    authority.advises_to_renew(&store.join("shop/fullchain.pem"));
    fs::remove_file(&shop).expect("it was there");
    seen.look_on(&mut visitor, 2, &log);
    looked_at(&shop, &log);
    looked_at(&refused, &log);
    client.stop();

    let log = log();
    let context = || format!("{:?}\n{log}\n{}", seen.visits, authority.log("pebble"));
    assert!(seen.lost.is_empty(), "{:?}\n{}", seen.lost, context());
    // One certificate behind the other, as they were issued: no order is lost, and none is made twice.
    let serials: Vec<&String> = seen.visits.iter().map(|(serial, _)| serial).collect();
    assert_eq!(serials, authority.issued().iter().collect::<Vec<_>>(), "{}", context());
    assert_eq!(
        log.matches("certificates: shop: a certificate of pebble is there").count(),
        2,
        "{}",
        context()
    );
    // The authority asks for the first certificate and for the renewal, and once before each pause for the name that is refused.
    let pauses = pauses(&log, "refused");
    let asked = (authority.orders(), authority.asked(SHOP), authority.asked(REFUSED));
    assert_eq!(asked, (2 + pauses.len(), 2, pauses.len()), "{}", context());
    let ranges = [60..=75, 180..=225, 540..=675];
    assert!(!pauses.is_empty() && pauses.len() <= ranges.len(), "{}", context());
    assert!(pauses.iter().zip(&ranges).all(|(pause, range)| range.contains(pause)), "{}", context());

    let link = fs::read_link(store.join("shop")).expect("a certificate is switched to");
    assert!(link.to_string_lossy().starts_with(".shop."), "{}", link.display());
    for file in ["fullchain.pem", "privkey.pem"] {
        assert!(store.join("shop").join(file).is_file(), "{file}");
    }
    assert!(!store.join("refused").exists(), "a certificate without an issuer");
}

//! The commands of components, with the real PostgreSQL and the real Redis, from the small Debian of `tests/start`. It needs root,
//! and that Debian (`tests/judges/install.sh DIR engine`, named by INFRAC_ENGINE or in `target/engine`).

use std::fs;
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::super::engine::{Host, of_text, said};
use super::{rotate, setting};

const OLD: &str = "old-Value-2026";

/// A command in that Debian, as another user than root: its folder `/tmp` is `$2`.
const INSIDE: &str = r#"#!/bin/bash
exec unshare --mount bash -c 'root=$1 tmp=$2; shift 2
  mount --bind "$tmp" "$root/tmp" && mount --rbind /dev "$root/dev" && mount --bind "$tmp/hosts" "$root/etc/hosts" &&
  exec chroot --userspec=65534:65534 "$root" /usr/bin/env -i PATH=/usr/lib/postgresql/17/bin:/usr/bin:/bin LC_ALL=C.UTF-8 HOME=/tmp "$@"' \
  inside 'ROOT' 'TMP' "$@"
"#;

/// What `docker compose exec` does in the containers; what a container was started with stands in `$here/env-SERVICE`.
const EXEC: &str = r#"
while [ "$1" != db ] && [ "$1" != cache ]; do shift; done
service=$1 shell=$2
shift 3
exec "$here/inside" POSTGRES_USER=postgres "POSTGRES_PASSWORD=$(cat "$here/env-db")" "REDIS_PASSWORD=$(cat "$here/env-cache")" \
  "$shell" "/tmp/$service.sh" "$@"
"#;

const UP: &str = r#"
value() { sed -n "s/^$1='\(.*\)'$/\1/p" "$here/../build/.env"; }
case "$*" in
  *' db') value ROOT >"$here/env-db" ;;
  *' cache') value CACHE >"$here/env-cache" ;;
  *' api') printf '%s\n%s\n' "$(value API)" "$(value CACHE)" >"$here/env-api.new" && mv "$here/env-api.new" "$here/env-api" ;;
esac
"#;

struct Programs {
    host: Host,
    running: Vec<Child>,
}

impl Drop for Programs {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("it is bound").port()
}

fn engine() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/engine");
    let root = std::env::var_os("INFRAC_ENGINE").map_or(own, PathBuf::from).join("root");
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let found = is_root && root.join("usr/lib/postgresql/17/bin/initdb").exists();
    if !found {
        let _ = writeln!(
            io::stderr(),
            "NOT CHECKED: rotation of the real PostgreSQL and Redis: it needs root and the Debian of tests/start"
        );
    }
    found.then_some(root)
}

impl Programs {
    fn start() -> Option<Self> {
        let root = engine()?;
        let (db, cache) = (free_port(), free_port());
        let host = Host::of(of_text(&format!(
            r#"
            platform shop {{ targets = [compose, scripts] }}
            secret ROOT {{ min_length = 12 }}
            secret API {{ min_length = 12 }}
            secret WATCH
            secret CACHE
            secret CACHE_WATCH
            network a
            postgres db {{
              networks = [a], root_password = ROOT, exporter_password = WATCH
              port main = {db}
              database orders {{ owner = "api" }}
              account api {{ password = API }}
            }}
            redis cache {{ networks = [a], password = CACHE, exporter_password = CACHE_WATCH, port main = {cache} }}
            service api {{
              image = "x/api:1", networks = [a]
              env {{ DB = "postgres://api:${{API}}@${{db.main.address}}/orders", CACHE = cache.app.url }}
            }}
            "#
        )));
        let tmp = host.place("tmp");
        fs::create_dir_all(tmp.join("data")).expect("a folder");
        fs::write(tmp.join("hosts"), "127.0.0.1 localhost db cache\n").expect("a file");
        fs::write(tmp.join("old"), OLD).expect("a file");
        for service in ["db", "cache"] {
            let script = host.read(&format!("docker/config/{service}/etc/infrac/rotate.sh"));
            fs::write(tmp.join(format!("{service}.sh")), script).expect("a file");
            fs::write(host.place(&format!("bin/env-{service}")), OLD).expect("a file");
        }
        let start = host.read("docker/config/cache/etc/redis/start.sh");
        let start = start
            .replace("dir /data", "dir /tmp/data")
            .replace("exec docker-entrypoint.sh redis-server", "exec redis-server");
        fs::write(tmp.join("redis.sh"), start).expect("a file");
        fs::write(host.place("bin/env-api"), format!("{OLD}\n{OLD}\n")).expect("a file");
        let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(&tmp).status().expect("chown runs");
        assert!(owned.success());
        let inside =
            INSIDE.replace("ROOT", &root.display().to_string()).replace("TMP", &tmp.display().to_string());
        host.tool("inside", &inside);
        let names = ["ROOT", "API", "WATCH", "CACHE", "CACHE_WATCH"];
        host.write(".env", &names.map(|name| format!("{name}='{OLD}'\n")).concat());
        for service in ["db", "db-exporter", "cache", "cache-exporter", "api"] {
            host.container(service, &[]);
        }
        host.container("db-setup", &[(".State.Status", "exited"), (".State.Health", "")]);
        host.on("exec -T", EXEC);
        host.on(" up --detach", UP);
        let mut programs = Self { host, running: Vec::new() };
        programs.inside(&[
            "initdb",
            "-D",
            "/tmp/data/db",
            "-U",
            "postgres",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--pwfile=/tmp/old",
        ]);
        let port = db.to_string();
        programs.run(&[
            "postgres",
            "-D",
            "/tmp/data/db",
            "-p",
            &port,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=/tmp",
            "-c",
            "log_statement=all",
        ]);
        let secrets = [format!("REDIS_PASSWORD={OLD}"), format!("REDIS_EXPORTER_PASSWORD={OLD}")];
        programs.run(&[&secrets[0], &secrets[1], "sh", "/tmp/redis.sh"]);
        let ready = ["pg_isready", "--quiet", "--host=/tmp", "--port", &port];
        for _ in 0..100 {
            if programs.command(&ready).status().expect("it runs").success() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        let roles =
            format!("CREATE ROLE exporter LOGIN PASSWORD '{OLD}'; CREATE ROLE api LOGIN PASSWORD '{OLD}'");
        programs.inside(&[
            "psql",
            "--quiet",
            "--host=/tmp",
            "--port",
            &port,
            "--username=postgres",
            "--dbname=postgres",
            "--command",
            &roles,
        ]);
        Some(programs)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.host.place("bin/inside"));
        command.args(words).stdin(Stdio::null());
        command
    }

    fn inside(&self, words: &[&str]) {
        let output = self.command(words).output().expect("it runs");
        assert!(output.status.success(), "{words:?}: {}", said(&output));
    }

    fn run(&mut self, words: &[&str]) {
        let log =
            fs::OpenOptions::new().create(true).append(true).open(self.host.place("log")).expect("a file");
        let mut command = self.command(words);
        command.stdout(log.try_clone().expect("a handle")).stderr(log);
        self.running.push(command.spawn().expect("it starts"));
    }

    /// Whether a value logs in on a new connection.
    fn takes(&self, service: &str, user: &str, value: &str) -> bool {
        let script = format!("/tmp/{service}.sh");
        let mut command = self.command(&["POSTGRES_USER=postgres", "bash", &script, "check", user]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let written =
            std::io::Write::write_all(child.stdin.as_mut().expect("a pipe"), format!("{value}\n").as_bytes());
        drop(written);
        child.wait().expect("it ends").success()
    }

    /// Logs in again and again with what the application was started with, while something is done. The answers in their order.
    fn under_load(&self, line: usize, service: &str, user: &str, done: impl FnOnce()) -> Vec<bool> {
        let goes_on = AtomicBool::new(true);
        std::thread::scope(|scope| {
            let load = scope.spawn(|| {
                let mut answers = Vec::new();
                while goes_on.load(Ordering::Relaxed) || answers.len() < 3 {
                    let own = fs::read_to_string(self.host.place("bin/env-api")).expect("it is there");
                    let answer = self.takes(service, user, own.lines().nth(line).expect("a line"));
                    // What was started anew meanwhile asks again with its own value.
                    let now = fs::read_to_string(self.host.place("bin/env-api")).expect("it is there");
                    if now == own {
                        answers.push(answer);
                    }
                }
                answers
            });
            done();
            goes_on.store(false, Ordering::Relaxed);
            load.join().expect("it ends")
        })
    }
}

#[test]
fn real_passwords_are_changed_under_load() {
    let Some(programs) = Programs::start() else { return };
    let host = &programs.host;
    let run = |secret: &str, given: Option<&str>| {
        let arguments: &[&str] = if given.is_some() { &[secret, "--from-stdin"] } else { &[secret] };
        let output = rotate(host, arguments, given);
        assert!(output.status.success(), "{secret}: {}", said(&output));
    };
    let answers = programs.under_load(0, "db", "api", || run("API", None));
    // Refused are those who ask between the change and their new start, and nobody before or behind it.
    let turns = answers.windows(2).filter(|two| two[0] != two[1]).count();
    assert!(answers.last() == Some(&true) && answers.first() == Some(&true), "{answers:?}");
    assert!(turns <= 2, "a reader was refused again: {answers:?}");
    assert!(!programs.takes("db", "api", OLD) && programs.takes("db", "api", &setting(host, "API")));
    let answers = programs.under_load(1, "cache", "default", || run("CACHE", None));
    assert!(answers.iter().all(|answer| *answer), "two at a time, and a reader was refused: {answers:?}");
    assert!(
        !programs.takes("cache", "default", OLD)
            && programs.takes("cache", "default", &setting(host, "CACHE"))
    );
    run("ROOT", Some("a $quote\"d; va`lue\n"));
    assert!(
        programs.takes("db", "postgres", "a $quote\"d; va`lue") && !programs.takes("db", "postgres", OLD)
    );
    run("WATCH", None);
    run("CACHE_WATCH", None);
    let log = fs::read_to_string(host.place("log")).expect("it is there");
    for name in ["API", "ROOT", "WATCH", "CACHE"] {
        assert!(!log.contains(&setting(host, name)), "{name} stands in a log");
    }
}

#[test]
fn a_kill_behind_the_change_of_a_real_password_is_finished() {
    let Some(programs) = Programs::start() else { return };
    let host = &programs.host;
    let after = EXEC.replace("exec \"$here/inside\"", "\"$here/inside\"");
    host.on_next(1, "rotate.sh change api", &format!("{after}\nkill -KILL 0\n"));
    let output = rotate(host, &["API"], None);
    assert!(!output.status.success() && setting(host, "API") == OLD, "{}", said(&output));
    assert!(!programs.takes("db", "api", OLD), "the database has the new one, .env the old one");
    host.write("scripts/try.sh", "#!/usr/bin/env bash\n. \"$(dirname \"$0\")/lib/common.sh\"\nlock\n");
    let output = host.command("scripts/try.sh", &[]).env("ROTATE_WAIT", "0").output().expect("bash runs");
    assert!(output.status.success() && said(&output).contains("is finished"), "{}", said(&output));
    assert!(setting(host, "API") != OLD && programs.takes("db", "api", &setting(host, "API")));
}

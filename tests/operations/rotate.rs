//! `scripts/rotate.sh`: a secret gets a new value in its program, in `.env`, and in what reads it.

#[path = "rotate/real.rs"]
mod real;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Output, Stdio};

use super::engine::{Host, of_text, said, try_some};

/// A program that knows one password, one that knows two, and one that reads its own when it starts; what reads them, and what
/// does not.
const PLATFORM: &str = r#"
platform shop { targets = [compose, scripts] }

secret   DB_PASSWORD    { min_length = 12 }
secret   CACHE_PASSWORD { description = "Of two at a time" }
secret   ROOT_KEY
secret   HOOK           { issued = elsewhere }
secret   SEAL
secret   ORPHAN
variable MODE = "calm"

network a

service db {
  image    = "x/db:1"
  networks = [a]
  env { DB_PASSWORD }
  rotate app {
    secret = DB_PASSWORD
    change = ["set", "it's $HOME", "${MODE}"]
    check  = ["login", "db"]
  }
  rotate seal { secret = SEAL, none = "Ask `the` $vendor's desk" }
}
service cache {
  image    = "x/cache:1"
  networks = [a]
  env { CACHE_PASSWORD }
  rotate default { secret = CACHE_PASSWORD, change = ["add"], check = ["login", "cache"], retire = ["take"] }
}
service store {
  image    = "x/store:1"
  networks = [a]
  env { ROOT_KEY, SEAL }
  rotate root { secret = ROOT_KEY, in = setup, check = ["login", "store"] }
}
service setup { image = "x/store:1", networks = [a], run = once, env { ROOT_KEY, DB_PASSWORD } }
service api   { image = "x/api:1", networks = [a], env { DB_PASSWORD, CACHE_PASSWORD, HOOK, ORPHAN } }
service other { image = "x/api:1", networks = [a], env { MODE } }
service away  { image = "x/api:1", networks = [a], env { DB_PASSWORD } }
"#;

pub(super) const OLD: &str = "old-value-of-it";

/// The programs: the passwords that each takes are lines of a file, and what a container was started with is one, too.
const PROGRAMS: &str = r#"
service=$(for word in "$@"; do case $word in db | cache | store | setup | api | away) echo "$word"; break ;; esac; done)
value() { sed -n "s/^$1='\(.*\)'$/\1/p" "$here/../build/.env"; }
case "$*" in
  *' login '*)
    case $service in setup) service=store ;; esac
    IFS= read -r given
    grep -qxF -- "$given" "$here/known-$service"
    ;;
  *' set '*)
    IFS= read -r so_far && IFS= read -r new && grep -qxF -- "$so_far" "$here/known-db" || exit 1
    printf '%s\n' "$new" >"$here/known-db"
    ;;
  *' add'*)
    IFS= read -r so_far && IFS= read -r new
    printf '%s\n' "$new" >>"$here/known-cache"
    ;;
  *' take'*)
    IFS= read -r old && IFS= read -r stays
    grep -vxF -- "$old" "$here/known-cache" >"$here/left"
    mv "$here/left" "$here/known-cache"
    ;;
  *' up '*)
    case $service in
      store) value ROOT_KEY >"$here/known-store" ;;
      cache) value CACHE_PASSWORD >"$here/known-cache" ;;
    esac
    for name in DB_PASSWORD CACHE_PASSWORD ROOT_KEY HOOK; do value "$name"; done >"$here/started-$service"
    ;;
esac
"#;

pub(super) fn host() -> Host {
    let host = Host::of(of_text(PLATFORM));
    let names = ["DB_PASSWORD", "CACHE_PASSWORD", "ROOT_KEY", "HOOK", "SEAL", "ORPHAN"];
    let lines: String = names.iter().flat_map(|name| [*name, "='", OLD, "'\n"]).collect();
    host.write(".env", &format!("# mine\n{lines}MODE=calm\n\n# the end"));
    fs::set_permissions(host.build().join(".env"), fs::Permissions::from_mode(0o640)).expect("a mode");
    for service in ["db", "cache", "store", "api", "other"] {
        host.container(service, &[]);
    }
    host.container("setup", &[(".State.Status", "exited"), (".State.Health", "")]);
    for service in ["db", "cache", "store"] {
        fs::write(host.place(&format!("bin/known-{service}")), format!("{OLD}\n")).expect("a file");
    }
    for call in ["exec -T", "run --rm", "yaml up --"] {
        host.on(call, PROGRAMS);
    }
    host
}

pub(super) fn rotate(host: &Host, arguments: &[&str], given: Option<&str>) -> Output {
    let mut command = host.command("scripts/rotate.sh", arguments);
    command.env("ROTATE_WAIT", "0").process_group(0);
    let Some(given) = given else { return command.output().expect("bash runs") };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("bash runs");
    std::io::Write::write_all(child.stdin.as_mut().expect("it is piped"), given.as_bytes()).expect("a pipe");
    child.wait_with_output().expect("it ends")
}

pub(super) fn setting(host: &Host, name: &str) -> String {
    let env = host.read(".env");
    let line = env.lines().find_map(|line| line.strip_prefix(&format!("{name}='"))).expect("it is set");
    line.trim_end_matches('\'').to_owned()
}

pub(super) fn known(host: &Host, service: &str) -> String {
    fs::read_to_string(host.place(&format!("bin/known-{service}"))).expect("it is there")
}

/// The services that were recreated, in their order.
fn recreated(host: &Host) -> Vec<String> {
    let calls = host.calls();
    let of = |line: &str| line.split_once("--force-recreate ").map(|(_, name)| name.to_owned());
    calls.lines().filter_map(of).collect()
}

#[test]
fn a_value_is_changed_where_it_is_known_and_read_and_nowhere_else() {
    let host = host();
    let output = rotate(&host, &["DB_PASSWORD"], None);
    let said = said(&output);
    assert!(output.status.success() && said.ends_with("rotate.sh: done\n"), "{said}");
    let new = setting(&host, "DB_PASSWORD");
    assert!(new.len() >= 32 && new.chars().all(|c| c.is_ascii_alphanumeric()), "{new}");
    assert_eq!(known(&host, "db"), format!("{new}\n"));
    assert_eq!(recreated(&host), ["api", "db", "setup"], "what logs in, the program, the job that asks it");
    assert!(
        !host.calls().contains(" restart") && !host.calls().contains("--force-recreate away"),
        "{}",
        host.calls()
    );
    assert!(host.calls().contains("set it's $HOME calm"), "words arrive as they are: {}", host.calls());
    let env = host.read(".env");
    assert_eq!(
        env.replace(&new, OLD),
        format!(
            "# mine\nDB_PASSWORD='{OLD}'\nCACHE_PASSWORD='{OLD}'\nROOT_KEY='{OLD}'\nHOOK='{OLD}'\nSEAL='{OLD}'\nORPHAN='{OLD}'\nMODE=calm\n\n# the end\n"
        )
    );
    let mode = fs::metadata(host.build().join(".env")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for value in [OLD, &new] {
        assert!(
            !host.calls().contains(value) && !said.contains(value),
            "a value is in an argument or a message"
        );
    }
    assert!(
        fs::read_dir(host.build().join(".infrac/rotate")).expect("a folder").next().is_none(),
        "the journal stays"
    );
}

#[test]
fn a_program_that_takes_two_values_refuses_no_reader_in_between() {
    let host = host();
    let output = rotate(&host, &["CACHE_PASSWORD"], None);
    assert!(output.status.success(), "{}", said(&output));
    let calls = host.calls();
    let at = |text: &str| calls.find(text).unwrap_or_else(|| panic!("{text}: {calls}"));
    assert!(at("-T cache add") < at("recreate api") && at("recreate api") < at("-T cache take"));
    assert!(at("-T cache take") < at("recreate cache"));
    assert_eq!(known(&host, "cache"), format!("{}\n", setting(&host, "CACHE_PASSWORD")));
}

#[test]
fn a_program_that_reads_its_secret_when_it_starts_comes_first() {
    let host = host();
    let output = rotate(&host, &["ROOT_KEY"], None);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(recreated(&host), ["store", "setup"]);
    assert!(
        host.calls().contains("run --rm --no-deps -T --entrypoint login setup store"),
        "{}",
        host.calls()
    );
}

#[test]
fn what_a_provider_issued_is_read_and_given_to_its_readers() {
    let host = host();
    let output = rotate(&host, &["HOOK"], None);
    assert!(!output.status.success() && said(&output).contains("--from-stdin"), "{}", said(&output));
    let output = rotate(&host, &["HOOK", "--from-stdin"], Some("https://hooks.example.com/$a b\n"));
    assert!(output.status.success() && said(&output).contains("where it was issued"), "{}", said(&output));
    assert_eq!(setting(&host, "HOOK"), "https://hooks.example.com/$a b");
    assert_eq!(recreated(&host), ["api"]);
}

#[test]
fn a_dry_run_changes_nothing() {
    let host = host();
    let before = host.read(".env");
    let output = rotate(&host, &["DB_PASSWORD", "--dry-run"], None);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    for step in ["a command in db", "recreate api", "recreate db", "recreate setup", "nothing was changed"] {
        assert!(said.contains(step), "{step}: {said}");
    }
    assert_eq!(host.read(".env"), before);
    assert!(!host.build().join(".infrac").exists());
    assert!(!host.calls().contains(" exec ") && !host.calls().contains(" up "), "{}", host.calls());
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_changed() {
    for (arguments, given, needle) in [
        (vec!["DB_PASSWORD", "--from-stdin"], Some("short\n"), "fewer than 12"),
        (vec!["DB_PASSWORD", "--from-stdin"], Some("has-a-quote's-end\n"), "a quote"),
        (vec!["DB_PASSWORD", "--from-stdin"], Some("has\ta-control-character\n"), "control character"),
        (vec!["DB_PASSWORD", "--from-stdin"], Some(""), "is empty"),
        (vec!["DB_PASSWORD", "--from-stdin"], Some("old-value-of-it\n"), "the value that DB_PASSWORD has"),
        (vec!["DB_PASSWORD", "--from-stdin"], Some("changeme-changeme\n"), "still is what an example says"),
        (vec!["MODE"], None, "there is no secret MODE"),
        (vec!["NOTHING"], None, "there is no secret NOTHING"),
        (vec![], None, "which secret"),
        (vec!["SEAL"], None, "Ask `the` $vendor's desk"),
        (vec!["ORPHAN"], None, "up -d --no-deps --force-recreate api"),
    ] {
        let host = host();
        let before = host.read(".env");
        let output = rotate(&host, &arguments, given);
        assert!(
            !output.status.success() && said(&output).contains(needle),
            "{arguments:?}: {}",
            said(&output)
        );
        assert_eq!(host.read(".env"), before);
        assert_eq!(known(&host, "db"), format!("{OLD}\n"));
        assert!(!host.calls().contains(" up "), "{}", host.calls());
    }
}

#[test]
fn a_check_that_says_nothing_is_found_before() {
    let anyone = host();
    anyone.on("login db", "exit 0");
    let output = rotate(&anyone, &["DB_PASSWORD"], None);
    assert!(!output.status.success() && said(&output).contains("takes any value"), "{}", said(&output));
    let drifted = host();
    fs::write(drifted.place("bin/known-db"), "another\n").expect("a file");
    let output = rotate(&drifted, &["DB_PASSWORD"], None);
    assert!(
        !output.status.success() && said(&output).contains("differs from the running system"),
        "{}",
        said(&output)
    );
    let down = host();
    down.without("db");
    let output = rotate(&down, &["DB_PASSWORD"], None);
    assert!(!output.status.success() && said(&output).contains("db does not run"), "{}", said(&output));
}

#[test]
fn a_change_that_fails_is_undone_and_says_no_value() {
    let host = host();
    let before = host.read(".env");
    host.on_next(1, "-T db set", "IFS= read -r a; IFS= read -r b; echo \"refused: $a, $b\" >&2; exit 1");
    let output = rotate(&host, &["DB_PASSWORD"], None);
    let said = said(&output);
    assert!(!output.status.success() && said.contains("refused: …, …"), "{said}");
    assert!(said.contains("the old value holds") && !said.contains(OLD), "{said}");
    assert_eq!(host.read(".env"), before);
    assert!(recreated(&host).is_empty());
}

#[test]
fn a_reader_that_is_not_well_is_named_and_nothing_is_left_to_finish() {
    let host = host();
    host.container("api", &[(".State.Health.Status", "unhealthy")]);
    let output = rotate(&host, &["DB_PASSWORD"], None);
    assert!(!output.status.success() && said(&output).contains("not well since: api"), "{}", said(&output));
    assert_eq!(known(&host, "db"), format!("{}\n", setting(&host, "DB_PASSWORD")));
    assert!(!host.build().join(".infrac/rotate/DB_PASSWORD").exists());
}

/// Whatever call of the engine it is killed at, before or behind what the call does, the next script that takes the lock
/// leaves one value that all know.
#[test]
fn a_kill_at_any_call_is_finished_or_undone_by_the_next_script() {
    let mut kills = Vec::new();
    for (secret, service) in [("DB_PASSWORD", "db"), ("CACHE_PASSWORD", "cache"), ("ROOT_KEY", "store")] {
        let whole = host();
        assert!(rotate(&whole, &[secret], None).status.success());
        let calls = whole.calls().lines().count();
        kills.extend((1..=calls).flat_map(|at| [(secret, service, at, false), (secret, service, at, true)]));
    }
    try_some(&kills, 7, |(secret, service, at, behind)| {
        let host = host();
        kill_at(&host, *at, *behind);
        let output = rotate(&host, &[secret], None);
        let place = format!("{secret}, call {at}, behind it: {behind}");
        assert!(!output.status.success(), "{place}: it was killed");
        host.write("scripts/try.sh", "#!/usr/bin/env bash\n. \"$(dirname \"$0\")/lib/common.sh\"\nlock\n");
        fs::write(host.place("bin/kill"), "").expect("a file");
        let output = host.command("scripts/try.sh", &[]).env("ROTATE_WAIT", "0").output().expect("bash runs");
        assert!(output.status.success(), "{place}: {}", said(&output));
        let value = setting(&host, secret);
        assert_eq!(known(&host, service), format!("{value}\n"), "{place}: {}", said(&output));
        let started = fs::read_to_string(host.place(&format!("bin/started-{service}"))).unwrap_or_default();
        assert!(value == OLD || started.contains(&value), "{place}: {service} has the old value");
        let left = fs::read_dir(host.build().join(".infrac/rotate"));
        assert!(left.map_or(true, |mut left| left.next().is_none()), "{place}: the journal stays");
        assert!(
            !said(&output).contains(&value) && !host.calls().contains(&value),
            "{place}: a value is shown"
        );
    });
}

/// The group of processes is killed at a call of the engine, before or behind what it does.
fn kill_at(host: &Host, at: usize, behind: bool) {
    let docker = fs::read_to_string(host.place("bin/docker")).expect("it is there");
    let (head, body) = docker.split_once('\n').expect("it has lines");
    let text = if behind {
        format!(
            "{head}\nif [ -s \"${{0%/*}}/kill\" ]; then\n  bash \"${{0%/*}}/engine\" \"$@\"\n  status=$?\n  [ \"$(wc -l <\"${{0%/*}}/calls\")\" -lt {at} ] || kill -KILL 0\n  exit $status\nfi\n{body}"
        )
    } else {
        format!(
            "{head}\nif [ -s \"${{0%/*}}/kill\" ] && [ \"$(wc -l <\"${{0%/*}}/calls\")\" -ge {} ]; then kill -KILL 0; fi\n{body}",
            at - 1
        )
    };
    fs::write(host.place("bin/engine"), &docker).expect("a file");
    fs::write(host.place("bin/kill"), "yes").expect("a file");
    host.tool("docker", &text);
}

#[test]
fn a_build_without_the_script_says_that_a_journal_is_there() {
    let host = Host::of(of_text(
        "platform shop { targets = [compose, scripts] }\nservice api { image = \"x/api:1\" }\n",
    ));
    assert!(!host.build().join("scripts/rotate.sh").exists(), "it has nothing to change");
    host.write("scripts/try.sh", "#!/usr/bin/env bash\n. \"$(dirname \"$0\")/lib/common.sh\"\nlock\n");
    host.write(".infrac/rotate/X", "");
    let output = host.run("scripts/try.sh", &[]);
    assert!(
        output.status.success() && said(&output).contains("left a rotation unfinished"),
        "{}",
        said(&output)
    );
}

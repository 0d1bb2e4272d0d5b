//! The stand-in itself: a test that it could not fail would be none.

use super::engine::{Host, platform, said};

const PS: &str = "docker ps --all --filter label=com.docker.compose.service=api --format";

fn sh(host: &Host, line: &str) -> String {
    said(&host.shell().args(["-c", line]).output().expect("bash runs"))
}

#[test]
fn the_engine_answers_by_rules_and_containers() {
    let host = Host::of(platform("queue", None));
    host.container("api", &[(".State.Status", "exited"), (".State.Health", "")]);
    host.container("db", &[]);
    assert_eq!(
        sh(&host, &format!("{PS} '{{{{.ID}}}} {{{{.Label \"com.docker.compose.service\"}}}}'")),
        "api-1 api\n"
    );
    assert_eq!(sh(&host, "docker ps --quiet"), "db-1\n");
    let template = "{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}-{{end}} {{with .RestartCount}}{{.}}{{end}}";
    assert_eq!(
        sh(&host, &format!("docker inspect --format '{template}' api-1 db-1")),
        "exited - 0\nrunning healthy 0\n"
    );
    host.without("api");
    assert!(sh(&host, "docker inspect --format x api-1 || echo $?").contains("No such object"));

    host.on("compose exec", "echo always; exit 3");
    host.on_next(1, "compose exec", "echo once: \"$@\"");
    host.forget();
    assert_eq!(sh(&host, "docker compose exec a b"), "once: compose exec a b\n");
    assert_eq!(sh(&host, "docker compose exec a b || echo $?"), "always\n3\n");
    assert_eq!(host.calls(), "compose exec a b\ncompose exec a b\n");
}

/// What a real `exec` does to a script that is piped into a shell.
#[test]
fn a_call_that_takes_the_scripts_own_input_is_seen() {
    let host = Host::of(platform("queue", None));
    let said = sh(
        &host,
        "printf 'docker exec a\\necho seen\\n' | bash; printf 'docker exec a </dev/null\\necho seen\\n' | bash",
    );
    assert_eq!(said, "seen\n");
    assert_eq!(host.given(), [("exec a".to_owned(), "echo seen\n".to_owned())]);
}

//! Sources of the language with texts in every place where text can stand, and what the programs have to see of them.

use crate::case::extension;
use infrac::platform::Platform;
use infrac::source::{Found, LoadError, Loader};
use infrac::target::{Artifact, TARGETS};
use serde_json::{Value, json};

/// The file of compose.
pub(crate) const COMPOSE: &str = "docker/compose.infrastructure.yaml";
/// The file of Prometheus.
pub(crate) const PROMETHEUS: &str = "monitoring/prometheus/prometheus.yml";
/// The file of Alertmanager.
pub(crate) const ALERTMANAGER: &str = "monitoring/alertmanager/alertmanager.yml";

/// What does not depend on the texts.
const FRAME: &str = r#"
secret ADMIN_PASSWORD { description = "Password of the administrator" }
outside mail = "smtp.example.com:587"
network main
prometheus prometheus { networks = [main] }
alertmanager alertmanager { networks = [main], mail = mail, mail_from = "alerts@example.com" }
grafana grafana { networks = [main], admin_password = ADMIN_PASSWORD }
"#;

/// A text as the language writes it on one line.
pub(crate) fn literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{}\"", escaped.replace("${", "$${"))
}

/// The variable of a text.
pub(crate) fn variable(at: usize) -> String {
    format!("ODD_{at}")
}

/// A source with one text.
pub(crate) fn one(text: &str) -> String {
    let platform =
        format!("platform odd {{ description = {0}, labels {{ \"a.b\" = {0} }} }}\n", literal(text));
    format!("{platform}{FRAME}{}", part(0, text))
}

/// A source with many.
pub(crate) fn all(texts: &[String]) -> String {
    let parts: String = texts.iter().enumerate().map(|(at, text)| part(at, text)).collect();
    format!("platform odd\n{FRAME}{parts}")
}

/// What holds a text.
fn part(at: usize, text: &str) -> String {
    let odd = literal(text);
    let variable = variable(at);
    // To compose, an override speaks as its files do: a `$` that is meant is `$$`.
    let over = literal(&text.replace('$', "$$"));
    format!(
        r#"
variable {variable} = {odd} {{ description = {odd} }}
network n{at} {{ description = {odd} }}
service s{at} {{
  image       = "shop/api:1.4"
  description = {odd}
  user        = "1000:1000"
  networks    = [main, n{at}]
  command     = ["run", {odd}]
  resources   {{ memory = 64MiB, cpu = 0.1 }}
  health      {{ command = ["check", {odd}], interval = 30s }}
  env         {{ A = {odd}, B = {variable} }}
  labels      {{ "a.b" = {odd} }}
  override compose {{
    annotations {{ "a.b" = {over} }}
    environment {{ O = {over} }}
    entrypoint = [{over}]
    x-odd {{ list = [{over}], "a.b" = {over} }}
  }}
  volume v{at} = "/data" {{ description = {odd} }}
  config "/etc/a.txt"  = {odd}
  config "/etc/a.conf" = {odd}
  alert A{at} {{
    expr        = "vector(1) > 0"
    severity    = warning
    summary     = "always"
    labels      {{ a = {odd} }}
  }}
  dashboard d{at} {{
    title       = {odd}
    description = {odd}
    panel {odd} {{ description = {odd}, query {odd} = "vector(1)" }}
  }}
}}
"#
    )
}

/// Every artifact of every target; `None` where the compiler refuses the source.
pub(crate) fn build(source: &str) -> Option<Vec<Artifact>> {
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(source.as_bytes().to_vec())),
        _ => Err(LoadError::Missing),
    };
    let compilation =
        infrac::compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose);
    let is_built = compilation.diagnostics.iter().all(|told| !told.is_error());
    let platform: Platform = compilation.platform.filter(|_| is_built)?;
    let targets: Vec<_> = TARGETS.iter().collect();
    Some(infrac::build(&platform, &targets).into_iter().flat_map(|it| it.artifacts).collect())
}

/// The documents of the files of YAML. What stands above the first line of `---` is their header.
pub(crate) fn yaml_documents(artifacts: &[Artifact]) -> impl Iterator<Item = &str> {
    let is_yaml = |path: &str| matches!(extension(path), "yaml" | "yml");
    let files = artifacts.iter().filter(move |it| is_yaml(&it.path));
    let holds = |document: &&str| document.lines().any(|line| !line.is_empty() && !line.starts_with('#'));
    files.flat_map(|it| it.content.split("\n---\n")).filter(holds)
}

/// What a reader of YAML 1.2 or JSON does not see as it was meant.
pub(crate) fn unlike(text: &str, artifacts: &[Artifact]) -> Vec<String> {
    let read = |end: &str| -> Result<Value, String> {
        let found = artifacts.iter().find(|it| it.path.ends_with(end)).ok_or(format!("no {end}"))?;
        serde_yaml::from_str(&found.content).map_err(|error| format!("{end}: {error}\n{}", found.content))
    };
    let doubled = text.replace('$', "$$");
    let mut complaints = Vec::new();
    let mut expect = |what: &str, read: &Value, meant: &str| {
        if read != meant {
            complaints.push(format!("{what} of {text:?} is {read}"));
        }
    };
    match read(COMPOSE) {
        Ok(file) => {
            let service = &file["services"]["s0"];
            expect("the command", &service["command"][1], &doubled);
            expect("the variable", &service["environment"]["A"], &doubled);
            expect("the label", &service["labels"]["a.b"], &doubled);
            expect("the override of a map", &service["annotations"]["a.b"], &doubled);
            expect("the override of a variable", &service["environment"]["O"], &doubled);
            expect("the override of a list", &service["entrypoint"][0], &doubled);
            expect("the free list", &service["x-odd"]["list"][0], &doubled);
            expect("the check", &service["healthcheck"]["test"][2], &doubled);
        }
        Err(error) => complaints.push(error),
    }
    complaints
}

/// What compose does not see as it was meant. It doubles each `$` of what it prints.
pub(crate) fn unlike_to_compose(texts: &[String], read: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let service = &read["services"][format!("s{at}")];
        let doubled = text.replace('$', "$$");
        let env = &service["environment"];
        let taken = json!([
            service["command"][1],
            env["A"],
            env["B"],
            service["labels"]["a.b"],
            service["healthcheck"]["test"][2],
            service["annotations"]["a.b"],
            env["O"],
            service["entrypoint"][0]
        ]);
        let meant = json!(vec![&doubled; 8]);
        if taken != meant {
            complaints.push(format!("compose reads {text:?} as {taken}"));
        }
    }
    complaints
}

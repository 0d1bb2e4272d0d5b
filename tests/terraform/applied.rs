//! What is applied, to a stand-in of AWS: a second plan changes nothing, and a later build neither stops nor replaces the
//! machine.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use infrac::platform::Runtime;
use serde_json::Value;

use super::tool::{Said, Terraform};
use super::{files, write};
use crate::case::Case;
use crate::judge::Judge;

/// The stand-in: it forgets everything when it ends.
struct StandIn {
    child: Child,
    address: String,
}

impl StandIn {
    fn start() -> Option<Self> {
        let judge = Judge::find("moto_server")?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
        let child = Command::new(judge.program())
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            // The policy of Session Manager is one of AWS' own.
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the judge starts");
        let stand_in = Self { child, address: format!("http://127.0.0.1:{port}") };
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(120), "the stand-in of AWS does not start");
            std::thread::sleep(Duration::from_millis(200));
        }
        Some(stand_in)
    }

    fn run(&self, terraform: &Terraform, folder: &Path, arguments: &[&str]) -> Said {
        let variables = [
            ("AWS_ENDPOINT_URL", self.address.as_str()),
            ("AWS_ACCESS_KEY_ID", "stand-in"),
            ("AWS_SECRET_ACCESS_KEY", "stand-in"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        terraform.run_with(folder, arguments, &variables)
    }

    fn apply(&self, terraform: &Terraform, folder: &Path) {
        let said = self.run(terraform, folder, &["apply", "-auto-approve", "-input=false"]);
        assert!(said.accepted, "{}{}", said.output, said.complaint);
    }

    /// Each change of a plan: its address and what is done.
    fn plan(&self, terraform: &Terraform, folder: &Path) -> Vec<(String, String)> {
        let said = self.run(terraform, folder, &["plan", "-input=false", "-out=plan"]);
        assert!(said.accepted, "{}{}", said.output, said.complaint);
        let said = self.run(terraform, folder, &["show", "-json", "plan"]);
        let plan: Value = serde_json::from_str(&said.output).expect("JSON");
        let changes = plan["resource_changes"].as_array().into_iter().flatten().map(|change| {
            let actions: Vec<&str> = change["change"]["actions"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            (change["address"].as_str().unwrap_or_default().to_owned(), actions.join("+"))
        });
        changes.filter(|(_, actions)| actions != "no-op" && actions != "read").collect()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the stand-in does not know: to watch a machine closely, and to remember that it may not be ended.
const UNKNOWN: &str = "resource \"aws_instance\" \"host\" {\n  monitoring              = false\n  disable_api_termination = false\n}\n";

/// Buckets by paths, as the stand-in has one address.
const PROVIDER: &str = "provider \"aws\" {\n  s3_use_path_style = true\n}\n";

/// What an account has before.
const BEFORE: &str = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\n\nresource \"aws_route53_zone\" \"it\" {\n  name = \"example.org\"\n}\n";

fn built(folder: &Path, terraform: &Terraform, change: impl Fn(&str) -> String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform");
    let source = fs::read_to_string(root.join("stand-in.infra")).expect("the source");
    fs::write(folder.join("stand-in.infra"), change(&source)).expect("a file can be written");
    let case = Case {
        source: "stand-in".to_owned(),
        environment: None,
        runtime: Runtime::Compose,
        root: folder.to_owned(),
        entry: "stand-in.infra".to_owned(),
    };
    write(folder, &terraform.at_hand(files(&case.compile())));
    // The state is a file beside it.
    fs::remove_file(folder.join("terraform/base/state.tf")).expect("a file");
    fs::write(folder.join("terraform/base/override.tf"), PROVIDER).expect("a file");
    fs::write(folder.join("terraform/bootstrap/override.tf"), PROVIDER).expect("a file");
    fs::write(folder.join("terraform/modules/platform/override.tf"), UNKNOWN).expect("a file");
}

#[test]
#[ignore = "minutes of a real provider: tests/long.sh operations"]
fn a_second_plan_is_empty_and_a_later_build_keeps_the_machine() {
    let Some(terraform) = Terraform::with_provider() else { return };
    let Some(stand_in) = StandIn::start() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    built(folder.path(), &terraform, str::to_owned);
    let (before, base) = (folder.path().join("before"), folder.path().join("terraform/base"));
    let bootstrap = folder.path().join("terraform/bootstrap");
    fs::create_dir(&before).expect("a folder can be made");
    fs::write(before.join("main.tf"), BEFORE).expect("a file");
    for root in [&before, &bootstrap, &base] {
        terraform.init(root);
        stand_in.apply(&terraform, root);
        assert_eq!(stand_in.plan(&terraform, root), [], "{}", root.display());
    }
    // A later version of everything that is read for the first start alone.
    built(folder.path(), &terraform, |source| {
        source
            .replace("amazon-linux-2023", "ami-0123456789abcdef0")
            .replace("\"operators\"", "\"others\"")
            .replace("host_accounts = [minio.archiver]", "")
            .replace("service relay", "service mailer")
            .replace("relay.http", "mailer.http")
            .replace("\"81.2.71.0/24\"", "\"81.2.72.0/24\"")
    });
    let script = base.join("user-data.sh");
    let longer = fs::read_to_string(&script).expect("the script") + "# A later version.\n";
    fs::write(script, longer).expect("a file can be written");
    let changes = stand_in.plan(&terraform, &base);
    let rules = "module.platform.aws_vpc_security_group_ingress_rule.host[";
    for (address, actions) in &changes {
        let allowed = match actions.as_str() {
            // Ranges that come and go.
            "create" | "delete" => address.starts_with(rules) || address.contains("attachment.account["),
            "update" => true,
            _ => false,
        };
        assert!(allowed, "{address}: {actions}, of {changes:?}");
    }
    assert!(changes.iter().any(|(address, _)| address.starts_with(rules)), "{changes:?}");
    // Hops of the credentials change in place; nothing else of the machine does.
    let machine = |(address, _): &&(String, String)| address == "module.platform.aws_instance.host";
    assert_eq!(
        changes.iter().find(machine).map(|(_, actions)| actions.as_str()),
        Some("update"),
        "{changes:?}"
    );
}

//! What does not last is made again.

use infrac::platform::Role;

use super::built::all;
use super::cluster::{Pod, text};
use super::none;

/// Certificates that sign themselves end, and a Job runs once: a schedule runs the same pods again.
#[test]
fn certificates_that_sign_themselves_are_signed_anew() {
    let (mut complaints, mut seen) = (Vec::new(), 0);
    for built in all() {
        let cluster = built.cluster();
        let signs = |role: Option<Role>| role == Some(Role::Certificates);
        for service in built.platform.services.iter().filter(|it| signs(it.role) && it.is_job()) {
            seen += 1;
            let own = |pod: &Pod<'_>| text(&pod.labels()["app.kubernetes.io/name"]) == service.name;
            let pods: Vec<Pod<'_>> = cluster.pods().filter(own).collect();
            let kinds: Vec<&str> = pods.iter().map(|pod| pod.workload.kind()).collect();
            if kinds != ["Job", "CronJob"] || pods[0].template != pods[1].template {
                complaints.push(format!("{}: {} is run by {kinds:?}", built.name, service.path));
            }
        }
    }
    assert!(seen > 1, "only {seen} were seen");
    none(&complaints);
}

//! An apply in waves.

use std::time::{Duration, Instant};

use super::shell::{Project, Shell, said};

pub(super) fn object(kind: &str, name: &str, wave: &str, rest: &str) -> String {
    format!(
        "apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: shop\n  labels:\n    \
         app.kubernetes.io/instance: shop\n  annotations:\n    argocd.argoproj.io/sync-wave: \"{wave}\"\n{rest}---\n"
    )
}

/// A database, the Job that sets it up, and what needs both.
pub(super) fn project() -> Project {
    let project = Project::new();
    project.write("scripts/apply-kubernetes.sh", &super::apply_script());
    let list = |files: &str| format!("sortOptions: {{ order: fifo }}\nresources: [{files}]\n");
    project.write("kubernetes/base/kustomization.yaml", &list("all.yaml"));
    project.write("kubernetes/base/namespaces/kustomization.yaml", &list("namespaces.yaml"));
    project.write(
        "kubernetes/base/namespaces/namespaces.yaml",
        "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n",
    );
    // A text that looks like the head of an object.
    let text = "data:\n  a: |\n    argocd.argoproj.io/sync-wave: \"7\"\n    kind: Job\n";
    let all = [
        object("ConfigMap", "text", "0", text),
        object("StatefulSet", "db", "0", "spec:\n  replicas: 1\n"),
        object("Job", "setup-1", "1", "spec: {}\n"),
        object("Deployment", "api", "2", "spec:\n  template: {}\n"),
    ];
    project.write("kubernetes/base/all.yaml", &all.concat());
    project
}

/// The calls that matter, in short.
pub(super) fn calls(project: &Project) -> Vec<String> {
    let short = |call: &str| {
        let words: Vec<&str> = call.split(' ').collect();
        let file = words.iter().position(|word| *word == "-f").and_then(|at| words.get(at + 1));
        match file {
            Some(file) => format!("apply {}", file.rsplit('/').next().unwrap_or(file)),
            None => call.split(" -o").next().unwrap_or(call).replace("--namespace shop ", ""),
        }
    };
    project.calls().lines().map(short).collect()
}

#[test]
fn what_needs_a_job_is_applied_behind_its_end() {
    for shell in Shell::all() {
        let project = project();
        project.answer(
            "get job setup-1",
            0,
            &["", "", "SuccessCriteriaMet ", "SuccessCriteriaMet Complete "],
        );
        project.answer("get Deployment api", 0, &["3"]);
        project.answer("get jobs", 0, &["setup-1 \\nsetup-0 \\nbackup-27 CronJob\\n"]);
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(
            calls(&project),
            [
                "apply namespaces.yaml",
                "get Deployment api --ignore-not-found",
                "apply -",
                "apply wave-1000.yaml",
                "get job setup-1 --ignore-not-found",
                "apply wave-1001.yaml",
                "get job setup-1",
                "get job setup-1",
                "get job setup-1",
                "apply wave-1002.yaml",
                "get jobs -l app.kubernetes.io/managed-by=infrac,app.kubernetes.io/instance=shop",
                "delete job setup-0 --wait=false",
                "rollout status StatefulSet/db --timeout 600s",
                "rollout status Deployment/api --timeout 600s",
            ],
            "{}",
            shell.name
        );
        // How many pods there are is not for this apply to say, and stays as it is.
        assert!(project.given()[0].contains("\"spec\":{\"replicas\":3}"), "{:?}", project.given());
    }
}

/// The same, whose database is to have a disk of a size.
fn with_disk(size: &str) -> Project {
    let project = project();
    let table =
        format!("# a comment\nworkload shop StatefulSet db\ndisk shop db data size={size} class=fast\n");
    project.write("kubernetes/base/fixed.conf", &table);
    project.answer("get job setup-1", 0, &["Complete "]);
    project.answer("get statefulset db", 0, &["20Gi"]);
    project.answer(
        "get persistentvolumeclaims",
        0,
        &["data-db-0\\ndata-db-1\\nmydata-db-0\\ndata-db-0-old\\n"],
    );
    project
}

#[test]
fn a_disk_grows_before_its_set_is_put_in_place_anew() {
    for shell in Shell::all() {
        for size in ["30Gi", "1.5Ti", "21475Mi", "20481Mi"] {
            let project = with_disk(size);
            let output = project.run(&shell, "apply-kubernetes.sh", &[]);
            assert!(output.status.success(), "{}", said(&output));
            let calls = calls(&project);
            let from = calls.iter().position(|call| call.starts_with("patch")).expect("claims are patched");
            let patch = format!(
                r#"--type merge --patch {{"spec":{{"resources":{{"requests":{{"storage":"{size}"}}}}}}}}"#
            );
            assert_eq!(
                calls[from..from + 4],
                [
                    format!("patch persistentvolumeclaim data-db-0 {patch}"),
                    format!("patch persistentvolumeclaim data-db-1 {patch}"),
                    "delete statefulset db --cascade=orphan".to_owned(),
                    "apply wave-1000.yaml".to_owned(),
                ],
                "{}",
                shell.name
            );
        }
    }
}

#[test]
fn a_disk_that_stays_is_left_alone_and_none_shrinks() {
    for shell in Shell::all() {
        for (size, fits) in [("20Gi", true), ("20480Mi", true), ("10Gi", false), ("20G", false)] {
            let project = with_disk(size);
            let output = project.run(&shell, "apply-kubernetes.sh", &[]);
            assert_eq!(output.status.success(), fits, "{size}: {}", said(&output));
            assert_eq!(said(&output).contains("no disk shrinks"), !fits, "{size}: {}", said(&output));
            let calls = calls(&project);
            let touched =
                calls.iter().any(|call| call.starts_with("patch") || call.starts_with("delete stateful"));
            assert!(!touched, "{size}: {calls:?}");
            assert_eq!(calls.contains(&"apply wave-1000.yaml".to_owned()), fits, "{size}");
        }
        // A class that lets no disk grow: the set stays.
        let project = with_disk("30Gi");
        project.answer("patch persistentvolumeclaim", 1, &[]);
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("allowVolumeExpansion"), "{}", said(&output));
        assert!(!calls(&project).iter().any(|call| call.starts_with("delete stateful")), "{}", shell.name);
        // What would be done is said, and nothing is done.
        let project = with_disk("30Gi");
        let output = project.run(&shell, "apply-kubernetes.sh", &["--dry-run"]);
        assert!(output.status.success(), "{}", said(&output));
        assert!(said(&output).contains("grows from 20Gi to 30Gi"), "{}", said(&output));
        assert!(!project.calls().contains("patch persistentvolumeclaim"), "{}", project.calls());
    }
}

#[test]
fn a_failed_job_ends_it_in_seconds() {
    for shell in Shell::all() {
        let project = project();
        project.answer("get job setup-1", 0, &["", "FailureTarget Failed "]);
        project.answer("logs job/setup-1", 0, &["no such database"]);
        let start = Instant::now();
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert!(start.elapsed() < Duration::from_secs(5));
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("no such database"), "{}", said(&output));
        assert!(said(&output).contains("shop/setup-1 has failed"), "{}", said(&output));
        assert!(!calls(&project).contains(&"apply wave-1002.yaml".to_owned()), "{}", shell.name);
    }
}

#[test]
fn a_job_that_is_gone_or_never_ends_is_a_failure() {
    for shell in Shell::all() {
        let project = project();
        project.answer("get job setup-1", 1, &[]);
        project.answer("get job setup-1 --ignore-not-found", 0, &[""]);
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("is gone"), "{}", said(&output));

        let project = self::project();
        project.answer("get job setup-1", 0, &[""]);
        let output = project.run(&shell, "apply-kubernetes.sh", &["--timeout", "0"]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("has not ended within 0 s"), "{}", said(&output));
    }
}

#[test]
fn a_dry_run_asks_the_server_and_waits_for_nothing() {
    for shell in Shell::all() {
        let project = project();
        let output = project.run(&shell, "apply-kubernetes.sh", &["--dry-run"]);
        assert!(output.status.success(), "{}", said(&output));
        let calls = project.calls();
        let (asked, applied): (Vec<&str>, Vec<&str>) =
            calls.lines().partition(|call| call.starts_with("get"));
        assert_eq!((asked.len(), applied.len()), (1, 4), "{calls}");
        assert!(applied.iter().all(|call| call.contains("--dry-run=server")), "{calls}");
        // No server looks at what stands in a namespace that is not there.
        let project = self::project();
        project.answer("namespaces.yaml", 1, &[]);
        project.answer("apply --dry-run=client", 0, &[]);
        let output = project.run(&shell, "apply-kubernetes.sh", &["--dry-run"]);
        assert!(output.status.success(), "{}", said(&output));
        assert!(said(&output).contains("the namespaces are not there yet"), "{}", said(&output));
        let calls = project.calls();
        assert_eq!(calls.lines().filter(|call| call.contains("--dry-run=client")).count(), 4, "{calls}");
    }
}

#[test]
fn the_program_is_found_where_no_variable_names_it() {
    for shell in Shell::all() {
        let project = project();
        project.answer("get job setup-1", 0, &["Complete "]);
        let output = project.run_by_path(&shell, "apply-kubernetes.sh", &[]);
        assert!(output.status.success(), "{}: {}", shell.name, said(&output));
        assert!(calls(&project).contains(&"apply wave-1002.yaml".to_owned()), "{}", shell.name);
    }
}

#[test]
fn a_job_that_has_failed_before_runs_again() {
    for shell in Shell::all() {
        let project = project();
        project.answer("get job setup-1", 0, &["Failed ", "Complete "]);
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert!(output.status.success(), "{}", said(&output));
        let calls = calls(&project);
        let at = |wanted: &str| calls.iter().position(|call| call == wanted).expect("it is called");
        assert!(at("delete job setup-1 --cascade=foreground") < at("apply wave-1001.yaml"), "{calls:?}");
    }
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    for shell in Shell::all() {
        let project = project();
        project.answer("get job setup-1", 0, &["Complete "]);
        project.fail_first("get job setup-1 -o", 3);
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert!(output.status.success(), "{}: {}", shell.name, said(&output));
    }
}

#[test]
fn pods_that_do_not_get_ready_are_a_failure() {
    for shell in Shell::all() {
        let project = project();
        project.answer("get job setup-1", 0, &["Complete "]);
        project.answer("rollout status Deployment/api", 1, &[]);
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("shop/api: its pods are not ready"), "{}", said(&output));
    }
}

#[test]
fn an_older_cluster_is_refused_before_anything_is_applied() {
    // As `kubectl version -o json` prints it; the program's own version comes first.
    let answer = |version: &str| {
        format!(
            "{{\\n  \"clientVersion\": {{\\n    \"gitVersion\": \"v1.31.0\"\\n  }},\\n  \"serverVersion\": {{\\n    \"major\": \"1\",\\n    \
             \"minor\": \"33+\",\\n    \"gitVersion\": \"{version}\"\\n  }}\\n}}\\n"
        )
    };
    for shell in Shell::all() {
        for (version, expected) in [
            ("v1.32.9-gke.1", Some("runs Kubernetes 1.32, and the objects are written for 1.33")),
            ("v1.9.1", Some("runs Kubernetes 1.9,")),
            ("v1.33.4+k3s1", None),
            ("v1.101.0", None),
        ] {
            let project = project();
            project.write("kubernetes/base/fixed.conf", "# a comment\nversion 1.33\nnamespace shop\n");
            project.answer("version -o json", 0, &[&answer(version)]);
            project.answer("get job setup-1", 0, &["Complete "]);
            let output = project.run(&shell, "apply-kubernetes.sh", &[]);
            let said = said(&output);
            assert_eq!(output.status.success(), expected.is_none(), "{} {version}: {said}", shell.name);
            assert!(said.contains(expected.unwrap_or("done")), "{} {version}: {said}", shell.name);
            assert_eq!(said.contains("hold there as well"), version == "v1.101.0", "{version}: {said}");
            assert_eq!(
                project.calls().contains(" -f "),
                expected.is_none(),
                "{version}: {}",
                project.calls()
            );
        }
        let project = project();
        project.write("kubernetes/base/fixed.conf", "version 1.33\n");
        project.answer("version -o json", 1, &[]);
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert!(said(&output).contains("cannot be asked for its version"), "{}", said(&output));
    }
}

#[test]
fn pods_carry_the_versions_of_their_secrets() {
    for shell in Shell::all() {
        let pod = "spec:\n  replicas: 1\n  template:\n    metadata:\n      labels:\n        app: x\n";
        let noted = "spec:\n  replicas: 1\n  template:\n    metadata:\n      labels:\n        app: x\n      annotations:\n        a: b\n";
        let end = "    spec:\n      containers: []\n";
        let project = Project::new();
        project.write("scripts/apply-kubernetes.sh", &super::apply_script());
        let list = |files: &str| format!("sortOptions: {{ order: fifo }}\nresources: [{files}]\n");
        project.write("kubernetes/base/kustomization.yaml", &list("all.yaml"));
        project.write("kubernetes/base/namespaces/kustomization.yaml", &list("namespaces.yaml"));
        project.write(
            "kubernetes/base/namespaces/namespaces.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n",
        );
        let all = [
            object("Deployment", "api", "0", &format!("{pod}{end}")),
            object("StatefulSet", "db", "0", &format!("{noted}{end}")),
            object("Deployment", "web", "0", &format!("{pod}{end}")),
            object("Job", "setup-1", "0", &format!("{pod}{end}")),
        ];
        project.write("kubernetes/base/all.yaml", &all.concat());
        project.write(
            "kubernetes/base/secrets.conf",
            "# a comment\n@platform shop\nshop api deployment/api A\nshop shared deployment/api B\n\
             shop db statefulset/db A\nshop setup job/setup-1 A\n",
        );
        project.answer("get secrets", 0, &["api 11\\nshared 12\\ndb 13\\nsetup 14\\nother 15\\n"]);
        project.answer("get job setup-1", 0, &["Complete "]);
        project.keep("wave-1000.yaml");
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert!(output.status.success(), "{}: {}", shell.name, said(&output));
        let text = project.kept();
        let sums: Vec<&str> =
            text.lines().filter(|line| line.contains("checksum/secrets")).map(str::trim).collect();
        assert_eq!(
            sums,
            ["checksum/secrets: \"11-12\"", "checksum/secrets: \"13\""],
            "{}: {text}",
            shell.name
        );
        let documents: Vec<serde_yaml::Value> = text
            .split("---\n")
            .filter(|text| !text.is_empty())
            .map(|text| serde_yaml::from_str(text).expect("it is YAML"))
            .collect();
        let of = |at: usize| &documents[at]["spec"]["template"]["metadata"]["annotations"];
        assert_eq!(of(0)["checksum/secrets"], "11-12");
        assert_eq!((&of(1)["checksum/secrets"], &of(1)["a"]), (&"13".into(), &"b".into()));
        assert!(of(2).is_null() && of(3).is_null(), "{text}");
    }
}

#[test]
fn a_wrong_environment_is_a_message() {
    for shell in Shell::all() {
        let output = project().run(&shell, "apply-kubernetes.sh", &["porduction"]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("is the environment's name right?"), "{}", said(&output));
        let output = project().run(&shell, "apply-kubernetes.sh", &["--nonsense"]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("apply-kubernetes.sh [--dry-run]"), "{}", said(&output));
    }
}

#[test]
fn a_scaler_that_was_switched_off_at_zero_starts_from_its_least_number() {
    for shell in Shell::all() {
        for (there, expected) in [("0", 2), ("5", 5)] {
            let project = project();
            let scaler = object(
                "HorizontalPodAutoscaler",
                "by-load",
                "2",
                "spec:\n  maxReplicas: 9\n  metrics:\n  - type: Resource\n    resource:\n      name: cpu\n  minReplicas: 2\n  scaleTargetRef:\n    \
                 apiVersion: apps/v1\n    kind: Deployment\n    name: api\n",
            );
            let all = [object("Deployment", "api", "2", "spec:\n  template: {}\n"), scaler];
            project.write("kubernetes/base/all.yaml", &all.concat());
            project.answer("get Deployment api", 0, &[there]);
            let output = project.run(&shell, "apply-kubernetes.sh", &[]);
            assert!(output.status.success(), "{}", said(&output));
            let given = project.given();
            assert!(given[0].contains(&format!("\"spec\":{{\"replicas\":{expected}}}")), "{given:?}");
        }
    }
}

#[test]
fn pods_that_a_person_replaces_are_not_waited_for() {
    for shell in Shell::all() {
        let project = project();
        let by_hand = object("StatefulSet", "db", "0", "spec:\n  updateStrategy:\n    type: OnDelete\n");
        let all = [by_hand, object("Deployment", "api", "0", "spec:\n  template: {}\n")];
        project.write("kubernetes/base/all.yaml", &all.concat());
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert!(output.status.success(), "{}", said(&output));
        assert!(
            said(&output).contains("shop/db: its pods are replaced when a person deletes them"),
            "{}",
            said(&output)
        );
        let calls = project.calls();
        assert!(!calls.contains("rollout status StatefulSet/db"), "{calls}");
        assert!(calls.contains("rollout status Deployment/api"), "{calls}");
    }
}

#[test]
fn help_is_no_mistake() {
    for shell in Shell::all() {
        for (program, text) in [
            ("apply-kubernetes.sh", super::apply_script()),
            ("secrets-kubernetes.sh", super::secrets_script()),
        ] {
            let project = Project::new();
            project.write(&format!("scripts/{program}"), &text);
            let output = project.run(&shell, program, &["--help"]);
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            assert!(String::from_utf8_lossy(&output.stdout).starts_with(program), "{}", said(&output));
            let output = project.run(&shell, program, &["--other"]);
            assert_eq!(output.status.code(), Some(2), "{}", said(&output));
            assert!(output.stdout.is_empty() && said(&output).contains(program), "{}", said(&output));
        }
    }
}

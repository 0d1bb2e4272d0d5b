//! Environments that share a namespace: each script is of one, and puts it over no other.

use super::apply::{calls, object, project};
use super::secrets;
use super::shell::{Project, Shell, said};

/// A project whose objects are of an environment (`-` is none), in one namespace.
fn of_environment(environment: &str) -> Project {
    let project = project();
    let table = format!("# a comment\nversion 1.33\nenvironment {environment}\nnamespace shop\n");
    project.write("kubernetes/base/fixed.conf", &table);
    project.answer("version -o json", 0, &[r#"{ "serverVersion": {\n "gitVersion": "v1.33.1" } }"#]);
    project.answer("get job setup-1", 0, &["Complete "]);
    project
}

#[test]
fn what_runs_as_another_environment_is_left_alone() {
    for shell in Shell::all() {
        for (there, fits) in [("", true), ("-", true), ("staging", false)] {
            let project = of_environment("-");
            project.answer("get namespace shop", 0, &[there]);
            let output = project.run(&shell, "apply-kubernetes.sh", &[]);
            assert_eq!(output.status.success(), fits, "{there}: {}", said(&output));
            let applied = calls(&project).iter().any(|call| call.starts_with("apply "));
            assert_eq!(applied, fits, "{there}: {}", project.calls());
            if !fits {
                let told = said(&output);
                assert!(told.contains("the environment staging runs in shop: call it by staging"), "{told}");
                let output = project.run(&shell, "apply-kubernetes.sh", &["--other-environment"]);
                assert!(output.status.success(), "{}", said(&output));
            }
        }
        // A cluster that does not answer is not taken for an empty one.
        let project = of_environment("-");
        project.answer("get namespace shop", 1, &[]);
        let output = project.run(&shell, "apply-kubernetes.sh", &[]);
        assert!(!output.status.success() && said(&output).contains("cannot be asked"), "{}", said(&output));
    }
}

#[test]
fn a_build_of_one_environment_answers_to_its_name() {
    for shell in Shell::all() {
        let project = Project::new();
        project.write("scripts/apply-kubernetes.sh", &super::apply_script());
        project.write("kubernetes/kustomization.yaml", "resources: [all.yaml]\n");
        project.write("kubernetes/all.yaml", &object("ConfigMap", "text", "0", "data: {}\n"));
        project.write("kubernetes/namespaces/kustomization.yaml", "resources: [namespaces.yaml]\n");
        project.write(
            "kubernetes/namespaces/namespaces.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n",
        );
        project.write("kubernetes/fixed.conf", "environment staging\nnamespace shop\n");
        for (name, fits) in [("staging", true), ("", true), ("production", false)] {
            let names: Vec<&str> = [name].into_iter().filter(|name| !name.is_empty()).collect();
            let output = project.run(&shell, "apply-kubernetes.sh", &names);
            assert_eq!(output.status.success(), fits, "{name}: {}", said(&output));
        }
        for odd in ["../base", "a/b", "[ENVIRONMENT]", "a b"] {
            let output = project.run(&shell, "apply-kubernetes.sh", &[odd]);
            assert_eq!(output.status.code(), Some(2), "{odd}: {}", said(&output));
        }
    }
}

#[test]
fn secrets_of_another_environment_are_not_put_over_what_runs() {
    for shell in Shell::all() {
        let project = secrets::project("DB_PASSWORD=a-long-password\n");
        project.write("kubernetes/overlays/prod/fixed.conf", "environment prod\nnamespace shop\n");
        project.answer("get namespace shop", 0, &["staging"]);
        let output = project.run(&shell, "secrets-kubernetes.sh", &["prod"]);
        assert!(!output.status.success(), "{}", said(&output));
        assert!(said(&output).contains("the environment staging runs in shop"), "{}", said(&output));
        assert!(!project.calls().contains("apply"), "{}", project.calls());
        let output = project.run(&shell, "secrets-kubernetes.sh", &["../prod"]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    }
}

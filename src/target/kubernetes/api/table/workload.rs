//! What keeps pods running, or starts them when they are due: kubernetes/kubernetes:pkg/apis/{apps,batch}/validation/validation.go.

use super::Table;
use crate::target::kubernetes::api::form::{MANAGER, QUALIFIED};
use crate::target::kubernetes::api::rule::Rule::{Form, Look, Most, Needs, Never, One, Only, Share, Wanted};
use crate::target::kubernetes::api::rule::When;
use crate::target::kubernetes::api::{batch, workload};

pub(super) const TABLES: &[Table] = &[
    Table {
        of: "DeploymentSpec",
        function: "ValidateDeploymentSpec",
        rules: &[
            Needs(&["template"]),
            Look(workload::selected),
            Look(workload::lasting),
            Look(workload::progress),
        ],
    },
    Table {
        of: "DeploymentStrategy",
        function: "ValidateDeploymentStrategy",
        rules: &[Never(&["rollingUpdate"], When("type", &["Recreate"]))],
    },
    Table {
        of: "RollingUpdateDeployment",
        function: "ValidateRollingUpdateDeployment",
        rules: &[Share("maxSurge", false), Share("maxUnavailable", true), Look(workload::replaced)],
    },
    Table {
        of: "StatefulSetSpec",
        function: "ValidateStatefulSetSpec",
        rules: &[Needs(&["template"]), Look(workload::selected), Look(workload::lasting)],
    },
    Table {
        of: "StatefulSetUpdateStrategy",
        function: "ValidateStatefulSetSpec",
        rules: &[Never(&["rollingUpdate"], When("type", &["OnDelete"]))],
    },
    Table {
        of: "RollingUpdateStatefulSetStrategy",
        function: "validateRollingUpdateStatefulSet",
        rules: &[Share("maxUnavailable", true), Look(workload::none_less)],
    },
    Table {
        of: "DaemonSetSpec",
        function: "ValidateDaemonSetSpec",
        rules: &[Needs(&["template"]), Look(workload::selected), Look(workload::lasting)],
    },
    Table {
        of: "RollingUpdateDaemonSet",
        function: "ValidateRollingUpdateDaemonSet",
        rules: &[Share("maxSurge", true), Share("maxUnavailable", true), Look(workload::replaced_on_nodes)],
    },
    Table {
        of: "JobSpec",
        function: "validateJobSpec",
        rules: &[
            Needs(&["template"]),
            Form("managedBy", MANAGER),
            Wanted(&["completions"], When("completionMode", &["Indexed"])),
            Only(
                &["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"],
                When("completionMode", &["Indexed"]),
            ),
            Look(batch::indexes),
            Look(batch::ending),
        ],
    },
    Table { of: "JobSpec", function: "validatePodReplacementPolicy", rules: &[Look(batch::replacement)] },
    Table {
        of: "PodFailurePolicy",
        function: "validatePodFailurePolicy",
        rules: &[Needs(&["rules"]), Most("rules", 20)],
    },
    Table {
        of: "PodFailurePolicyRule",
        function: "validatePodFailurePolicyRule",
        rules: &[
            Needs(&["action"]),
            One(&["onExitCodes", "onPodConditions"]),
            Most("onPodConditions", 20),
            Look(batch::failed_index),
        ],
    },
    Table {
        of: "PodFailurePolicyOnExitCodesRequirement",
        function: "validatePodFailurePolicyRuleOnExitCodes",
        rules: &[Needs(&["operator", "values"]), Most("values", 255), Look(batch::exit_codes)],
    },
    Table {
        of: "PodFailurePolicyOnPodConditionsPattern",
        function: "validatePodFailurePolicyRuleOnPodConditions",
        rules: &[Needs(&["type"]), Form("type", QUALIFIED)],
    },
    Table {
        of: "SuccessPolicy",
        function: "validateSuccessPolicy",
        rules: &[Needs(&["rules"]), Most("rules", 20)],
    },
    Table {
        of: "SuccessPolicyRule",
        function: "validateSuccessPolicyRule",
        rules: &[Look(batch::succeeded)],
    },
    Table {
        of: "CronJobSpec",
        function: "ValidateCronJobSpec",
        rules: &[Needs(&["schedule", "jobTemplate"]), Look(batch::schedule)],
    },
];

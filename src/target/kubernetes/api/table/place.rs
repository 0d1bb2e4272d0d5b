//! Where pods run: kubernetes/kubernetes:pkg/apis/core/validation/validation.go and
//! kubernetes/apimachinery:pkg/apis/meta/v1/validation/validation.go.

use super::{MOST, Table};
use crate::target::kubernetes::api::form::{KEY, LABEL, VALUE};
use crate::target::kubernetes::api::pod;
use crate::target::kubernetes::api::rule::Rule::{Form, Look, Needs, Never, Only, Unique, Wanted, Within};
use crate::target::kubernetes::api::rule::When;

pub(super) const TABLES: &[Table] = &[
    Table {
        of: "Toleration",
        function: "ValidateTolerations",
        rules: &[
            Form("key", KEY),
            Form("value", VALUE),
            Wanted(&["key"], When("operator", &["", "Equal", "Lt", "Gt"])),
            Never(&["value"], When("operator", &["Exists"])),
            Only(&["tolerationSeconds"], When("effect", &["NoExecute"])),
            Look(pod::compared),
        ],
    },
    Table {
        of: "PodSpec",
        function: "ValidateSpreadConstraintNotRepeat",
        rules: &[Unique("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"])],
    },
    Table {
        of: "TopologySpreadConstraint",
        function: "validateTopologySpreadConstraints",
        rules: &[
            Needs(&["maxSkew", "topologyKey", "whenUnsatisfiable"]),
            Within("maxSkew", 1, MOST),
            Within("minDomains", 1, MOST),
            Only(&["minDomains"], When("whenUnsatisfiable", &["DoNotSchedule"])),
            Look(pod::chosen_by_keys),
        ],
    },
    Table {
        of: "PodAffinityTerm",
        function: "validatePodAffinityTerm",
        rules: &[
            Needs(&["topologyKey"]),
            Form("topologyKey", KEY),
            Form("namespaces", LABEL),
            Look(pod::chosen_by_keys),
        ],
    },
    Table {
        of: "WeightedPodAffinityTerm",
        function: "validateWeightedPodAffinityTerms",
        rules: &[Needs(&["weight", "podAffinityTerm"]), Within("weight", 1, 100)],
    },
    Table {
        of: "PreferredSchedulingTerm",
        function: "ValidatePreferredSchedulingTerms",
        rules: &[Needs(&["weight", "preference"]), Within("weight", 1, 100)],
    },
    Table { of: "NodeSelector", function: "ValidateNodeSelector", rules: &[Needs(&["nodeSelectorTerms"])] },
    Table {
        of: "NodeSelectorRequirement",
        function: "ValidateNodeSelectorRequirement",
        rules: &[
            Needs(&["key", "operator"]),
            Wanted(&["values"], When("operator", &["In", "NotIn", "Gt", "Lt"])),
            Never(&["values"], When("operator", &["Exists", "DoesNotExist"])),
            Look(pod::nodes),
        ],
    },
    Table { of: "LabelSelector", function: "ValidateLabelSelector", rules: &[Look(pod::matched)] },
    Table {
        of: "LabelSelectorRequirement",
        function: "ValidateLabelSelectorRequirement",
        rules: &[
            Needs(&["key", "operator"]),
            Form("key", KEY),
            Form("values", VALUE),
            Wanted(&["values"], When("operator", &["In", "NotIn"])),
            Never(&["values"], When("operator", &["Exists", "DoesNotExist"])),
        ],
    },
];

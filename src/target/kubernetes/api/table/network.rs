//! Services, budgets and scalers: kubernetes/kubernetes:pkg/apis/{core,policy,autoscaling}/validation/validation.go, and what
//! KEDA's webhook refuses of its own (kedacore/keda:apis/keda/v1alpha1/scaledobject_webhook.go).

use super::{MOST, Table};
use crate::target::kubernetes::api::form::{ADDRESS, LABEL, NAMES, QUALIFIED, RANGE};
use crate::target::kubernetes::api::metadata;
use crate::target::kubernetes::api::network;
use crate::target::kubernetes::api::rule::Rule::{
    Amount, AtMostOne, Form, Look, Most, Needs, One, Only, Port, Share, Unique, Wanted, Within,
};
use crate::target::kubernetes::api::rule::When;

/// The rules of `HPAScalingPolicy`, which KEDA has under a name of its own.
const POLICY: &[crate::target::kubernetes::api::rule::Rule] = &[
    Needs(&["type", "value", "periodSeconds"]),
    Within("value", 1, MOST),
    Within("periodSeconds", 1, 1_800),
];

/// Those of `HPAScalingRules`.
const SCALING: &[crate::target::kubernetes::api::rule::Rule] =
    &[Within("stabilizationWindowSeconds", 0, 3_600), Amount("tolerance", false), Look(network::policies)];

pub(super) const TABLES: &[Table] = &[
    Table {
        of: "ServiceSpec",
        function: "ValidateService",
        rules: &[
            Look(network::ports),
            Only(
                &[
                    "loadBalancerClass",
                    "loadBalancerIP",
                    "loadBalancerSourceRanges",
                    "allocateLoadBalancerNodePorts",
                ],
                When("type", &["LoadBalancer"]),
            ),
            Only(&["sessionAffinityConfig"], When("sessionAffinity", &["ClientIP"])),
            Form("loadBalancerClass", QUALIFIED),
            Form("loadBalancerSourceRanges", RANGE),
            Form("externalIPs", ADDRESS),
            Wanted(&["externalName"], When("type", &["ExternalName"])),
            Look(network::external_name),
            Look(network::selector),
        ],
    },
    Table {
        of: "ServiceSpec",
        function: "validateServiceExternalTrafficPolicy",
        rules: &[Look(network::from_outside)],
    },
    Table {
        of: "ServiceSpec",
        function: "ValidateServiceClusterIPsRelatedFields",
        rules: &[Most("ipFamilies", 2), Look(network::families)],
    },
    Table {
        of: "ServiceSpec",
        function: "validateServiceTrafficDistribution",
        rules: &[Look(network::distribution)],
    },
    Table {
        of: "ServicePort",
        function: "validateServicePort",
        rules: &[
            Needs(&["port"]),
            Within("port", 1, 65_535),
            // 0 is one that the cluster chooses.
            Within("nodePort", 0, 65_535),
            Form("name", LABEL),
            Port("targetPort"),
            Form("appProtocol", QUALIFIED),
        ],
    },
    Table {
        of: "ClientIPConfig",
        function: "validateClientIPAffinityConfig",
        rules: &[Within("timeoutSeconds", 1, 86_400)],
    },
    Table {
        of: "ServiceAccount",
        function: "ValidateServiceAccount",
        rules: &[Unique("imagePullSecrets", &["name"])],
    },
    Table { of: "ConfigMap", function: "ValidateConfigMap", rules: &[Look(network::contents)] },
    Table { of: "NamespaceSpec", function: "ValidateNamespace", rules: &[Look(metadata::of_namespace)] },
    Table {
        of: "PodDisruptionBudgetSpec",
        function: "ValidatePodDisruptionBudgetSpec",
        rules: &[
            AtMostOne(&["maxUnavailable", "minAvailable"]),
            Share("maxUnavailable", true),
            Share("minAvailable", true),
            Look(network::budget),
        ],
    },
    Table {
        of: "HorizontalPodAutoscalerSpec",
        function: "validateHorizontalPodAutoscalerSpec",
        rules: &[
            Needs(&["maxReplicas", "scaleTargetRef"]),
            Within("maxReplicas", 1, MOST),
            Within("minReplicas", 1, MOST),
            Look(network::bounds),
        ],
    },
    Table {
        of: "CrossVersionObjectReference",
        function: "ValidateCrossVersionObjectReference",
        rules: &[Needs(&["kind", "name"])],
    },
    Table { of: "HPAScalingRules", function: "validateScalingRules", rules: SCALING },
    Table { of: "HPAScalingPolicy", function: "validateScalingPolicy", rules: POLICY },
    Table {
        of: "MetricSpec",
        function: "validateMetricSpec",
        rules: &[
            Needs(&["type"]),
            One(&["containerResource", "external", "object", "pods", "resource"]),
            Wanted(&["containerResource"], When("type", &["ContainerResource"])),
            Wanted(&["external"], When("type", &["External"])),
            Wanted(&["object"], When("type", &["Object"])),
            Wanted(&["pods"], When("type", &["Pods"])),
            Wanted(&["resource"], When("type", &["Resource"])),
        ],
    },
    Table {
        of: "ContainerResourceMetricSource",
        function: "validateContainerResourceSource",
        rules: &[Needs(&["container", "name", "target"]), Look(network::of_resource)],
    },
    Table {
        of: "ResourceMetricSource",
        function: "validateResourceSource",
        rules: &[Needs(&["name", "target"]), Look(network::of_resource)],
    },
    Table {
        of: "PodsMetricSource",
        function: "validatePodsSource",
        rules: &[Needs(&["metric", "target"]), Look(network::of_pods)],
    },
    Table {
        of: "ObjectMetricSource",
        function: "validateObjectSource",
        rules: &[Needs(&["describedObject", "metric", "target"]), Look(network::of_object)],
    },
    Table {
        of: "ExternalMetricSource",
        function: "validateExternalSource",
        rules: &[Needs(&["metric", "target"]), Look(network::of_object)],
    },
    Table {
        of: "MetricIdentifier",
        function: "validateMetricIdentifier",
        rules: &[Needs(&["name"]), Look(network::metric_name)],
    },
    Table {
        of: "MetricTarget",
        function: "validateMetricTarget",
        rules: &[
            Needs(&["type"]),
            Within("averageUtilization", 1, MOST),
            Amount("averageValue", true),
            Amount("value", true),
        ],
    },
    Table {
        of: "ScaledObject.spec",
        function: "verifyReplicaCount",
        rules: &[
            Needs(&["scaleTargetRef", "triggers"]),
            Within("maxReplicaCount", 1, MOST),
            Within("pollingInterval", 1, MOST),
            Look(network::scaled),
            Unique("triggers", &["name"]),
        ],
    },
    Table {
        of: "ScaledObject.triggers",
        function: "ValidateTriggers",
        rules: &[Needs(&["type", "metadata"])],
    },
    Table {
        of: "ScaledObject.fallback",
        function: "ScaledObject (the definition)",
        rules: &[Needs(&["failureThreshold", "replicas"])],
    },
    Table {
        of: "ScaledObject.authenticationRef",
        function: "ScaledObject (the definition)",
        rules: &[Needs(&["name"]), Form("name", NAMES)],
    },
    Table {
        of: "ScaledObject.scalingModifiers",
        function: "ValidateAndCompileScalingModifiers",
        rules: &[Look(network::formula)],
    },
    Table { of: "ScaledObject.scaleDown", function: "validateScalingRules", rules: SCALING },
    Table { of: "ScaledObject.scaleUp", function: "validateScalingRules", rules: SCALING },
    Table { of: "ScaledObject.policies", function: "validateScalingPolicy", rules: POLICY },
    Table {
        of: "ScaledObject.horizontalPodAutoscalerConfig",
        function: "ValidateHorizontalPodAutoscalerName",
        rules: &[Form("name", NAMES)],
    },
];

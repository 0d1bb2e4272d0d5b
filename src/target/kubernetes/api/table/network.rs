//! Services, budgets and scalers: kubernetes/kubernetes:pkg/apis/{core,policy,autoscaling}/validation/validation.go, and what
//! KEDA's webhook refuses of its own (kedacore/keda:apis/keda/v1alpha1/scaledobject_webhook.go).

use super::{MOST, Table};
use crate::target::kubernetes::api::form::{ADDRESS, LABEL, NAMES, QUALIFIED, RANGE};
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
        block: "ServiceSpec",
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
        block: "ServiceSpec",
        function: "validateServiceExternalTrafficPolicy",
        rules: &[Look(network::from_outside)],
    },
    Table {
        block: "ServiceSpec",
        function: "ValidateServiceClusterIPsRelatedFields",
        rules: &[Most("ipFamilies", 2), Look(network::families)],
    },
    Table {
        block: "ServiceSpec",
        function: "validateServiceTrafficDistribution",
        rules: &[Look(network::distribution)],
    },
    Table {
        block: "ServicePort",
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
        block: "ClientIPConfig",
        function: "validateClientIPAffinityConfig",
        rules: &[Within("timeoutSeconds", 1, 86_400)],
    },
    Table {
        block: "ServiceAccount",
        function: "ValidateServiceAccount",
        rules: &[Unique("imagePullSecrets", &["name"])],
    },
    Table { block: "ConfigMap", function: "ValidateConfigMap", rules: &[Look(network::contents)] },
    Table { block: "NamespaceSpec", function: "ValidateNamespace", rules: &[Form("finalizers", QUALIFIED)] },
    Table {
        block: "PodDisruptionBudgetSpec",
        function: "ValidatePodDisruptionBudgetSpec",
        rules: &[
            AtMostOne(&["maxUnavailable", "minAvailable"]),
            Share("maxUnavailable", true),
            Share("minAvailable", true),
            Look(network::budget),
        ],
    },
    Table {
        block: "HorizontalPodAutoscalerSpec",
        function: "validateHorizontalPodAutoscalerSpec",
        rules: &[
            Needs(&["maxReplicas", "scaleTargetRef"]),
            Within("maxReplicas", 1, MOST),
            Within("minReplicas", 1, MOST),
            Look(network::bounds),
        ],
    },
    Table {
        block: "CrossVersionObjectReference",
        function: "ValidateCrossVersionObjectReference",
        rules: &[Needs(&["kind", "name"])],
    },
    Table { block: "HPAScalingRules", function: "validateScalingRules", rules: SCALING },
    Table { block: "HPAScalingPolicy", function: "validateScalingPolicy", rules: POLICY },
    Table {
        block: "MetricSpec",
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
        block: "ContainerResourceMetricSource",
        function: "validateContainerResourceSource",
        rules: &[Needs(&["container", "name", "target"]), Look(network::of_resource)],
    },
    Table {
        block: "ResourceMetricSource",
        function: "validateResourceSource",
        rules: &[Needs(&["name", "target"]), Look(network::of_resource)],
    },
    Table {
        block: "PodsMetricSource",
        function: "validatePodsSource",
        rules: &[Needs(&["metric", "target"]), Look(network::of_pods)],
    },
    Table {
        block: "ObjectMetricSource",
        function: "validateObjectSource",
        rules: &[Needs(&["describedObject", "metric", "target"]), Look(network::of_object)],
    },
    Table {
        block: "ExternalMetricSource",
        function: "validateExternalSource",
        rules: &[Needs(&["metric", "target"]), Look(network::of_object)],
    },
    Table {
        block: "MetricIdentifier",
        function: "validateMetricIdentifier",
        rules: &[Needs(&["name"]), Look(network::metric_name)],
    },
    Table {
        block: "MetricTarget",
        function: "validateMetricTarget",
        rules: &[
            Needs(&["type"]),
            Within("averageUtilization", 1, MOST),
            Amount("averageValue", true),
            Amount("value", true),
        ],
    },
    Table {
        block: "ScaledObject.spec",
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
        block: "ScaledObject.triggers",
        function: "ValidateTriggers",
        rules: &[Needs(&["type", "metadata"])],
    },
    Table {
        block: "ScaledObject.fallback",
        function: "ScaledObject (the definition)",
        rules: &[Needs(&["failureThreshold", "replicas"])],
    },
    Table {
        block: "ScaledObject.authenticationRef",
        function: "ScaledObject (the definition)",
        rules: &[Needs(&["name"]), Form("name", NAMES)],
    },
    Table {
        block: "ScaledObject.scalingModifiers",
        function: "ValidateAndCompileScalingModifiers",
        rules: &[Look(network::formula)],
    },
    Table { block: "ScaledObject.scaleDown", function: "validateScalingRules", rules: SCALING },
    Table { block: "ScaledObject.scaleUp", function: "validateScalingRules", rules: SCALING },
    Table { block: "ScaledObject.policies", function: "validateScalingPolicy", rules: POLICY },
    Table {
        block: "ScaledObject.horizontalPodAutoscalerConfig",
        function: "ValidateHorizontalPodAutoscalerName",
        rules: &[Form("name", NAMES)],
    },
];

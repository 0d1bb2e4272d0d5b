//! Containers: kubernetes/kubernetes:pkg/apis/core/validation/validation.go.

use super::{MOST, Table};
use crate::target::kubernetes::api::form::{
    ENTRY, HEADER, INSIDE, LABEL, NAMES, PATH, PORT, SIGNAL, VARIABLE,
};
use crate::target::kubernetes::api::rule::Rule::{
    AtMostOne, Form, Look, Most, Needs, One, Only, Port, Unique, Within,
};
use crate::target::kubernetes::api::rule::When;
use crate::target::kubernetes::api::{amount, mount, pod};

/// What asks or stops a program.
const PROBES: &[&str] = &["exec", "grpc", "httpGet", "tcpSocket"];

pub(super) const TABLES: &[Table] = &[
    Table {
        block: "Container",
        function: "validateContainerCommon",
        rules: &[
            Form("name", LABEL),
            Look(pod::image),
            // A server-side apply knows variables by their names.
            Unique("env", &["name"]),
            Unique("ports", &["name"]),
            Look(amount::of_container),
        ],
    },
    Table { block: "Container", function: "validateContainers", rules: &[Look(pod::restarts)] },
    Table { block: "Container", function: "ValidateVolumeMounts", rules: &[Look(mount::of_container)] },
    Table { block: "Container", function: "validateLivenessProbe", rules: &[Look(pod::probes)] },
    Table { block: "Container", function: "validateSleepAction", rules: &[Look(pod::grace)] },
    Table {
        block: "Container",
        function: "validateResizePolicy",
        rules: &[Unique("resizePolicy", &["resourceName"]), Look(pod::resized)],
    },
    Table {
        block: "ContainerResizePolicy",
        function: "validateResizePolicy",
        rules: &[Needs(&["resourceName", "restartPolicy"])],
    },
    Table {
        block: "ContainerPort",
        function: "validateContainerPorts",
        rules: &[
            Needs(&["containerPort"]),
            Within("containerPort", 1, 65_535),
            // 0 is none.
            Within("hostPort", 0, 65_535),
            Form("name", PORT),
        ],
    },
    Table {
        block: "EnvVar",
        function: "ValidateEnv",
        rules: &[Needs(&["name"]), Form("name", VARIABLE), AtMostOne(&["value", "valueFrom"])],
    },
    Table {
        block: "EnvVarSource",
        function: "validateEnvVarValueFrom",
        rules: &[One(&["configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"])],
    },
    Table {
        block: "ConfigMapKeySelector",
        function: "validateConfigMapKeySelector",
        rules: &[Needs(&["name", "key"]), Form("name", NAMES), Form("key", ENTRY)],
    },
    Table {
        block: "SecretKeySelector",
        function: "validateSecretKeySelector",
        rules: &[Needs(&["name", "key"]), Form("name", NAMES), Form("key", ENTRY)],
    },
    Table {
        block: "FileKeySelector",
        function: "validateFileKeySelector",
        rules: &[
            Needs(&["key", "path", "volumeName"]),
            Form("key", VARIABLE),
            Form("path", INSIDE),
            Form("volumeName", LABEL),
            Look(mount::file_of_variables),
        ],
    },
    Table {
        block: "ObjectFieldSelector",
        function: "validateObjectFieldSelector",
        rules: &[Needs(&["fieldPath"]), Look(pod::field_of_object)],
    },
    Table {
        block: "ResourceFieldSelector",
        function: "validateContainerResourceFieldSelector",
        rules: &[Needs(&["resource"]), Look(amount::field_of_container)],
    },
    Table {
        block: "EnvFromSource",
        function: "ValidateEnvFrom",
        rules: &[Form("prefix", VARIABLE), One(&["configMapRef", "secretRef"])],
    },
    Table {
        block: "ConfigMapEnvSource",
        function: "validateConfigMapEnvSource",
        rules: &[Needs(&["name"]), Form("name", NAMES)],
    },
    Table {
        block: "SecretEnvSource",
        function: "validateSecretEnvSource",
        rules: &[Needs(&["name"]), Form("name", NAMES)],
    },
    Table {
        block: "Probe",
        function: "validateProbe",
        rules: &[One(PROBES), Within("terminationGracePeriodSeconds", 1, MOST)],
    },
    Table {
        block: "Lifecycle",
        function: "validateLifecycle",
        rules: &[Form("stopSignal", SIGNAL), Look(pod::stop_signal)],
    },
    Table {
        block: "LifecycleHandler",
        function: "validateHandler",
        rules: &[One(&["exec", "httpGet", "sleep", "tcpSocket"])],
    },
    Table { block: "ExecAction", function: "validateExecAction", rules: &[Needs(&["command"])] },
    Table {
        block: "HTTPGetAction",
        function: "validateHTTPGetAction",
        rules: &[Needs(&["port"]), Port("port"), Look(pod::asked_port)],
    },
    Table {
        block: "HTTPHeader",
        function: "validateHTTPGetAction",
        rules: &[Needs(&["name"]), Form("name", HEADER)],
    },
    Table {
        block: "TCPSocketAction",
        function: "validateTCPSocketAction",
        rules: &[Needs(&["port"]), Port("port"), Look(pod::asked_port)],
    },
    Table {
        block: "GRPCAction",
        function: "validateGRPCAction",
        rules: &[Needs(&["port"]), Within("port", 1, 65_535)],
    },
    Table {
        block: "SecurityContext",
        function: "ValidateSecurityContext",
        rules: &[Within("runAsUser", 0, MOST), Within("runAsGroup", 0, MOST), Look(pod::privileges)],
    },
    Table {
        block: "VolumeMount",
        function: "ValidateVolumeMounts",
        rules: &[
            Needs(&["name", "mountPath"]),
            Form("subPath", INSIDE),
            Form("subPathExpr", INSIDE),
            AtMostOne(&["subPath", "subPathExpr"]),
        ],
    },
    Table {
        block: "VolumeMount",
        function: "validateMountRecursiveReadOnly",
        rules: &[Look(mount::read_only)],
    },
    Table {
        block: "VolumeDevice",
        function: "ValidateVolumeDevices",
        rules: &[Needs(&["name", "devicePath"]), Form("devicePath", PATH)],
    },
    Table {
        block: "ContainerRestartRule",
        function: "validateContainerRestartPolicyRules",
        rules: &[Needs(&["action", "exitCodes"])],
    },
    Table {
        block: "Container",
        function: "validateContainerRestartPolicyRules",
        rules: &[
            Most("restartPolicyRules", 20),
            Only(&["restartPolicyRules"], When("restartPolicy", &["Always", "OnFailure", "Never"])),
        ],
    },
    Table {
        block: "ContainerRestartRuleOnExitCodes",
        function: "validateContainerRestartPolicyRules",
        rules: &[Needs(&["operator", "values"]), Most("values", 255)],
    },
];

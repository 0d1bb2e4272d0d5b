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
        of: "Container",
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
    Table { of: "Container", function: "validateContainers", rules: &[Look(pod::restarts)] },
    Table { of: "Container", function: "ValidateVolumeMounts", rules: &[Look(mount::of_container)] },
    Table { of: "Container", function: "validateLivenessProbe", rules: &[Look(pod::probes)] },
    Table { of: "Container", function: "validateSleepAction", rules: &[Look(pod::grace)] },
    Table {
        of: "Container",
        function: "validateResizePolicy",
        rules: &[Unique("resizePolicy", &["resourceName"]), Look(pod::resized)],
    },
    Table {
        of: "ContainerResizePolicy",
        function: "validateResizePolicy",
        rules: &[Needs(&["resourceName", "restartPolicy"])],
    },
    Table {
        of: "ContainerPort",
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
        of: "EnvVar",
        function: "ValidateEnv",
        rules: &[Needs(&["name"]), Form("name", VARIABLE), AtMostOne(&["value", "valueFrom"])],
    },
    Table {
        of: "EnvVarSource",
        function: "validateEnvVarValueFrom",
        rules: &[One(&["configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"])],
    },
    Table {
        of: "ConfigMapKeySelector",
        function: "validateConfigMapKeySelector",
        rules: &[Needs(&["name", "key"]), Form("name", NAMES), Form("key", ENTRY)],
    },
    Table {
        of: "SecretKeySelector",
        function: "validateSecretKeySelector",
        rules: &[Needs(&["name", "key"]), Form("name", NAMES), Form("key", ENTRY)],
    },
    Table {
        of: "FileKeySelector",
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
        of: "ObjectFieldSelector",
        function: "validateObjectFieldSelector",
        rules: &[Needs(&["fieldPath"]), Look(pod::field_of_object)],
    },
    Table {
        of: "ResourceFieldSelector",
        function: "validateContainerResourceFieldSelector",
        rules: &[Needs(&["resource"]), Look(amount::field_of_container)],
    },
    Table {
        of: "EnvFromSource",
        function: "ValidateEnvFrom",
        rules: &[Form("prefix", VARIABLE), One(&["configMapRef", "secretRef"])],
    },
    Table {
        of: "ConfigMapEnvSource",
        function: "validateConfigMapEnvSource",
        rules: &[Needs(&["name"]), Form("name", NAMES)],
    },
    Table {
        of: "SecretEnvSource",
        function: "validateSecretEnvSource",
        rules: &[Needs(&["name"]), Form("name", NAMES)],
    },
    Table {
        of: "Probe",
        function: "validateProbe",
        rules: &[One(PROBES), Within("terminationGracePeriodSeconds", 1, MOST)],
    },
    Table {
        of: "Lifecycle",
        function: "validateLifecycle",
        rules: &[Form("stopSignal", SIGNAL), Look(pod::stop_signal)],
    },
    Table {
        of: "LifecycleHandler",
        function: "validateHandler",
        rules: &[One(&["exec", "httpGet", "sleep", "tcpSocket"])],
    },
    Table { of: "ExecAction", function: "validateExecAction", rules: &[Needs(&["command"])] },
    Table {
        of: "HTTPGetAction",
        function: "validateHTTPGetAction",
        rules: &[Needs(&["port"]), Port("port"), Look(pod::asked_port)],
    },
    Table {
        of: "HTTPHeader",
        function: "validateHTTPGetAction",
        rules: &[Needs(&["name"]), Form("name", HEADER)],
    },
    Table {
        of: "TCPSocketAction",
        function: "validateTCPSocketAction",
        rules: &[Needs(&["port"]), Port("port"), Look(pod::asked_port)],
    },
    Table {
        of: "GRPCAction",
        function: "validateGRPCAction",
        rules: &[Needs(&["port"]), Within("port", 1, 65_535)],
    },
    Table {
        of: "SecurityContext",
        function: "ValidateSecurityContext",
        rules: &[Within("runAsUser", 0, MOST), Within("runAsGroup", 0, MOST), Look(pod::privileges)],
    },
    Table {
        of: "VolumeMount",
        function: "ValidateVolumeMounts",
        rules: &[
            Needs(&["name", "mountPath"]),
            Form("subPath", INSIDE),
            Form("subPathExpr", INSIDE),
            AtMostOne(&["subPath", "subPathExpr"]),
        ],
    },
    Table { of: "VolumeMount", function: "validateMountRecursiveReadOnly", rules: &[Look(mount::read_only)] },
    Table {
        of: "VolumeDevice",
        function: "ValidateVolumeDevices",
        rules: &[Needs(&["name", "devicePath"]), Form("devicePath", PATH)],
    },
    Table {
        of: "ContainerRestartRule",
        function: "validateContainerRestartPolicyRules",
        rules: &[Needs(&["action", "exitCodes"])],
    },
    Table {
        of: "Container",
        function: "validateContainerRestartPolicyRules",
        rules: &[
            Most("restartPolicyRules", 20),
            Only(&["restartPolicyRules"], When("restartPolicy", &["Always", "OnFailure", "Never"])),
        ],
    },
    Table {
        of: "ContainerRestartRuleOnExitCodes",
        function: "validateContainerRestartPolicyRules",
        rules: &[Needs(&["operator", "values"]), Most("values", 255)],
    },
];

//! Pods: kubernetes/kubernetes:pkg/apis/core/validation/validation.go.

use super::{MOST, Table};
use crate::target::kubernetes::api::form::{
    ADDRESS, INSIDE, LABEL, NAMES, QUALIFIED, RESPONDER, SEARCH, SYSCTL,
};
use crate::target::kubernetes::api::pod;
use crate::target::kubernetes::api::rule::Rule::{
    Form, Look, Most, Needs, Never, One, Only, Unique, Wanted, Within,
};
use crate::target::kubernetes::api::rule::When;

pub(super) const TABLES: &[Table] = &[
    Table {
        of: "PodSpec",
        function: "ValidatePodSpec",
        rules: &[
            Needs(&["containers"]),
            Form("hostname", LABEL),
            Form("subdomain", LABEL),
            Form("priorityClassName", NAMES),
            Form("runtimeClassName", NAMES),
            Form("serviceAccountName", NAMES),
            Form("nodeName", NAMES),
            Within("activeDeadlineSeconds", 1, MOST),
            Look(pod::names),
            Look(pod::ports),
            Look(pod::system),
            Look(pod::overhead),
        ],
    },
    Table {
        of: "PodSpec",
        function: "validateHostUsers",
        rules: &[Never(&["hostNetwork", "hostPID", "hostIPC"], When("hostUsers", &["false"]))],
    },
    Table { of: "PodSpec", function: "validatePodSpecSecurityContext", rules: &[Look(pod::processes)] },
    Table {
        of: "PodSpec",
        function: "validatePodDNSConfig",
        rules: &[Wanted(&["dnsConfig"], When("dnsPolicy", &["None"])), Look(pod::resolver)],
    },
    Table {
        of: "PodSpec",
        function: "ValidatePodSpec",
        rules: &[
            Form("hostnameOverride", NAMES),
            Never(&["hostnameOverride"], When("hostNetwork", &["true"])),
            Never(&["hostnameOverride"], When("setHostnameAsFQDN", &["true"])),
            Look(pod::whole_name),
        ],
    },
    // Of admission: kubernetes/kubernetes:plugin/pkg/admission/{priority,runtimeclass,defaulttolerationseconds}/admission.go.
    Table { of: "PodSpec", function: "admission", rules: &[Look(pod::admission)] },
    Table {
        of: "PodDNSConfig",
        function: "validatePodDNSConfig",
        rules: &[
            Most("nameservers", 3),
            Form("nameservers", ADDRESS),
            Most("searches", 32),
            Form("searches", SEARCH),
        ],
    },
    Table { of: "PodDNSConfigOption", function: "validatePodDNSConfig", rules: &[Needs(&["name"])] },
    Table {
        of: "HostAlias",
        function: "ValidateHostAliases",
        rules: &[Needs(&["ip"]), Form("ip", ADDRESS), Form("hostnames", NAMES)],
    },
    Table {
        of: "PodReadinessGate",
        function: "validateReadinessGates",
        rules: &[Needs(&["conditionType"]), Form("conditionType", QUALIFIED)],
    },
    Table {
        of: "PodSchedulingGate",
        function: "validateSchedulingGates",
        rules: &[Needs(&["name"]), Form("name", QUALIFIED)],
    },
    Table { of: "PodOS", function: "validateOS", rules: &[Needs(&["name"])] },
    Table {
        of: "PodResourceClaim",
        function: "validatePodResourceClaim",
        rules: &[
            Needs(&["name"]),
            Form("name", LABEL),
            One(&["resourceClaimName", "resourceClaimTemplateName"]),
            Form("resourceClaimName", NAMES),
            Form("resourceClaimTemplateName", NAMES),
        ],
    },
    Table {
        of: "LocalObjectReference",
        function: "validateImagePullSecrets",
        rules: &[Needs(&["name"]), Form("name", NAMES)],
    },
    Table {
        of: "PodSecurityContext",
        function: "validatePodSpecSecurityContext",
        rules: &[
            Within("fsGroup", 0, MOST),
            Within("runAsUser", 0, MOST),
            Within("runAsGroup", 0, MOST),
            Within("supplementalGroups", 0, MOST),
        ],
    },
    Table { of: "PodSecurityContext", function: "validateSysctls", rules: &[Unique("sysctls", &["name"])] },
    Table { of: "Sysctl", function: "validateSysctls", rules: &[Needs(&["name"]), Form("name", SYSCTL)] },
    Table {
        of: "SeccompProfile",
        function: "validateSeccompProfileField",
        rules: &[
            Needs(&["type"]),
            Wanted(&["localhostProfile"], When("type", &["Localhost"])),
            Only(&["localhostProfile"], When("type", &["Localhost"])),
            Form("localhostProfile", INSIDE),
        ],
    },
    Table {
        of: "AppArmorProfile",
        function: "ValidateAppArmorProfileField",
        rules: &[
            Needs(&["type"]),
            Wanted(&["localhostProfile"], When("type", &["Localhost"])),
            Only(&["localhostProfile"], When("type", &["Localhost"])),
        ],
    },
    Table {
        of: "WindowsSecurityContextOptions",
        function: "validateWindowsSecurityContextOptions",
        rules: &[Form("gmsaCredentialSpecName", NAMES), Look(pod::windows_user)],
    },
    Table {
        of: "ResourceClaim",
        function: "validateResourceClaimNames",
        rules: &[Needs(&["name"]), Look(pod::claimed)],
    },
    // What the API says of these two (kubernetes/kubernetes:api/openapi-spec/swagger.json of 1.37).
    Table {
        of: "PodSchedulingGroup",
        function: "PodSchedulingGroup",
        rules: &[Needs(&["podGroupName"]), Form("podGroupName", NAMES)],
    },
    Table {
        of: "EvictionResponder",
        function: "EvictionResponder",
        rules: &[Form("name", RESPONDER), Within("priority", 0, 100_000)],
    },
    Table {
        of: "WorkloadReference",
        function: "validateWorkloadReference",
        rules: &[Needs(&["name", "podGroup"]), Form("name", NAMES), Form("podGroup", LABEL)],
    },
];

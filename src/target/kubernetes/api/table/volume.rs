//! Volumes and claims: kubernetes/kubernetes:pkg/apis/core/validation/validation.go.

use super::Table;
use crate::target::kubernetes::api::form::{ABSOLUTE, DRIVER, ENTRY, INSIDE, LABEL, MEDIUM, NAMES, PATH};
use crate::target::kubernetes::api::rule::Rule::{self, Amount, Form, Look, Needs, One, Only, Within};
use crate::target::kubernetes::api::rule::When;
use crate::target::kubernetes::api::{amount, mount};

/// `0777`
const MODE: i64 = 0o777;

/// A volume of a plug-in of old: what it names.
const fn needs(of: &'static str, function: &'static str, rules: &'static [Rule]) -> Table {
    Table { of, function, rules }
}

pub(super) const TABLES: &[Table] = &[
    Table { of: "Volume", function: "ValidateVolumes", rules: &[Form("name", LABEL), Look(mount::source)] },
    Table {
        of: "EmptyDirVolumeSource",
        function: "validateEmptyDirVolumeSource",
        rules: &[Form("medium", MEDIUM), Amount("sizeLimit", false), Within("mode", 0, 0o1777)],
    },
    Table {
        of: "HostPathVolumeSource",
        function: "validateHostPathVolumeSource",
        rules: &[Needs(&["path"]), Form("path", PATH)],
    },
    Table {
        of: "NFSVolumeSource",
        function: "validateNFSVolumeSource",
        rules: &[Needs(&["server", "path"]), Form("path", ABSOLUTE)],
    },
    Table {
        of: "SecretVolumeSource",
        function: "validateSecretVolumeSource",
        rules: &[Needs(&["secretName"]), Within("defaultMode", 0, MODE)],
    },
    Table {
        of: "ConfigMapVolumeSource",
        function: "validateConfigMapVolumeSource",
        rules: &[Needs(&["name"]), Within("defaultMode", 0, MODE)],
    },
    Table {
        of: "KeyToPath",
        function: "validateKeyToPath",
        rules: &[Needs(&["key", "path"]), Form("key", ENTRY), Form("path", INSIDE), Within("mode", 0, MODE)],
    },
    Table {
        of: "DownwardAPIVolumeSource",
        function: "validateDownwardAPIVolumeSource",
        rules: &[Within("defaultMode", 0, MODE)],
    },
    Table {
        of: "DownwardAPIVolumeFile",
        function: "validateDownwardAPIVolumeFile",
        rules: &[
            Needs(&["path"]),
            Form("path", INSIDE),
            One(&["fieldRef", "resourceFieldRef"]),
            Within("mode", 0, MODE),
        ],
    },
    Table {
        of: "ProjectedVolumeSource",
        function: "validateProjectedVolumeSource",
        rules: &[Within("defaultMode", 0, MODE), Look(mount::projected)],
    },
    Table {
        of: "VolumeProjection",
        function: "validateProjectionSources",
        rules: &[One(&[
            "clusterTrustBundle",
            "configMap",
            "downwardAPI",
            "podCertificate",
            "secret",
            "serviceAccountToken",
        ])],
    },
    Table {
        of: "ConfigMapProjection",
        function: "validateProjectionSources",
        rules: &[Needs(&["name"]), Form("name", NAMES)],
    },
    Table {
        of: "SecretProjection",
        function: "validateProjectionSources",
        rules: &[Needs(&["name"]), Form("name", NAMES)],
    },
    Table {
        of: "ServiceAccountTokenProjection",
        function: "validateProjectionSources",
        rules: &[
            Needs(&["path"]),
            Form("path", INSIDE),
            // Ten minutes to 2^32 seconds.
            Within("expirationSeconds", 600, 1 << 32),
        ],
    },
    Table {
        of: "ClusterTrustBundleProjection",
        function: "validateProjectionSources",
        rules: &[
            Needs(&["path"]),
            Form("path", INSIDE),
            One(&["name", "signerName"]),
            Only(&["labelSelector"], When("name", &[""])),
        ],
    },
    Table {
        of: "PodCertificateProjection",
        function: "validateProjectionSources",
        rules: &[
            Needs(&["signerName", "keyType"]),
            Form("credentialBundlePath", INSIDE),
            Form("keyPath", INSIDE),
            Form("certificateChainPath", INSIDE),
            // An hour to 91 days.
            Within("maxExpirationSeconds", 3_600, 7_862_400),
        ],
    },
    Table {
        of: "CSIVolumeSource",
        function: "validateCSIVolumeSource",
        rules: &[Needs(&["driver"]), Form("driver", DRIVER)],
    },
    Table {
        of: "EphemeralVolumeSource",
        function: "validateEphemeralVolumeSource",
        rules: &[Needs(&["volumeClaimTemplate"])],
    },
    Table {
        of: "PersistentVolumeClaimVolumeSource",
        function: "validatePersistentClaimVolumeSource",
        rules: &[Needs(&["claimName"])],
    },
    Table { of: "ImageVolumeSource", function: "validateImageVolumeSource", rules: &[Needs(&["reference"])] },
    Table {
        of: "PersistentVolumeClaimTemplate",
        function: "validatePersistentVolumeClaimTemplate",
        rules: &[Needs(&["spec"])],
    },
    Table {
        of: "PersistentVolumeClaimSpec",
        function: "ValidatePersistentVolumeClaimSpec",
        rules: &[
            Needs(&["accessModes"]),
            Look(mount::access),
            Look(amount::of_claim),
            Form("storageClassName", NAMES),
            Form("volumeAttributesClassName", NAMES),
        ],
    },
    Table {
        of: "TypedLocalObjectReference",
        function: "validateDataSource",
        rules: &[Needs(&["kind", "name"]), Look(mount::other_claim)],
    },
    Table {
        of: "TypedObjectReference",
        function: "validateDataSourceRef",
        rules: &[Needs(&["kind", "name"]), Form("namespace", LABEL), Look(mount::other_claim)],
    },
    // Volumes of plug-ins.
    needs(
        "AWSElasticBlockStoreVolumeSource",
        "validateAWSElasticBlockStoreVolumeSource",
        &[Needs(&["volumeID"]), Within("partition", 0, 255)],
    ),
    needs(
        "GCEPersistentDiskVolumeSource",
        "validateGCEPersistentDiskVolumeSource",
        &[Needs(&["pdName"]), Within("partition", 0, 255)],
    ),
    needs("AzureDiskVolumeSource", "validateAzureDisk", &[Needs(&["diskName", "diskURI"])]),
    needs("AzureFileVolumeSource", "validateAzureFile", &[Needs(&["secretName", "shareName"])]),
    needs("CephFSVolumeSource", "validateCephFSVolumeSource", &[Needs(&["monitors"])]),
    needs("CinderVolumeSource", "validateCinderVolumeSource", &[Needs(&["volumeID"])]),
    needs(
        "FCVolumeSource",
        "validateFCVolumeSource",
        &[One(&["targetWWNs", "wwids"]), Within("lun", 0, 255)],
    ),
    needs("FlexVolumeSource", "validateFlexVolumeSource", &[Needs(&["driver"])]),
    needs("FlockerVolumeSource", "validateFlockerVolumeSource", &[One(&["datasetName", "datasetUUID"])]),
    needs(
        "GitRepoVolumeSource",
        "validateGitRepoVolumeSource",
        &[Needs(&["repository"]), Form("directory", INSIDE)],
    ),
    needs("GlusterfsVolumeSource", "validateGlusterfsVolumeSource", &[Needs(&["endpoints", "path"])]),
    needs(
        "ISCSIVolumeSource",
        "validateISCSIVolumeSource",
        &[Needs(&["targetPortal", "iqn"]), Within("lun", 0, 255)],
    ),
    needs(
        "PhotonPersistentDiskVolumeSource",
        "validatePhotonPersistentDiskVolumeSource",
        &[Needs(&["pdID"])],
    ),
    needs("PortworxVolumeSource", "validatePortworxVolumeSource", &[Needs(&["volumeID"])]),
    needs("QuobyteVolumeSource", "validateQuobyteVolumeSource", &[Needs(&["registry", "volume"])]),
    needs("RBDVolumeSource", "validateRBDVolumeSource", &[Needs(&["monitors", "image"])]),
    needs(
        "ScaleIOVolumeSource",
        "validateScaleIOVolumeSource",
        &[Needs(&["gateway", "system", "volumeName"])],
    ),
    needs("StorageOSVolumeSource", "validateStorageOSVolumeSource", &[Needs(&["volumeName"])]),
    needs("VsphereVirtualDiskVolumeSource", "validateVsphereVolumeSource", &[Needs(&["volumePath"])]),
];

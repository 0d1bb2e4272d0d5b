//! Pods that go step by step: they take copies of data, or bring them back. What a copy hangs on stays as the compiler has it; where
//! such a pod stands, what it may use and how long it is kept is for an override to say.

use super::findings::Findings;
use crate::emit::Node;
use crate::kustomize::{bare, field, same, text};
use crate::target::FaultKind;
use crate::target::kubernetes::api::{at, items, name, number};
use crate::target::kubernetes::object::Object;

const STANDS: &str =
    "what takes copies runs by its schedule, and what brings them back is started by a person";
const ONCE: &str =
    "one pod at a time works with a copy, and what failed while a copy came back is looked at first";
const FILES: &str = "copies are written by one step and read by another, with these users and this group";
const DISK: &str = "it reads the disk of the service where that is mounted";
const STEP: &str = "it is what the step does";
const IMAGE: &str = "the programs of the step are those of this image: another registry may have it, under the same name and tag";

/// Paths of such an object.
const HELD: &[(&str, &str)] = &[
    ("spec.suspend", STANDS),
    ("spec.timeZone", "schedules are in UTC"),
    ("spec.jobTemplate.spec.suspend", STANDS),
    ("spec.jobTemplate.spec.managedBy", STANDS),
    ("spec.jobTemplate.spec.backoffLimit", ONCE),
    ("spec.jobTemplate.spec.parallelism", ONCE),
    ("spec.jobTemplate.spec.completions", ONCE),
    ("spec.jobTemplate.spec.completionMode", ONCE),
    (
        "spec.jobTemplate.spec.ttlSecondsAfterFinished",
        "say it by `successfulJobsHistoryLimit` and `failedJobsHistoryLimit`: whoever brings a copy back reads how a Job ended",
    ),
];

/// Paths of its pods.
const OF_PODS: &[(&str, &str)] = &[
    ("spec.restartPolicy", ONCE),
    ("spec.affinity.podAffinity", DISK),
    ("spec.securityContext.fsGroup", FILES),
    ("spec.securityContext.runAsUser", FILES),
    ("spec.securityContext.runAsGroup", FILES),
];

/// Paths of a container.
const OF_STEPS: &[(&str, &str)] = &[
    ("command", STEP),
    ("args", STEP),
    ("workingDir", STEP),
    ("restartPolicy", "a step begins when the one before it has ended"),
    ("securityContext.runAsUser", FILES),
    ("securityContext.runAsGroup", FILES),
];

/// Looks for what a copy hangs on and an override changes; `template` is the path of the template of pods.
pub(super) fn look(before: &Object, after: &Object, template: &str, found: &mut Findings<'_>) {
    for (path, help) in HELD {
        found.differ(&before.tree, &after.tree, "", path, help);
    }
    deadline(&before.tree, &after.tree, found);
    let (Some(one), Some(other)) = (at(&before.tree, template), at(&after.tree, template)) else { return };
    for (path, help) in OF_PODS {
        found.differ(one, other, template, path, help);
    }
    let pod = format!("{template}.spec");
    for list in ["initContainers", "containers"] {
        let path = format!("spec.{list}");
        let (one, other) = (items(at(one, &path)), items(at(other, &path)));
        steps(one, other, &format!("{pod}.{list}"), found);
    }
    let volumes = items(at(other, "spec.volumes"));
    for volume in items(at(one, "spec.volumes")) {
        let after = volumes.iter().find(|other| name(other) == name(volume));
        // How much of what passes a pod may keep is no matter of the copy.
        let passes = |node: &Node| field(node, "emptyDir").is_some();
        if !after.is_some_and(|after| same(volume, after) || passes(volume) && passes(after)) {
            let path = format!("{pod}.volumes[{}]", name(volume));
            found.add(FaultKind::Derived, &path, "the steps work with it", Some(DISK));
        }
    }
}

/// A run may be given less time. One that took longer would meet the next one.
fn deadline(before: &Node, after: &Node, found: &mut Findings<'_>) {
    const PATH: &str = "spec.jobTemplate.spec.activeDeadlineSeconds";
    let seconds = |node| number(at(node, PATH));
    let Some(most) = seconds(before) else { return };
    if seconds(after).is_none_or(|seconds| seconds > most) {
        let label = format!("more than {most} s");
        let help =
            "say it by `alert_after` of the backup: a run that hangs lets the next one in behind that time";
        found.add(FaultKind::Derived, PATH, label, Some(help));
    }
}

fn steps(before: &[Node], after: &[Node], path: &str, found: &mut Findings<'_>) {
    let known: Vec<&str> = before.iter().map(name).collect();
    let there: Vec<&str> = after.iter().map(name).filter(|name| known.contains(name)).collect();
    if there != known {
        let help = "a copy is taken, verified and kept in this order";
        found.add(FaultKind::Derived, path, "a step is gone, or comes at another time", Some(help));
    }
    for one in before {
        let Some(other) = after.iter().find(|other| name(other) == name(one)) else { continue };
        let own = format!("{path}[{}]", name(one));
        for (path, help) in OF_STEPS {
            found.differ(one, other, &own, path, help);
        }
        if named(one) != named(other) {
            found.differ(one, other, &own, "image", IMAGE);
        }
        let variables = items(field(other, "env"));
        for variable in items(field(one, "env")) {
            let after = variables.iter().find(|other| name(other) == name(variable));
            if !after.is_some_and(|after| same(variable, after)) {
                let path = format!("{own}.env[{}]", name(variable));
                found.add(FaultKind::Derived, &path, "the step reads it", Some(STEP));
            }
        }
        mounts(one, other, &own, &|_| true, found);
    }
}

/// The last part of the name of a container's image, with its tag: `busybox:1.37.0`. A mirror keeps it.
fn named(container: &Node) -> Option<&str> {
    let image = field(container, "image").and_then(text)?;
    let tagged = image.split_once('@').map_or(image, |(tagged, _)| tagged);
    tagged.rsplit('/').next()
}

/// What a container mounts of the volumes of which `is_held` is true, and at which path of which of their folders, stays. More may
/// be mounted.
pub(super) fn mounts(
    before: &Node,
    after: &Node,
    own: &str,
    is_held: &dyn Fn(&str) -> bool,
    found: &mut Findings<'_>,
) {
    let value = |mount: &Node, key: &str| {
        field(mount, key).and_then(text).unwrap_or_default().trim_end_matches('/').to_owned()
    };
    let writes = |mount: &Node| !field(mount, "readOnly").is_some_and(|it| *bare(it) == Node::Boolean(true));
    let after = items(field(after, "volumeMounts"));
    for mount in items(field(before, "volumeMounts")).iter().filter(|mount| is_held(name(mount))) {
        let path = value(mount, "mountPath");
        let is_same = |other: &&Node| {
            ["name", "mountPath", "subPath", "subPathExpr"]
                .into_iter()
                .all(|key| value(other, key) == value(mount, key))
                && (writes(other) || !writes(mount))
        };
        if after.iter().any(|other| is_same(&other)) {
            continue;
        }
        let there = after.iter().find(|other| value(other, "mountPath") == path);
        let changed = there.and_then(|there| {
            let keys = ["name", "subPath", "subPathExpr"].into_iter();
            keys.chain(["readOnly"]).find(|key| *key == "readOnly" || value(there, key) != value(mount, key))
        });
        let below = changed.map(|key| format!(".{key}")).unwrap_or_default();
        let place = format!("{own}.volumeMounts[{}]{below}", value(mount, "mountPath"));
        let help =
            "what is there now lies in that folder of the disk: the program would start with an empty one";
        let label = format!("`{path}` is no longer what is kept on `{}`", name(mount));
        found.add(FaultKind::Derived, &place, label, Some(help));
    }
}

//! What changes between two builds, and a running cluster refuses, or answers with disks that are empty.

use crate::hash::IndexMap;
use crate::target::kubernetes::api::parse_amount;
use crate::target::kubernetes::fixed::OF_CLUSTER;
use crate::target::{Change, Weight};

/// A table, by what its lines are about.
struct Table<'a> {
    lines: IndexMap<Vec<&'a str>, IndexMap<&'a str, &'a str>>,
}

impl<'a> Table<'a> {
    /// Reads a table. Lines that no build writes are none of its: what nobody knows is not compared.
    fn read(text: &'a str) -> Self {
        let mut lines = IndexMap::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
            let (fields, key): (Vec<&str>, Vec<&str>) =
                words.into_iter().partition(|word| word.contains('='));
            lines.insert(key, fields.into_iter().filter_map(|field| field.split_once('=')).collect());
        }
        Self { lines }
    }

    /// The keys of a kind of lines.
    fn of(&self, kind: &str) -> impl Iterator<Item = (&[&'a str], &IndexMap<&'a str, &'a str>)> {
        self.lines.iter().filter(move |(key, _)| key.first() == Some(&kind)).map(|(key, it)| (&key[1..], it))
    }

    fn find(&self, kind: &'a str, rest: &[&'a str]) -> Option<&IndexMap<&'a str, &'a str>> {
        let key: Vec<&str> = std::iter::once(kind).chain(rest.iter().copied()).collect();
        self.lines.get(&key)
    }
}

/// The changes from the table of one build to that of the next.
pub(in crate::target::kubernetes) fn changes(old: &str, new: &str) -> Vec<Change> {
    let (old, new) = (Table::read(old), Table::read(new));
    if new.lines.is_empty() {
        // Nothing of it is built any more: an environment that is gone, or the whole target.
        return vec![Change {
            weight: Weight::Told,
            text: "it is no longer built; what was applied of it stays in its cluster, and so do its disks"
                .to_owned(),
            help: None,
        }];
    }
    let mut found = Found { old: &old, new: &new, changes: Vec::new() };
    found.namespaces();
    found.workloads();
    found.disks();
    found.claims();
    found.services();
    found.left();
    found.changes
}

struct Found<'t, 'a> {
    old: &'t Table<'a>,
    new: &'t Table<'a>,
    changes: Vec<Change>,
}

impl Found<'_, '_> {
    fn refused(&mut self, text: String, help: String) {
        self.changes.push(Change { weight: Weight::Refused, text, help: Some(help) });
    }

    fn told(&mut self, text: String, help: Option<String>) {
        self.changes.push(Change { weight: Weight::Told, text, help });
    }

    fn namespaces(&mut self) {
        let gone: Vec<&str> = self
            .old
            .of("namespace")
            .filter_map(|(key, _)| key.first().copied())
            .filter(|name| !self.is_there(name))
            .collect();
        let is_new = |name: &&str| self.old.find("namespace", &[name]).is_none();
        let new: Vec<&str> =
            self.new.of("namespace").filter_map(|(key, _)| key.first().copied()).filter(is_new).collect();
        // The first is the platform's own.
        let own = |table: &Table<'_>| {
            table.of("namespace").next().and_then(|(key, _)| key.first().map(|it| (*it).to_owned()))
        };
        let renamed = own(self.old)
            .filter(|name| gone.contains(&name.as_str()))
            .zip(own(self.new).filter(|name| new.contains(&name.as_str())));
        if let Some((before, after)) = &renamed {
            self.refused(
                format!("namespace `{before}` becomes `{after}`: everything starts anew there, with empty disks, and what runs in `{before}` goes on"),
                format!("give it its name back by `target kubernetes {{ namespace = \"{before}\" }}`, or move the data and remove `{before}` by hand"),
            );
        }
        for name in gone.iter().filter(|_| renamed.is_none()) {
            self.told(
                format!(
                    "namespace `{name}` is no longer made; the one in the cluster stays, with what runs in it"
                ),
                Some(format!("when nothing is left that counts: `kubectl delete namespace {name}`")),
            );
        }
    }

    fn is_there(&self, namespace: &str) -> bool {
        self.new.find("namespace", &[namespace]).is_some()
    }

    fn workloads(&mut self) {
        for (key, before) in self.old.of("workload") {
            let [namespace, kind, name] = key else { continue };
            if !self.is_there(namespace) {
                continue;
            }
            let word = kind.to_lowercase();
            let Some(after) = self.new.find("workload", key) else {
                self.gone(namespace, kind, name);
                continue;
            };
            for (field, what) in [
                ("selector", "the labels by which it knows its pods"),
                ("service", "its Service"),
                ("policy", "the order of its pods"),
            ] {
                if before.get(field) != after.get(field) {
                    let keep = if *kind == "StatefulSet" { " --cascade=orphan" } else { "" };
                    self.refused(
                        format!("{kind} `{name}`: {what} cannot be changed"),
                        format!("remove it before the apply: `kubectl --namespace {namespace} delete {word} {name}{keep}`"),
                    );
                }
            }
            let scaled = |fields: &IndexMap<&str, &str>| fields.get("replicas") == Some(&"scaled");
            if scaled(after) && !scaled(before) {
                self.told(
                    format!("a scaler now decides how many pods `{name}` has"),
                    Some("apply it by `scripts/apply-kubernetes.sh`, which hands the number over: behind a bare `kubectl apply` one pod is left until the scaler looks".to_owned()),
                );
            }
        }
    }

    /// A workload that is no longer made: an apply does not remove it.
    fn gone(&mut self, namespace: &str, kind: &str, name: &str) {
        let (old, new) = (self.old, self.new);
        let elsewhere = new
            .of("workload")
            .find(|(key, _)| key.get(2) == Some(&name) && old.find("workload", key).is_none());
        let has_disks =
            old.of("disk").any(|(key, _)| key.first() == Some(&namespace) && key.get(1) == Some(&name));
        let help = format!(
            "behind the apply: `kubectl --namespace {namespace} delete {} {name}`",
            kind.to_lowercase()
        );
        match elsewhere.map(|(key, _)| (key.first().copied().unwrap_or_default(), key.get(1).copied().unwrap_or_default())) {
            Some((to, _)) if to != namespace && has_disks => self.refused(
                format!("`{name}` moves from namespace `{namespace}` to `{to}`, where its disks are empty; the old one goes on"),
                "let `security` of the service need what it needed before, or move the data by hand".to_owned(),
            ),
            Some((to, _)) if to != namespace => {
                self.told(format!("`{name}` moves from namespace `{namespace}` to `{to}`; the old one goes on beside it"), Some(help));
            }
            Some((_, becomes)) => {
                let keeps = if has_disks { "; its disks stay, and nothing mounts them" } else { "" };
                self.told(format!("{kind} `{name}` becomes a {becomes}; the old one goes on beside it{keeps}"), Some(help));
            }
            None => {
                let keeps = if has_disks { ", and its disks stay behind it" } else { "" };
                self.told(format!("{kind} `{name}` is no longer made; the one in the cluster goes on{keeps}"), Some(help));
            }
        }
    }

    fn disks(&mut self) {
        let (old, new) = (self.old, self.new);
        for (key, before) in old.of("disk") {
            let [namespace, set, template] = key else { continue };
            let is_set =
                |table: &Table<'_>| table.find("workload", &[namespace, "StatefulSet", set]).is_some();
            if !is_set(new) {
                continue;
            }
            let orphan = orphan(namespace, set);
            let Some(after) = new.find("disk", key) else {
                self.refused(
                    format!("StatefulSet `{set}` loses its disk `{template}`: its templates of claims cannot be changed; the claims stay, and nothing mounts them"),
                    orphan,
                );
                continue;
            };
            let of = format!("`{template}` of StatefulSet `{set}`");
            self.sizes(&of, before, after, true, &orphan);
            // A table of an earlier version has none.
            if before.get("notes").is_some_and(|notes| after.get("notes") != Some(notes)) {
                self.refused(
                    format!("{of}: labels, annotations and classes of its template cannot be changed"),
                    orphan,
                );
            }
        }
        for (key, _) in new.of("disk").filter(|(key, _)| old.find("disk", key).is_none()) {
            let [namespace, set, template] = key else { continue };
            if old.find("workload", &[namespace, "StatefulSet", set]).is_some() {
                self.refused(
                    format!("StatefulSet `{set}` gets the disk `{template}`: its templates of claims cannot be changed"),
                    orphan(namespace, set),
                );
            }
        }
    }

    fn claims(&mut self) {
        let (old, new) = (self.old, self.new);
        for (key, before) in old.of("claim") {
            let [namespace, name] = key else { continue };
            if !self.is_there(namespace) {
                continue;
            }
            let Some(after) = new.find("claim", key) else {
                self.told(
                    format!("claim `{name}` is no longer made: whatever prunes takes the disk, and an apply leaves it"),
                    Some(format!("look at what is on it first: `kubectl --namespace {namespace} describe pvc {name}`")),
                );
                continue;
            };
            let help = format!(
                "move the data to a volume of another name, or remove it before the apply, with its data: `kubectl --namespace {namespace} delete pvc {name}`"
            );
            self.sizes(&format!("claim `{name}`"), before, after, false, &help);
        }
    }

    /// The sizes and the kind of a disk.
    fn sizes(
        &mut self,
        of: &str,
        before: &IndexMap<&str, &str>,
        after: &IndexMap<&str, &str>,
        of_set: bool,
        help: &str,
    ) {
        let value = |fields: &IndexMap<&str, &str>, field: &str| {
            fields.get(field).map_or_else(String::new, |value| (*value).to_owned())
        };
        for (field, what) in
            [("class", "its storage class"), ("modes", "how it is mounted"), ("rest", "what it is made from")]
        {
            let (one, other) = (value(before, field), value(after, field));
            if one != other {
                let from = if field == "rest" { String::new() } else { format!(" from {one} to {other}") };
                self.refused(format!("{of}: {what} cannot be changed{from}"), help.to_owned());
            }
        }
        let (one, other) = (value(before, "size"), value(after, "size"));
        match (parse_amount(&one), parse_amount(&other)) {
            (Some(before), Some(after)) if after < before => {
                self.refused(format!("{of}: a disk of {one} does not shrink to {other}"), help.to_owned());
            }
            (Some(before), Some(after)) if after > before => {
                let how = if of_set {
                    "`scripts/apply-kubernetes.sh` enlarges its claims, and puts the set in place anew around its pods: a bare `kubectl apply` is refused"
                } else {
                    "its storage class must allow it (`allowVolumeExpansion`)"
                };
                self.told(format!("{of} grows from {one} to {other}"), Some(how.to_owned()));
            }
            _ => {}
        }
    }

    /// What is no longer made besides: an apply leaves it, and it goes on to open ways, to scale, to give rights or to alert.
    fn left(&mut self) {
        let mut gone: IndexMap<&str, (Vec<String>, Vec<String>)> = IndexMap::default();
        for (key, fields) in self.old.of("service").filter(|(key, _)| self.new.find("service", key).is_none())
        {
            let [namespace, name] = key else { continue };
            let type_ = fields.get("type").map(|type_| format!(" ({type_})")).unwrap_or_default();
            let (words, names) = gone.entry(namespace).or_default();
            words.push(format!("Service `{name}`{type_}"));
            names.push(format!("service/{name}"));
        }
        for (key, _) in self.old.of("object").filter(|(key, _)| self.new.find("object", key).is_none()) {
            let [namespace, kind, name] = key else { continue };
            let (words, names) = gone.entry(namespace).or_default();
            words.push(format!("{kind} `{name}`"));
            names.push(format!("{}/{name}", kind.to_lowercase()));
        }
        for (namespace, (words, names)) in gone {
            let of_cluster = namespace == OF_CLUSTER;
            if !of_cluster && !self.is_there(namespace) {
                continue;
            }
            let within = if of_cluster { String::new() } else { format!(" --namespace {namespace}") };
            self.told(
                format!("no longer made, and still at work in the cluster: {}", words.join(", ")),
                Some(format!("behind the apply: `kubectl{within} delete {}`", names.join(" "))),
            );
        }
    }

    fn services(&mut self) {
        let (old, new) = (self.old, self.new);
        for (key, before) in old.of("service") {
            let [namespace, name] = key else { continue };
            let Some(after) = new.find("service", key) else { continue };
            let mut fixed = vec![("address", "its address")];
            // What one of the tables does not say may be what it is in the cluster.
            fixed.extend(
                [("class", "the class of its load balancer"), ("family", "its first family of addresses")]
                    .into_iter()
                    .filter(|(field, _)| before.contains_key(field) && after.contains_key(field)),
            );
            // One that the cluster has given stays where none is asked for.
            if before.contains_key("health") && after.get("health").is_some_and(|port| *port != "given") {
                fixed.push(("health", "the port at which its load balancer looks whether a node is well"));
            }
            for (field, what) in fixed {
                if before.get(field) != after.get(field) {
                    self.refused(
                        format!("Service `{name}`: {what} cannot be changed"),
                        format!(
                            "remove it before the apply: `kubectl --namespace {namespace} delete service {name}`"
                        ),
                    );
                }
            }
        }
    }
}

/// How a set is made anew around its pods and disks.
fn orphan(namespace: &str, set: &str) -> String {
    format!(
        "remove the set before the apply; its pods go on, and its disks stay as they are: `kubectl --namespace {namespace} delete statefulset {set} --cascade=orphan`"
    )
}

#[cfg(test)]
mod tests {
    use super::{Weight, changes};

    const OLD: &str = "# a\nnamespace shop\n\
        workload shop Deployment api selector=name=api replicas=2\n\
        workload shop StatefulSet db selector=name=db replicas=1 service=db-pods policy=Parallel\n\
        disk shop db data size=20Gi class=fast modes=ReadWriteOnce notes=none\n\
        claim shop pictures size=5Gi class=default modes=ReadWriteMany\n\
        service shop db-pods address=None\n\
        service shop api-public address=given type=LoadBalancer health=given class=none family=IPv4\n\
        object shop HorizontalPodAutoscaler api\n\
        object - ClusterRole shop-watcher\n";

    /// The weights and texts of what is found when a text of the table is replaced.
    fn behind(from: &str, to: &str) -> Vec<(Weight, String)> {
        assert!(OLD.contains(from), "{from}");
        changes(OLD, &OLD.replace(from, to)).into_iter().map(|change| (change.weight, change.text)).collect()
    }

    #[test]
    fn what_stays_is_nothing() {
        assert!(changes(OLD, OLD).is_empty());
        assert!(changes("", OLD).is_empty());
    }

    #[test]
    fn what_a_server_refuses_is_refused() {
        for (from, to) in [
            ("selector=name=api", "selector=name=other"),
            ("service=db-pods policy", "service=db policy"),
            ("policy=Parallel", "policy=OrderedReady"),
            ("size=20Gi", "size=10Gi"),
            ("size=5Gi", "size=500Mi"),
            ("class=fast", "class=default"),
            ("modes=ReadWriteMany", "modes=ReadWriteOnce"),
            ("address=None", "address=given"),
            ("notes=none", "notes=0123456789ab"),
            ("class=none", "class=example.com/internal"),
            ("family=IPv4", "family=IPv6"),
            ("health=given", "health=30000"),
            ("disk shop db data size=20Gi class=fast modes=ReadWriteOnce notes=none\n", ""),
            (
                "disk shop db data",
                "disk shop db wal size=1Gi class=fast modes=ReadWriteOnce\ndisk shop db data",
            ),
        ] {
            let found = behind(from, to);
            assert!(matches!(found.as_slice(), [(Weight::Refused, _)]), "{from} to {to}: {found:?}");
        }
        let found = changes(OLD, &OLD.replace("shop", "live"));
        assert!(
            found.iter().any(|it| it.weight == Weight::Refused && it.text.contains("empty disks")),
            "{found:?}"
        );
        let moved = OLD.replace("namespace shop\n", "namespace shop\nnamespace shop-baseline\n");
        let moved = moved
            .replace("shop StatefulSet", "shop-baseline StatefulSet")
            .replace("disk shop", "disk shop-baseline");
        let found = changes(OLD, &moved);
        assert!(
            matches!(found.as_slice(), [it] if it.weight == Weight::Refused && it.text.contains("moves")),
            "{found:?}"
        );
    }

    #[test]
    fn what_a_server_takes_and_an_operator_must_know_is_told() {
        for (from, to, part) in [
            ("replicas=2", "replicas=scaled", "a scaler"),
            ("size=20Gi", "size=0.1Ti", "grows"),
            ("size=5Gi", "size=6Gi", "grows"),
            ("claim shop pictures size=5Gi class=default modes=ReadWriteMany\n", "", "no longer made"),
            ("workload shop Deployment api selector=name=api replicas=2\n", "", "goes on"),
            ("shop Deployment api", "shop DaemonSet api", "becomes a DaemonSet"),
            (
                "service shop api-public address=given type=LoadBalancer health=given class=none family=IPv4\n",
                "",
                "still at work in the cluster: Service `api-public` (LoadBalancer)",
            ),
            ("object shop HorizontalPodAutoscaler api\n", "", "HorizontalPodAutoscaler `api`"),
            ("object - ClusterRole shop-watcher\n", "", "ClusterRole `shop-watcher`"),
        ] {
            let found = behind(from, to);
            assert!(
                matches!(found.as_slice(), [(Weight::Told, text)] if text.contains(part)),
                "{from}: {found:?}"
            );
        }
        let gone = changes(OLD, "");
        assert!(matches!(gone.as_slice(), [it] if it.text.contains("no longer built")), "{gone:?}");
        // A table of an earlier version says less, and so does a source that leaves it to the cluster.
        let earlier = OLD
            .replace(" notes=none", "")
            .replace(" type=LoadBalancer health=given class=none family=IPv4", "");
        assert!(changes(&earlier, OLD).is_empty());
        // A port that the source no longer asks for stays as it is.
        assert!(changes(&OLD.replace("health=given", "health=30000"), OLD).is_empty());
        // What is left, by one line for each namespace.
        let found = changes(
            OLD,
            &OLD.replace("object shop HorizontalPodAutoscaler api\n", "")
                .replace("service shop db-pods address=None\n", ""),
        );
        let help = found.first().and_then(|change| change.help.as_deref()).unwrap_or_default();
        assert!(
            found.len() == 1
                && help.ends_with(
                    "`kubectl --namespace shop delete service/db-pods horizontalpodautoscaler/api`"
                ),
            "{found:?}"
        );
        assert!(behind(" family=IPv4", "").is_empty());
        // A scaler that is taken away, and more pods than before, are nothing.
        assert!(behind("replicas=2", "replicas=3").is_empty());
        assert!(changes(&OLD.replace("replicas=2", "replicas=scaled"), OLD).is_empty());
    }
}

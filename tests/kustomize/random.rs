//! Random objects of the kinds that overlays change, in few words, so that two of them have much in common.

use serde_json::{Map, Value, json};

/// How many kinds there are.
pub(super) const KINDS: u64 = 9;

/// Numbers that are the same each time.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// A number below a bound.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn word(&mut self) -> &'static str {
        ["a", "b", "c", "yes", "0", "a b", "x: y", "$(A)", ""]
            [usize::try_from(self.below(9)).expect("it is small")]
    }

    /// Some of a few names, each once, in any order.
    fn names(&mut self) -> Vec<&'static str> {
        let mut names = vec!["a", "b", "c", "d", "e", "f"];
        for at in (1..names.len()).rev() {
            let other = usize::try_from(self.below(at as u64 + 1)).expect("it is small");
            names.swap(at, other);
        }
        names.truncate(usize::try_from(self.below(7)).expect("it is small"));
        names
    }

    fn list(&mut self, mut item: impl FnMut(&mut Self, &str) -> Value) -> Value {
        self.names().into_iter().map(|name| item(self, name)).collect()
    }

    /// A map; entries that come to nothing are left out.
    fn some(&mut self, entries: Vec<(&str, Value)>) -> Value {
        let kept = entries.into_iter().filter(|_| self.below(4) > 0);
        Value::Object(kept.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
    }

    fn words(&mut self) -> Value {
        let names = self.names();
        names.into_iter().map(|name| (name.to_owned(), json!(self.word()))).collect::<Map<_, _>>().into()
    }

    fn env(&mut self) -> Value {
        self.list(|random, name| match random.below(3) {
            0 => json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": "s", "key": random.word() } } }),
            _ => json!({ "name": name, "value": random.word() }),
        })
    }

    fn probe(&mut self) -> Value {
        match self.below(3) {
            0 => {
                json!({ "httpGet": { "path": self.word(), "port": "http" }, "periodSeconds": self.below(3) })
            }
            1 => json!({ "exec": { "command": [self.word(), self.word()] } }),
            _ => json!({ "tcpSocket": { "port": self.below(3) }, "timeoutSeconds": 1 }),
        }
    }

    fn ports(&mut self, key: &str) -> Value {
        let mut known = Vec::new();
        self.list(|random, name| {
            let number = 80 + random.below(6);
            let protocol = ["TCP", "UDP"][usize::from(random.below(4) == 0)];
            json!({ "name": name, key: number, "protocol": protocol })
        })
        .as_array()
        .into_iter()
        .flatten()
        .filter(|port| {
            let id = (port[key].clone(), port["protocol"].clone());
            let is_new = !known.contains(&id);
            known.push(id);
            is_new
        })
        .cloned()
        .collect()
    }

    fn container(&mut self, name: &str) -> Value {
        let (env, ports, probe) = (self.env(), self.ports("containerPort"), self.probe());
        let mounts = self.list(|random, name| {
            json!({ "name": random.word(), "mountPath": format!("/{name}"), "readOnly": random.below(2) == 0 })
        });
        let args = self.list(|random, _| json!(random.word()));
        let limits = json!({ "requests": self.words(), "limits": self.words() });
        let mut container = self.some(vec![
            ("args", args),
            ("env", env),
            ("ports", ports),
            ("livenessProbe", probe),
            ("volumeMounts", mounts),
            ("resources", limits),
            ("securityContext", json!({ "capabilities": { "drop": ["ALL"] } })),
        ]);
        container["name"] = json!(name);
        container["image"] = json!(format!("image:{}", self.below(3)));
        container
    }

    fn volume(&mut self, name: &str) -> Value {
        let mut volume = match self.below(4) {
            0 => json!({ "emptyDir": {} }),
            1 => json!({ "emptyDir": { "medium": "Memory", "sizeLimit": "1Mi" } }),
            2 => json!({ "configMap": { "name": self.word(), "items": self.words_as_items() } }),
            _ => {
                json!({ "projected": { "sources": [{ "secret": { "name": self.word() } }, { "secret": {} }] } })
            }
        };
        volume["name"] = json!(name);
        volume
    }

    fn words_as_items(&mut self) -> Value {
        self.list(|random, name| json!({ "key": name, "path": random.word() }))
    }

    fn pod(&mut self) -> Value {
        let containers = json!([self.container("app"), self.container("side")]);
        let first = self.list(|random, name| json!({ "name": name, "image": random.word() }));
        let volumes = self.list(Self::volume);
        let spread = self.list(|random, name| {
            json!({ "topologyKey": name, "whenUnsatisfiable": "ScheduleAnyway", "maxSkew": random.below(3) })
        });
        let mut pod = self.some(vec![
            ("initContainers", first),
            ("volumes", volumes),
            ("topologySpreadConstraints", spread),
            ("tolerations", json!([{ "operator": "Exists" }, { "key": "a" }])),
            ("imagePullSecrets", json!([{ "name": "a" }])),
            ("hostAliases", json!([{ "ip": "10.0.0.1", "hostnames": ["a", "b"] }])),
            ("securityContext", json!({ "runAsUser": 1 })),
        ]);
        pod["containers"] = containers;
        let labels = self.words();
        json!({ "metadata": { "labels": labels }, "spec": pod })
    }

    fn rules(&mut self, way: &str) -> Value {
        self.list(|random, name| {
            let peers = random.list(|_, name| json!({ "podSelector": { "matchLabels": { "a": name } } }));
            let ports = random.list(|random, _| json!({ "port": random.below(9), "protocol": "TCP" }));
            json!({ way: peers, "ports": ports, "note": name })
        })
    }

    /// An object of a kind, with the file it stands in.
    pub(super) fn object(&mut self, kind: u64, name: &str) -> super::Object {
        let (file, version, kind, body) = match kind {
            0 => {
                let strategy = match self.below(2) {
                    0 => json!({ "type": "Recreate" }),
                    _ => json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": self.below(3) } }),
                };
                let spec = json!({ "replicas": self.below(3), "strategy": strategy, "template": self.pod() });
                ("workload-a.yaml", "apps/v1", "Deployment", json!({ "spec": spec }))
            }
            1 => {
                let claims =
                    self.list(|random, name| json!({ "metadata": { "name": name }, "spec": random.words() }));
                let spec = json!({ "volumeClaimTemplates": claims, "template": self.pod() });
                ("workload-b.yaml", "apps/v1", "StatefulSet", json!({ "spec": spec }))
            }
            2 => {
                let job = json!({ "spec": { "template": self.pod() } });
                let spec = json!({ "schedule": self.word(), "jobTemplate": job });
                ("workload-b.yaml", "batch/v1", "CronJob", json!({ "spec": spec }))
            }
            3 => {
                let spec = json!({ "ports": self.ports("port"), "selector": self.words() });
                ("services.yaml", "v1", "Service", json!({ "spec": spec }))
            }
            4 => {
                let spec =
                    json!({ "podSelector": {}, "ingress": self.rules("from"), "egress": self.rules("to") });
                ("policies.yaml", "networking.k8s.io/v1", "NetworkPolicy", json!({ "spec": spec }))
            }
            5 => ("config.yaml", "v1", "ConfigMap", json!({ "data": self.words() })),
            6 => {
                let rules =
                    self.list(|random, name| json!({ "resources": [name], "verbs": [random.word()] }));
                ("accounts.yaml", "rbac.authorization.k8s.io/v1", "Role", json!({ "rules": rules }))
            }
            7 => {
                let rules = self.list(|random, name| json!({ "name": name, "matches": random.rules("of") }));
                let spec = json!({ "hostnames": [self.word()], "rules": rules });
                ("routes.yaml", "gateway.networking.k8s.io/v1", "HTTPRoute", json!({ "spec": spec }))
            }
            _ => {
                let metrics = self.list(|random, name| json!({ "type": name, "resource": random.words() }));
                let spec = json!({ "minReplicas": self.below(3), "metrics": metrics });
                ("scale.yaml", "autoscaling/v2", "HorizontalPodAutoscaler", json!({ "spec": spec }))
            }
        };
        let mut object = body;
        object["apiVersion"] = json!(version);
        object["kind"] = json!(kind);
        object["metadata"] = json!({ "name": name, "namespace": "shop" });
        if self.below(2) == 0 {
            object["metadata"]["labels"] = self.words();
        }
        (file, object)
    }

    /// An object that differs in a place or two.
    pub(super) fn changed(&mut self, (file, object): &super::Object) -> super::Object {
        let mut object = object.clone();
        for key in ["spec", "data", "rules"] {
            if let Some(value) = object.get_mut(key) {
                self.change(value);
            }
        }
        (*file, object)
    }

    /// Changes something within a value.
    fn change(&mut self, value: &mut Value) {
        match value {
            Value::Object(entries) => {
                let keys: Vec<String> = entries.keys().cloned().collect();
                if let Some(key) = self.one_of(&keys)
                    && !["name", "mountPath", "topologyKey", "containerPort", "port", "protocol", "ip"]
                        .contains(&key.as_str())
                    && let Some(entry) = entries.get_mut(&key)
                {
                    self.change(entry);
                }
            }
            Value::Array(items) => match self.below(4) {
                0 if !items.is_empty() => {
                    items.remove(usize::try_from(self.below(items.len() as u64)).expect("it is small"));
                }
                1 => items.reverse(),
                _ => {
                    let length = items.len() as u64;
                    if length > 0 {
                        let at = usize::try_from(self.below(length)).expect("it is small");
                        self.change(&mut items[at]);
                    }
                }
            },
            Value::String(_) => *value = json!(format!("changed-{}", self.word())),
            Value::Number(_) => *value = json!(self.below(9)),
            Value::Bool(boolean) => *boolean = !*boolean,
            Value::Null => {}
        }
    }

    fn one_of(&mut self, keys: &[String]) -> Option<String> {
        let length = keys.len() as u64;
        (length > 0).then(|| keys[usize::try_from(self.below(length)).expect("it is small")].clone())
    }
}

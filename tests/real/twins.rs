//! Twins of `twin.infra`'s good output, each broken in one place: what must refuse them is known to work.

/// A change of the compose file.
pub(crate) struct Twin {
    /// What is wrong with it.
    pub(crate) wrong: &'static str,
    /// The service it is in; `""` where it is elsewhere.
    pub(crate) service: &'static str,
    /// What is replaced, once.
    pub(crate) from: &'static str,
    /// By what.
    pub(crate) to: &'static str,
    /// What the refusal must say, so that it is refused for this and nothing else.
    pub(crate) told: &'static str,
}

const fn twin(
    wrong: &'static str,
    service: &'static str,
    from: &'static str,
    to: &'static str,
    told: &'static str,
) -> Twin {
    Twin { wrong, service, from, to, told }
}

/// Compose refuses these.
pub(crate) const FOR_COMPOSE: &[Twin] = &[
    twin("undefined network", "api", "[edge, back]", "[edge, nowhere]", "undefined network nowhere"),
    twin("undefined volume", "store", "store-data:/data", "other-data:/data", "undefined volume other-data"),
    twin(
        "undefined secret",
        "store",
        "[store_password]",
        "[other_password]",
        "undefined secret other_password",
    ),
    twin(
        "undefined dependency",
        "api",
        "      store: {",
        "      shop: {",
        "depends on undefined service \"shop\"",
    ),
    twin("unknown key", "api", "    restart:", "    restarts: 3\n    restart:", "restarts"),
    twin("unknown key at the top", "", "networks:\n  edge", "network: {}\nnetworks:\n  edge", "network"),
    twin(
        "duplicate key",
        "api",
        "    user: \"1000:1000\"",
        "    user: \"1:1\"\n    user: \"1000:1000\"",
        "already defined",
    ),
    twin("duplicate service", "", "  api:", "  api: {image: a}\n  api:", "already defined"),
    twin(
        "cycle in depends_on",
        "store",
        "    depends_on:\n",
        "    depends_on:\n      api: {condition: service_started}\n",
        "cycle",
    ),
    twin("unknown condition", "api", "service_healthy", "service_happy", "condition"),
    twin("bad duration", "api", "interval: 30s", "interval: 30 seconds", "interval"),
    twin("bad port", "api", "127.0.0.1:8080:8080", "127.0.0.1:8080:80800", "80800"),
    twin("bad address", "api", "127.0.0.1:8080:8080", "127.0.0.300:8080:8080", "127.0.0.300"),
    twin("bad unit", "api", "memory: 256M", "memory: 256MX", "256MX"),
    twin("wrong type", "api", "read_only: true", "read_only: [true]", "read_only"),
    twin(
        "a list where a map must be",
        "",
        "networks:\n  edge: {}\n  back:\n    internal: true\n",
        "networks: [edge, back]\n",
        "networks must be a mapping",
    ),
    twin("neither image nor build", "api", "    image: example/api:1.0.0\n", "", "api"),
    twin(
        "a file of variables that is missing",
        "api",
        "    restart:",
        "    env_file: [none.env]\n    restart:",
        "none.env",
    ),
    twin("an interpolation without an end", "api", "${MODE:-development}", "${MODE:-development", "MODE"),
    twin("indentation", "api", "    image:", "   image:", "line"),
];

/// Compose accepts these; the rule of the name in `told` does not.
pub(crate) const FOR_RULES: &[Twin] = &[
    twin(
        "no check",
        "store",
        "    healthcheck:",
        "    x-healthcheck:",
        "who is waited for has a health check",
    ),
    twin(
        "a disabled check",
        "store",
        "      interval: 20s",
        "      disable: true",
        "who is waited for has a health check",
    ),
    twin(
        "the end of a service",
        "api",
        "service_healthy",
        "service_completed_successfully",
        "who is waited for has a health check",
    ),
    twin(
        "a program that is missing",
        "store",
        "[CMD, curl,",
        "[CMD, wget,",
        "a health check runs what the image holds",
    ),
    twin(
        "a shell line with it",
        "store",
        "[CMD, curl, -fsS, -o, /dev/null, http://127.0.0.1:9000/ready]",
        "[CMD-SHELL, 'sh -c true | nc 127.0.0.1 9000']",
        "a health check runs what the image holds",
    ),
    twin(
        "one port twice",
        "console",
        "127.0.0.1:8081:",
        "127.0.0.1:8080:",
        "a port of the host is taken once",
    ),
    twin(
        "one port on every address",
        "console",
        "127.0.0.1:8081:",
        "8080:",
        "a port of the host is taken once",
    ),
    twin(
        "a port of each copy",
        "api",
        "    deploy:\n",
        "    deploy:\n      replicas: 2\n",
        "a port of the host is taken once",
    ),
    twin("shut in", "api", "[edge, back]", "[back]", "a published port can be reached"),
    twin(
        "a file that is not there",
        "store",
        "etc/store.conf:/etc",
        "etc/stores.conf:/etc",
        "a mounted file is there",
    ),
    twin(
        "a file that nobody gets",
        "store",
        "      - ./config/store/etc/store.conf:/etc/store.conf:ro\n",
        "",
        "a file that is there is mounted",
    ),
    twin(
        "built elsewhere",
        "console",
        "context: ../console",
        "context: ./console",
        "what is built is where the source says",
    ),
    twin(
        "an unknown variable",
        "api",
        "${MODE:-development}",
        "${MOOD:-good}",
        "every variable stands in .env.example",
    ),
    twin("no limit of memory", "api", ", memory: 256M", "", "every service is limited"),
    twin("no limit of processes", "api", ", pids: 512", "", "every service is limited"),
    twin("endless logs", "api", "max-size: 10m, ", "", "every service is limited"),
    twin(
        "may gain privileges",
        "api",
        "no-new-privileges:true",
        "no-new-privileges:false",
        "every service is hardened",
    ),
    twin("writable", "api", "    read_only: true\n", "", "every service is hardened"),
    twin("root", "api", "    user: \"1000:1000\"\n", "", "every service is hardened"),
    twin("capabilities", "api", "    cap_drop: [ALL]\n", "", "every service is hardened"),
    twin("an unknown policy", "api", "unless-stopped", "sometimes", "a service that is no job is restarted"),
];

impl Twin {
    /// The broken text.
    pub(crate) fn of(&self, good: &str) -> String {
        let start = match self.service {
            "" => 0,
            service => good.find(&format!("\n  {service}:\n")).expect("the twins' source has the service"),
        };
        let (before, behind) = good.split_at(start);
        let end =
            if self.service.is_empty() { behind.len() } else { behind.find("\n\n").unwrap_or(behind.len()) };
        let (part, after) = behind.split_at(end);
        assert_eq!(
            part.matches(self.from).count(),
            1,
            "{}: `{}` must stand there once",
            self.wrong,
            self.from
        );
        format!("{before}{}{after}", part.replace(self.from, self.to))
    }
}

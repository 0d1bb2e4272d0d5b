//! Sources of one shape in any size: what a platform may hold much of, and what nobody would write.

use std::fmt::Write as _;

/// A shape, and the size from which it is doubled.
pub(crate) struct Shape {
    /// What grows.
    pub(crate) name: &'static str,
    /// The smallest size.
    pub(crate) size: usize,
    /// What the command that reads it ends with: 0, or 1 where the source has errors.
    pub(crate) exit: i32,
    /// The arguments of the command.
    pub(crate) command: &'static [&'static str],
    /// The files.
    pub(crate) make: fn(usize) -> Vec<(String, String)>,
}

const BUILD: &[&str] = &["build", "--quiet", "--out", "out", "platform.infra"];
const BUILD_ENVIRONMENT: &[&str] = &["build", "--quiet", "--env", "e0", "--out", "out", "platform.infra"];
const FORMAT: &[&str] = &["fmt", "--quiet", "platform.infra"];

macro_rules! shapes {
    ($($command:ident $exit:literal $size:literal $name:literal $make:expr;)+) => {
        pub(crate) const SHAPES: &[Shape] =
            &[$(Shape { name: $name, size: $size, exit: $exit, command: $command, make: $make }),+];
    };
}

/// Something for each number below another one.
fn each(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, at| {
        let _ = write!(all, "{}", line(at));
        all
    })
}

/// Numbers as a list: `[a0, a1]`.
fn list(count: usize, prefix: &str) -> String {
    format!("[{}]", each(count, |at| format!("{prefix}{at}, ")))
}

/// A platform of one file, with a network and a service that others can refer to.
fn platform(rest: &str) -> Vec<(String, String)> {
    let head =
        "platform p\nnetwork net\nservice db { image = \"p/db:1.0\", networks = [net], port main = 5432 }\n";
    vec![("platform.infra".to_owned(), format!("{head}{rest}\n"))]
}

/// Services with something in each.
fn services(count: usize, inside: impl Fn(usize) -> String) -> String {
    each(count, |at| format!("service s{at} {{ image = \"p/s:1.0\", networks = [net], {} }}\n", inside(at)))
}

/// One more service.
fn service(inside: &str) -> String {
    format!("service api {{ image = \"p/api:1.0\", networks = [net], {inside} }}\n")
}

/// Who collects metrics, who tells of alerts, and who shows them.
const WATCHED: &str = "secret PW\nprometheus { networks = [net] }\nalertmanager { networks = [net] }\ngrafana { networks = [net], admin_password = PW }\n";

/// Alerts, each of a team.
fn alerts(count: usize, expr: &str) -> String {
    each(count, |at| {
        format!(
            "alert A{at} {{ expr = \"{expr}\", severity = warning, summary = \"s\", labels {{ team = t{at} }} }}\n"
        )
    })
}

/// Teams with a receiver and an alert each.
fn teams(count: usize) -> String {
    let receiver =
        |at: usize| format!("secret W{at}\nreceiver r{at} {{ match {{ team = t{at} }}, webhook = W{at} }}\n");
    each(count, receiver) + &alerts(count, "up == 0")
}

/// A service that declares metrics.
fn declared(count: usize) -> String {
    service(&format!(
        "port http = 80, metrics {{}}\n{}",
        each(count, |at| format!("metric m{at} {{ type = counter }}\n"))
    ))
}

/// A component with a kind of children, and one instance of it.
fn instance(component: &str, inside: &str) -> String {
    format!(
        "component box {{\n  image = \"p/box:1.0\"\n  child item {{ parameter text = \"x\" {{ type = text }} }}\n  {component}\n}}\nbox box {{ networks = [net], {inside} }}\n"
    )
}

shapes! {
    BUILD 0 100 "services" |n| platform(&services(n, |_| String::new()));
    BUILD 0 100 "services that refer to one" |n| platform(&services(n, |_| "env { DB = db.main.url }".to_owned()));
    BUILD 0 100 "a chain of `after`" |n| platform(&services(n, |at| if at == 0 { String::new() } else { format!("after = [s{}]", at - 1) }));
    BUILD 0 100 "one `after` of everything" |n| platform(&(services(n, |_| String::new()) + &service(&format!("after = {}", list(n, "s")))));
    BUILD 0 100 "`wait` for everything" |n| platform(&(services(n, |_| String::new()) + &service(&each(n, |at| format!("wait s{at} = started, ")))));
    BUILD 1 100 "a circle of `after`" |n| platform(&services(n, |at| format!("after = [s{}]", (at + 1) % n)));
    BUILD 1 100 "circles within a chain" |n| platform(&services(n, |at| format!("after = [s0, s{}]", (at + 1) % n)));
    BUILD 0 1000 "variables of a container" |n| platform(&service(&format!("env {{ {} }}", each(n, |at| format!("K{at} = \"v\", ")))));
    BUILD 0 500 "references of a container to one port" |n| platform(&service(&format!("env {{ {} }}", each(n, |at| format!("K{at} = db.main.url, ")))));
    BUILD 0 300 "ports, and references to each" |n| platform(&(format!("service api {{ image = \"p/api:1.0\", networks = [net]\n{}}}\n", each(n, |at| format!("port p{at} = {}\n", at + 1))) + &services(1, |_| format!("env {{ {} }}", each(n, |at| format!("K{at} = api.p{at}.url, "))))));
    BUILD 0 300 "ports as literals" |n| platform(&(format!("service api {{ image = \"p/api:1.0\", networks = [net]\n{}}}\n", each(n, |at| format!("port p{at} = {}\n", at + 1))) + &services(1, |_| format!("env {{ {} }}", each(n, |at| format!("K{at} = \"api:{}\", ", at + 1))))));
    BUILD 1 400 "ports as wrong literals" |n| platform(&(format!("service api {{ image = \"p/api:1.0\", networks = [net]\n{}}}\n", each(n, |at| format!("port p{at} = {}\n", at + 1))) + &services(1, |_| format!("env {{ {} }}", each(n, |at| format!("K{at} = \"api:{}\"\n", at + 20_000))))));
    BUILD 0 500 "interpolations of a text" |n| platform(&service(&format!("env {{ URL = \"http://{}\" }}", each(n, |_| "${db.main.host}/".to_owned()))));
    BUILD 0 500 "interpolations of variables" |n| platform(&(each(n, |at| format!("variable V{at} = \"x\"\n")) + &service(&format!("env {{ URL = \"http://{}\" }}", each(n, |at| format!("${{V{at}}}/"))))));
    BUILD 0 500 "secrets, each used" |n| platform(&(each(n, |at| format!("secret S{at}\n")) + &service(&format!("security {{ writable = true, reason = \"x\" }}, env {{ {} }}", each(n, |at| format!("S{at} {{ file = true }}, "))))));
    BUILD 0 500 "variables, each used" |n| platform(&(each(n, |at| format!("variable V{at} = \"x\"\n")) + &service(&format!("env {{ {} }}", each(n, |at| format!("V{at}, "))))));
    BUILD 1 200 "names that nothing declares" |n| platform(&service(&format!("env {{ {} }}", each(n, |at| format!("K{at} = nobody{at}.main.url, ")))));
    BUILD 1 200 "names that nothing declares, among many" |n| platform(&(each(n, |at| format!("variable V{at} = \"x\"\n")) + &service(&format!("env {{ {} }}", each(n, |at| format!("K{at} = v{at}x.main.url, "))))));
    BUILD 1 200 "variables that nothing declares" |n| platform(&(each(n, |at| format!("variable VAR{at} = \"x\"\n")) + &service(&format!("env {{ {} }}", each(n, |at| format!("VAT{at}, "))))));
    BUILD 1 200 "members that are not there" |n| platform(&(format!("service api {{ image = \"p/api:1.0\", networks = [net]\n{}}}\n", each(n, |at| format!("port p{at} = {}\n", at + 1))) + &services(1, |_| format!("env {{ {} }}", each(n, |at| format!("K{at} = api.q{at}.url, "))))));
    BUILD 1 200 "unknown keys of a block" |n| platform(&service(&each(n, |at| format!("key{at} = 1, "))));
    BUILD 1 400 "unknown blocks" |n| platform(&each(n, |at| format!("block{at} b {{ }}\n")));
    BUILD 1 200 "unknown blocks, among components" |n| platform(&(each(n, |at| format!("component c{at} {{ image = \"p/c:1.0\" }}\n")) + &each(n, |at| format!("d{at} b{at} {{ }}\n"))));
    BUILD 1 400 "duplicates" |n| platform(&services(1, |_| each(n, |_| "init = true, ".to_owned())));
    BUILD 1 400 "types that are wrong" |n| platform(&services(n, |_| "init = 5".to_owned()));
    BUILD 1 400 "syntax errors" |n| platform(&each(n, |at| format!("a{at} = = b\n")));
    BUILD 1 400 "syntax errors on a line" |n| platform(&each(n, |at| format!("a{at} = = b, ")));
    BUILD 1 400 "texts that are not closed" |n| platform(&each(n, |at| format!("a{at} = \"b\n")));
    BUILD 1 400 "references that are not closed" |n| platform(&service(&format!("env {{ A = \"{}\" }}", each(n, |_| "${a ".to_owned()))));
    BUILD 1 30_000 "brackets that close nothing" |n| platform(&each(n, |_| "}\n".to_owned()));
    BUILD 1 4000 "brackets that are not closed" |n| platform(&each(n, |_| "service a {".to_owned()));
    BUILD 1 4000 "brackets of the other kind" |n| platform(&each(n, |_| "a = [ }\n".to_owned()));
    BUILD 1 500 "blocks behind what is no entry" |n| platform(&each(n, |_| "a b c { d { e f g { } } }\n".to_owned()));
    BUILD 0 2000 "comments" |n| platform(&each(n, |_| "# a comment\n".to_owned()));
    BUILD 0 20000 "blank lines" |n| platform(&"\n".repeat(n));
    BUILD 0 100_000 "one long comment" |n| platform(&format!("# {}", "x".repeat(n)));
    BUILD 0 20000 "one long text" |n| platform(&service(&format!("env {{ A = \"{}\" }}", "x".repeat(n))));
    BUILD 0 6666 "one long text of lines" |n| platform(&service(&format!("env {{ A = \"\"\"\n{}\"\"\" }}", "x\n".repeat(n))));
    BUILD 0 60000 "spaces" |n| platform(&format!("variable A{}= \"x\"", " ".repeat(n)));
    BUILD 1 20000 "one long word" |n| platform(&format!("variable A = {}", "x".repeat(n)));
    BUILD 1 8000 "one long path" |n| platform(&service(&format!("env {{ A = db{} }}", ".x".repeat(n))));
    BUILD 0 1000 "escapes" |n| platform(&service(&format!("env {{ A = \"{}\" }}", "\\n\\\"$${".repeat(n))));
    BUILD 0 1000 "colons" |n| platform(&service(&format!("env {{ A = \"{}\" }}", "db:a:1:".repeat(n))));
    BUILD 0 500 "entries on one line" |n| platform(&each(n, |at| format!("variable V{at} = \"x\", ")));
    BUILD 0 100 "networks, and a service on each" |n| platform(&(each(n, |at| format!("network n{at}\n")) + &each(n, |at| format!("service s{at} {{ image = \"p/s:1.0\", networks = [n{at}] }}\n"))));
    BUILD 0 100 "a service on all networks, that reaches everybody" |n| platform(&(each(n, |at| format!("network n{at}\n")) + &each(n, |at| format!("service s{at} {{ image = \"p/s:1.0\", networks = [n{at}] }}\n")) + &format!("service api {{ image = \"p/api:1.0\", networks = {}, reaches = {} }}", list(n, "n"), list(n, "s"))));
    BUILD 0 100 "groups with defaults, and a service in each" |n| platform(&(each(n, |at| format!("group g{at} {{ profile = \"p{at}\", defaults {{ init = true }} }}\n")) + &services(n, |at| format!("group = g{at}"))));
    BUILD 0 100 "volumes, and services that use them" |n| platform(&(each(n, |at| format!("volume v{at}\n")) + &services(n, |at| format!("mount v{at} = \"/v\""))));
    BUILD 0 100 "places in one container" |n| platform(&service(&each(n, |at| format!("config \"/c/{at}/x\" = \"x\", tmpfs \"/t/{at}\", volume v{at} = \"/v/{at}\"\n"))));
    BUILD 0 300 "labels" |n| platform(&service(&format!("labels {{ {} }}", each(n, |at| format!("l{at} = \"x\", ")))));
    BUILD 0 50 "sites with ten routes, each to a service of its own" |n| platform(&(services(n, |_| "port http = 8080".to_owned()) + "nginx proxy { networks = [net] }\n" + &each(n, |at| format!("site w{at} = \"shop-{at}.example.com\" {{ tls = true, route \"/\" = s{at}.http\n{} }}\n", each(9, |path| format!("route \"/p{path}\" = s{at}.http {{ strip = true, upstream other = db.main }}\n"))))));
    BUILD 0 100 "sites behind load balancers" |n| platform(&(format!("outside front = \"81.2.69.0/24\"\nservice api {{ image = \"p/api:1.0\", networks = [net], port http = 80 }}\nnginx proxy {{ networks = [net] }}\n{}", each(n, |at| format!("site w{at} = \"shop-{at}.example.com\" {{ tls = true, trusted = [front], route \"/\" = api.http }}\n")))));
    BUILD 0 500 "keys of an override" |n| platform(&format!("override compose {{ {} }}", each(n, |at| format!("x-{at:05} = 1, "))));
    BUILD 0 500 "labels of an override" |n| platform(&format!("override compose {{ {} }}", each(n, |at| format!("x-a l{at:05} = 1, "))));
    BUILD 0 200 "jobs of an override, merged by their names" |n| platform(&("prometheus prometheus { networks = [net] }\n".to_owned() + &services(n, |_| "port http = 80, metrics {}".to_owned()) + &format!("override prometheus {{ scrape_configs = [{}] }}", each(n, |at| format!("{{ job_name = \"s{at}\", sample_limit = {} }}, ", at + 1)))));
    BUILD 0 200 "jobs that an override removes" |n| platform(&("prometheus prometheus { networks = [net] }\n".to_owned() + &services(n, |_| "port http = 80, metrics {}".to_owned()) + &format!("override prometheus {{ remove scrape_configs = {} }}", list(n, "s"))));
    BUILD 1 200 "jobs that an override removes, each with an alert" |n| platform(&("prometheus prometheus { networks = [net] }\n".to_owned() + &services(n, |at| format!("port http = 80, metrics {{}}, alert A{at} {{ expr = \"up == 0\", severity = warning, summary = \"s\" }}")) + &format!("override prometheus {{ remove scrape_configs = {} }}", list(n, "s"))));
    BUILD 0 400 "volumes of an override, merged by their paths" |n| platform(&service(&format!("{}override compose {{ volumes = [{}] }}", each(n, |at| format!("volume v{at} = \"/v/{at}\"\n")), each(n, |at| format!("\"w:/v/{at}\", ")))));
    BUILD 0 400 "volumes that an override removes" |n| platform(&service(&format!("{}override compose {{ remove volumes = [{}] }}", each(n, |at| format!("volume v{at} = \"/v/{at}\"\n")), each(n, |at| format!("\"/v/{at}\", ")))));
    BUILD 0 2000 "variables of an override" |n| platform(&service(&format!("env {{ {} }}, override compose {{ environment {{ {} }} }}", each(n, |at| format!("K{at} = \"x\", ")), each(n, |at| format!("K{at} = \"y\", ")))));
    BUILD 0 500 "alerts" |n| platform(&each(n, |at| format!("alert A{at} {{ expr = \"up == 0\", severity = warning, summary = \"s\" }}\n")));
    BUILD 1 200 "inhibitions of nothing" |n| platform(&(each(n, |at| format!("alert A{at} {{ expr = \"up == 0\", severity = warning, summary = \"s\" }}\n")) + &each(n, |at| format!("inhibit \"i{at}\" {{ by = A{at}, of = [B{at}], equal = [\"job\"] }}\n"))));
    BUILD 0 100 "receivers of teams, and alerts of each" |n| platform(&(WATCHED.to_owned() + &teams(n)));
    BUILD 0 100 "hours, and receivers that they mute" |n| platform(&(WATCHED.to_owned() + &each(n, |at| format!("hours h{at} {{ days = [\"monday:friday\"] }}\n")) + &each(n, |at| format!("secret W{at}\nreceiver r{at} {{ match {{ team = t{at} }}, webhook = W{at}, mute = h{at} }}\n")) + &alerts(n, "up == 0")));
    BUILD 0 200 "declared metrics, and alerts of each" |n| platform(&(WATCHED.to_owned() + &declared(n) + &each(n, |at| format!("alert A{at} {{ expr = \"rate(m{at}[5m]) > 0\", severity = warning, summary = \"s\" }}\n"))));
    BUILD 0 200 "declared metrics, and panels of each" |n| platform(&(WATCHED.to_owned() + &declared(n) + &format!("dashboard d {{ title = \"D\"\n{}}}\n", each(n, |at| format!("panel \"p{at}\" {{ query \"q\" = \"rate(m{at}[5m])\" }}\n")))));
    BUILD 0 200 "metrics of elsewhere, and alerts of each" |n| platform(&(WATCHED.to_owned() + &each(n, |at| format!("metric m{at} {{ type = counter }}\n")) + &each(n, |at| format!("alert A{at} {{ expr = \"rate(m{at}[5m]) > 0\", severity = warning, summary = \"s\" }}\n"))));
    BUILD 0 100 "dashboards" |n| platform(&(WATCHED.to_owned() + &each(n, |at| format!("dashboard d{at} {{ title = \"D{at}\", panel \"p\" {{ query \"q\" = \"sum(up)\" }} }}\n"))));
    BUILD 0 100 "alike services, each with a dashboard" |n| platform(&(WATCHED.to_owned() + &services(n, |at| format!("port http = 80, metrics {{}}, metric m {{ type = counter }}, dashboard d{at} {{ title = \"D\", panel \"p\" {{ query \"q\" = \"rate(m[$__rate_interval])\" }} }}"))));
    BUILD 0 100 "panels of what many export" |n| platform(&(WATCHED.to_owned() + &services(n, |_| "port http = 80, metrics {}, metric m { type = counter }".to_owned()) + &format!("dashboard d {{ title = \"D\"\n{}}}\n", each(n, |at| format!("panel \"p{at}\" {{ query \"q\" = \"rate(m[$__rate_interval]) + {at}\" }}\n")))));
    BUILD 0 100 "groups, and an alert in each" |n| platform(&(WATCHED.to_owned() + &each(n, |at| format!("group g{at} {{ }}\n")) + &services(n, |at| format!("group = g{at}, port http = 80, metrics {{}}, alert A{at} {{ expr = \"up == 0\", severity = warning, summary = \"s\" }}"))));
    BUILD 0 100 "hours, and receivers of everything" |n| platform(&(WATCHED.to_owned() + &each(n, |at| format!("hours h{at} {{ days = [\"monday:friday\"] }}\nsecret W{at}\nreceiver r{at} {{ webhook = W{at}, only = h{at} }}\n")) + &alerts(n, "up == 0")));
    BUILD 0 200 "inhibitions" |n| platform(&(WATCHED.to_owned() + &alerts(n, "up == 0") + &each(n, |at| format!("inhibit \"i{at}\" {{ by = A{at}, of = [A{}], equal = [job] }}\n", (at + 1) % n))));
    BUILD 0 300 "routes" |n| platform(&format!("service api {{ image = \"p/api:1.0\", networks = [net], port http = 80 {{ protocol = http }} }}\nsite shop = \"a.example\" {{\n{}}}\n", each(n, |at| format!("route \"/{at}\" = api.http\n"))));
    BUILD 0 2000 "a long list" |n| platform(&service(&format!("command = [{}]", each(n, |_| "\"a\", ".to_owned()))));
    BUILD 0 100 "nested services, and references to each" |n| platform(&(format!("service api {{ networks = [net]\n{}}}\n", each(n, |at| format!("service s{at} {{ image = \"p/s:1.0\", port main = 80 }}\n"))) + &services(1, |_| format!("env {{ {} }}", each(n, |at| format!("K{at} = api.s{at}.main.url, "))))));
    BUILD 0 300 "outputs, and references to each" |n| platform(&(format!("service api {{ image = \"p/api:1.0\", networks = [net]\n{}}}\n", each(n, |at| format!("output o{at} {{ x = \"y\" }}\n"))) + &services(1, |_| format!("env {{ {} }}", each(n, |at| format!("K{at} = api.o{at}.x, "))))));
    BUILD 0 300 "fields of an output, and references to each" |n| platform(&(format!("service api {{ image = \"p/api:1.0\", networks = [net]\noutput o {{ {} }} }}\n", each(n, |at| format!("f{at} = \"y\", "))) + &services(1, |_| format!("env {{ {} }}", each(n, |at| format!("K{at} = api.o.f{at}, "))))));
    BUILD 0 300 "children" |n| platform(&instance("env { each item { \"K_${item.env_name}\" = item.text } }", &each(n, |at| format!("item i{at} {{ }}\n"))));
    BUILD 0 300 "children, and references to each" |n| platform(&(instance("", &each(n, |at| format!("item i{at} {{ }}\n"))) + &services(1, |_| format!("env {{ {} }}", each(n, |at| format!("K{at} = box.i{at}.text, "))))));
    BUILD 0 300 "children that name each other" |n| platform(&format!("component box {{\n  image = \"p/box:1.0\"\n  child item {{ }}\n  child reader {{ parameter items {{ type = list, of = item }} }}\n}}\nbox box {{ networks = [net]\n{}reader u {{ items = {} }} }}\n", each(n, |at| format!("item i{at} {{ }}\n")), list(n, "i")));
    BUILD 0 100 "kinds of children, each unrolled" |n| platform(&format!("component box {{\n  image = \"p/box:1.0\"\n  {}  env {{ {} }}\n}}\nbox box {{ networks = [net], {} }}\n", each(n, |at| format!("child k{at} {{ }}\n")), each(n, |at| format!("each k{at} {{ \"V_${{k{at}.env_name}}\" = \"x\" }}\n")), each(n, |at| format!("k{at} c{at} {{ }}\n"))));
    BUILD 0 300 "parameters, each given and used" |n| platform(&format!("component box {{\n  image = \"p/box:1.0\"\n  {}  env {{ {} }}\n}}\nbox box {{ networks = [net], {} }}\n", each(n, |at| format!("parameter p{at} {{ type = text }}\n")), each(n, |at| format!("V{at} = p{at}\n")), each(n, |at| format!("p{at} = \"x\"\n"))));
    BUILD 0 300 "parameters of a child" |n| platform(&format!("component box {{\n  image = \"p/box:1.0\"\n  child item {{ {} }}\n  env {{ each item {{ {} }} }}\n}}\nbox box {{ networks = [net], item i {{ {} }} }}\n", each(n, |at| format!("parameter p{at} {{ type = text }}\n")), each(n, |at| format!("V{at} = item.p{at}\n")), each(n, |at| format!("p{at} = \"x\"\n"))));
    BUILD 0 100 "components, each used" |n| platform(&(each(n, |at| format!("component c{at} {{ image = \"p/c:1.0\" }}\n")) + &each(n, |at| format!("c{at} i{at} {{ networks = [net] }}\n"))));
    BUILD 0 50 "instances of a wide component" |n| platform(&(format!("component box {{\n  image = \"p/box:1.0\"\n  env {{ {} }}\n}}\n", each(50, |at| format!("K{at} = \"x\", "))) + &each(n, |at| format!("box b{at} {{ networks = [net] }}\n"))));
    BUILD 0 50 "instances of a standard component" |n| platform(&each(n, |at| format!("blackbox r{at} {{ networks = [net] }}\n")));
    BUILD 0 20 "services nested in instances" |n| platform(&format!("component box {{\n  {}\n}}\nbox box {{ networks = [net] }}\n", each(n, |at| format!("service s{at} {{ image = \"p/s:1.0\", env {{ A = self.name }} }}\n"))));
    BUILD_ENVIRONMENT 0 200 "environments" |n| platform(&each(n, |at| format!("environment e{at} {{ service db {{ init = true }} }}\n")));
    BUILD_ENVIRONMENT 0 200 "changes of an environment" |n| platform(&(services(n, |_| String::new()) + &format!("environment e0 {{ {} }}", each(n, |at| format!("service s{at} {{ init = true }}\n")))));
    BUILD_ENVIRONMENT 1 200 "changes of an environment, of nothing" |n| platform(&(each(n, |at| format!("variable V{at} = \"x\"\n")) + &format!("environment e0 {{ {} }}", each(n, |at| format!("variable W{at} = \"y\"\n")))));
    BUILD 0 200 "imports" |n| { let mut files = platform("import \"more\""); files.extend((0..n).map(|at| (format!("more/f{at}.infra"), format!("variable V{at} = \"x\"\n")))); files };
    BUILD 0 200 "imports of one file" |n| { let mut files = platform(&each(n, |_| "import \"more.infra\"\n".to_owned())); files.push(("more.infra".to_owned(), "variable V = \"x\"\n".to_owned())); files };
    BUILD 0 1000 "what is allowed, and finds nothing" |n| platform(&services(n, |_| "allow NET004 { reason = \"x\" }".to_owned()));
    BUILD 0 50 "mixins" |n| platform(&("prometheus prometheus { networks = [net] }\n".to_owned() + &services(n, |_| "port http = 80, metrics {}, http-service {}".to_owned())));
    BUILD 0 300 "forwards and policies" |n| platform(&(services(n, |_| "port http = 80 { protocol = http }".to_owned()) + &service(&format!("port http = 80 {{\n{}}}", each(n, |at| format!("forwards \"/{at}\" = s{at}.http\n")))) + &format!("site shop = \"a.example\" {{\n{}}}\n", each(n, |at| format!("route \"/{at}\" = api.http\n"))) + &each(n, |at| format!("policy \"p{at}\" {{ from = [api], to = [s{at}.http], reach = always }}\n"))));
    BUILD 0 300 "links to sites" |n| platform(&(services(n, |at| format!("port http = 80 {{ protocol = http }}, env {{ L = s{at}.http.link }}")) + &each(n, |at| format!("site x{at} = \"x{at}.example.com\" {{ route \"/\" = s{at}.http }}\n"))));
    BUILD 0 300 "alerts of each job, and as many that tell themselves" |n| platform(&("prometheus prometheus { networks = [net] }\n".to_owned() + &service(&format!("port http = 80, metrics {{}}, {}", each(n, |at| format!("alert A{at} {{ expr = \"up == {at}\" }}, ")))) + &each(n, |at| format!("alert B{at} {{ each_job = true, unless = A{at}, expr = \"up == {at}\" }}\n"))));
    BUILD 0 200 "operators of a query" |n| platform(&(WATCHED.to_owned() + &format!("alert A {{ expr = \"{}up > 0\", severity = warning, summary = \"s\" }}\n", each(n, |_| "up + ".to_owned()))));
    BUILD 0 200 "operators of a query in each other" |n| platform(&(WATCHED.to_owned() + &format!("alert A {{ expr = \"{}up{} > 0\", severity = warning, summary = \"s\" }}\n", each(n, |_| "(up + ".to_owned()), ")".repeat(n))));
    BUILD 0 300 "scrapes" |n| platform(&("prometheus prometheus { networks = [net] }\n".to_owned() + &services(n, |_| "port http = 80, metrics { port = http, path = \"/metrics\" }".to_owned())));
    BUILD 1 15 "levels of brackets" |n| platform(&each(200, |at| format!("{}{}", format!("a{at} {{\n").repeat(n), "}\n".repeat(n))));
    FORMAT 0 3000 "formatted: entries" |n| platform(&each(n, |at| format!("variable V{at} = \"x\" {{ description = \"y\" }} # z\n")));
    FORMAT 0 1000 "formatted: a long list" |n| platform(&format!("a = {}", list(n, "b")));
    FORMAT 0 2000 "formatted: comments" |n| platform(&each(n, |_| "# a comment\n".to_owned()));
    FORMAT 0 1000 "formatted: comments in a list" |n| platform(&format!("a = [\n{}]", each(n, |_| "b, # c\n".to_owned())));
    FORMAT 0 20000 "formatted: blank lines" |n| platform(&"\n".repeat(n));
    FORMAT 0 1000 "formatted: texts of lines" |n| platform(&each(n, |_| "a = \"\"\"\n  b\n  \"\"\"\n".to_owned()));
    FORMAT 0 500 "formatted: bodies on one line" |n| platform(&format!("a {{ {} }}", each(n, |_| "b { c = 1 }, ".to_owned())));
    FORMAT 0 20000 "formatted: a text in many bodies" |n| platform(&format!("{}x = \"{}\"{}", "a { ".repeat(60), "y".repeat(n), " }".repeat(60)));
}

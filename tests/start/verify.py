"""verify.py FOLDER PROFILES: starts the stack of FOLDER as it is and says what is so and what is not.

It runs inside the machine (see `machine`). FOLDER/connections holds what the source says of who reaches whom (see
`connections.rs`): what is allowed is read there, and not in the generated files. Every line that starts with FAILED
is a fault; the exit code is then 1.
"""

import http.client
import http.server
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import authority
import edge
import frame
from frame import check, inspected, run, say, service_of, title
from look import answers, listening, resolve, within

TESTS = os.path.dirname(os.path.abspath(__file__))
FILE = "docker/compose.infrastructure.yaml"
HOST, OUTSIDE = "198.51.100.1", "198.51.100.2"


def compose(*words):
    return run("docker", "compose", "--env-file", ".env", "-f", FILE, *words)


# -- the operator's part


def fill_in(profiles):
    """`.env` from `.env.example`: what is required gets a value that is as hard as the file allows."""
    lines, comment = [], ""
    for line in open(".env.example").read().splitlines():
        if line.startswith("#"):
            comment += line
        elif not line:
            comment = ""
        elif line.startswith("COMPOSE_PROFILES="):
            line = line if profiles == "all" else f"COMPOSE_PROFILES={'' if profiles == 'core' else profiles}"
        elif line.endswith("=") and "Required" in comment:
            name = line[:-1]
            hard = edge.LOGIN if "htpasswd" in comment else f"{name.lower()}.~_-0123456789abcdef" if "part of an address" in comment else f'a"b\\c d$e#f{{g}}%h&i;{name}-0123456789'
            if "a whole address" in comment:
                hard = f"https://{name.lower().replace('_', '-')}.example.com/0123456789abcdef"
            line = f"{line}'{hard}'"
        lines.append(line)
    with open(".env", "w") as file:
        file.write("\n".join(lines) + "\n")


# -- the outside: a network namespace behind a cable, with a server, and one that is told of alerts

TOLD = "/run/told"


class Hook(http.server.BaseHTTPRequestHandler):
    """What is posted to it stands in a file, one line each."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(TOLD, "ab") as file:
            file.write(body.replace(b"\n", b" ") + b"\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def outside():
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.unshare(os.CLONE_NEWNET)
        os.write(told, b"x")
        while run("ip", "link", "show", "cable1").returncode != 0:
            time.sleep(0.02)
        for words in ("link set lo up", f"addr add {OUTSIDE}/24 dev cable1", "link set cable1 up", f"route add 172.16.0.0/12 via {HOST}", f"route add 192.168.0.0/16 via {HOST}"):
            run("ip", *words.split(), check=True)
        threading.Thread(target=http.server.ThreadingHTTPServer((OUTSIDE, 8080), Hook).serve_forever, daemon=True).start()
        server = socket.create_server((OUTSIDE, 443))
        while True:
            server.accept()[0].close()
    os.read(ready, 1)
    for words in (
        "link add cable0 type veth peer name cable1",
        f"link set cable1 netns {child}",
        f"addr add {HOST}/24 dev cable0",
        "link set cable0 up",
        f"route add default via {OUTSIDE}",
    ):
        run("ip", *words.split(), check=True)
    return child


# -- what runs


def containers(project):
    return {c["Name"].lstrip("/").removeprefix(project + "-"): c for c in sorted(inspected(project), key=lambda c: c["Name"])}


def duration(text):
    units = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|h|m|s)", text))


class Stack:
    def __init__(self):
        config = compose("config", "--format", "json")
        if config.returncode:
            sys.exit(f"FAILED: docker compose config: {config.stderr}")
        self.config = json.loads(config.stdout)
        self.services = self.config["services"]
        self.project = self.config["name"]
        with open("/run/compose.json", "w") as file:
            file.write(config.stdout)
        self.on, self.inside, self.edges = {}, {}, []
        for line in open("connections").read().splitlines():
            fact, name, *rest = line.split()
            if fact == "network":
                self.inside[name] = rest == ["internal"]
            elif fact == "service":
                self.on[name] = set(rest)
            else:
                self.edges.append((name, rest[0], int(rest[1])))

    def job(self, name):
        return self.services[name].get("restart") == "no"

    def networks(self, name):
        """The networks that the source puts a service on."""
        return self.on[name]

    def internal(self, network):
        """Whether the source lets nobody out of a network."""
        return self.inside[network]

    def running(self):
        return {name: c for name, c in containers(self.project).items() if c["State"]["Running"] and c["State"]["Pid"]}


# -- the parts


def start(stack):
    title("up: docker compose up --detach --wait")
    begun = time.monotonic()
    up = compose("up", "--detach", "--wait", "--wait-timeout", "300", "--quiet-pull")
    say(f"took {time.monotonic() - begun:.0f} s, exit code {up.returncode}")
    if up.returncode:
        said = [line for line in up.stderr.splitlines() if not re.search(r" (Created?|Creating|Start(ed|ing)|Waiting|Healthy|Exited)\s*$", line)]
        done = [name for name in stack.services if stack.job(name)]
        # docker/compose#10596: `--wait` takes a job that has ended well, and that nobody waits for, for a failure.
        ended = re.search(r"container (\S+) exited \(0\)", up.stderr)
        if ended and any(ended[1].startswith(f"{stack.project}-{job}-") for job in done):
            say(f"note: `--wait` takes the job {ended[1]}, which ended well, for a failure (docker/compose#10596)")
        else:
            check(False, "up --wait: " + "\n  ".join(said[-8:] or up.stderr.splitlines()[-8:]))
    found = {}
    for _ in range(120):  # what `--wait` gave up
        found = containers(stack.project)
        if not any(c["State"].get("Health", {}).get("Status") == "starting" or (stack.job(service_of(c)) and c["State"]["Running"]) or (not up.returncode and c["State"]["Status"] == "created") for c in found.values()):
            break
        time.sleep(1)

    title("health of every service")
    if os.path.exists("/run/lowered"):
        say(f"  NOT CHECKED: limits that this machine may not raise: {', '.join(sorted(set(open('/run/lowered').read().splitlines())))}")
    for name, container in found.items():
        state, service = container["State"], service_of(container)
        health = state.get("Health", {}).get("Status", "no check")
        if stack.job(service):
            good, text = state["Status"] == "exited" and state["ExitCode"] == 0, f"job, {state['Status']} with {state['ExitCode']}"
        else:
            good, text = state["Running"] and health in ("healthy", "no check") and container["RestartCount"] == 0, f"{state['Status']}, {health}"
        say(f"  {name:26} {text}{'' if not container['RestartCount'] else ', restarted %d times' % container['RestartCount']}")
        if not check(good, f"{name}: {text}"):
            for entry in state.get("Health", {}).get("Log", [])[-1:]:
                say(f"    health: {entry['ExitCode']} {entry['Output'].strip()[:300]}")
            log = run("docker", "logs", "--tail", "6", container["Id"])
            say("    " + "\n    ".join((log.stdout + log.stderr).splitlines()))
    for service in stack.services:
        copies = sum(service_of(c) == service for c in found.values())
        wanted = stack.services[service].get("deploy", {}).get("replicas", 1)
        check(copies == wanted, f"{service}: {copies} containers instead of {wanted}")
        checks = stack.services[service].get("healthcheck")
        for c in found.values():
            if service_of(c) == service and checks and not stack.job(service):
                check("Health" in c["State"], f"{service}: the container has no health check though the file has one")


# linux/capability.h: those that a component asks for.
CAPABILITIES = {"DAC_READ_SEARCH": 2}


def confinement(stack):
    title("what the processes may")
    for name, container in stack.running().items():
        service, pid = stack.services[service_of(container)], container["State"]["Pid"]
        status = dict(re.findall(r"^(\w+):\s*(.*)$", open(f"/proc/{pid}/status").read(), flags=re.MULTILINE))
        uid, capabilities = status["Uid"].split()[1], int(status["CapEff"], 16) | int(status["CapBnd"], 16)
        root = next(line.split() for line in open(f"/proc/{pid}/mountinfo") if line.split()[4] == "/")
        writable = not root[5].startswith("ro")
        wanted = service.get("user", container["Config"]["User"] or "0").split(":")[0]
        limits = container["HostConfig"]
        say(f"  {name:26} uid {uid:6} capabilities {capabilities:x}, no new privileges {status['NoNewPrivs']}, root {'writable' if writable else 'read-only'}, {limits['Memory'] >> 20} MiB, {limits['NanoCpus'] / 1e9} CPU")
        check(uid == (wanted or "0"), f"{name}: runs as {uid} instead of {wanted}")
        check(status["NoNewPrivs"] == "1", f"{name}: may get new privileges")
        added = sum(1 << CAPABILITIES[one] for one in service.get("cap_add") or [])
        check(service.get("privileged") or capabilities & ~added == 0, f"{name}: has capabilities")
        check(writable != service.get("read_only", False), f"{name}: its root is {'' if writable else 'not '}writable")
        check(limits["Memory"] and limits["NanoCpus"] and limits["PidsLimit"], f"{name}: is not limited")
        for secret in service.get("secrets") or []:
            path = f"/run/secrets/{secret['source']}"
            read = run("docker", "exec", "-u", service["user"], container["Id"], "cat", path) if service_has(container, "cat") else None
            length = len(read.stdout) if read else os.stat(f"/proc/{pid}/root{path}").st_size
            mode = os.stat(f"/proc/{pid}/root{path}").st_mode & 0o777
            say(f"  {'':26} reads {path} ({length} bytes, mode {mode:o})")
            check(length > 0 and mode & 0o004, f"{name}: cannot read {path}")


def service_has(container, program):
    return os.path.lexists(f"/proc/{container['State']['Pid']}/root/usr/bin/{program}")


def connections(stack):
    title("connections: from each container to every port on which another listens (+ allowed and open, . forbidden and closed)")
    running = stack.running()
    ports = {name: listening(c["State"]["Pid"]) for name, c in running.items()}
    addresses = {
        name: {network.removeprefix(stack.project + "_"): end["IPAddress"] for network, end in c["NetworkSettings"]["Networks"].items()}
        for name, c in running.items()
    }
    for name in running:
        check(set(addresses[name]) == stack.networks(service_of(running[name])), f"{name} is on {', '.join(sorted(addresses[name]))}, but the source puts it on {', '.join(sorted(stack.networks(service_of(running[name]))))}")
    for name, found in ports.items():
        # What orders certificates is asked by nobody.
        asked = any(edge[1] == service_of(running[name]) for edge in stack.edges)
        check(found or not asked or not stack.services[service_of(running[name])].get("healthcheck"), f"{name} listens nowhere")
    columns = [name for name in running if ports[name]]
    letters = {name: f"{number:2}" for number, name in enumerate(columns)}
    for name in columns:
        say(f"  {letters[name]} {name}: {', '.join(map(str, ports[name]))} on {', '.join(sorted(addresses[name]))}")
    say(f"  {'':28}{' '.join(letters.values())}  out")
    count = {"allowed": 0, "refused": 0}
    needed = {edge: False for edge in stack.edges if all(any(service_of(c) == end for c in running.values()) for end in edge[:2])}
    bypasses = []
    for source, container in running.items():
        mine = stack.networks(service_of(container))
        wanted = []  # what is tried: target, way, address or name, port, whether it is allowed
        for target in columns:
            if target == source:
                continue
            shared = mine & stack.networks(service_of(running[target]))
            for port in ports[target]:
                wanted.append((target, "name", service_of(running[target]), port, bool(shared)))
                wanted += [(target, network, address, port, network in shared) for network, address in addresses[target].items()]
        away = any(not stack.internal(network) for network in mine)
        gates = sorted({end["Gateway"] or end["IPAddress"].rsplit(".", 1)[0] + ".1" for end in container["NetworkSettings"]["Networks"].values()})
        hosts = sorted({int(p["published"]) for s in stack.services.values() for p in s.get("ports") or []})

        def look():
            with ThreadPoolExecutor(96) as pool:
                def one(item):
                    _, way, address, port, _ = item
                    return any(answers(a, port) for a in (resolve(address) if way == "name" else [address]))

                tried = list(pool.map(one, wanted))
                around = [[gate, port] for gate in gates for port in hosts]
                return [tried, answers(OUTSIDE, 443), [pair for pair, open_ in zip(around, pool.map(lambda pair: answers(*pair, 0.3), around)) if open_]]

        got, out, around = within(container["State"]["Pid"], look)
        cells = {name: "." for name in columns}
        for (target, way, address, port, allowed), open_ in zip(wanted, got):
            count["allowed" if allowed else "refused"] += allowed == open_
            if allowed:
                cells[target] = "+"
                needed.update({(service_of(container), service_of(running[target]), port): True} if open_ else {})
            if not check(allowed == open_, f"{source} to {target}:{port} by {way} {address}: {'open' if open_ else 'closed'}, but {'allowed' if allowed else 'forbidden'}"):
                cells[target] = "!"
        if source in cells:
            cells[source] = "-"
        say(f"  {source:28} {'  '.join(cells.values())}   {'+' if out else '.'}")
        check(out == away, f"{source}: the way out is {'open' if out else 'closed'}, though its networks say otherwise")
        bypasses += [(source, gate, port) for gate, port in around]
        # What its environment names must be within reach.
        for value in (stack.services[service_of(container)].get("environment") or {}).values():
            for host, port in re.findall(r"(?:^|[/@])([a-z][a-z0-9-]*):(\d+)", value or ""):
                known = [name for name in columns if service_of(running[name]) == host]
                if known:
                    check(any(int(port) in ports[name] for name in known), f"{source} is told {host}:{port}, where nothing listens")
                    check(mine & stack.networks(host), f"{source} is told {host}:{port}, but shares no network with it")
    missing = [edge for edge in stack.edges if not needed.get(edge, True)]
    check(not missing, f"connections that the source needs, and nobody can make: {', '.join(f'{a} to {b}:{port}' for a, b, port in missing)}")
    say(f"  {sum(edge in needed for edge in stack.edges)} connections that the source needs can be made")
    say(f"  {count['allowed']} connections are allowed and open, {count['refused']} are forbidden and closed")
    internal_only = [b for b in bypasses if all(stack.internal(n) for n in stack.networks(service_of(running[b[0]])))]
    say(f"  through the host's own address of their network, internal-only containers reach published ports: {', '.join(f'{s} {p}' for s, _, p in internal_only) or 'none'}")


def certificate(proxy, site):
    """A certificate of the proxy's volume, whose key is for the proxy's user alone."""
    folder = f"/proc/{proxy['State']['Pid']}/root/var/lib/certificates"
    key = os.stat(f"{folder}/{site}/privkey.pem")
    above = os.stat(f"{folder}/{site}")
    check((key.st_mode & 0o777, key.st_uid) == (0o600, 101), f"the key of {site} is of mode {key.st_mode & 0o777:o} and belongs to {key.st_uid}")
    check((above.st_mode & 0o777, above.st_uid) == (0o700, 101), f"the folder of {site} is of mode {above.st_mode & 0o777:o} and belongs to {above.st_uid}")
    return open(f"{folder}/{site}/fullchain.pem").read()


def published(stack, neighbour):
    title("published ports: from the host, and from outside")
    declared = set()
    for name, service in stack.services.items():
        for port in service.get("ports") or []:
            number, everywhere = int(port["published"]), port.get("host_ip", "0.0.0.0") in ("", "0.0.0.0")
            declared.add(number)
            near = answers("127.0.0.1", number)
            far = within(neighbour, lambda: answers(HOST, number))
            say(f"  {name:16} {port.get('host_ip', '0.0.0.0'):10} {number:5}  host {'answers' if near else 'refuses'}, outside {'answers' if far else 'refuses'}")
            check(near, f"{name}: the published port {number} does not answer on the host")
            check(far == everywhere, f"{name}: the published port {number} is {'open' if far else 'closed'} to the outside")
    extra = set(listening("self")) - declared
    check(not extra, f"the host listens on ports that nobody published: {sorted(extra)}")
    if {"proxy", "gateway"} <= stack.services.keys():
        site = "shop.example.com"
        proxy = next(c for c in stack.running().values() if service_of(c) == "proxy")
        trusted = certificate(proxy, "self/shop")

        def page(path, tls, site=site, address=HOST):
            raw = socket.create_connection((address, 443 if tls else 80), timeout=5)
            # Whoever trusts what the job signed needs nothing else.
            way = ssl.create_default_context(cadata=trusted).wrap_socket(raw, server_hostname=site) if tls else raw
            reply = http.client.HTTPConnection(site)
            reply.sock = way
            reply.request("GET", path)
            answer = reply.getresponse()
            if tls:
                assert not answer.headers.get("Strict-Transport-Security"), "browsers would keep to a certificate that they do not know"
            return answer.status, answer.headers.get("Location", ""), answer.read().decode().strip()

        check(page("/", True, "localhost", "127.0.0.1") == (200, "", "ready"), "https://localhost on the host")

        check(within(neighbour, lambda: page("/", True)) == [200, "", "ready"], "from outside through the proxy to the gateway and the backend")
        check(within(neighbour, lambda: page("/x", False))[:2] == [301, f"https://{site}/x"], "from outside without TLS to the site with it")
        for path in ("/metrics", "/METRICS", "/metrics/", "/metrics;x", "/metrics%2f", "//metrics"):
            check(within(neighbour, lambda: page(path, True))[0] == 404, f"{path} is closed to the outside")
        say("  from outside through proxy, gateway and backend: 200 over TLS that verifies, 301 without, 404 for metrics in six spellings; https://localhost on the host")
    ways = [
        (f"{name}:{port}", end["IPAddress"], port)
        for name, container in stack.running().items()
        for port in listening(container["State"]["Pid"])
        for end in container["NetworkSettings"]["Networks"].values()
    ]

    def neighbours():
        with ThreadPoolExecutor(96) as pool:
            return list(pool.map(lambda way: answers(way[1], way[2]), ways))

    routed = {way[0] for way, open_ in zip(ways, within(neighbour, neighbours)) if open_}
    say(f"  a neighbour that routes to the containers' own addresses reaches: {', '.join(sorted(routed)) or 'none'} (before Engine 28 also what is published to the host alone)")
    open_ports = {f"{n}:{p['target']}" for n, s in stack.services.items() for p in s.get("ports") or []}
    check({re.sub(r"-\d+:", ":", r) for r in routed} <= open_ports, "a neighbour reaches what is not published")


def orders(stack):
    """Whether a certificate of the stack is ordered."""
    return any(authority.SITE in open(os.path.join(folder, name)).read() for folder, _, names in os.walk("nginx") for name in names if name == "sites.conf")


def renewal(stack, ordered):
    """A certificate is ordered and renewed."""
    if not ordered:
        return
    title("certificates of an authority")
    proxy = next(c for c in stack.running().values() if service_of(c) == "proxy")
    authority.renewed(ordered, lambda: certificate(proxy, "pebble/renewed"), check, say)


def routes(stack, neighbour):
    """What a client meets at the routes of a site, in the platform that has one for each thing that a route can say."""
    running = stack.running().values()
    proxy = next((c for c in running if service_of(c) == "proxy"), None)
    if not proxy or "api" not in stack.services:
        return
    title("a client at the proxy")
    client = edge.Client(HOST, certificate(proxy, "self/jobs"))
    edge.routes(neighbour, client, check, say)
    bound = next(mount["Source"] for mount in proxy["Mounts"] if mount["Destination"] == "/etc/certificates")
    edge.own_certificate(bound, neighbour, HOST, check, say)
    api = next(c for c in running if service_of(c) == "api")
    others = [c["Id"] for c in running if service_of(c).startswith("keep-")]
    edge.comes_back(neighbour, client, f"{stack.project}_web", api["Id"], others, check, say)


def metrics(stack):
    if "prometheus" not in stack.services:
        return
    title("scrapes and alerts")
    ask = lambda address: json.load(urllib.request.urlopen(f"http://{address}", timeout=5))
    for _ in range(15):
        targets = ask("127.0.0.1:9090/api/v1/targets")["data"]["activeTargets"]
        alerts = [alert["labels"]["alertname"] for alert in ask("127.0.0.1:9093/api/v2/alerts")]
        if all(target["health"] == "up" for target in targets) and alerts:
            break
        time.sleep(1)
    for target in targets:
        say(f"  {target['scrapeUrl']:50} {target['health']} {target['lastError']}")
        check(target["health"] == "up", f"{target['scrapeUrl']} is not scraped")
    say(f"  alerts that arrived at Alertmanager: {', '.join(alerts)}")
    check("Watchdog" in alerts, "the alert does not arrive")


def told(status):
    """The names and jobs of the alerts that the outside was told of as firing or resolved."""
    lines = open(TOLD).read().splitlines() if os.path.exists(TOLD) else []
    alerts = [alert for line in lines for alert in json.loads(line)["alerts"]]
    return {(alert["labels"]["alertname"], alert["labels"].get("job")) for alert in alerts if alert["status"] == status}


def until(good, patience):
    begun = time.monotonic()
    while not good() and time.monotonic() - begun < patience:
        time.sleep(0.5)


def failing(stack):
    """A service is stopped: its alert fires and reaches the outside; it is started again: the alert is resolved."""
    if "prometheus" not in stack.services:
        return
    title("an alert from a failure to its end")
    wanted = ("ServiceDown", "backend")
    # It may have fired while the stack was starting.
    until(lambda: wanted not in told("firing") or wanted in told("resolved"), 60)
    open(TOLD, "w").close()
    for words, status in (("stop", "firing"), ("start", "resolved")):
        begun = time.monotonic()
        compose(words, "backend")
        until(lambda: wanted in told(status), 180)
        if check(wanted in told(status), f"nobody is told that {wanted[0]} of {wanted[1]} is {status}"):
            say(f"  {words} backend: the outside is told that {wanted[0]} is {status} after {time.monotonic() - begun:.0f} s")


def again(stack):
    title("a second `up`")
    faults = frame.failures
    before = {name: (c["Id"], c["State"]["StartedAt"]) for name, c in containers(stack.project).items()}
    up = compose("up", "--detach")
    check(up.returncode == 0, f"the second up: {up.stderr[-500:]}")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(stack.job(service_of(c)) and c["State"]["Running"] for c in containers(stack.project).values()):
        time.sleep(0.3)
    jobs = 0
    for name, container in containers(stack.project).items():
        old = before.get(name)
        check(old and old[0] == container["Id"], f"{name} was created again")
        if stack.job(service_of(container)):
            jobs += 1
            if not check(container["State"]["ExitCode"] == 0, f"{name}: the second run of the job ended with {container['State']['ExitCode']}"):
                say(run("docker", "logs", "--tail", "5", container["Id"]).stderr)
        else:
            check(old and old[1] == container["State"]["StartedAt"], f"{name} was started again")
    say(f"  no container was made again, no service was started again, {jobs} jobs ran again and ended well" if frame.failures == faults else "  see above")


def later(stack):
    """A later build changes files: exactly the services that see one of them are made anew."""
    if not os.path.isdir("later"):
        return
    title("an `up` after a build that changes a rule")
    before = {name: c["Id"] for name, c in containers(stack.project).items()}
    stack.later = open(f"later/{FILE}", "rb").read()
    content = lambda path: open(path, "rb").read() if os.path.exists(path) else None
    paths = [os.path.relpath(os.path.join(folder, name), "later") for folder, _, names in os.walk("later") for name in names]
    changed = [path for path in paths if not path.endswith((".infra", ".manifest")) and content(f"later/{path}") != content(path)]
    check(FILE in changed, "the compose file does not say that a file has changed")
    for path in changed:
        with open(path, "wb") as file:
            file.write(content(f"later/{path}"))
    up = compose("up", "--detach")
    check(up.returncode == 0, f"the up after a build: {up.stderr[-500:]}")
    anew = []
    for name, container in containers(stack.project).items():
        seen = [mount["Source"] + "/" for mount in container["Mounts"] if mount["Type"] == "bind"]
        sees = any((os.path.abspath(path) + "/").startswith(source) for path in changed for source in seen)
        is_new = before.get(name) != container["Id"]
        anew += [name] if is_new else []
        check(is_new == sees, f"{name} {'sees' if sees else 'does not see'} a changed file, and was {'' if is_new else 'not '}made anew")
    check(anew or "prometheus" not in stack.services, "no service sees a changed file")
    until(lambda: all(c["State"].get("Health", {}).get("Status", "healthy") == "healthy" for c in stack.running().values()), 60)
    say(f"  {', '.join(path for path in changed if path != FILE)}: made anew: {', '.join(anew) or 'nothing'}")


def stop(stack):
    title("stop")
    before, begun = stack.running(), time.time()
    compose("stop")
    say(f"took {time.time() - begun:.1f} s")
    for name, container in containers(stack.project).items():
        if name not in before:
            continue
        state, grace = container["State"], duration(stack.services[service_of(container)].get("stop_grace_period", "10s"))
        say(f"  {name:26} exit code {state['ExitCode']}")
        check(state["ExitCode"] not in (137, -1) and not state["OOMKilled"], f"{name} had to be killed after {grace:.0f} s")
        check(state["Status"] == "exited", f"{name} is {state['Status']}")
    down = compose("down", "--volumes")
    check(down.returncode == 0 and not containers(stack.project), f"down: {down.stderr[-300:]}")


def main():
    folder, profiles = sys.argv[1:]
    os.chdir(folder)
    fill_in(profiles)
    file = open(FILE, "rb").read()
    stack = Stack()
    stack.later = file
    title("images")
    subprocess.run([sys.executable, f"{TESTS}/images.py", "/srv/catalogue.infra", "/run/compose.json"], check=True)
    neighbour = outside()
    ordered = authority.Authority(neighbour, OUTSIDE, HOST) if orders(stack) else None
    check(not ordered or within(neighbour, lambda: authority.listens(OUTSIDE)), "the authority does not start")
    start(stack)
    if frame.failures == 0:
        confinement(stack)
        connections(stack)
        published(stack, neighbour)
        renewal(stack, ordered)
        routes(stack, neighbour)
        metrics(stack)
        again(stack)
        later(stack)
        failing(stack)
    stop(stack)
    if ordered:
        ordered.stop()
    check(open(FILE, "rb").read() in (file, stack.later), "the compose file has changed")
    os.kill(neighbour, 9)
    frame.end()


main()

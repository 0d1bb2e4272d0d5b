"""images.py CATALOGUE COMPOSE.json SUPPLIED: a local image for every image of the stack.

An image holds its program, or a stand-in that listens on the same ports, and the tools and programs that the catalogue gives the
real image, below the same user and with the same owners of its folders; nothing else that could be called by name.
"""

import fnmatch
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

TESTS = os.path.dirname(os.path.abspath(__file__))
POSTGRES = "/usr/lib/postgresql/17/bin/"
# Programs that the machine has under another name or place.
PLACES = {"sh": "/usr/bin/dash", **{name: POSTGRES + name for name in ("psql", "pg_isready", "pg_dumpall")}}


@dataclass
class Recipe:
    """How an image is made."""

    run: list[str]
    real: bool = False
    copies: dict[str, str] = field(default_factory=dict)  # path in the image: path here
    folders: dict[str, str] = field(default_factory=dict)  # path in the image: its owner
    environment: dict[str, str] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    catalogue: str = ""  # the entry that says what it holds, where that is another image


def stand_in(*options, **more):
    return Recipe(["/stand-in/stand-in", "serve", *options], copies={"/stand-in/stand-in": "stand-in"}, **more)


def exporter(program, here, **more):
    return Recipe([f"/bin/{program}"], True, {f"/bin/{program}": f"/usr/bin/{here}", **more})


def application(base, *scripts):
    copies = {"/usr/local/bin/node": "/usr/bin/node", "/usr/share/nodejs": "/usr/share/nodejs", **{f"/app/{name}": "stand-ins/app.js" for name in scripts}}
    # Without the folders that volumes lie over: those are handed over by a job.
    return Recipe([], False, copies, changes=["WORKDIR /app"], catalogue=base)


RECIPES = {
    "prom/prometheus": Recipe(
        ["/bin/prometheus"],
        True,
        {
            "/bin/prometheus": "/usr/bin/prometheus",
        },
        {"/prometheus": "65534:65534"},
        # prometheus/prometheus:Dockerfile
        changes=["WORKDIR /prometheus"],
    ),
    "prom/alertmanager": Recipe(
        ["/bin/alertmanager"],
        True,
        {
            "/bin/alertmanager": "/usr/bin/prometheus-alertmanager",
            "/usr/share/prometheus/alertmanager": "/usr/share/prometheus/alertmanager",
        },
        {"/alertmanager": "65534:65534"},
        changes=["WORKDIR /alertmanager"],
    ),
    "quay.io/prometheus/node-exporter": exporter("node_exporter", "prometheus-node-exporter"),
    "quay.io/prometheus/blackbox-exporter": exporter(
        "blackbox_exporter", "prometheus-blackbox-exporter", **{"/etc/blackbox_exporter/config.yml": "/etc/prometheus/blackbox.yml"}
    ),
    "quay.io/prometheuscommunity/elasticsearch-exporter": exporter("elasticsearch_exporter", "prometheus-elasticsearch-exporter"),
    "quay.io/prometheuscommunity/postgres-exporter": exporter("postgres_exporter", "prometheus-postgres-exporter"),
    "oliver006/redis_exporter": exporter("redis_exporter", "prometheus-redis-exporter"),
    "nginxinc/nginx-unprivileged": Recipe(
        ["/usr/sbin/nginx", "-e", "stderr", "-g", "daemon off;"],
        True,
        {
            "/usr/sbin/nginx": "/usr/sbin/nginx",
        },
        {"/var/cache/nginx": "101:0"},
        changes=["STOPSIGNAL SIGQUIT"],
    ),
    # certbot/certbot:tools/docker/Dockerfile
    "certbot/certbot": Recipe([], True, {path: path for name in ("certbot", "python3.[0-9]*") for path in glob.glob(f"/usr/lib/{name}")}),
    "postgres": Recipe(
        ["sh", "/stand-in/postgres.sh"],
        True,
        {
            **{POSTGRES + name: POSTGRES + name for name in ("postgres", "initdb")},
            # pg_dumpall looks for it beside itself.
            **{f"/usr/bin/{name}": POSTGRES + name for name in ("pg_dump", "pg_restore")},
            "/usr/lib/postgresql/17/lib": "/usr/lib/postgresql/17/lib",
            "/usr/share/postgresql/17": "/usr/share/postgresql/17",
            "/usr/share/zoneinfo": "/usr/share/zoneinfo",
            "/stand-in/postgres.sh": "stand-ins/postgres.sh",
        },
        {"/var/lib/postgresql": "999:999", "/var/run/postgresql": "999:999"},
        {"PGDATA": "/var/lib/postgresql/18/docker", "PATH": f"/usr/local/bin:/usr/bin:/bin:{POSTGRES}"},
        ["STOPSIGNAL SIGINT"],
    ),
    "redis": Recipe([], True, {**{f"/usr/local/bin/{name}": f"/usr/bin/{name}" for name in ("redis-server", "redis-check-rdb")}, "/usr/local/bin/docker-entrypoint.sh": "stand-ins/redis.sh"}, {"/data": "999:999"}, changes=["WORKDIR /data"]),
    "mongo": Recipe(
        ["sh", "/stand-in/mongo.sh"],
        False,
        {
            "/stand-in/stand-in": "stand-in",
            "/stand-in/node": "/usr/bin/node",
            "/usr/share/nodejs": "/usr/share/nodejs",
            "/stand-in/mongosh.js": "stand-ins/mongosh.js",
            "/stand-in/mongo.sh": "stand-ins/mongo.sh",
        },
        {"/data/db": "999:999", "/data/configdb": "999:999"},
    ),
    "fluent/fluent-bit": stand_in("--port", "2020", "--env", "ELASTICSEARCH_PASSWORD", "--writes", "/fluent-bit/state", folders={"/fluent-bit/state": "0:0"}),
    "nginx/nginx-prometheus-exporter": stand_in("--port", "9113"),
    "percona/mongodb_exporter": stand_in("--port", "9216", "--env", "MONGODB_URI", "--env", "MONGODB_PASSWORD"),
    "quay.io/minio/minio": stand_in(
        "--port", "9000", "--port", "9001", "--login-from", "MINIO_ROOT_USER:MINIO_ROOT_PASSWORD", "--writes", "/data", folders={"/data": "0:0"}
    ),
    # rclone/rclone:Dockerfile: the program is what runs, by whatever user.
    "rclone/rclone": Recipe([], True, {"/usr/local/bin/rclone": "/usr/bin/rclone", "/etc/ssl/certs": "/etc/ssl/certs"}, changes=['ENTRYPOINT ["rclone"]'], catalogue="busybox:1.37.0"),
    # Hands volumes over (src/standard/images.rs, HELPER).
    "busybox": Recipe([], True),
    "quay.io/minio/mc": Recipe(["mc"], False, {"/stand-in/stand-in": "stand-in"}),
    "docker.elastic.co/elasticsearch/elasticsearch": stand_in(
        *("--port", "9200", "--port", "9300", "--login", "elastic:ELASTIC_PASSWORD"),
        *("--writes", "/usr/share/elasticsearch/data", "--writes", "/usr/share/elasticsearch/config", "--writes", "/usr/share/elasticsearch/logs"),
        folders={f"/usr/share/elasticsearch/{name}": "1000:0" for name in ("data", "config", "logs")},
    ),
    "docker.elastic.co/kibana/kibana": stand_in(
        *("--port", "5601", "--env", "KIBANA_SYSTEM_PASSWORD", "--env", "KIBANA_ENCRYPTION_KEY"),
        *("--writes", "/usr/share/kibana/data", "--writes", "/usr/share/kibana/logs"),
        folders={f"/usr/share/kibana/{name}": "1000:0" for name in ("data", "logs", "config")},
    ),
    "grafana/grafana": stand_in(
        *("--port", "3000", "--env-file", "GF_SECURITY_ADMIN_PASSWORD__FILE", "--writes", "/var/lib/grafana"),
        folders={"/var/lib/grafana": "472:0"},
    ),
    "ghcr.io/google/cadvisor": stand_in(
        *("--port", "8080"),
        # google/cadvisor:deploy/Dockerfile
        changes=['HEALTHCHECK --interval=30s --timeout=3s CMD ["sh", "-c", "wget -q -O /dev/null http://127.0.0.1:8080/healthz || exit 1"]'],
    ),
    "ecommerce/gateway": application("node:24-bookworm-slim", "server.js"),
    "ecommerce/backend": application("node:24-bookworm-slim", "server.js"),
    "example/other": application("node:24-alpine"),
    "example/jobs": application("node:24-alpine", "migrate.js", "api.js", "worker.js", "clean-up.js"),
}


def catalogue(path):
    """What the compiler knows of images: label to user, tools, and what else is there."""
    words = [word for word in re.findall(r'#[^\n]*|"[^"]*"|[^\s"#{}\[\],=]+|[{}\[\],=]', open(path).read()) if word[0] != "#"]
    entries, at = {}, 0
    while at < len(words):
        assert words[at] == "image" and words[at + 2] == "{", f"the catalogue is not as expected at {words[at : at + 3]}"
        end, depth = at + 3, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(words[end], 0)
            end += 1
        end -= 1
        body = words[at + 3 : end]
        text = lambda key: body[body.index(key) + 2].strip('"') if key in body else ""
        items = lambda key: [word.strip('"') for word in body[body.index(key) + 3 : body.index("]", body.index(key))] if word != ","] if key in body else []
        entries[words[at + 1].strip('"')] = (text("user"), items("tools"), items("programs"), text("on"), text("like"))
        at = end + 1
    return {label: whole(entries, label) for label in entries}


def whole(entries, label):
    """An entry with what it takes over from the one that it is like."""
    *own, like = entries[label]
    return tuple(mine or theirs for mine, theirs in zip(own, whole(entries, like))) if like else tuple(own)


def known(entries, image):
    repository, tag = re.fullmatch(r"(.+?)(?::([^/:]+))?", image).groups()
    fitting = [label for label in entries if label == repository or fnmatch.fnmatch(f"{repository}:{tag}", label)]
    if not fitting:
        sys.exit(f"images: the catalogue does not know {image}")
    user, tools, programs, on = entries[max(fitting, key=len)]
    return user, tools, programs + (entries[on][2] if on else [])


def put(root, here, there):
    """A file or folder with the libraries it needs."""
    target = root + there
    if os.path.lexists(target):
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.isdir(here):
        shutil.copytree(here, target, ignore=shutil.ignore_patterns("llvmjit*", "bitcode"), ignore_dangling_symlinks=True)
        files = [os.path.join(folder, name) for folder, _, names in os.walk(here) for name in names if name.endswith(".so")]
    else:
        shutil.copy(here, target)
        files = [here]
    for file in files:
        with open(file, "rb") as start:
            if start.read(4) != b"\x7fELF":
                continue
        needs = subprocess.run(["ldd", file], capture_output=True, text=True).stdout
        for library in re.findall(r"(/\S+) \(0x", needs):
            if not library.startswith("/usr/lib/postgresql"):
                put(root, os.path.realpath(library), library)


def here(path):
    return path if path.startswith("/") else os.path.join(TESTS, path) if os.path.exists(os.path.join(TESTS, path)) else os.path.join("/srv", path)


def tool(root, name, busybox):
    if name == "bash" or (name == "sh" and not busybox):
        put(root, "/usr/bin/bash" if name == "bash" else PLACES["sh"], f"/usr/bin/{name}")
    elif name == "mc":
        os.makedirs(root + "/usr/bin", exist_ok=True)
        put(root, here("stand-in"), "/stand-in/stand-in")
        os.symlink("/stand-in/stand-in", root + "/usr/bin/mc")
    elif name == "mongosh":
        with open(root + "/usr/bin/mongosh", "w") as file:
            file.write('#!/bin/sh\nexec /stand-in/node /stand-in/mongosh.js "$@"\n')
        os.chmod(file.name, 0o755)
    elif busybox and name in busybox:
        pass  # a link, like all of its programs
    elif os.path.exists(PLACES.get(name, f"/usr/bin/{name}")):
        put(root, PLACES.get(name, f"/usr/bin/{name}"), f"/usr/bin/{name}")
    else:
        print(f"  (no {name} here; nothing generated calls it)")


def make(image, entries):
    repository = re.sub(r":[^/:]+$", "", image)
    recipe = RECIPES.get(repository)
    if recipe is None:
        sys.exit(f"images: no recipe for {repository}; add one to tests/start/images.py")
    user, tools, programs = known(entries, recipe.catalogue or image)
    root = tempfile.mkdtemp(prefix="image-")
    os.chmod(root, 0o755)
    for folder in ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "etc", "tmp", "var/log", "run", "root"):
        os.makedirs(f"{root}/{folder}")
    for link in ("bin", "sbin", "lib", "lib64"):
        os.symlink(f"usr/{link}", f"{root}/{link}")
    os.symlink("../run", f"{root}/var/run")
    os.chmod(f"{root}/tmp", 0o1777)
    uid, gid = (user or "0:0").split(":")
    with open(f"{root}/etc/passwd", "w") as file:
        file.write(f"root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n" + (f"app:x:{uid}:{gid}::/:/bin/false\n" if uid not in ("0", "65534") else ""))
    with open(f"{root}/etc/group", "w") as file:
        file.write(f"root:x:0:\nnogroup:x:65534:\n" + (f"app:x:{gid}:\n" if gid not in ("0", "65534") else ""))
    busybox = set()
    if "busybox" in tools:
        put(root, "/usr/bin/busybox", "/usr/bin/busybox")
        busybox = set(subprocess.run(["busybox", "--list"], capture_output=True, text=True, check=True).stdout.split())
        for name in busybox & {*tools, *programs} - {"busybox", "bash"}:
            os.symlink("busybox", f"{root}/usr/bin/{name}")
    for there, source in recipe.copies.items():
        put(root, here(source), there)
    for name in tools:
        tool(root, name, busybox)
    for name in programs:
        # What is not here either is called by nothing that is generated.
        if name not in busybox and name not in tools and os.path.exists(PLACES.get(name, f"/usr/bin/{name}")):
            tool(root, name, busybox)
    for folder, owner in recipe.folders.items():
        os.makedirs(root + folder, exist_ok=True)
        os.chown(root + folder, *map(int, owner.split(":")))
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **recipe.environment}
    changes = [f"ENTRYPOINT {json.dumps(recipe.run)}", f"USER {uid}:{gid}", *recipe.changes, *(f"ENV {name}={value}" for name, value in environment.items())]
    if not recipe.run:
        changes[0] = 'CMD ["sh"]'
    options = [word for change in changes for word in ("-c", change)]
    archive = subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE)
    subprocess.run(["docker", "import", *options, "-", image], stdin=archive.stdout, stdout=subprocess.DEVNULL, check=True)
    shutil.rmtree(root)
    print(f"  {'real    ' if recipe.real else 'stand-in'}  {image}: user {user}; {' '.join(tools) or 'no tools'}", flush=True)


def main():
    entries = catalogue(sys.argv[1])
    services = json.load(open(sys.argv[2]))["services"].values()
    for image in sorted({service["image"] for service in services}):
        make(image, entries)


main()

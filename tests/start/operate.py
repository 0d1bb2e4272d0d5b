"""operate.py FOLDER [PART...]: the scripts of operators on a host with a real engine, PostgreSQL and Redis, inside the machine. FOLDER is a
build of tests/start/operate.infra (see `run`): what is well and what is not, copies that come back, secrets that change.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

from frame import check, end, inspected, make_images, run, say, service_of, title, until

TESTS = os.path.dirname(os.path.abspath(__file__))
HOST = "/opt/shop"
COPIES = f"{HOST}/.infrac/backups"
HARD = "a\"b\\c d$e#f{g}%h&i;"
FIRST = {
    "POSTGRES_PASSWORD": f"{HARD}superuser-0123",
    "POSTGRES_EXPORTER_PASSWORD": f"{HARD}exporter-0123",
    "SHOP_PASSWORD": "shop.~_-0123456789abcdef",
    "REDIS_PASSWORD": "cache.~_-0123456789abcdef",
    "REDIS_EXPORTER_PASSWORD": f"{HARD}reader-0123",
    "OFFSITE_KEY": f"{HARD}offsite-0123",
}


def script(code, name, *words):
    """Runs a script of the host, and looks at how it ended, and that it shows no secret."""
    begun = time.monotonic()
    environment = os.environ | {"PATIENCE": "10", "SETTLE": "3", "POLL": "1"}
    ended = run("bash", f"{HOST}/scripts/{name}", *words, env=environment, stdin=subprocess.DEVNULL)
    text = ended.stdout + ended.stderr
    said = [line for line in ended.stderr.splitlines() if line.startswith(f"{name}: ")]
    say(f"  {name} {' '.join(words)}: exit code {ended.returncode} after {time.monotonic() - begun:.0f} s" + "".join(f"\n    {line}" for line in said[-4:]))
    if not check(ended.returncode == code, f"{name} {' '.join(words)}: {ended.returncode} instead of {code}"):
        say(text[-3000:])
    for secret in settings():
        value = settings()[secret]
        check(not secret.endswith(("_PASSWORD", "_KEY")) or value not in text, f"{name}: {secret} is seen")
    return ended.stdout


def settings():
    lines = [line.partition("=") for line in open(f"{HOST}/.env").read().splitlines() if "=" in line]
    return {name: value.strip("'") for name, _, value in lines}


def containers():
    return {service_of(c): c for c in inspected("shop")}


def inside(service, *words, given=None):
    return run("docker", "exec", "-i", containers()[service]["Id"], *words, input=given)


def sql(text, base="orders"):
    done = inside("db", "psql", "--username=postgres", f"--dbname={base}", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1", given=text)
    check(done.returncode == 0, f"{text[:60]}: {done.stderr}")
    return done.stdout.strip()


def redis(text):
    return inside("cache", "sh", "-c", 'REDISCLI_AUTH="$REDIS_PASSWORD" exec redis-cli --no-auth-warning', given=text).stdout


def data():
    """What there is, so that it can be compared."""
    rows = sql("SELECT count(*), md5(string_agg(id || ':' || what, ',' ORDER BY id)) FROM sold")
    owners = sql("SELECT tableowner FROM pg_tables WHERE tablename = 'sold'")
    keys = redis("DBSIZE\nMGET first second third\nLRANGE jobs 0 -1\nHGETALL basket\n")
    file = inside("api", "cat", "/files/invoice").stdout
    return rows, owners, keys, file


def answers():
    return run("curl", "-fsS", "http://127.0.0.1:8080/ready").stdout == "ready\n"


def logs_in(user, password):
    """Over the network of the platform, where passwords are asked for."""
    database = run("docker", "exec", "-e", f"PGPASSWORD={password}", containers()["db"]["Id"], "psql", "-h", "db", "-U", user, "-d", "postgres", "-c", "SELECT 1")
    return database.returncode == 0


def started(build):
    title("a first build, and data")
    os.makedirs(HOST, exist_ok=True)
    with open(f"{HOST}/.env", "w") as file:
        file.write("".join(f"{name}='{value}'\n" for name, value in FIRST.items()))
    os.chmod(f"{HOST}/.env", 0o600)
    # What carries files in and out of volumes, and to object stores, belongs to no service.
    used = run("bash", "-c", f". {build}/scripts/lib/platform.sh && echo $HELPER_IMAGE $TRANSFER_IMAGE", check=True).stdout
    make_images(TESTS, [build], f"{HOST}/.env", used.split())
    ended = run("bash", f"{build}/scripts/deploy.sh", "--no-pull", env=os.environ | {"SETTLE": "3", "POLL": "1"}, stdin=subprocess.DEVNULL)
    if not check(ended.returncode == 0, f"it is not deployed: {ended.returncode}"):
        say((ended.stdout + ended.stderr)[-3000:])
        end()
    sql("SET ROLE shop; CREATE TABLE sold (id int PRIMARY KEY, what text); INSERT INTO sold SELECT n, md5(n::text) || ' Käse ''\"\\' FROM generate_series(1, 200000) n")
    redis('MSET first 1 second "two words" third ä\nRPUSH jobs a b c\nHSET basket bread 2 milk 1\n')
    inside("api", "sh", "-c", "printf 'an invoice\\n' >/files/invoice")
    say(f"  {data()[0]}")


def health(_):
    title("health-check.sh: all is well, one service is down, all are down")
    script(0, "health-check.sh", "--wait", "60")
    found = json.loads(script(0, "health-check.sh", "--json"))
    check(found["ok"] and all(s["ok"] for s in found["services"]) and all(e["ok"] for e in found["endpoints"]), f"not well: {found}")
    check({s["name"] for s in found["services"]} == set(containers()), f"not every service is asked: {found['services']}")
    check(found["endpoints"], "nothing is asked")
    run("docker", "stop", containers()["api"]["Id"])
    found = json.loads(script(1, "health-check.sh", "--json"))
    ill = [s["name"] for s in found["services"] if not s["ok"]]
    check(not found["ok"] and ill == ["api"], f"api is down, and these are said to be: {ill}")
    run("docker", "start", containers()["api"]["Id"])
    script(0, "health-check.sh", "--wait", "60")
    running = {name for name, c in containers().items() if c["State"]["Running"]}
    run("docker", "stop", *(containers()[name]["Id"] for name in running))
    found = json.loads(script(1, "health-check.sh", "--json"))
    ill = {s["name"] for s in found["services"] if not s["ok"]}
    check(ill == running, f"all are down, and these are said to be: {ill}")
    script(0, "stack.sh", "up")
    script(0, "health-check.sh", "--wait", "120")


def copies(name):
    folder = f"{COPIES}/{name}"
    return sorted(found for found in (os.listdir(folder) if os.path.isdir(folder) else []) if found[0].isdigit())


def copied(_):
    title("copies of PostgreSQL, Redis and a volume: taken, drilled, restored")
    before = data()
    script(0, "backup.sh")
    for name in ("orders", "sessions", "files"):
        check(len(copies(name)) == 1, f"copies of {name}: {copies(name)}")
        script(0, "restore.sh", name, "--verify")
        script(0, "restore.sh", name, "--drill")
    left = [run("docker", kind, "ls", *more, "--filter", "label=com.docker.compose.project=shop-drill", "-q").stdout for kind, more in (("container", ["-a"]), ("volume", []), ("network", []))]
    check(not any(left), f"drills have left {left}")
    check(data() == before, "a drill has changed what there is")
    sql("DELETE FROM sold WHERE id % 2 = 0; UPDATE sold SET what = 'gone'; CREATE TABLE other (x int)")
    redis("FLUSHALL\nSET fourth 4\n")
    inside("api", "sh", "-c", "rm /files/invoice; echo more >/files/other")
    changed = data()
    for name in ("orders", "sessions", "files"):
        script(0, "restore.sh", name)
    check(data() == changed, "something was restored without --yes")
    for name in ("orders", "sessions", "files"):
        script(0, "restore.sh", name, "--yes")
    check(data() == before, f"what came back is {data()} instead of {before}")
    check(sql("SELECT count(*) FROM pg_tables WHERE tablename = 'other'") == "0", "a table that came later is there")
    check(logs_in("shop", FIRST["SHOP_PASSWORD"]) and not logs_in("shop", "nobody-has-this"), "the account of the application")
    script(0, "health-check.sh", "--wait", "60")
    check(answers(), "the application does not answer")


def spoilt(_):
    title("copies that are killed in the middle, cut, or without room")
    before, whole = data(), copies("orders")
    process = subprocess.Popen(["bash", f"{HOST}/scripts/backup.sh", "orders"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    partial = lambda: any(name.startswith(".partial") for name in os.listdir(f"{COPIES}/orders"))
    until(partial)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    check(copies("orders") == whole, "a copy that was killed has its name")
    # The disk of the copies fills while one is taken.
    run("mount", "-t", "tmpfs", "-o", "size=70m", "tmpfs", f"{COPIES}/orders", check=True)

    def fill():
        until(partial)
        run("dd", "if=/dev/zero", f"of={COPIES}/orders/.filler", "bs=1M")

    filling = threading.Thread(target=fill)
    filling.start()
    script(1, "backup.sh", "orders")
    filling.join()
    check(copies("orders") == [], "a copy without room has its name")
    run("umount", f"{COPIES}/orders", check=True)
    script(0, "backup.sh", "orders")
    check(len(copies("orders")) == len(whole) + 1 and not partial(), "behind a kill and a full disk nothing is copied, or something is left")
    newest = f"{COPIES}/orders/{copies('orders')[-1]}"
    dump = next(f"{newest}/{name}" for name in os.listdir(newest) if "orders" in name)
    os.truncate(dump, os.path.getsize(dump) - 1)
    for how in ("--verify", "--drill", "--yes"):
        script(1, "restore.sh", "orders", how)
    check(data() == before, "a copy that was cut has changed something")
    subprocess.run(["rm", "-r", newest], check=True)


def upload(switched):
    """Switches the upload in .env, as an operator does."""
    lines = [line for line in open(f"{HOST}/.env").read().splitlines() if not line.startswith("UPLOAD=")]
    with open(f"{HOST}/.env", "w") as file:
        file.write("\n".join([*lines, f"UPLOAD={switched}"]) + "\n")


class Store:
    """An object store of another make, on the host: S3 as moto has it. Its objects as its own API tells them."""

    AT = "http://172.17.0.1:9000"

    def __init__(self):
        self.process = subprocess.Popen(["moto_server", "-H", "172.17.0.1", "-p", "9000"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: run("curl", "-fsS", self.AT).returncode == 0)
        check(self.ask("-X", "PUT", "-H", "Content-Type: application/xml", "--data-binary", "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>", f"{self.AT}/copies").returncode == 0, "the bucket is not made")

    def ask(self, *words):
        # moto looks for a signature and at none.
        signed = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        return run("curl", "-fsS", "-H", f"Authorization: {signed}", *words)

    def objects(self):
        return re.findall(r"<Key>(.*?)</Key>", self.ask(f"{self.AT}/copies?list-type=2").stdout)

    def end(self):
        self.process.terminate()
        self.process.wait()


def by_hand():
    """A file goes into a bucket and comes from there as docs/operations.md says."""
    with open("/run/store.env", "w") as file:
        file.write(
            "RCLONE_CONFIG=\nRCLONE_CONFIG_STORE_TYPE=s3\nRCLONE_CONFIG_STORE_PROVIDER=Other\nRCLONE_CONFIG_STORE_REGION=eu-central-1\n"
            f"RCLONE_CONFIG_STORE_ENDPOINT={Store.AT}\nRCLONE_CONFIG_STORE_ACCESS_KEY_ID=AKIAEXAMPLE\nRCLONE_CONFIG_STORE_SECRET_ACCESS_KEY={settings()['OFFSITE_KEY']}\n"
        )
    image = run("bash", "-c", f". {HOST}/scripts/lib/platform.sh && printf %s $TRANSFER_IMAGE", check=True).stdout
    client = lambda *words, **more: run("docker", "run", "--rm", "--interactive", "--env-file", "/run/store.env", image, *words, **more)
    put = client("rcat", "--s3-no-check-bucket", "store:copies/images/product.jpg", input="a picture\n")
    check(put.returncode == 0, f"a file is not taken into a bucket by hand: {put.stderr[-500:]}")
    check(client("lsl", "store:copies/images").stdout.split()[-1:] == ["product.jpg"], "the file is not listed")
    check(client("cat", "store:copies/images/product.jpg").stdout == "a picture\n", "another file comes from the bucket")


def carried(_):
    title("copies that are taken to a bucket, and come from there")
    if run("sh", "-c", "command -v moto_server").returncode:
        say("NOT CHECKED: copies that are taken to a bucket: no object store is in the machine")
        return
    before, store = data(), Store()
    script(0, "backup.sh", "orders")
    check(store.objects() == [], f"the upload is switched off, and there are {store.objects()}")
    upload("true")
    # Copies have seconds in their names.
    time.sleep(1)
    script(0, "backup.sh")
    for name in ("orders", "sessions", "files"):
        newest = copies(name)[-1]
        here = {f"shop/main/{name}/{newest}/{file}" for file in os.listdir(f"{COPIES}/{name}/{newest}")}
        there = {key for key in store.objects() if key.startswith(f"shop/main/{name}/")}
        check(here == there, f"{name}: there are {sorted(there)} instead of {sorted(here)}")
        listed = script(0, "restore.sh", name, "--list", "--from", "away").split()
        check(listed == [f"{name}/{newest}"], f"{name}: {listed} are listed")
    # The disk of the host is gone: everything comes from the bucket.
    sql("DELETE FROM sold WHERE id % 3 = 0")
    redis("FLUSHALL\n")
    inside("api", "sh", "-c", "rm /files/invoice")
    subprocess.run(["rm", "-r", *(f"{COPIES}/{name}" for name in ("orders", "sessions", "files"))], check=True)
    for name in ("orders", "sessions", "files"):
        script(0, "restore.sh", name, "--from", "away", "--yes")
    check(data() == before, f"what came from the bucket is {data()} instead of {before}")
    # A copy that is damaged there is refused, and changes nothing.
    newest = store.objects()
    part = next(key for key in newest if key.startswith("shop/main/orders/") and "orders" in key.rsplit("/", 1)[1])
    store.ask("-X", "PUT", "--data-binary", "damaged", f"{store.AT}/copies/{part}")
    subprocess.run(["rm", "-r", f"{COPIES}/orders"], check=True)
    script(1, "restore.sh", "orders", "--from", "away", "--yes")
    check(data() == before, "a copy that is damaged in the bucket has changed something")
    by_hand()
    # A store that is not there: the copy stays on the host, and the run has failed.
    store.end()
    script(1, "backup.sh", "files")
    upload("false")
    script(0, "health-check.sh", "--wait", "60")


class Arguments(threading.Thread):
    """The arguments of all processes, as any user of the host can read them."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.over = set(), False

    def run(self):
        while not self.over:
            for process in filter(str.isdigit, os.listdir("/proc")):
                try:
                    self.seen.add(open(f"/proc/{process}/cmdline", "rb").read())
                except OSError:
                    pass

    def end(self):
        self.over = True
        self.join()
        return b"\n".join(self.seen).decode(errors="replace")


def rotated(_):
    title("secrets that change while all runs")
    before = data()
    for secret, user, anew in (
        ("SHOP_PASSWORD", "shop", {"api", "db-setup"}),
        ("POSTGRES_EXPORTER_PASSWORD", "exporter", {"db-exporter", "db-setup"}),
        ("POSTGRES_PASSWORD", "postgres", {"db", "db-setup"}),
        ("REDIS_PASSWORD", None, {"cache", "api"}),
    ):
        old, ran = settings()[secret], {name: c["Id"] for name, c in containers().items()}
        # A session of before goes on: it writes all the time.
        sql("DROP TABLE IF EXISTS written; SET ROLE shop; CREATE TABLE written (n int)")
        session = subprocess.Popen(
            ["docker", "exec", "-i", "-e", "PGPASSWORD", containers()["db"]["Id"], "psql", "-q", "-h", "db", "-U", "shop", "-d", "orders"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"PGPASSWORD": settings()["SHOP_PASSWORD"]},
        )
        sent, over = [], threading.Event()

        def write():
            while not over.wait(0.05):
                session.stdin.write(f"INSERT INTO written VALUES ({len(sent)});\n")
                session.stdin.flush()
                sent.append(1)

        writing = threading.Thread(target=write)
        # What asks for the superuser ends its sessions: the server is made anew.
        if secret != "POSTGRES_PASSWORD":
            writing.start()
        arguments = Arguments()
        arguments.start()
        script(0, "rotate.sh", secret)
        seen = arguments.end()
        over.set()
        if writing.is_alive():
            writing.join()
        try:
            session.communicate(timeout=30)
        except (subprocess.TimeoutExpired, BrokenPipeError, ValueError):
            session.kill()
        new = settings()[secret]
        check(new != old and old not in seen and new not in seen, f"{secret}: not changed, or an argument of a program")
        if user:
            check(logs_in(user, new) and not logs_in(user, old), f"{secret}: the new value is refused, or the old one is taken")
        written = sql("SELECT count(*) FROM written")
        check(written == str(len(sent)), f"{secret}: {len(sent)} rows were written meanwhile, and {written} are there")
        made = {name for name, c in containers().items() if c["Id"] != ran.get(name)}
        check(made == anew, f"{secret}: made anew: {made} instead of {anew}")
        say(f"  {len(sent)} rows were written meanwhile; made anew: {', '.join(sorted(made))}")
    check(data() == before, "a rotation has changed what there is")
    script(0, "health-check.sh", "--wait", "60")
    # A kill between the change and `.env`, or behind it: the next script finishes or undoes it.
    for pause in (0.0, 0.5, 1.5):
        process = subprocess.Popen(["bash", f"{HOST}/scripts/rotate.sh", "SHOP_PASSWORD"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        until(lambda: os.path.exists(f"{HOST}/.infrac/rotate/SHOP_PASSWORD"))
        time.sleep(pause)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        script(0, "backup.sh", "--resume")
        check(not os.listdir(f"{HOST}/.infrac/rotate"), "the journal stays")
        check(logs_in("shop", settings()["SHOP_PASSWORD"]), f"killed {pause} s behind the journal: the value of .env is refused")
    script(0, "health-check.sh", "--wait", "60")


def main():
    build = sys.argv[1]
    parts = (started, health, copied, spoilt, carried, rotated)
    for part in parts:
        if not sys.argv[2:] or part.__name__ in sys.argv[2:]:
            part(build)
    run("docker", "compose", "-p", "shop", "down", "--volumes")
    end()


main()

"""deploy.py FOLDER [PART...]: scripts/deploy.sh with a real engine, inside the machine. FOLDER holds a build each of tests/start/deploy.infra
(see `run`): what is right, what is broken, and what must be refused. What holds is said, and a line that starts with FAILED is a
fault; the exit code is then 1.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
import time

from frame import check, end, inspected, make_images, run, say, service_of, title, until

TESTS = os.path.dirname(os.path.abspath(__file__))
HOST, SECRET = "/opt/small", "a-long-value.of_the~store"


def deploy(build, code, *words, script="scripts/deploy.sh", **more):
    """Deploys a build, and looks at how it ended. Its shell has an empty variable of the secret's name."""
    environment = os.environ | {"PATIENCE": "10", "SETTLE": "3", "POLL": "1", "STORE_PASSWORD": ""}
    begun = time.monotonic()
    ended = run("bash", os.path.join(build, script), "--no-pull", *words, env=environment, stdin=subprocess.DEVNULL, **more)
    text = ended.stdout + ended.stderr
    ours = [line for line in text.splitlines() if line.startswith("deploy.sh: ")]
    say(f"  {os.path.basename(build)} {' '.join(words)}: exit code {ended.returncode} after {time.monotonic() - begun:.0f} s\n    " + "\n    ".join(ours))
    if not check(ended.returncode == code, f"{build}: {ended.returncode} instead of {code}"):
        say(text[-3000:])
    check(SECRET not in text, f"{build}: a secret is seen")
    check((ours[-1:] == ["deploy.sh: done"]) == (code == 0), f"{build}: the last word")
    return text


def containers():
    return {service_of(c): c for c in inspected("small")}


def level():
    """What the application's file says, seen from inside its container."""
    return run("docker", "exec", containers()["api"]["Id"], "cat", "/etc/api.conf").stdout.strip().splitlines()[-1:]


def answers():
    return run("curl", "-fsS", "http://127.0.0.1:8080/ready").stdout == "ready\n"


def images():
    return {name: c["Image"] for name, c in containers().items()}


def good(build):
    """A version that is right, and one more."""
    title("a first build, and a new version")
    deploy(build("first"), 1)
    check(not containers(), "something started without .env")
    shutil.copy(build("env"), f"{HOST}/.env")
    deploy(build("first"), 0)
    check(level() == ["level = 1"] and answers(), "the first build does not answer")
    before = containers()
    deploy(build("second"), 0)
    after = containers()
    check(level() == ["level = 2"] and answers(), "the new version does not answer")
    anew = {name for name in after if after[name]["Id"] != before[name]["Id"]}
    check(anew == {"api"}, f"made anew: {anew}")
    tags = run("docker", "images", "infrac-previous", "--format", "{{.Tag}}").stdout.split()
    check("small.store" in tags, f"kept: {tags}")


def broken(build):
    title("versions that do not become well")
    before = images()
    for name, words in (("broken", "api: "), ("job", "migrate: ended with 1")):
        text = deploy(build(name), 3)
        check(words in text, f"{name}: {words} is not said")
        check(level() == ["level = 2"] and answers() and images() == before, f"{name}: not what ran before")
    # The tag of the application leads to an image without it.
    store = containers()["store"]["Config"]["Image"]
    run("docker", "tag", store, "example/jobs:2.1.0", check=True)
    deploy(build("third"), 3)
    check(level() == ["level = 2"] and answers() and images() == before, "a moved tag: not what ran before")
    deploy(build("third"), 0)
    check(level() == ["level = 3"], "the tag leads to the old image again")
    deploy(build("second"), 0)


def refused(build):
    title("what is refused")
    before = containers()
    text = deploy(build("secret"), 1)
    check("NEW_KEY" in text, "the secret is not named")
    slow = threading.Thread(target=lambda: deploy(build("second"), 0))
    slow.start()
    until(lambda: os.path.exists(f"{HOST}/.infrac/current"))
    deploy(build("second"), 75)
    slow.join()
    check({n: c["Id"] for n, c in containers().items() if n != "migrate"} == {n: c["Id"] for n, c in before.items() if n != "migrate"}, "something was made anew")


def killed(build):
    title("a kill in the middle, and the build before by name")
    for step in ("files", "up"):
        process = subprocess.Popen(["bash", f"{build('third')}/scripts/deploy.sh", "--no-pull"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        record = lambda: open(f"{HOST}/.infrac/deploys/{open(f'{HOST}/.infrac/current').read().strip()}/record").read() if os.path.exists(f"{HOST}/.infrac/current") else ""
        until(lambda: re.search(rf"^step ({step}|up)$", record(), re.MULTILINE))
        os.killpg(process.pid, 9)
        process.wait()
        text = deploy(build("third"), 0) if step == "files" else deploy(HOST, 0, "--back")
        check("was interrupted" in text, "nothing is said of the kill")
        check(level() == (["level = 3"] if step == "files" else ["level = 2"]) and answers(), f"behind a kill while {step}")
        deploy(build("second"), 0)


def store(build):
    title("a store of another version")
    text = deploy(build("store"), 1)
    check("no backup is declared of store" in text, "a store without a backup")
    text = deploy(build("store"), 4, "--yes")
    check("nothing goes back by itself" in text, "nothing is said of the way back")
    check(containers()["store"]["Config"]["Image"].endswith(":8.0.1"), "the old version was started")
    deploy(build("second"), 0, "--yes")


def over_ssh(build):
    """A real SSH server of the machine, and one that goes away in the middle."""
    if not os.path.exists("/usr/sbin/sshd"):
        say("NOT CHECKED: SSH: it is not there")
        return
    title("over SSH")
    os.makedirs("/run/sshd", exist_ok=True)
    os.makedirs("/root/.ssh", mode=0o700, exist_ok=True)
    for key in ("/run/host-key", "/run/key"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key, check=True)
    shutil.copy("/run/key.pub", "/root/.ssh/authorized_keys")
    with open("/run/known_hosts", "w") as file:
        file.write("[127.0.0.1]:2222 " + open("/run/host-key.pub").read())
    serve = lambda: subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", "/dev/null", "-p", "2222", "-h", "/run/host-key", "-o", "UsePAM=no", "-o", "PidFile=none", "-o", "SetEnv=POLL=1 SETTLE=3 PATIENCE=10"], start_new_session=True)
    if "\nsshd:" not in open("/etc/passwd").read():
        with open("/etc/passwd", "a") as file:
            file.write("sshd:x:110:65534::/run/sshd:/usr/sbin/nologin\n")
    server = serve()
    time.sleep(1)
    way = ("--to", "root@127.0.0.1", "--port", "2222", "--identity", "/run/key", "--known-hosts", "/run/known_hosts")
    deploy(build("third"), 0, *way)
    check(level() == ["level = 3"] and answers(), "over SSH")
    deploy(build("broken"), 3, *way)
    check(level() == ["level = 3"] and answers(), "gone back over SSH")
    # The connection is cut, and comes again.
    def cuts():
        until(lambda: os.path.exists(f"{HOST}/.infrac/current"))
        time.sleep(2)
        run("pkill", "-9", "-f", "^sshd(-session)?: root@")

    cut = threading.Thread(target=cuts)
    cut.start()
    text = deploy(build("second"), 0, *way)
    cut.join()
    say(f"  the connection was lost {text.count('the connection is lost')} times")
    check(level() == ["level = 2"] and answers(), "over a connection that was cut")
    piped = run("ssh", "-T", "-p", "2222", "-i", "/run/key", "-o", "UserKnownHostsFile=/run/known_hosts", "root@127.0.0.1", "bash -s", stdin=open(f"{build('third')}/scripts/deploy.sh"))
    check(piped.returncode == 2 and "as a file of a build" in piped.stderr, f"as a text through a pipe: {piped.stderr}")
    server.kill()


def main():
    folder = sys.argv[1]
    build = lambda name: f"{folder}/{name}"
    with open(build("env"), "w") as file:
        file.write(f"STORE_PASSWORD='{SECRET}'\nEXPORTER_PASSWORD='{SECRET}'\n")
    os.chmod(build("env"), 0o600)
    title("images")
    make_images(TESTS, [build("first"), build("store")], build("env"))
    parts = (good, broken, refused, killed, over_ssh, store)
    for part in parts:
        if not sys.argv[2:] or part.__name__ in sys.argv[2:]:
            part(build)
    run("docker", "compose", "-p", "small", "down", "--volumes")
    end()


main()

"""What the parts of the real start share: what holds is said, and a line that starts with FAILED is a fault; the exit code is then 1."""

import json
import subprocess
import sys
import time

BEGUN = time.monotonic()
failures = 0


def say(text=""):
    print(text, flush=True)


def check(good, text):
    """One thing that has to hold; what does not is a failure."""
    global failures
    if not good:
        failures += 1
        say(f"FAILED: {text}")
    return good


def title(text):
    say(f"\n-- {text} ({time.monotonic() - BEGUN:.0f} s)")


def end():
    title(f"{failures} failures")
    sys.exit(failures > 0)


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, **more)


def until(holds, patience=60):
    begun = time.monotonic()
    while not holds() and time.monotonic() - begun < patience:
        time.sleep(0.05)


def inspected(project):
    """The containers of a project, as the engine describes them."""
    ids = run("docker", "ps", "-aq", "--filter", f"label=com.docker.compose.project={project}").stdout.split()
    return json.loads(run("docker", "inspect", *ids).stdout) if ids else []


def service_of(container):
    return container["Config"]["Labels"]["com.docker.compose.service"]


def make_images(tests, builds, env, more=()):
    """An image for each service of some builds, and further ones; one that is there is not made again."""
    for build in builds:
        config = run("docker", "compose", "--env-file", env, "-f", f"{build}/docker/compose.infrastructure.yaml", "config", "--format", "json", check=True)
        services = json.loads(config.stdout)["services"] | {image: {"image": image} for image in more}
        known = run("docker", "images", "--format", "{{.Repository}}:{{.Tag}}").stdout.split()
        with open("/run/compose.json", "w") as file:
            json.dump({"services": {name: s for name, s in services.items() if s["image"] not in known}}, file)
        subprocess.run([sys.executable, f"{tests}/images.py", "/srv/catalogue.infra", "/run/compose.json"], check=True)

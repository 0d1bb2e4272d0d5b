"""A certificate authority outside: pebble, which asks for names as a client does, by a DNS of its own. Its settings are those of
`tests/nginx/acme`, where certificates are ordered without an engine; the certificate of its address stands in the source."""

import json
import os
import re
import socket
import subprocess
import time

FOLDER = "/srv/authority"
SITE = "renewed.example.com"
ACME, MANAGEMENT, DNS, CONTROL = 14000, 15000, 8053, 8055


def started(pid, log, *words, **more):
    """A program in the network of a process."""
    return subprocess.Popen(("nsenter", f"--net=/proc/{pid}/ns/net", *words), stderr=subprocess.STDOUT, stdout=open(log, "w"), **more)


class Authority:
    """It answers at an address outside, where names lead to the host."""

    def __init__(self, neighbour, address, host):
        self.neighbour, self.address, self.host, self.log = neighbour, address, host, "/run/pebble.log"
        with open(f"{FOLDER}/pebble.json") as file:
            settings = json.load(file)
        settings["pebble"] |= {"listenAddress": f"{address}:{ACME}", "managementListenAddress": f"{address}:{MANAGEMENT}", "httpPort": 80}
        # The client looks each minute, and renews when a third is left: on a busy machine that takes its time.
        settings["pebble"]["profiles"]["minutes"]["validityPeriod"] = 240
        with open("/run/pebble.json", "w") as file:
            json.dump(settings, file)
        empty = ("-defaultIPv6=", "-http01=", "-https01=", "-tlsalpn01=", "-doh=")
        # What is random in pebble is taken out of it (letsencrypt/pebble:README.md).
        certain = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_VA_ALWAYS_VALID": "0", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
        self.programs = [
            started(neighbour, "/run/dns.log", "pebble-challtestsrv", f"-defaultIPv4={host}", f"-dnsserver={address}:{DNS}", f"-management={address}:{CONTROL}", *empty),
            started(neighbour, self.log, "pebble", "-config=/run/pebble.json", f"-dnsserver={address}:{DNS}", cwd=FOLDER, env=os.environ | certain),
        ]

    def visits(self):
        """The site is asked again and again, each time over a new connection."""
        roots = f"https://{self.address}:{MANAGEMENT}/roots/0"
        program = started(self.neighbour, "/run/visits", "python3", "/srv/tests/handshakes.py", "443", SITE, roots, f"{FOLDER}/ca.pem", self.host)
        self.programs.append(program)
        return program

    def stop(self):
        for program in self.programs:
            program.kill()


def seen():
    """Visits by the serial number of the certificate in their order, and those that failed behind the first that did not."""
    found, lost = [], []
    for line in open("/run/visits").read().splitlines():
        serial, _, status = line.partition(" ")
        if status != "200":
            lost += [line] if found else []
        elif found and found[-1][0] == serial:
            found[-1][1] += 1
        else:
            found.append([serial, 1])
    return found, lost


def renewed(authority, key, check, say):
    """A certificate is ordered by the started stack, and renewed while the site is asked without pause: it is over in four
    minutes, and the client looks at it each minute."""
    begun = time.monotonic()
    visits = authority.visits()
    while time.monotonic() - begun < 420:
        found, lost = seen()
        if len(found) > 1 and found[-1][1] >= 100 or lost or visits.poll() is not None:
            break
        time.sleep(0.5)
    visits.kill()
    found, lost = seen()
    took = time.monotonic() - begun
    good = check(len(found) > 1 and not lost, f"renewals while a site is asked: {found} and {lost[:3]} after {took:.0f} s")
    if not good:
        say("    " + "\n    ".join(open(authority.log).read().splitlines()[-12:]))
        return
    key()
    issued = [number.lower().lstrip("0") for number in re.findall(r" Issued certificate serial (\w+)", open(authority.log).read())]
    served = [serial.lower().lstrip("0") for serial, _ in found]
    check(issued[-len(served) :] == served, f"{issued} were issued, and {served} were served")
    numbers = " and then ".join(f"{count} with {serial[-8:]}" for serial, count in found)
    say(f"  an authority issues and renews a certificate: {numbers} in {took:.0f} s, no request lost")


def listens(address, patience=20):
    begun = time.monotonic()
    while time.monotonic() - begun < patience:
        try:
            socket.create_connection((address, ACME), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False

"""What a real client meets at the proxy of `tests/ok/queue.infra`: its routes, one after another, and a service that goes and comes back."""

import base64
import http.client
import os
import socket
import ssl
import subprocess
import time

from look import within

SITE = "jobs.example.com"
# The site whose certificate the operator puts there.
OWN = "archive.example.com"
# The line of the secret of the login; nginx takes a password in plain text for what it is.
USERS, PASSWORD = "operator", "let-me-in"
LOGIN = f"{USERS}:{{PLAIN}}{PASSWORD}"


class Client:
    """Asks the proxy over TLS, from the outside, and trusts what the proxy's own certificate says."""

    def __init__(self, address, trusted, site=SITE):
        self.address, self.trusted, self.site = address, trusted, site

    def connect(self, tls=True):
        raw = socket.create_connection((self.address, 443 if tls else 80), timeout=20)
        return ssl.create_default_context(cadata=self.trusted).wrap_socket(raw, server_hostname=self.site) if tls else raw

    def ask(self, path, method="GET", headers=None, body=None, tls=True):
        """The status, the body and the headers of an answer."""
        reply = http.client.HTTPConnection(self.site)
        reply.sock = self.connect(tls)
        reply.request(method, path, body, headers or {})
        answer = reply.getresponse()
        return answer.status, answer.read().decode().strip(), dict(answer.getheaders())

    def websocket(self, path):
        """What a WebSocket says first (RFC 6455, section 5.2: a text of fewer than 126 bytes)."""
        stream = self.connect()
        key = base64.b64encode(os.urandom(16)).decode()
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {SITE}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        read = stream.makefile("rb")
        status = read.readline().decode().split(" ")[1]
        while read.readline() not in (b"\r\n", b""):
            pass
        frame = read.read(2)
        return status, read.read(frame[1]).decode() if status == "101" else ""

    def stream(self, path):
        """How long after the request each event of a stream arrives."""
        stream = self.connect()
        begun, times = time.monotonic(), []
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {SITE}\r\nConnection: close\r\n\r\n".encode())
        for line in stream.makefile("rb"):
            if line.startswith(b"data:"):
                times.append(time.monotonic() - begun)
        return times


def routes(neighbour, client, check, say):
    """Each thing that a route can ask for."""
    ask = lambda *words, **more: tuple(within(neighbour, lambda: client.ask(*words, **more)))
    login = {"Authorization": "Basic " + base64.b64encode(f"{USERS}:{PASSWORD}".encode()).decode()}
    wrong = {"Authorization": "Basic " + base64.b64encode(b"operator:guess").decode()}
    for what, got, wanted in (
        ("a route", ask("/")[0], 200),
        ("a login that is missing", ask("/admin")[0], 401),
        ("a login with another password", ask("/admin", headers=wrong)[0], 401),
        ("a login", ask("/admin", headers=login)[0], 200),
        ("a route for others", ask("/office")[0], 403),
        ("a body that is too large", ask("/", "POST", body=b"x" * 2_000_000)[0], 413),
        ("a body", ask("/", "POST", body=b"x" * 500_000)[0], 200),
        ("a path that is taken off", ask("/echo/a%2Fb?c=d")[1], "/a/b?c=d"),
    ):
        check(got == wanted, f"{what}: {got} instead of {wanted}")
    rare = [ask("/rare")[0] for _ in range(3)]
    check(rare[0] == 200 and rare[-1] == 429, f"a limit of one in a minute: {rare}")
    status, said = within(neighbour, lambda: client.websocket("/socket"))
    check((status, said) == ("101", "hello"), f"a WebSocket: {status} {said!r}")
    times = within(neighbour, lambda: client.stream("/events"))
    check(len(times) == 3 and times[0] < times[-1] - 0.5, f"events arrive together: {times}")
    say("  401 without a login and with another one, 200 with it; 403 by address; 413 and 200 by size; 429 by the limit; a WebSocket; events as they happen")


def own_certificate(folder, neighbour, address, check, say):
    """The operator puts a certificate into the folder of the proxy, which serves it at the next handshake: browsers are kept to TLS from then on."""
    keys = f"{folder}/archive"
    os.makedirs(keys)
    subprocess.run(
        ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={OWN}")
        + ("-addext", f"subjectAltName=DNS:{OWN}", "-keyout", f"{keys}/privkey.pem", "-out", f"{keys}/fullchain.pem"),
        check=True,
        capture_output=True,
    )
    for file in ("privkey.pem", "fullchain.pem"):
        os.chown(f"{keys}/{file}", 101, 101)
    client = Client(address, open(f"{keys}/fullchain.pem").read(), OWN)
    status, _, headers = within(neighbour, lambda: client.ask("/"))
    kept = headers.get("Strict-Transport-Security")
    check((status, kept) == (200, "max-age=63072000"), f"a certificate of the operator's: {status}, {kept}")
    for method in ("GET", "POST"):
        status, _, headers = within(neighbour, lambda: client.ask("/x?y=1", method, tls=False))
        to = headers.get("Location")
        check((status, to) == (301, f"https://{OWN}/x?y=1"), f"{method} without TLS: {status} to {to}")
        check("Strict-Transport-Security" not in headers, "a header of TLS without TLS")
    say("  a certificate that the operator puts there is served at once, with HSTS for two years; 301 without TLS")


def comes_back(neighbour, client, network, container, others, check, say):
    """A service is killed, and comes back under another address."""
    docker = lambda *words: subprocess.run(("docker", *words), capture_output=True, text=True)
    address = lambda: docker("inspect", "--format", f'{{{{(index .NetworkSettings.Networks "{network}").IPAddress}}}}', container).stdout.strip()
    before = address()
    docker("kill", container)
    begun = time.monotonic()
    status = within(neighbour, lambda: client.ask("/"))[0]
    took = time.monotonic() - begun
    check(status in (502, 504) and took < 15, f"a service that is killed: {status} after {took:.0f} s")
    docker("network", "disconnect", "--force", network, container)
    # Somebody else gets its address.
    taken = []
    for other in others:
        if docker("network", "connect", network, other).returncode == 0:
            taken.append(other)
    docker("network", "connect", "--alias", "api", network, container)
    docker("start", container)
    begun, status = time.monotonic(), 0
    while status != 200 and time.monotonic() - begun < 40:
        status = within(neighbour, lambda: client.ask("/"))[0]
        time.sleep(0.5)
    took = time.monotonic() - begun
    after = address()
    check(status == 200 and took < 30, f"a service that came back: {status} after {took:.0f} s")
    check(before != after, f"the service came back under its address of before, {before}: nothing was tried")
    for other in taken:
        docker("network", "disconnect", network, other)
    say(f"  a service that is killed is a {502}; back under another address ({before}, then {after}) it is served after {took:.0f} s")

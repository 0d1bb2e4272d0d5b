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
# The line of the secret of the login; nginx takes a password in plain text for what it is.
USERS, PASSWORD = "operator", "let-me-in"
LOGIN = f"{USERS}:{{PLAIN}}{PASSWORD}"


class Client:
    """Asks the proxy over TLS, from the outside, and trusts what the proxy's own certificate says."""

    def __init__(self, address, trusted):
        self.address, self.trusted = address, trusted

    def connect(self):
        raw = socket.create_connection((self.address, 443), timeout=20)
        return ssl.create_default_context(cadata=self.trusted).wrap_socket(raw, server_hostname=SITE)

    def ask(self, path, method="GET", headers=None, body=None):
        """The status and the body of an answer."""
        reply = http.client.HTTPConnection(SITE)
        reply.sock = self.connect()
        reply.request(method, path, body, headers or {})
        answer = reply.getresponse()
        return answer.status, answer.read().decode().strip()

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

"""Asks servers of this machine, from any address of the loopback network, with TLS or without: one request a line, one
answer a line.

A request is a JSON array: the port, the address it comes from, the name in its handshake or `null` for none, and its
bytes as Latin-1. The answer is a JSON text of the bytes that came back, or `null` where the handshake is refused."""

import json
import socket
import ssl
import sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def ask(port, source, name, sent):
    with socket.create_connection(("127.0.0.1", port), 20, (source, 0)) as plain:
        if name is None:
            return exchange(plain, sent.encode("latin-1"))
        try:
            with context.wrap_socket(plain, server_hostname=name) as tls:
                return exchange(tls, sent.encode("latin-1"))
        except ssl.SSLError:
            return None


def exchange(tls, sent):
    try:
        tls.sendall(sent)
    except OSError:
        pass  # what is refused is not read to its end
    parts = []
    try:
        while part := tls.recv(65536):
            parts.append(part)
    except OSError:
        pass
    return b"".join(parts).decode("latin-1")


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(ask(*request)), flush=True)

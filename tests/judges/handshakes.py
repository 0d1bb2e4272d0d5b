"""Asks a site over TLS without pause, each time over a new connection: `handshakes PORT NAME ROOTS CA [ADDRESS]`.

ROOTS is the address of the certificate that all of the site's have to come from, CA a file with the one of that address.
ADDRESS is where the site is asked, this machine where none is named.
Each connection is a line: the serial number of the certificate and the status of the answer, or what went wrong. A
certificate that is over, or of another name, is one that went wrong."""

import socket
import ssl
import sys
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

port, name, roots, ca, *address = sys.argv[1:]
own = build_opener(ProxyHandler({}), HTTPSHandler(context=ssl.create_default_context(cafile=ca)))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(cadata=own.open(roots, timeout=20).read().decode())


def ask():
    with socket.create_connection((address[0] if address else "127.0.0.1", int(port)), 20) as plain:
        with context.wrap_socket(plain, server_hostname=name) as tls:
            serial = tls.getpeercert()["serialNumber"]
            tls.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while part := tls.recv(65536):
                answer += part
            return f"{serial} {answer.split(b' ')[1].decode()}"


while True:
    try:
        print(ask(), flush=True)
    except (OSError, LookupError, ValueError) as wrong:
        print(f"wrong {wrong!r}", flush=True)

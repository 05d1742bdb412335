"""TLS before the sandbox gateway, and a proxy before that: both see bytes and nothing else."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate and its key, as files."""

    file: Path
    key: Path


def certificate(folder: Path, *names: str) -> Certificate:
    """A certificate for these names, its own authority; made by the `openssl` command."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=test", "-keyout", str(made.key),
         "-out", str(made.file), "-addext", f"subjectAltName={','.join(names)}"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made


@dataclass
class Listener:
    """A server of a thread; `seen` is what it read in the clear before it passed bytes on."""

    port: int
    seen: list[bytes] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@contextmanager
def terminator(to: int, with_: Certificate) -> Iterator[Listener]:
    """TLS on a free port, decrypted and passed on to another port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(with_.file, with_.key)

    def serve(plain: socket.socket, listener: Listener) -> None:
        try:
            client = context.wrap_socket(plain, server_side=True)
        except (ssl.SSLError, OSError) as error:
            listener.failures.append(str(error))
            return
        with client, socket.create_connection(("127.0.0.1", to)) as gateway:
            _both_ways(client, gateway, listener.seen)

    with _listening(serve) as listener:
        yield listener


@contextmanager
def proxy(to: int) -> Iterator[Listener]:
    """A proxy that knows CONNECT alone and passes everything on to one port."""

    def serve(client: socket.socket, listener: Listener) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (more := client.recv(65536)):
            head += more
        listener.seen.append(head)
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", to)) as gateway:
            _both_ways(client, gateway, listener.seen)

    with _listening(serve) as listener:
        yield listener


@contextmanager
def _listening(serve: Callable[[socket.socket, Listener], None]) -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server.getsockname()[1])

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = server.accept()
                    threading.Thread(target=one, args=(client,), daemon=True).start()

        def one(client: socket.socket) -> None:
            with client, suppress(OSError):
                serve(client, listener)

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield listener
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)


def _both_ways(client: socket.socket, gateway: socket.socket, seen: list[bytes]) -> None:
    back = threading.Thread(target=_pass, args=(gateway, client), daemon=True)
    back.start()
    _pass(client, gateway, seen)
    back.join()


def _pass(source: socket.socket, to: socket.socket, seen: list[bytes] | None = None) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            if seen is not None:
                seen.append(data)
            to.sendall(data)
    with suppress(OSError):
        to.shutdown(socket.SHUT_WR)

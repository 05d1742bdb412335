"""The way to the gateway: TLS verified always, nothing followed, nothing in an address."""

from __future__ import annotations

import gzip
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pulumi_capig.gateway import line
from pulumi_capig.sandbox import Fault, Sandbox
from tests.faults.checks import gateway_holds, is_clear
from tests.faults.scenarios import FULL, NEIGHBOUR, TOKEN
from tests.faults.tls import Certificate, certificate, proxy, terminator
from tests.support.deployment import Deployment
from tests.support.provider import Provider


@pytest.fixture
def own(tmp_path: Path) -> Certificate:
    """The certificate of a private authority, for two names of the gateway."""
    return certificate(tmp_path, "DNS:localhost", "DNS:capig.test")


def port_of(sandbox: Sandbox) -> int:
    return int(sandbox.url.rpartition(":")[2])


def refused(served: Provider) -> str:
    """The one message of an `up` that does not get through."""
    deployment = Deployment(served)
    (message,) = deployment.up(FULL).errors.values()
    is_clear(message, (TOKEN, Sandbox.client_secret))
    assert deployment.state == {}
    return message


def test_an_unknown_authority_is_refused_before_anything_is_sent(
    served: Provider, in_sandbox: Sandbox, own: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with terminator(port_of(in_sandbox), own) as tls:
        monkeypatch.setenv("CAPIG_GATEWAY", f"https://localhost:{tls.port}")
        message = refused(served)
    assert "the TLS connection failed" in message
    assert "certificate verify failed" in message
    assert tls.seen == []
    assert in_sandbox.counters.requests == {}


def test_a_private_authority_by_the_usual_variable(
    served: Provider, in_sandbox: Sandbox, own: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own.file))
    in_sandbox.connect(NEIGHBOUR)
    with terminator(port_of(in_sandbox), own) as tls:
        monkeypatch.setenv("CAPIG_GATEWAY", f"https://localhost:{tls.port}")
        assert Deployment(served).up(FULL).errors == {}
    gateway_holds(FULL, in_sandbox)
    heads = [data.split(b"\r\n", 1)[0] for data in tls.seen if data.startswith(b"POST")]
    assert set(heads) == {b"POST /clients/token HTTP/1.1", b"POST /capig/graphql/ HTTP/1.1"}


def test_a_certificate_for_another_name_is_refused(
    served: Provider, in_sandbox: Sandbox, own: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own.file))
    with terminator(port_of(in_sandbox), own) as tls:
        monkeypatch.setenv("CAPIG_GATEWAY", f"https://127.0.0.1:{tls.port}")
        message = refused(served)
    assert "the TLS connection failed" in message
    assert tls.seen == []


def test_a_proxy_sees_the_gateways_name_and_nothing_else(
    served: Provider, in_sandbox: Sandbox, own: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own.file))
    in_sandbox.connect(NEIGHBOUR)
    with terminator(port_of(in_sandbox), own) as tls, proxy(tls.port) as between:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{between.port}")
        monkeypatch.setenv("CAPIG_GATEWAY", "https://capig.test")
        assert Deployment(served).up(FULL).errors == {}
    gateway_holds(FULL, in_sandbox)
    assert between.seen[0].startswith(b"CONNECT capig.test:443 HTTP/1.1\r\n")
    passed = b"".join(between.seen)
    for secret in (TOKEN, in_sandbox.client_secret, *in_sandbox.tokens._expiry, "graphql"):
        assert secret.encode() not in passed


def test_loopback_goes_past_every_proxy(
    served: Provider, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_sandbox.connect(NEIGHBOUR)
    with proxy(port_of(in_sandbox)) as between:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{between.port}")
        assert Deployment(served).up(FULL).errors == {}
    assert between.seen == []


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("operation", ["token", "list"])
def test_a_redirect_is_never_followed(
    served: Provider, in_sandbox: Sandbox, operation: str, code: int
) -> None:
    with Sandbox() as elsewhere:
        target = f"{elsewhere.url}/capig/graphql/"
        in_sandbox.inject(Fault("redirect", operation, body=target, times=None))
        message = refused(served)
        assert elsewhere.counters.requests == {}
    assert f"redirects to {target}; redirects are never followed" in message


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://capig.example.com", "must be https"),
        ("http://192.168.1.1", "must be https"),
        ("http://127.0.0.1.example.com", "must be https"),
        ("https://user:secret@capig.example.com", "must not contain a user name or password"),
        ("https://capig.example.com/?token=x", "without a path"),
        ("ftp://capig.example.com", "must be the gateway's address"),
        ("file:///etc/passwd", "must be the gateway's address"),
    ],
)
def test_an_address_that_would_give_something_away(
    served: Provider, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, address: str, why: str
) -> None:
    monkeypatch.setenv("CAPIG_GATEWAY", address)
    (message,) = Deployment(served).up(FULL).errors.values()
    assert why in message
    assert "secret" not in message.replace("clientSecret", "").replace("--secret", "")


def test_an_answer_that_unpacks_to_more_than_the_limit(
    served: Provider, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LARGEST_ANSWER", 2**20)
    with packed(gzip.compress(b" " * 2**24)) as url:
        monkeypatch.setenv("CAPIG_GATEWAY", url)
        message = refused(served)
    assert "the answer is larger than 1 MiB" in message


@contextmanager
def packed(body: bytes) -> Iterator[str]:
    """A server that answers every request with one packed body; its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-encoding", "gzip")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

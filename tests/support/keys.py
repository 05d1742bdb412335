"""A key service for the secrets of stacks, which answers as the transit engine of a Vault does.

From a passphrase each command of the CLI derives the key anew, which takes a quarter of a second of
the processor's time. Here it asks this service, and all else about secrets stays as it is.
"""

from __future__ import annotations

import json
import os
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.support.depth import DEPTH

_SEALED = "vault:v1:"


@cache
def secrets_provider() -> str:
    """What to give to ``pulumi stack init --secrets-provider``; at full depth, a passphrase."""
    if DEPTH > 1:
        return "passphrase"
    service = ThreadingHTTPServer(("127.0.0.1", 0), _Transit)
    Thread(target=service.serve_forever, daemon=True, name="keys").start()
    os.environ["VAULT_SERVER_URL"] = f"http://127.0.0.1:{service.server_port}"
    os.environ["VAULT_SERVER_TOKEN"] = "of-no-account"
    return "hashivault://tests"


class _Transit(BaseHTTPRequestHandler):
    """Seals keys, and opens them for whoever asks."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        """``encrypt`` or ``decrypt``, with a text in base64."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "plaintext" in asked:
            data = {"ciphertext": _SEALED + asked["plaintext"]}
        else:
            data = {"plaintext": asked["ciphertext"].removeprefix(_SEALED)}
        answer = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

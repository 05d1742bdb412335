"""A tiny HTTP server that answers as told, for what the sandbox gateway would never say."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "api-token-of-the-script"


@dataclass(frozen=True)
class Reply:
    """An answer, word for word."""

    body: str = ""
    status: int = 200
    media_type: str | None = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        """The JSON of the body."""
        return json.loads(self.body)


class Scripted:
    """Answers GraphQL requests with its replies in turn, the last one for ever.

    Args:
        replies: Answers to GraphQL requests.
        tokens: Answers to token requests; one good token if empty.
    """

    def __init__(self, *replies: Reply, tokens: tuple[Reply, ...] = ()) -> None:
        self._replies = list(replies)
        self._tokens = list(tokens) or [Reply(json.dumps({"token": TOKEN}))]
        self.seen: list[Seen] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                seen = Seen(self.path, dict(self.headers), self.rfile.read(length))
                reply = script._take(seen)
                content = reply.body.encode()
                self.send_response_only(reply.status)
                if "Date" not in reply.headers:
                    self.send_header("date", self.date_time_string())
                if reply.media_type is not None:
                    self.send_header("content-type", reply.media_type)
                self.send_header("content-length", str(len(content)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def _take(self, seen: Seen) -> Reply:
        with self._lock:
            self.seen.append(seen)
            replies = self._tokens if seen.path == "/clients/token" else self._replies
            return replies.pop(0) if len(replies) > 1 else replies[0]

    @property
    def calls(self) -> list[Seen]:
        """The GraphQL requests."""
        return [seen for seen in self.seen if seen.path != "/clients/token"]

    @property
    def token_requests(self) -> list[Seen]:
        """The token requests."""
        return [seen for seen in self.seen if seen.path == "/clients/token"]

    def close(self) -> None:
        """Stops to serve."""
        self._server.shutdown()
        self._server.server_close()


def data(**result: Any) -> Reply:
    """A plain GraphQL result."""
    return Reply(json.dumps({"data": result}))


def account(*pixels: str) -> Reply:
    """A list of connected pixels."""
    configs = [{"connectionStatus": {"pixelID": pixel}} for pixel in pixels]
    return data(tenantQueries={"account": {"name": "A", "signalConfigs": configs}})


def error(
    code: int,
    message: str = "no",
    *,
    status: int | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    """A GraphQL error; its code is the HTTP status too, unless another is given."""
    body = {"errors": [{"message": message, "extensions": {"code": code}}], "data": None}
    return Reply(json.dumps(body), status or code, headers=headers or {})

"""`python -m pulumi_capig.sandbox`: the sandbox gateway in the foreground."""

from __future__ import annotations

import argparse
from typing import NoReturn


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main() -> None:
    """Reads the command line and serves."""
    parser = _Parser(
        "python -m pulumi_capig.sandbox", description="Serves a gateway to try and test against."
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (a free one)")
    parser.add_argument(
        "--account", action="append", metavar="ID", help="account id; may be repeated (SandboxA)"
    )
    parser.add_argument(
        "--latency", type=float, default=0, metavar="MS", help="milliseconds more a request (0)"
    )
    options = parser.parse_args()
    try:
        from . import serve
    except ImportError as error:
        parser.error(str(error))
    accounts = {"accounts": options.account} if options.account else {}
    try:
        serve(options.port, latency=options.latency / 1000, **accounts)
    except ValueError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"cannot listen on port {options.port}: {error.strerror}")


if __name__ == "__main__":
    main()

"""The command line (extra `cli`)."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Runs `capig` and ends the process with its exit status."""
    try:
        from .app import run

        sys.exit(run())
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("pulumi_capig"):
            raise
        from .._origin import install

        sys.stderr.write(f"capig needs {error.name}: {install('cli')}\n")
    sys.exit(2)

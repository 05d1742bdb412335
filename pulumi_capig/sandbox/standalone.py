"""The sandbox gateway in the foreground, for a shell."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterable

from .server import DEFAULT_ACCOUNT, Sandbox

__all__ = ["serve"]

_STOP = {signal.SIGINT, signal.SIGTERM}


def serve(
    port: int = 0, *, accounts: Iterable[str] = (DEFAULT_ACCOUNT,), latency: float = 0.0
) -> None:
    """Serves until SIGINT or SIGTERM; to be called in the main thread.

    Once connections are accepted, prints the provider's environment variables as `export` lines
    on standard output, and everything else on standard error.

    Args:
        port: Port on 127.0.0.1; 0 takes a free one.
        accounts: Account ids; the first one is the default account.
        latency: Seconds that every request takes longer.

    Raises:
        OSError: The port is taken.
    """
    # Blocked in all threads, the signals wait for `sigwait`, from before the first output on.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    try:
        with Sandbox(accounts=accounts, port=port, latency=latency) as sandbox:
            for name, value in sandbox.environment().items():
                print(f"export {name}={shlex.quote(value)}", flush=True)  # noqa: T201
            print(  # noqa: T201
                f"Sandbox gateway at {sandbox.url}; open {sandbox.url}/ in a browser to watch it. "
                "Ctrl+C ends it.",
                file=sys.stderr,
                flush=True,
            )
            signal.sigwait(_STOP)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

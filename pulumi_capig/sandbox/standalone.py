"""The sandbox gateway in the foreground, for a shell."""

from __future__ import annotations

import os
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
        SystemExit: Standard output cannot be written.
        ValueError: An argument is wrong.
    """
    # Blocked in all threads, the signals wait for `sigwait`, from before the first output on.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    try:
        with Sandbox(accounts=accounts, port=port, latency=latency) as sandbox:
            _announce(sandbox)
            signal.sigwait(_STOP)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _announce(sandbox: Sandbox) -> None:
    exports = "".join(
        f"export {name}={shlex.quote(value)}\n" for name, value in sandbox.environment().items()
    )
    try:
        # Unbuffered and at once: nothing is left for Python to write when it ends.
        os.write(sys.stdout.fileno(), exports.encode())
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        _say(f"the settings cannot be written to standard output: {error.strerror}")
        sys.exit(2)
    _say(
        f"Sandbox gateway at {sandbox.url}; open {sandbox.url}/ in a browser to watch it. The "
        "lines above are for the shell that runs Pulumi. Ctrl+C ends it."
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201

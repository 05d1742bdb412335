"""The second way: Pulumi's own download of the pinned CLI, by the means of its SDK."""

import sys
import threading
import urllib.request
from pathlib import Path

from cli import PINNED, UnavailableError
from progress import CommandError, at_work, execute

_HOST = "get.pulumi.com"
_SECONDS = 3
_INSTALL = """
import sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""


def fill(folder: Path) -> None:
    """Download the CLI and its language hosts into `folder/bin`.

    Raises:
        UnavailableError: the download's host is out of reach, or the download fails.
    """
    if not _reachable():
        why = f"{_HOST} does not answer within {_SECONDS} s; check the network"
        raise UnavailableError(why)
    try:
        with at_work(f"downloading the Pulumi CLI v{PINNED} (about half a minute, once)"):
            execute([sys.executable, "-c", _INSTALL, folder, PINNED])
    except CommandError as error:
        why = f"the download failed; {error}"
        raise UnavailableError(why) from error


def _reachable() -> bool:
    answered = threading.Event()
    done = threading.Event()

    def ask() -> None:
        try:
            with urllib.request.urlopen(f"https://{_HOST}/install.sh", timeout=_SECONDS):
                answered.set()
        except OSError:
            pass
        done.set()

    # On a thread, because looking up a name has no time limit of its own.
    threading.Thread(target=ask, daemon=True).start()
    done.wait(_SECONDS)
    return answered.is_set()

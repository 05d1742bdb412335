"""What stands at a warm environment's `bin/python`; see `forks.py`. It starts anew each time.

It imports nothing but what is built in. The file `python.warm` beside it has the Python in whose
place it is, the options and settings that the forking one was started with, and its address.
"""

import _signal
import _socket
import marshal
import os
import sys
from typing import NoReturn


def main(arguments: list[str]) -> NoReturn:
    """Have the same run by the one that forks; what that cannot do is left to the real Python."""
    with open(f"{sys.argv[0]}.warm", "rb") as file:  # noqa: PTH123
        real, options, address, settings = marshal.load(file)  # noqa: S302
    asked = arguments[len(options) :] if arguments[: len(options)] == options else []
    asked = asked[1:] if asked[:1] == ["-u"] else asked
    other = "-E" not in options and settings_of_python() != settings
    if other or not asked or (asked[0].startswith("-") and asked[0] not in ("-m", "-c")):
        os.execv(real, [real, *arguments])  # noqa: S606
    forks = _socket.socket(_socket.AF_UNIX)
    forks.connect(address)
    request = marshal.dumps((asked, dict(os.environ), os.getcwd(), os.getppid()))  # noqa: PTH109
    files = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
    rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)]
    forks.sendmsg([len(request).to_bytes(8, "little")], rights)
    for number in (_signal.SIGINT, _signal.SIGTERM):
        _signal.signal(number, lambda number, frame: forks.send(bytes([number])))
    forks.sendall(request)
    end(status_from(forks))


def settings_of_python() -> dict[str, str]:
    """The variables that a Python reads when it starts; all of these have `-u` anyway."""
    names = os.environ.keys() - {"PYTHONUNBUFFERED"}
    return {name: os.environ[name] for name in sorted(names) if name.startswith("PYTHON")}


def status_from(forks: _socket.socket) -> int:
    """How it ended; whoever started this may be gone before."""
    parent = os.getppid()
    forks.settimeout(0.3)
    while os.getppid() == parent:
        try:
            return int(marshal.loads(forks.recv(16)))  # noqa: S302
        except TimeoutError:
            continue
    return 1


def end(status: int) -> NoReturn:
    """End in the same way."""
    if status < 0:
        _signal.signal(-status, _signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1:])

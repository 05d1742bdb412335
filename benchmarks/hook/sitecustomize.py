"""Notes what the program and the provider have used when they end.

Python imports this by its name in every process that has its folder on `PYTHONPATH`.
"""

import atexit
import json
import os
import resource
import sys
import time
from pathlib import Path

_ROLES = {
    "pulumi.dynamic": "provider",
    "program.py": "program",
    "pulumi-language-python-exec": "program",
}


def _peak() -> int:
    """Most memory held at once, in bytes; `ru_maxrss` alone would count the parent's, too."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def _note(role: str, folder: str) -> None:
    used = {"role": role, "memory": _peak(), "cpu": time.process_time()}
    Path(folder, f"{os.getpid()}.json").write_text(json.dumps(used), encoding="utf-8")


_folder = os.environ.get("BENCH_PROCESSES")
_names = {Path(word).name for word in sys.orig_argv}
for _name, _role in _ROLES.items():
    if _folder and _name in _names:
        atexit.register(_note, _role, _folder)

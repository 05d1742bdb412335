"""What the provider's process prints, the engine shows line by line."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys, threading
from pulumi_capig.process import _say

sys.setswitchinterval(1e-6)
together = threading.Barrier(4)

def speak(name):
    together.wait()
    for number in range(500):
        _say(f"{name}{number}")

threads = [threading.Thread(target=speak, args=(name,)) for name in "abcd"]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_messages_of_calls_at_once_stay_lines_of_their_own() -> None:
    spoken = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    expected = [f"{name}{number}" for name in "abcd" for number in range(500)]
    assert sorted(spoken.stderr.splitlines()) == sorted(expected)

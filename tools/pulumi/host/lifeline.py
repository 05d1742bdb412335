"""Processes that never outlive the one that started them, however that one ended."""

import os
import threading
import time
from collections.abc import Callable

_INTERVAL = 0.3


def when_orphaned(parent: int, then: Callable[[], None]) -> None:
    """Call `then` on a thread of its own once `parent` is no longer this process's parent."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_INTERVAL)
        then()

    threading.Thread(target=watch, daemon=True, name="lifeline").start()

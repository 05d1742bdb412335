"""Holding requests in the gateway until a test lets them go."""

from __future__ import annotations

import asyncio
import threading

__all__ = ["Gate"]


class Gate:
    """Holds the requests that arrive until it is released."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._arrived = 0
        self._released = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def wait(self, count: int = 1, timeout: float = 30) -> None:
        """Waits until `count` requests have arrived; TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._arrived >= count, timeout):
                message = f"{self._arrived} of {count} requests arrived at the gate"
                raise TimeoutError(message)

    def release(self) -> None:
        """Lets all requests go, those to come as well."""
        with self._changed:
            self._released = True
            for loop, event in self._waiting:
                loop.call_soon_threadsafe(event.set)
            self._waiting.clear()

    async def pass_through(self) -> None:
        """Waits in the gateway for the release."""
        event = asyncio.Event()
        ticket = asyncio.get_running_loop(), event
        with self._changed:
            self._arrived += 1
            self._changed.notify_all()
            if self._released:
                return
            self._waiting.append(ticket)
        try:
            await event.wait()
        finally:
            with self._changed:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)

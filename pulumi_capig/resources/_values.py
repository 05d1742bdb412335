"""The values that a program passes, without outputs, as far as they are known yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, NamedTuple

import pulumi

LATER: Any = object()
"""Marks a value that is not known yet, or a secret that is not to be looked at."""


class _Told(NamedTuple):
    output: pulumi.Output[Any]
    value: Any
    secret: bool


class Values:
    """Looks behind outputs.

    It tells outputs apart by identity, and holds them, so that no other object gets the same one.
    """

    def __init__(self) -> None:
        self._told: dict[int, _Told] = {}
        self._behind: dict[int, tuple[pulumi.Output[Any], Any]] = {}
        self._learning: dict[int, asyncio.Task[None]] = {}

    def stands_for(self, output: pulumi.Output[Any], value: Any) -> None:
        """Remember that an output of one of our resources has the value that the program passed."""
        self._behind[id(output)] = output, value

    def behind(self, value: Any) -> Any:
        """What the program passed for a value, or the value itself."""
        while (found := self._behind.get(id(value))) is not None:
            value = found[1]
        return value

    def is_secret(self, value: Any) -> bool:
        """Whether a value that is known, or a part of it, is a secret."""
        value = self.behind(value)
        if isinstance(value, list):
            return any(map(self.is_secret, value))
        told = self._told.get(id(value)) if isinstance(value, pulumi.Output) else None
        return told is not None and told.secret

    def secrets_in(self, value: Any) -> Iterator[str]:
        """The texts in a value that are both known and secret."""
        value = self.behind(value)
        if isinstance(value, list | tuple):
            for item in value:
                yield from self.secrets_in(item)
        elif isinstance(value, pulumi.Output) and self.is_secret(value):
            yield from _texts(self._told[id(value)].value)

    def known(self, value: Any, *, secrets: bool = False) -> Any:
        """A value without outputs; `LATER` if something in it is not known.

        Args:
            value: What a program passed: plain, an output, or a list of both.
            secrets: Whether secrets are looked at as well.
        """
        value = self.behind(value)
        if isinstance(value, list):
            items = [self.known(item, secrets=secrets) for item in value]
            return LATER if LATER in items else items
        if not isinstance(value, pulumi.Output):
            return value
        told = self._told.get(id(value))
        return LATER if told is None or (told.secret and not secrets) else told.value

    async def learn(self, *values: Any) -> None:
        """Wait until the outputs in some values have resolved."""
        for value in values:
            if isinstance(value, list):
                await self.learn(*value)
            elif isinstance(value, pulumi.Output):
                await asyncio.shield(self.learning(value))

    def learning(self, output: pulumi.Output[Any]) -> asyncio.Task[None]:
        """A task that ends when an output has resolved."""
        if id(output) not in self._learning:
            self._learning[id(output)] = asyncio.ensure_future(self._ask(output))
        return self._learning[id(output)]

    async def _ask(self, output: pulumi.Output[Any]) -> None:
        try:
            if await output.is_known():
                value, secret = await output.future(), await output.is_secret()
                value = list(value) if isinstance(value, tuple) else value
                self._told[id(output)] = _Told(output, value, secret)
            else:
                self._told[id(output)] = _Told(output, LATER, secret=False)
        except Exception:  # the SDK meets it again where it takes the value, and says it
            self._told[id(output)] = _Told(output, LATER, secret=False)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)

"""Filters as the gateway keeps them, and what they come to for a pixel."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from .dialect.filters import AccountWide

__all__ = ["FilterBook"]


class FilterBook:
    """The filters of one kind (event names or domains) of all accounts. Not thread-safe."""

    def __init__(self) -> None:
        self._rules: dict[tuple[str, str], str] = {}
        self._entries: dict[tuple[str, str], dict[str, str]] = {}
        self._names: dict[str, set[str]] = {}

    def write(
        self,
        tenant: str,
        name: str,
        pixels: Sequence[str] | None,
        state: str,
        *,
        model: AccountWide,
        connected: Collection[str],
    ) -> None:
        """Stores `state` for `pixels`, or for the whole account where that is None."""
        key = tenant, name
        self._names.setdefault(tenant, set()).add(name)
        if pixels is not None or model == "copies":
            entries = self._entries.setdefault(key, {})
            entries.update(dict.fromkeys(connected if pixels is None else pixels, state))
        elif model == "rule-own-last" and state == "PUBLISH":
            self._rules.pop(key, None)
        else:
            self._rules[key] = state

    def forget_pixel(self, tenant: str, pixel: str) -> None:
        """Drops the own entries of a pixel."""
        for name in self.names(tenant):
            self._entries.get((tenant, name), {}).pop(pixel, None)

    def forget_account(self, tenant: str) -> None:
        """Drops all filters of an account."""
        for name in self._names.pop(tenant, set()):
            self._rules.pop((tenant, name), None)
            self._entries.pop((tenant, name), None)

    def effective(self, tenant: str, name: str, pixel: str, model: AccountWide) -> str:
        """What the gateway does with `name` of a connected pixel: PUBLISH or DROP."""
        rule = self._rules.get((tenant, name))
        own = self._entries.get((tenant, name), {}).get(pixel)
        first, second = (rule, own) if model == "rule-own-last" else (own, rule)
        return first or second or "PUBLISH"

    def names(self, tenant: str) -> set[str]:
        """Every name that a filter of the account was ever written for."""
        return self._names.get(tenant, set())

    def stored(self) -> Iterator[tuple[str, str, str | None, str]]:
        """What is stored: account, name, pixel (None: the account-wide rule), state."""
        for (tenant, name), state in self._rules.items():
            yield tenant, name, None, state
        for (tenant, name), entries in self._entries.items():
            for pixel, state in entries.items():
                yield tenant, name, pixel, state

    def stored_state(self, tenant: str, name: str, pixel: str | None) -> str | None:
        """What is stored for one pixel, or for the whole account (None)."""
        if pixel is None:
            return self._rules.get((tenant, name))
        return self._entries.get((tenant, name), {}).get(pixel)

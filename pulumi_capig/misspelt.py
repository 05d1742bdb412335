"""Keys of stack config and variables that look like settings of this package and are none.

The program's process and the command line both look; nothing heavy is imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .settings import TABLE

__all__ = ["of_environment", "warning"]

_NAMESPACE = "capig:"


def warning(keys: Iterable[str]) -> str:
    """What to tell the user about the keys of stack config, in one line.

    Args:
        keys: All of them, each with its namespace: ``capig:tenantId``.

    Returns:
        The warning; "" if each key of our namespace is a setting.
    """
    known = [setting.key for setting in TABLE]
    ours = (key.removeprefix(_NAMESPACE) for key in keys if key.startswith(_NAMESPACE))
    unknown = sorted(key for key in ours if key not in known)
    if not unknown:
        return ""
    named = "; ".join(f"{_NAMESPACE}{key} ({_guess(key, known)})" for key in unknown)
    are = "is not a setting, and has" if len(unknown) == 1 else "are not settings, and have"
    return f"stack config: {named} {are} no effect"


def of_environment(variables: Iterable[str]) -> str:
    """What to tell the user about the environment, in one line.

    Only what is nearly the name of a setting counts: others may have variables of this prefix.

    Args:
        variables: The names of all variables.

    Returns:
        The warning; "" if there is nothing to tell.
    """
    known = [setting.variable for setting in TABLE]
    unknown = sorted(v for v in variables if v.startswith("CAPIG_") and v not in known)
    if not unknown:
        return ""
    from difflib import get_close_matches  # only where something is wrong

    near = {name: get_close_matches(name, known, n=1, cutoff=0.85) for name in unknown}
    named = "; ".join(f"{name} (did you mean {match[0]}?)" for name, match in near.items() if match)
    return f"environment: {named}: no such setting, so it has no effect" if named else ""


def _guess(key: str, known: Sequence[str]) -> str:
    plain = {_plain(name): name for name in known}
    from difflib import get_close_matches  # only where something is wrong

    nearest = get_close_matches(_plain(key).removeprefix("capig"), plain, n=1)
    if nearest:
        return f"did you mean {_NAMESPACE}{plain[nearest[0]]}?"
    return f"the settings are {', '.join(plain.values())}"


def _plain(key: str) -> str:
    """A key without what differs between the ways to write names."""
    return "".join(c for c in key.casefold() if c.isalnum())

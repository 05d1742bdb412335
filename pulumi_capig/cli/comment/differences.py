"""Why a resource changes: the arguments that differ, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .holdings import kind_of
from .markdown import code, folded, value
from .preview import SECRET, UNKNOWN, State, Step

__all__ = ["reason"]

_INTERNAL = ("__provider",)
_SAID_BY_THE_CHANGE = {
    *("tenant_id", "gateway", "pixel_id", "pixel_name", "pixel_ids", "filter_state"),
    *("event_name", "event_names", "domain", "domains"),
}
"""Arguments of a new resource that its change names, or its heading."""
_FINGERPRINT = "access_token_fingerprint"
_SECRET_NAMES = re.compile("token|secret|password|private_key|^auth$")


def reason(step: Step, *, destroys: bool, whole: bool) -> str:
    """What makes a step happen.

    Args:
        step: The step.
        destroys: Whether the preview is of `pulumi destroy`.
        whole: Whether nothing beside it says what a new resource declares.
    """
    if step.new is None:
        return "`pulumi destroy`" if destroys else "no longer in the program"
    ours = bool(kind_of(step))
    if step.old is None:
        declared = _declared(step.new.inputs, whole=whole) if ours else []
        return "; ".join(["new in the program", *declared])
    found = list(_differences(step.old, step.new, ours=ours))
    if not found and step.op == "replace":
        return "replaced on request (`--replace`, or a taint)"
    return "; ".join(found) or "no difference in what Pulumi shows"


def _declared(inputs: Mapping[str, Any], *, whole: bool) -> list[str]:
    """The arguments of a new resource; if not the whole, without those that are said already."""
    said = {"tenant_id", "gateway"} if whole else _SAID_BY_THE_CHANGE
    return [
        f"{code(name)} {_value(name, inputs[name])}"
        for name in sorted(inputs.keys() - said - {*_INTERNAL, _FINGERPRINT})
    ]


def _differences(old: State, new: State, *, ours: bool) -> Iterator[str]:
    for name in sorted(old.inputs.keys() | new.inputs.keys()):
        before, after = old.inputs.get(name), new.inputs.get(name)
        if before == after or name in _INTERNAL:
            continue
        if name == "access_token" and _FINGERPRINT in old.inputs.keys() & new.inputs.keys():
            continue  # the fingerprint says it
        if name == "gateway" and (before is None or after is None):
            continue  # it is there where a gateway is set, and makes no difference
        if name == _FINGERPRINT:
            yield _token(before, after)
        elif not ours:
            yield code(name)
        elif isinstance(before, list) and isinstance(after, list):
            yield f"{code(name)} {_elements(before, after)}"
        else:
            yield f"{code(name)} {_value(name, before)} → {_value(name, after)}"


def _token(before: Any, after: Any) -> str:
    if before == "":
        return "`access_token` is sent again, because the gateway lost it"
    if after == UNKNOWN:
        return "`access_token` may change (known after `up`)"
    return "`access_token` changes" if before and after else "`access_token` is set or left out"


def _elements(before: list[Any], after: list[Any]) -> str:
    added = [value(each) for each in after if each not in before]
    removed = [value(each) for each in before if each not in after]
    parts = [f"adds {folded(added, 'elements')}"] if added else []
    parts += [f"removes {folded(removed, 'elements')}"] if removed else []
    return ", ".join(parts) or "in another order"


def _value(name: str, given: Any) -> str:
    if given is None:
        return "(whole account)" if name == "pixel_ids" else "(not declared)"
    if given == SECRET or (_SECRET_NAMES.search(name) and given not in (UNKNOWN, "")):
        return "(secret)"
    if isinstance(given, list):
        return folded([value(each) for each in given], "of them")
    return value(given)

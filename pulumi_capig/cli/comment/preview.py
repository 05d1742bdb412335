"""What `pulumi preview --json` printed: a digest, a stream of events, and text around either."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import untangle

__all__ = ["SECRET", "UNKNOWN", "Preview", "State", "Step", "read"]

SECRET = "[secret]"  # noqa: S105 - what Pulumi prints in a secret's place
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What Pulumi prints in the place of a value that only `up` will know."""

_SECRET_MARK = "4dabf18193072939515e22adb298388d"  # noqa: S105 - what marks a secret's object

_ROOT = "pulumi:pulumi:Stack"
_LAST_LINES = 20
"""Lines that are shown of a text without any JSON or error in it."""


@dataclass(frozen=True)
class State:
    """A resource before or after the change.

    Attributes:
        id: What its provider calls it; "" until it is created.
        inputs: Its arguments, as the provider's check left them. Pulumi has masked secrets.
        retained: Whether a delete leaves it on the gateway (`retain_on_delete`).
        deleted_with: URN of the resource whose delete takes this one along, or "".
        external: Whether Pulumi only reads it (`PixelConnection.get`).
    """

    id: str
    inputs: Mapping[str, Any]
    retained: bool = False
    deleted_with: str = ""
    external: bool = False


@dataclass(frozen=True)
class Step:
    """What is to happen to one resource.

    Attributes:
        op: The engine's word: `create`, `update`, `replace`, `delete`, `same` and others.
        urn: The resource.
        old: As it is held now; None for a new one.
        new: As it is declared; None for one that goes.
        replace_reasons: The arguments that make the change a replacement.
    """

    op: str
    urn: str
    old: State | None
    new: State | None
    replace_reasons: Sequence[str] = ()

    @property
    def type(self) -> str:
        """Type token of the resource."""
        return _parts(self.urn)[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """Name of the resource in the program."""
        return _parts(self.urn)[3]


@dataclass
class Preview:
    """One stack's preview.

    Attributes:
        stack: The stack's name; "" if nothing says it.
        steps: One for each resource that changes, and for the unchanged ones that are listed.
        errors: Lines that say why it failed; empty if it did not.
        warnings: Lines that it warned of.
        unchanged: How many resources stay as they are.
        lists_unchanged: Whether those are among the steps (`--show-sames`).
        destroys: Whether it is of `pulumi destroy`.
        refreshes: Whether it is of `pulumi refresh`, which changes nothing on the gateway.
    """

    stack: str = ""
    steps: list[Step] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unchanged: int = 0
    lists_unchanged: bool = True
    destroys: bool = False
    refreshes: bool = False


def read(text: str) -> Preview:
    """Read what a preview printed, whether it went well or not."""
    documents, around = _split(text)
    reader = _Reader()
    try:
        for document in documents:
            reader.take(document)
    except (AttributeError, KeyError, TypeError):
        reader.preview.errors.append("This is not a preview as `pulumi preview --json` prints it.")
    preview = reader.preview
    preview.errors += _errors_in(around)
    if not documents:
        preview.errors = preview.errors or _last_words(around)
    elif not (reader.ended or preview.errors):
        preview.errors.append("The output ends in the middle of the preview.")
    preview.errors = list(dict.fromkeys(preview.errors))
    preview.warnings = list(dict.fromkeys(preview.warnings))
    listed = sum(step.op == "same" for step in preview.steps)
    preview.lists_unchanged = listed >= preview.unchanged
    # A preview that refreshes first has two steps of the stack itself.
    operations = [step.op for step in preview.steps if step.type == _ROOT]
    preview.refreshes = operations == ["refresh"]
    preview.steps = [step for step in preview.steps if step.type != _ROOT]
    preview.unchanged -= reader.unchanged_roots
    return preview


def _split(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The JSON documents that begin on a line of their own, and all other lines."""
    decoder = json.JSONDecoder()
    documents: list[dict[str, Any]] = []
    around: list[str] = []
    position = 0
    while position < len(text):
        if text[position] == "{":
            try:
                document, position = decoder.raw_decode(text, position)
                documents.append(document)
                continue
            except ValueError:
                pass
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        if line := text[position:end].strip():
            around.append(line)
        position = end + 1
    return documents, around


def _errors_in(lines: Sequence[str]) -> list[str]:
    return [
        line for each in lines if each.startswith("error: ") for line in untangle(each, "").lines()
    ]


def _last_words(lines: Sequence[str]) -> list[str]:
    """What is shown of an output that holds no preview."""
    if any(line.startswith(("{", '"')) for line in lines):
        return ["The output ends in the middle of the preview."]
    return list(lines[-_LAST_LINES:]) or ["Nothing was printed."]


class _Reader:
    """Puts a preview together from its documents."""

    def __init__(self) -> None:
        self.preview = Preview()
        self.ended = False
        self.unchanged_roots = 0

    def take(self, document: Mapping[str, Any]) -> None:
        """Take a digest, or an event, in."""
        if "sequence" in document or "timestamp" in document:
            self._event(document)
            return
        for step in document.get("steps") or ():
            self._step(step, step.get("oldState"), step.get("newState"), "replaceReasons")
        for said in document.get("diagnostics") or ():
            self._said(said)
        if "changeSummary" in document or "duration" in document:
            self._summary(document.get("changeSummary"))

    def _event(self, event: Mapping[str, Any]) -> None:
        if before := event.get("resourcePreEvent"):
            metadata = before["metadata"]
            self._step(metadata, metadata.get("old"), metadata.get("new"), "keys")
        elif said := event.get("diagnosticEvent"):
            self._said(said)
        elif violation := event.get("policyEvent"):
            self._violation(violation)
        elif (summary := event.get("summaryEvent")) is not None:
            self._summary(summary.get("resourceChanges"))
            if summary.get("result") == "failed" and not self.preview.errors:
                self.preview.errors.append("Pulumi says that the preview failed, but not why.")

    def _step(self, step: Mapping[str, Any], old: Any, new: Any, reasons: str) -> None:
        done = Step(step["op"], step["urn"], _state(old), _state(new), step.get(reasons) or ())
        self.preview.steps.append(done)
        self.preview.stack = self.preview.stack or _stack(done.urn)
        if done.type == _ROOT:
            self.unchanged_roots += done.op == "same"
            self.preview.destroys |= done.op == "delete"

    def _said(self, said: Mapping[str, Any]) -> None:
        urn, severity = said.get("urn") or "", said.get("severity")
        message = f"{said.get('prefix') or ''}{said.get('message') or ''}".strip()
        self.preview.stack = self.preview.stack or _stack(urn)
        if said.get("ephemeral") or severity == "debug":
            return
        if severity == "error":
            self.preview.errors += untangle(message, urn).lines()
        elif severity == "warning" or re.match("warning: ", message):
            self.preview.warnings += untangle(message.removeprefix("warning: "), urn).lines()

    def _violation(self, violation: Mapping[str, Any]) -> None:
        level, policy = violation.get("enforcementLevel"), violation.get("policyName")
        urn = violation.get("resourceUrn") or ""
        lines = untangle(f"policy {policy}: {violation.get('message')}", urn).lines()
        fails = level == "mandatory" and not violation.get("exceptions")
        (self.preview.errors if fails else self.preview.warnings).extend(lines)

    def _summary(self, changes: Mapping[str, int] | None) -> None:
        self.ended = True
        self.preview.unchanged = (changes or {}).get("same", 0)


def _state(state: Any) -> State | None:
    if not state:
        return None
    return State(
        state.get("id") or "",
        _masked(state.get("inputs") or {}),
        bool(state.get("retainOnDelete")),
        state.get("deletedWith") or "",
        bool(state.get("external")),
    )


def _masked(value: Any) -> Any:
    """A value with each secret as the one word that a digest has for it: events keep objects."""
    if isinstance(value, dict):
        if _SECRET_MARK in value:
            return SECRET
        return {name: _masked(each) for name, each in value.items()}
    return [_masked(each) for each in value] if isinstance(value, list) else value


def _stack(urn: str) -> str:
    return _parts(urn)[0].removeprefix("urn:pulumi:")


def _parts(urn: str) -> list[str]:
    """Stack, project, type and name in a URN; a name may hold the separator too."""
    return [*urn.split("::", 3), "", "", "", ""][:4]

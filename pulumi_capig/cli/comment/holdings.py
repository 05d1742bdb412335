"""What a stack holds before its preview's changes, and what it declares after them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .pixels import ALL, NONE, Pixels
from .preview import SECRET, UNKNOWN, Preview, State, Step

__all__ = [
    "AccountInStack",
    "BlockerInStack",
    "FilterInStack",
    "Holdings",
    "PixelInStack",
    "SubjectInStack",
    "Thing",
    "kind_of",
    "resource_of",
    "steps_that_change",
]

_TYPES = "pulumi-python:dynamic/capig:"
_FILTERS = {
    "EventFilter": ("event", "event_name"),
    "EventFilters": ("event", "event_names"),
    "DomainFilter": ("website", "domain"),
    "DomainFilters": ("website", "domains"),
}
_BLOCKERS = {
    "Pipeline": "for all destinations of the pipeline",
    "ConversionsApiDestination": "for this destination",
    "HttpDestination": "for this destination",
}
_OUTSIDE = ("read", "read-replacement", "discard", "discard-replaced", "refresh")
"""Steps of what Pulumi looks at and does not manage, and of looking alone."""
_PARTS_OF_A_REPLACEMENT = ("create-replacement", "import-replacement")


class PixelInStack(NamedTuple):
    """A pixel of an account, which a connection connects."""

    tenant: str
    pixel: str


class SubjectInStack(NamedTuple):
    """An event or a website of an account."""

    kind: str
    tenant: str
    name: str


@dataclass(frozen=True)
class FilterInStack:
    """What a filter declares.

    Attributes:
        subjects: Its events or websites.
        holds_back: Whether it drops them.
        pixels: For which pixels.
    """

    subjects: tuple[SubjectInStack, ...]
    holds_back: bool
    pixels: Pixels


@dataclass(frozen=True)
class AccountInStack:
    """An account that is a resource itself; "" as long as it has no id."""

    tenant: str


@dataclass(frozen=True)
class BlockerInStack:
    """A pipeline or destination, and the events that it blocks.

    Attributes:
        tenant: The account.
        scope: What it blocks them for, as the end of a sentence.
        events: Which ones; None if they are not declared.
    """

    tenant: str
    scope: str
    events: tuple[str, ...] | None


Thing = PixelInStack | FilterInStack | AccountInStack | BlockerInStack


def kind_of(step: Step) -> str:
    """The name of our class of a resource; "" if it is not ours."""
    return step.type.removeprefix(_TYPES) if step.type.startswith(_TYPES) else ""


def resource_of(step: Step) -> tuple[str, str]:
    """Class and name of a resource, for people."""
    return kind_of(step) or step.type, step.name


def steps_that_change(preview: Preview) -> Iterator[Step]:
    """The steps that do something, one for each replacement."""
    replaced = {step.urn for step in preview.steps if step.op == "replace"}
    for step in preview.steps:
        if step.op in ("same", *_OUTSIDE, *_PARTS_OF_A_REPLACEMENT):
            continue
        if step.op == "delete-replaced" and step.urn in replaced:
            continue
        yield step


class Holdings:
    """One stack's side of the gateway, before and after.

    Attributes:
        held_before: The pixels for which it holds an event or website back now.
        held_after: Those for which it will.
        pixels_before: The pixels that it has connected.
        pixels_after: The pixels that it will have connected.
        accounts_after: The accounts that it will have, by id.
    """

    def __init__(self, preview: Preview) -> None:
        self.held_before: defaultdict[SubjectInStack, Pixels] = defaultdict(lambda: NONE)
        self.held_after: defaultdict[SubjectInStack, Pixels] = defaultdict(lambda: NONE)
        self.pixels_before: set[PixelInStack] = set()
        self.pixels_after: dict[PixelInStack, tuple[str, str]] = {}
        self.accounts_after: set[str] = set()
        self._holders: defaultdict[SubjectInStack, list[tuple[str, str]]] = defaultdict(list)
        self._gone = {step.urn for step in steps_that_change(preview) if step.new is None}
        for step in preview.steps:
            if step.op not in _OUTSIDE:
                self._take(step)

    def before(self, step: Step) -> Thing | None:
        """What a resource holds now."""
        return _thing(step, step.old, is_new=False) if step.old else None

    def after(self, step: Step) -> Thing | None:
        """What a resource will hold."""
        if step.op == "same":
            return self.before(step)
        return _thing(step, step.new, is_new=True) if step.new else None

    def is_kept(self, step: Step) -> bool:
        """Whether what a resource held stays on the gateway, though the resource goes."""
        if step.old is None or step.op in ("same", "update"):
            return False
        return step.old.retained or step.old.deleted_with in self._gone

    def holders(self, subject: SubjectInStack, besides: Step) -> list[tuple[str, str]]:
        """The other resources that hold an event or website back afterwards."""
        return [holder for holder in self._holders[subject] if holder != resource_of(besides)]

    def _take(self, step: Step) -> None:
        before, after = self.before(step), self.after(step)
        self._add_before(before)
        if step.op != "delete-replaced":
            self._add_after(step, after)
        if self.is_kept(step):
            self._add_after(step, before)

    def _add_before(self, thing: Thing | None) -> None:
        if isinstance(thing, PixelInStack):
            self.pixels_before.add(thing)
        elif isinstance(thing, FilterInStack) and thing.holds_back:
            for subject in thing.subjects:
                self.held_before[subject] |= thing.pixels

    def _add_after(self, step: Step, thing: Thing | None) -> None:
        if isinstance(thing, PixelInStack):
            self.pixels_after[thing] = resource_of(step)
        elif isinstance(thing, AccountInStack):
            self.accounts_after.add(thing.tenant)
        elif isinstance(thing, FilterInStack) and thing.holds_back:
            for subject in thing.subjects:
                self.held_after[subject] |= thing.pixels
                self._holders[subject].append(resource_of(step))


def _thing(step: Step, state: State | None, *, is_new: bool) -> Thing | None:
    kind = kind_of(step)
    if state is None or state.external:
        return None
    inputs = _Inputs(step, state, is_new=is_new)
    if kind == "PixelConnection":
        return PixelInStack(inputs.text("tenant_id"), inputs.text("pixel_id"))
    if kind == "Account":
        made_anew = is_new and step.op != "update"
        held = step.old.id if step.old else ""
        return AccountInStack(inputs.text("tenant_id") if made_anew else held)
    if kind in _FILTERS:
        return _filter(inputs, *_FILTERS[kind])
    if kind in _BLOCKERS:
        events = inputs.texts("blocked_events")
        blocked = None if events is None else tuple(events)
        return BlockerInStack(inputs.text("tenant_id"), _BLOCKERS[kind], blocked)
    return None


def _filter(inputs: _Inputs, kind: str, argument: str) -> FilterInStack:
    tenant, state = inputs.text("tenant_id"), inputs.text("filter_state")
    subjects = tuple(SubjectInStack(kind, tenant, name) for name in inputs.texts(argument) or ())
    ids = inputs.texts("pixel_ids")
    # What is not known is taken for the worse: blocked now, and not blocked afterwards.
    holds_back = state == "DROP" if inputs.is_new else state != "PUBLISH"
    return FilterInStack(subjects, holds_back, ALL if ids is None else Pixels.of(ids))


class _Inputs:
    """The arguments of a resource; secret ones as marks that are equal only if they surely are."""

    def __init__(self, step: Step, state: State, *, is_new: bool) -> None:
        self._step, self._state, self.is_new = step, state, is_new

    def text(self, name: str) -> str:
        """An argument that is a text; "" if it is not declared."""
        value = self._state.inputs.get(name)
        return "" if value is None else self._marked(name, value)

    def texts(self, name: str) -> Sequence[str] | None:
        """An argument that is a list of texts, or one; None if it is not declared."""
        value = self._state.inputs.get(name)
        if value is None:
            return None
        values = value if isinstance(value, list) else [value]
        return [each for each in (self._marked(name, v) for v in values) if each != UNKNOWN]

    def _marked(self, name: str, value: object) -> str:
        if value != SECRET:
            return str(value)
        mark = f"{SECRET} {self._step.urn} {name}"
        return f"{mark} anew" if self.is_new and self._may_differ(name) else mark

    def _may_differ(self, name: str) -> bool:
        """Whether a secret argument may be another one than before: an update shows no values."""
        if name in ("tenant_id", "pixel_id", "event_name", "domain"):  # a change replaces
            return self._step.op != "update" and (
                name in self._step.replace_reasons or not self._step.replace_reasons
            )
        return True

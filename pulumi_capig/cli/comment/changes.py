"""What the steps of a preview come to: one change for each effect on the gateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from .differences import reason
from .holdings import (
    AccountInStack,
    BlockerInStack,
    FilterInStack,
    Holdings,
    PixelInStack,
    SubjectInStack,
    Thing,
    resource_of,
    steps_that_change,
)
from .markdown import code, listed, value
from .pixels import NONE, Pixels
from .preview import Preview, Step

__all__ = ["Connected", "Danger", "PlannedChange", "changes_of", "connected_anew"]

Connected = Mapping[str, Sequence[tuple[str, str]]]
"""By pixel, the accounts that connect it anew, and the stack that does."""

_VERBS = {"create": "creates", "update": "updates", "replace": "replaces", "import": "imports"}


class Danger(Enum):
    """What a reviewer has to look at first, the worst first. `--fail-on` takes the values."""

    DELETE_ACCOUNT = "delete-account"
    DISCONNECT = "disconnect"
    MOVE = "move"
    OPEN = "open"


@dataclass(frozen=True)
class PlannedChange:
    """One effect of one resource's step. All texts but `verb` and `noun` are Markdown.

    Attributes:
        account: The account that it happens in; "" if the resource has none.
        danger: What makes it dangerous, if anything does.
        verb: What happens.
        noun: What it happens to, such as `pixel`; "" for the resource itself.
        subjects: Which ones.
        tail: The rest of the sentence.
        resource: Class and name of the resource.
        why: What in the program makes it happen.
    """

    account: str
    danger: Danger | None
    verb: str
    noun: str
    subjects: tuple[str, ...]
    tail: str
    resource: tuple[str, str]
    why: str


def connected_anew(previews: Sequence[Preview]) -> Connected:
    """Where some previews connect pixels that their stacks have not connected."""
    found: dict[str, list[tuple[str, str]]] = {}
    for preview in previews:
        holdings = Holdings(preview)
        for key in holdings.pixels_after:
            if key not in holdings.pixels_before:
                found.setdefault(key.pixel, []).append((key.tenant, preview.stack))
    return {pixel: sorted(places) for pixel, places in found.items()}


def changes_of(preview: Preview, connected: Connected) -> list[PlannedChange]:
    """All changes of a stack's preview, in the order of its steps.

    Args:
        preview: The stack's.
        connected: Where this preview and those beside it connect pixels.
    """
    stack = _Stack(preview, connected)
    return [change for step in steps_that_change(preview) for change in stack.changes(step)]


class _Stack:
    """One stack's preview, step by step."""

    def __init__(self, preview: Preview, connected: Connected) -> None:
        self._preview, self._connected = preview, connected
        self._holdings = Holdings(preview)

    def changes(self, step: Step) -> list[PlannedChange]:
        """The effects of a step; that it happens at all, if it has none."""
        return list(self._effects(step)) or [self._without_effect(step)]

    def _effects(self, step: Step) -> Iterator[PlannedChange]:
        before, after = self._holdings.before(step), self._holdings.after(step)
        if self._holdings.is_kept(step):
            before = None  # it stays as it is
        if (
            isinstance(before, AccountInStack)
            and before.tenant not in self._holdings.accounts_after
        ):
            yield self._change(step, "deletes", "account", [before.tenant], "", before.tenant)
        if isinstance(before, PixelInStack) and before not in self._holdings.pixels_after:
            yield self._lost_pixel(step, before)
        if isinstance(before, FilterInStack) and before.holds_back:
            yield from self._opened(step, before)
        if isinstance(before, BlockerInStack) and isinstance(after, BlockerInStack):
            yield from self._blocked(step, before, after)
        if isinstance(after, PixelInStack) and after not in self._holdings.pixels_before:
            yield self._connects(step, after)
        if isinstance(after, FilterInStack):
            yield from self._declared(
                step, before if isinstance(before, FilterInStack) else None, after
            )

    def _lost_pixel(self, step: Step, key: PixelInStack) -> PlannedChange:
        elsewhere = self._connected.get(key.pixel, ())
        for tenant, stack in elsewhere:
            if tenant != key.tenant:
                other = "" if stack == self._preview.stack else f" (stack {code(stack)})"
                tail = f"to account {value(tenant)}{other}"
                return self._change(step, "moves", "pixel", [key.pixel], tail, key.tenant)
        tail = ""
        if elsewhere:
            tail = f"unless stack {code(elsewhere[0][1])}, which connects it, runs later"
        return self._change(step, "disconnects", "pixel", [key.pixel], tail, key.tenant)

    def _connects(self, step: Step, key: PixelInStack) -> PlannedChange:
        """A new connection; it bears its name, so that those of many pixels fold."""
        change = self._change(step, "connects", "pixel", [key.pixel], "", key.tenant)
        name = step.new.inputs.get("pixel_name") if step.new and not step.old else None
        if not name:
            return change
        return replace(change, subjects=(f"{value(key.pixel)} ({value(name)})",))

    def _opened(self, step: Step, before: FilterInStack) -> Iterator[PlannedChange]:
        opened = {
            subject: before.pixels - self._holdings.held_after.get(subject, NONE)
            for subject in before.subjects
        }
        yield from self._by_pixels(step, "opens", opened)

    def _blocked(
        self, step: Step, before: BlockerInStack, after: BlockerInStack
    ) -> Iterator[PlannedChange]:
        """What a pipeline or destination lets pass, or blocks, and did not before."""
        then = before.events or ()
        now = after.events
        if now is None:  # an update leaves it as it is; what is made anew blocks nothing
            now = then if step.op == "update" else ()
        for verb, events in (
            ("opens", [event for event in then if event not in now]),
            ("holds back", [event for event in now if event not in then]),
        ):
            if events:
                yield self._change(step, verb, "event", events, after.scope, after.tenant)

    def _declared(
        self, step: Step, before: FilterInStack | None, after: FilterInStack
    ) -> Iterator[PlannedChange]:
        """What a filter holds back, or publishes, and did not before."""
        if after.holds_back:
            known: Mapping[SubjectInStack, Pixels] = self._holdings.held_before
            verb = "holds back"
        else:
            known = dict.fromkeys(before.subjects, before.pixels) if before else {}
            verb = "publishes"
        new = {subject: after.pixels - known.get(subject, NONE) for subject in after.subjects}
        yield from self._by_pixels(step, verb, new)

    def _by_pixels(
        self, step: Step, verb: str, found: Mapping[SubjectInStack, Pixels]
    ) -> Iterator[PlannedChange]:
        """A change for all events or websites that have the same pixels."""
        by_pixels: dict[Pixels, list[SubjectInStack]] = {}
        for subject, pixels in found.items():
            if pixels:
                by_pixels.setdefault(pixels, []).append(subject)
        for pixels, subjects in by_pixels.items():
            names = [subject.name for subject in subjects]
            kind, tenant = subjects[0].kind, subjects[0].tenant
            tail = _scope(pixels)
            if verb == "opens" and self._all_go(tenant, pixels):
                tail += " (which it disconnects, too)"
            yield self._change(step, verb, kind, names, tail, tenant)

    def _all_go(self, tenant: str, pixels: Pixels) -> bool:
        """Whether the preview takes all of some pixels away from their account."""
        keys = {PixelInStack(tenant, pixel) for pixel in pixels.ids}
        lost = self._holdings.pixels_before - self._holdings.pixels_after.keys()
        return not pixels.all_but and keys <= lost

    def _without_effect(self, step: Step) -> PlannedChange:
        before, after = self._holdings.before(step), self._holdings.after(step)
        verb = _VERBS.get(step.op, "deletes")
        if after is None and self._holdings.is_kept(step):
            return self._about(step, before, "forgets", _kept(step))
        thing = after or before
        if isinstance(thing, PixelInStack):
            if step.op not in ("create", "delete"):
                return self._about(step, thing, verb, "")
            by = self._holdings.pixels_after[thing]
            tail = "" if by == resource_of(step) else f", by {_named(by)}"
            return self._about(step, thing, "keeps", f"connected{tail}")
        if isinstance(thing, FilterInStack) and thing.subjects and thing.pixels:
            return self._filter_without_effect(step, thing, verb)
        return self._about(step, thing if isinstance(thing, AccountInStack) else None, verb, "")

    def _filter_without_effect(self, step: Step, thing: FilterInStack, verb: str) -> PlannedChange:
        scope = _scope(thing.pixels)
        if step.op not in ("create", "delete"):
            return self._about(step, thing, verb, scope)
        if not thing.holds_back:
            return self._about(step, thing, "forgets", "(stays published)")
        found = [self._holdings.holders(subject, step) for subject in thing.subjects]
        others = dict.fromkeys(_named(holder) for holders in found for holder in holders)
        tail = f", by {listed(list(others))}" if step.op == "delete" else ""
        return self._about(step, thing, "keeps", f"blocked {scope}{tail}")

    def _about(self, step: Step, thing: Thing | None, verb: str, tail: str) -> PlannedChange:
        """A change of what a resource is about, or of the resource itself."""
        if isinstance(thing, PixelInStack):
            return self._change(step, verb, "pixel", [thing.pixel], tail, thing.tenant)
        if isinstance(thing, AccountInStack):
            return self._change(step, verb, "account", [thing.tenant], tail, thing.tenant)
        if isinstance(thing, FilterInStack):
            kind, tenant, _ = thing.subjects[0]
            names = [subject.name for subject in thing.subjects]
            return self._change(step, verb, kind, names, tail, tenant)
        state = step.new or step.old
        tenant = str(state.inputs.get("tenant_id") or "") if state else ""
        return self._change(step, verb, "", [], tail, tenant)

    def _change(
        self,
        step: Step,
        verb: str,
        noun: str,
        subjects: Iterable[str],
        tail: str,
        tenant: str,
    ) -> PlannedChange:
        danger = _DANGERS.get((verb, noun)) or _DANGERS.get((verb, ""))
        shown = tuple(value(subject) for subject in subjects if subject)
        why = reason(step, destroys=self._preview.destroys, whole=not noun)
        return PlannedChange(tenant, danger, verb, noun, shown, tail, resource_of(step), why)


_DANGERS = {
    ("deletes", "account"): Danger.DELETE_ACCOUNT,
    ("disconnects", ""): Danger.DISCONNECT,
    ("moves", ""): Danger.MOVE,
    ("opens", ""): Danger.OPEN,
}


def _scope(pixels: Pixels) -> str:
    """Which pixels of an account, as the end of a sentence."""
    if not pixels.ids:
        return "for the whole account" if pixels.all_but else "for no known pixel"
    shown = listed(sorted(map(value, pixels.ids)))
    if pixels.all_but:
        return f"for all pixels but {shown}"
    return f"for pixel{'s' if len(pixels.ids) > 1 else ''} {shown}"


def _kept(step: Step) -> str:
    """Why what a resource held stays as it is, though the resource goes."""
    if step.old and step.old.retained:
        return "(stays as it is on the gateway: `retain_on_delete`)"
    with_what = step.old.deleted_with.rpartition("::")[2] if step.old else ""
    return f"(nothing is sent for it, because {code(with_what)} is deleted: `deleted_with`)"


def _named(resource: tuple[str, str]) -> str:
    kind, name = resource
    return f"{kind} {code(name)}"

"""The comment: dangers first, account by account, equal rows folded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from .changes import Danger, PlannedChange, changes_of, connected_anew
from .markdown import code, fenced, folded, listed, row, value
from .preview import Preview

__all__ = ["Report"]

_LONGEST = 60_000
"""Characters; GitHub takes 65,536."""

_MOST_NAMES = 4
"""Stacks that the title names."""

_MOST_LINES = 50
"""Lines that are shown of what a preview said."""

_FEW = 20
"""Things of a dangerous row that a shortened comment names."""

_WORDS = {
    Danger.DELETE_ACCOUNT: ("deletes", ""),
    Danger.DISCONNECT: ("disconnects", ""),
    Danger.MOVE: ("moves", " to another account"),
    Danger.OPEN: ("opens", ", blocked until now"),
}


class _Detail(IntEnum):
    """How much a comment says."""

    ALL = 0
    DANGERS = 1
    FEW = 2


@dataclass(frozen=True)
class _Group:
    """What happens in one account by one stack."""

    stack: str
    account: str
    changes: list[PlannedChange]

    @property
    def rank(self) -> int:
        """Its worst danger; groups without any come last."""
        return min((_rank(change) for change in self.changes), default=len(Danger))


class Report:
    """What some previews come to.

    Args:
        previews: One for each stack, each with a name.

    Attributes:
        failed: The stacks whose preview failed.
    """

    def __init__(self, previews: Sequence[Preview]) -> None:
        self._previews = previews
        connected = connected_anew(previews)
        changes = {preview.stack: changes_of(preview, connected) for preview in previews}
        self.failed = [preview.stack for preview in previews if preview.errors]
        self._quiet = [name for name, found in changes.items() if not found]
        groups = (group for name, found in changes.items() for group in _groups(name, found))
        self._groups = sorted(groups, key=lambda group: group.rank)

    def found(self, danger: Danger) -> str:
        """How often a danger is there, in words; "" if it is not."""
        subjects: dict[str, set[tuple[str, str]]] = {}
        for group in self._groups:
            for change in group.changes:
                if change.danger is danger:
                    of_noun = subjects.setdefault(change.noun, set())
                    of_noun |= {(change.account, subject) for subject in change.subjects or ("",)}
        counted = " and ".join(_count(len(found), noun) for noun, found in subjects.items())
        verb, tail = _WORDS[danger]
        return f"{verb} {counted}{tail}" if counted else ""

    def markdown(self) -> str:
        """The comment, shortened where it would be longer than a comment may be."""
        for detail in _Detail:
            text = re.sub("\n{3,}", "\n\n", "\n".join(self._lines(detail)).rstrip()) + "\n"
            if len(text) <= _LONGEST:
                break
        return text

    def _lines(self, detail: _Detail) -> Iterator[str]:
        yield f"### Pulumi preview{self._of_stacks()}"
        yield ""
        for preview in self._previews:
            if preview.errors:
                yield from self._failure(preview)
        yield from self._summary()
        if detail is not _Detail.ALL:
            yield ""
            yield "**Shortened to fit a comment.** The output of the preview has all of it."
        for group in self._groups:
            yield from self._table(group, detail)
        yield from self._remarks()

    def _of_stacks(self) -> str:
        if len(self._previews) > _MOST_NAMES:
            return f" of {len(self._previews)} stacks"
        names = [code(preview.stack) for preview in self._previews if preview.stack]
        return f" of {listed(names)}" if names else ""

    def _failure(self, preview: Preview) -> Iterator[str]:
        of = f" of {code(preview.stack)}" if len(self._previews) > 1 else ""
        partly = any(group.stack == preview.stack for group in self._groups)
        rest = " Below is what it reached; deletes come last, so they are not in it."
        yield f"**The preview{of} failed.**{rest if partly else ''}"
        yield from ["", *_block(preview.errors), ""]

    def _summary(self) -> Iterator[str]:
        dangers = [words for danger in Danger if (words := self.found(danger))]
        if dangers:
            yield f"**Look at these first:** {'; '.join(dangers)}."
        elif self._groups and not self.failed:
            yield (
                "No pixel is disconnected or moved, no account is deleted, and nothing that is "
                "blocked now is opened."
            )
        quiet = [name for name in self._quiet if name not in self.failed]
        if quiet and len(self._previews) > 1:
            yield ""
            yield f"Nothing changes in {folded([code(name) for name in quiet], 'stacks')}."
        elif quiet:
            yield "Nothing changes."

    def _table(self, group: _Group, detail: _Detail) -> Iterator[str]:
        folds = list(_fold(group.changes))
        shown = [fold for fold in folds if fold[0].danger or detail is _Detail.ALL]
        yield ""
        yield f"#### {_title(group, len(self._previews))}"
        yield ""
        if shown:
            yield row("what happens", "resource", "why")
            yield row("---", "---", "---")
            for fold in shown:
                yield _row(fold, detail)
        if left_out := sum(len(fold) for fold in folds) - sum(len(fold) for fold in shown):
            yield ""
            yield f"And {_count(left_out, 'change')} that open, move or disconnect nothing."

    def _remarks(self) -> Iterator[str]:
        unlisted = [p for p in self._previews if not p.lists_unchanged]
        if unlisted and self.found(Danger.OPEN):
            yield ""
            yield (
                "Filters that stay as they are were not in the preview, and one of them may still "
                "hold back what a row says is opened: `pulumi preview --json --show-sames` lists "
                "them."
            )
        for preview in self._previews:
            if preview.warnings:
                of = f" of {code(preview.stack)}" if len(self._previews) > 1 else ""
                yield from ["", f"**Warnings{of}:**", "", *_block(preview.warnings)]
        if unchanged := sum(preview.unchanged for preview in self._previews):
            yield from ["", f"{_count(unchanged, 'resource')} unchanged."]


def _block(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _MOST_LINES
    shown = [*lines[:_MOST_LINES], f"... and {more} more lines"] if more > 0 else lines
    return fenced(shown)


def _groups(stack: str, changes: Iterable[PlannedChange]) -> list[_Group]:
    """The changes by account, in an order that is the same for each preview of one program."""
    by_account: dict[str, list[PlannedChange]] = {}
    for change in changes:
        by_account.setdefault(value(change.account) if change.account else "", []).append(change)
    return [
        _Group(stack, account, sorted(by_account[account], key=_order))
        for account in sorted(by_account)
    ]


def _order(change: PlannedChange) -> tuple[int, str, list[tuple[int, str]]]:
    """Dangers first; then by class and name of the resource, numbers in a name by their value."""
    kind, name = change.resource
    parts = re.findall("[0-9]+|[^0-9]+", name)
    return _rank(change), kind, [(len(p), p) if p.isdigit() else (0, p) for p in parts]


def _rank(change: PlannedChange) -> int:
    return list(Danger).index(change.danger) if change.danger else len(Danger)


def _fold(changes: Iterable[PlannedChange]) -> Iterator[list[PlannedChange]]:
    """Changes that differ in nothing but what they happen to, together."""
    equal: dict[tuple[object, ...], list[PlannedChange]] = {}
    for change in changes:
        key = (change.verb, change.noun, change.tail, change.resource[0], change.why)
        equal.setdefault(key, []).append(change)
    yield from equal.values()


def _row(fold: Sequence[PlannedChange], detail: _Detail) -> str:
    first = fold[0]
    subjects = list(dict.fromkeys(subject for change in fold for subject in change.subjects))
    names = list(dict.fromkeys(code(change.resource[1]) for change in fold))
    show: Callable[[Sequence[str], str], str] = folded
    if first.danger:  # all of it is seen without a click
        show = _few if detail is _Detail.FEW else lambda items, _what: listed(items)
    resource = f"{first.resource[0]} {names[0]}"
    if len(names) > 1:
        resource = f"{first.resource[0]} ({len(names)}): {folded(names, 'names')}"
    return row(_sentence(first, subjects, show), resource, first.why)


def _sentence(
    change: PlannedChange, subjects: list[str], show: Callable[[list[str], str], str]
) -> str:
    words = [f"**{change.verb}**" if change.danger else change.verb]
    if len(subjects) > 1:
        words += [_count(len(subjects), change.noun), change.tail]
        return f"{' '.join(filter(None, words))}: {show(subjects, f'{change.noun}s')}"
    return " ".join(filter(None, [*words, change.noun, *subjects, change.tail]))


def _few(items: Sequence[str], _what: str) -> str:
    more = len(items) - _FEW
    return listed([*items[:_FEW], f"and {more} more"] if more > 0 else items)


def _title(group: _Group, stacks: int) -> str:
    title = f"Account {group.account}" if group.account else "Beside the accounts"
    return f"{title} (stack {code(group.stack)})" if stacks > 1 else title


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

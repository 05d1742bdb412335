"""What is seen: accounts under way on a terminal, plain lines elsewhere, a summary at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType

from fleet import NOT_BEGUN
from pulumi.automation import OpType
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table
from stacks import Outcome

COLUMNS = {
    "create": (OpType.CREATE, OpType.IMPORT),
    "update": (OpType.UPDATE, OpType.REPLACE),
    "delete": (OpType.DELETE,),
    "unchanged": (OpType.SAME,),
}
WIDE = 200  # where there is no terminal, whose width would count


class Screen:
    """Shows accounts under way, and what became of them.

    Args:
        operation: What is done to them.
        total: How many accounts there are.
    """

    def __init__(self, operation: str, total: int) -> None:
        live = sys.stdout.isatty()
        self._console = Console(highlight=False, width=None if live else WIDE)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=self._console,
            transient=True,
            disable=not live,
        )
        self._all = self._progress.add_task(f"[bold]{operation}[/]", total=total)
        self._under_way: dict[str, TaskID] = {}

    def __enter__(self) -> Screen:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begun(self, account: str, resources: int | None) -> None:
        """An account is under way; how many resources it has, where that is known."""
        self._under_way[account] = self._progress.add_task(escape(account), total=resources)

    def step(self, account: str) -> None:
        """A resource of an account is done."""
        self._progress.advance(self._under_way[account])

    def ended(self, outcome: Outcome) -> None:
        """An account has ended, or was not begun."""
        self._progress.advance(self._all)
        if task := self._under_way.pop(outcome.account, None):
            self._progress.remove_task(task)
            how = "[red]failed[/]" if outcome.error else "done"
            self._console.print(f"{escape(outcome.account)}: {how} ({outcome.seconds:.1f}s)")

    def summary(self, outcomes: Sequence[Outcome], left: Sequence[str]) -> None:
        """What became of every account, and of the stacks that are in no table any more."""
        self._console.print(_table(outcomes))
        for outcome in outcomes:
            if outcome.error not in ("", NOT_BEGUN):
                error = escape(outcome.error).replace("\n", "\n  ")
                self._console.print(f"[red]{escape(outcome.account)}[/]: {error}", soft_wrap=True)
        for account in left:
            self._console.print(
                f"[yellow]{escape(account)}[/]: in no table any more, and nothing was done to what "
                f"its stack holds; `python agency.py destroy {escape(account)}` takes it down",
                soft_wrap=True,
            )
        self._console.print(_totals(outcomes), soft_wrap=True)


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table("account", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in COLUMNS:
        table.add_column(heading, justify="right")
    table.add_column("")
    for outcome in outcomes:
        numbers = ("" if outcome.error else str(_count(outcome, name)) for name in COLUMNS)
        table.add_row(escape(outcome.account), *numbers, _word(outcome))
    return table


def _totals(outcomes: Sequence[Outcome]) -> str:
    words = [_word(outcome) for outcome in outcomes]
    by_word = [f"{words.count(word)} {word}" for word in dict.fromkeys(words)]
    steps = [f"{sum(_count(o, name) for o in outcomes)} {name}" for name in COLUMNS]
    return f"accounts: {', '.join(by_word)}; resources: {', '.join(steps)}"


def _count(outcome: Outcome, column: str) -> int:
    return sum(outcome.counts.get(step, 0) for step in COLUMNS[column])


def _word(outcome: Outcome) -> str:
    if not outcome.error:
        return "done"
    return NOT_BEGUN if outcome.error == NOT_BEGUN else "failed"

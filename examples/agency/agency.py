"""Applies the tables to the gateway: one stack per account, several at once."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import tables
from fleet import NOT_BEGUN, Fleet
from pulumi import automation
from review import review
from screen import Screen
from stacks import CREATING, LOOK, Outcome, Stacks, last_words

HERE = Path(__file__).parent
GOOD, FAILED, USAGE, CHANGED, STOPPED = 0, 1, 2, 7, 130
STOPPING = b"\nStopping: what is under way ends first, and nothing more is begun.\n"


class UsageError(Exception):
    """The command line asks for what there is not."""


def main() -> int:
    """Carry the command line out; the exit status."""
    options = _options()
    try:
        accounts = tables.read(HERE)
        stacks = Stacks(HERE)
        chosen = _chosen(options, accounts, stacks.held)
    except (tables.BadTablesError, UsageError) as error:
        return _refused(str(error))
    except automation.CommandError as error:
        return _refused(last_words(str(error)))
    except FileNotFoundError:
        return _refused("there is no Pulumi CLI on PATH; `make pulumi` in the clone gets one")
    if options.operation in CREATING:
        for doubt in tables.doubts(accounts[name] for name in chosen):
            print(f"warning: {doubt}", file=sys.stderr)
    outcomes = (_review if options.markdown else _run)(options, chosen, accounts, stacks)
    return _status(outcomes, expect_no_changes=options.expect_no_changes)


def _run(
    options: argparse.Namespace,
    chosen: Sequence[str],
    accounts: Mapping[str, tables.Account],
    stacks: Stacks,
) -> list[Outcome]:
    """Bring the chosen accounts through the operation and show it; outcomes in their order."""
    operation = LOOK if options.preview_only else options.operation
    fleet = Fleet(options.at_once)
    _stop_on_signals(fleet)
    outcomes = {}
    with Screen(operation, len(chosen)) as screen:

        def one(name: str) -> Outcome:
            screen.begun(name, len(accounts[name]) if name in accounts else None)
            return stacks.run(operation, name, lambda: screen.step(name))

        for outcome in fleet.run(chosen, one):
            outcomes[outcome.account] = outcome
            screen.ended(outcome)
    in_order = [outcomes[name] for name in chosen]
    screen.summary(in_order, sorted(_left(accounts, stacks.held) - set(chosen)))
    return in_order


def _review(
    options: argparse.Namespace,
    chosen: Sequence[str],
    accounts: Mapping[str, tables.Account],
    stacks: Stacks,
) -> list[Outcome]:
    """Preview the chosen accounts, and print one comment for all of them."""
    fleet = Fleet(options.at_once)
    _stop_on_signals(fleet)
    outcomes = review(stacks, fleet, chosen, options.fail_on)
    if left := sorted(_left(accounts, stacks.held) - set(chosen)):
        named = ", ".join(f"`{account}`" for account in left)
        print(f"\nIn no table any more, and left as they are until `destroy` names them: {named}.")
    return outcomes


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.set_defaults(preview_only=False, expect_no_changes=False, all=False, markdown=False)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="these alone")
    shared.add_argument(
        "--at-once",
        type=_positive,
        default=2 * (os.cpu_count() or 1),
        metavar="N",
        help="accounts under way at a time (twice the processors: %(default)s)",
    )
    shared.add_argument(
        "--part", type=_part, metavar="K/N", help="one of N equal parts, for N machines"
    )
    commands = parser.add_subparsers(dest="operation", required=True)
    preview = commands.add_parser("preview", parents=[shared], help="what `up` would do")
    commands.add_parser("up", parents=[shared], help="bring the gateway to what the tables say")
    refresh = commands.add_parser("refresh", parents=[shared], help="find what was changed by hand")
    destroy = commands.add_parser("destroy", parents=[shared], help="take accounts down")
    preview.add_argument("--markdown", action="store_true", help="one comment for reviewers")
    preview.add_argument(
        "--fail-on",
        action="append",
        default=[],
        metavar="WHAT,...",
        help="with --markdown: end with 1 on disconnect, open, move or delete-account",
    )
    refresh.add_argument("--preview-only", action="store_true", help="say it, do not note it")
    for command in (preview, refresh):
        command.add_argument("--expect-no-changes", action="store_true", help="end with 7 on any")
    destroy.add_argument("--all", action="store_true", help="every account of the table")
    options = parser.parse_args()
    if getattr(options, "fail_on", None) and not options.markdown:
        parser.error("--fail-on goes with --markdown")
    return options


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        message = f"{text!r} is not a number from 1 on"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _part(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    number, total = _positive(part), _positive(parts)
    if number > total:
        message = f"there is no part {number} of {total}"
        raise argparse.ArgumentTypeError(message)
    return number, total


def _chosen(
    options: argparse.Namespace, accounts: Collection[str], held: Collection[str]
) -> list[str]:
    known = {*accounts, *(held if options.operation == "destroy" else ())}
    if unknown := [name for name in options.accounts if name not in known]:
        message = f"not in {tables.ACCOUNTS}: {', '.join(unknown)}"
        raise UsageError(message)
    if options.operation == "destroy" and not options.accounts and not options.all:
        message = "destroy takes the names of accounts, or --all"
        raise UsageError(message)
    chosen = list(dict.fromkeys(options.accounts or accounts))
    part, parts = options.part or (1, 1)
    return chosen[part - 1 :: parts]


def _left(accounts: Collection[str], held: Mapping[str, int]) -> set[str]:
    """Stacks of accounts that left the table and still hold something."""
    return {name for name, resources in held.items() if resources and name not in accounts}


def _stop_on_signals(fleet: Fleet) -> None:
    def stop(*_: object) -> None:
        fleet.stop()
        os.write(sys.stderr.fileno(), STOPPING)  # print() may be in the middle of something

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _status(outcomes: Sequence[Outcome], *, expect_no_changes: bool) -> int:
    errors = [outcome.error for outcome in outcomes if outcome.error]
    if NOT_BEGUN in errors:
        return STOPPED
    if errors:
        return FAILED
    changed = any(set(outcome.counts) - {automation.OpType.SAME} for outcome in outcomes)
    return CHANGED if expect_no_changes and changed else GOOD


def _refused(why: str) -> int:
    print(why, file=sys.stderr)
    return USAGE


if __name__ == "__main__":
    sys.exit(main())

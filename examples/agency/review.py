"""What reviewers of the tables have to know, as Markdown: one comment for all accounts."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fleet import Fleet
from stacks import Outcome, Stacks

UNREADABLE = 2


def review(
    stacks: Stacks, fleet: Fleet, accounts: Sequence[str], fail_on: Sequence[str]
) -> list[Outcome]:
    """Preview the accounts and print the comment; what became of each, a finding as an error.

    Args:
        stacks: The stacks of the project.
        fleet: Runs several at once.
        accounts: Which of them.
        fail_on: What `capig comment --fail-on` is to take for a finding.
    """
    with tempfile.TemporaryDirectory() as temporary:
        files = {account: Path(temporary) / f"{account}.json" for account in accounts}

        def one(account: str) -> Outcome:
            return stacks.preview_to(files[account], account)

        by_account = {outcome.account: outcome for outcome in fleet.run(accounts, one)}
        done = [by_account[account] for account in accounts]
        previews = [f"{name}={file}" for name, file in files.items() if file.exists()]
        if not previews:
            return done
        options = [f"--fail-on={danger}" for danger in fail_on]
        command = [sys.executable, "-m", "pulumi_capig.cli", "comment", *options, *previews]
        ended = subprocess.run(command, check=False)  # noqa: S603
    if ended.returncode == UNREADABLE:
        sys.exit(UNREADABLE)  # it has said why
    return done if not ended.returncode else [*done, Outcome("", error="see the comment")]

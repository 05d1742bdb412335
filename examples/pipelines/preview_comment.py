"""Turns `pulumi preview --json` on standard input into Markdown for a pull request.

Needs nothing but Python. Secrets are masked by Pulumi before they get here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

WORDS = {
    "create": "create",
    "update": "update",
    "replace": "**replace**",
    "create-replacement": "**replace**",
    "delete": "**delete**",
    "read": "read",
}
HIDDEN = ("__provider", "access_token", "tenant_id")


def comment(preview: dict[str, Any]) -> str:
    """The whole comment."""
    failed = any(d["severity"] == "error" for d in preview.get("diagnostics", ()))
    rows = [row(step) for step in preview.get("steps", ()) if step["op"] in WORDS]
    rows = [r for r in rows if r]
    lines = ["### Pulumi preview", ""]
    if rows:
        lines += ["| step | resource | what |", "| --- | --- | --- |", *rows]
    elif not failed:
        lines.append("Nothing changes.")
    lines += [f"- {message}" for message in messages(preview)]
    if failed:
        lines += ["", "**The preview failed.**"]
    return "\n".join(lines) + "\n"


def row(step: dict[str, Any]) -> str:
    """A resource's line of the table, or nothing for the stack itself."""
    *_, type_, name = step["urn"].split("::")
    if type_ == "pulumi:pulumi:Stack":
        return ""
    old = shown(step.get("oldState"))
    new = shown(step.get("newState"))
    what = "; ".join(cell(text) for text in differences(old, new))
    return f"| {WORDS[step['op']]} | {cell(type_.rpartition(':')[2])} `{name}` | {what} |"


def shown(state: dict[str, Any] | None) -> dict[str, Any]:
    """The inputs that say something to a person."""
    inputs = (state or {}).get("inputs") or {}
    return {key: value for key, value in inputs.items() if key not in HIDDEN}


def differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """What is different, and what passes afterwards that is held back now."""
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if not old or not new:
            yield f"{key} {code(before if old else after)}"
        elif before != after:
            yield f"{key} {code(before)} → {code(after)}"
    if opens(old, new):
        yield "**passes again**, unless another filter holds it"


def opens(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a filter lets go of something that it holds back now."""
    if old.get("filter_state") != "DROP":
        return False
    if any(old.get(key) != new.get(key) for key in ("event_name", "domain", "filter_state")):
        return True
    before, after = old.get("pixel_ids"), new.get("pixel_ids")
    return after is not None and (before is None or not set(before) <= set(after))


def code(value: object) -> str:
    """A value as code."""
    return f"`{json.dumps(value)}`" if value is not None else "(none)"


def cell(text: str) -> str:
    """Text that cannot end its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def messages(preview: dict[str, Any]) -> Iterator[str]:
    """Errors and warnings, once each."""
    said = dict.fromkeys(d["message"].strip() for d in preview.get("diagnostics", ()))
    for message in said:
        if message.startswith(("error:", "warning:")) and "Resource monitor" not in message:
            yield message.replace("\n", " ")


def main() -> None:
    """Reads a preview and writes the comment."""
    text = sys.stdin.read()
    try:
        preview = json.loads(text)
    except ValueError:  # Pulumi failed before it had anything to say in JSON
        fence = "```"
        print(f"### Pulumi preview\n\n**The preview failed.**\n\n{fence}\n{text.strip()}\n{fence}")
        return
    print(comment(preview), end="")


if __name__ == "__main__":
    main()

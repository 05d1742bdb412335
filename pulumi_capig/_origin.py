"""Where this installation came from, for messages that say what to install more."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

_NAME = "pulumi-capig"


def install(extra: str) -> str:
    """The command that adds an extra, from where the package itself was installed.

    Args:
        extra: Its name, such as `cli`.
    """
    try:
        text = distribution(_NAME).read_text("direct_url.json")
    except PackageNotFoundError:  # run from a clone that is not installed
        return f"pip install '{Path(__file__).parents[1]}[{extra}]'"
    if text is None:
        return f"pip install '{_NAME}[{extra}]'"
    origin = json.loads(text)
    url = urlsplit(origin["url"])
    if url.scheme == "file":
        option = "-e " if origin.get("dir_info", {}).get("editable") else ""
        return f"pip install {option}'{unquote(url.path)}[{extra}]'"
    version_control = origin.get("vcs_info", {})
    kind = f"{version_control['vcs']}+" if version_control else ""
    commit = f"@{version_control['commit_id']}" if version_control else ""
    return f"pip install '{_NAME}[{extra}] @ {kind}{origin['url']}{commit}'"

"""Prints the packages of the Python that runs this, each with its `pulumi-plugin.json`.

The language host hands this source to a program's Python; it imports nothing but the standard
library.
"""

import json
import re
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec
from pathlib import Path

_FIELD = re.compile(r"^(Name|Version): *(.+)$", re.MULTILINE)


def name_and_version(distribution: Distribution) -> tuple[str, str]:
    """What its metadata says, without a look at the long description below."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    fields = dict(_FIELD.findall(text.partition("\n\n")[0]))
    return fields.get("Name", ""), fields.get("Version", "")


def plugin_file(name: str) -> str:
    """The text of `pulumi-plugin.json` in the folder of a distribution's package, or ""."""
    try:
        spec = find_spec(name.replace("-", "_"))
    except Exception:  # a package around it failed, which is nothing that a run would notice
        return ""
    folders = spec.submodule_search_locations if spec else None
    files = (Path(folder, "pulumi-plugin.json") for folder in folders or ())
    return next((file.read_text("utf-8") for file in files if file.is_file()), "")


print(
    json.dumps(
        [
            {"name": name, "version": version, "plugin": plugin_file(name)}
            for name, version in map(name_and_version, distributions())
            if name
        ]
    )
)

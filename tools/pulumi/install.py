"""Puts a Pulumi CLI in the clone's `.pulumi-cli/bin`: the first of three ways that works.

`path` links the one on PATH, `download` gets Pulumi's own, `module` builds it from its Go module.
"""

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path

import build
import cache
import download
import on_path
from cli import PINNED, SOURCES, Cli, UnavailableError, version_of

_FOLDER = SOURCES.parents[1] / ".pulumi-cli"
_LINK = _FOLDER / "bin" / "pulumi"
_FILL = {"download": download.fill, "module": build.fill}
_ORIGIN = {"download": "official download", "module": "built from its Go module"}
_WAYS = ("path", *_FILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="way", choices=_WAYS, help="take this way or none")
    forced = parser.parse_args().way
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    try:
        cli = _first([forced] if forced else _order())
    except KeyboardInterrupt:
        sys.exit("interrupted: nothing was put in place")
    _link(cli)
    print(cli)


def _order() -> list[str]:
    """What is in place first, then the ways as they stand, finished ones before others."""

    def rank(way: str) -> tuple[bool, bool, bool]:
        entry = cache.entry(way, PINNED)
        is_linked = _LINK.is_symlink() and _LINK.readlink() == entry / "bin" / "pulumi"
        return not is_linked, way != "path", not entry.exists()

    return sorted(_WAYS, key=rank)


def _first(ways: list[str]) -> Cli:
    problems: dict[str, str] = {}
    for number, way in enumerate(ways, start=1):
        try:
            return on_path.find() if way == "path" else _cached(way)
        except UnavailableError as error:
            problems[way] = str(error)
        if problems[way] != on_path.NOTHING or _takes_long(ways[number:]):
            print(f"{way} is passed over: {problems[way]}", flush=True)
    reasons = "\n".join(f"  {way}: {problem}" for way, problem in problems.items())
    sys.exit(
        f"no Pulumi CLI could be put in place:\n{reasons}\n"
        "Mend one of these, or install Pulumi (https://www.pulumi.com/docs/install/), "
        "and run `make pulumi` again."
    )


def _takes_long(ways: list[str]) -> bool:
    """Whether ways that are left have yet to put something into the cache."""
    return bool(ways) and not any(cache.entry(way, PINNED).exists() for way in ways)


def _cached(way: str) -> Cli:
    entry = cache.entry(way, PINNED)
    cache.ensure(entry, _is_sound, _FILL[way])
    shown = str(entry).replace(str(Path.home()), "~", 1)
    return Cli(entry / "bin" / "pulumi", PINNED, f"{_ORIGIN[way]}, cached in {shown}")


def _is_sound(entry: Path) -> bool:
    return version_of(entry / "bin" / "pulumi") == PINNED and build.host_works(entry)


def _link(cli: Cli) -> None:
    _LINK.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCES / "activate", _FOLDER)
    new = _LINK.with_name(f".pulumi.{os.getpid()}")
    new.symlink_to(cli.path)
    new.replace(_LINK)


if __name__ == "__main__":
    main()

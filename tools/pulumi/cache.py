"""The user's cache folder, where a downloaded or built CLI stands once for all clones."""

import fcntl
import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import SOURCES


def root() -> Path:
    """The folder of all cached CLIs; it may be deleted at any time."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named).absolute() / "pulumi-capig"
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / caches / "pulumi-capig"


def entry(way: str, version: str) -> Path:
    """Where the CLI of this version, got in this way from these very sources, stands or will."""
    machine = f"{platform.system()}-{platform.machine()}".lower()
    return root() / f"pulumi-{version}-{way}-{machine}-{_digest()}"


def ensure(entry: Path, sound: Callable[[Path], bool], make: Callable[[Path], None]) -> None:
    """Have a sound entry: made in a folder beside it and renamed, by one process at a time.

    Args:
        entry: the folder that is wanted.
        sound: whether a folder that exists can be used.
        make: fills an empty folder; may raise.
    """
    if sound(entry):
        return
    root().mkdir(parents=True, exist_ok=True)
    with _lock(root() / "lock"):
        if sound(entry):
            return
        unfinished = entry.with_name(f"{entry.name}.unfinished")
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            shutil.rmtree(entry, ignore_errors=True)
            unfinished.rename(entry)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another build is at work, waiting", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(SOURCES)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

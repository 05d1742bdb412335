"""The user's cache folder, where a downloaded or built CLI stands once for all clones."""

import hashlib
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import SOURCES
from filelock import FileLock, Timeout
from platformdirs import user_cache_path

_MADE_FROM = {
    "path": (),  # nothing is made
    "download": ("download.py", "versions.json"),
    "module": ("build.py", "versions.json", "go.*", "host.txt", "host/*"),
}


def root() -> Path:
    """The folder of all cached CLIs; it may be deleted at any time."""
    return user_cache_path("pulumi-capig").absolute()


def entry(way: str, version: str) -> Path:
    """Where the CLI of this version, got in this way from these very sources, stands or will."""
    machine = f"{platform.system()}-{platform.machine()}".lower()
    return root() / f"pulumi-{version}-{way}-{machine}-{_digest(way)}"


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
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print("another build is at work, waiting", flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _digest(way: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _MADE_FROM[way] for path in SOURCES.glob(pattern)):
        if path.is_file():
            digest.update(f"{path.relative_to(SOURCES)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

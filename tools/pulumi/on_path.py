"""The first way: a Pulumi CLI that the machine has."""

import os
from pathlib import Path

import cache
from cli import LANGUAGE_HOST, MINIMUM, Cli, UnavailableError, is_at_least, version_of

NOTHING = "there is no `pulumi` on PATH"


def find() -> Cli:
    """Find a CLI on PATH that is new enough and has its Python language host.

    Raises:
        UnavailableError: there is none, or each of those there is unfit.
    """
    names = os.environ.get("PATH", "").split(os.pathsep)
    folders = [folder for folder in map(Path, filter(None, names)) if not _is_ours(folder)]
    problem = NOTHING
    for path in (folder.absolute() / "pulumi" for folder in folders):
        if path.is_file() and os.access(path, os.X_OK):
            version = version_of(path)
            unfit = _unfit(path, version, folders)
            if version and not unfit:
                return Cli(path, version, f"from PATH, {path}")
            problem = unfit
    raise UnavailableError(problem)


def _is_ours(folder: Path) -> bool:
    """Whether a folder is what `make pulumi` filled, here or in another clone."""
    links = folder.absolute().parts[-2:] == (".pulumi-cli", "bin")
    return links or cache.root().resolve() in (folder / "pulumi").resolve().parents


def _unfit(path: Path, version: str | None, folders: list[Path]) -> str:
    if version is None:
        return f"{path} does not work: `pulumi version` fails; reinstall it"
    if not is_at_least(version, MINIMUM):
        brewed = "Cellar" in path.resolve().parts
        command = "brew upgrade pulumi" if brewed else "curl -fsSL https://get.pulumi.com | sh"
        return f"{path} is v{version}, older than v{MINIMUM}; upgrade it: `{command}`"
    hosts = (folder / LANGUAGE_HOST for folder in (path.resolve().parent, *folders))
    if not any(os.access(host, os.X_OK) for host in hosts):
        return f"{path} has no Python language host ({LANGUAGE_HOST}) with it; reinstall it"
    return ""

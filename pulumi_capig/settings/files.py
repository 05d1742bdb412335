"""Files that settings name: relative to the project's root, and ``~`` works."""

from __future__ import annotations

from pathlib import Path

from .. import canonical


def path(value: str) -> str:
    """Read the path of a file, with the home folder in the place of ``~``.

    Raises:
        ValueError: It has characters that nobody sees, or names a user that does not exist.
    """
    found = Path(canonical.visible(value, "a path"))
    try:
        return str(found.expanduser())
    except RuntimeError as error:
        message = f"the path {found} cannot be used: there is no such user"
        raise ValueError(message) from error


def content(file: Path) -> str:
    """Read the secret in a file, without blanks and line ends around it.

    Raises:
        ValueError: The file cannot be read, is not text or is empty.
    """
    try:
        found = file.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        message = f"the file {file} cannot be read: {error.strerror}"
        raise ValueError(message) from error
    except UnicodeDecodeError as error:
        # Raised without its cause, which holds the secret.
        message = f"the file {file} cannot be read: it is not text"
        raise ValueError(message) from error
    if not found:
        message = f"the file {file} is empty"
        raise ValueError(message)
    return found


def project_root() -> Path:
    """The folder with Pulumi.yaml, from the working folder upwards; else the working folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if any((folder / name).is_file() for name in ("Pulumi.yaml", "Pulumi.yml")):
            return folder
    return here

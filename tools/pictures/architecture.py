"""How the package is built."""

from __future__ import annotations

from drawing import Picture

_LEFT, _RIGHT, _HALF = 32, 252, 204
_FULL = _RIGHT + _HALF - _LEFT


def draw() -> str:
    """Two processes, the engine between them, and the gateway below."""
    picture = Picture(
        "How pulumi_capig is built",
        "In your program's process, your program uses resources/, which registers with the Pulumi "
        "engine and writes the picture, and functions/, which looks things up at the gateway. The "
        "engine plans and keeps the state. In the provider's process, dynamic.py takes the "
        "engine's calls and reads the picture, lifecycle/ has the rules of each resource and the "
        "memory of one run, and gateway/ is the client of Meta's gateway, or of sandbox/. cli/ and "
        "testing.py are used beside Pulumi.",
    )
    _program(picture)
    _between(picture)
    _provider(picture)
    _below(picture)
    return picture.svg(776)


def _program(picture: Picture) -> None:
    picture.box(16, 16, 456, 202, "group")
    picture.text(_LEFT, 42, "Your program's process", "soft")
    _part(picture, _LEFT, 56, _HALF, "your program", "`__main__.py`")
    _part(picture, _RIGHT, 56, _HALF, "`functions/`", "look-ups")
    _part(picture, _RIGHT, 138, _HALF, "`resources/`", "what you declare")
    picture.arrow((_LEFT + _HALF, 87), (_RIGHT - 2, 87))
    picture.arrow((190, 118), (190, 156), (_RIGHT - 2, 156))


def _between(picture: Picture) -> None:
    picture.arrow((_RIGHT, 182), (134, 182), (134, 252))
    picture.text(142, 239, "registers", "over soft")
    picture.arrow((354, 200), (354, 252))
    picture.text(362, 239, "writes", "over soft")
    _part(picture, _LEFT, 254, _HALF, "Pulumi engine", "plans, keeps the state", "")
    _part(picture, _RIGHT, 254, _HALF, "the picture", "`picture.py`, a file", "")
    picture.arrow((134, 316), (134, 374))
    picture.text(142, 337, "calls", "over soft")
    picture.arrow((354, 374), (354, 318))
    picture.text(362, 337, "reads", "over soft")


def _provider(picture: Picture) -> None:
    picture.box(16, 346, 456, 304, "group")
    _part(picture, _LEFT, 376, _FULL, "`dynamic.py`", "Pulumi's calls: check, diff, create, …")
    _part(picture, _LEFT, 460, _FULL, "`lifecycle/`", "each resource's rules, one run's memory")
    _part(picture, _LEFT, 544, _FULL, "`gateway/`", "sends operations: one token, retries")
    picture.arrow((244, 438), (244, 458))
    picture.arrow((244, 522), (244, 542))
    picture.text(_LEFT, 634, "The provider's process, one for each run", "soft")


def _below(picture: Picture) -> None:
    picture.arrow((440, 606), (440, 696))
    picture.text(432, 680, "HTTPS", "over soft", anchor="end")
    picture.arrow((_RIGHT + _HALF, 87), (492, 87), (492, 729), (458, 729))
    _part(picture, _LEFT, 698, _HALF, "`cli/`, `testing.py`", "used beside Pulumi", "")
    _part(picture, _RIGHT, 698, _HALF, "Meta's gateway", "or `sandbox/`", "")
    picture.arrow((_LEFT + _HALF, 729), (_RIGHT - 2, 729))


def _part(
    picture: Picture, x: int, y: int, width: int, name: str, text: str, kind: str = "own"
) -> None:
    picture.box(x, y, width, 62, kind)
    picture.text(x + 12, y + 25, name, f"strong {kind}".strip())
    picture.text(x + 12, y + 48, text)

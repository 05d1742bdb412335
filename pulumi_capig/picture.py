"""The picture: all that one program declares, as the provider gets it.

The program's process writes it once the program has run, before the engine is told of the first
resource. The provider's process reads it. It travels as a file of the run that a hint names: an
input of each resource (`HINT`) that the provider takes out before it looks at anything else, so
that it is in no state and in no difference.

A row holds the digest of the account that its resource is in, and digests of ids that are secrets.
Nobody but the user can read the file, and the provider removes it as it reads it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args

HINT = "__picture"
"""Input by which each resource names the picture and its own row in it."""

FilterKind = Literal["event", "domain"]
FILTERS = frozenset(get_args(FilterKind))

DROP = "DROP"

_WORD = re.compile(r"[^\s/()\[\]{}<>\"'`,;:=]+")
"""What an id looks like in a message."""

HOST = "*"
"""Stands for the account of what belongs to the host, such as an account itself."""

THE_DOMAIN = "the account's first-party domain"
"""Its key in an account, which has one."""


class PlaceKey(NamedTuple):
    """An event or a website of one account."""

    kind: FilterKind
    name: str


class Row(NamedTuple):
    """What one resource declares.

    Attributes:
        resource: The resource, in words.
        kind: What it is about: a kind of filter, or something that one resource alone may declare.
        names: Events or websites; else the keys of what it alone declares, such as a pixel.
        scope: Pixel ids; None for the whole account.
        state: The state of a filter; empty for any other kind.
        account: Position in the picture's accounts, or the digest of an account's id.
        hidden: Whether an id or a key is a secret, so that only digests of them are written.
    """

    resource: str
    kind: str
    names: tuple[str, ...]
    scope: frozenset[str] | None = None
    state: str = ""
    account: int | str = ""
    hidden: bool = False

    @property
    def is_filter(self) -> bool:
        """Whether it is a filter, which may share its names with others."""
        return self.kind in FILTERS

    def contradicts(self, other: Row) -> bool:
        """Whether both are about one thing and cannot both hold; accounts are not looked at."""
        if self.kind != other.kind or set(self.names).isdisjoint(other.names):
            return False
        if not self.is_filter:
            return True
        if self.state == other.state:
            return False
        return self.scope is None or other.scope is None or not self.scope.isdisjoint(other.scope)


def digest(value: str) -> str:
    """Replaces an account's id, or an id or key that is a secret."""
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def cover(text: str, secret: Collection[str]) -> str:
    """A text for the user without ids that are secret, which are given by their digests."""

    def covered(word: re.Match[str]) -> str:
        bare = word[0].rstrip(".")
        return f"[secret]{word[0][len(bare) :]}" if digest(bare) in secret else word[0]

    return _WORD.sub(covered, text) if secret else text


def _token(pixel: str) -> str:
    return f"#{digest(pixel)}"


class Writer:
    """Writes the picture of one run, in the program's process.

    The provider removes the file when it has read it; what is written later is a whole picture
    again.
    """

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="pulumi-capig-", suffix=".json")
        os.close(handle)
        self._path = Path(name)

    def hint(self, row: int) -> str:
        """Says to the provider where the picture is, and which row belongs to a resource."""
        return f"{self._path}#{row}"

    def write(
        self,
        rows: Iterable[Row | None],
        accounts: Sequence[str | None],
        *,
        late: Iterable[int] = (),
        deletes_first: Iterable[int] = (),
        secret: Iterable[str] = (),
        preview: bool,
    ) -> None:
        """Put a picture where the hint says.

        Args:
            rows: One for each resource; None where something is not known yet.
            accounts: The digests that rows point to; None where the id is not known yet.
            late: Rows that were not known when the engine was told of the first resource.
            deletes_first: Rows of resources that are deleted before they are replaced.
            secret: The digests of ids that no message may show.
            preview: Whether this is a preview.
        """
        scopes: dict[frozenset[str], int] = {}

        def plain(row: Row | None) -> list[Any] | None:
            if row is None:
                return None
            names, pixels = row.names, row.scope
            if row.hidden:
                names = names if row.is_filter else tuple(map(_token, names))
                pixels = None if pixels is None else frozenset(map(_token, pixels))
            scope = -1 if pixels is None else scopes.setdefault(pixels, len(scopes))
            return [row.resource, row.kind, names, scope, row.state, row.account]

        content = {
            "preview": preview,
            "late": [*late],
            "deletes_first": [*deletes_first],
            "secret": sorted(secret),
            "accounts": accounts,
            "rows": [plain(row) for row in rows],
            "scopes": [sorted(scope) for scope in scopes],
        }
        handle, name = tempfile.mkstemp(prefix=self._path.stem, dir=self._path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, separators=(",", ":"))
        Path(name).replace(self._path)

    def remove(self) -> None:
        """Remove what nobody has read."""
        self._path.unlink(missing_ok=True)


@dataclass
class WantedPlace:
    """What the program wants of one event or website in one account.

    Attributes:
        wide: The state for the whole account, if a filter declares one.
        named: The state of each pixel that a filter names.
    """

    wide: str | None = None
    named: dict[str, str] = field(default_factory=dict)

    def add(self, scope: frozenset[str] | None, state: str) -> None:
        """A filter declares this. Of two that contradict each other, DROP holds."""
        if scope is None:
            self.wide = _stronger(self.wide, state)
        for pixel in scope or ():
            self.named[pixel] = _stronger(self.named.get(pixel), state)

    def of(self, pixel: str) -> str | None:
        """The state that is wanted for a connected pixel; None if nothing is declared."""
        return self.named.get(pixel, self.wide)


def _stronger(one: str | None, other: str) -> str:
    return DROP if DROP in (one, other) else other


class _WantedAccount:
    """What the program wants of one account."""

    def __init__(self) -> None:
        self.keys: defaultdict[str, set[str]] = defaultdict(set)
        self.places: defaultdict[PlaceKey, WantedPlace] = defaultdict(WantedPlace)

    def add(self, row: Row) -> None:
        for name in row.names:
            if row.is_filter:
                kind = cast("FilterKind", row.kind)
                self.places[PlaceKey(kind, name)].add(row.scope, row.state)
            else:
                self.keys[row.kind].add(name)


class Picture:
    """What the program of this run declares, as the provider knows it; safe for threads.

    It is what the program's process wrote, corrected by each check: a check knows what transforms,
    ``ignore_changes`` and outputs have made of a resource. A run in which no check came has no
    picture, so that a destroy finds nothing to keep.

    Attributes:
        preview: Whether the run is a preview, as far as the program said so.
    """

    def __init__(self) -> None:
        self.preview = False
        self._lock = threading.Lock()
        self._rows: dict[int, Row | None] = {}
        """By their numbers in the program's picture; those without a hint are below zero."""
        self._written = False
        self._unhinted = 0
        self._late: set[int] = set()
        self._deletes_first: set[int] = set()
        self._secret: set[str] = set()
        self._hidden: set[str] = set()
        self._ids: dict[str, str] = {}
        self._accounts: list[set[str]] = []
        self._asked: set[str] = set()
        """Accounts about which somebody has learned from this what the program wants."""
        self._checked: set[int] = set()
        self._wanted: dict[str, _WantedAccount] | None = {}

    def receive(self, hint: Any) -> int:
        """Read what a hint names, and return the row of the resource that carries it.

        A resource without a hint gets a new row.
        """
        path, mark, number = str(hint or "").rpartition("#")
        with self._lock:
            if not (mark and number.isdigit()):
                self._unhinted += 1
                self._late.add(-self._unhinted)
                return self._new_row(-self._unhinted)
            content = _take(Path(path))
            if content is not None:
                self._load(content)
            return self._new_row(int(number))

    def _new_row(self, number: int) -> int:
        self._rows.setdefault(number, None)
        return number

    def _load(self, content: dict[str, Any]) -> None:
        self.preview = content["preview"]
        self._written = True
        self._late.update(content["late"])
        self._deletes_first.update(content["deletes_first"])
        self._secret.update(content["secret"])
        accounts: list[str | None] = content["accounts"]
        self._accounts += [set() for _ in range(len(accounts) - len(self._accounts))]
        for number, known in enumerate(accounts):
            if known and known not in self._accounts[number]:
                self._place(number, known)
        scopes = [frozenset(scope) for scope in content["scopes"]]
        for number, plain in enumerate(content["rows"]):
            self._new_row(number)
            if plain and number not in self._checked:
                resource, kind, names, scope, state, of = plain
                whom = scopes[scope] if scope >= 0 else None
                self._rows[number] = Row(resource, kind, tuple(names), whom, state, of)
                tokens = (whom or ()) if kind in FILTERS else {*names, *(whom or ())}
                self._hidden.update(t for t in tokens if t.startswith("#") and t not in self._ids)
        self._wanted = None

    def cover(self, text: str) -> str:
        """A text for the user without the ids that the program keeps secret."""
        with self._lock:
            return cover(text, self._secret)

    def learn(self, pixels: Iterable[str]) -> None:
        """Pixel ids that the run has met: the program may have kept them secret."""
        with self._lock:
            self._learn(pixels)

    def _learn(self, pixels: Iterable[str]) -> None:
        if not self._hidden:
            return
        for pixel in pixels:
            if (token := _token(pixel)) in self._hidden:
                self._hidden.discard(token)
                self._ids[token] = pixel
                self._wanted = None

    def _open(self, row: Row) -> Row:
        """A row with ids in place of their stand-ins; ids that the run has not met are left out."""
        if not self._ids and not self._hidden:
            return row

        def opened(ids: Iterable[str]) -> Iterable[str]:
            return (self._ids.get(i, i) for i in ids if i not in self._hidden)

        names = row.names if row.is_filter else tuple(opened(row.names))
        return row._replace(
            names=names, scope=None if row.scope is None else frozenset(opened(row.scope))
        )

    def declare(self, number: int, tenant_id: str, row: Row) -> Row | None:
        """A check knows what its resource declares.

        Args:
            number: The resource's row.
            tenant_id: Its account.
            row: The rest; its `account` is not looked at.

        Returns:
            Another resource that this contradicts, where the program's process could not see it.
        """
        with self._lock:
            account, before = digest(tenant_id), self._rows[number]
            self._learn({*row.names, *(row.scope or ())})
            if before is not None:
                row = row._replace(resource=before.resource)
                before = self._placed(self._open(before), account)
            after = row._replace(account=account)
            self._checked.add(number)
            self._rows[number] = after
            if before == after:
                return None
            self._late.add(number)
            if before is None and self._wanted is not None:
                self._wanted.setdefault(account, _WantedAccount()).add(after)
            else:
                self._wanted = None
            return self._contradicted(number, after) if self._written else None

    def _placed(self, row: Row, account: str) -> Row:
        """A row with the account that a check has found, if the program may have meant that."""
        if isinstance(row.account, int) and not self._accounts[row.account]:
            self._place(row.account, account)
        return row._replace(account=account) if account in self._accounts_of(row) else row

    def _place(self, number: int, account: str) -> None:
        """Give an account its id; its rows are late if that id has been asked about before."""
        if account in self._asked:
            late = (n for n, row in self._rows.items() if row and row.account == number)
            self._late.update(late)
        self._accounts[number].add(account)
        self._wanted = None

    def _contradicted(self, number: int, row: Row) -> Row | None:
        for other_number, other in self._rows.items():
            if other is None or other_number == number:
                continue
            if row.contradicts(self._open(other)) and row.account in self._accounts_of(other):
                return other
        return None

    def _accounts_of(self, row: Row) -> set[str]:
        return self._accounts[row.account] if isinstance(row.account, int) else {row.account}

    def is_late(self, number: int) -> bool:
        """Whether the picture did not know, until its check, what a resource declares."""
        with self._lock:
            return number in self._late

    def deletes_first(self, number: int) -> bool:
        """Whether a resource is deleted before it is replaced, as far as the program says so."""
        with self._lock:
            return number in self._deletes_first

    def connects(self, tenant_id: str, pixel: str) -> bool:
        """Whether a resource of the program connects a pixel."""
        return self.declares(tenant_id, "connection", pixel)

    def declares(self, tenant_id: str, kind: str, key: str) -> bool:
        """Whether a resource of the program declares what one alone may declare."""
        with self._lock:
            self._learn((key,))
            return key in self._of(tenant_id).keys[kind]

    def declares_in(self, tenant_id: str) -> bool:
        """Whether a resource of the program is in an account."""
        with self._lock:
            account = digest(tenant_id)
            self._asked.add(account)
            return any(row and account in self._accounts_of(row) for row in self._rows.values())

    def place(self, tenant_id: str, key: PlaceKey, pixels: Iterable[str] = ()) -> WantedPlace:
        """What is wanted of an event or website, for `pixels` and those that the run has met."""
        with self._lock:
            self._learn(pixels)
            found = self._of(tenant_id).places.get(key)
            return WantedPlace(found.wide, dict(found.named)) if found else WantedPlace()

    def of_pixel(self, tenant_id: str, pixel: str) -> list[tuple[PlaceKey, str]]:
        """The events and websites that filters declare for a pixel, with their state."""
        with self._lock:
            self._learn((pixel,))
            places = self._of(tenant_id).places.items()
            return [(key, state) for key, place in places if (state := place.of(pixel))]

    def dropped_widely(self, tenant_id: str, pixel: str) -> list[PlaceKey]:
        """The events and websites that are dropped for a pixel by the whole account."""
        with self._lock:
            places = self._of(tenant_id).places.items()
            return [key for key, p in places if p.wide == DROP and pixel not in p.named]

    def _of(self, tenant_id: str) -> _WantedAccount:
        if self._wanted is None:
            index: defaultdict[str, _WantedAccount] = defaultdict(_WantedAccount)
            for row in filter(None, self._rows.values()):
                for account in self._accounts_of(row):
                    index[account].add(self._open(row))
            self._wanted = dict(index)
        account = digest(tenant_id)
        self._asked.add(account)
        return self._wanted.get(account) or _WantedAccount()


def _take(path: Path) -> dict[str, Any] | None:
    """The content of the user's own file, once: it is gone afterwards.

    It is moved away before it is read, so that a picture that is written meanwhile is not lost.
    """
    taken = path.with_suffix(".read")
    try:
        path.rename(taken)
    except OSError:
        return None
    try:
        handle = os.open(taken, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(handle, encoding="utf-8") as file:
            ours = os.fstat(file.fileno()).st_uid == os.getuid()
            text = file.read() if ours else ""
    finally:
        with contextlib.suppress(OSError):
            taken.unlink()
    return json.loads(text) if text else None

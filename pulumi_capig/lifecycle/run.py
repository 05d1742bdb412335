"""What one run knows: the provider process of one engine operation, shared by its threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from .. import settings as table
from ..errors import RefusedError, WrongGatewayError
from ..picture import Picture
from .memory import Memory
from .run_account import RunAccount
from .traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..gateway import Client, FilterSetting
    from ..settings import ClientSettings, Settings
    from .connection_rules import PixelKey

T = TypeVar("T")


class Run:
    """The memory of one run; safe for threads.

    Args:
        settings: The settings of the process.
        open_client: Makes a client; called when the gateway is first needed, so that a preview
            needs neither an address nor credentials.
        say: Shows the user one line.

    Attributes:
        picture: What the program declares.
        traffic: The engine's calls under way.
    """

    def __init__(
        self,
        settings: Settings,
        open_client: Callable[[ClientSettings], Client],
        say: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self.picture = Picture()
        self.traffic = Traffic()
        self._open_client = open_client
        self._show = say
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._accounts = Memory(
            lambda tenant: RunAccount(
                tenant, self.picture, self.client, self._warn_of_unverified, self.traffic
            )
        )
        self._shared = Memory(lambda make: make())
        self._disconnects = 0
        self._said: set[tuple[str, ...]] = set()

    def client(self) -> Client:
        """The gateway's client.

        Raises:
            SettingsError: Address or credentials are missing or wrong.
        """
        with self._lock:
            if self._client is None:
                self._client = self._open_client(self.settings.for_client())
            return self._client

    def close(self) -> None:
        """Close the gateway's connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def host(self) -> str:
        """The gateway's host, as state records it."""
        address = self.settings.get(table.GATEWAY)
        return address.host if address else self.client().host

    def account(self, tenant_id: str) -> RunAccount:
        """An account, the same object for all of the run."""
        found: RunAccount = self._accounts.of(tenant_id)
        return found

    def share(self, make: Callable[[], T]) -> T:
        """What a kind of resource knows of all accounts, the same object for all of the run.

        Args:
            make: Makes it: a class or a function.
        """
        found: T = self._shared.of(make)
        return found

    def allow_disconnect(self, key: PixelKey) -> None:
        """Count a pixel that is about to be disconnected.

        Raises:
            RefusedError: It would be one more than the run may disconnect.
        """
        most = self.settings.get(table.MAX_DISCONNECTS)
        with self._lock:
            if most is None or self._disconnects < most:
                self._disconnects += 1
                return
        names = table.MAX_DISCONNECTS.names
        what = (
            f"disconnect pixel {key.pixel_id} (account {key.tenant_id}): this run may disconnect "
            f"no more than {most} pixel(s) ({names})"
        )
        advice = "If the program is right, raise the setting for this run, and run it again."
        raise RefusedError(what, advice)

    def _warn_of_unverified(self, tenant_id: str, setting: FilterSetting) -> None:
        text = (
            f"account {tenant_id}: the gateway accepted {setting.kind} {setting.name} but did not "
            "return the filter, so it is unverified. Look at it in the gateway's page; a new "
            "`reassert` sends it again."
        )
        self.warn(text, "unverified", tenant_id, setting.kind, setting.name)

    def has_moved(self, recorded: str | None) -> bool:
        """Whether state was made at a former address of the gateway that is configured.

        Raises:
            WrongGatewayError: It was made against another gateway.
        """
        address = self.settings.get(table.GATEWAY)
        if address is None or not recorded or recorded == address.host:
            return False
        if recorded in self.settings.get(table.MOVED_FROM):
            return True
        what = (
            f"the state was made against the gateway {recorded}, "
            f"and {table.GATEWAY.variable} or stack config names {address.host}"
        )
        advice = (
            f"If the gateway moved, set {table.MOVED_FROM.variable}={recorded} for the next `up`; "
            f"if not, set {table.GATEWAY.variable} back. `refresh` and `destroy` without "
            "--run-program use the stack config of the last `up`."
        )
        raise WrongGatewayError(what, advice)

    def tell(self, text: str) -> None:
        """Show the user a line, without what the program keeps secret."""
        self._show(self.picture.cover(text))

    def warn(self, text: str, *kind: str) -> None:
        """Show the user a warning, once a run and kind."""
        with self._lock:
            if kind in self._said:
                return
            self._said.add(kind)
        self.tell(f"warning: {text}")

    def remark(self, remark: Callable[[str], str], value: object) -> None:
        """Warn, once a run, of a value that is valid and yet probably wrong."""
        if isinstance(value, str) and (text := remark(value)):
            self.warn(text, text)

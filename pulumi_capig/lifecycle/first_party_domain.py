"""How the first-party domain of an account lives: it can be set and read, and not removed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .. import canonical
from .. import settings as table
from ..errors import (
    AlreadyExistsError,
    GatewayError,
    InvalidInputError,
    OutcomeUnknownError,
    SettingsError,
    UnavailableError,
    UnexpectedAnswerError,
)
from ..picture import THE_DOMAIN
from .account_record import SharedRecord
from .keyed import ALREADY_THERE, KeyedLifecycle
from .shared import Shared
from .values import Failure, is_known

if TYPE_CHECKING:
    from ..gateway import Client
    from ..gateway.operations.routing import Routing
    from .values import Checked, Props

ECHOED, ACCEPTED = "echoed", "accepted"

_LIMITS = (
    "A gateway can have only as many first-party domains as its host has certificates: 22 on AWS "
    "EKS and ECS, 13 on GCP, 3 on App Runner. Run the command again once that is resolved."
)


@dataclass
class _Held:
    routing: Routing | None = None

    def put(self, routing: Routing) -> None:
        self.routing = routing


class SharedRouting:
    """The first-party domain of an account, read once a run; safe for threads.

    Args:
        tenant_id: The account.
        client: Opens the client when it is first needed.
    """

    def __init__(self, tenant_id: str, client: Callable[[], Client]) -> None:
        self._tenant_id = tenant_id
        self._client = client
        self._shared = Shared(self._ask)

    def get(self) -> Routing | None:
        """What the gateway says of it; None where it answers null."""
        return self._shared.look(lambda held: held.routing)

    def know_none(self) -> None:
        """A new account has none: it need not be asked for."""
        self._shared.know(_Held())

    def read_again(self) -> SharedRouting:
        """Ask for it anew."""
        self._shared.read_again()
        return self

    def put(self, routing: Routing) -> None:
        """An own write was answered."""
        self._shared.wrote(lambda held: held.put(routing))

    def _ask(self) -> _Held:
        from ..gateway.operations import routing

        return _Held(routing.read(self._client(), self._tenant_id))


class _Holders:
    """Which account each domain is declared for, in this run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accounts: dict[str, str] = {}

    def other(self, domain: str, tenant_id: str) -> str | None:
        """Another account that the domain was declared for, before this one."""
        with self._lock:
            holder = self._accounts.setdefault(domain, tenant_id)
        return None if holder == tenant_id else holder


class FirstPartyDomainLifecycle(KeyedLifecycle["Routing"]):
    """Life of the first-party domain of an account, over one run."""

    kind = "first-party domain"
    fields = {  # noqa: RUF012 - nobody changes it
        "domain": canonical.domain,
        "target_domain": canonical.domain,
        "tenant_id": canonical.tenant_id,
        "adopt": canonical.switch,
        "reassert": lambda value: canonical.text(value, "reassert"),
    }
    required = ("domain",)
    lasting = ("reassert",)

    # -- check ---------------------------------------------------------------------------------

    def _complete(self, olds: Props, checked: Checked) -> None:
        super()._complete(olds, checked)
        inputs = checked.inputs
        declared = "target_domain" in inputs
        if not declared and (target := self._own_host() or olds.get("target_domain")):
            inputs["target_domain"] = target
        if "target_domain" not in inputs:
            reason = "target_domain is missing: pass it, or set CAPIG_GATEWAY"
            checked.failures.append(Failure("target_domain", reason))
        elif is_known(inputs["target_domain"]) and inputs["target_domain"] == inputs.get("domain"):
            reason = "the domain cannot point to itself: target_domain is the gateway's domain"
            checked.failures.append(Failure("target_domain", reason))
        elif declared and not checked.failures and is_known(inputs.get("tenant_id")):
            self._claim(inputs).whole = True

    def _declare(self, olds: Props, checked: Checked, given: Props, row: int) -> None:
        super()._declare(olds, checked, given, row)
        inputs = checked.inputs
        if not (is_known(inputs["domain"]) and is_known(inputs.get("tenant_id"))):
            return
        other = self._run.share(_Holders).other(inputs["domain"], inputs["tenant_id"])
        if other is not None:
            reason = (
                f"account {other} declares this domain too, and a domain belongs to one account"
            )
            checked.failures.append(Failure("domain", reason))

    def _own_host(self) -> str | None:
        try:
            address = self._run.settings.get(table.GATEWAY)
        except SettingsError:
            return None  # said when the gateway is first needed
        return urlsplit(address.url).hostname if address is not None else None

    # -- create, update and delete -------------------------------------------------------------

    def _existing(self, inputs: Props) -> Routing | None:
        found = self._routing(inputs).get()
        return found if found is not None and found.ingress else None

    def _already_exists(self, inputs: Props) -> AlreadyExistsError:
        existing = self._existing(inputs)
        named = existing.ingress if existing else None
        what = f"create {self._words(inputs)}: the account has {named} already; nothing was changed"
        return AlreadyExistsError(what, ALREADY_THERE)

    def _make(self, inputs: Props) -> Props:
        return self._set(inputs)

    def _take_over(self, inputs: Props, existing: Routing) -> tuple[Props, str]:
        same = (existing.ingress or "").lower() == inputs["domain"]
        if same and not self._claim(inputs).whole:
            return self._facts(existing, ECHOED), ""
        return self._set(inputs, existing.ingress), "set it to the declared values"

    def _change(self, olds: Props, news: Props, changed: set[str], moved: bool) -> Props:
        return self._set(news, olds["domain"])

    def _set(self, inputs: Props, before: str | None = None) -> Props:
        from ..gateway.operations import routing

        tenant_id, domain = inputs["tenant_id"], inputs["domain"]
        try:
            answer = routing.set_domain(
                self._run.client(), tenant_id, domain, inputs["target_domain"]
            )
        except OutcomeUnknownError as error:
            lost = error.also(_LIMITS) if error.code else error
            if (before or "").lower() == domain:
                raise lost from error  # no operation returns the rest of it
            answer = self._seen(inputs, lost)
        except (InvalidInputError, UnavailableError) as error:
            raise error.also(_LIMITS) from error
        if answer is None or not answer.ingress:
            return self._facts(None, ACCEPTED)
        if answer.ingress.lower() != domain:
            reason = f"the gateway answered with another domain, {answer.ingress}"
            raise UnexpectedAnswerError(
                reason,
                operation=f"set the first-party domain {domain}",
                tenant_id=tenant_id,
                advice="Look at the account's data routing in the gateway's page.",
            )
        self._routing(inputs).put(answer)
        return self._facts(answer, ECHOED)

    def _seen(self, inputs: Props, error: GatewayError) -> Routing:
        """What the gateway has after an answer was lost, if that is what was sent."""
        try:
            found = self._routing(inputs).read_again().get()
        except GatewayError as second:
            raise error from second
        if found is None or (found.ingress or "").lower() != inputs["domain"]:
            raise error
        return found

    def _remove(self, outputs: Props) -> None:
        self._run.tell(
            f"{self._words(outputs)} stays: no operation removes it. It is there until the account "
            "is deleted or another domain replaces it. Remove its DNS record only once no page of "
            "the advertiser sends events there any more."
        )

    # -- read ----------------------------------------------------------------------------------

    def _find(self, resource_id: str, outputs: Props) -> Props | None:
        found = self._routing(outputs).get()
        if found is None:
            # Null is also what a gateway may say of an account that it does not show.
            self._account(outputs).share(SharedRecord).there()
            return None
        if not found.ingress:
            return None
        if outputs.get("cname_resolved") and found.cname_resolve_success is False:
            self._run.warn(
                f"{self._words(outputs)}: its CNAME record was verified before and no longer is. "
                f"It must point to {outputs['target_domain']}.",
                "cname",
                outputs["tenant_id"],
            )
        domain = found.ingress.lower()
        return {**self._facts(found, outputs.get("verification", ACCEPTED)), "domain": domain}

    # ------------------------------------------------------------------------------------------

    @staticmethod
    def _facts(found: Routing | None, verification: str) -> Props:
        return {
            "cname_resolved": bool(found and found.cname_resolve_success),
            "domain_status": (found and found.tenant1p_domain_status) or "",
            "verification": verification,
        }

    def _routing(self, props: Props) -> SharedRouting:
        return self._account(props).share(SharedRouting)

    def _key(self, props: Props) -> str:
        return THE_DOMAIN

    def _words(self, props: Props) -> str:
        return f"first-party domain {props.get('domain')} (account {props['tenant_id']})"

    def _id(self, inputs: Props) -> str:
        return f"{inputs['tenant_id']}/first-party-domain"

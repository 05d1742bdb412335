"""The consent policy: which events may leave, and the accounts that it holds for."""

from collections.abc import Mapping
from typing import NamedTuple

from pulumi_capig import FilterState

PUBLISH, DROP = FilterState.PUBLISH, FilterState.DROP


class Account(NamedTuple):
    """An account of the gateway, and where it differs from the policy."""

    name: str
    tenant_id: str
    exceptions: Mapping[str, FilterState] = {}


EVENTS = {
    # What was looked at and bought
    "PageView": PUBLISH,
    "ViewContent": PUBLISH,
    "Search": PUBLISH,
    "FindLocation": PUBLISH,
    "CustomizeProduct": PUBLISH,
    "AddToWishlist": PUBLISH,
    "AddToCart": PUBLISH,
    "InitiateCheckout": PUBLISH,
    "AddPaymentInfo": PUBLISH,
    "Purchase": PUBLISH,
    "Subscribe": PUBLISH,
    "StartTrial": PUBLISH,
    # Who somebody is, or what moves them
    "Lead": DROP,
    "Contact": DROP,
    "CompleteRegistration": DROP,
    "SubmitApplication": DROP,
    "Schedule": DROP,
    "Donate": DROP,
    # Events of our own
    "HealthQuiz": DROP,
    "StaffVisit": DROP,
}

ACCOUNTS = [
    Account("retail", "SandboxA"),
    Account("clinic", "SandboxB", exceptions={"ViewContent": DROP, "Purchase": DROP}),
]

"""Names that the gateway and Meta define."""

from __future__ import annotations

from enum import Enum


class FilterState(str, Enum):
    """What the gateway does with an event, or with the events of a website."""

    PUBLISH = "PUBLISH"
    """Publish it to Meta: the state of everything that no filter names."""
    DROP = "DROP"
    """Block it: the gateway discards it."""


class DataSourceType(str, Enum):
    """Where the events of a data source come from."""

    ADVERTISER_HOSTED_PIXEL = "ADVERTISER_HOSTED_PIXEL"
    """A website, with a script that the advertiser puts into the head of its pages."""
    ADVERTISER_HOSTED_SDK = "ADVERTISER_HOSTED_SDK"
    """An app or a server of the advertiser."""
    FILE_UPLOAD = "FILE_UPLOAD"
    """Files that are uploaded."""


class StandardEvent(str, Enum):
    """Meta's 18 standard events, for arguments such as ``event_name``.

    A member is the same as its text: ``StandardEvent.LEAD`` is ``"Lead"``. For custom events, use
    text of 1 to 50 characters.
    """

    ADD_PAYMENT_INFO = "AddPaymentInfo"
    ADD_TO_CART = "AddToCart"
    ADD_TO_WISHLIST = "AddToWishlist"
    COMPLETE_REGISTRATION = "CompleteRegistration"
    CONTACT = "Contact"
    CUSTOMIZE_PRODUCT = "CustomizeProduct"
    DONATE = "Donate"
    FIND_LOCATION = "FindLocation"
    INITIATE_CHECKOUT = "InitiateCheckout"
    LEAD = "Lead"
    PAGE_VIEW = "PageView"
    PURCHASE = "Purchase"
    SCHEDULE = "Schedule"
    SEARCH = "Search"
    START_TRIAL = "StartTrial"
    SUBMIT_APPLICATION = "SubmitApplication"
    SUBSCRIBE = "Subscribe"
    VIEW_CONTENT = "ViewContent"

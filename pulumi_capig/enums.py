"""Names that the gateway and Meta define."""

from __future__ import annotations

from enum import Enum


class FilterState(str, Enum):
    """What becomes of an event, or of a website's events."""

    PUBLISH = "PUBLISH"
    """Sent on to Meta; the resting state of everything that no filter names."""
    DROP = "DROP"
    """Discarded by the gateway."""


class DataSourceType(str, Enum):
    """Where the events of a data source come from."""

    ADVERTISER_HOSTED_PIXEL = "ADVERTISER_HOSTED_PIXEL"
    """A script that the advertiser puts into the head of a site's pages."""
    ADVERTISER_HOSTED_SDK = "ADVERTISER_HOSTED_SDK"
    """An app or a server of the advertiser."""
    FILE_UPLOAD = "FILE_UPLOAD"
    """Files."""


class StandardEvent(str, Enum):
    """Meta's 18 standard events; custom events are plain text of 1 to 50 characters."""

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

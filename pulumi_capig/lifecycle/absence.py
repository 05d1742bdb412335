"""Whether an account is gone, and what that means to all that was in it.

No operation documents what it answers for an unknown account. So one answer proves nothing: both
endpoints have to say that they know no such account. Falsely gone would make a second account, and
move every pixel into it; wrongly kept costs one command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import (
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    UnexpectedAnswerError,
)
from .account_record import SharedRecord

if TYPE_CHECKING:
    from . import Lifecycle
    from .run import Run
    from .values import Checked, Created, Difference, Found, Props

_MAY_BE_GONE = (InvalidInputError, NotAuthorizedError, NotFoundError, UnexpectedAnswerError)


def pixels_are_gone(run: Run, tenant_id: str) -> bool:
    """Whether the list of an account's pixels says that there is no such account.

    Raises:
        GatewayError: It says neither that nor a list.
    """
    from ..gateway import pixels
    from ..gateway.answers import NO_DATA, NULL

    try:
        pixels.list_account(run.client(), tenant_id)
    except NotFoundError as error:
        if not error.in_json:
            raise
        return True
    except UnexpectedAnswerError as error:
        if not (error.in_json and error.reason in (NO_DATA, NULL)):
            raise
        return True
    return False


def _record_is_gone(run: Run, tenant_id: str) -> bool:
    try:
        return run.account(tenant_id).share(SharedRecord).get() is None
    except NotFoundError as error:
        return error.in_json


class InAccount:
    """The life of a resource in an account, which ends with the account's.

    Args:
        run: The run.
        life: The resource's own life.
    """

    def __init__(self, run: Run, life: Lifecycle) -> None:
        self._run = run
        self._life = life

    def check(self, olds: Props, news: Props, row: int) -> Checked:
        """As the resource's own."""
        return self._life.check(olds, news, row)

    def diff(self, resource_id: str, olds: Props, news: Props) -> Difference:
        """As the resource's own."""
        return self._life.diff(resource_id, olds, news)

    def create(self, inputs: Props) -> Created:
        """As the resource's own."""
        return self._life.create(inputs)

    def update(self, resource_id: str, olds: Props, news: Props) -> Props:
        """As the resource's own."""
        return self._life.update(resource_id, olds, news)

    def read(self, resource_id: str, outputs: Props) -> Found | None:
        """What there is now; None if it is gone, by itself or with its account."""
        if self._run.account(outputs["tenant_id"]).gone:
            return None
        try:
            return self._life.read(resource_id, outputs)
        except _MAY_BE_GONE:
            if self._account_is_gone(outputs["tenant_id"]):
                return None
            raise

    def delete(self, resource_id: str, outputs: Props) -> None:
        """Take away what there is; nothing, if the account is gone."""
        if self._run.account(outputs["tenant_id"]).gone:
            return
        try:
            self._life.delete(resource_id, outputs)
        except _MAY_BE_GONE:
            if not self._account_is_gone(outputs["tenant_id"]):
                raise

    def _account_is_gone(self, tenant_id: str) -> bool:
        try:
            gone = _record_is_gone(self._run, tenant_id) and pixels_are_gone(self._run, tenant_id)
        except GatewayError:
            return False
        if gone:
            self._run.account(tenant_id).gone = True
        return gone

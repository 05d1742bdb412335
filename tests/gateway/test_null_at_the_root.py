"""Operations of the second endpoint stand at the root, where null may be all of the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pulumi_capig.errors import UnexpectedAnswerError
from pulumi_capig.gateway import pixels
from pulumi_capig.gateway.calls import Call
from tests.gateway.conftest import Open
from tests.gateway.scripted import Reply, Scripted

Serve = Callable[..., Scripted]
AT_THE_ROOT = replace(pixels.LIST, path=("tenantQueries",), nullable=True)
NULL: dict[str, Any] = {"data": {"tenantQueries": None}}


def ask(open_client: Open, serve: Serve, answer: Any, *, nullable: bool = True) -> Any:
    client = open_client(serve(Reply(json.dumps(answer))), maxRetries=0)
    variables = {"tenantId": "A", "timeWindow": 60}
    operation = replace(AT_THE_ROOT, nullable=nullable)
    return client.execute(Call(operation, "look", "A", variables, lambda result: result))


def test_null_is_a_result_where_it_may_be_one(open_client: Open, serve: Serve) -> None:
    assert ask(open_client, serve, NULL) is None


@pytest.mark.parametrize(
    ("answer", "nullable"),
    [
        (NULL, False),
        ({"data": None}, True),
        ({"data": {}}, True),
        ({**NULL, "errors": [{"message": "no"}]}, True),
    ],
)
def test_the_lack_of_a_result_is_none(
    open_client: Open, serve: Serve, answer: Any, nullable: bool
) -> None:
    with pytest.raises(UnexpectedAnswerError):
        ask(open_client, serve, answer, nullable=nullable)

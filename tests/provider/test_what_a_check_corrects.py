"""A check knows better than the program's process: transforms, ``ignore_changes``, late values."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_capig.picture import HINT, Picture, PlaceKey, Row, Writer, digest
from pulumi_capig.sandbox import Sandbox
from tests.support.deployment import DEFAULT, Deployment, Program, with_picture

CONNECTION = {"business_id": "1", "access_token": "EAAB", "external_id": ""}
LEAD = PlaceKey("event", "Lead")


def connection(pixel: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "PixelConnection", {"pixel_id": pixel, **CONNECTION, **more}


def lead(*pixels: str, state: str = "DROP", **more: Any) -> tuple[str, dict[str, Any]]:
    declared = {"event_name": "Lead", "filter_state": state, "pixel_ids": [*pixels], **more}
    return "EventFilter", declared


def in_the_end(program: Program, **changed: dict[str, Any]) -> Program:
    """A program whose resources reach the engine with other arguments than it has declared."""
    carried = with_picture(program)
    return {
        name: (kind, {**arguments, **changed.get(name, {})})
        for name, (kind, arguments) in carried.items()
    }


@pytest.mark.parametrize("order", [("shop", "lead"), ("lead", "shop")])
@pytest.mark.parametrize(
    ("declared", "changed"),
    [
        (lead("101", state="PUBLISH"), {"filter_state": "DROP"}),
        (lead("102"), {"pixel_ids": ["101"]}),
        (lead("102"), {"pixel_ids": None}),
    ],
)
def test_a_pixel_that_comes_back_gets_what_the_filter_ends_in(
    deployment: Deployment,
    in_sandbox: Sandbox,
    order: tuple[str, ...],
    declared: Any,
    changed: dict[str, Any],
) -> None:
    program = {"shop": connection("101"), "lead": declared}
    deployment.up(in_the_end(program, lead=changed), picture=False)
    in_sandbox.disconnect("101")
    deployment.refresh()
    result = deployment.up(in_the_end(program, lead=changed), order=order, picture=False)
    assert result.errors == {}
    assert in_sandbox.state.effective_event(in_sandbox.tenant_id, "Lead", "101") == "DROP"
    assert deployment.up(in_the_end(program, lead=changed), picture=False).changes == []


def test_an_account_that_a_check_corrects_is_that_resource_s_alone() -> None:
    picture = Picture()
    for name, (_, arguments) in with_picture({"shop": connection("101"), "f": lead("101")}).items():
        row = picture.receive(arguments[HINT])
        if name == "shop":
            picture.declare(row, "Elsewhere", Row("shop", "connection", ("101",)))
    assert picture.connects("Elsewhere", "101")
    assert picture.place("Elsewhere", LEAD).named == {}
    assert picture.place(DEFAULT, LEAD).named == {"101": "DROP"}


def test_a_resource_without_a_hint_takes_no_other_s_place() -> None:
    picture = Picture()
    unhinted = picture.receive(None)
    shop = with_picture({"shop": connection("101")})["shop"][1]
    hinted = picture.receive(shop[HINT])
    for row, pixel in ((unhinted, "102"), (hinted, "101")):
        assert picture.declare(row, DEFAULT, Row("", "connection", (pixel,))) is None
    assert picture.connects(DEFAULT, "101")
    assert picture.connects(DEFAULT, "102")
    assert picture.is_late(unhinted)
    assert not picture.is_late(hinted)


def test_secret_pixels_are_told_by_whoever_meets_them() -> None:
    writer = Writer()
    rows = [
        Row("shop", "connection", ("101",), account=0, hidden=True),
        Row("lead", "event", ("Lead",), frozenset({"101", "102"}), "DROP", 0, hidden=True),
    ]
    writer.write(rows, [digest("A")], preview=False)
    picture = Picture()
    assert picture.receive(writer.hint(1)) == 1
    assert picture.place("A", LEAD).named == {}
    assert picture.connects("A", "101")
    assert picture.place("A", LEAD).named == {"101": "DROP"}
    picture.learn(["102", "103"])
    assert picture.place("A", LEAD).named == {"101": "DROP", "102": "DROP"}
    assert picture.of_pixel("A", "102") == [(LEAD, "DROP")]
    assert picture.declare(1, "A", rows[1]._replace(hidden=False)) is None
    assert not picture.is_late(1)
    other = Row("open", "event", ("Lead",), frozenset({"102"}), "PUBLISH")
    contradicted = picture.declare(picture.receive(None), "A", other)
    assert contradicted is not None
    assert contradicted.resource == "lead"


def test_what_one_resource_alone_may_declare_has_a_kind_of_its_own() -> None:
    writer = Writer()
    rows = [
        Row("shop", "connection", ("101",), account=0),
        Row("other thing", "thing", ("101",), account=0),
        Row("hidden thing", "thing", ("102",), account=0, hidden=True),
    ]
    writer.write(rows, [digest("A")], preview=False)
    picture = Picture()
    assert picture.receive(writer.hint(1)) == 1
    assert picture.declares("A", "thing", "101")
    assert picture.declares("A", "thing", "102")
    assert not picture.declares("B", "thing", "101")
    assert not picture.connects("A", "102")
    late = Row("late thing", "thing", ("101",))
    contradicted = picture.declare(picture.receive(None), "A", late)
    assert contradicted is not None
    assert contradicted.resource == "other thing"
    assert picture.declare(picture.receive(None), "B", late) is None


@pytest.mark.parametrize("asked", [False, True])
def test_rows_of_an_account_without_an_id_are_late_if_that_id_was_asked_about(asked: bool) -> None:
    writer = Writer()
    rows = [
        Row("shop", "connection", ("101",), account=0),
        Row("lead", "event", ("Lead",), None, "DROP", 0),
        Row("other shop", "connection", ("102",), account=1),
    ]
    writer.write(rows, [None, digest("A"), None], preview=False)
    picture = Picture()
    for number in (2, 0, 1):
        picture.receive(writer.hint(number))
        assert picture.declare(number, "A", rows[number]) is None
        if asked:
            assert picture.of_pixel("A", "103") == ([] if number == 2 else [(LEAD, "DROP")])
    assert [picture.is_late(number) for number in range(3)] == [asked, asked, False]
    assert picture.of_pixel("A", "101") == [(LEAD, "DROP")]


def test_outputs_of_one_account_that_resolve_together_make_no_row_late() -> None:
    writer = Writer()
    rows = [
        Row("shop", "connection", ("101",), account=0),
        Row("lead", "event", ("Lead",), None, "DROP", 1),
    ]
    writer.write(rows, [None, None], preview=False)
    picture = Picture()
    picture.receive(writer.hint(0))
    writer.write(rows, [digest("A"), digest("A")], preview=False)
    for number in (0, 1):
        picture.receive(writer.hint(number))
        assert picture.declare(number, "A", rows[number]) is None
        assert picture.of_pixel("A", "101") == [(LEAD, "DROP")]
    assert not any(map(picture.is_late, range(2)))

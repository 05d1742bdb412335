"""The life of pixel connections, call by call, and what each call costs the gateway."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from pulumi_capig.sandbox import Dialect, Fault, Sandbox
from tests.support.deployment import Deployment
from tests.support.provider import UNKNOWN, CallError, Provider

KIND = "PixelConnection"
PIXEL = "18904456377094531"
SETUP = "setupPixelSignalConfig"
RECEIVING = "updateSignalConfigEventsStatus"
PUBLISHING = "updateSignalConfigCapiPublish"
DELETE = "deleteDataSource"
WRITES = (SETUP, RECEIVING, PUBLISHING, DELETE)


def shop(**changes: Any) -> tuple[str, dict[str, Any]]:
    declared = {"pixel_id": PIXEL, "business_id": "1", "access_token": "EAAB-secret", **changes}
    return KIND, {name: value for name, value in declared.items() if value is not None}


def taken_over(**declared: Any) -> tuple[str, dict[str, Any]]:
    return KIND, {"pixel_id": PIXEL, "adopt": True, **declared}


def sent(sandbox: Sandbox, operations: Iterable[str] = WRITES) -> list[str]:
    """The writes that reached the gateway, in order."""
    return [r.operation for r in sandbox.requests if r.operation in operations]


def switches(sandbox: Sandbox) -> tuple[bool, bool]:
    pixel = sandbox.state.pixel(sandbox.tenant_id, PIXEL)
    assert pixel is not None
    return pixel.receiving, pixel.publishing


# -- check -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "failing"),
    [
        ({"pixel_id": "12a"}, {"pixel_id"}),
        ({"pixel_id": 18904456377094531}, {"pixel_id"}),
        ({"business_id": "x", "access_token": "a b", "api_version": "24"},
         {"business_id", "access_token", "api_version"}),
        ({"access_token": "<accessToken>"}, {"access_token"}),
        ({"access_token": "EAAB\n"}, {"access_token"}),
        ({"access_token": ""}, {"access_token"}),
        ({"tenant_id": "a/b"}, {"tenant_id"}),
        ({"receiving": "yes"}, {"receiving"}),
        ({"business_id": None}, {"business_id"}),
        ({"business_id": None, "access_token": None}, {"business_id", "access_token"}),
        ({"business_id": None, "adopt": True}, {"business_id", "external_id"}),
        ({"adopt": True}, {"external_id"}),
    ],
)  # fmt: skip
def test_check_names_everything_that_is_wrong(
    provider: Provider, in_sandbox: Sandbox, declared: dict[str, Any], failing: set[str]
) -> None:
    checked = provider.check(KIND, None, shop(**declared)[1])
    assert set(checked.failures) == failing
    assert not any("EAAB" in reason for reason in checked.failures.values())
    assert in_sandbox.requests == []


def test_what_only_a_setup_sends_cannot_be_declared_of_an_unmanaged_pixel(
    provider: Provider,
) -> None:
    declared = taken_over(pixel_name="Shop", api_version="v24.0")[1]
    assert set(provider.check(KIND, None, declared).failures) == {"pixel_name", "api_version"}


def test_check_skips_unknown_values_field_by_field(provider: Provider) -> None:
    declared = shop(access_token=UNKNOWN, business_id="x")[1]
    checked = provider.check(KIND, None, declared)
    assert set(checked.failures) == {"business_id"}
    assert checked.inputs["access_token_fingerprint"] == UNKNOWN


def test_an_old_connection_may_not_lose_what_it_was_set_up_with(deployment: Deployment) -> None:
    deployment.up({"shop": shop()})
    result = deployment.preview({"shop": shop(business_id=None, access_token=None)})
    assert "business_id" in result.errors["shop"]
    assert "access_token" in result.errors["shop"]


def test_what_a_preview_does_not_know_is_not_missing(provider: Provider) -> None:
    declared = {"pixel_id": PIXEL, "adopt": UNKNOWN}
    assert provider.check(KIND, None, declared).failures == {}


def test_a_wrong_setting_hides_no_other_mistake(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_ADOPT", "yes")
    failures = provider.check(KIND, None, shop(business_id="x")[1]).failures
    assert set(failures) == {"CAPIG_ADOPT", "business_id"}
    assert failures["CAPIG_ADOPT"] == "CAPIG_ADOPT: must be true or false"


def test_adopt_stands_in_no_input(provider: Provider) -> None:
    assert "adopt" not in provider.check(KIND, None, taken_over()[1]).inputs


# -- diff --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"pixel_id": "99"}, "replace"),
        ({"tenant_id": "Other"}, "replace"),
        ({"pixel_id": UNKNOWN}, "update"),
        ({"tenant_id": UNKNOWN}, "update"),
        ({"access_token": "EAAB-new"}, "update"),
        ({"access_token": UNKNOWN}, "update"),
        ({"business_id": "2"}, "update"),
        ({"external_id": "e"}, "update"),
        ({"api_version": "v24.0"}, "update"),
        ({"pixel_name": "Shop"}, "update"),
        ({"receiving": True}, "update"),
        ({"publishing": False}, "update"),
        ({"reassert": "1"}, "update"),
        ({"adopt": True, "external_id": ""}, "update"),
        ({}, "same"),
    ],
)
def test_what_each_change_does(deployment: Deployment, change: dict[str, Any], step: str) -> None:
    deployment.up({"shop": shop()})
    assert deployment.preview({"shop": shop(**change)}).steps == [(step, "shop")]


def test_an_unknown_pixel_of_an_unmanaged_connection_may_be_another(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.connect(PIXEL)
    deployment.up({"shop": taken_over()})
    assert deployment.preview({"shop": taken_over(pixel_id=UNKNOWN)}).steps == [("update", "shop")]


@pytest.mark.parametrize(
    "optional",
    [
        {"external_id": "633612748410ba6e902"},
        {"external_id": ""},
        {"api_version": "v24.0"},
        {"pixel_name": "Shop"},
        {"receiving": True},
        {"receiving": False},
        {"publishing": False},
        {"publishing": True},
        {"reassert": "2026-01"},
        {"tenant_id": "SandboxA"},
        {"adopt": True, "external_id": ""},
    ],
)
def test_nothing_is_left_to_do_for_any_optional_argument(
    deployment: Deployment, in_sandbox: Sandbox, optional: dict[str, Any]
) -> None:
    for program in ({"shop": shop(**optional)}, {"shop": shop()}, {"shop": shop(**optional)}):
        assert deployment.up(program).errors == {}
        in_sandbox.clear_requests()
        assert deployment.up(program).changes == []
        assert deployment.preview(program).changes == []
        assert in_sandbox.requests == []
        assert deployment.refresh().changes == []


def test_reassert_none_keeps_the_last_one_in_mind(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": shop(reassert="1")})
    assert deployment.up({"shop": shop()}).changes == []
    assert deployment.up({"shop": shop(reassert="1")}).changes == []
    in_sandbox.clear_requests()
    assert deployment.up({"shop": shop(reassert="2")}).changes == [("update", "shop")]
    assert sent(in_sandbox) == [SETUP]


# -- create ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "writes"),
    [
        ({}, [SETUP]),
        ({"receiving": True, "publishing": True}, [SETUP]),
        ({"publishing": False}, [SETUP, PUBLISHING]),
        ({"receiving": False}, [SETUP, RECEIVING]),
        ({"receiving": False, "publishing": False}, [SETUP, RECEIVING, PUBLISHING]),
    ],
)
def test_create_sends_only_what_the_setup_did_not_bring(
    deployment: Deployment, in_sandbox: Sandbox, declared: dict[str, Any], writes: list[str]
) -> None:
    deployment.up({"shop": shop(**declared)})
    assert sent(in_sandbox) == writes
    assert switches(in_sandbox) == (
        declared.get("receiving", True),
        declared.get("publishing", True),
    )


def test_a_connected_pixel_is_never_overwritten(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.connect(PIXEL, publishing=False)
    error = deployment.up({"shop": shop()}).errors["shop"]
    assert sent(in_sandbox) == []
    assert deployment.state == {}
    offers = ("aliases", "another stack", "adopt=True", "reassert")
    assert [error.index(offer) for offer in offers] == sorted(error.index(o) for o in offers)
    assert PIXEL in error
    assert in_sandbox.tenant_id in error


def test_one_list_serves_all_pixels_of_an_account(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    program = {f"p{i}": shop(pixel_id=str(1000 + i)) for i in range(20)}
    deployment.up(program)
    assert in_sandbox.counters.requests["list"] == 1
    in_sandbox.clear_requests()
    deployment.refresh()
    assert in_sandbox.counters.requests["list"] == 1


@pytest.mark.parametrize("fault", ["reset-after-write", "502-page-after-write", "hang-up"])
def test_a_lost_answer_to_the_setup_leaves_exactly_one_pixel(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    fault_of = Fault("hang-up", operation=SETUP, applied=True)
    if fault != "hang-up":
        from pulumi_capig.sandbox import FAULTS

        fault_of = FAULTS[fault].on(SETUP)
    in_sandbox.inject(fault_of)
    result = deployment.up({"shop": shop(publishing=False)})
    assert result.errors == {}
    assert sent(in_sandbox) == [SETUP, PUBLISHING]
    assert switches(in_sandbox) == (True, False)
    assert deployment.up({"shop": shop(publishing=False)}).changes == []


def test_a_setup_that_was_not_applied_is_sent_once_more_after_a_look(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.inject(Fault("reset", operation=SETUP, applied=False))
    assert deployment.up({"shop": shop()}).errors == {}
    assert sent(in_sandbox, (SETUP, "list")) == ["list", SETUP, "list", SETUP]


def test_a_create_whose_second_step_fails_leaves_nothing(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    in_sandbox.inject(Fault.status(500, operation=PUBLISHING))
    error = deployment.up({"shop": shop(publishing=False)}).errors["shop"]
    assert "disconnected again" in error
    assert in_sandbox.state.pixel(in_sandbox.tenant_id, PIXEL) is None
    assert deployment.up({"shop": shop(publishing=False)}).errors == {}
    assert switches(in_sandbox) == (True, False)


def test_where_undoing_fails_too_the_message_says_what_is_left(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    in_sandbox.inject(Fault.status(500, operation=(PUBLISHING, DELETE), times=2))
    error = deployment.up({"shop": shop(publishing=False)}).errors["shop"]
    assert f"pixel {PIXEL} in account {in_sandbox.tenant_id}, connected, receiving on" in error
    assert "CAPIG_ADOPT=true" in error
    monkeypatch.setenv("CAPIG_ADOPT", "true")
    assert deployment.up({"shop": shop(publishing=False)}).errors == {}
    assert switches(in_sandbox) == (True, False)


# -- adoption ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "writes", "ends"),
    [
        ({}, [], (True, False)),
        ({"publishing": False}, [], (True, False)),
        ({"publishing": True}, [PUBLISHING], (True, True)),
        ({"receiving": False}, [RECEIVING], (False, False)),
        ({"business_id": "1", "access_token": "EAAB", "external_id": ""}, [SETUP], (True, False)),
    ],
)
def test_adoption_sends_what_is_declared_and_differs(
    deployment: Deployment,
    in_sandbox: Sandbox,
    capfd: pytest.CaptureFixture[str],
    declared: dict[str, Any],
    writes: list[str],
    ends: tuple[bool, bool],
) -> None:
    in_sandbox.connect(PIXEL, publishing=False)
    program = {"shop": taken_over(**declared)}
    assert deployment.up(program).errors == {}
    assert sent(in_sandbox) == writes
    assert switches(in_sandbox) == ends
    said = [line for line in capfd.readouterr().err.splitlines() if "took over" in line]
    assert len(said) == 1
    assert PIXEL in said[0]
    in_sandbox.clear_requests()
    assert deployment.up(program).changes == []
    assert deployment.up({"shop": (KIND, {**program["shop"][1], "adopt": False})}).changes == []
    assert in_sandbox.requests == []
    assert deployment.refresh().changes == []


def test_adoption_never_switches_on_a_silenced_pixel_even_where_a_setup_resets(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = replace(in_sandbox.dialect, second_setup="resets-switches")
    in_sandbox.connect(PIXEL, receiving=False, publishing=False)
    managed = {"business_id": "1", "access_token": "EAAB", "external_id": ""}
    assert deployment.up({"shop": taken_over(**managed)}).errors == {}
    assert sent(in_sandbox) == [SETUP, RECEIVING, PUBLISHING]
    assert switches(in_sandbox) == (False, False)


def test_adopting_what_is_not_connected_needs_what_a_create_needs(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    error = deployment.up({"shop": taken_over()}).errors["shop"]
    assert "not connected" in error
    assert "business_id" in error
    assert sent(in_sandbox) == []


def test_adoption_for_a_whole_run(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_sandbox.connect(PIXEL, publishing=False)
    monkeypatch.setenv("CAPIG_ADOPT", "true")
    program = {"shop": shop(), "other": shop(pixel_id="77")}
    assert deployment.up(program).errors == {}
    assert sent(in_sandbox) == [SETUP, SETUP]
    assert switches(in_sandbox) == (True, False)
    monkeypatch.delenv("CAPIG_ADOPT")
    assert deployment.up(program).changes == []


def test_an_adopted_connection_is_deleted_as_usual(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.connect(PIXEL)
    deployment.up({"shop": taken_over()})
    deployment.destroy()
    assert in_sandbox.state.pixel(in_sandbox.tenant_id, PIXEL) is None


def test_an_unmanaged_pixel_comes_under_management_with_all_three(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.connect(PIXEL, publishing=False)
    deployment.up({"shop": taken_over()})
    assert "external_id" in deployment.preview({"shop": shop()}).errors["shop"]
    in_sandbox.clear_requests()
    assert deployment.up({"shop": shop(external_id="")}).errors == {}
    assert sent(in_sandbox) == [SETUP]
    assert switches(in_sandbox) == (True, False)


# -- read --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "edit", "repair"),
    [
        ({"receiving": True}, {"receiving": False}, [RECEIVING]),
        ({"publishing": False}, {"publishing": True}, [PUBLISHING]),
        ({"receiving": True, "publishing": True}, {"receiving": False, "publishing": False},
         [RECEIVING, PUBLISHING]),
        ({"pixel_name": "Shop"}, {"name": "Hand"}, [SETUP]),
        ({}, {"access_token": ""}, [SETUP]),
    ],
)  # fmt: skip
def test_drift_shows_and_is_repaired_with_one_request_each(
    deployment: Deployment,
    in_sandbox: Sandbox,
    declared: dict[str, Any],
    edit: dict[str, Any],
    repair: list[str],
) -> None:
    program = {"shop": shop(**declared)}
    deployment.up(program)
    in_sandbox.edit(PIXEL, **edit)
    assert deployment.refresh().steps == [("drift", "shop")]
    assert deployment.preview(program).steps == [("update", "shop")]
    in_sandbox.clear_requests()
    deployment.up(program)
    assert sent(in_sandbox) == repair
    in_sandbox.clear_requests()
    assert deployment.refresh().changes == []
    assert deployment.up(program).changes == []


@pytest.mark.parametrize(
    "edit",
    [
        {"receiving": False}, {"publishing": False}, {"name": "Hand"}, {"bad_token": True},
        {"api_error_code": "190.460"},
    ],
)  # fmt: skip
def test_what_is_not_declared_is_never_drift(
    deployment: Deployment, in_sandbox: Sandbox, edit: dict[str, Any]
) -> None:
    deployment.up({"shop": shop()})
    in_sandbox.edit(PIXEL, **edit)
    assert deployment.refresh().changes == []
    assert deployment.up({"shop": shop()}).changes == []


def test_an_empty_name_from_the_gateway_is_no_drift(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": shop(pixel_name="Shop")})
    in_sandbox.set_name(PIXEL, None)
    assert deployment.refresh().changes == []


def test_a_bad_token_is_one_warning_an_account_and_an_output(
    deployment: Deployment, in_sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    program = {f"p{i}": shop(pixel_id=str(1000 + i)) for i in range(8)}
    deployment.up(program)
    for i in range(8):
        in_sandbox.mark_bad_token(str(1000 + i))
    assert deployment.refresh().changes == []
    warnings = [line for line in capfd.readouterr().err.splitlines() if "bad" in line]
    assert len(warnings) == 1
    assert "1000" in warnings[0]
    assert deployment.state["p0"].outputs["bad_token"] is True


def test_a_pixel_that_is_not_listed_is_gone(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"shop": shop()})
    in_sandbox.disconnect(PIXEL)
    assert deployment.refresh().steps == [("gone", "shop")]
    assert deployment.state == {}


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(503, body="<html>not found</html>"),
        Fault.status(404, body="<html>not found</html>"),
        Fault("not-json"),
        Fault("data-null"),
        Fault("errors"),
        Fault("reset"),
        Fault("unauthorized", times=None),
    ],
    ids=lambda fault: fault.kind,
)
def test_no_error_ever_means_gone(
    deployment: Deployment, in_sandbox: Sandbox, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    deployment.up({"shop": shop()})
    in_sandbox.inject(replace(fault, operation="list", times=None))
    result = deployment.refresh()
    assert set(result.errors) == {"shop"}
    assert set(deployment.state) == {"shop"}
    in_sandbox.clear_faults()
    assert deployment.up({"shop": shop()}).changes == []


@pytest.mark.parametrize("answer", ["401", "account-null", "signal-configs-null"])
def test_an_unknown_account_never_means_gone(
    deployment: Deployment, in_sandbox: Sandbox, answer: Any
) -> None:
    deployment.up({"shop": shop()})
    in_sandbox.dialect = replace(in_sandbox.dialect, unknown_tenant=answer)
    in_sandbox.drop_account()
    assert set(deployment.refresh().errors) == {"shop"}
    assert set(deployment.state) == {"shop"}


def test_get_reads_without_managing_and_an_absent_pixel_is_an_error(
    served: Provider, in_sandbox: Sandbox
) -> None:
    in_sandbox.connect(PIXEL, publishing=False, name="Shop")
    kind = "ConnectedPixel"
    with served.operation() as provider:
        _, outputs, _ = provider.read(kind, f"{in_sandbox.tenant_id}/{PIXEL}", {})
        assert outputs["publishing"] is False
        assert outputs["pixel_name"] == "Shop"
        assert None not in outputs.values()
        with pytest.raises(CallError, match="not connected"):
            provider.read(kind, f"{in_sandbox.tenant_id}/1", {})
        with pytest.raises(CallError, match="<tenantId>/<pixelId>"):
            provider.read(kind, PIXEL, {})


# -- update ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "writes"),
    [
        ({"access_token": "EAAB-new"}, [SETUP]),
        ({"access_token": "EAAB-new", "business_id": "2", "pixel_name": "Shop"}, [SETUP]),
        ({"publishing": True}, [PUBLISHING]),
        ({"receiving": False}, [RECEIVING]),
        ({"publishing": None}, []),
        ({"pixel_name": "Shop", "publishing": True}, [SETUP, PUBLISHING]),
    ],
)
def test_update_sends_no_more_than_there_are_differences(
    deployment: Deployment, in_sandbox: Sandbox, change: dict[str, Any], writes: list[str]
) -> None:
    deployment.up({"shop": shop(publishing=False)})
    in_sandbox.clear_requests()
    assert deployment.up({"shop": shop(**{"publishing": False, **change})}).errors == {}
    assert sent(in_sandbox) == writes
    assert deployment.up({"shop": shop(**{"publishing": False, **change})}).changes == []


@pytest.mark.parametrize("second_setup", ["upsert", "resets-switches"])
def test_a_rotation_keeps_switches_as_they_are(
    deployment: Deployment, in_sandbox: Sandbox, second_setup: Any
) -> None:
    in_sandbox.dialect = replace(in_sandbox.dialect, second_setup=second_setup)
    deployment.up({"shop": shop(receiving=False)})
    in_sandbox.set_switch(PIXEL, publishing=False)
    in_sandbox.clear_requests()
    assert deployment.up({"shop": shop(receiving=False, access_token="EAAB-new")}).errors == {}
    assert sent(in_sandbox).count(SETUP) == 1
    assert switches(in_sandbox) == (False, False)


def test_a_second_setup_keeps_a_name_that_is_not_declared(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": shop()})
    in_sandbox.set_name(PIXEL, "By hand")
    assert deployment.up({"shop": shop(access_token="EAAB-new")}).errors == {}
    assert in_sandbox.state.pixel(in_sandbox.tenant_id, PIXEL).name == "By hand"


def test_a_gateway_that_refuses_a_second_setup_is_explained(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = replace(in_sandbox.dialect, second_setup="400")
    deployment.up({"shop": shop()})
    error = deployment.up({"shop": shop(access_token="EAAB-new")}).errors["shop"]
    assert "while the pixel is connected" in error
    assert "remove the resource from the program" in error
    assert "EAAB" not in error


# -- delete ------------------------------------------------------------------------------------


@pytest.mark.parametrize("unknown", ["404", "false"])
def test_deleting_what_is_gone_is_done(
    deployment: Deployment, in_sandbox: Sandbox, unknown: Any
) -> None:
    in_sandbox.dialect = replace(in_sandbox.dialect, delete_unknown=unknown)
    deployment.up({"shop": shop()})
    in_sandbox.disconnect(PIXEL)
    assert deployment.destroy().errors == {}
    assert deployment.state == {}


def test_false_for_a_listed_pixel_is_an_error(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"shop": shop()})
    in_sandbox.inject(Fault("no-success", operation=DELETE, applied=False))
    assert "still lists it" in deployment.destroy().errors["shop"]
    assert set(deployment.state) == {"shop"}
    assert deployment.destroy().errors == {}


def test_a_rename_keeps_the_pixel_connected(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"shop": shop(external_id="")})
    in_sandbox.clear_requests()
    result = deployment.up({"store": shop(external_id="", adopt=True)})
    assert result.errors == {}
    assert DELETE not in sent(in_sandbox)
    assert set(deployment.state) == {"store"}
    assert in_sandbox.state.pixel(in_sandbox.tenant_id, PIXEL) is not None


def test_a_rename_that_fails_keeps_the_old_resource(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": shop()})
    result = deployment.up({"store": shop()}, keep_going=True)
    assert "adopt=True" in result.errors["store"]
    assert "kept" in result.errors["shop"]
    assert set(deployment.state) == {"shop"}
    assert in_sandbox.state.pixel(in_sandbox.tenant_id, PIXEL) is not None


def test_replacing_with_delete_first_never_disconnects(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": shop()})
    in_sandbox.clear_requests()
    names = frozenset({"shop"})
    result = deployment.up({"shop": shop()}, replace=names, delete_first=True)
    assert result.errors == {}
    assert sent(in_sandbox) == [SETUP]


# -- gateways and accounts -----------------------------------------------------------------------


def test_state_of_another_gateway_is_refused(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.up({"shop": shop()})
    with Sandbox() as other:
        monkeypatch.setenv("CAPIG_GATEWAY", other.url)
        old, new = in_sandbox.url.partition("//")[2], other.url.partition("//")[2]
        for errors in (
            deployment.preview({"shop": shop()}).errors,
            deployment.refresh().errors,
            deployment.destroy().errors,
        ):
            assert old in errors["shop"]
            assert new in errors["shop"]
            assert "CAPIG_MOVED_FROM" in errors["shop"]
        assert other.requests == []
        assert set(deployment.state) == {"shop"}


def test_a_gateway_that_moved_is_read_and_recorded(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = {"shop": shop(publishing=False)}
    deployment.up(program)
    with Sandbox() as moved:
        moved.connect(PIXEL, publishing=True)
        monkeypatch.setenv("CAPIG_GATEWAY", moved.url)
        monkeypatch.setenv("CAPIG_MOVED_FROM", in_sandbox.url)
        assert deployment.preview(program).steps == [("update", "shop")]
        assert deployment.up(program).errors == {}
        assert sent(moved) == [PUBLISHING]
        monkeypatch.delenv("CAPIG_MOVED_FROM")
        assert deployment.up(program).changes == []


def test_a_default_account_that_changed_is_refused(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.up({"shop": shop()})
    monkeypatch.setenv("CAPIG_TENANT_ID", "Other")
    error = deployment.preview({"shop": shop()}).errors["shop"]
    assert "Other" in error
    assert in_sandbox.tenant_id in error
    explicit = shop(tenant_id="Other")
    assert deployment.preview({"shop": explicit}).steps == [("replace", "shop")]
    monkeypatch.delenv("CAPIG_TENANT_ID")
    assert deployment.preview({"shop": shop()}).changes == []


def test_without_any_account_check_says_so(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CAPIG_TENANT_ID")
    assert "CAPIG_TENANT_ID" in deployment.preview({"shop": shop()}).errors["shop"]
    deployment.config = {"tenantId": "SandboxA"}
    assert deployment.preview({"shop": shop()}).errors == {}


def test_every_dialect_of_an_answer_ends_in_the_same_state(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    dialects = [
        Dialect(list_connection_id=False),
        Dialect(setup_status_null=True),
        Dialect(unset_pixel_name="null"),
        Dialect(active="receiving"),
        Dialect(unknown_fields=frozenset({"ConnectionStatus.badToken"})),
    ]
    program = {"shop": shop(publishing=False, pixel_name="Shop")}
    for dialect in dialects:
        in_sandbox.reset()
        in_sandbox.dialect = dialect
        deployment.state.clear()
        assert deployment.up(program).errors == {}
        assert switches(in_sandbox) == (True, False)
        assert deployment.up(program).changes == []
        assert deployment.refresh().changes == []
        assert deployment.up(program).changes == []


def test_an_update_that_fails_half_way_says_what_is_in_force(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": shop(publishing=True)})
    in_sandbox.inject(Fault.status(403, operation=PUBLISHING, times=None))
    error = deployment.up({"shop": shop(access_token="EAAB-new", publishing=False)}).errors["shop"]
    assert f"in force: pixel {PIXEL} set up with the declared values [code 403]" in error
    assert error.endswith("also set a new `reassert`.")
    in_sandbox.clear_faults()
    # Going back changes nothing that state knows of: the new text is what sends it.
    deployment.up({"shop": shop(publishing=True, reassert="back")})
    pixel = in_sandbox.state.pixel(in_sandbox.tenant_id, PIXEL)
    assert pixel is not None
    assert pixel.access_token == "EAAB-secret"


@pytest.mark.parametrize("answer", ["500", "no-success"])
def test_a_switch_of_a_pixel_that_is_gone_connects_it_again(
    deployment: Deployment,
    in_sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    answer: Any,
) -> None:
    in_sandbox.dialect = Dialect(switch_unknown_pixel=answer)
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    deployment.up({"shop": shop()})
    in_sandbox.disconnect(PIXEL)
    assert deployment.up({"shop": shop(publishing=False)}).errors == {}
    assert switches(in_sandbox) == (True, False)

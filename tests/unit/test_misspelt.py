"""Keys of stack config that are nearly settings."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pulumi_capig import misspelt, settings


def test_every_setting_is_known() -> None:
    assert misspelt.warning(f"capig:{setting.key}" for setting in settings.TABLE) == ""


def test_keys_of_others_are_none_of_ours() -> None:
    assert misspelt.warning(["test:tennantId", "aws:region", "capigtenantId"]) == ""


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("tennantId", "tenantId"),
        ("tenant_id", "tenantId"),
        ("TENANTID", "tenantId"),
        ("clientSecrets", "clientSecret"),
        ("CAPIG_CLIENT_ID", "clientId"),
        ("maxretry", "maxRetries"),
        ("gatway", "gateway"),
    ],
)
def test_the_nearest_setting_is_named(key: str, meant: str) -> None:
    assert misspelt.warning([f"capig:{key}"]) == (
        f"stack config: capig:{key} (did you mean capig:{meant}?) is not a setting, and has no "
        "effect"
    )


def test_several_are_one_warning() -> None:
    warning = misspelt.warning(["capig:zzz", "capig:gateway", "capig:tokens"])
    assert "capig:tokens (did you mean capig:token?); capig:zzz (the settings are" in warning
    assert warning.endswith("are not settings, and have no effect")


def test_a_program_pays_for_no_heavy_import() -> None:
    program = (
        "import sys; import pulumi_capig.misspelt as m; m.warning(['capig:gateway']);"
        "print({'difflib', 'pulumi', 'httpx', 'pydantic'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "set()\n"


def test_a_variable_that_is_nearly_a_setting_is_told() -> None:
    told = misspelt.of_environment(["CAPIG_MAX_DISCONNECT", "CAPIG_CLIENT_ID", "PATH"])
    assert told.startswith(
        "environment: CAPIG_MAX_DISCONNECT (did you mean CAPIG_MAX_DISCONNECTS?)"
    )
    assert told.count("did you mean") == 1


@pytest.mark.parametrize(
    "variable", ["CAPIG_HOME", "CAPIG_DEMO_FOLDER", "XCAPIG_TOKEN", "CAPIG_LOG"]
)
def test_what_others_call_so_is_theirs(variable: str) -> None:
    assert misspelt.of_environment([variable]) == ""

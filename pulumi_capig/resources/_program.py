"""Checks in the program's process, before anything is sent to the engine.

The program's process is not the provider's: it knows the names of resources, and imports nothing
heavy.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, NoReturn

import pulumi
from pulumi.runtime import (
    get_config,
    get_root_resource,
    is_config_secret,
    require_pulumi_version,
)
from pulumi.runtime.config import CONFIG
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from .. import misspelt
from .. import settings as table
from .._version import MINIMUM_CLI

_PACKAGE = "pulumi-python"
"""The SDK's name for the package of all dynamic resources in Python."""

_LOOKED_AT = "_pulumi_capig_looked_at"
_NOTHING = "_pulumi_capig_nothing"
"""Attributes of a run's root resource that keep what exists once per run."""

IDS = ("pixel_id", "business_id", "tenant_id")
HOLDERS = ("tenant_id", "pipeline_id")
"""Arguments that name what a resource is in. A program may pass that resource itself."""


def arguments(
    resource: str,
    opts: pulumi.ResourceOptions | None,
    required: Mapping[str, Any],
    optional: Mapping[str, Any],
    existing: str = "",
) -> dict[str, Any]:
    """The declared arguments in plain forms. Refuses what is wrong.

    Args:
        resource: The resource, in words.
        opts: Its options.
        required: Arguments without which there is no resource.
        optional: Arguments that may be None.
        existing: What to use instead of Pulumi's options for what exists, as a sentence.

    Raises:
        pulumi.RunError: ``provider=`` is used, an argument is missing, an id is a number or a
            resource, or a secret is in plain text.
    """
    if opts is not None:
        _refuse_another_provider(resource, opts)
        _refuse_reading(resource, opts, existing)
    _look_once_at_cli_and_config()
    _refuse_missing(resource, [name for name, value in required.items() if value is None])
    given = {**required, **optional}
    declared = {key: _plain(value) for key, value in given.items() if value is not None}
    for key in HOLDERS:
        if isinstance(declared.get(key), pulumi.CustomResource):
            declared[key] = getattr(declared[key], key, declared[key].id)
    for key in IDS:
        _refuse_number(resource, key, declared.get(key))
    _refuse_resource(resource, "pixel_id", declared.get("pixel_id"))
    pixel_ids = declared.get("pixel_ids")
    if isinstance(pixel_ids, list):
        for index, item in enumerate(pixel_ids):
            _refuse_number(resource, f"pixel_ids[{index}]", item)
            _refuse_resource(resource, "pixel_ids", item)
    else:
        _refuse_resource(resource, "pixel_ids", pixel_ids)
    return declared


def deletes_first(opts: pulumi.ResourceOptions | None) -> bool:
    """Whether a resource is deleted before it is replaced; one that is retained is not deleted."""
    return bool(opts and opts.delete_before_replace and not opts.retain_on_delete)


def is_overruled(opts: pulumi.ResourceOptions | None, names: Collection[str]) -> bool:
    """Whether ``ignore_changes`` makes the state decide an argument instead of the program."""
    paths = (opts.ignore_changes if opts else None) or []
    return any(re.split(r"[.\[\]\"]+", path.lstrip('["'))[0] in (*names, "*") for path in paths)


def undeclared(resource: pulumi.Resource, optional: Mapping[str, Any]) -> None:
    """Give arguments that were not declared an attribute that is known even in a preview."""
    nothing = _nothing()
    for name, value in optional.items():
        if value is None:
            setattr(resource, name, nothing)


def _nothing() -> pulumi.Output[None]:
    """An output without a value: one per run, because the SDK keeps track of each."""
    root = get_root_resource()
    found = getattr(root, _NOTHING, None)
    if not isinstance(found, pulumi.Output):
        found = pulumi.Output.from_input(None)
        if root is not None:
            setattr(root, _NOTHING, found)
    return found


def _refuse_another_provider(resource: str, opts: pulumi.ResourceOptions) -> None:
    """Refuse it: the resources of a run share one process, and must see what the others do."""
    given = opts.providers or ()
    providers = given.values() if isinstance(given, Mapping) else given
    inherited = opts.parent.get_provider(f"{_PACKAGE}:dynamic:Resource") if opts.parent else None
    if opts.provider or inherited or any(each.package == _PACKAGE for each in providers):
        option = "provider="
    elif opts.version or opts.plugin_download_url:
        option = "version=" if opts.version else "plugin_download_url="
    else:
        return
    refuse(
        f"{resource}: {option} is not possible, because all resources of a run share one provider",
        "Use tenant_id for other accounts, and a separate stack for another gateway. A "
        "component passes its providers on to its children.",
    )


def _refuse_reading(resource: str, opts: pulumi.ResourceOptions, existing: str) -> None:
    if opts.id is not None or opts.urn is not None or opts.import_ is not None:
        refuse(
            f"{resource}: id=, urn= and import_= are not possible with resources of this kind",
            existing or "Leave the option out.",
        )


def _plain(value: Any) -> Any:
    """Enums as their values, any collection as a list, what is not known yet as an output."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | Mapping | pulumi.Output):
        return value
    if isinstance(value, Awaitable):
        # A coroutine can be awaited only once, but several of us need it.
        return pulumi.Output.from_input(value)
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    return value


def is_real_run() -> bool:
    """Whether an engine runs the program, not a unit test with mocks."""
    return not isinstance(get_monitor(), MockMonitor) and get_root_resource() is not None


def settings() -> table.Settings:
    """The settings as the program's process sees them."""
    return table.Settings(lambda key: get_config(f"capig:{key}"))


def _look_once_at_cli_and_config() -> None:
    root = get_root_resource()
    if is_real_run() and not hasattr(root, _LOOKED_AT):
        _refuse_old_cli()
        _refuse_secrets_in_the_clear()
        _warn_of_misspelt_settings()
        setattr(root, _LOOKED_AT, True)


def _refuse_old_cli() -> None:
    try:
        require_pulumi_version(f">={MINIMUM_CLI}")
    except pulumi.RunError:
        raise  # the engine is on its way down, and says why itself
    except Exception:
        refuse(
            f"pulumi_capig needs a Pulumi CLI of at least version {MINIMUM_CLI}",
            "Upgrade it: https://www.pulumi.com/docs/install/ (brew upgrade pulumi, "
            "choco upgrade pulumi, or the install script again).",
        )


def _refuse_secrets_in_the_clear() -> None:
    for setting in (table.CLIENT_SECRET, table.TOKEN):
        key = f"capig:{setting.key}"
        value = get_config(key)
        if value and not is_config_secret(key) and not value.startswith("file:"):
            refuse(
                f"{key} is not encrypted in the stack's config",
                f"Encrypt it with: pulumi config set --secret {key}",
            )


def _warn_of_misspelt_settings() -> None:
    # In a project of that name, the namespace is also that of the program's own keys.
    if pulumi.get_project() != "capig" and (warning := misspelt.warning(CONFIG.get())):
        pulumi.log.warn(warning)
    if warning := misspelt.of_environment(os.environ):
        pulumi.log.warn(warning)


def _refuse_number(resource: str, key: str, value: Any) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        base = re.sub(r"\[.*", "", key)
        refuse(
            f"{resource}: {key} is a number; ids are text",
            f'Write it in quotes: {base}="…" (a number loses digits of a long id).',
        )


def _refuse_missing(resource: str, names: Sequence[str]) -> None:
    if names:
        are = "is" if len(names) == 1 else "are"
        refuse(
            f"{resource}: {' and '.join(names)} {are} missing (None)",
            "Give it a value. `Config.get` returns None if the key is not set; `Config.require` "
            "fails instead.",
        )


def _refuse_resource(resource: str, key: str, value: Any) -> None:
    if isinstance(value, pulumi.Resource):
        refuse_resource_id(resource, key, "a resource")


def refuse_resource_id(resource: str, key: str, what: str) -> NoReturn:
    """Refuse a resource, or its id, where a pixel id is needed."""
    right = "[shop.pixel_id]" if key == "pixel_ids" else "shop.pixel_id"
    refuse(
        f"{resource}: {key} is given {what}, not a pixel id",
        f"Pass the connection's pixel_id: {key}={right}.",
    )


def refuse(what: str, advice: str) -> NoReturn:
    """End the program with one line that says what is wrong, and one that says what to do."""
    message = f"{what}\n  {advice}"
    raise pulumi.RunError(message)

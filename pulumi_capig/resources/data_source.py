"""The resource ``DataSource``."""

from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ..enums import DataSourceType
from ._base import GatewayResource
from ._declarations import Declared


class DataSource(GatewayResource, kind="DataSource"):
    """A data source: the website, app or files that a pipeline's events come from.

    ```python
    site = capig.DataSource(
        "site", pipeline_id=web.pipeline_id, name="Shop", type="ADVERTISER_HOSTED_PIXEL"
    )
    pulumi.export("snippet", site.header_code)
    ```

    A Meta pixel is not a data source of this kind: connect it with `PixelConnection`.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        pipeline_id: The gateway's id of the pipeline that it feeds. A new source needs one. A
            change replaces the source: it gets another id, and the site needs another snippet.
        name: Display name: text without blanks around it. A new source needs one.
        type: ``"ADVERTISER_HOSTED_PIXEL"`` (a website), ``"ADVERTISER_HOSTED_SDK"`` (an app or a
            server) or ``"FILE_UPLOAD"``; or a `DataSourceType`. A new source needs one. A change
            replaces the source.
        active: Whether the source takes events. A new one is active (seen).
        data_source_id: Id of an existing source to take over, changing only what is declared and
            differs. You may leave it out again later.
        tenant_id: The account: text without blanks and ``/``. Defaults to `CAPIG_TENANT_ID` or
            ``capig:tenantId``. A change replaces the source.

    Raises:
        pulumi.RunError: Two resources of the program hold one source, the account is a number,
            ``provider`` is set, or a secret setting is in plain text.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        pipeline_id: pulumi.Output[str | None]
        name: pulumi.Output[str | None]
        type: pulumi.Output[str | None]
        active: pulumi.Output[bool | None]
        tenant_id: pulumi.Output[str]

        data_source_id: pulumi.Output[str]
        """The gateway's id: 19 digits as text (seen). Known in every preview but the first, and in
        that one if you pass it."""
        header_code: pulumi.Output[str]
        """HTML for the head of the site's pages, for an ``ADVERTISER_HOSTED_PIXEL``; else ``""``.

        The provider asks for it once, when it makes the source or takes it over."""
        gateway: pulumi.Output[str]
        """Host of the gateway."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        pipeline_id: pulumi.Input[str] | None = None,
        name: pulumi.Input[str] | None = None,
        type: pulumi.Input[str | DataSourceType] | None = None,
        active: pulumi.Input[bool] | None = None,
        data_source_id: pulumi.Input[str] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare(
            dynamic.DataSourceProvider(),
            resource_name,
            opts,
            required={},
            optional={
                "pipeline_id": pipeline_id,
                "name": name,
                "type": type,
                "active": active,
                "data_source_id": data_source_id,
                "tenant_id": tenant_id,
            },
            outputs=("header_code", "gateway"),
            picture=lambda resource, declared: Declared(
                resource,
                "data source",
                declared.get("tenant_id"),
                [declared["data_source_id"]] if "data_source_id" in declared else [],
                canonical.gateway_id,
                clash="declare the same data source",
            ),
            is_id="data_source_id",
        )

"""The resource ``DataSource``."""

from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ..enums import DataSourceType
from ._base import GatewayResource
from ._declarations import Declared


class DataSource(GatewayResource, kind="DataSource"):
    """Where events of a pipeline come from: a site, an app or files.

    ```python
    site = capig.DataSource(
        "site", pipeline_id=web.pipeline_id, name="Shop", type="ADVERTISER_HOSTED_PIXEL"
    )
    pulumi.export("snippet", site.header_code)
    ```

    A Meta pixel is no such source: it is connected with `PixelConnection`.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        pipeline_id: The pipeline that it feeds. A change replaces: the source gets another id, and
            the site needs another snippet.
        name: Display name; needed for a new source.
        type: ``"ADVERTISER_HOSTED_PIXEL"``, ``"ADVERTISER_HOSTED_SDK"`` or ``"FILE_UPLOAD"``, or a
            `DataSourceType`. A change replaces.
        active: Whether it takes events.
        data_source_id: Takes an existing source over by its id, changing only what is declared and
            differs. It may be left out again later.
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None. A change replaces.

    Raises:
        pulumi.RunError: Two resources of the program hold one source, the account is a number,
            ``provider`` is set, or a secret setting stands in the clear.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        pipeline_id: pulumi.Output[str | None]
        name: pulumi.Output[str | None]
        type: pulumi.Output[str | None]
        active: pulumi.Output[bool | None]
        tenant_id: pulumi.Output[str]

        data_source_id: pulumi.Output[str]
        """The gateway's id; known in each preview but the first."""
        header_code: pulumi.Output[str]
        """HTML for the head of the site's pages, of a pixel that the advertiser hosts; else empty.

        It is asked for once, when the source is made or taken over."""
        gateway: pulumi.Output[str]
        """Host of the gateway that holds the source."""

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

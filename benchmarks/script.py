"""The way of Meta's onboarding script: row after row, a new connection and a request form each."""

from __future__ import annotations

import json
import os
import sys
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

_SETUP = """
mutation AddNewPixelModalMutation($tenantId: ID!, $input: PixelConnectionCreationInput!) {
  tenantMutations(tenantId: $tenantId) {
    signalMutations { setupPixelSignalConfig(input: $input) { id } }
  }
}
"""


def main(size: int) -> None:
    """Connect this many pixels, or stop at the first that fails."""
    gateway, tenant = os.environ["CAPIG_GATEWAY"], os.environ["CAPIG_TENANT_ID"]
    form = {
        "client_id": os.environ["CAPIG_CLIENT_ID"],
        "client_secret": os.environ["CAPIG_CLIENT_SECRET"],
        "grant_type": "client_credentials",
    }
    answer = _post(f"{gateway}/clients/token", urlencode(form).encode(), {})
    token = answer.get("token") or answer["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for index in range(size):
        row = {
            "businessId": "2840127409433732",
            "pixelId": str(10**15 + index),
            "accessToken": "EAAB-a-token-that-is-as-long-as-a-token-of-meta" * 4,
            "externalId": "",
        }
        body = {"query": _SETUP, "variables": {"tenantId": tenant, "input": row}}
        if "errors" in _post(f"{gateway}/capig/graphql/", json.dumps(body).encode(), headers):
            sys.exit(1)


def _post(url: str, body: bytes, headers: dict[str, str]) -> Any:
    with urlopen(Request(url, body, headers)) as response:  # noqa: S310 - the sandbox's own
        return json.load(response)


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""State in a bucket: a stack's life on the S3 backend, which is served over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import SECRET_MARK, Stack

BUCKET = "gateway-state"
REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
PIXEL = "18904456377094531"
TOKEN = "EAAB-a-token-that-must-not-leak"

PROGRAM = f"""
    account = {{"dev": "SandboxA", "other": "SandboxB"}}[pulumi.get_stack()]
    shop = capig.PixelConnection(
        "shop",
        tenant_id=account,
        pixel_id="{PIXEL}",
        business_id="2840127409433732",
        access_token=pulumi.Config().require_secret("token"),
        publishing=True,
    )
    held_back = {{"tenant_id": account, "filter_state": "DROP", "pixel_ids": [shop.pixel_id]}}
    capig.EventFilter("no-leads", event_name="Lead", **held_back)
    capig.DomainFilter("no-staging", domain="staging.example.com", **held_back)
"""


class Bucket:
    """A bucket, as Pulumi and as AWS's own client see it."""

    def __init__(self, endpoint: str) -> None:
        import boto3  # here, like the server: they are heavy, and each worker collects all tests

        self.url = f"s3://{BUCKET}?endpoint={endpoint}&s3ForcePathStyle=true&region={REGION}"
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        self._client.create_bucket(Bucket=BUCKET)

    def objects(self) -> dict[str, str]:
        """The text of every object, by its key."""
        listing = self._client.list_objects_v2(Bucket=BUCKET)
        keys = [found["Key"] for found in listing.get("Contents", ())]
        return {
            key: self._client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
            for key in keys
        }


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """An empty bucket on a server of the test's own."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    try:
        yield Bucket("http://{}:{}".format(*server.get_host_and_port()))
    finally:
        server.stop()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox gateway with two accounts."""
    with Sandbox(accounts=("SandboxA", "SandboxB")) as running:
        yield running


def test_a_life_in_a_bucket(tmp_path: Path, bucket: Bucket, sandbox: Sandbox) -> None:
    backend = {"PULUMI_BACKEND_URL": bucket.url, **CREDENTIALS}
    stack = Stack(tmp_path, {**sandbox.environment(), **backend}, PROGRAM)
    stack.set_config("token", TOKEN, secret=True)
    outcomes = [stack.up()]
    outcomes += [op("--expect-no-changes") for op in (stack.preview, stack.refresh)]
    dev = bucket.objects()[".pulumi/stacks/test/dev.json"]
    assert PIXEL in dev

    stack.run("stack", "init", "other", "--copy-config-from", "dev").ok()
    outcomes += [stack.up()]
    assert bucket.objects()[".pulumi/stacks/test/dev.json"] == dev
    other = bucket.objects()[".pulumi/stacks/test/other.json"]
    held = [sandbox.state.pixel(account, PIXEL) for account in ("SandboxA", "SandboxB")]
    assert [pixel and pixel.access_token for pixel in held] == [TOKEN, TOKEN]

    outcomes += [stack.destroy("--stack", "dev")]
    assert all(outcome.ok() for outcome in outcomes)
    assert bucket.objects()[".pulumi/stacks/test/other.json"] == other
    assert sandbox.state.pixel("SandboxA", PIXEL) is None
    assert sandbox.state.effective_event("SandboxB", "Lead", PIXEL) == "DROP"

    kept = bucket.objects()
    assert {key.split("/")[1] for key in kept} >= {"stacks", "history", "backups"}
    assert not any("locks" in key for key in kept)
    assert any(SECRET_MARK in text for text in kept.values())
    assert [key for key, text in kept.items() if TOKEN in text] == []
    assert not any(TOKEN in outcome.text for outcome in outcomes)
    assert list(stack.state_folder.iterdir()) == []

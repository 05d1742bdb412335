"""Record the state that this version writes: `python -m tests.upgrade.record`, once a release."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from pulumi_capig import __version__
from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack

RECORDED = Path(__file__).parent / "recorded"
GATEWAY = "127.0.0.1:0"
"""What stands in a recording for the sandbox's address, which each test has anew."""

PROGRAM = """
shop = capig.PixelConnection(
    "shop",
    pixel_id="18904456377094531",
    business_id="2840127409433732",
    access_token="EAAB-recorded",
    external_id="633612748410ba6e902",
    api_version="v24.0",
    pixel_name="Shop",
    receiving=True,
    publishing=False,
    reassert="1",
)
capig.PixelConnection("plain", pixel_id="101", business_id="1", access_token="EAAB-plain")
capig.PixelConnection("unmanaged", pixel_id="102", adopt=True)
capig.EventFilter(
    "lead", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id], reassert="1"
)
capig.EventFilter("search", event_name="Search", filter_state="DROP")
capig.DomainFilter("site", domain="Shop.Example.com", filter_state="PUBLISH", pixel_ids=["101"])
capig.DomainFilter("staging", domain="staging.example.com", filter_state="DROP")
"""


def main() -> None:
    """Run the program and keep its state under this version."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        sandbox.connect("102")
        stack = Stack(Path(folder), sandbox.environment(), PROGRAM, passphrase=True)
        stack.up().ok()
        state = json.loads(stack.run("stack", "export").ok().text)
        for resource in state["deployment"]["resources"]:
            for machine in ("sourcePosition", "stackTrace"):
                resource.pop(machine, None)
        address = sandbox.url.partition("//")[2]
        text = json.dumps(state, indent=1).replace(address, GATEWAY)
        (RECORDED / f"{__version__}.json").write_text(text + "\n", "utf-8")
        (RECORDED / f"{__version__}.program").write_text(PROGRAM, "utf-8")


if __name__ == "__main__":
    main()

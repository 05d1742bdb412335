"""The provider and the real CLI against a gateway that fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.provider import Provider, serve


@pytest.fixture(scope="session")
def served() -> Iterator[Provider]:
    """One served provider for all tests of a worker; each operation is a run of its own."""
    with serve() as provider:
        yield provider


@pytest.fixture(scope="session")
def one_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate store of one root: loading all would be half of what a cell costs."""
    mark = "-----END CERTIFICATE-----"
    path = tmp_path_factory.mktemp("tls") / "root.pem"
    path.write_text(Path(certifi.where()).read_text("utf-8").partition(mark)[0] + mark, "utf-8")
    return path


@pytest.fixture
def quick_to_open(one_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients of the gateway open at once."""
    monkeypatch.setenv("SSL_CERT_FILE", str(one_root))


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    """An empty stack whose environment points to the sandbox."""
    return Stack(tmp_path, sandbox.environment())

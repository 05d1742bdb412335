"""How much is tried: 1 in `make test`, where a seeded part has to do; more in `make test-all`."""

import os

DEPTH = int(os.environ.get("TEST_DEPTH", "1"))

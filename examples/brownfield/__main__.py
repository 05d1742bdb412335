"""The pixels that `capig export` found; what you decide yourself goes below."""

import pixels  # noqa: F401 - its resources are declared by the import

"""What tests and people do behind the client's back, as if in the gateway's page."""

from __future__ import annotations

from .accounts import AccountsByHand
from .pipelines import PipelinesByHand
from .pixels import PixelsByHand

__all__ = ["AccountsByHand", "PipelinesByHand", "PixelsByHand"]

"""Connects every pixel of Meta's bulk-onboarding files."""

from pathlib import Path

import pulumi
from tables import BadRowsError, doubts, read

import pulumi_capig as capig

config = pulumi.Config()

try:
    pixels = read(Path(config.require("pixels")), Path(config.require("tokens")))
except BadRowsError as error:
    raise pulumi.RunError(str(error)) from None

for doubt in doubts(pixels):
    pulumi.log.warn(doubt)

for pixel in pixels:
    capig.PixelConnection(
        f"pixel-{pixel.pixel_id}",
        pixel_id=pixel.pixel_id,
        business_id=pixel.business_id,
        access_token=pixel.access_token,
    )

pulumi.export("pixels", len(pixels))

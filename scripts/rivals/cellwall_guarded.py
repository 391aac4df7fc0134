"""Cellwall's own wall `guarded`, by the same attacks."""

from pathlib import Path

from attacks.plain import Ground
from walls import WALLS

DIALECT = WALLS["guarded"].dialect


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    return await WALLS["guarded"].open(folder, url)

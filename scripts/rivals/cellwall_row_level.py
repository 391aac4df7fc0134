"""Cellwall's own wall `row_level`, by the same attacks."""

from pathlib import Path

from attacks.plain import Ground
from walls import WALLS

DIALECT = WALLS["row_level"].dialect


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    return await WALLS["row_level"].open(folder, url)

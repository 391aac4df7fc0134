"""Cellwall's own wall `embedded`, by the same attacks."""

from pathlib import Path

from attacks.plain import Ground
from walls import WALLS

DIALECT = WALLS["embedded"].dialect


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    return await WALLS["embedded"].open(folder, url)

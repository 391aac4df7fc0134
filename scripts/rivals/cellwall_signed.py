"""Cellwall's own wall `signed`, by the same attacks."""

from pathlib import Path

from attacks.plain import Ground
from walls import WALLS

DIALECT = WALLS["signed"].dialect


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    return await WALLS["signed"].open(folder, url)

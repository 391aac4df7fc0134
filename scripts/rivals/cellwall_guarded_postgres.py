"""Cellwall's own wall `guarded_postgres`, by the same attacks."""

from pathlib import Path

from attacks.plain import Ground
from walls import WALLS

DIALECT = WALLS["guarded_postgres"].dialect


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    return await WALLS["guarded_postgres"].open(folder, url)

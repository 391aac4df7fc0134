"""Puts the attacks, which other scripts share, on the path; gives databases to the walls under attack."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
async def arena(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Any]:
    """Open the arena that the test is parametrised with."""
    from walls import WALLS

    name: str = request.param
    url = request.getfixturevalue("postgres_url") if WALLS[name].dialect == "postgresql" else None
    opened = await WALLS[name].open(tmp_path, url)
    try:
        yield opened
    finally:
        await opened.close()

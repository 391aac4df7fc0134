"""Puts the attacks, which other scripts share, on the path; gives databases to the walls under attack."""

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

Open = Callable[[str], Any]


@pytest.fixture(scope="session")
def open_postgres(request: pytest.FixtureRequest) -> str:
    """Give a superuser's URL, or skip loudly."""
    url: str = request.getfixturevalue("postgres_url")
    return url


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

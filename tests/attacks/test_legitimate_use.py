"""What honest users do works behind every wall: refusing everything is no way to keep users apart."""

from typing import Any

import pytest
from attacks import USES, use_honestly
from walls import CONTROLS, WALLS


@pytest.mark.parametrize("name", list(USES))
@pytest.mark.parametrize("arena", list(WALLS), indirect=True)
async def test_use(arena: Any, name: str) -> None:
    """It works beside another user, and gives what it does without a wall to a user alone."""
    await use_honestly(USES[name], arena, alone=arena.name in CONTROLS)

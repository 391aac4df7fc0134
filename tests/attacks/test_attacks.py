"""Every attack against every wall: none leaks. And against no wall: each does, or it would be no attack."""

from typing import Any

import pytest
from attacks import ATTACKS, run
from walls import CONTROLS, WALLS


def cases(names: list[str]) -> list[Any]:
    """Give each arena with each attack that its dialect knows."""
    return [
        pytest.param(name, attack.name, id=f"{name}-{attack.name}")
        for name in names
        for attack in ATTACKS.values()
        if attack.only in {None, WALLS[name].dialect}
    ]


@pytest.mark.parametrize(("arena", "name"), cases([*CONTROLS]), indirect=["arena"])
async def test_control(arena: Any, name: str) -> None:
    """Without a wall the attack leaks."""
    verdict = await run(ATTACKS[name], arena)
    assert verdict.word == "leaked", verdict.why


@pytest.mark.parametrize(
    ("arena", "name"), cases([name for name in WALLS if name not in CONTROLS]), indirect=["arena"]
)
async def test_attack(arena: Any, name: str) -> None:
    """Behind the wall it is refused or finds nothing."""
    verdict = await run(ATTACKS[name], arena)
    assert verdict.word == "refused", verdict.why

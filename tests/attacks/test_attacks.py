"""Every attack against every wall: none leaks. And against no wall: each does, or it would be no attack."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from attacks import ATTACKS, GROUPS, USES, run
from out_of_reach import OUT_OF_REACH
from walls import CONTROLS, WALLS


def cases(names: list[str]) -> list[Any]:
    """Give each arena with each attack that its dialect knows."""
    return [
        pytest.param(name, attack.name, id=f"{name}-{attack.name}")
        for name in names
        for attack in ATTACKS.values()
        if attack.only in {None, WALLS[name].dialect} and name not in OUT_OF_REACH.get(attack.name, {})
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


@pytest.mark.parametrize(
    ("arena", "name"),
    [pytest.param(wall, name, id=f"{wall}-{name}") for name, walls in OUT_OF_REACH.items() for wall in walls],
    indirect=["arena"],
)
async def test_out_of_reach(arena: Any, name: str) -> None:
    """What the list says cannot be stopped here does leak: the list is no excuse and no promise."""
    verdict = await run(ATTACKS[name], arena)
    assert verdict.word == "leaked", verdict.why


def test_what_is_out_of_reach_says_what_stops_it() -> None:
    walls = [name for name in WALLS if name not in CONTROLS]
    for name, reasons in OUT_OF_REACH.items():
        assert ATTACKS[name].beyond
        assert set(reasons) < set(walls)
        assert all("stop" in reason for reason in reasons.values())


def test_there_are_many_attacks_and_each_says_what_it_tries() -> None:
    assert len(ATTACKS) >= 300
    assert all(attack.text.endswith(".") for attack in ATTACKS.values())
    assert len({attack.group for attack in ATTACKS.values()}) == len(GROUPS)


def test_the_page_names_every_group_with_its_number() -> None:
    page = (Path(__file__).parents[2] / "docs/runtime/attacks.md").read_text()
    counted = Counter(attack.group for attack in ATTACKS.values())
    for module in GROUPS:
        group = module.__name__.rpartition(".")[2]
        row = f"| {group.replace('_', ' ')} | {counted[group]} | {(module.__doc__ or '').splitlines()[0]} |"
        assert row in page.splitlines()
    assert f"| all | {len(ATTACKS)} | |" in page.splitlines()
    assert f"{len(USES)} **honest uses**" in page

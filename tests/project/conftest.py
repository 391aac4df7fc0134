"""The walls that this machine can build, each as a parameter; what it cannot is skipped with the reason."""

import shutil
import sys

import pytest

from cellwall.project.supervised import Wall
from cellwall.project.walls import Walls, can_build

KINDS = {
    "namespaces": Wall(namespaces=True),
    "bubblewrap": Wall(bubblewrap=shutil.which("bwrap") or ""),
    "none": Wall(),
}


@pytest.fixture(params=KINDS)
def walls(request: pytest.FixtureRequest) -> Walls:
    """Give one kind of walls."""
    return Walls(_usable(request.param), (request.param,))


@pytest.fixture(params=["namespaces", "bubblewrap"])
def closed_walls(request: pytest.FixtureRequest) -> Walls:
    """Give one kind of walls that closes a program in."""
    return Walls(_usable(request.param), (request.param,))


def _usable(name: str) -> Wall:
    wall = KINDS[name]
    if name == "bubblewrap" and not wall.bubblewrap:
        pytest.skip("bubblewrap is not installed")
    if name != "none" and not (sys.platform.startswith("linux") and can_build(wall)):
        pytest.skip(f"{name} cannot be built on this machine")
    return wall

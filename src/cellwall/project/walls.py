"""Which walls can be built on this machine: tries the best kind once, and says in words which are up."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from cellwall.project.environment import Limits
from cellwall.project.errors import EnvironmentUnusable
from cellwall.project.own_folder import own_folder
from cellwall.project.supervised import Wall, run_supervised

# What a program behind the walls must see: a localhost that works, one process tree, a read-only machine.
_PROBE: Final = """
import os, socket, sys
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), timeout=5).close()
assert open(os.environ["TMPDIR"] + "/probe", "w").write("x")
try:
    os.mkdir(sys.argv[1] + "/probe")
except OSError:
    closed = len([name for name in os.listdir("/proc") if name.isdigit()]) < 9
    print("closed" if closed else "open")
"""
_ALWAYS: Final = (
    "environment variables from an allow-list, a fresh home folder",
    "limits on time, output, file size and each process's memory",
)
_LOCALHOST: Final = "network namespace with localhost only"
_HOST_NETWORK: Final = "no wall around the network (the project asked for it)"


@dataclass(frozen=True, slots=True)
class Walls:
    """The walls that are up: how they are built, and in words for the report."""

    wall: Wall
    words: tuple[str, ...]


@cache
def detect_walls(network: bool = False) -> Walls:
    """Find the best kind that works here by running a small program in it; cached for this process."""
    for wall, words in _kinds(network):
        if can_build(wall):
            return Walls(wall, (*words, _HOST_NETWORK if network else _LOCALHOST, *_ALWAYS))
    return Walls(
        Wall(network=network),
        (
            "no namespaces here: target code can read what this user can read, and reach the network",
            "process tree ended by its supervisor, at the limit and when the caller dies",
            *_ALWAYS,
        ),
    )


def _kinds(network: bool) -> Iterator[tuple[Wall, tuple[str, ...]]]:
    if sys.platform.startswith("linux"):
        common = (
            "read-only file system but for the workspace",
            "pid namespace",
            "known places of secrets hidden",
        )
        yield (
            Wall(namespaces=True, network=network),
            ("user namespace without capabilities", *common, "private /tmp"),
        )
        if bubblewrap := shutil.which("bwrap"):
            yield Wall(bubblewrap=bubblewrap, network=network), ("bubblewrap", *common)


def can_build(wall: Wall) -> bool:
    """Whether a program behind this wall sees what it must see, and not what it must not."""
    with (
        own_folder("probe") as folder,
        own_folder("probe") as outside,
    ):
        try:
            answer = run_supervised(
                [sys.executable, "-I", "-S", "-c", _PROBE, str(outside)],
                wall=wall,
                cwd=folder,
                env={"PATH": os.defpath},
                limits=Limits(seconds=20),
            )
        except EnvironmentUnusable:
            return False
    return answer.stdout.strip() == "closed"

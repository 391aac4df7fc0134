"""Runs under a double: what the plugin tells, and what becomes of processes that tell nothing or lie."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from cellwall.project.config import TestSettings
from cellwall.project.environment import Completed
from cellwall.project.local_environment import LocalEnvironment
from cellwall.project.roles import Role, Roles
from cellwall.testing.doubled_target import DoubledTarget, Part
from cellwall.testing.leak_run import CONTROL, LeakRun
from cellwall.testing.leaky_doubles.sharing_leaks import FirstMade

LEAN = tuple(w for name in ("hypothesispytest", "anyio", "asyncio", "xdist") for w in ("-p", f"no:{name}"))
PART = Part("token", ("tests/test_it.py",))
ROLES = Roles({"token": Role("token", ("from app import issue",), "issue({user_id})")})
TEST = """
import os, sys
from app import issue

def test_notices():
    assert issue("ada") != issue("bob")

def test_stumbles():
    {("ada", "bob"): 1}[issue("ada"), issue("bob")]

def test_is_not_told():
    assert not [name for name in os.environ if "LEAKY" in name]
"""


def doubled(root: Path, environment: object = None, roles: Roles = ROLES) -> DoubledTarget:
    """Give the target with the doubles of its tokens."""
    where: Any = environment or LocalEnvironment(Path(sys.executable))
    settings = TestSettings(arguments=LEAN, timeout=30)
    return DoubledTarget(where, root, settings, roles)


def leak(root: Path, double: str, environment: object = None, roles: Roles = ROLES) -> LeakRun:
    """Run it in a process of its own."""
    return doubled(root, environment, roles).run(PART, double)


@pytest.fixture
def root(target: Path) -> Path:
    """Give a target with an application of one function."""
    (target / "app.py").write_text("def issue(user_id):\n    return user_id\n")
    (target / "tests").mkdir()
    (target / "tests" / "test_it.py").write_text(TEST)
    return target


def test_a_run_tells_what_each_test_failed_by(root: Path) -> None:
    control, leaking = leak(root, CONTROL), leak(root, FirstMade.name)
    assert (control.not_made, leaking.not_made) == ("", "")
    assert {one.outcome for one in control.by_id.values()} == {"passed"}
    at = "tests/test_it.py::test_"
    assert leaking.noticed(at + "notices").startswith("AssertionError: ")
    assert leaking.failures[at + "stumbles"].by == "other"
    assert leaking.noticed(at + "stumbles") == ""
    assert leaking.by_id[at + "is_not_told"].outcome == "passed"
    assert leaking.noticed("tests/test_it.py::test_nothing") == ""
    assert sorted(path.name for path in root.rglob("*")) == ["app.py", "test_it.py", "tests"]


def test_a_role_whose_module_dies_is_not_made(root: Path) -> None:
    (root / "app.py").write_text("raise SystemExit(0)\n")
    found = leak(root, CONTROL)
    assert found.not_made
    assert not [one for one in found.by_id.values() if one.outcome == "passed"]


class Saying:
    """An environment whose process writes these lines to the plugin's file and ends."""

    walls = ()
    python = Path("/nowhere/python")

    def __init__(self, *lines: str) -> None:
        self.lines = lines

    def run(self, argv: list[str], *, extra_env: dict[str, str], **_: object) -> Completed:
        record = json.loads(extra_env["CELLWALL_LEAKY_DOUBLE"])["record"]
        Path(record).write_text("\n".join(self.lines), errors="surrogateescape")
        return Completed(0, "", "", timed_out=False, cut=False, seconds=0.0)


HOSTILE_LINES = [
    "",
    "{",
    "[]",
    "null",
    '{"kind": "failure", "id": 5}',
    '{"kind": "not_made"}',
    "\udcff",
    "[" * 9000,
]


@pytest.mark.parametrize("line", HOSTILE_LINES, ids=repr)
def test_a_process_that_tells_nothing_made_no_double(root: Path, line: str) -> None:
    found = leak(root, CONTROL, Saying(line))
    assert "told nothing" in found.not_made
    assert found.failures == {}


def test_why_no_double_was_made_is_kept(root: Path) -> None:
    found = leak(root, CONTROL, Saying('{"kind": "made"}', '{"kind": "not_made", "why": "odd"}'))
    assert "odd" in found.not_made

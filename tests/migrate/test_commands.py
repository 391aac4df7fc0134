"""Which of a plan's commands are Cellwall's own; the others are shown, not run."""

import pytest

from cellwall.migrate.commands import own_command
from cellwall.migrate.entry_points import ENTRY_POINTS
from cellwall.migrate.plan_commands import COMMAND_OF


@pytest.mark.parametrize(
    ("argv", "own"),
    [
        (["python", "scripts/check_isolation_patterns.py", "--strict"], ["check", "--strict"]),
        (["python3", "tests/unified_test_runner.py", "--category", "x"], ["test", "--category", "x"]),
        (["/usr/bin/python3", "scripts/security_audit.py"], ["audit"]),
        (["python", "scripts/../../evil.py"], None),
        (["sh", "scripts/check_isolation_patterns.py"], None),
        (["python", "-c", "import os"], None),
        (["rm", "-rf", "/"], None),
        (["python"], None),
        ([], None),
    ],
)
def test_only_the_known_entry_points_are_own(argv: list[str], own: list[str] | None) -> None:
    assert own_command(argv) == own


def test_every_script_is_one_that_init_writes() -> None:
    assert set(COMMAND_OF) < set(ENTRY_POINTS)

"""The example's platform: nothing is said of it as it is, and each of its planted leaks is proved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "agent_platform"
LEAKS = sorted(
    path.stem.replace("_", "-")
    for path in (EXAMPLE / "planted_leaks" / "leaks").glob("*.py")
    if path.stem != "__init__"
)


def audit(leak: str, *arguments: str) -> Any:
    command = [sys.executable, "scripts/security_audit.py", "--focus", "isolation", "--format", "json"]
    done = subprocess.run(
        [*command, *arguments], cwd=EXAMPLE, env=os.environ | {"PLATFORM_LEAKS": leak}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1, 3), done.stderr
    return json.loads(done.stdout) | {"exit_code": done.returncode}


def proved(report: Any) -> list[Any]:
    return [each for each in report["findings"] if each["verdict"] != "suspected"]


def test_the_platform_as_it_is_has_nothing_to_tell() -> None:
    report = audit("")
    assert proved(report) == []
    assert report["exit_code"] == 0
    assert report["coverage"]["share"] == 1
    assert report["users_usable"]


@pytest.mark.parametrize("leak", ["note-read-without-owner", "events-to-everybody"])
def test_a_planted_leak_is_proved(leak: str) -> None:
    assert proved(audit(leak))


@pytest.mark.big
@pytest.mark.parametrize("leak", LEAKS)
def test_every_planted_leak_is_proved(leak: str) -> None:
    assert proved(audit(leak))


@pytest.mark.big
@pytest.mark.parametrize("leak", ["", "all"])
def test_five_seeds_find_the_same(leak: str) -> None:
    found = [{each["id"] for each in proved(audit(leak, "--seed", str(seed)))} for seed in range(5)]
    assert found == [found[0]] * 5

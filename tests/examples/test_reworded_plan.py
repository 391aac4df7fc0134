"""A shop with other folders and words and a plan for five agents: what can be done is done, the rest told."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHOP = Path(__file__).parents[1] / "fixtures" / "small_shop"
IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@cellwall.invalid", "-c", "commit.gpgSign=false")
UNVALIDATED = ("--no-validate-continuously", "--no-validate-after-update")


def run_plan(
    shop: Path, plan: str, *options: str, without: tuple[str, ...] = ()
) -> tuple[int, dict[str, Any]]:
    """Run a plan on a fresh copy of the shop that lacks some files; give the exit code and the report."""
    shutil.copytree(SHOP, shop, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache", *without))
    for step in (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        ("commit", "-qm", "The shop"),
    ):
        subprocess.run(["git", "-C", str(shop), *IDENTITY, *step], check=True)
    command = [sys.executable, "-m", "cellwall", "run", str(shop / plan), "--repo", str(shop), "--json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.stdout.lstrip().startswith("{"), done.stdout[-2000:] + done.stderr[-2000:]
    return done.returncode, json.loads(done.stdout)


@pytest.mark.big
@pytest.mark.timeout(900)
def test_every_criterion_is_met(tmp_path: Path) -> None:
    code, report = run_plan(tmp_path / "shop", "ONE_CUSTOMER_PLAN.md", without=("test_broken.py",))
    assert {row["agent"] for row in report["tasks"]} == {1, 2, 3, 4, 5}
    assert [row for row in report["tasks"] if row["status"] != "done"] == []
    assert [row for row in report["criteria"] + report["metrics"] if row["met"] is not True] == []
    assert code == 0
    added = sum(row["tests_added"] for row in report["tasks"])
    assert added == len(report["tests"]["new"]) > 0  # they ran in the whole suite at the end


def test_a_task_that_nobody_can_do_is_told(tmp_path: Path) -> None:
    code, report = run_plan(tmp_path / "shop", "RENOVATION_PLAN.md", *UNVALIDATED)
    human = [row["sentence"] for row in report["tasks"] if row["status"] == "needs a human"]
    assert "Paint the vans green" in human
    assert code == 1

"""Runs that cannot start say why in one line and leave nothing behind."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cellwall.migrate.errors import MigrateError, PlanError, RepositoryError, RunUsageError
from cellwall.migrate.options import RunOptions
from cellwall.migrate.start import fresh_run

PLAN_OUTSIDE = (
    "# A plan\n\n## Agent 1: One\n**Scope**: `shop/outside/**`\n**Specific Tasks**:\n1. Remove global state\n"
)


def cellwall(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "cellwall", *arguments], capture_output=True, text=True, check=False
    )


def test_a_dirty_tree(shop: Any) -> None:
    shop.write("shop/context.py", "# changed\n")
    with pytest.raises(RepositoryError, match=r"shop/context\.py.*--allow-dirty"):
        shop.run()
    assert shop.run(
        RunOptions(allow_dirty=True, validate_continuously=False, validate_after_update=False)
    ).finished
    assert (shop.root / "shop/context.py").read_text() == "# changed\n"


def test_no_repository(tmp_path: Path, shop: Any) -> None:
    with pytest.raises(RepositoryError):
        with fresh_run(shop.root / "RENOVATION_PLAN.md", tmp_path, RunOptions(), shop.around()):
            raise AssertionError("a run was opened")


def test_an_unknown_pattern_lists_the_known(shop: Any) -> None:
    with pytest.raises(RunUsageError, match="request_isolation"):
        shop.run(RunOptions(pattern="paint_it_black"))


def test_a_plan_without_agents(shop: Any) -> None:
    shop.write("EMPTY_PLAN.md", "# Nothing\n")
    shop.commit()
    with pytest.raises(PlanError):
        shop.run(plan="EMPTY_PLAN.md")


def test_a_second_run_while_one_is_alive(shop: Any) -> None:
    plan = shop.root / "RENOVATION_PLAN.md"
    with fresh_run(plan, shop.root, RunOptions(), shop.around()):
        result = cellwall("run", str(plan), "--repo", str(shop.root))
        assert result.returncode == 2
        assert "pid" in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1


def test_a_changed_plan_is_not_resumed(shop: Any) -> None:
    with fresh_run(shop.root / "RENOVATION_PLAN.md", shop.root, RunOptions(), shop.around()):
        pass
    with (shop.root / "RENOVATION_PLAN.md").open("a") as plan:
        plan.write("\n")
    with pytest.raises(PlanError, match="changed since"):
        shop.resume()


def test_nothing_to_resume(shop: Any) -> None:
    result = cellwall("resume", "--repo", str(shop.root))
    assert result.returncode == 2
    assert "cellwall run" in result.stderr


@pytest.mark.parametrize("problem", ["dirty", "pattern", "link"])
def test_nothing_is_left_behind(shop: Any, problem: str) -> None:
    refs = shop.git("for-each-ref")
    if problem == "dirty":
        shop.write("shop/context.py", "# changed\n")
    if problem == "link":
        (shop.root / "shop" / "outside").symlink_to("/etc")
        (shop.root / "RENOVATION_PLAN.md").write_text(PLAN_OUTSIDE)
        shop.commit()
        refs = shop.git("for-each-ref")
    with pytest.raises(MigrateError):
        shop.run(RunOptions(pattern="no_such" if problem == "pattern" else "request_isolation"))
    assert shop.git("for-each-ref") == refs
    assert not (shop.root / ".git/cellwall").exists()


def test_a_dry_run_leaves_nothing_behind(shop: Any) -> None:
    shop.run(RunOptions(dry_run=True))
    assert not (shop.root / ".git/cellwall").exists()

"""A scope that leaves the repository through a symbolic link is refused, one that stays inside is not."""

from pathlib import Path

import pytest

from cellwall.migrate.errors import PlanError
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.parse import parse_plan
from cellwall.migrate.scope_links import refuse_outside_links


def _plan(glob: str) -> Plan:
    return parse_plan(f"# P\n## Agent 1: A\n**Scope**: `{glob}`\n", "PLAN.md")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "other").mkdir()
    top = tmp_path / "repo"
    (top / "tests" / "deep").mkdir(parents=True)
    (top / "inside").symlink_to("tests")
    (top / "outside").symlink_to(tmp_path / "other")
    (top / "tests" / "up").symlink_to("../../other")
    (top / "loop").symlink_to("loop")
    (top / "gone").symlink_to(tmp_path / "missing")
    return top


@pytest.mark.parametrize(
    ("glob", "link"),
    [
        ("outside/**", "outside"),
        ("outside", "outside"),
        ("tests/up/x/**", "tests/up"),
        ("inside/up/**", "inside/up"),
        ("gone/**", "gone"),
        ("loop/**", "loop"),
    ],
)
def test_a_link_that_leads_out(root: Path, glob: str, link: str) -> None:
    with pytest.raises(
        PlanError, match=rf"^PLAN\.md:3: .* leaves the repository by the symbolic link '{link}'$"
    ):
        refuse_outside_links(_plan(glob), root)


@pytest.mark.parametrize(
    "glob", ["tests/**", "inside/**", "inside/deep/**", "**/outside/**", "none/**", "out*/**"]
)
def test_what_stays_inside(root: Path, glob: str) -> None:
    refuse_outside_links(_plan(glob), root)


def test_a_repository_that_is_reached_through_a_link_is_no_reason(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root)
    refuse_outside_links(_plan("inside/**"), tmp_path / "alias")

"""The comparison with other linters is about today's rules, and what it says of ruff is run again."""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cellwall.check.rule_registry import own_rules

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "check-comparison.md").read_text()
HINT = "run: python scripts/compare_linters.py --peers BIN --semgrep-rules FOLDER"


def rows() -> dict[str, list[str]]:
    lines = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("|")]
    return {cells[1].split()[0]: [cell.strip() for cell in cells[2:]] for cells in lines if "CW" in cells[1]}


def test_every_rule_is_compared() -> None:
    assert set(rows()) == {rule.code for rule in own_rules()}, HINT


def test_ruff_says_today_what_the_page_says() -> None:
    program = shutil.which("ruff", path=str(Path(sys.executable).parent))
    assert program is not None
    script = runpy.run_path(str(ROOT / "scripts" / "compare_linters.py"))
    today = {code: row["ruff"] for code, row in script["compared"]({"ruff": program}).items()}
    assert today == {code: cells[0] for code, cells in rows().items()}, HINT
    assert any(today.values())


def test_the_revision_of_semgreps_rules_is_read_from_the_clone(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "compare_linters.py"))
    with pytest.raises(ValueError, match="no git repository"):
        script["revision"](tmp_path)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], cwd=tmp_path, check=True)
    (tmp_path / "python").mkdir()
    revision = script["revision"](tmp_path / "python")
    assert re.fullmatch("[0-9a-f]{9}", revision)
    empty = {rule.code: {"ruff": ""} for rule in own_rules()}
    assert f"(revision {revision} of semgrep-rules)" in script["page"](empty, {"ruff": "1"}, revision)

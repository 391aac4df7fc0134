"""We are our own first user: `cellwall check` finds nothing in Cellwall, in strict mode."""

import re
from pathlib import Path

from click.testing import CliRunner

from cellwall.cli.main import main

ROOT = Path(__file__).parents[2]


def test_nothing_is_found_in_cellwall_itself() -> None:
    arguments = ["check", "--repo", str(ROOT), "--strict", "--no-cache", "--format", "concise"]
    result = CliRunner().invoke(main, [*arguments, str(ROOT / "src"), str(ROOT / "scripts")])
    assert result.exit_code == 0, result.output
    assert int(result.output.split()[0].replace(",", "")) > 500


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 matches such groups wrongly: a gate would lose findings on some machines only."""
    sources = (ROOT / "src" / "cellwall" / "check").rglob("*.py")
    assert [path.name for path in sources if re.search(r"\)(?:[*+?]|\{[\d,]+\})\+", path.read_text())] == []

"""The rules' reference is what their classes say today."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_reference_is_of_today() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "rule_reference.py"))
    stale = [
        str(path) for path, text in script["pages"]().items() if not path.exists() or path.read_text() != text
    ]
    assert not stale, "run: python scripts/rule_reference.py"


def test_no_page_is_of_a_rule_that_is_gone() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "rule_reference.py"))
    assert set((ROOT / "docs" / "rules").glob("*.md")) <= set(script["pages"]())

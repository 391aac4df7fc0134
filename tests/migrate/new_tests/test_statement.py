"""What the new tests state of their isolation is true: the checker's rule for statements agrees with all."""

from pathlib import Path

import pytest

from cellwall.check.engine import check_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.migrate.new_tests.statement import isolation

CAPABILITIES = Path(__file__).parents[1] / "capabilities"
WRITTEN = sorted(CAPABILITIES.glob("written*/*.txt"))
SETTINGS = CheckSettings(rules=("isolation-statement",))


def findings(source: bytes) -> list[str]:
    return [f.message for f in check_source("tests/test_new.py", source, SETTINGS, ProjectFacts()).findings]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_every_statement_of_a_new_test_is_true(path: Path) -> None:
    source = path.read_bytes()
    assert source.count(b"Isolation: ") >= 1
    assert findings(source) == []


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_the_same_statements_without_their_assertions_are_false(path: Path) -> None:
    source = path.read_bytes().replace(b"    assert ", b"    _ = ").replace(b"pytest.raises(", b"open(")
    assert len(findings(source)) >= 1


def test_a_statement_has_its_three_parts() -> None:
    assert isolation("a", "b", "c") == '"""Isolation: a; b; c."""'

"""The repository of places that no tool may repair: each is listed with its reason, none is edited."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellwall.check.engine import check_source
from cellwall.check.finding import Finding
from cellwall.check.fixer import fix_source
from cellwall.check.parse import ParseError
from cellwall.check.project_facts import collect_facts
from cellwall.check.reason import Reason
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.project.config import load_project

ROOT = Path(__file__).parents[2] / "examples" / "needs_a_human"
# Reasons that only a run gives: a gate's refusal, and two repairs at one place.
OF_A_RUN = {Reason.GATE_REFUSED, Reason.OVERLAPS}


@pytest.fixture(scope="module")
def listed() -> list[tuple[str, int, str, str]]:
    """Every place that is neither repaired nor suppressed, after fixing what can be fixed."""
    return sorted(_listed())


def _listed() -> Iterator[tuple[str, int, str, str]]:
    settings = CheckSettings.from_project(load_project(ROOT))
    tree = DirectorySourceTree(ROOT)
    facts = collect_facts(tree, settings)
    for path in tree.paths():
        source = tree.read(path)
        report = check_source(path, source, settings, facts)
        if isinstance(report.parse_error, ParseError):
            yield path, report.parse_error.line, "", Reason.UNPARSEABLE.name
        result = fix_source(path, source, settings, facts)
        assert result.source == source, f"{path} is edited"
        yield from (_place(finding) for finding in result.remaining if finding.suppressed is None)


def _place(finding: Finding) -> tuple[str, int, str, str]:
    assert finding.fix is None
    assert finding.reason is not None
    return finding.path, finding.line, finding.rule, finding.reason.name


def test_every_place_has_the_expected_reason(listed: list[tuple[str, int, str, str]]) -> None:
    table = json.loads((ROOT / "expected.json").read_text())
    expected = sorted((e["path"], e["line"], e["rule"], e["reason"]) for e in table)
    assert listed == expected


def test_every_reason_that_the_checker_gives_has_a_place(listed: list[tuple[str, int, str, str]]) -> None:
    assert {reason for *_, reason in listed} == {reason.name for reason in set(Reason) - OF_A_RUN}
    assert len({(rule, reason) for _, _, rule, reason in listed}) >= 10

"""The engine: gates let every finding through, broken files are reported, findings stand in source order."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cellwall.check.engine import FileReport, check_module, check_source, check_tree, rules_for
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree, MappingSourceTree

BAD = b"from app.agents import AgentRegistry\nAgentRegistry.get_agent('y'); AgentRegistry.get_agent('x')\n"


def test_findings_stand_in_source_order(settings: CheckSettings) -> None:
    report = check_source("tests/test_a.py", BAD, settings, ProjectFacts())
    assert [(f.line, f.column, f.end_column) for f in report.findings] == [(2, 1, 29), (2, 31, 59)]
    assert report.parse_error is None


def test_columns_are_in_characters(settings: CheckSettings) -> None:
    source = "from a import AgentRegistry\n'ä€'; AgentRegistry.get_agent('x')\n".encode()
    finding = check_source("tests/test_a.py", source, settings, ProjectFacts()).findings[0]
    assert (finding.column, finding.end_column) == (7, 35)


@pytest.mark.parametrize(
    "source", [b"def f(:\n", b"AgentRegistry.get_agent(\n", b"\0get_agent", b"get_agent = '\xff'"]
)
def test_broken_files_are_reported(source: bytes, settings: CheckSettings) -> None:
    report = check_source("tests/test_a.py", source, settings, ProjectFacts())
    assert report.findings == ()
    assert report.parse_error is not None


def test_one_unreadable_file_stops_nothing(settings: CheckSettings) -> None:
    tree = MappingSourceTree({"a.py": BAD})
    reports = list(check_tree(tree, ["missing.py", "a.py"], settings, ProjectFacts()))
    assert reports[0].parse_error is not None
    assert len(reports[1].findings) == 2


def test_only_the_chosen_rules_run(settings: CheckSettings) -> None:
    assert rules_for("a.py", BAD, CheckSettings(roles=settings.roles, rules=("CW102",)), ProjectFacts()) == []
    chosen = CheckSettings(roles=settings.roles, rules=("global-registry-access",))
    assert [rule.code for rule in rules_for("a.py", BAD, chosen, ProjectFacts())] == ["CW101"]


def test_a_rule_about_services_leaves_tests_alone() -> None:
    chosen = CheckSettings(rules=("global-set-by-request", "global-test-state"))
    source = b"seen = 0\n\n\ndef test_one():\n    global seen\n    seen += 1\n"
    for path, codes in (("tests/test_a.py", ["CW107"]), ("app/a.py", ["CW202"]), ("scripts/a.py", [])):
        assert [rule.code for rule in rules_for(path, source, chosen, ProjectFacts())] == codes


def _examples() -> Sequence[tuple[str, bytes]]:
    return [
        (example.path, example.source.encode())
        for rule in all_rules()
        for example in (*rule.VALID, *rule.INVALID)
    ]


def test_a_gate_loses_nothing(settings: CheckSettings) -> None:
    """Without any gate the same is found: on all examples, and on some of Cellwall's own sources."""
    here = Path(__file__).parents[2]
    tree = DirectorySourceTree(here)
    own = [(path, tree.read(path)) for path in tree.paths() if path.startswith("src/cellwall/check/r")]
    assert len(own) > 8
    for path, source in (*_examples(), *own):
        module = module_facts(path, source, ProjectFacts(), is_test=settings.is_test_file(path))
        assert isinstance(module, ModuleFacts)
        open_gate = FileReport(path, check_module(module, all_rules(), settings))
        assert check_source(path, source, settings, ProjectFacts()) == open_gate

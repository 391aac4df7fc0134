"""No rule sees only one spelling: every INVALID example is found aliased, assigned and re-exported too."""

import ast

import pytest

from cellwall.check.engine import check_source
from cellwall.check.family import Family
from cellwall.check.project_facts import ProjectFacts, collect_facts
from cellwall.check.rule import Example, Rule
from cellwall.check.rule_registry import own_rules
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import MappingSourceTree
from tests.check.renaming import aliased, assigned, re_exported

FAMILIES = (
    Family.STATE,
    Family.ASYNC,
    Family.DATA,
    Family.CACHES,
    Family.SOCKETS,
    Family.TOKENS,
    Family.TESTS,
    Family.PLANS,
)
CASES = [
    pytest.param(rule, example, id=f"{rule.code}-{number}")
    for rule in own_rules()
    if rule.family in FAMILIES
    for number, example in enumerate(rule.INVALID)
]


def found(rule: Rule, example: Example, source: str, settings: CheckSettings, facts: ProjectFacts) -> bool:
    ast.parse(source)
    report = check_source(example.path, source.encode(), settings, facts)
    return any(finding.code == rule.code for finding in report.findings)


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_found_under_an_alias(rule: Rule, example: Example, settings: CheckSettings) -> None:
    assert found(rule, example, aliased(example.source), settings, ProjectFacts())


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_found_under_an_assigned_name(rule: Rule, example: Example, settings: CheckSettings) -> None:
    assert found(rule, example, assigned(example.source), settings, ProjectFacts())


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_found_through_a_re_export(rule: Rule, example: Example, settings: CheckSettings) -> None:
    moved = re_exported(example.source)
    files = {**moved.files, example.path: moved.source}
    facts = collect_facts(MappingSourceTree({path: text.encode() for path, text in files.items()}), settings)
    assert found(rule, example, moved.source, settings, facts), moved.source

"""No gate asks how a file is laid out: what a rule finds passes in every spacing that means the same."""

import ast
from collections.abc import Sequence

import pytest

from cellwall.check.engine import check_module, check_source, gates
from cellwall.check.file_kind import file_kind
from cellwall.check.gate import GatedSource
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule import Rule
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings
from tests.check.spacing import layouts


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_what_is_found_passes_in_every_layout(rule: Rule, settings: CheckSettings) -> None:
    """Also what other rules find in the examples of this one."""
    by_code = {other.code: (other, gate) for other, gate in gates(settings)}
    for number, example in enumerate(rule.INVALID):
        report = check_source(example.path, example.source.encode(), settings, ProjectFacts())
        found = [by_code[code] for code in sorted({finding.code for finding in report.findings})]
        kind = file_kind(example.path, is_test=settings.is_test_file(example.path))
        for layout, source in layouts(example.source):
            ast.parse(source)
            gated = GatedSource(source.encode(), kind)
            kept_out = [other for other, gate in found if not gated.passes(gate)]
            assert _finds(kept_out, example.path, source, settings) == [], (number, layout, source)


def _finds(rules: Sequence[Rule], path: str, source: str, settings: CheckSettings) -> list[str]:
    """Give the codes of what rules find without their gates."""
    if not rules:
        return []
    module = module_facts(path, source.encode(), ProjectFacts(), is_test=settings.is_test_file(path))
    assert isinstance(module, ModuleFacts)
    return sorted({finding.code for finding in check_module(module, rules, settings)})

"""Asks of a module whether a rule finds something in it, and whether its gate lets the module through."""

from cellwall.check.engine import check_module
from cellwall.check.file_kind import FileKind
from cellwall.check.gate import GatedSource
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule import Rule
from cellwall.check.settings import CheckSettings


def finds(rule: Rule, source: str, settings: CheckSettings) -> bool:
    """Tell whether a rule finds something in a module of tests, its gate not asked."""
    module = module_facts("tests/test_a.py", source.encode(), ProjectFacts())
    assert isinstance(module, ModuleFacts), source
    return bool(check_module(module, [rule], settings))


def passes(rule: Rule, source: str, settings: CheckSettings) -> bool:
    """Tell whether a rule's gate lets a module of tests through."""
    return GatedSource(source.encode(), FileKind.TEST).passes(rule.gate(settings))


def is_kept_out(rule: Rule, source: str, settings: CheckSettings) -> bool:
    """Tell whether a rule would find something in a module that its gate lets not through."""
    return not passes(rule, source, settings) and finds(rule, source, settings)

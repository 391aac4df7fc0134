"""Every rule keeps its promises: unique address, documentation, examples that are true."""

import pkgutil
from collections.abc import Callable

import pytest

import cellwall.check.rules
from cellwall.check.edit import Safety
from cellwall.check.engine import check_source
from cellwall.check.family import CODES
from cellwall.check.fixer import FixResult
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule import Rule
from cellwall.check.rule_registry import all_rules, find_rule, own_rules
from cellwall.check.settings import CheckSettings

HEADINGS = ("What it does:", "Why it leaks:", "Example:", "Use instead:", "Fix safety:")
RULES = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)


def test_the_folder_is_the_registry() -> None:
    files = {info.name for info in pkgutil.iter_modules(cellwall.check.rules.__path__)}
    assert {rule.name.replace("-", "_") for rule in own_rules()} == files
    assert len({rule.code for rule in own_rules()}) == len(files)


@RULES
def test_the_documentation_has_its_headings_in_order(rule: Rule) -> None:
    text = type(rule).__doc__ or ""
    places = [text.index(heading) for heading in HEADINGS]
    assert places == sorted(places)


@RULES
def test_nothing_is_found_in_valid_examples(rule: Rule, settings: CheckSettings) -> None:
    assert rule.VALID
    for example in rule.VALID:
        report = check_source(example.path, example.source.encode(), settings, ProjectFacts())
        assert report.parse_error is None
        assert [f for f in report.findings if f.code == rule.code] == [], example.source


@RULES
def test_invalid_examples_are_found_and_fixed_as_they_say(rule: Rule, fix: Callable[..., FixResult]) -> None:
    if rule.fixes is Safety.SAFE:
        assert any(example.fixed is not None for example in rule.INVALID)
    for example in rule.INVALID:
        result = fix(example.source, path=example.path)
        found = [f for f in (*result.repaired, *result.remaining) if f.code == rule.code]
        assert found, example.source
        assert result.source.decode() == (example.source if example.fixed is None else example.fixed)


def test_a_rule_is_found_by_name_or_code_in_any_case() -> None:
    first = all_rules()[0]
    assert find_rule(first.name) is find_rule(first.code.lower()) is first
    assert find_rule("no-such-rule") is None


@RULES
def test_a_code_lies_in_the_hundred_of_its_family(rule: Rule) -> None:
    assert rule.code.startswith(CODES[rule.family])
    assert len(rule.code) == 5


@RULES
def test_what_a_rule_says_of_its_repairs_is_true(rule: Rule, fix: Callable[..., FixResult]) -> None:
    kinds: set[Safety] = set()
    for example in rule.INVALID:
        result = fix(example.source, path=example.path)
        kinds |= {
            f.fix.safety for f in (*result.repaired, *result.remaining) if f.fix and f.code == rule.code
        }
    if rule.fixes is None:
        assert not kinds
    else:
        assert rule.fixes in kinds, "no INVALID example shows the repair"
        assert rule.fixes is Safety.UNSAFE or Safety.UNSAFE not in kinds

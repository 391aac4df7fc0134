"""Every example of every rule about scripts: found or not, repaired as the rule says, and once is enough."""

import itertools

import pytest

from cellwall.check.documentation import HEADINGS, documentation_of
from cellwall.check.engine import check_source
from cellwall.check.fixer import fix_source
from cellwall.check.javascript.registry import script_rules
from cellwall.check.javascript.script_rule import ScriptRule
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule import Example
from cellwall.check.settings import CheckSettings

SETTINGS = CheckSettings(preview=True)
VALID = [(rule, example) for rule in script_rules() for example in rule.VALID]
INVALID = [(rule, example) for rule in script_rules() for example in rule.INVALID]


def name_of(value: object) -> str:
    return value.source[:40] if isinstance(value, Example) else getattr(value, "code", "?")


def codes(path: str, source: str) -> list[str]:
    report = check_source(path, source.encode(), SETTINGS, ProjectFacts())
    assert report.parse_error is None, report.parse_error
    return [finding.code for finding in report.findings]


def test_there_are_rules_and_each_says_all_about_itself() -> None:
    assert len(script_rules()) >= 10
    assert len({rule.code for rule in script_rules()}) == len(script_rules())
    for rule in script_rules():
        assert list(documentation_of(rule).sections) == list(HEADINGS)
        assert all(documentation_of(rule).sections.values()), rule.name
        assert rule.VALID and rule.INVALID


@pytest.mark.parametrize(("rule", "example"), VALID, ids=name_of)
def test_what_is_not_found(rule: ScriptRule, example: Example) -> None:
    assert rule.code not in codes(example.path, example.source)


@pytest.mark.parametrize(("rule", "example"), INVALID, ids=name_of)
def test_what_is_found_and_repaired(rule: ScriptRule, example: Example) -> None:
    assert rule.code in codes(example.path, example.source)
    settings = CheckSettings(rules=(rule.code,), preview=True)
    result = fix_source(example.path, example.source.encode(), settings, ProjectFacts(), unsafe=True)
    assert result.source.decode() == (example.fixed or example.source)
    again = fix_source(example.path, result.source, settings, ProjectFacts(), unsafe=True)
    assert again.source == result.source
    assert not again.repaired


def test_an_unsafe_repair_is_made_only_where_it_is_asked_for() -> None:
    rule = next(rule for rule in script_rules() if rule.name == "script-store-shared-by-tests")
    example = next(example for example in rule.INVALID if example.fixed)
    result = fix_source(example.path, example.source.encode(), SETTINGS, ProjectFacts())
    assert result.source.decode() == example.source
    assert rule.code in [finding.code for finding in result.remaining]


@pytest.mark.parametrize(("rule", "example"), INVALID, ids=name_of)
def test_what_is_silenced(rule: ScriptRule, example: Example) -> None:
    report = check_source(example.path, example.source.encode(), SETTINGS, ProjectFacts())
    line = next(finding.line for finding in report.findings if finding.code == rule.code)
    lines = example.source.splitlines()
    lines.insert(line - 1, f"// cellwall: allow[{rule.name}] on purpose")
    report = check_source(example.path, "\n".join(lines).encode(), SETTINGS, ProjectFacts())
    about = [finding for finding in report.findings if finding.code == rule.code]
    assert "on purpose" in [finding.suppressed for finding in about]


def test_many_findings_of_a_script_are_repaired_in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cellwall.check.javascript.fixer.MAX_ROUNDS", 0)
    names = ["first", "second", "third"]
    source = "".join(f"let {name} = [];\n" for name in names)
    for name, which in itertools.product(names, (1, 2)):
        body = f"  {name}.push({which});\n  expect({name}.length).toBe(1);\n"
        source += f"test('{name} {which}', () => {{\n{body}}});\n"
    result = fix_source("web/a.test.js", source.encode(), SETTINGS, ProjectFacts())
    assert len(result.repaired) == 3
    assert fix_source("web/a.test.js", result.source, SETTINGS, ProjectFacts()).source == result.source


def test_a_comment_behind_another_one_is_no_suppression() -> None:
    source = b"const total = 1; // eslint-disable-line # cellwall: allow[no-such-rule] so\n"
    assert fix_source("web/a.js", source, SETTINGS, ProjectFacts()).source == source

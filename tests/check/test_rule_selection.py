"""Rules are chosen by name, code, or the beginning of a code; the closest selector decides."""

import pytest

from cellwall.check import rule_registry, rule_selection
from cellwall.check.rule import Status
from cellwall.check.rule_registry import all_rules
from cellwall.check.rule_selection import rules_of
from cellwall.check.settings import CheckSettings


def codes(**chosen: object) -> list[str]:
    return [rule.code for rule in rules_of(CheckSettings()._replace(**chosen))]  # type: ignore[arg-type]


EVERY = [rule.code for rule in all_rules() if rule.status is Status.STABLE]


def test_all_stable_rules_run_where_none_is_named() -> None:
    assert codes() == EVERY


def test_by_code_name_and_beginning() -> None:
    assert codes(rules=("CW101",)) == ["CW101"]
    assert codes(rules=("shared-session",)) == ["CW103"]
    assert codes(rules=("CW10",)) == [code for code in EVERY if code.startswith("CW10")]
    assert codes(rules=("ALL",)) == EVERY


def test_the_closer_selector_decides_and_ignoring_wins_a_draw() -> None:
    assert codes(rules=("CW101",), ignore=("CW10",)) == ["CW101"]
    assert "CW101" not in codes(ignore=("CW101",))
    assert codes(rules=("CW101", "CW102"), ignore=("shared-session", "CW102")) == ["CW101"]
    assert codes(rules=("CW101",), ignore=("CW101",)) == []


def test_extending() -> None:
    assert codes(rules=("CW101",), extend=("CW103",)) == ["CW101", "CW103"]
    assert codes(extend=("CW101",)) == EVERY


@pytest.mark.parametrize("field", ["rules", "extend", "ignore"])
def test_an_unknown_selector_is_an_error(field: str) -> None:
    with pytest.raises(ValueError, match="no rule is called 'CW999'; `cellwall rule` lists them"):
        codes(**{field: ("CW999",)})


def test_a_preview_rule_runs_only_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    first = all_rules()[0]
    monkeypatch.setattr(type(first), "status", Status.PREVIEW)
    assert first.code not in codes()
    assert first.code not in codes(rules=("CW",))
    assert first.code in codes(preview=True)
    assert codes(rules=(first.code,)) == codes(rules=(first.name,)) == [first.code]
    assert rule_registry.all_rules() is rule_selection.all_rules()

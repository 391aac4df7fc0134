"""The page of false alarms says what the labels say, and a stable rule has few of them."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from cellwall.check.rule import Status

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "false_alarms.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that counts the labels."""
    spec = importlib.util.spec_from_file_location("false_alarms", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(script: ModuleType) -> None:
    assert (script.DOCS / "false-alarms.md").read_text(encoding="utf-8") == script.page()


def test_labels_name_rules_and_verdicts_that_exist(script: ModuleType) -> None:
    names = {rule.name for rule in script.judged_rules()}
    versions = {(one["package"], one["version"]) for one in script.corpus()}
    for label in script.labels():
        assert label["rule"] in names
        assert label["verdict"] in script.VERDICTS
        assert label["second_verdict"] in ("", *script.VERDICTS)
        assert label["today"] in (script.REPORTED, script.MENDED)
        assert label["note"]
        assert bool(label["second_note"]) == bool(label["second_verdict"])
        assert int(label["line"]) > 0
        assert (label["package"], label["version"]) in versions


def test_a_stable_rule_has_few_false_alarms(script: ModuleType) -> None:
    found = script.counted()
    for rule in script.judged_rules():
        if rule.status is Status.STABLE and rule.name in found:
            assert script.share(found[rule.name]) <= script.LIMIT, rule.name


def test_no_finding_is_labelled_twice(script: ModuleType) -> None:
    places = [(one["package"], one["path"], one["line"], one["rule"], one["note"]) for one in script.labels()]
    assert len(places) == len(set(places))


def test_the_stricter_verdict_counts(script: ModuleType) -> None:
    both = [("true", "debatable"), ("debatable", "true"), ("false", "true"), ("debatable", "false")]
    given = [script.stricter({"verdict": one, "second_verdict": two}) for one, two in both]
    assert given == ["debatable", "debatable", "false", "false"]


def test_a_finding_that_was_read_once_counts_once(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = {"rule": "r", "package": "p", "severity": "error", "today": "reported"}
    monkeypatch.setattr(script, "labels", lambda: [{**label, "verdict": "true", "second_verdict": ""}])
    assert script.counted()["r"] == {"true": 1}
    assert script.counted(verdict=lambda one: one["second_verdict"])["r"].total() == 0


def test_a_mended_finding_is_not_counted(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    label = {"rule": "r", "package": "p", "severity": "error", "verdict": "true", "second_verdict": "false"}
    given = [{**label, "today": "reported"}, {**label, "today": "mended"}]
    monkeypatch.setattr(script, "labels", lambda: given)
    assert script.counted()["r"] == {"false": 1}

"""The set of all that gates look for is made once it pays, and changes no answer."""

from pathlib import Path

import pytest

from cellwall.check import rule_gates as subject
from cellwall.check.engine import check_module, rules_for
from cellwall.check.file_kind import FileKind
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule_gates import WORTH_IT, RuleGates, expect_files, rule_gates
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings

pytest.importorskip("hyperscan")


def test_it_is_made_once_so_many_files_asked(settings: CheckSettings) -> None:
    found = RuleGates(settings)
    for _ in range(WORTH_IT - 1):
        assert found.patterns(FileKind.SERVICE, ProjectFacts()) is None
    made = found.patterns(FileKind.SERVICE, ProjectFacts())
    assert made is not None
    assert found.patterns(FileKind.SERVICE, ProjectFacts()) is made
    assert found.patterns(FileKind.TEST, ProjectFacts()) is None


def test_it_is_made_before_many_files_are_shared_out(settings: CheckSettings) -> None:
    paths = [f"tests/test_{number}.py" for number in range(WORTH_IT)] + ["app/a.py", "app/a.js"]
    expect_files(paths, settings, ProjectFacts())
    assert rule_gates(settings).patterns(FileKind.TEST, ProjectFacts()) is not None
    assert rule_gates(settings).patterns(FileKind.SERVICE, ProjectFacts()) is None


def test_other_settings_have_other_gates(settings: CheckSettings) -> None:
    first = rule_gates(settings)
    assert rule_gates(settings) is first
    assert rule_gates(CheckSettings(preview=True)) is not first


def test_no_rule_is_lost_on_its_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, project = (
        CheckSettings(preview=True),
        ProjectFacts(aliases={"app.db.Maker": "sqlalchemy.orm.Session"}),
    )
    examples = [
        (example.path, example.source.encode())
        for rule in all_rules()
        for example in (*rule.VALID, *rule.INVALID)
        if Path(example.path).suffix == ".py"
    ]
    alone = [rules_for(path, source, settings, project) for path, source in examples]
    monkeypatch.setattr(subject, "WORTH_IT", 1)
    together = [rules_for(path, source, settings, project) for path, source in examples]
    assert len(examples) > 300
    for (path, source), before, after in zip(examples, alone, together, strict=True):
        left_out = [rule for rule in before if rule not in after]
        assert [rule for rule in before if rule in after] == list(after)
        module = module_facts(path, source, project, is_test=settings.is_test_file(path))
        assert isinstance(module, ModuleFacts)
        assert not check_module(module, left_out, settings), path
    assert rule_gates(settings).patterns(FileKind.SERVICE, project) is not None

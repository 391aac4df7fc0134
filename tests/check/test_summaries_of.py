"""Rules know other files by what each says of itself; nobody is asked whom no rule needs."""

import ast
from collections.abc import Iterable
from typing import Any, ClassVar

import pytest

from cellwall.check import rule_selection
from cellwall.check.engine import check_source
from cellwall.check.finding import Finding
from cellwall.check.gate import Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.project_facts import ProjectFacts, collect_facts
from cellwall.check.rule import RuleContext, finding
from cellwall.check.rule_registry import find_rule
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import MappingSourceTree
from cellwall.check.summary import FileSummary


class ClassNames:
    name: ClassVar[str] = "class-names"

    def gate(self, settings: CheckSettings) -> Gate:
        return Gate.any_of(b"class ")

    def summarise(self, module: ModuleFacts, settings: CheckSettings) -> Any:
        return [cls.name for cls in module.of(ast.ClassDef)] or None


class Named:
    """Finds names of classes that another file defines."""

    name, code = "named", "XX001"
    summaries: ClassVar[tuple[FileSummary, ...]] = (ClassNames(),)

    def __init__(self) -> None:
        model = find_rule("CW101")
        assert model is not None
        self.severity, self.status, self.family, self.fixes = model.severity, model.status, model.family, None

    def gate(self, settings: CheckSettings) -> Gate:
        return Gate()

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        said = context.project.summaries["class-names"]
        foreign = {name for path, names in said.items() if path != module.path for name in names}
        for name in module.of(ast.Name):
            if name.id in foreign:
                yield finding(self, module, name, f"{name.id} is defined elsewhere")  # type: ignore[arg-type]


@pytest.fixture
def one_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_selection, "all_rules", lambda: (Named(),))


FILES = {"a.py": b"class One: ...\n", "b.py": b"One()\n", "c.py": b"class (", "d.py": b"x = 'class '\n"}


@pytest.mark.usefixtures("one_rule")
def test_a_rule_knows_other_files() -> None:
    facts = collect_facts(MappingSourceTree(FILES), CheckSettings())
    assert facts.summaries == {"class-names": {"a.py": ["One"]}}
    found = check_source("b.py", FILES["b.py"], CheckSettings(), facts).findings
    assert [f.message for f in found] == ["One is defined elsewhere"]
    assert check_source("a.py", FILES["a.py"] + b"One()\n", CheckSettings(), facts).findings == ()
    assert ProjectFacts.from_json(facts.to_json()) == facts


def test_nobody_is_asked_whom_no_rule_needs() -> None:
    facts = collect_facts(MappingSourceTree(FILES), CheckSettings(rules=("CW101",)))
    assert facts.summaries == {}

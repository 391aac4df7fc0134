"""What the checker's tests share: settings with the runtime's own names, and one call that fixes a text."""

import sys
from collections.abc import Callable, Iterator
from importlib import invalidate_caches
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from cellwall.check.engine import check_source
from cellwall.check.fixer import FixResult, fix_source
from cellwall.check.project_facts import ProjectFacts, collect_facts
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import MappingSourceTree
from cellwall.project.default_roles import DEFAULT_ROLES

TEST_PATH = "tests/test_example.py"


@pytest.fixture
def settings() -> CheckSettings:
    """The default roles, in a project whose pytest runs async tests; rules in preview run too."""
    return CheckSettings(roles=DEFAULT_ROLES, async_tests=True, preview=True)


@pytest.fixture
def fix(settings: CheckSettings) -> Callable[..., FixResult]:
    """Fix a text: `fix(text, path=..., files={path: text}, async_tests=False, ...)`."""

    def run(
        source: str,
        path: str = TEST_PATH,
        files: dict[str, str] | None = None,
        unsafe: bool = False,
        **changes: Any,
    ) -> FixResult:
        chosen = settings._replace(**changes)
        facts = ProjectFacts()
        if files:
            tree = MappingSourceTree({name: dedent(text).encode() for name, text in files.items()})
            facts = collect_facts(tree, chosen)
        result = fix_source(path, dedent(source).encode(), chosen, facts, unsafe=unsafe)
        again = fix_source(path, result.source, chosen, facts, unsafe=unsafe)
        assert again.source == result.source, "a second run changes something"
        assert not again.repaired
        return result

    return run


@pytest.fixture
def lines(settings: CheckSettings) -> Callable[..., list[int]]:
    """Check a text: `lines("rule-name", source, path=..., files=...)` gives the lines of the findings."""

    def run(
        rule: str, source: str, path: str = "app/example.py", files: dict[str, str] | None = None
    ) -> list[int]:
        texts = {**(files or {}), path: source}
        chosen = settings._replace(rules=(rule,))
        tree = MappingSourceTree({name: dedent(text).lstrip("\n").encode() for name, text in texts.items()})
        report = check_source(path, dedent(source).lstrip("\n").encode(), chosen, collect_facts(tree, chosen))
        assert report.parse_error is None
        return [finding.line for finding in report.findings]

    return run


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the import path for a distribution with rules of its own."""

    def forget() -> None:
        sys.modules.pop("quiet_rules", None)
        all_rules.cache_clear()
        invalidate_caches()

    forget()
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    forget()

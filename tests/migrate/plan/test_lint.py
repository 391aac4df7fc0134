"""Each remark of the linter: once where there is reason for it, and not where there is none."""

from collections.abc import Callable

import pytest

from cellwall.check.source_tree import MappingSourceTree
from cellwall.migrate.plan.lint import lint_plan, lint_repository
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.remark import Kind, Remark
from cellwall.project.test_files import is_test_file

PlanOf = Callable[[str], Plan]

CLEAN = """\
## Agent 1: Carts
**Scope**: `carts/tests/**`
**Key Patterns**:
```python
# WRONG
cart = CartRegistry.get_cart("x")
# CORRECT
cart = await factory.create_cart("x", context)
```
**Tasks**:
1. Replace CartRegistry by the factory
"""
FILES = {"carts/tests/test_cart.py": b"cart = CartRegistry.get_cart('a')\n", "carts/model.py": b"x = = 1\n"}


def _lint(plan: Plan, files: dict[str, bytes]) -> list[Remark]:
    return lint_plan(plan) + lint_repository(
        plan, list(files), MappingSourceTree(files), is_test=is_test_file
    )


def _told(remarks: list[Remark]) -> list[tuple[Kind, str, int]]:
    return [(remark.kind, remark.path, remark.line) for remark in remarks]


def test_a_clean_plan_has_no_remarks(plan_of: PlanOf) -> None:
    assert _lint(plan_of(CLEAN), FILES) == []


def test_an_agent_without_scope(plan_of: PlanOf) -> None:
    remarks = _lint(plan_of(f"{CLEAN}\n## Agent 2: Idle\n"), FILES)
    assert [str(remark) for remark in remarks] == [
        "PLAN.md:13: agent 2 (Idle) has no scope, so it owns no file",
    ]


def test_no_agent_has_a_scope(plan_of: PlanOf) -> None:
    remarks = lint_plan(plan_of("# P\n## Agent 2: Idle\n"))
    assert _told(remarks) == [(Kind.NO_SCOPE, "PLAN.md", 2), (Kind.CANNOT_RUN, "PLAN.md", 2)]


def test_a_glob_that_matches_nothing(plan_of: PlanOf) -> None:
    remarks = _lint(plan_of(CLEAN.replace("/tests/**`", "/tests/**`,\n  `board/**`")), FILES)
    assert [str(remark) for remark in remarks] == [
        "PLAN.md:3: the glob 'board/**' of agent 1 matches no tracked file",
    ]


def test_a_file_in_several_scopes_and_who_will_own_it(plan_of: PlanOf) -> None:
    plan = plan_of(f"{CLEAN}\n## Agent 2: Wide\n**Scope**: `**/carts/**`\n")
    assert [str(remark) for remark in _lint(plan, FILES | {"x/carts/tests/test_b.py": b""})] == [
        "PLAN.md:2: carts/tests/test_cart.py is in the scopes of agents 1 and 2; "
        "agent 1 will own it, by 'carts/tests/**'",
    ]


def test_a_test_file_in_no_scope(plan_of: PlanOf) -> None:
    remarks = _lint(plan_of(CLEAN), FILES | {"board/tests/test_b.py": b"", "board/tests/make.py": b""})
    assert _told(remarks) == [(Kind.ORPHAN, "board/tests/test_b.py", 1)]


def test_a_before_pattern_that_matches_nothing(plan_of: PlanOf) -> None:
    files = FILES | {"carts/tests/test_cart.py": b"cart = CartRegistry.get_basket('a')\n"}
    assert [str(remark) for remark in _lint(plan_of(CLEAN), files)] == [
        "PLAN.md:6: the wrong code of 'Carts' is nowhere in this repository",
    ]


def test_a_before_pattern_may_match_outside_the_scopes(plan_of: PlanOf) -> None:
    files = {"carts/tests/test_cart.py": b"", "shop/old.py": b"cart_registry.get_cart(1)\n"}
    assert _lint(plan_of(CLEAN), files) == []


def test_a_task_that_no_capability_covers(plan_of: PlanOf) -> None:
    remarks = lint_plan(plan_of(f"{CLEAN}2. Invent a dance\n"))
    assert [str(remark) for remark in remarks] == [
        "PLAN.md:12: no capability covers 'Invent a dance'; it needs an external agent or a human",
    ]


def test_code_of_the_plan_that_does_not_parse(plan_of: PlanOf) -> None:
    remarks = lint_plan(plan_of(CLEAN.replace("cart = await", "x = 1\ncart = = await")))
    assert _told(remarks) == [(Kind.NO_CODE, "PLAN.md", 9)]


def test_code_in_another_language_is_not_parsed(plan_of: PlanOf) -> None:
    plan = plan_of(CLEAN.replace("cart = await", "cart = = await").replace("```python", "```typescript"))
    assert _lint(plan, FILES) == []


@pytest.mark.parametrize("source", [b"x = = 1\n", b"x = 1\n\0", b"\xff\n"])
def test_files_in_scope_that_do_not_parse(plan_of: PlanOf, source: bytes) -> None:
    files = FILES | {"carts/tests/test_bad.py": b"# one\n" + source}
    (remark,) = _lint(plan_of(CLEAN), files)
    assert (remark.kind, remark.path) == (Kind.NO_CODE, "carts/tests/test_bad.py")
    assert remark.line in (1, 2, 3)


def test_a_launch_option_that_no_run_has(plan_of: PlanOf) -> None:
    remarks = lint_plan(plan_of(f"{CLEAN}\n# Launch\n```bash\ngo --wings 2\n```\n"))
    assert [str(remark) for remark in remarks] == ["PLAN.md:15: no run has the option --wings"]


def test_scopes_without_any_test_file_cannot_be_executed(plan_of: PlanOf) -> None:
    remarks = _lint(plan_of(CLEAN), {"carts/model.py": b"CartRegistry.get_cart(1)\n"})
    assert [remark.kind for remark in remarks] == [Kind.EMPTY_GLOB, Kind.CANNOT_RUN]


def test_a_tracked_file_that_is_not_there_is_passed_over(plan_of: PlanOf) -> None:
    plan, paths = plan_of(CLEAN), [*FILES, "carts/tests/test_gone.py"]
    assert lint_repository(plan, paths, MappingSourceTree(FILES), is_test=is_test_file) == []

"""A proved test is known by its role and agent, from the journal alone."""

from typing import Any

from cellwall.migrate import events as e
from cellwall.migrate.fake_run import RunBuilder
from cellwall.migrate.proved_tests import ProvedTest, proved_tests

NEW = "tests/test_new.py"


def run(modules: list[dict[str, Any]], *tests: str, merged: bool = True) -> RunBuilder:
    build = RunBuilder().start().survey().add(e.BatchPlanned("a03-b000", 3, [NEW], {NEW: "suite"}))
    build.add(e.AgentStarted("a03-b000", 3, 1))
    build.add(e.PatchProposed("a03-b000", 3, "f" * 64, [NEW], [], [], 0.1, new_modules=modules))
    proved = [{"test": test, "double": "shared", "by": "AssertionError"} for test in tests]
    build.add(e.Judged("a03-b000", "f" * 64, "notices leaks", True, "", {"proved": proved}, 0.1))
    return build.add(e.BatchMerged("a03-b000", 3, "c" * 40, [NEW])) if merged else build


def module(role: str, *tests: str) -> dict[str, Any]:
    return {"path": NEW, "capability": "suite", "role": role, "tests": list(tests)}


def test_each_test_has_the_role_that_its_module_names_for_it() -> None:
    build = run(
        [module("pool", "test_a"), module("session", "test_b")], f"{NEW}::test_a", f"{NEW}::test_b[x-1]"
    )
    assert proved_tests(build.state) == [
        ProvedTest(f"{NEW}::test_a", "suite", "pool", 3),
        ProvedTest(f"{NEW}::test_b[x-1]", "suite", "session", 3),
    ]


def test_a_module_that_names_no_tests_is_about_one_role() -> None:
    assert [each.role for each in proved_tests(run([module("pool")], f"{NEW}::test_a").state)] == ["pool"]


def test_tests_of_other_modules_and_of_unmerged_batches_are_not_given() -> None:
    assert proved_tests(run([module("pool")], "tests/test_other.py::test_a").state) == []
    assert proved_tests(run([module("pool")], f"{NEW}::test_a", merged=False).state) == []
